package api

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/report"
)

// An answer that is tried is refused as it would be, or gives the decision that
// it would be, and leaves nothing: no decision, no pass, no refusal, no key.
func TestAnAnswerIsTried(t *testing.T) {
	h := newHouse(t)
	_, a := h.waiting(t)
	at := "/v1/tasks/" + a.ID + "/decision?dry_run=true"
	for _, c := range []struct {
		who, body string
		status    int
	}{
		{"approver", `{"outcome":"approve"}`, 200}, {"approver", `{"outcome":"reject"}`, 422}, {"approver", `{"outcome":"done"}`, 422},
		{"approver", `{"outcome":"approve","hash":"other"}`, 409}, {"owner", `{"outcome":"approve"}`, 403}, {"viewer", `{"outcome":"approve"}`, 403},
	} {
		w := h.as(t, c.who, "POST", at, c.body, "Idempotency-Key", "same")
		require.Equal(t, c.status, w.Code, "%s %s: %s", c.who, c.body, w.Body)
	}
	var d task.Decision
	w := h.as(t, "approver", "POST", at, `{"outcome":"reject","comment":" no "}`)
	require.Equal(t, 200, w.Code, w.Body)
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &d))
	require.Equal(t, task.Decision{Task: a.ID, Run: a.Run, Round: 1, Person: "approver", Outcome: task.Reject, Comment: " no ", At: testNow, Hash: a.Hash}, d)
	var left int
	require.NoError(t, h.store.DB().QueryRow(`SELECT (SELECT count(*) FROM decision) + (SELECT count(*) FROM pass) +
		(SELECT count(*) FROM audit WHERE action LIKE 'decide%') + (SELECT count(*) FROM idempotency)`).Scan(&left))
	require.Zero(t, left)

	storetest.Answer(t, h.store, testNow, "approver", a, task.Message{Outcome: task.Approve})
	require.Equal(t, 200, h.as(t, "approver", "POST", at, `{"outcome":"approve"}`).Code)
	w = h.as(t, "approver", "POST", at, `{"outcome":"reject","comment":"no"}`)
	require.Equal(t, 409, w.Code)
	require.Contains(t, problemIn(t, w).Detail, "approver has decided this task already")
}

// A task says what it is about, why whoever asks may not answer it, and what its
// draft comes to; once it is decided, the decision. A run says its zone, and each
// of its rounds' drafts can be read by those who see drafts.
func TestATaskSaysWhatPagesNeed(t *testing.T) {
	h := newHouse(t)
	r, first := h.waiting(t)
	shown := func(who, id string) (a task.Task) {
		w := h.as(t, who, "GET", "/v1/tasks/"+id, "")
		require.Equal(t, 200, w.Code, w.Body)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &a))
		return a
	}
	a := shown("approver", first.ID)
	require.Equal(t, "Europe/Berlin", a.Zone)
	require.Equal(t, "payments", a.Subject.En)
	require.Zero(t, a.Barred)
	require.Nil(t, a.Decision)
	require.Equal(t, &task.Verdict{}, a.Verdict)
	require.Equal(t, "owner isn't one of the approvers.", shown("owner", first.ID).Barred.En)
	storetest.Answer(t, h.store, testNow, "approver", first, task.Message{Outcome: task.RequestChanges, Comment: "more"})
	require.Equal(t, task.RequestChanges, shown("owner", first.ID).Decision.Outcome)
	second := h.draftOf(t, r.ID, 2, func(d *report.Document) {
		d.Figures = []report.Figure{figure("p1.attainment", "P1", "80", 8, 10, "95", report.Missed), figure("p1.attainment-all", "P1", "70", 7, 10, "95", report.Missed),
			figure("p2.attainment", "P2", "100", 4, 4, "90", report.Met), figure("n", "N", "1", 1, 1, "", "")}
	})
	require.Equal(t, &task.Verdict{Judged: 2, Missed: 1}, shown("approver", second.ID).Verdict)
	var list struct{ Items []task.Task }
	require.NoError(t, json.Unmarshal(h.as(t, "approver", "GET", "/v1/tasks?state=open&kind=approval&process=sla-report", "").Body.Bytes(), &list))
	require.Len(t, list.Items, 1)
	require.Equal(t, &task.Verdict{Judged: 2, Missed: 1}, list.Items[0].Verdict)
	require.Equal(t, "Europe/Berlin", list.Items[0].Zone)
	for _, q := range []string{"kind=review", "process=sla", "process=availability-review"} {
		require.NoError(t, json.Unmarshal(h.as(t, "approver", "GET", "/v1/tasks?"+q, "").Body.Bytes(), &list))
		require.Empty(t, list.Items, q)
	}
	for _, path := range []string{"/v1/runs/" + r.ID, "/v1/runs"} {
		require.Contains(t, h.as(t, "auditor", "GET", path, "").Body.String(), `"zone":"Europe/Berlin"`, path)
	}
	var rep report.Report
	for round, hash := range map[string]string{"1": first.Hash, "2": second.Hash} {
		w := h.as(t, "approver", "GET", "/v1/runs/"+r.ID+"/report?round="+round, "")
		require.Equal(t, 200, w.Code, w.Body)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &rep))
		require.Equal(t, hash, rep.Hash)
	}
	w := h.as(t, "approver", "GET", "/v1/runs/"+r.ID+"/report?round=3", "")
	require.Equal(t, 404, w.Code)
	require.Contains(t, problemIn(t, w).Detail, "no draft of round 3")

	// Published, the report is read by more people than what was drafted before.
	storetest.End(t, h.store, testNow, "approver", "owner", r.ID, run.Published)
	require.Equal(t, 403, h.as(t, "viewer", "GET", "/v1/runs/"+r.ID+"/report?round=1", "").Code)
	require.Equal(t, 403, h.as(t, "viewer", "GET", "/v1/runs/"+r.ID+"/report?round=2", "").Code)
}
