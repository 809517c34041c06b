package api

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/itsm/uptime"
	"turnus/report"
	"turnus/report/receipt"
	"turnus/report/verify"
	"turnus/store"
)

// receiptsAt is where the receipts of a report are found; empty where its
// process has none.
func receiptsAt(r report.Report) string {
	if _, ok := verify.Process(r.Process); !ok {
		return ""
	}
	return "/v1/runs/" + r.Run + "/receipts"
}

// ticketsAt is where the list of a report's breached and excluded tickets is
// found; empty where its document has none.
func ticketsAt(r report.Report) string {
	if r.TicketList == nil {
		return ""
	}
	return "/v1/runs/" + r.Run + "/tickets"
}

func (s *server) receipts() {
	register(s, operation{lasts: receiptTime, Operation: huma.Operation{
		OperationID: "get-receipts", Method: http.MethodGet, Path: oneRun + "/receipts", Tags: []string{"Reports"},
		Summary: "How each figure of a run's report came about",
		Description: "One canonical JSON document: the report and everything that its figures stand on; of an SLA report for each ticket every segment of time with why it counted or not, of an availability review all outages, maintenance and samples. " +
			"turnus verify receipt computes all of it anew. It holds the data itself: it is for the service's owner, its approvers and auditors, after publication too. " +
			"Derived as a whole before it is sent, and complete if it is as long as Content-Length says.",
		Responses: map[string]*huma.Response{"200": {Description: "The receipts",
			Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: "object"}}}}},
	}}, func(ctx context.Context, in *RunPath) (*huma.StreamResponse, error) {
		r, err := s.caller(ctx).ReadForReceipts(ctx, in.id(ctx))
		if err != nil {
			return nil, err
		}
		p, f, err := s.derivable(ctx, r)
		if err != nil {
			return nil, err
		}
		return &huma.StreamResponse{Body: func(out huma.Context) {
			s.sendDerived(ctx, out, r, derived{what: "receipts", media: "application/json", ending: ".receipts.json"},
				func(w io.Writer) error { return p.Write(w, r, f, s.cases(ctx)) })
		}}, nil
	})
}

// derivable gives what it takes to derive the receipts of a report.
func (s *server) derivable(ctx context.Context, r report.Report) (p receipt.Process, frozen json.RawMessage, err error) {
	p, ok := verify.Process(r.Process)
	if !ok {
		return p, nil, fault.New(fault.NotFound, text.F("Reports of %s have no receipts.", "Berichte von %s haben keine Belege.", r.Process))
	}
	frozen, err = store.Frozen[json.RawMessage](ctx, s.Store, run.Step{Run: r.Run, Round: r.DraftRound})
	return p, frozen, err
}

// derived is a file that is derived from what a report stands on.
type derived struct {
	what   string // on record: receipts, tickets
	media  string
	ending string // of the file's name
	lang   text.Lang
}

// sendDerived derives a file from what was frozen, holds it against the report,
// and sends it once it is whole: whoever fetches it slowly holds nothing but a
// file on disk.
func (s *server) sendDerived(ctx context.Context, out huma.Context, r report.Report, of derived, write func(io.Writer) error) {
	d := s.newDownload(out, of.media, strings.ReplaceAll(r.Run, "/", ".")+of.ending)
	file, err := s.exports.Take(actorOf(ctx).Person)
	if err != nil {
		problem(ctx, err).write(out)
		return
	}
	defer file.Close()
	if err := s.queue(ctx); err != nil {
		problem(ctx, err).write(out)
		return
	}
	err = s.derive(file, write)
	if err == nil {
		// On record before anything is sent.
		err = s.exported(ctx, r, export{format: of.what, lang: of.lang})
	}
	if err == nil {
		d.size = file.Size()
		_, err = io.CopyBuffer(d, file, make([]byte, 64<<10))
	}
	if err == nil {
		return
	}
	who := actorOf(ctx)
	s.Log.Error("an export of "+of.what+" failed", "request", requestOf(ctx).id, "run", r.Run, "person", who.Person, "bytes", d.bytes, "error", withCause(err))
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTime) // the client may be gone
	defer cancel()
	if unrecorded := s.Store.Record(after, who, s.Now(), "report.export-failed", "run/"+r.Run, map[string]any{"format": of.what, "bytes": d.bytes}); unrecorded != nil {
		s.Log.Warn("that an export failed could not be recorded", "request", requestOf(ctx).id, "error", withCause(unrecorded))
	}
	if d.bytes > 0 {
		panic(http.ErrAbortHandler)
	}
	problem(ctx, err).write(out)
}

// derivedAtOnce is how many receipts are derived at a time: each takes a core and
// a connection to the database, and half of the cores are for everybody else.
func derivedAtOnce() int { return max(1, runtime.NumCPU()/2) }

// queue waits until receipts may be derived; derive ends the turn.
func (s *server) queue(ctx context.Context) error {
	wait, cancel := context.WithTimeout(ctx, deriveWait)
	defer cancel()
	select {
	case s.deriving <- struct{}{}:
		return nil
	case <-wait.Done():
		return fault.New(fault.Unavailable, text.New("Several exports of receipts are being derived: try again shortly.",
			"Es werden schon mehrere Exporte von Belegen ermittelt: In Kürze erneut versuchen."))
	}
}

// derive has receipts written.
func (s *server) derive(file io.Writer, write func(io.Writer) error) error {
	defer func() { <-s.deriving }()
	return write(file)
}

// cases reads what receipts are derived from.
func (s *server) cases(ctx context.Context) receipt.Source {
	return receipt.Source{
		Tickets: func(service string, asOf int64, from, to time.Time) iter.Seq2[ticket.Version, error] {
			return s.Store.TicketsAsOf(ctx, service, asOf, from, to)
		},
		Windows: func(of receipt.Known) iter.Seq2[dataset.Keyed[[]uptime.Planned], error] {
			return s.Store.Windows(ctx, store.KnownSpan(of))
		},
		Outages: func(of receipt.Known) iter.Seq2[dataset.Keyed[[]uptime.Outage], error] {
			return s.Store.Outages(ctx, store.KnownSpan(of))
		},
		Days: func(of receipt.Known) iter.Seq2[dataset.Keyed[uptime.Day], error] {
			return s.Store.ProbeDays(ctx, store.KnownSpan(of))
		},
	}
}
