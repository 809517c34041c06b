package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/report/slareport"
	"turnus/report/verify"
	"turnus/store"
)

// reported is a run with a draft over n imported tickets.
func (h *house) reported(t *testing.T, n int) report.Report {
	day := func(d, hour int) time.Time { return time.Date(2026, 10, d, hour, 0, 0, 0, time.UTC) }
	rows := func(yield func(ticket.Row, error) bool) {
		for i := range n {
			stopped := day(5, 8+i%9)
			if !yield(ticket.Row{Row: int64(i + 1), Number: fmt.Sprintf("T-%05d", i), Opened: day(5, 8), At: day(5, 8), StoppedAt: &stopped,
				State: "Active", Fields: map[string]string{"priority": "1"}}, nil) {
				return
			}
		}
	}
	in, err := h.store.Import(t.Context(), store.Intake{Service: "payments", Format: "csv", AsOf: testNow, Accept: "a test", By: "admin", Now: testNow}, rows, nil)
	require.NoError(t, err)
	r, _, err := h.store.Begin(t.Context(), testNow, store.NewRun{
		Key: run.Key{Process: "sla-report", Scope: "payments", Period: "2026-10"}, Owner: "owner", By: person.Actor{Person: "owner"}})
	require.NoError(t, err)
	f := sla.Frozen{Run: r.ID, Round: 1, Service: "payments", Title: text.Same("Payments"), Period: "2026-10", Zone: "UTC", TZData: "2025c",
		From: day(1, 0), To: day(32, 0), Lists: true, TicketURL: "https://desk.example.org/{number}", Import: in.ID, AsOf: testNow, At: testNow,
		Agreements: []sla.Agreement{{Name: "desk", Version: 1, Spec: agreement.Spec{Service: "payments", Valid: agreement.Valid{From: calendar.Date{Year: 2026, Month: 1, Day: 1}}, Targets: []agreement.Target{
			{Name: "fast", Measure: agreement.Resolution, Within: 4 * 3600, Calendar: "24x7", Attain: "95"}}}}}}
	sum := sha256.New()
	for v, err := range h.store.TicketsAsOf(t.Context(), f.Service, f.Import, f.From, f.To) {
		require.NoError(t, err)
		f.Count++
		fmt.Fprintf(sum, "%s\t%s\n", v.Number, v.Hash)
	}
	f.Hash = hex.EncodeToString(sum.Sum(nil))
	st := run.Step{Run: r.ID, Round: 1}
	f, err = store.Freeze(t.Context(), h.store, testNow, st, f)
	require.NoError(t, err)
	res, err := sla.Derive(f, h.store.TicketsAsOf(t.Context(), f.Service, f.Import, f.From, f.To))
	require.NoError(t, err)
	d, err := slareport.Draft(f, res, nil)
	require.NoError(t, err)
	hash, doc, err := report.Hash(d)
	require.NoError(t, err)
	_, err = h.store.SaveDraft(t.Context(), testNow, st, hash, doc)
	require.NoError(t, err)
	rep, err := h.store.Report(t.Context(), r.ID)
	require.NoError(t, err)
	return rep
}

// Receipts are for those concerned, verify, and each export is on record.
func TestReceipts(t *testing.T) {
	h := newHouse(t)
	rep := h.reported(t, 5)
	path := "/v1/runs/" + rep.Run + "/receipts"
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/runs/"+rep.Run+"/report", "").Body.String(), `"receipts": "`+path+`"`)
	for published := range 2 {
		if published == 1 {
			_, err := h.store.DB().Exec(`INSERT INTO report (process, scope, period, version, run, round, hash, published_at)
				SELECT 'sla-report', 'payments', '2026-10', 1, run, round, hash, at FROM draft`)
			require.NoError(t, err)
			require.Equal(t, 200, h.as(t, "viewer", "GET", "/v1/runs/"+rep.Run+"/report", "").Code)
		}
		for _, who := range []string{"viewer", "admin", "other-owner"} {
			require.Equal(t, http.StatusForbidden, h.as(t, who, "GET", path, "").Code, who)
		}
		var bodies []string
		for _, who := range []string{"owner", "approver", "auditor"} {
			w := h.as(t, who, "GET", path, "")
			require.Equal(t, 200, w.Code, "%s: %s", who, w.Body)
			require.Equal(t, "application/json", w.Header().Get("Content-Type"))
			require.Contains(t, w.Header().Get("Content-Disposition"), `"sla-report.payments.2026-10.receipts.json"`)
			bodies = append(bodies, w.Body.String())
		}
		require.Equal(t, bodies[0], bodies[1])
		require.Equal(t, bodies[0], bodies[2])
		v, err := verify.Receipt(strings.NewReader(bodies[0]))
		require.NoError(t, err)
		require.Empty(t, v.Differences)
		require.True(t, v.Words)
		require.Equal(t, []any{rep.Run, published, rep.Hash, int64(5), len(rep.Figures)}, []any{v.Run, v.Version, v.Report, v.Cases, v.Figures})
	}
	trail, _, err := h.store.Audit(t.Context(), store.Trail{Person: "owner", Object: "run/" + rep.Run}, store.Page{})
	require.NoError(t, err)
	require.Contains(t, string(trail[len(trail)-1].After), `"format":"receipts"`)
	require.Equal(t, "report.exported", trail[len(trail)-1].Action)
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/audit?person=other-owner", "").Body.String(), `"action":"get-receipts.refused"`)
	require.Equal(t, 404, h.as(t, "auditor", "GET", "/v1/runs/sla-report/payments/2026-09/receipts", "").Code)
}

// A process whose reports have no receipts isn't in the table, and that is said.
func TestReportsWithoutReceipts(t *testing.T) {
	h := newHouse(t)
	r, _, err := h.store.Begin(t.Context(), testNow, store.NewRun{
		Key: run.Key{Process: "change-approval", Scope: "interval-monthly", Period: "2026-10-05"}, About: resource.Ref{Kind: resource.Service, Name: "payments"}, Owner: "owner", By: person.Actor{Person: "owner"}})
	require.NoError(t, err)
	hash, doc, err := report.Hash(report.Document{Run: r.ID, Process: "change-approval"})
	require.NoError(t, err)
	_, err = h.store.SaveDraft(t.Context(), testNow, run.Step{Run: r.ID, Round: 1}, hash, doc)
	require.NoError(t, err)
	require.NotContains(t, h.as(t, "auditor", "GET", "/v1/runs/"+r.ID+"/report", "").Body.String(), `"receipts"`)
	w := h.as(t, "auditor", "GET", "/v1/runs/"+r.ID+"/receipts", "")
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Contains(t, problemIn(t, w).Detail, "Reports of change-approval have no receipts.")
}

// What can't be derived as the report has it is never sent as if it were whole.
func TestReceiptsThatDontBearTheReportOut(t *testing.T) {
	h := newHouse(t)
	rep := h.reported(t, 400)
	var said bytes.Buffer
	h.Echo = newAPIWith(t, h.store, slog.New(slog.NewTextHandler(&said, nil)))
	spoil := func(number string) {
		pgtest.Tamper(t, h.store.DB(), `UPDATE ticket_version SET hash = repeat('0', 64) WHERE number = $1`, number)
	}
	for _, number := range []string{"T-00399", "T-00000"} { // the last one, and the first
		spoil(number)
		w := h.as(t, "auditor", "GET", "/v1/runs/"+rep.Run+"/receipts", "")
		require.Equal(t, 409, w.Code)
		require.Contains(t, problemIn(t, w).Detail, "no complete file was written")
		require.Contains(t, h.as(t, "auditor", "GET", "/v1/audit?object=run/"+rep.Run, "").Body.String(), `"action":"report.export-failed"`)
		require.NotContains(t, h.as(t, "auditor", "GET", "/v1/audit?object=run/"+rep.Run, "").Body.String(), `"action":"report.exported"`)
		require.Contains(t, said.String(), number)
	}
}

// Receipts come with their length, so that a part is never taken for the whole;
// who goes away early is on record.
func TestReceiptsThatArentFetchedToTheirEnd(t *testing.T) {
	h := newHouse(t)
	rep := h.reported(t, 4000)
	srv := httptest.NewServer(h)
	defer srv.Close()
	r, err := http.NewRequest(http.MethodGet, srv.URL+"/v1/runs/"+rep.Run+"/receipts", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+h.tokens["auditor"])
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.Greater(t, res.ContentLength, int64(1_000_000))
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Len(t, b, int(res.ContentLength))

	gone := &leaving{httptest.NewRecorder()}
	require.Panics(t, func() { h.ServeHTTP(gone, r.Clone(r.Context())) }, "the connection is cut")
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/audit?object=run/"+rep.Run, "").Body.String(), `"action":"report.export-failed"`)
}

// leaving is a client that goes away after some bytes.
type leaving struct{ *httptest.ResponseRecorder }

func (l *leaving) Write(p []byte) (int, error) {
	if l.Body.Len() > 100_000 {
		return 0, io.ErrClosedPipe
	}
	return l.ResponseRecorder.Write(p)
}

// Whoever fetches slowly holds no connection to the database, and keeps nobody
// else from fetching; of one person there are a few at a time.
func TestSlowReadersOfReceipts(t *testing.T) {
	h := newHouse(t)
	h.store.DB().SetMaxOpenConns(2)
	rep := h.reported(t, 1)
	begun, end, done := make(chan struct{}, 99), make(chan struct{}), make(chan struct{}, 99)
	slow := func(who string) {
		r := httptest.NewRequest(http.MethodGet, "/v1/runs/"+rep.Run+"/receipts", nil)
		r.Header.Set("Authorization", "Bearer "+h.tokens[who])
		h.ServeHTTP(&stuck{httptest.NewRecorder(), begun, end}, r)
		done <- struct{}{}
	}
	people := []string{"auditor", "approver"}
	for _, who := range people {
		for range exportsEach {
			go slow(who)
			<-begun
		}
	}
	require.Zero(t, h.store.DB().Stats().InUse)
	w := h.as(t, "auditor", "GET", "/v1/runs/"+rep.Run+"/receipts", "")
	require.Equal(t, 503, w.Code)
	require.Equal(t, "5", w.Header().Get("Retry-After"))
	require.Contains(t, problemIn(t, w).Detail, "let one end")
	require.Equal(t, 200, h.as(t, "owner", "GET", "/v1/runs/"+rep.Run+"/receipts", "").Code)
	close(end)
	for range len(people) * exportsEach {
		<-done
	}
	require.Equal(t, 200, h.as(t, "auditor", "GET", "/v1/runs/"+rep.Run+"/receipts", "").Code)
}

// stuck is a client that takes nothing until it is told to.
type stuck struct {
	*httptest.ResponseRecorder
	begun chan<- struct{}
	end   <-chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	s.begun <- struct{}{}
	<-s.end
	return s.ResponseRecorder.Write(p)
}
