package web

import (
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/stretchr/testify/require"

	"turnus/internal/textcheck/words"
)

// Each text of a template stands there in both languages, formatted with the
// same arguments, and the German one has the field's words.
func TestTextsOfTemplates(t *testing.T) {
	n := 0
	for _, f := range templateFiles(t) {
		source, err := templates.ReadFile(f)
		require.NoError(t, err)
		trees := map[string]*parse.Tree{}
		tree := parse.New(f)
		tree.Mode = parse.SkipFuncCheck
		_, err = tree.Parse(string(source), "", "", trees)
		require.NoError(t, err)
		for _, tree := range trees {
			calls(tree.Root, func(name string, args []parse.Node) {
				var pairs [][2]int
				switch name {
				case "t":
					pairs = [][2]int{{0, 1}}
				case "n":
					pairs = [][2]int{{1, 2}, {3, 4}}
				default:
					return
				}
				for _, p := range pairs {
					require.Greater(t, len(args), p[1], "%s: {{%s}} lacks a text", f, name)
					en, ok := args[p[0]].(*parse.StringNode)
					require.True(t, ok, "%s: texts stand in the template", f)
					de, ok := args[p[1]].(*parse.StringNode)
					require.True(t, ok, "%s: %q lacks its German", f, en.Text)
					require.NotEmpty(t, strings.TrimSpace(en.Text), f)
					require.NotEmpty(t, strings.TrimSpace(de.Text), "%s: %q", f, en.Text)
					require.Empty(t, words.Banned(de.Text), "%s: %q", f, de.Text)
					given := len(args) - 2
					if name == "n" {
						given = map[int]int{1: 0, 3: 1}[p[0]]
					}
					require.Equal(t, given, verbsOf(en.Text), "%s: arguments of %q", f, en.Text)
					require.Equal(t, given, verbsOf(de.Text), "%s: arguments of %q", f, de.Text)
					n++
				}
			})
		}
	}
	require.Greater(t, n, 50)
}

// templateFiles are those of pages, and of what several share.
func templateFiles(t *testing.T) []string {
	pages, err := fs.Glob(templates, "pages/*.html")
	require.NoError(t, err)
	parts, err := fs.Glob(templates, "pages/parts/*.html")
	require.NoError(t, err)
	require.NotEmpty(t, parts)
	return append(pages, parts...)
}

// What isn't in t or n is the same in both languages: names of things.
func TestNoTextStandsBesideTheLanguages(t *testing.T) {
	letters := regexp.MustCompile(`[A-Za-zÄÖÜäöü]{2,}`)
	same := map[string]bool{"SHA": true, "OpenAPI": true, "YAML": true, "JSON": true, "Service": true, "Turnus": true, "Token": true, "Deutsch": true, "English": true, "Enter": true}
	for _, f := range templateFiles(t) {
		source, err := templates.ReadFile(f)
		require.NoError(t, err)
		// Actions first, since their strings may hold what looks like tags.
		bare := regexp.MustCompile(`(?s){{.*?}}`).ReplaceAllString(string(source), " ")
		bare = regexp.MustCompile(`(?s)<code[^>]*>.*?</code>|[a-z-]+="[^"]*"`).ReplaceAllString(bare, " ")
		bare = regexp.MustCompile(`<[^>]*>|&\w+;`).ReplaceAllString(bare, " ")
		for _, word := range letters.FindAllString(bare, -1) {
			require.True(t, same[word], "%s: %q stands in one language", f, word)
		}
	}
}

// A form says to whom it was shown, but for those that make no difference to a
// person's name.
func TestFormsSayToWhomTheyWereShown(t *testing.T) {
	public := map[string]bool{"pages/sign-in.html": true, "pages/layout.html": true, "pages/admission.html": true, "pages/resume.html": true}
	n := 0
	for _, f := range templateFiles(t) {
		source, err := templates.ReadFile(f)
		require.NoError(t, err)
		for _, form := range regexp.MustCompile(`<form method="post"[^\n]*`).FindAllString(string(source), -1) {
			if n++; !public[f] {
				require.Contains(t, form, "{{from $}}", f)
			}
		}
	}
	require.Greater(t, n, 20)
}

// calls visits the calls of functions in a template.
func calls(n parse.Node, visit func(name string, args []parse.Node)) {
	pipe := func(p *parse.PipeNode) {
		if p != nil {
			calls(p, visit)
		}
	}
	branch := func(b *parse.BranchNode) {
		pipe(b.Pipe)
		calls(b.List, visit)
		if b.ElseList != nil {
			calls(b.ElseList, visit)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, c := range n.Nodes {
			calls(c, visit)
		}
	case *parse.ActionNode:
		pipe(n.Pipe)
	case *parse.TemplateNode:
		pipe(n.Pipe)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			calls(c, visit)
		}
	case *parse.CommandNode:
		if f, ok := n.Args[0].(*parse.IdentifierNode); ok {
			visit(f.Ident, n.Args[1:])
		}
		for _, a := range n.Args {
			calls(a, visit)
		}
	}
}

// verbsOf counts the arguments that a text is formatted with.
func verbsOf(format string) int {
	next, most := 0, 0
	for _, m := range words.Verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		if at, err := strconv.Atoi(m[1]); err == nil {
			next = at - 1
		}
		next++
		most = max(most, next)
	}
	return most
}
