package render

import (
	"fmt"
	"html/template"
	"strings"
	"unicode"

	"turnus/itsm/text"
)

// What stands in the margin of every printed page is generated content of the
// style sheet, so it is quoted for CSS.

// Head is the notice, on every page.
func (p *page) Head() template.CSS {
	if p.Notice.IsZero() {
		return ""
	}
	return quoted(p.text(p.Notice))
}

// Foot says which run and content a page belongs to.
func (p *page) Foot() template.CSS {
	s := p.Run + " · " + p.Stamp()
	if p.Version > 0 {
		s += fmt.Sprintf(" · %s %d", p.W("in-version"), p.Version)
	}
	if p.Extract != nil {
		return quoted(s + "\nSHA-256 " + p.Extract.Hash)
	}
	return quoted(s + "\nSHA-256 " + p.Hash)
}

// Paging counts the pages.
func (p *page) Paging() template.CSS {
	return quoted(p.W("page")+" ") + " counter(page) " + quoted(" "+p.W("of")+" ") + " counter(pages)"
}

// quoted is a CSS string; whatever isn't a letter, digit or space is escaped,
// and hence has to be plain before.
func quoted(s string) template.CSS {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text.Plain(s) {
		if r == ' ' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\%06x `, r) // the space ends the escape
		}
	}
	b.WriteByte('"')
	return template.CSS(b.String())
}
