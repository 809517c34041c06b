package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/store"
)

// interval is a document; its parts can be replaced by others.
func interval(parts ...string) string {
	return strings.NewReplacer(parts...).Replace(`{"apiVersion":"turnus/v1","kind":"Interval","metadata":{"name":"monthly"},"spec":{"process":"sla-report","scope":"payments",
		"rule":{"day":2,"of":"month","at":"06:00"},"adjust":"none","tolerance":5,"events":["major-change"],"reason":"as agreed","valid":{"from":"2026-08-01"}}}`)
}

// keeping is a house with an approved interval of payments: four slots of it
// are due.
func keeping(t *testing.T) *house {
	h := newHouse(t)
	h.enact(t, interval())
	require.NoError(t, h.store.FallDue(t.Context(), testNow))
	return h
}

// enact puts a document in force, as an approval does.
func (h *house) enact(t *testing.T, body string) {
	t.Helper()
	var doc resource.Raw
	require.NoError(t, json.Unmarshal([]byte(body), &doc))
	done, err := h.store.Apply(t.Context(), person.Actor{Person: "owner"}, testNow, []resource.Raw{doc}, false)
	require.NoError(t, err)
	storetest.Enact(t, h.store, testNow, "approver", done[0].Run)
}

// slots asks for slots, and gives their periods and the next cursor.
func (h *house) slots(t *testing.T, who, query string) (periods []string, next string) {
	t.Helper()
	w := h.as(t, who, "GET", "/v1/plan"+query, "")
	require.Equal(t, 200, w.Code, w.Body)
	var got List[planning.Slot]
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
	for _, s := range got.Items {
		periods = append(periods, s.Period)
	}
	if got.Next != nil {
		next = *got.Next
	}
	return periods, next
}

func TestSlots(t *testing.T) {
	h := keeping(t)
	due := []string{"2026-07", "2026-08", "2026-09", "2026-10"}
	for query, want := range map[string][]string{
		"?state=due":                                      due,
		"?state=open&limit=4":                             due,
		"?to=2026-11-23":                                  due,
		"?to=2026-11-02T05:00:00Z":                        due[:3], // exclusive: 06:00 in Berlin
		"?from=2026-11-02T05:00:00Z&to=2026-11-03":        due[3:],
		"?from=2026-11-02T06:00:00%2B01:00&to=2026-12-01": due[3:],
		"?state=planned&to=2027-01-01":                    {"2026-11"},
		"?process=sla-report&service=payments&state=due":  due,
		"?service=mail":                                   nil,
		"?process=change-approval":                        nil,
		"?state=missed":                                   nil,
	} {
		got, _ := h.slots(t, "viewer", query)
		require.Equal(t, want, got, query)
	}
	// Page by page it is the same list.
	whole, next := h.slots(t, "owner", "?limit=500")
	require.Empty(t, next)
	require.Len(t, whole, 4+13)
	var parts []string
	for query := "?limit=5"; ; query = "?limit=5&cursor=" + next {
		var part []string
		part, next = h.slots(t, "owner", query)
		parts = append(parts, part...)
		if next == "" {
			break
		}
	}
	require.Equal(t, whole, parts)

	w := h.as(t, "viewer", "GET", "/v1/plan?limit=1", "")
	require.JSONEq(t, `{"process":"sla-report","scope":"payments","period":"2026-07","interval":"monthly","version":1,"state":"due",
		"due":"2026-08-02T04:00:00Z","early":"2026-07-27T22:00:00Z","late":"2026-08-07T22:00:00Z","zone":"Europe/Berlin"}`, string(firstOf(t, w.Body.Bytes())))
	w = h.as(t, "viewer", "GET", "/v1/plan/ledger", "")
	require.JSONEq(t, `{"interval":"monthly","process":"sla-report","scope":"payments","planned":17,"done":0,"late":0,"missed":0,"waived":0,"open":17,"waived_late":0,"missed_then_waived":0}`,
		string(firstOf(t, w.Body.Bytes())))
}

func firstOf(t *testing.T, list []byte) json.RawMessage {
	t.Helper()
	var got List[json.RawMessage]
	require.NoError(t, json.Unmarshal(list, &got))
	require.NotEmpty(t, got.Items)
	return got.Items[0]
}

// What is waived after the event is told apart, and what was missed before shows
// as both.
func TestWaivedAfterTheEvent(t *testing.T) {
	h := keeping(t)
	w := h.as(t, "owner", "POST", "/v1/plan/sla-report/payments/2026-08/miss", `{"reason":"no data of that month"}`)
	require.Equal(t, 200, w.Code, w.Body)
	var missed planning.Slot
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &missed))
	require.Equal(t, testNow.UTC(), *missed.MissedAt)

	// A backfill makes it due again, and doesn't take back that it was missed.
	w = h.as(t, "owner", "POST", "/v1/intervals/monthly/backfill", `{"from":"2026-08-01","to":"2026-08-31","reason":"we found it"}`)
	require.Equal(t, 200, w.Code, w.Body)
	require.Contains(t, w.Body.String(), `"state":"due"`)
	h.enact(t, `{"apiVersion":"turnus/v1","kind":"Waiver","metadata":{"name":"autumn"},"spec":{"process":"sla-report","scope":"payments","periods":["2026-07","2026-08","2026-11"],"reason":"out of use"}}`)
	require.JSONEq(t, `{"interval":"monthly","process":"sla-report","scope":"payments","planned":17,"done":0,"late":0,"missed":0,"waived":3,"open":14,"waived_late":2,"missed_then_waived":1}`,
		string(firstOf(t, h.as(t, "viewer", "GET", "/v1/plan/ledger", "").Body.Bytes())))

	var list List[planning.Slot]
	require.NoError(t, json.Unmarshal(h.as(t, "viewer", "GET", "/v1/plan?state=waived", "").Body.Bytes(), &list))
	require.Len(t, list.Items, 3)
	for _, s := range list.Items {
		require.Equal(t, "out of use", s.Reason.De)
		if s.Period == "2026-08" {
			require.Equal(t, testNow.UTC(), *s.MissedAt)
		} else {
			require.Nil(t, s.MissedAt, s.Period)
		}
	}
}

// What isn't acceptable is said with its place, in both languages.
func TestPlanRequestsThatArentAcceptable(t *testing.T) {
	h := keeping(t)
	const one = "/v1/plan/sla-report/payments/2026-07"
	for _, r := range []struct{ method, path, body, at, en, de string }{
		{"GET", "/v1/plan?from=yesterday", "", "query.from", "neither an instant nor a date", "weder ein Zeitpunkt noch ein Datum"},
		{"GET", "/v1/plan?to=2026-13-01", "", "query.to", "2026-10-05T06:00:00Z", "2026-10-05T06:00:00Z"},
		{"GET", "/v1/plan?from=2026-10-02&to=2026-10-01", "", "query.to", "ends before it begins", "endet, bevor es beginnt"},
		{"GET", "/v1/plan?state=late", "", "query.state", "planned, due", "planned, due"},
		{"POST", "/v1/plan/preview", organisation, "body", "no Interval in it", "kein Interval"},
		{"POST", "/v1/plan/preview?to=2060-01-01", interval(), "query.to", "30 years ahead: use 2056-11-23", "30 Jahre voraus: höchstens 2056-11-23"},
		{"POST", "/v1/plan/preview?to=2026-01-01", interval(), "query.to", "later than 2026-11-23", "später als 2026-11-23"},
		{"POST", "/v1/plan/preview", interval(`"day":2`, `"day":40`), "Interval/monthly spec.rule.day", "has no day 40", "Tag 40"},
		{"POST", "/v1/plan/preview", interval(`"payments"`, `"nothing"`), "Interval/monthly spec.scope", "there is no service", "gibt es nicht"},
		{"POST", "/v1/plan/preview", interval(`"sla-report"`, `"change-approval"`), "Interval/monthly spec.process", "can be planned", "planbaren Prozess"},
		{"POST", "/v1/intervals/monthly/pause", `{"reason":" "}`, "body.reason", "say in words why", "in Worten sagen"},
		{"POST", "/v1/intervals/monthly/pause", `{}`, "body", "property reason", "Feld reason fehlt"},
		{"POST", "/v1/intervals/monthly/resume", `{"reason":"` + strings.Repeat("x", 2001) + `"}`, "body.reason", "2000 characters at most", "Höchstens 2000 Zeichen"},
		{"POST", "/v1/intervals/monthly/backfill", `{"from":"2026","to":"2026-12-31","reason":"x"}`, "body.from", "isn't a date", "kein Datum"},
		{"POST", "/v1/intervals/monthly/backfill", `{"from":"2026-02-01","to":"2026-01-31","reason":"x"}`, "body.to", "ends before it begins", "endet, bevor es beginnt"},
		{"POST", "/v1/intervals/monthly/backfill", `{"from":"2016-11-22","to":"2026-11-23","reason":"x"}`, "body.from", "more than 10 years", "mehr als 10 Jahre"},
		{"POST", one + "/miss", `{"reason":"\t"}`, "body.reason", "say in words why", "in Worten sagen"},
		{"POST", one + "/start", `{"again":true}`, "reason", "needs a reason", "braucht eine Begründung"},
		{"POST", one + "/start", `{"provisional":true}`, "body.provisional", "unexpected property", "Ein solches Feld gibt es nicht"},
		{"POST", "/v1/services/payments/events", `{"event":"fire","detail":"x"}`, "body.event", "major-change, failed-drill, invocation", "einer dieser Werte: major-change"},
		{"POST", "/v1/services/payments/events", `{"event":"invocation","detail":" "}`, "body.detail", "say in words", "in Worten sagen"},
		{"POST", "/v1/services/payments/events", `{"event":"invocation","detail":"` + strings.Repeat("x", 4001) + `"}`, "body.detail", "4000 characters at most", "Höchstens 4000 Zeichen"},
	} {
		for lang, words := range map[string]string{"en": r.en, "de": r.de} {
			w := h.as(t, "owner", r.method, r.path, r.body, "Accept-Language", lang)
			require.Equal(t, 422, w.Code, "%s %s: %s", r.path, r.body, w.Body)
			p := problemIn(t, w)
			require.Contains(t, w.Body.String(), words, r.path)
			require.NotEmpty(t, p.Errors, w.Body)
			require.Equal(t, r.at, p.Errors[0].Location, w.Body)
		}
	}
	require.Equal(t, 422, h.as(t, "owner", "POST", one+"/start", "").Code, "no data: as the process's own start says")
	got, _ := h.slots(t, "owner", "?state=due")
	require.Len(t, got, 4, "nothing happened")
}

func TestPreview(t *testing.T) {
	h := newHouse(t)
	count := func(who, query, body string) int {
		w := h.as(t, who, "POST", "/v1/plan/preview"+query, body)
		require.Equal(t, 200, w.Code, w.Body)
		var got List[planning.Slot]
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		for _, s := range got.Items {
			require.Equal(t, planning.Planned, s.State)
			require.False(t, s.Due.Before(testNow) && query == "", "from now on")
		}
		return len(got.Items)
	}
	for _, who := range []string{"admin", "owner", "approver", "auditor"} {
		require.Equal(t, 13, count(who, "", interval()), who)
	}
	require.Equal(t, 17, count("owner", "?from=2026-08-01", interval()))
	require.Equal(t, 12, count("owner", "?from=2027-01-01&to=2028-01-01", interval()))
	require.Equal(t, 13, count("owner", "?from=2030-01-01", interval()), "thirteen months from there")
	require.Equal(t, 26, count("approver", "", "["+interval()+","+interval(`"monthly"`, `"mails"`, `"payments"`, `"mail"`)+"]"))
	require.Equal(t, 0, count("owner", "", interval(`"2026-08-01"`, `"2026-08-01","to":"2026-08-31"`)))

	var many []string
	for i := range 15 { // 15 × 360 months
		many = append(many, interval(`"monthly"`, fmt.Sprintf(`"m%d"`, i)))
	}
	w := h.as(t, "owner", "POST", "/v1/plan/preview?to=2056-11-23", "["+strings.Join(many, ",")+"]")
	require.Equal(t, 422, w.Code)
	require.Contains(t, problemIn(t, w).Detail, "These are more than 5000 slots, and a preview shows no more")
	require.JSONEq(t, `{"items":[],"next":null}`, h.as(t, "owner", "GET", "/v1/plan", "").Body.String(), "nothing is kept")
}

// What is too much for a preview is refused before it is worked out, whatever
// makes it so.
func TestPreviewsThatAreTooMuch(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector makes it long")
	}
	h := newHouse(t)
	many := func(n int, parts ...string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = interval(append([]string{`"monthly"`, fmt.Sprintf(`"m%d"`, i)}, parts...)...)
		}
		return "[" + strings.Join(all, ",") + "]"
	}
	const monthly = `{"day":2,"of":"month","at":"06:00"}`
	office := strings.Replace(organisation, `"hours":{"mon":["08:00-18:00"]}}`, `"hours":{"mon":["08:00-18:00"]},"holidays":{"region":"DE-BY"}}`, 1)
	require.Equal(t, 200, h.as(t, "admin", "POST", "/v1/apply", office).Code)
	for name, c := range map[string]struct {
		query, body, says string
	}{
		"intervals":          {"?to=2026-12-31", many(1000, `"none"`, `"following"`), "500 intervals"},
		"slots":              {"", many(499, `"none"`, `"following"`), "more than 5000 slots"},
		"by the minute":      {"", many(1, monthly, `{"cron":"* * * * *"}`), "more than 5000 slots"},
		"minutes, an hour":   {"?from=2026-12-01T08:00:00Z&to=2026-12-01T08:01:00Z", many(500, monthly, `{"cron":"* * * * *"}`), "both mean the period"},
		"minutes of one day": {"?from=2026-12-01T08:00:00Z&to=2026-12-01T08:01:00Z", many(500, monthly, `{"cron":"* * 31 12 *"}`), "both mean the period"},
		"never":              {"?to=2056-11-23", many(500, monthly, `{"cron":"0 0 31 2 *"}`), "never"},
	} {
		began := time.Now()
		w := h.as(t, "owner", "POST", "/v1/plan/preview"+c.query, c.body)
		require.Equal(t, 422, w.Code, name)
		require.Contains(t, w.Body.String(), c.says, name)
		require.LessOrEqual(t, len(problemIn(t, w).Errors), 100, name)
		require.Less(t, time.Since(began), time.Minute, name)
	}
	require.Equal(t, 200, h.as(t, "owner", "POST", "/v1/plan/preview", many(380)).Code)
	w := h.as(t, "owner", "POST", "/v1/apply", many(501))
	require.Equal(t, 422, w.Code)
	require.Contains(t, problemIn(t, w).Detail, "501 proposals")
}

// What changes the plan is for the owner of the service; a refusal is on
// record, and comes after what isn't there.
func TestPlanEditsAreForTheOwner(t *testing.T) {
	h := keeping(t)
	const why = `{"reason":"a test"}`
	edits := []struct {
		id, path, body, missing string
		done                    int
	}{
		{"pause-interval", "/v1/intervals/monthly/pause", why, "/v1/intervals/nothing/pause", 200},
		{"resume-interval", "/v1/intervals/monthly/resume", why, "/v1/intervals/nothing/resume", 200},
		{"backfill-interval", "/v1/intervals/monthly/backfill", `{"from":"2026-01-01","to":"2026-12-31","reason":"a test"}`, "/v1/intervals/nothing/backfill", 200},
		{"miss-slot", "/v1/plan/sla-report/payments/2026-07/miss", why, "/v1/plan/sla-report/payments/1999-07/miss", 200},
		{"start-slot", "/v1/plan/sla-report/payments/2026-08/start", "", "/v1/plan/sla-report/payments/2026-08.2/start", 422}, // no data
		{"report-event", "/v1/services/payments/events", `{"event":"major-change","detail":"a test"}`, "/v1/services/nothing/events", 201},
	}
	for _, e := range edits {
		for _, who := range []string{"other-owner", "admin", "approver", "auditor", "viewer"} {
			require.Equal(t, 403, h.as(t, who, "POST", e.path, e.body).Code, "%s as %s", e.id, who)
		}
		require.Equal(t, e.done, h.as(t, "owner", "POST", e.path, e.body).Code, e.id)
		for _, who := range []string{"owner", "other-owner"} {
			w := h.as(t, who, "POST", e.missing, e.body)
			require.Equal(t, 404, w.Code, "%s as %s: %s", e.id, who, w.Body)
			require.Equal(t, "not-found", problemIn(t, w).Code)
		}
	}
	trail := h.as(t, "auditor", "GET", "/v1/audit?person=other-owner", "").Body.String()
	for _, e := range edits {
		action := e.id
		if action == "start-slot" {
			action = "start" // refused by the one way in
		}
		require.Contains(t, trail, `"action":"`+action+`.refused"`)
	}
}

func TestPausingAndResuming(t *testing.T) {
	h := keeping(t)
	const at = "/v1/intervals/monthly"
	first := h.as(t, "owner", "POST", at+"/pause", `{"reason":"we move"}`)
	require.JSONEq(t, `{"interval":"monthly","process":"sla-report","scope":"payments","paused":"2026-11-23T09:00:00Z","paused_by":"owner","paused_reason":"we move"}`, first.Body.String())
	again := h.as(t, "owner", "POST", at+"/pause", `{"reason":"another one"}`)
	require.Equal(t, 200, again.Code)
	require.Equal(t, first.Body.String(), again.Body.String(), "what is on record")
	require.Contains(t, h.as(t, "viewer", "GET", "/v1/plan/ledger", "").Body.String(), `"paused":"2026-11-23T09:00:00Z"`)
	for range 2 {
		w := h.as(t, "owner", "POST", at+"/resume", `{"reason":"we moved"}`)
		require.Equal(t, 200, w.Code)
		require.JSONEq(t, `{"interval":"monthly","process":"sla-report","scope":"payments"}`, w.Body.String())
	}
	trail, _, err := h.store.Audit(t.Context(), store.Trail{Object: "Interval/monthly", Person: "owner"}, store.Page{})
	require.NoError(t, err)
	var actions []string
	for _, e := range trail {
		actions = append(actions, e.Action)
	}
	require.Equal(t, []string{"resource.proposed", "interval.paused", "interval.resumed"}, actions, "each once")
}

func TestMissedAndBackfilled(t *testing.T) {
	h := keeping(t)
	const slot = "/v1/plan/sla-report/payments/2026-08"
	var s planning.Slot
	for range 2 {
		w := h.as(t, "owner", "POST", slot+"/miss", `{"reason":"no data of that month"}`)
		require.Equal(t, 200, w.Code, w.Body)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &s))
		require.Equal(t, planning.Missed, s.State)
		require.Equal(t, "no data of that month", s.Reason.De)
		require.Equal(t, "owner", s.By)
	}
	require.Equal(t, 409, h.as(t, "owner", "POST", "/v1/plan/sla-report/payments/2026-11/miss", `{"reason":"too early"}`).Code, "it isn't due")
	got, _ := h.slots(t, "viewer", "?state=missed")
	require.Equal(t, []string{"2026-08"}, got)
	require.Contains(t, h.as(t, "viewer", "GET", "/v1/plan/ledger", "").Body.String(), `"missed":1,"waived":0,"open":16`)

	for _, dates := range []string{`"from":"2026-08-02","to":"2026-12-31"`, `"from":"2026-01-01","to":"2026-08-30"`} { // it begins before; it ends after
		w := h.as(t, "owner", "POST", "/v1/intervals/monthly/backfill", `{`+dates+`,"reason":"we found it"}`)
		require.JSONEq(t, `{"items":[],"next":null}`, w.Body.String(), dates)
	}
	w := h.as(t, "owner", "POST", "/v1/intervals/monthly/backfill", `{"from":"2026-08-01","to":"2026-08-31","reason":"we found it"}`)
	require.Equal(t, 200, w.Code, w.Body)
	require.NoError(t, json.Unmarshal(firstOf(t, w.Body.Bytes()), &s))
	require.Equal(t, "2026-08", s.Period)
	require.Equal(t, planning.Due, s.State)
}

// An event is taken once, however often the request is sent.
func TestEvents(t *testing.T) {
	h := keeping(t)
	const body = `{"event":"major-change","detail":"a new data centre"}`
	for range 2 {
		w := h.as(t, "owner", "POST", "/v1/services/payments/events", body, "Idempotency-Key", "one")
		require.Equal(t, 201, w.Code, w.Body)
		var s planning.Slot
		require.NoError(t, json.Unmarshal(firstOf(t, w.Body.Bytes()), &s))
		require.Equal(t, "2026-10", s.Period, "due already, and stays")
	}
	trail, _, err := h.store.Audit(t.Context(), store.Trail{Object: "service/payments", Person: "owner"}, store.Page{})
	require.NoError(t, err)
	require.Len(t, trail, 1)
	require.Equal(t, "event.reported", trail[0].Action)
	w := h.as(t, "owner", "POST", "/v1/services/payments/events", `{"event":"invocation","detail":"a fire"}`)
	require.Equal(t, 201, w.Code)
	require.JSONEq(t, `{"items":[],"next":null}`, w.Body.String(), "no interval names it")
}

// Only the version of today hears an event: not one that ended, nor one to come.
func TestEventsOfIntervalsThatHaveEnded(t *testing.T) {
	for span, want := range map[string]int{
		`"from":"2026-08-01"`:                   1,
		`"from":"2026-08-01","to":"2026-11-23"`: 1, // today
		`"from":"2026-08-01","to":"2026-11-22"`: 0,
		`"from":"2026-11-24"`:                   0,
	} {
		h := newHouse(t)
		h.enact(t, interval(`"from":"2026-08-01"`, span))
		w := h.as(t, "owner", "POST", "/v1/services/payments/events", `{"event":"major-change","detail":"a new data centre"}`)
		require.Equal(t, 201, w.Code, w.Body)
		var got List[planning.Slot]
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		require.Len(t, got.Items, want, span)
	}
}

// A version to come doesn't speak for the one of today.
func TestEventsOfTheVersionOfToday(t *testing.T) {
	h := keeping(t)
	h.enact(t, interval(`"from":"2026-08-01"`, `"from":"2027-01-01"`, `"major-change"`, `"invocation"`))
	for event, want := range map[string]string{"major-change": `"2026-10"`, "invocation": `"items":[]`} {
		w := h.as(t, "owner", "POST", "/v1/services/payments/events", `{"event":"`+event+`","detail":"a test"}`)
		require.Equal(t, 201, w.Code, w.Body)
		require.Contains(t, w.Body.String(), want, event)
	}
}

// A slot's run is started as its process's own start does it.
func TestStartingASlot(t *testing.T) {
	h := keeping(t)
	w := h.as(t, "admin", "PUT", "/v1/agreements/gold", `{"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"gold"},"spec":{"service":"payments","valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"office","attain":95}]}}`)
	require.Equal(t, 201, w.Code, w.Body)
	w = h.as(t, "owner", "POST", "/v1/services/payments/tickets?format=servicenow-audit&as_of=2026-11-20T00:00:00Z",
		"number,incident_state,sys_mod_count,opened_at,sys_updated_at\nINC1,New,0,1/7/2026 09:00,1/7/2026 09:00\n")
	require.Equal(t, 200, w.Code, w.Body)

	const id = "sla-report/payments/2026-10"
	for range 2 { // its repeat finds it, and says the same
		w = h.as(t, "owner", "POST", "/v1/plan/"+id+"/start", "", "Idempotency-Key", "one")
		require.Equal(t, 202, w.Code, w.Body)
		require.Equal(t, "/v1/runs/"+id, w.Header().Get("Location"))
		require.JSONEq(t, `{"id":"`+id+`","state":"collecting","href":"/v1/runs/`+id+`"}`, w.Body.String())
	}
	require.Equal(t, 200, h.as(t, "owner", "POST", "/v1/plan/"+id+"/start", `{}`).Code, "the run that exists")
	require.Equal(t, 409, h.as(t, "owner", "POST", "/v1/plan/"+id+"/start", `{"again":true,"reason":"x"}`).Code, "it lives")
	got, _ := h.slots(t, "viewer", "?state=in-work")
	require.Equal(t, []string{"2026-10"}, got)
	w = h.as(t, "owner", "POST", "/v1/plan/"+id+"/miss", `{"reason":"too late"}`)
	require.Equal(t, 409, w.Code)
}
