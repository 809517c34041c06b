package main

import (
	"go/ast"
	"go/constant"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"turnus/internal/textcheck/words"
)

var analyzer = &analysis.Analyzer{
	Name:     "texts",
	Doc:      "checks that both texts of a message fit the arguments they are formatted with, and the words of the German one",
	Requires: []*analysis.Analyzer{inspect.Analyzer},
	Run:      run,
}

// run looks at each call of a function that takes a German text, and at each
// whose parameters end in (en, de string, args ...any), be it declared, a method
// or a variable.
func run(pass *analysis.Pass) (any, error) {
	readTitles(pass)
	calls := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	calls.Preorder([]ast.Node{(*ast.CallExpr)(nil)}, func(n ast.Node) {
		call := n.(*ast.CallExpr)
		sig, ok := pass.TypesInfo.TypeOf(call.Fun).(*types.Signature)
		if ok {
			readGerman(pass, call, sig)
		}
		if !ok || !formatsTexts(sig) || call.Ellipsis.IsValid() || len(call.Args) < sig.Params().Len()-1 {
			return
		}
		first := sig.Params().Len() - 1 // of the arguments
		args := make([]types.Type, 0, len(call.Args)-first)
		for _, a := range call.Args[first:] {
			args = append(args, pass.TypesInfo.TypeOf(a))
		}
		used := make([]bool, len(args))
		known := true
		for i, language := range []string{"English", "German"} {
			text := call.Args[first-2+i]
			value := pass.TypesInfo.Types[text].Value
			if value == nil || value.Kind() != constant.String {
				known = false // it comes from elsewhere, and is looked at there
				continue
			}
			for _, fault := range check(constant.StringVal(value), args, used) {
				pass.Reportf(text.Pos(), "the %s text %s", language, fault)
			}
		}
		for i, u := range used {
			if known && !u {
				pass.Reportf(call.Args[first+i].Pos(), "neither text uses argument %d", i+1)
			}
		}
	})
	return nil, nil
}

// readGerman looks for banned words in the arguments that are German texts.
func readGerman(pass *analysis.Pass, call *ast.CallExpr, sig *types.Signature) {
	for i := range min(sig.Params().Len(), len(call.Args)) {
		value := pass.TypesInfo.Types[call.Args[i]].Value
		if sig.Params().At(i).Name() != "de" || value == nil || value.Kind() != constant.String {
			continue
		}
		if i > 0 && sig.Params().At(i-1).Name() == "en" && constant.StringVal(value) == "" {
			if en := pass.TypesInfo.Types[call.Args[i-1]].Value; en != nil && constant.StringVal(en) != "" {
				pass.Reportf(call.Args[i].Pos(), "the German text is missing")
			}
		}
		for _, fault := range words.Banned(constant.StringVal(value)) {
			pass.Reportf(call.Args[i].Pos(), "the German text %s", fault)
		}
	}
}

// formatsTexts says whether a function formats two texts with the same
// arguments.
func formatsTexts(sig *types.Signature) bool {
	n := sig.Params().Len()
	if !sig.Variadic() || n < 3 {
		return false
	}
	en, de := sig.Params().At(n-3), sig.Params().At(n-2)
	last, ok := sig.Params().At(n - 1).Type().(*types.Slice)
	if !ok || en.Name() != "en" || de.Name() != "de" {
		return false
	}
	any, ok := last.Elem().Underlying().(*types.Interface)
	return ok && any.Empty()
}
