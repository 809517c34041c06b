package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/dataset"
	"turnus/itsm/improvement"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// What the sources put together at run time, by how it begins or ends.
var composed = map[string][]string{
	"task.":     {string(task.Remind), string(task.Escalate)},
	"run.":      {string(run.Published), string(run.Rejected), string(run.Cancelled), string(run.Failed), string(run.Provisional)},
	"resource.": {"created", "changed"},
	"action.":   {string(improvement.ActionOpen), string(improvement.ActionDone), string(improvement.ActionEffective), string(improvement.ActionIneffective), string(improvement.ActionDropped)},
	".imported": {dataset.Tickets, dataset.Outages, dataset.Maintenance, dataset.Probes},
	".refused":  {"decide", "cancel", "refresh"},
}

// Every action that the sources put on record has a title, and every title an
// action.
func TestEveryActionHasATitle(t *testing.T) {
	codes := map[string]string{} // with the file that names it
	for _, room := range []string{"store", "runs", "api", "activities", "worker", "cmd"} {
		require.NoError(t, filepath.WalkDir("../../"+room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, code := range codesIn(t, path, b) {
				codes[code] = path
			}
			return nil
		}))
	}
	require.Greater(t, len(codes), 60, "the sources were read")
	for code, path := range codes {
		require.Contains(t, actions, code, path)
	}
	for code, title := range actions {
		require.Contains(t, codes, code, "nothing puts it on record any more")
		require.NotEmpty(t, title.En, code)
		require.NotEmpty(t, title.De, code)
		require.NotEqual(t, title.En, title.De, code)
	}
	require.Equal(t, text.New("Refused: get-report", "Zurückgewiesen: get-report"), actionTitle("get-report.refused"))
	require.Equal(t, text.Same("thing.done"), actionTitle("thing.done"), "of a newer version")
}

var (
	code   = regexp.MustCompile(`^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$`)
	begins = regexp.MustCompile(`^[a-z]+\.$`)
	ends   = regexp.MustCompile(`^\.[a-z]+$`)
)

// codesIn are the actions that a file names: where it calls what puts something on
// record, and where it keeps one for that.
func codesIn(t *testing.T, path string, source []byte) (all []string) {
	file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
	require.NoError(t, err)
	literal := func(e ast.Expr) {
		switch e := e.(type) {
		case *ast.BasicLit:
			if s, err := strconv.Unquote(e.Value); err == nil && code.MatchString(s) {
				all = append(all, s)
			}
		case *ast.BinaryExpr:
			for _, side := range []ast.Expr{e.X, e.Y} {
				lit, ok := side.(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					continue
				}
				s, err := strconv.Unquote(lit.Value)
				require.NoError(t, err)
				if !begins.MatchString(s) && !ends.MatchString(s) {
					continue
				}
				require.Contains(t, composed, s, path)
				for _, rest := range composed[s] {
					if ends.MatchString(s) {
						all = append(all, rest+s)
					} else {
						all = append(all, s+rest)
					}
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := ""
			switch f := n.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
			}
			if slices.Contains([]string{"record", "Record", "Refused", "refused", "denied", "answerable"}, name) {
				for _, arg := range n.Args {
					literal(arg)
				}
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if id, ok := left.(*ast.Ident); ok && id.Name == "action" && len(n.Lhs) == len(n.Rhs) {
					literal(n.Rhs[i])
				}
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if strings.Contains(strings.ToLower(name.Name), "refused") && i < len(n.Values) {
					literal(n.Values[i])
				}
			}
		}
		return true
	})
	return all
}

// Every clause that a process serves has a title.
func TestEveryClauseHasATitle(t *testing.T) {
	served := map[string]bool{"5.2": true, "9.3": true} // by the sample process, which isn't in every binary
	for _, p := range process.Catalogue() {
		for _, c := range p.Clauses {
			served[c] = true
			require.Contains(t, clauseTitles, c, p.Name)
		}
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(served)), slices.Collect(maps.Keys(clauseTitles)))
	require.Negative(t, slices.Compare(numbersOf("9.4"), numbersOf("10.1")))
}
