// Textcheck is an analyzer for go vet: it holds the English and the German text
// of a message against the arguments that both are formatted with. go vet's own
// check looks at the last text only, so that a wrong verb in the English one
// would pass. And it finds words that German texts here don't have.
//
//	go build -o textcheck ./internal/textcheck && go vet -vettool=$PWD/textcheck ./...
package main

import "golang.org/x/tools/go/analysis/unitchecker"

func main() { unitchecker.Main(analyzer) }
