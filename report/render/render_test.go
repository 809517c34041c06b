package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

var decided = time.Date(2016, 4, 5, 8, 12, 33, 0, time.UTC)

func ptr[T any](v T) *T { return &v }

// sample is a published report with every kind of cell.
func sample() report.Report {
	d := report.Document{
		Run: "sla-report/desk/2016-03", Process: "sla-report", Scope: "desk", Period: "2016-03",
		From: time.Date(2016, 2, 29, 23, 0, 0, 0, time.UTC), To: time.Date(2016, 3, 31, 22, 0, 0, 0, time.UTC), Zone: "Europe/Berlin",
		Title: text.New("SLA report", "SLA-Bericht"), Subject: text.Same("Desk"),
		Summary: []report.Tile{{Label: text.New("Targets met", "Ziele eingehalten"), Value: report.Words(text.New("1 of 2", "1 von 2")), Tone: report.Bad}},
		Sections: []report.Section{{
			Title: text.New("Results", "Ergebnisse"), Paragraphs: []text.Text{text.New("Words.", "Wörter.")},
			Tables: []report.Table{{
				Columns: []report.Column{{Title: text.New("Target", "Ziel")}, {Title: text.New("Met", "Eingehalten"), Right: true},
					{Title: text.New("Attainment", "Erfüllungsgrad"), Right: true}, {Title: text.New("Agreed", "Vereinbart"), Right: true},
					{Title: text.New("Within", "Innerhalb")}, {Title: text.New("At", "Am")}, {Title: text.New("Result", "Ergebnis")}},
				Rows: [][]report.Cell{
					{report.Words(text.Same("p1")), report.Count(9590), report.Share(9590, 9600), report.Percent("99.9"), report.Seconds(16200), report.At(decided),
						report.Judged(text.New("missed", "verfehlt"), report.Bad)},
					{report.Words(text.Same("p2")), report.Count(0), report.Share(0, 0), report.Percent("90"), report.Seconds(0), {},
						report.Judged(report.NotApplicable(), report.Neutral)},
				},
			}},
		}},
		Figures: []report.Figure{
			{Group: report.Under("a"), Name: "p1.attainment", Label: text.New("p1: attainment", "p1: Erfüllungsgrad"), Value: ptr("99.895833"), Unit: report.InPercent,
				Numerator: ptr(int64(9590)), Denominator: ptr(int64(9600)), N: 9600, Formula: "sla.attainment/1"},
			{Group: report.Under("b"), Name: "p2.attainment", Label: text.New("p2: attainment", "p2: Erfüllungsgrad"), Unit: report.InPercent, Formula: "sla.attainment/1"},
		},
		Sources:    []report.Source{{Kind: report.FromImport, Name: "desk", Version: "7", Hash: strings.Repeat("ab", 32)}},
		ComputedAt: decided.Add(-time.Hour),
	}
	h, _, err := report.Hash(d)
	if err != nil {
		panic(err)
	}
	return report.Report{Document: d, Record: report.Record{
		Hash: h, State: "published", Version: 2, Published: &decided, StartedBy: "owner", Owner: "owner", DraftRound: 1,
		Persons: map[string]text.Text{"manager": text.New("Service manager", "Serviceleitung")},
		Decisions: []task.Decision{{Task: "sla-report.desk.2016-03~1.approval", Round: 1, Person: "manager", Outcome: task.Approve, Comment: "Agreed.\nReally.", At: decided, Hash: h,
			TokenIssuer: "admin"}},
	}}
}

func page1(t require.TestingT, r report.Report, l text.Lang) string {
	var b bytes.Buffer
	require.NoError(t, HTML(&b, r, l))
	return b.String()
}

// node is an element with what is in it.
type node struct {
	name string
	attr map[string]string
	text string // with that of its children
	kids []*node
}

func (n *node) find(name string) (found []*node) {
	for _, k := range n.kids {
		if k.name == name {
			found = append(found, k)
		}
		found = append(found, k.find(name)...)
	}
	return found
}

// parse fails on a page whose elements don't nest.
func parse(t require.TestingT, page string) *node {
	d := xml.NewDecoder(strings.NewReader(page))
	d.Entity = xml.HTMLEntity
	d.AutoClose = []string{"meta"}
	d.Strict = false
	root := &node{}
	stack := []*node{root}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		switch x := tok.(type) {
		case xml.StartElement:
			n := &node{name: x.Name.Local, attr: map[string]string{}}
			for _, a := range x.Attr {
				n.attr[a.Name.Local] = a.Value
			}
			top := stack[len(stack)-1]
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			require.Equal(t, stack[len(stack)-1].name, x.Name.Local)
			stack = stack[:len(stack)-1]
		case xml.CharData:
			for _, n := range stack {
				n.text += string(x)
			}
		}
	}
	require.Len(t, stack, 1)
	return root
}

func TestStructure(t *testing.T) {
	for lang, want := range map[text.Lang]struct{ title, stamp, first, at, issuer string }{
		text.En: {"SLA report – Desk – March 2016 (Published)", "Published", "p1|9,590|99.90\u202f%|99.9\u202f%|4\u202fh 30\u202fmin|5 April 2016, 10:12:33\u00a0CEST|missed",
			"approved: Service manager (manager), 5 April 2016, 10:12:33\u00a0CEST", "Token issued by"},
		text.De: {"SLA-Bericht – Desk – März 2016 (Veröffentlicht)", "Veröffentlicht", "p1|9.590|99,90\u202f%|99,9\u202f%|4\u202fh 30\u202fmin|05.04.2016, 10:12:33\u00a0Uhr\u00a0MESZ|verfehlt",
			"freigegeben: Serviceleitung (manager), 05.04.2016, 10:12:33\u00a0Uhr\u00a0MESZ", "Token ausgestellt von"},
	} {
		t.Run(string(lang), func(t *testing.T) {
			doc := parse(t, page1(t, sample(), lang))
			require.Equal(t, string(lang), doc.find("html")[0].attr["lang"])
			require.Equal(t, want.title, doc.find("title")[0].text)
			require.Len(t, doc.find("h1"), 1)
			require.Contains(t, doc.find("header")[0].text, want.stamp)
			require.Contains(t, doc.find("article")[0].text, "sla-report.desk.2016-03~1.approval", "which task was decided")

			table := doc.find("table")[0]
			rows := table.find("tr")
			require.Len(t, rows, 3)
			var cells []string
			for _, c := range rows[1].kids {
				cells = append(cells, c.text)
			}
			require.Equal(t, want.first, strings.Join(cells, "|"))
			require.Equal(t, report.NotApplicable().In(lang), rows[2].kids[2].text)
			require.NotContains(t, rows[2].text, "100")

			for _, th := range doc.find("th") {
				require.Contains(t, []string{"col", "row", "rowgroup"}, th.attr["scope"], th.text)
			}
			var approval string
			for _, p := range doc.find("p") {
				if p.attr["class"] == "approval" {
					approval = p.text
				}
			}
			require.Equal(t, want.at, approval)
			require.Equal(t, "Agreed.\nReally.", doc.find("blockquote")[0].text)
			require.Contains(t, doc.text, want.issuer+": admin", "who issued the token that decided")
			require.Contains(t, doc.find("main")[0].text, sample().Hash)
		})
	}
}

// Who issued the token of whoever decided stands in the JSON, too.
// A page says whose the run is, and from when to when its period is, of a day
// once.
func TestOwnersAndDates(t *testing.T) {
	r := sample()
	r.From, r.To = time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC), time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC)
	r.Zone = "Europe/Berlin"
	page := page1(t, r, text.De)
	require.Contains(t, page, ">Serviceverantwortung<")
	require.Contains(t, page, "<span>01.03.2026 bis 31.03.2026, Europe/Berlin</span>")
	r.About = resource.Ref{Kind: resource.Organisation, Name: "demo"}
	r.Period, r.To = "2026-03-01", r.From.AddDate(0, 0, 1)
	page = page1(t, r, text.De)
	require.Contains(t, page, ">Verantwortung für die Organisation<")
	require.NotContains(t, page, "Serviceverantwortung")
	require.Contains(t, page, "<strong>01.03.2026</strong> <span>Europe/Berlin</span>")
}

func TestJSONNamesIssuers(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, JSON(&b, sample()))
	require.Contains(t, b.String(), `"token_issuer": "admin"`)
}

// The page needs nothing from outside and runs nothing.
func TestSelfContained(t *testing.T) {
	s := page1(t, sample(), text.En)
	for _, bad := range []string{"<script", "<link", "<img", "<iframe", "src=", "href=", "url(", "@import", "http:", "https:", "onload", "ZgotmplZ"} {
		require.NotContains(t, s, bad)
	}
	require.Contains(t, s, `content="default-src 'none'; style-src 'unsafe-inline'"`)
}

// A tile whose word is longer than a figure says it in smaller letters.
func TestTilesOfLongWords(t *testing.T) {
	r := sample()
	r.Summary[0].Value = report.Words(text.New("being checked", "in der Wirksamkeitsprüfung"))
	tile := func(lang text.Lang) *node { return parse(t, page1(t, r, lang)).find("dd")[0] }
	require.Equal(t, "big", tile(text.En).attr["class"])
	require.Equal(t, "big words", tile(text.De).attr["class"])
}

func TestEscaping(t *testing.T) {
	evil := `"}</style><script>alert('1')</script> שלום & \a <b>`
	r := sample()
	r.Subject = text.Same(evil)
	r.Notice, r.Provisional = text.Same(evil), true
	r.Decisions[0].Comment, r.Decisions[0].Person = evil, evil
	r.Decisions[0].TokenIssuer, r.Owner, r.Record.Reason = evil, evil, evil
	r.Sections[0].Title = text.Same(evil)
	r.Sections[0].Tables[0].Caption = text.Same(evil)
	r.Sections[0].Tables[0].Rows[0][0] = report.Words(text.Same(evil))
	r.Figures[0].Group, r.Sources[0].Name, r.Sources[0].Kind = report.Under(evil), evil, report.SourceKind(evil)
	s := page1(t, r, text.En)
	require.NotContains(t, s, "<script")
	require.NotContains(t, s, "<b>")
	require.Equal(t, 2, strings.Count(s, "</style>"))
	doc := parse(t, s)
	require.Equal(t, evil, doc.find("h1")[0].text)
	require.Equal(t, evil, doc.find("blockquote")[0].text)
	// In the style sheet the notice is one string: nothing in it ends it.
	css := doc.find("style")[1].text
	head := regexp.MustCompile(`@top-left \{ content: "([^"]*)"; \}`).FindStringSubmatch(css)
	require.NotNil(t, head, css)
	require.NotContains(t, head[1], "<")
	require.Contains(t, head[1], "שלום")
}

// A name that turns the direction of the line around it, or holds what a display
// obeys, is shown without; the record keeps it.
func TestNoNameTurnsTheLine(t *testing.T) {
	turned := "Tom\u202e\u2066\u200f\u061c \x1b]0;x\a\u009b31m"
	r := sample()
	r.Subject, r.Notice, r.Provisional = text.Same(turned), text.Same(turned), true
	r.Decisions[0].Comment, r.Decisions[0].Person, r.Owner, r.Record.Reason = turned, turned, turned, turned
	r.Persons = map[string]text.Text{turned: text.Same("Ms " + turned)}
	r.Sections[0].Title, r.Sections[0].Tables[0].Caption = text.Same(turned), text.Same(turned)
	r.Sections[0].Tables[0].Rows[0][0] = report.Words(text.Same(turned))
	r.Figures[0].Group, r.Sources[0].Name = report.Under(turned), turned
	s := page1(t, r, text.En)
	require.Equal(t, s, text.Plain(s))
	require.NotContains(t, s, `\00202e`, "in the style sheet neither")
	require.NotContains(t, s, `\00001b`)
	require.Equal(t, "Tom ]0;x31m", parse(t, s).find("blockquote")[0].text)

	var b bytes.Buffer
	require.NoError(t, JSON(&b, r))
	var kept report.Report
	require.NoError(t, json.Unmarshal(b.Bytes(), &kept))
	require.Equal(t, turned, kept.Decisions[0].Comment)
}

func TestAnyTextComesThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom(nil, unicode.L, unicode.P, unicode.S, unicode.Nd)).Draw(t, "text")
		r := sample()
		r.Subject = text.Same("x" + s)
		r.Notice, r.Provisional = text.Same("x"+s), true
		r.Decisions[0].Comment = "x" + s
		doc := parse(t, page1(t, r, text.De))
		require.Equal(t, "x"+s, doc.find("h1")[0].text)
		require.Equal(t, "x"+s, doc.find("blockquote")[0].text)
	})
}

// What isn't published says so on the first page, across every printed page
// and in their feet.
func TestStamps(t *testing.T) {
	for state, mark := range map[string]string{"waiting": "Entwurf", "drafting": "Entwurf", "rejected": "Abgelehnt", "cancelled": "Abgebrochen", "failed": "Fehlgeschlagen", "provisional": "Vorläufig"} {
		r := sample()
		r.State, r.Version, r.Published = state, 0, nil
		s := page1(t, r, text.De)
		require.Contains(t, s, `<div class="mark" aria-hidden="true">`+mark+`</div>`, state)
		require.NotContains(t, s, "class=\"approval\"", state)
		require.Contains(t, parse(t, s).find("style")[1].text, states[run.State(state)].De)
	}
	require.NotContains(t, page1(t, sample(), text.De), `class="mark"`)

	r := sample()
	r.State, r.Provisional, r.Notice = "provisional", true, text.New("Provisional: not over.", "Vorläufig: nicht zu Ende.")
	doc := parse(t, page1(t, r, text.De))
	require.Contains(t, doc.find("style")[1].text, `@top-left { content: "Vorläufig`)
	require.Contains(t, doc.find("main")[0].text, "Vorläufig: nicht zu Ende.")
}

// A document without anything in it is still a page; an unknown state is
// shown as it is; an unknown zone is a fault.
func TestNothing(t *testing.T) {
	r := report.Report{Document: report.Document{Zone: "UTC", Period: "2016-13"}, Record: report.Record{State: "resting"}}
	doc := parse(t, page1(t, r, "fr"))
	require.Contains(t, doc.find("header")[0].text, "resting")
	require.Contains(t, doc.find("header")[0].text, "2016-13")
	r.Zone = "Mars/Olympus"
	require.Error(t, HTML(io.Discard, r, text.En))
}

func TestDeterminism(t *testing.T) {
	first := page1(t, sample(), text.De)
	for range 20 {
		require.Equal(t, first, page1(t, sample(), text.De))
	}
}

func TestWordsAreComplete(t *testing.T) {
	for _, m := range []any{words, states, marks} {
		for it := reflect.ValueOf(m).MapRange(); it.Next(); {
			w := it.Value().Interface().(text.Text)
			require.NotEmpty(t, w.En, it.Key())
			require.NotEmpty(t, w.De, it.Key())
		}
	}
	for _, key := range regexp.MustCompile(`\.W "([^"]*)"`).FindAllStringSubmatch(layout, -1) {
		require.Contains(t, words, key[1])
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, JSON(&b, sample()))
	var got map[string]any
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	require.Equal(t, "sla-report/desk/2016-03", got["run"])
	require.Equal(t, 2.0, got["version"])
	require.Equal(t, sample().Hash, got["hash"])
	require.Equal(t, false, got["provisional"])
	f := got["figures"].([]any)[0].(map[string]any)
	require.Equal(t, "99.895833", f["value"])
	require.Equal(t, 9590.0, f["numerator"])
	require.Equal(t, 9600.0, f["denominator"])
	require.Equal(t, 9600.0, f["n"])
	require.Nil(t, got["figures"].([]any)[1].(map[string]any)["value"])

	b.Reset()
	require.NoError(t, JSON(&b, report.Report{}))
	clear(got)
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	require.Equal(t, 0.0, got["version"])
	for _, list := range []string{"figures", "decisions", "sections", "sources", "summary"} {
		require.Equal(t, []any{}, got[list], list)
	}

	// Record and Document share one object: no key may stand in both.
	seen := map[string]bool{}
	for _, part := range []reflect.Type{reflect.TypeFor[report.Record](), reflect.TypeFor[report.Document]()} {
		for i := range part.NumField() {
			key, _, _ := strings.Cut(part.Field(i).Tag.Get("json"), ",")
			require.NotEmpty(t, key)
			require.False(t, seen[key], key)
			seen[key] = true
		}
	}
}

// A draft that is stale says so before everything else, with what has changed,
// and so does a decision that approved one; others say nothing.
func TestStaleDraftsSaySo(t *testing.T) {
	r := sample()
	page := func(lang text.Lang) string {
		var b bytes.Buffer
		require.NoError(t, HTML(&b, r, lang))
		return b.String()
	}
	require.NotContains(t, page(text.En), "has changed since")
	r.Stale = []task.StalePart{{Code: "tickets", Detail: text.New("3 tickets were added", "3 Tickets sind hinzugekommen")}}
	require.Regexp(t, `(?s)<main>\s*<div class="notice" role="note"><p>What this draft stands on has changed since it was made:</p><ul><li>3 tickets were added</li></ul></div>`, page(text.En))
	require.Contains(t, page(text.De), "<li>3 Tickets sind hinzugekommen</li>")
	var b bytes.Buffer
	require.NoError(t, JSON(&b, r))
	require.Contains(t, b.String(), `"code": "tickets"`)
	r.Decisions[0].Stale, r.Stale = r.Stale, nil
	require.Contains(t, page(text.De), "Freigegeben, obwohl sich die Grundlage geändert hatte:</p><ul><li>3 Tickets sind hinzugekommen")
}
