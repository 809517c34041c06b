package render

import (
	_ "embed"
	"html/template"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"turnus/itsm/calendar"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

//go:embed report.html
var layout string

//go:embed frame.css
var frame string

//go:embed paper.css
var paper string

//go:embed report.css
var style string

// parsed is read only after it is made.
var parsed = template.Must(template.New("report").Parse(layout))

// HTML writes a report as one page without scripts or outside resources: to be
// read on a screen of any width, and to be printed. Only names lead elsewhere
// (Cell.Link), and who follows them isn't told on. It needs no more than
// "default-src 'none'; style-src 'unsafe-inline'" of a content policy. Any
// language but German is English. Of what people typed it shows what text.Plain
// leaves; JSON keeps it as it is on record.
func HTML(w io.Writer, r report.Report, lang text.Lang) error {
	return write(w, "report", r, lang)
}

// Fragment writes what stands in the body of that page, as an element of
// another page that has the style of StyleWithin.
func Fragment(w io.Writer, r report.Report, lang text.Lang) error {
	return write(w, "fragment", r, lang)
}

// Tiles writes the tiles of a report's summary, for a page that has the style of
// StyleWithin.
func Tiles(w io.Writer, r report.Report, lang text.Lang) error {
	return write(w, "tiles", r, lang)
}

// Margins writes the style of a report's printed pages: their size, and what
// stands in their margins.
func Margins(w io.Writer, r report.Report, lang text.Lang) error {
	var b strings.Builder
	if err := write(&b, "sheet", r, lang); err != nil {
		return err
	}
	// The template has to know that it writes style, and so the element is in it.
	_, err := io.WriteString(w, strings.TrimSuffix(strings.TrimPrefix(b.String(), "<style>"), "</style>"))
	return err
}

// Charts writes charts alone, as an element of another page that has the style of
// StyleWithin.
func Charts(w io.Writer, all []report.Chart, lang text.Lang) error {
	if lang != text.De {
		lang = text.En
	}
	p := &page{format: format{lang: lang, zone: time.UTC}}
	return parsed.ExecuteTemplate(w, "charts", p.Charting(all))
}

// charting is charts with the page that draws them.
type charting struct {
	Page   *page
	Charts []report.Chart
}

// Charting gives charts to the template that draws them.
func (p *page) Charting(all []report.Chart) charting { return charting{p, all} }

// StyleWithin is the style of a report for what stands within a selector. The
// page brings the variables of frame.css.
func StyleWithin(selector string) string { return selector + " {\n" + style + "}\n" }

func write(w io.Writer, name string, r report.Report, lang text.Lang) error {
	zone, err := calendar.Zone(r.Zone)
	if err != nil {
		return err
	}
	if lang != text.De {
		lang = text.En
	}
	var b strings.Builder
	if err := parsed.ExecuteTemplate(&b, name, &page{Report: r, format: format{lang: lang, zone: zone}}); err != nil {
		return err
	}
	_, err = io.WriteString(w, text.Plain(b.String())) // whichever member it came from
	return err
}

// page is what the template sees: the report, and how to write its values.
type page struct {
	report.Report
	format
}

func (p *page) Lang() string          { return string(p.lang) }
func (p *page) Style() template.CSS   { return template.CSS(frame + paper + style) }
func (p *page) Paper() template.CSS   { return template.CSS(paper) }
func (p *page) T(t text.Text) string  { return p.text(t) }
func (p *page) W(key string) string   { return p.text(words[key]) }
func (p *page) At(t time.Time) string { return p.instant(t) }
func (p *page) Count(n int64) string  { return p.count(n) }
func (p *page) InWords() string       { return p.text(report.Period(p.Period)) }

// Dates are the first and the last one of the period; of a day, which its own
// name says, nothing.
func (p *page) Dates() string {
	first, last := p.date(p.From), p.date(p.To.Add(-time.Nanosecond))
	if first == last {
		return ""
	}
	return first + " " + p.W("to") + " " + last
}

// OwnerOf says what the owner is responsible for.
func (p *page) OwnerOf() string {
	if p.About.Kind == resource.Organisation {
		return p.W("org-owner")
	}
	return p.W("owner")
}

// Stamp says what the reader holds.
func (p *page) Stamp() string {
	if p.Provisional {
		return p.text(states[run.Provisional])
	}
	state := p.known(states[run.State(p.State)], p.State)
	if p.Extract != nil {
		state += p.text(text.New(", extract", ", Auszug"))
	}
	return state
}

// Listed are names in a list.
func (p *page) Listed(names []string) string { return p.text(text.List(names)) }

// Mark stands across each printed page unless the report is published.
func (p *page) Mark() string {
	if run.State(p.State) == run.Published && !p.Provisional {
		return ""
	}
	if m, ok := marks[run.State(p.State)]; ok && !p.Provisional {
		return p.text(m)
	}
	return p.Stamp()
}

// Approval is the decision that published the report, if it was one.
func (p *page) Approval() *task.Decision {
	for i := range p.Decisions {
		if d := &p.Decisions[i]; run.State(p.State) == run.Published && d.Outcome == task.Approve && d.Hash == p.Hash {
			return d
		}
	}
	return nil
}

func (p *page) Outcome(o task.Outcome) string { return p.known(o.Title(), string(o)) }

func (p *page) known(t text.Text, fallback string) string {
	if t.IsZero() {
		return fallback
	}
	return p.text(t)
}

// Ended is why the run ended as it did.
func (p *page) Ended() text.Text { return p.Record.Outcome }

// Person is the display name with the name, or the name alone.
func (p *page) Person(name string) string {
	if t, ok := p.Persons[name]; ok && !t.IsZero() && p.text(t) != name {
		return p.text(t) + " (" + name + ")"
	}
	return name
}

// Value is a figure's exact value with its unit, or not applicable.
func (p *page) Value(f report.Figure) string {
	if f.Value == nil {
		return p.text(report.NotApplicable())
	}
	return p.decimal(*f.Value) + thin + p.text(f.Unit.After(*f.Value))
}

// Groups are the figures of one group after the other, in their order.
func (p *page) Groups() []group {
	var groups []group
	for _, f := range p.Figures {
		if n := len(groups); n == 0 || groups[n-1].Group != f.Group {
			groups = append(groups, group{Group: f.Group})
		}
		g := &groups[len(groups)-1]
		g.Figures = append(g.Figures, f)
	}
	return groups
}

type group struct {
	report.Group
	Figures []report.Figure
}

// Optional is a count that may not be there.
func (p *page) Optional(n *int64) string {
	if n == nil {
		return "–"
	}
	return p.count(*n)
}

// shown is a cell as it is written.
type shown struct {
	Text    string
	Tone    report.Tone
	Verdict bool
	Free    bool // words that may run in any direction and wrap
	Token   bool // a short name, which isn't broken at its hyphens
	Long    bool // holds a word so long that it may be broken anywhere
	Link    string
}

// linked is a cell's address, if it is one that a reader may be sent to.
func linked(c report.Cell) string {
	if u, err := url.Parse(c.Link); err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil {
		return c.Link
	}
	return ""
}

// Cell writes a typed value.
func (p *page) Cell(c report.Cell) shown {
	switch {
	case c.Text != nil:
		s := p.text(*c.Text)
		long := hasWordOver(24, s)
		return shown{Text: s, Free: true, Token: !long && !strings.Contains(s, " "), Long: long, Link: linked(c)}
	case c.Count != nil:
		return shown{Text: p.count(*c.Count)}
	case c.Ratio != nil:
		return shown{Text: p.ratio(*c.Ratio)}
	case c.Percent != "":
		return shown{Text: p.percent(c.Percent)}
	case c.Seconds != nil && c.AtLeast:
		return shown{Text: "≥" + thin + p.seconds(*c.Seconds)}
	case c.Seconds != nil:
		return shown{Text: p.seconds(*c.Seconds)}
	case c.At != nil:
		return shown{Text: p.instant(*c.At)}
	case c.Verdict != nil:
		return shown{Text: p.text(c.Verdict.Text), Tone: c.Verdict.Tone, Verdict: true}
	}
	return shown{}
}

// LongWord says that a word of a tile would be broken on paper and on a narrow
// screen at the size of figures; not every browser has German hyphenation.
func (p *page) LongWord(c report.Cell) bool { return c.Text != nil && hasWordOver(12, p.text(*c.Text)) }

func hasWordOver(most int, s string) bool {
	return slices.ContainsFunc(strings.Fields(s), func(w string) bool { return utf8.RuneCountInString(w) > most })
}

// Wide says that a table scrolls sideways on a narrow screen.
func (p *page) Wide(t report.Table) bool { return len(t.Columns) > 3 }

// Dense says that a table needs smaller type on paper.
func (p *page) Dense(t report.Table) bool { return len(t.Columns) > 6 }

// Short says that a table isn't broken over two pages; one of long texts may be.
func (p *page) Short(t report.Table) bool { return len(t.Rows) <= 10 && len(t.Columns) > 2 }

// Right says that a cell's column is set right.
func (p *page) Right(t report.Table, column int) bool {
	return column < len(t.Columns) && t.Columns[column].Right
}
