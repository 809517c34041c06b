package main

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
)

// readTitles looks at each type of words (states, kinds, units) that has a
// Title() Text: every constant of it has to stand there, so that none is shown
// to people as it stands in records.
func readTitles(pass *analysis.Pass) {
	for _, file := range pass.Files {
		for _, d := range file.Decls {
			title, ok := d.(*ast.FuncDecl)
			if !ok || title.Recv == nil || title.Name.Name != "Title" || title.Body == nil {
				continue
			}
			sig := pass.TypesInfo.Defs[title.Name].Type().(*types.Signature)
			of := sig.Recv().Type()
			if basic, ok := of.Underlying().(*types.Basic); !ok || basic.Info()&types.IsString == 0 || sig.Results().Len() != 1 || !isText(sig.Results().At(0).Type()) {
				continue
			}
			named := map[types.Object]bool{}
			ast.Inspect(title.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					named[pass.TypesInfo.Uses[id]] = true
				}
				return true
			})
			for _, name := range pass.Pkg.Scope().Names() {
				c, ok := pass.Pkg.Scope().Lookup(name).(*types.Const)
				if ok && types.Identical(c.Type(), of) && !named[c] {
					pass.Reportf(c.Pos(), "%s has no word for people: say it in the method Title", name)
				}
			}
		}
	}
}

func isText(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == "Text"
}
