package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/text"
)

func referencePages() []page {
	return []page{
		{method: "GET", path: "/docs", name: "reference", handle: showReference},
		{method: "GET", path: "/docs/:chapter", name: "reference-chapter", handle: showChapter},
	}
}

// chapter is the part of the API's documentation that one tag makes.
type chapter struct {
	Name       string // in its address
	Title      text.Text
	Operations []operation
}

// operation is an operation as it is documented.
type operation struct {
	ID, Method, Path     string
	Summary, Description string
	Public               bool
	Roles                []person.Role // that it is for; none: everybody who is signed in
	Params               []field
	Media                []string // of the body
	Body                 []field  // of one that is JSON
	Answers              []answer
	Curl                 string
}

// field is a parameter, or a member of a body.
type field struct {
	Name, In, Type, Doc string
	Required            bool
	Values              []string // that it may have
}

// answer is one way in which an operation answers.
type answer struct{ Status, Doc, Media string }

// chapterTitles are the tags in both languages.
var chapterTitles = map[string]text.Text{
	"Audit":      text.New("Audit trail", "Audit-Trail"),
	"Exclusions": text.New("Exclusions", "Ausschlüsse"),
	"Feeds":      text.New("Calendar feeds", "Kalender-Abonnements"),
	"Findings":   text.New("Findings", "Befunde"),
	"Imports":    text.New("Imports", "Importe"),
	"Operation":  text.New("Operation", "Betrieb"),
	"Plan":       text.New("Plan", "Plan"),
	"Processes":  text.New("Processes", "Prozesse"),
	"Reports":    text.New("Reports", "Berichte"),
	"Resources":  text.New("Resources", "Objekte"),
	"Runs":       text.New("Runs", "Läufe"),
	"Tasks":      text.New("Tasks", "Aufgaben"),
	"Tokens":     text.New("Tokens", "Token"),
}

// chaptersOf makes the documentation of what the API offers.
func chaptersOf(doc *huma.OpenAPI, roles map[string][]person.Role) (all []chapter) {
	if doc == nil {
		return nil
	}
	schemas := examples{doc.Components.Schemas}
	byTag := map[string]*chapter{}
	for path, item := range doc.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "PUT": item.Put, "POST": item.Post, "DELETE": item.Delete} {
			if op == nil {
				continue
			}
			tag := op.Tags[0]
			if byTag[tag] == nil {
				title, ok := chapterTitles[tag]
				if !ok {
					title = text.Same(tag)
				}
				byTag[tag] = &chapter{Name: strings.ToLower(tag), Title: title}
			}
			o := schemas.operation(method, path, op)
			o.Roles = roles[op.OperationID]
			byTag[tag].Operations = append(byTag[tag].Operations, o)
		}
	}
	for _, c := range byTag {
		slices.SortFunc(c.Operations, func(a, b operation) int {
			return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
		})
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b chapter) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// reference is the documentation's first page, and what each has.
type reference struct {
	Chapters []chapter
	Chapter  chapter
	Address  string // of the API
}

// address is where the visitor reached Turnus.
func (v *visit) address() string {
	switch {
	case v.Site.Public != nil:
		return origin(v.Site.Public)
	case v.overTLS():
		return "https://" + v.r.Host
	}
	return "http://" + v.r.Host
}

func showReference(v *visit) error {
	return v.show(http.StatusOK, "reference", text.New("The API", "Die API"), reference{Chapters: v.chapters, Address: v.address()})
}

func showChapter(v *visit) error {
	for _, c := range v.chapters {
		if c.Name == v.param("chapter") {
			return v.show(http.StatusOK, "reference-chapter", text.F("The API: %s", "Die API: %s", c.Title),
				reference{Chapters: v.chapters, Chapter: c, Address: v.address()})
		}
	}
	return fault.New(fault.NotFound, text.F("The API's documentation has no chapter %.80q.", "Die Dokumentation der API hat kein Kapitel %.80q.", v.param("chapter")))
}
