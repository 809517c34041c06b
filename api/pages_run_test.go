package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/store"
)

// The list says what comes next while it is empty, has what its filters ask for,
// and puts attempts together.
func TestRunsOnAPage(t *testing.T) {
	h := newHouse(t)
	owner := h.guest(t, "owner", "en")
	require.Contains(t, owner.reads("/runs", "en"), "There are no runs yet.")
	require.Contains(t, owner.reads("/runs", "de"), "Es gibt noch keine Läufe.")
	r, _ := h.waiting(t)
	storetest.End(t, h.store, testNow, "approver", "owner", r.ID, run.Published)
	_, _, err := h.store.Begin(t.Context(), testNow.Add(time.Minute), store.NewRun{Key: r.Key, Owner: "owner", Again: true, Reason: "late data", By: person.Actor{Person: "owner"}})
	require.NoError(t, err)

	for lang, words := range map[string][]string{"en": {"SLA report, payments, October 2026", "Attempt 2 of 2", "published", "Report, version 1"},
		"de": {"SLA-Bericht, payments, Oktober 2026", "Versuch 2 von 2", "veröffentlicht", "Bericht, Version 1"}} {
		page := owner.reads("/runs", lang)
		for _, w := range words {
			require.Contains(t, page, w)
		}
		require.Equal(t, 1, strings.Count(page, words[0]), "both attempts stand under one title")
		require.Contains(t, page, `href="/reports/`+r.ID+`"`)
	}
	require.Contains(t, owner.reads("/runs?process=sla-report&service=payments&state=published", "en"), "version 1")
	require.Contains(t, owner.reads("/runs?service=mail", "en"), "There is no such run.")
	require.Equal(t, 422, owner.in("en").opens("/runs?state=lost").Code)
	require.Contains(t, []int{400, 422}, owner.in("en").opens("/runs?after=nonsense").Code)

	// Longer lists go on.
	for day := range 30 {
		_, _, err := h.store.Begin(t.Context(), testNow.Add(time.Duration(-day-1)*time.Hour), store.NewRun{
			Key: run.Key{Process: "sla-report", Scope: "mail", Period: fmt.Sprintf("20%02d-01", 10+day%15+day/15*20)}, Owner: "other-owner"})
		require.NoError(t, err)
	}
	page := owner.reads("/runs", "en")
	require.Contains(t, page, "Older runs")
	next := strings.ReplaceAll(strings.Split(strings.Split(page, `<a class="act" href="/runs?`)[1], `"`)[0], "&amp;", "&")
	rest := owner.reads("/runs?"+next, "en")
	require.NotContains(t, rest, "Older runs")
	require.Equal(t, 31, strings.Count(page, "<li><a href=\"/runs/")+strings.Count(rest, "<li><a href=\"/runs/"))
	require.Less(t, len(page), 100<<10)
}

// A run's page tells its rounds to those who see inside, and to others no more
// than the API does. What people typed is text.
func TestARunOnAPage(t *testing.T) {
	h := newHouse(t)
	r, a := h.waiting(t)
	owner, viewer, auditor := h.guest(t, "owner", "en"), h.guest(t, "viewer", "en"), h.guest(t, "auditor", "en")
	for lang, words := range map[string][]string{"en": {"Task opened", "May answer:", "Cancel the run"}, "de": {"Aufgabe gestellt", "Antworten dürfen:", "Lauf abbrechen"}} {
		page, other := owner.reads("/runs/"+r.ID, lang), viewer.reads("/runs/"+r.ID, lang)
		for _, w := range append(words, a.Hash, "an inner reason") {
			require.Contains(t, page, w)
			require.NotContains(t, other, w)
		}
	}
	const evil = "<script>alert(1)</script>\u202etxt"
	storetest.Answer(t, h.store, testNow, "approver", a, task.Message{Outcome: task.RequestChanges, Comment: evil})
	page := auditor.reads("/runs/"+r.ID, "en")
	require.Contains(t, page, "Answer: changes requested")
	require.Contains(t, page, "&lt;script&gt;alert(1)&lt;/script&gt;txt")
	require.NotContains(t, page, "<script>alert")
	require.NotContains(t, page, "\u202e")
	require.NotContains(t, page, "/cancel", "auditors change nothing")

	require.Equal(t, 404, owner.in("en").opens("/runs/sla-report/payments/2019-01").Code)
	require.Equal(t, 404, owner.in("en").opens("/runs/sla-report/payments/2019-01.x").Code)
	w := h.browser(t).get(t, "/runs/"+r.ID)
	require.Equal(t, 303, w.Code)
	require.Equal(t, "/sign-in?return="+url.QueryEscape("/runs/"+r.ID), w.Header().Get("Location"))
}

// A run with many tasks shows the newest, says how many it leaves out, and leads to
// all of them; to those who don't see inside it says nothing of them.
func TestARunWithManyTasksOnAPage(t *testing.T) {
	h := newHouse(t)
	r, a := h.waiting(t)
	pgtest.Tamper(t, h.store.DB(), `INSERT INTO task SELECT (jsonb_populate_record(t, jsonb_build_object(
		'id', t.id || '-' || n, 'step', t.step || '-' || n, 'state', CASE WHEN n <= 100 THEN 'open' ELSE 'closed' END,
		'due_at', t.due_at + n * interval '1 minute', 'ended_at', CASE WHEN n > 100 THEN t.opened_at + n * interval '1 minute' END))).*
		FROM task t, generate_series(1, 200) n WHERE t.id = $1`, a.ID)
	owner, viewer := h.guest(t, "owner", "en"), h.guest(t, "viewer", "en")
	for lang, words := range map[string][]string{
		"en": {"101 answers are awaited", "86 more tasks are open.", "85 earlier ones are left out", "Show all"},
		"de": {"101 Antworten stehen aus", "86 weitere Aufgaben sind offen.", "85 frühere fehlen hier", "Alles zeigen"},
	} {
		page, other := owner.reads("/runs/"+r.ID, lang), viewer.reads("/runs/"+r.ID, lang)
		for _, w := range words {
			require.Contains(t, page, w)
			require.NotContains(t, other, w)
		}
		require.Contains(t, page, "/tasks/"+a.ID+`"`, "the open task that is due first")
		require.NotContains(t, page, "/tasks/"+a.ID+`-100"`)
		all := owner.reads("/runs/"+r.ID+"?all=1", lang)
		require.Contains(t, all, "/tasks/"+a.ID+`-100"`)
		require.NotContains(t, all, words[3])
	}

	// What a run waits for once somebody has answered is no shorter than it is, either.
	storetest.Answer(t, h.store, testNow, "approver", a, task.Message{Outcome: task.Approve, Comment: "as agreed"})
	for lang, words := range map[string]string{"en": "And for 85 more.", "de": "Außerdem auf 85 weitere Aufgaben."} {
		require.Contains(t, owner.reads("/tasks/"+a.ID+"/done", lang), words)
	}
	require.NotContains(t, h.as(t, "viewer", "GET", "/v1/runs/"+r.ID+"?newest=5", "").Body.String(), "left_out")
	require.Contains(t, h.as(t, "owner", "GET", "/v1/runs/"+r.ID+"?newest=5", "").Body.String(), `"left_out":{"open":95,"ended":96}`)
	for _, newest := range []string{"-1", "501", "x"} {
		require.Equal(t, 422, h.as(t, "owner", "GET", "/v1/runs/"+r.ID+"?newest="+newest, "").Code, newest)
	}
}

// What has consequences says them first, and is refused as the API refuses it.
func TestWishesOfARun(t *testing.T) {
	h := newHouse(t)
	r, _ := h.waiting(t)
	owner, viewer := h.guest(t, "owner", "en"), h.guest(t, "viewer", "en")
	for path, words := range map[string][2]string{
		"/cancel":  {"open tasks are closed without an answer", "offene Aufgaben werden ohne Antwort geschlossen"},
		"/again":   {"The new attempt freezes what is known now", "Der neue Versuch schreibt den jetzigen Datenstand fest"},
		"/refresh": {"the draft is made anew", "der Entwurf neu erstellt"},
	} {
		require.Contains(t, owner.reads("/runs/"+r.ID+path, "en"), words[0])
		page := owner.reads("/runs/"+r.ID+path, "de")
		require.Contains(t, page, words[1])
		form := url.Values{"once": {keyIn(t, page)}, "reason": {"ours & <theirs>"}}
		require.Equal(t, 403, viewer.posts("/runs/"+r.ID+path, form).Code, path)
		require.Equal(t, 403, owner.elsewhere("/runs/"+r.ID+path, form).Code, path)
	}
	w := owner.posts("/runs/"+r.ID+"/cancel", url.Values{"once": {"a"}, "reason": {" "}})
	require.Equal(t, 422, w.Code)
	require.Contains(t, w.Body.String(), `role="alert"`)
	require.Equal(t, 409, owner.posts("/runs/"+r.ID+"/again", url.Values{"once": {"b"}, "reason": {"late data"}}).Code, "it is live")
	require.Equal(t, 503, owner.posts("/runs/"+r.ID+"/cancel", url.Values{"once": {"c"}, "reason": {"not needed"}}).Code, "Temporal is away")
	storetest.End(t, h.store, testNow, "approver", "owner", r.ID, run.Published)
	require.Contains(t, owner.reads("/runs/"+r.ID+"/again", "en"), "Version 1 stays as it was published.")
}

// A start is repeated before it counts, and counts once.
func TestStartOnAPage(t *testing.T) {
	h := newHouse(t)
	ask := func(who, method, path, body string) {
		t.Helper()
		w := h.as(t, who, method, path, body, "Content-Type", "application/json")
		require.Less(t, w.Code, 300, w.Body)
	}
	ask("admin", "PUT", "/v1/agreements/gold", `{"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"gold"},"spec":{"service":"payments","valid":{"from":"2026-01-01"},"targets":[{"name":"p1","measure":"resolution","within":"PT4H","calendar":"24x7","attain":95}]}}`)
	owner := h.guest(t, "owner", "en")
	require.Contains(t, owner.reads("/runs/start", "de"), "Lauf starten")
	require.Contains(t, h.guest(t, "viewer", "en").reads("/runs/start", "en"), "Runs are started by those who own a service")

	form := url.Values{"process": {"sla-report"}, "scope": {"payments"}, "period": {"2026-10"}, "provisional": {"yes"}}
	w := owner.in("en").posts("/runs/start/check", url.Values{"process": {"sla-report"}, "period": {"<b>"}})
	require.Equal(t, 422, w.Code)
	require.Contains(t, w.Body.String(), "No service is chosen.")
	require.Contains(t, w.Body.String(), `value="&lt;b&gt;"`, "what was typed is there again")
	w = owner.posts("/runs/start/check", form)
	require.Equal(t, 200, w.Code, w.Body)
	require.Contains(t, w.Body.String(), "October 2026")
	require.Equal(t, 0, h.count(t, "SELECT count(*) FROM run"), "nothing has begun")

	form.Set("once", keyIn(t, w.Body.String()))
	for range 2 {
		w = owner.posts("/runs/start/done", form)
		require.Equal(t, 303, w.Code, w.Body)
		require.Equal(t, "/runs/sla-report/payments/2026-10", w.Header().Get("Location"))
	}
	require.Equal(t, 1, h.count(t, "SELECT count(*) FROM run"))
	w = owner.posts("/runs/start/check", form)
	require.Contains(t, w.Body.String(), "There is this run already:")
	require.NotContains(t, w.Body.String(), `action="/runs/start/done"`)

	form.Set("scope", "mail")
	form.Set("once", "another")
	w = owner.posts("/runs/start/done", form)
	require.Equal(t, 403, w.Code)
	require.Contains(t, w.Body.String(), `name="period" value="2026-10"`)
}

// Before a drill's run is cancelled its page says that an abort is what opens the
// steps back.
func TestCancellingADrillSaysWhatItLeaves(t *testing.T) {
	h := newHouse(t)
	other, _ := h.waiting(t)
	r, _, err := h.store.Begin(t.Context(), testNow, store.NewRun{Key: run.Key{Process: process.ContinuityDrill, Scope: "payments-fire", Period: "2026-06-01"},
		About: resource.Service.Ref("payments"), Owner: "owner", By: person.Actor{Person: "owner"}})
	require.NoError(t, err)
	owner := h.guest(t, "owner", "en")
	for lang, warning := range map[string]string{"en": "cancelling its run takes nothing back: an abort", "de": "Erst der Abbruch, den die Leitung in ihrer Aufgabe einträgt"} {
		require.Contains(t, owner.reads("/runs/"+r.ID+"/cancel", lang), warning)
		require.NotContains(t, owner.reads("/runs/"+other.ID+"/cancel", lang), warning)
	}
}
