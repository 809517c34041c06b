package api

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"turnus/api/web"
)

// pageExamples are what pages are asked about: the parts of their addresses.
// Whoever adds a page with another part says here what an example of it is.
func pageExamples(x examples) map[string]string {
	process := strings.Split(x.run, "/")
	return map[string]string{
		"task": x.task, "process": process[0], "scope": process[1], "period": process[2], "admission": "x", "stamp": "x", "name": "style.css",
		"session": "x", "feed": "x", "year": "2026", "deed": "start", "interval": "monthly", "change": "pause", "finding": x.finding, "sha256": strings.Repeat("9", 64),
		"service": process[1], "agreement": "gold", "import": "1", "exclusion": "1", "file": "report.json", "sum": strings.Repeat("9", 64), "chapter": "runs", "plans": "continuity-plans.txt",
	}
}

// Every page, as everybody, in both languages: it is there or says why not, and
// is whole.
func TestEveryPageInBothLanguages(t *testing.T) {
	h, x := newExamples(t)
	parts := pageExamples(x)
	classes := styled(t)
	people := []string{"", "admin", "owner", "other-owner", "approver", "other-approver", "auditor", "viewer"}
	seen := map[string]bool{}
	for _, who := range people {
		b := h.browser(t)
		if who != "" {
			b = h.signedIn(t, who)
		}
		for _, lang := range []string{"en", "de"} {
			b.header.Set("Accept-Language", lang)
			for _, p := range web.New(web.Config{}).Routes() {
				if p.Method != http.MethodGet || p.Name == "page.asset" {
					continue
				}
				path := regexp.MustCompile(`:\w+`).ReplaceAllStringFunc(p.Path, func(part string) string {
					require.Contains(t, parts, part[1:], "%s: say in pageExamples what an example is", p.Path)
					return parts[part[1:]]
				})
				w := b.get(t, path)
				at := path + " as " + who + " in " + lang
				require.Contains(t, []int{200, 303, 401, 403, 404}, w.Code, "%s: %s", at, w.Body)
				if w.Code == 200 {
					seen[p.Path] = true
				}
				if w.Code == 303 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
					continue
				}
				require.Equal(t, lang, w.Header().Get("Content-Language"), at)
				require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'; style-src 'self'", at)
				require.Equal(t, "no-store", w.Header().Get("Cache-Control"), at)
				require.Equal(t, "same-origin", w.Header().Get("Referrer-Policy"), at)
				wellFormed(t, at, w.Body.String(), lang, classes)
				if !strings.HasPrefix(p.Path, "/reports/") {
					require.Less(t, w.Body.Len(), 100<<10, at)
				}
			}
		}
	}
	for _, p := range web.New(web.Config{}).Routes() {
		if p.Method == http.MethodGet && p.Name != "page.asset" && p.Name != "page.admission" && p.Name != "page.task-done" && p.Name != "page.finding-file" && p.Name != "page.task-file" {
			require.True(t, seen[p.Path], "%s was shown to nobody", p.Path)
		}
	}
}

var classRule = regexp.MustCompile(`\.([a-z][a-zA-Z0-9_-]*)`)

// styled are the classes that the style has a rule for.
func styled(t *testing.T) map[string]bool {
	e := newAPI(t, nil)
	all := map[string]bool{}
	for _, sheet := range []string{"style.css", "report.css"} {
		w := do(t, e, "GET", "/assets/x/"+sheet, "", nil)
		require.Equal(t, 200, w.Code)
		for _, m := range classRule.FindAllStringSubmatch(w.Body.String(), -1) {
			all[m[1]] = true
		}
	}
	return all
}

// wellFormed says what is wrong with a page: its outline, what inputs lack, what the
// policy wouldn't let in, and what leads to a place that isn't there.
func wellFormed(t testing.TB, at, page, lang string, classes map[string]bool) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	labels, ids, headings := map[string]bool{}, map[string]bool{}, []int{}
	var nodes []*html.Node
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		nodes = append(nodes, n)
		if id := attr(n, "id"); id != "" {
			require.False(t, ids[id], "%s: id %s twice", at, id)
			ids[id] = true
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' && !within(n, "dialog") {
			headings = append(headings, int(n.Data[1]-'0'))
		}
	}
	require.Equal(t, 1, strings.Count(page, "<h1"), "%s: one h1", at)
	require.Equal(t, 1, headings[0], at)
	for i := 1; i < len(headings); i++ {
		require.LessOrEqual(t, headings[i], headings[i-1]+1, "%s: heading %d skips a level", at, i)
	}
	for _, n := range nodes {
		for _, a := range n.Attr {
			require.False(t, strings.HasPrefix(a.Key, "on") || a.Key == "style", "%s: %s %s", at, n.Data, a.Key)
			if a.Key == "class" {
				for _, c := range strings.Fields(a.Val) {
					require.True(t, classes[c], "%s: class %s has no rule in the style", at, c)
				}
			}
			if slices.Contains([]string{"href", "src", "action"}, a.Key) && !within(n, "bdi") {
				require.Regexp(t, `^(/[^/]|/$|#|\?)`, a.Val, "%s: %s leads elsewhere", at, n.Data)
			}
		}
		switch n.Data {
		case "html":
			require.Equal(t, lang, attr(n, "lang"), at)
		case "style":
			t.Errorf("%s: a style in the page", at)
		case "script":
			require.NotEmpty(t, attr(n, "src"), at)
		case "img":
			require.True(t, has(n, "alt"), at)
		case "form":
			require.Contains(t, []string{"post", "get", "dialog"}, attr(n, "method"), at)
		case "input", "textarea", "select":
			if attr(n, "type") != "hidden" {
				require.True(t, labels[attr(n, "id")] && attr(n, "id") != "" || within(n, "label") || attr(n, "aria-label") != "", "%s: %s %s has no label", at, n.Data, attr(n, "name"))
			}
		case "table":
			var caption bool
			for c := range n.ChildNodes() {
				caption = caption || c.Data == "caption"
			}
			require.True(t, caption || attr(n, "aria-label") != "" || attr(n, "aria-labelledby") != "" || within(n, "article"), "%s: a table without a caption", at)
		}
		for _, ref := range []string{"aria-describedby", "aria-labelledby"} {
			for _, id := range strings.Fields(attr(n, ref)) {
				require.True(t, ids[id], "%s: %s names %s, which isn't there", at, ref, id)
			}
		}
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func within(n *html.Node, element string) bool {
	for p := range n.Ancestors() {
		if p.Data == element {
			return true
		}
	}
	return false
}

// What isn't there is a page to those who read pages, and a problem document to
// programs.
func TestWhatIsNotThere(t *testing.T) {
	h := newHouse(t)
	b := h.signedIn(t, "viewer")
	for lang, head := range map[string]string{"en": "Not found", "de": "Nicht gefunden"} {
		b.header.Set("Accept-Language", lang)
		for _, path := range []string{"/nothing", "/tasks/", "/me/x/y/z", "/tasks/nobody~1.knows"} {
			w := b.get(t, path)
			require.Equal(t, 404, w.Code, path)
			require.Contains(t, w.Body.String(), "<h1>"+head+"</h1>", path)
			require.NotContains(t, w.Body.String(), "not_found")
		}
		require.Equal(t, 404, b.post(t, "/nothing").Code)
	}
	w := b.get(t, "/tasks/some~1.approval/check")
	require.Equal(t, 303, w.Code)
	require.Equal(t, "/tasks/some~1.approval", w.Header().Get("Location"), "a form that is loaded again leads to its page")
	require.Equal(t, "application/problem+json", do(t, h.Echo, "GET", "/nothing", "", nil).Header().Get("Content-Type"))
	require.Equal(t, "application/problem+json", b.get(t, "/v1/nothing").Header().Get("Content-Type"))
}

// The script stays small, and decides nothing.
func TestTheScriptIsSmall(t *testing.T) {
	script, err := os.ReadFile("web/assets/turnus.js")
	require.NoError(t, err)
	require.LessOrEqual(t, strings.Count(string(script), "\n"), 150)
	for _, never := range []string{".submit(", ".click(", "requestSubmit", "fetch(", "innerHTML", "eval(", "XMLHttp", ".checked = true;\n    });"} {
		require.NotContains(t, string(script), never)
	}
}

// While Turnus starts browsers get a page, and programs what they always got.
func TestBrowsersSeeThatTurnusStarts(t *testing.T) {
	b := newBrowser(Starting())
	for lang, says := range map[string]string{"en": "Turnus is starting", "de": "Turnus startet"} {
		b.header.Set("Accept-Language", lang)
		w := b.get(t, "/tasks/x")
		require.Equal(t, 503, w.Code)
		require.Contains(t, w.Body.String(), says)
		require.Contains(t, w.Body.String(), `http-equiv="refresh"`)
		wellFormed(t, "starting", w.Body.String(), lang, nil)
		require.NotContains(t, b.post(t, "/tasks/x/done", "outcome", "approve").Body.String(), `http-equiv="refresh"`)
	}
	require.Equal(t, "application/problem+json", b.get(t, "/v1/tasks").Header().Get("Content-Type"))
}
