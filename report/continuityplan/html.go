package continuityplan

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"turnus/itsm/text"
)

//go:embed page.html
var layout string

//go:embed page.css
var style string

// parsed is read only after it is made.
var parsed = template.Must(template.New("page").Parse(layout))

// page is what the template sees.
type page struct {
	Export
	lang text.Lang
}

// HTML writes plans as one page. It needs no more than "default-src 'none';
// style-src 'unsafe-inline'" of a content policy. Any language but German is
// English.
func HTML(w io.Writer, e Export, lang text.Lang) error {
	var b strings.Builder
	if err := parsed.Execute(&b, page{e, known(lang)}); err != nil {
		return err
	}
	_, err := io.WriteString(w, text.Plain(b.String())) // whichever member it came from
	return err
}

func known(lang text.Lang) text.Lang {
	if lang != text.De {
		return text.En
	}
	return lang
}

// Lang is the page's language.
func (p page) Lang() string { return string(p.lang) }

// Style is the page's own.
func (p page) Style() template.CSS { return template.CSS(style) }

// Say gives a text in the page's language.
func (p page) Say(t text.Text) string { return t.In(p.lang) }

// Word gives one of two texts that stand in the template.
func (p page) Word(en, de string) string { return text.New(en, de).In(p.lang) }

// Heading is what is on top of a plan.
func (p page) Heading(plan Plan) []fact { return plan.heading(p.Export) }

// Sections are those of a plan.
func (p page) Sections(plan Plan) []section { return plan.sections() }

// saidFact is a fact in the page's language.
type saidFact struct {
	Label string
	Lines []string
}

// Said gives a fact in the page's language.
func (p page) Said(f fact) saidFact {
	s := saidFact{Label: f.Label.In(p.lang)}
	for _, l := range f.Lines {
		s.Lines = append(s.Lines, l.In(p.lang))
	}
	return s
}
