package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/person"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/render"
)

//go:embed pages/*.html pages/parts/*.html
var templates embed.FS

// layouts are the pages in each language: a text stands in the template in both.
var layouts = map[text.Lang]map[string]*template.Template{text.En: parsed(text.En), text.De: parsed(text.De)}

// parsed reads the layout and what pages share, and each page into a copy of it.
func parsed(lang text.Lang) map[string]*template.Template {
	const parts = "pages/layout.html"
	base := template.Must(template.New("layout").Funcs(functions(lang)).Funcs(planFunctions).ParseFS(templates, parts, "pages/parts/*.html"))
	names, err := templates.ReadDir("pages")
	if err != nil {
		panic("web: the pages can't be read: " + err.Error())
	}
	all := map[string]*template.Template{}
	for _, n := range names {
		if file := "pages/" + n.Name(); file != parts && !n.IsDir() {
			t := template.Must(template.Must(base.Clone()).ParseFS(templates, file))
			all[strings.TrimSuffix(path.Base(file), ".html")] = t
		}
	}
	return all
}

// functions are what templates write values with, in a language. Instants stand
// in UTC unless a zone is given.
func functions(lang text.Lang) template.FuncMap {
	return template.FuncMap{
		"t": func(en, de string, args ...any) string { return text.F(en, de, args...).In(lang) },
		"n": func(n int, one, oneDe, many, manyDe string) string {
			return plural(n, one, oneDe, many, manyDe).In(lang)
		},
		"say": func(t text.Text) string { return t.In(lang) },
		"at":  func(t time.Time, zone ...string) string { return at(t, zone...).In(lang) },
		"once": func() template.HTML {
			return template.HTML(`<input type="hidden" name="once" value="` + newKey() + `">`)
		},
		"faults":  faults,
		"from":    from,
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"period":  func(p string) string { return report.Period(p).In(lang) },
		"count":   func(n int64) string { return report.Number(n).In(lang) },
		"short":   func(hash string) string { return hash[:min(12, len(hash))] },
		"join":    func(list []string) string { return strings.Join(list, ", ") },
		"figure":  func(f report.Figure) string { return render.Short(f, lang) },
		"goal":    func(f report.Figure) string { return goal(f).In(lang) },
		"cell":    func(c report.Cell) string { return render.Written(c, lang, time.UTC) },
		"span_of": func(action string, s spanned) spanForm { return spanForm{action, s.spanOf()} },
		"atText":  func(t time.Time, zone ...string) text.Text { return at(t, zone...) },
	}
}

// goal is what a figure is held against, with its unit.
func goal(f report.Figure) text.Text {
	if f.Target == "" {
		return text.Same("–")
	}
	return text.F("%s\u202f%s", "%s\u202f%s", report.Decimal(f.Target), f.Unit.After(f.Target))
}

// at is an instant in words, in a zone; in UTC without one, or in one that isn't
// known.
func at(t time.Time, zone ...string) text.Text {
	if len(zone) > 0 && zone[0] != "" {
		if z, err := calendar.Zone(zone[0]); err == nil {
			return calendar.InWords(t.In(z))
		}
	}
	return calendar.InWords(t.UTC())
}

func plural(n int, one, oneDe, many, manyDe string) text.Text {
	if n == 1 {
		return text.New(one, oneDe)
	}
	return text.F(many, manyDe, n)
}

// shown is what the layout sees of a page.
type shown struct {
	Title   string
	Lang    text.Lang
	Other   text.Lang // that the page can be had in
	Here    string    // the page's address, for coming back
	Kept    string    // what was typed into the form that the page answers, sealed
	Who     *person.Actor
	Menu    []menu
	Stamp   string // of the assets: a browser keeps what has this one
	Version string
	Page    any
}

// fieldFrom is the field of each form that says to whom it was shown.
const fieldFrom = "from-person"

// from is that field: another tab may have signed somebody else in by the time
// the form is sent.
func from(s shown) template.HTML {
	if s.Who == nil {
		return ""
	}
	return template.HTML(`<input type="hidden" name="` + fieldFrom + `" value="` + template.HTMLEscapeString(s.Who.Person) + `">`)
}

// show writes a page: all of it, or an error.
func (v *visit) show(status int, name string, title text.Text, data any) error {
	s := shown{Title: title.In(v.lang), Lang: v.lang, Other: text.De, Here: v.here(), Stamp: stamp, Version: v.Version, Page: data}
	if v.lang == text.De {
		s.Other = text.En
	}
	if v.session != nil {
		s.Who, s.Menu = &v.session.Actor, v.menu()
		if v.r.Method == http.MethodPost && status < http.StatusInternalServerError {
			if s.Kept = v.kept(); s.Kept != "" {
				s.Here = v.resumes()
			}
		}
	}
	var b bytes.Buffer
	if err := layouts[v.lang][name].ExecuteTemplate(&b, "layout", s); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(v.lang))
	h.Add("Vary", "Cookie")
	if v.r.Method == http.MethodPost {
		h.Set("Cache-Control", "private, no-cache") // a browser that goes back to it couldn't show it otherwise
	}
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		_, err := v.w.Write([]byte(text.Plain(b.String())))
		_ = err // whoever asked has gone
	}
	return nil
}

// here is the address of the page that a form on it comes from.
func (v *visit) here() string {
	if v.r.Method == http.MethodGet {
		return local(v.r.URL.RequestURI())
	}
	return v.shownAt(v.r.URL.EscapedPath())
}

// shownAt is an address, or where only forms go to it, the one above it that
// has a page.
func (p *Pages) shownAt(address string) string {
	for at, _, _ := strings.Cut(address, "?"); at != ""; at = at[:strings.LastIndex(at, "/")] {
		switch {
		case p.has(http.MethodGet, at) && strings.HasPrefix(address, at+"?"):
			return address
		case p.has(http.MethodGet, at):
			return at
		}
	}
	return "/"
}

// has says that there is a page at an address.
func (p *Pages) has(method, at string) bool {
	segments := strings.Split(at, "/")
	return slices.ContainsFunc(p.table, func(pg page) bool {
		return pg.method == method && slices.EqualFunc(strings.Split(pg.path, "/"), segments, func(want, got string) bool {
			return want == got || strings.HasPrefix(want, ":") && got != ""
		})
	})
}
