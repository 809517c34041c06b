package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/store"
)

// waiting puts a run of payments on record that waits for approval.
func (h *house) waiting(t *testing.T) (run.Run, task.Task) {
	r, created, err := h.store.Begin(t.Context(), testNow, store.NewRun{
		Key: run.Key{Process: "sla-report", Scope: "payments", Period: "2026-10"}, Owner: "owner", By: person.Actor{Person: "owner"}, Reason: "an inner reason"})
	require.NoError(t, err)
	require.True(t, created)
	hash, doc, err := report.Hash(report.Document{Run: r.ID, Process: "sla-report", Scope: "payments", Period: "2026-10", Zone: "Europe/Berlin",
		Title: text.New("SLA report", "SLA-Bericht"), Subject: text.Same("payments"), ComputedAt: testNow})
	require.NoError(t, err)
	require.NoError(t, h.store.Enter(t.Context(), run.Step{Run: r.ID, Round: 1}, run.Drafting))
	_, err = h.store.SaveDraft(t.Context(), testNow, run.Step{Run: r.ID, Round: 1}, hash, doc)
	require.NoError(t, err)
	due := testNow.Add(72 * time.Hour)
	a := storetest.Approval(run.Step{Run: r.ID, Round: 1}, hash, testNow)
	a.State, a.Due, a.Remind, a.Escalate = task.Open, due, due, due
	require.NoError(t, storetest.ErrOf(h.store.OpenTask(t.Context(), a)))
	return r, a
}

// A report is read with its run, and that once.
func TestAReportReadsItsRunOnce(t *testing.T) {
	h := newHouse(t)
	r, _ := h.waiting(t)
	db, sent := pgtest.Counted(t, h.store.DB())
	h.Echo = newAPI(t, store.New(db))
	require.Equal(t, 200, h.as(t, "owner", "GET", "/v1/runs/"+r.ID+"/report", "").Code)
	require.Equal(t, 1, sent("FROM run r WHERE r.id = $1"))
	w := h.as(t, "owner", "GET", "/v1/runs/sla-report/payments/2019-01/report", "")
	require.Equal(t, 404, w.Code)
	require.Contains(t, problemIn(t, w).Detail, "There is no run")
}

// Who sees what of a run that isn't published: drafts, tasks and reasons are
// for the owner, the approvers and auditors.
func TestDraftsAreForThoseConcerned(t *testing.T) {
	h := newHouse(t)
	r, a := h.waiting(t)
	for who, inside := range map[string]bool{"owner": true, "approver": true, "auditor": true, "other-owner": false, "viewer": false, "admin": false} {
		w := h.as(t, who, "GET", "/v1/runs/"+r.ID, "")
		require.Equal(t, 200, w.Code, who)
		var shown run.Run
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &shown))
		require.Equal(t, run.Waiting, shown.State, "the state is for everybody")
		require.Equal(t, inside, len(shown.Tasks) == 1, who)
		require.Equal(t, inside, shown.Reason != "", who)
		require.Contains(t, w.Body.String(), `"decisions":[]`, "never null")

		listed := h.as(t, who, "GET", "/v1/runs?service=payments&state=live", "").Body.String()
		require.Contains(t, listed, `"id":"sla-report/payments/2026-10"`, who)
		if !inside {
			require.NotContains(t, listed, "an inner reason", who)
		}

		status := http.StatusForbidden
		if inside {
			status = http.StatusOK
		}
		require.Equal(t, status, h.as(t, who, "GET", "/v1/runs/"+r.ID+"/report", "").Code, who)
		require.Equal(t, status, h.as(t, who, "GET", "/v1/tasks/"+a.ID, "").Code, who)
		tasks := h.as(t, who, "GET", "/v1/tasks?state=open", "").Body.String()
		if inside {
			require.Contains(t, tasks, a.ID, who)
		} else {
			require.JSONEq(t, `{"items":[],"next":null}`, tasks, who)
		}
		mine := h.as(t, who, "GET", "/v1/tasks?state=open&mine=true", "").Body.String()
		if who == "approver" {
			require.Contains(t, mine, a.ID)
		} else {
			require.NotContains(t, mine, a.ID, who)
		}
	}
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/audit?person=viewer", "").Body.String(), `"action":"get-report.refused"`)
}

func TestReportsInTheirFormats(t *testing.T) {
	h := newHouse(t)
	r, _ := h.waiting(t)
	path := "/v1/runs/" + r.ID + "/report"
	_, err := h.store.DB().Exec(`INSERT INTO report (process, scope, period, version, run, round, hash, published_at)
		SELECT 'sla-report', 'payments', '2026-10', 1, run, round, hash, at FROM draft`)
	require.NoError(t, err)

	w := h.as(t, "viewer", "GET", path, "")
	require.Equal(t, 200, w.Code, "what is published everybody reads")
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	var rep struct {
		Run     string
		Version int
		Figures []any
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &rep))
	require.Equal(t, r.ID, rep.Run)
	require.Equal(t, 1, rep.Version)
	require.NotNil(t, rep.Figures)

	page := h.as(t, "viewer", "GET", path, "", "Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "Accept-Language", "de")
	require.Equal(t, 200, page.Code, page.Body)
	require.Equal(t, "text/html; charset=utf-8", page.Header().Get("Content-Type"))
	require.Equal(t, "de", page.Header().Get("Content-Language"))
	require.Equal(t, pagePolicy, page.Header().Get("Content-Security-Policy"))
	require.Contains(t, page.Body.String(), "SLA-Bericht")
	require.Contains(t, h.as(t, "viewer", "GET", path+"?lang=en", "", "Accept", "text/html", "Accept-Language", "de").Body.String(), "SLA report")

	require.Equal(t, 406, h.as(t, "viewer", "GET", path, "", "Accept", "application/pdf").Code)
	require.Equal(t, 406, h.as(t, "viewer", "GET", path, "", "Accept", "text/html;q=0").Code)
	require.Equal(t, 404, h.as(t, "viewer", "GET", path[:len(path)-len("/report")]+".2/report", "").Code)

	trail, _, err := h.store.Audit(t.Context(), store.Trail{Person: "viewer", Object: "run/" + r.ID}, store.Page{})
	require.NoError(t, err)
	require.Len(t, trail, 3, "each report that left the house is on record")
	require.Equal(t, "report.exported", trail[0].Action)
	require.Contains(t, string(trail[1].After), `"format":"text/html","hash":`)
	require.Contains(t, string(trail[1].After), `"lang":"de"`)
}

func TestNegotiate(t *testing.T) {
	for header, want := range map[string]string{
		"": "application/json", "*/*": "application/json", "text/*": "text/html", "text/html": "text/html",
		"application/json;q=0.1, text/html;q=0.2": "text/html", "text/html;q=0.5, */*": "application/json",
		"application/pdf": "", "application/json;q=0": "", "application/json;q=0, */*": "text/html", ";,": "", "application/json;q=2": "",
	} {
		got, err := negotiate(header, "application/json", "text/html")
		require.Equal(t, want, got, header)
		require.Equal(t, want == "", err != nil, header)
	}
}
