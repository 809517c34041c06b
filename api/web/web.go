// Package web is the pages of Turnus: what people who decide see of it. Each
// page is a client of the API's operations in the same process, in the name of
// whoever is signed in, so that roles, views, bounds and refusals are the API's
// own. A page is one file of Go (what it reads and does) and one template of
// the same name; what it does comes in forms and ends in a redirect.
//
// It may import client, report, report/render, report/rules and itsm, of store
// the sessions alone, and of deploy the names of the ready mappings.
//
//	pages := web.New(web.Config{Store: st, Now: time.Now, Client: inside})
//	for _, r := range pages.Routes() {
//		e.Add(r.Method, r.Path, …)
//	}
package web

import (
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"turnus/client"
	"turnus/itsm/person"
	"turnus/itsm/text"
	"turnus/store"
)

// Config is what the pages stand on.
type Config struct {
	Store *store.Store // its sessions alone
	Now   func() time.Time
	// Client is the API in somebody's name, within a request for a page.
	Client  func(w http.ResponseWriter, r *http.Request, who person.Actor, lang text.Lang) *client.Client
	Site    Site
	Version string // of the binary

	API   *huma.OpenAPI            // as /docs shows it
	Roles map[string][]person.Role // that an operation of it is for; none: everybody who is signed in
}

// Site says how browsers reach Turnus.
type Site struct {
	Public  *url.URL // its address; nil: whatever it was asked by
	Proxies Networks // whose forwarded headers count
}

// Route is a page, or an asset, with what the API does around it.
type Route struct {
	Method, Path string
	Name         string        // in log and metrics
	Lasts        time.Duration // at most; 0: as long as any other request
	Handle       func(w http.ResponseWriter, r *http.Request, param func(string) string)
}

// Pages serves them.
type Pages struct {
	Config
	origins *http.CrossOriginProtection
	guard   *guard
	table   []page
	settled atomic.Bool  // all steps of /start are done
	looked  atomic.Int64 // the minute in which that was looked at

	chapters []chapter // of the API's documentation
}

// New makes the pages.
func New(c Config) *Pages {
	p := &Pages{Config: c, origins: http.NewCrossOriginProtection(), guard: newGuard(), table: table(), chapters: chaptersOf(c.API, c.Roles)}
	if c.Site.Public != nil {
		if err := p.origins.AddTrustedOrigin(origin(c.Site.Public)); err != nil {
			panic("web: the public address is no origin: " + err.Error()) // Site.Check has refused it
		}
	}
	return p
}

// page is one entry of the table of pages.
type page struct {
	method, path, name string
	public             bool  // nobody need be signed in
	most               int64 // bytes of a form without files; 0: maxForm
	lasts              time.Duration
	handle             func(*visit) error
}

func table() []page {
	return slices.Concat(
		signInPages(), personPages(), startPages(),
		inboxPages(), taskPages(),
		runPages(), reportPages(),
		planPages(),
		findingPages(), coveragePages(),
		servicePages(), importPages(),
		auditPages(),
		referencePages(),
	)
}

// Routes lists the pages and what they need.
func (p *Pages) Routes() []Route {
	var routes []Route
	for _, pg := range p.table {
		routes = append(routes, Route{Method: pg.method, Path: pg.path, Name: "page." + pg.name, Lasts: pg.lasts, Handle: p.serve(pg)})
	}
	return append(routes, assetRoutes()...)
}
