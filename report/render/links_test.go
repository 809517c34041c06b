package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
	"turnus/report"
)

// pageWith renders a document with one cell and one note.
func pageWith(t *testing.T, c report.Cell, lang text.Lang) string {
	w := report.Write(report.Document{Zone: "UTC", Period: "2026-10", Title: text.Same("T"), Subject: text.Same("S")})
	w.Warn("Read <this> first.", "Zuerst <dies> lesen.")
	w.Note("And that.", "Und das.")
	w.Tile("Targets met", "Ziele erreicht", report.Count(3))
	w.Section("S", "S").Table("", "").Left("A", "A").Row(c)
	var b bytes.Buffer
	require.NoError(t, HTML(&b, report.Report{Document: w.Document()}, lang))
	return b.String()
}

// A name leads to where more about it is found, and whoever follows it isn't
// told on; what isn't an address with https is a name and no more.
func TestLinks(t *testing.T) {
	html := pageWith(t, report.Linked("INC<1>", "https://desk.example.org/t/INC%3C1%3E?a=1&b=2"), text.En)
	require.Contains(t, html, `<a href="https://desk.example.org/t/INC%3C1%3E?a=1&amp;b=2" rel="noopener noreferrer">INC&lt;1&gt;</a>`)
	for _, bad := range []string{"", "javascript:alert(1)", "http://desk.example.org/", "https:", "//evil.example.org", "data:text/html,x", "https://user:secret@desk.example.org/"} {
		html := pageWith(t, report.Linked("INC1", bad), text.En)
		require.NotContains(t, html, "href=", bad)
		require.Contains(t, html, "INC1")
	}
}

// What to know before reading stands before any figure, in the reader's language.
func TestNotesStandBeforeFigures(t *testing.T) {
	for lang, c := range map[text.Lang][3]string{text.En: {"What to know before reading", "Read &lt;this&gt; first.", "Targets met"},
		text.De: {"Vor dem Lesen zu beachten", "Zuerst &lt;dies&gt; lesen.", "Ziele erreicht"}} {
		html := pageWith(t, report.Name("x"), lang)
		at := [3]int{strings.Index(html, c[0]), strings.Index(html, c[1]), strings.Index(html, c[2])}
		require.True(t, 0 < at[0] && at[0] < at[1] && at[1] < at[2], "%v", at)
		require.Contains(t, html, `<li class="bad">`)
		require.Contains(t, html, `<li class="neutral">`)
	}
	d := report.Document{Zone: "UTC", Period: "2026-10"}
	var b bytes.Buffer
	require.NoError(t, HTML(&b, report.Report{Document: d}, text.En))
	require.NotContains(t, b.String(), `class="notes"`)
}
