package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
)

// Every constant of a type that has words has one in both languages. The
// constants are those in the sources, so that none is forgotten here.
func TestEveryConstantHasItsWord(t *testing.T) {
	titles := map[string]func(string) text.Text{
		"Unit":       func(s string) text.Text { return Unit(s).Title() },
		"SourceKind": func(s string) text.Text { return SourceKind(s).Title() },
		"GroupKind":  func(s string) text.Text { return GroupKind(s).Title() },
		"Assessment": func(s string) text.Text { return Assessment(s).Title() },
	}
	seen := map[string]int{}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(tree, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			kind, ok := spec.Type.(*ast.Ident)
			if !ok || titles[kind.Name] == nil {
				return true
			}
			seen[kind.Name]++
			raw := spec.Names[0].Name
			switch v := spec.Values[0].(type) {
			case *ast.BasicLit:
				raw, err = strconv.Unquote(v.Value)
				require.NoError(t, err)
			case *ast.CallExpr: // SourceKind(resource.Interval): the kinds are called as their constants
				raw = v.Args[0].(*ast.SelectorExpr).Sel.Name
			}
			w := titles[kind.Name](raw)
			require.NotEmpty(t, w.En, spec.Names[0].Name)
			require.NotEmpty(t, w.De, spec.Names[0].Name)
			require.NotEqual(t, text.Same(raw), w, "%s has no word: it would read %q in German, too", spec.Names[0].Name, w.De)
			return true
		})
	}
	for name := range titles {
		require.NotZero(t, seen[name], name)
	}
}

func TestUnitsBehindNumbers(t *testing.T) {
	for _, c := range []struct {
		unit  Unit
		value string
		want  text.Text
	}{
		{InTickets, "1", text.New("ticket", "Ticket")}, {InTickets, "0", text.New("tickets", "Tickets")}, {InTickets, "21", text.New("tickets", "Tickets")},
		{InTimes, "1", text.New("time", "Mal")}, {InTimes, "4", text.New("times", "Mal")},
		{InFindings, "1", text.New("finding", "Befund")}, {InFindings, "0", text.New("findings", "Befunde")},
		{InDays, "1", text.New("day", "Tag")}, {InDays, "20", text.New("days", "Tage")},
		{InPercent, "1", text.Same("%")}, {InSeconds, "1", text.Same("s")}, {"EUR", "1", text.Same("EUR")},
	} {
		require.Equal(t, c.want, c.unit.After(c.value), "%s %s", c.value, c.unit)
	}
}
