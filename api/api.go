// Package api is the HTTP face of Turnus: operations declared with huma on
// Echo, as CONTRACT.md section 2 promises them. Types give validation and the
// OpenAPI document; package access says whom an operation is for and who sees
// what, one place how an error is answered (problem.go).
//
// It may import runs, access, store, imports, client, deploy, report
// and itsm. Temporal is reached through runs only.
//
//	handler := api.New(api.Config{Store: st, Runs: rs, Now: time.Now, Log: log, Ready: ready})
//	err := api.Server(handler, "127.0.0.1:8080").ListenAndServe()
package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"turnus/access"
	"turnus/api/spool"
	"turnus/api/web"
	"turnus/runs"
	"turnus/store"
)

// Config is what the API stands on.
type Config struct {
	Store   *store.Store
	Runs    *runs.Runs
	Now     func() time.Time
	Log     *slog.Logger
	Ready   func(context.Context) error            // nil error: work is accepted
	Counts  func(context.Context) (Counts, error)  // for /metrics, read at each scrape; may be nil
	Backup  func(context.Context, io.Writer) error // writes a copy of everything; nil: not from here
	Spool   string                                 // directory for files on their way; the system's for temporary files if empty
	Version string                                 // of the binary, shown by /healthz

	Site web.Site // how browsers reach the pages

	MetricsTokenFile string // holds what lets /metrics be read; empty: callers of this machine may

	pace time.Duration // for paceBytes; paceTime if zero
}

// server holds the configuration and what New makes of it.
type server struct {
	Config
	huma     huma.API
	pages    *web.Pages
	rules    map[string]access.Rule // by operation
	metrics  *metrics
	uploads  *spool.Spool  // what is being sent to us
	exports  *spool.Spool  // what is being fetched
	copying  sync.Mutex    // held by the one backup that runs
	large    *places       // of those who send large bodies
	forms    *places       // of those who send large forms to pages
	reading  chan struct{} // full while as much content is held in memory as may be
	deriving chan struct{} // full while as many exports of receipts run as may
}

// The limits of a request. Idempotency keys are free 30 s after a request that
// died, so an ordinary request must have ended before that.
const (
	requestTime  = 25 * time.Second
	bodyTime     = 10 * time.Second // to send an ordinary body
	unwantedTime = 2 * time.Second  // to send what nobody reads any more
	uploadTime   = 30 * time.Minute // to send a file
	importTime   = time.Hour        // to send and merge it
	backupTime   = 12 * time.Hour
	receiptTime  = 2 * time.Hour
	deriveWait   = time.Minute // until receipts are derived

	// Files that people send or fetch, in all and each.
	uploadFiles, uploadsEach = 32, 4
	exportFiles, exportsEach = 32, 4
	uploadBytes              = 16 << 30
	exportBytes              = 8 << 30

	readingAtOnce = 2 // bodies of resources, files of tasks: each may take some 100 MB for a moment

	// Bodies that are kept in memory from their first byte until they are
	// answered: those above a size, in all and of one person.
	largeBody               = 64 << 10
	largeBodies, largesEach = 32, 4

	maxBody   = 1 << 20
	maxValues = 20_000 // in a body of JSON
	maxApply  = 4 << 20
	maxImport = 4 << 30
)

// New builds the API.
func New(c Config) *echo.Echo {
	s := &server{Config: c, rules: access.Operations(), metrics: newMetrics(c.Counts, c.Now),
		uploads: spool.New(spool.Config{Dir: c.Spool, Files: uploadFiles, Each: uploadsEach, Bytes: uploadBytes}),
		exports: spool.New(spool.Config{Dir: c.Spool, Files: exportFiles, Each: exportsEach, Bytes: exportBytes}),
		large:   newPlaces(largeBodies, largesEach), forms: newPlaces(largeBodies, largesEach), reading: make(chan struct{}, readingAtOnce), deriving: make(chan struct{}, derivedAtOnce())}
	if s.pace == 0 {
		s.pace = paceTime
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Pre(s.observe)
	e.HTTPErrorHandler = s.unrouted
	s.huma = humaecho.New(e, humaConfig())

	s.health()
	s.scrape(e)
	s.processes()
	s.runs()
	s.report()
	s.receipts()
	s.reportTickets()
	s.tasks()
	s.taskFiles()
	s.resources()
	s.apply()
	s.tokens()
	s.sessions()
	s.audit()
	s.imports()
	s.ticket()
	s.exclusions()
	s.plan()
	s.planEdits()
	s.holidays()
	s.feeds()
	s.findings()
	s.continuity()
	s.actions()
	s.improvement()
	s.backup()
	s.document(e)
	s.addPages(e)
	return e
}

// Server is an HTTP server with the limits that the API needs. What may take
// longer (import, backup, receipts) moves its own deadlines.
func Server(h http.Handler, addr string) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ConnState:         newConnections(maxConnections).changed,
	}
}
