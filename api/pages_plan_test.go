package api

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/planning"
)

// inBoth opens a page in both languages and gives what it says.
func inBoth(t *testing.T, h *house, who, path string, status int) map[string]string {
	t.Helper()
	said := map[string]string{}
	for _, lang := range []string{"en", "de"} {
		w := h.guest(t, who, lang).opens(path)
		require.Equal(t, status, w.Code, "%s in %s: %s", path, lang, w.Body)
		require.Equal(t, lang, w.Header().Get("Content-Language"), path)
		require.Less(t, w.Body.Len(), 100<<10, path)
		require.Equal(t, 1, strings.Count(w.Body.String(), "<h1"), path)
		require.NotContains(t, w.Body.String(), "%!", path)
		require.NotContains(t, w.Body.String(), " style=", path)
		said[lang] = readOn(w)
	}
	require.NotEqual(t, said["en"], said["de"], path)
	return said
}

func TestThePlansPage(t *testing.T) {
	h := newHouse(t)
	said := inBoth(t, h, "viewer", "/plan", 200)
	require.Contains(t, said["en"], "No slots are due in 2026.")
	require.Contains(t, said["de"], "2026 sind keine Termine fällig.")

	h = keeping(t)
	require.Equal(t, 200, h.as(t, "owner", "POST", "/v1/plan/sla-report/payments/2026-07/miss", `{"reason":"no <b>data</b>"}`).Code)
	said = inBoth(t, h, "viewer", "/plan", 200)
	for _, words := range []string{"Due now", "payments : SLA report, August 2026", "Jul 2026 missed", "Nov 2026 planned", "Service and process Planned Done Late Missed Waived Open"} {
		require.Contains(t, said["en"], words)
	}
	for _, words := range []string{"Jetzt fällig", "payments : SLA-Bericht, August 2026", "Juli 2026 versäumt", "Terminbilanz 2026"} {
		require.Contains(t, said["de"], words)
	}
	// Every number leads to as many slots.
	page := h.guest(t, "viewer", "en").opens("/plan/2026")
	numbers := regexp.MustCompile(`href="(/plan/2026/slots\?[^"]*)">(\d+)`).FindAllStringSubmatch(page.Body.String(), -1)
	require.Len(t, numbers, 3, "planned, missed and open")
	for _, n := range numbers {
		list := h.guest(t, "viewer", "en").opens(strings.ReplaceAll(n[1], "&amp;", "&"))
		require.Equal(t, 200, list.Code, list.Body)
		require.Equal(t, n[2], fmt.Sprint(strings.Count(list.Body.String(), `<li><a href="/plan/slots/`)), n[1])
	}
	said = inBoth(t, h, "viewer", "/plan/2026/slots?interval=monthly&state=missed", 200)
	require.Contains(t, said["en"], "no <b>data</b>")
	require.Contains(t, inBoth(t, h, "viewer", "/plan/2026/slots?service=mail", 200)["de"], "Keine Termine dieser Art.")
	require.Contains(t, inBoth(t, h, "viewer", "/plan/2027", 200)["en"], "Jan 2027")
	for _, year := range []string{"1995", "2099"} { // no link leads beyond the plan
		for _, to := range regexp.MustCompile(`rel="(?:prev|next)" href="([^"]+)"`).FindAllStringSubmatch(h.guest(t, "viewer", "en").opens("/plan/"+year).Body.String(), -1) {
			require.Equal(t, 200, h.guest(t, "viewer", "en").opens(to[1]).Code, to[1])
		}
	}
	inBoth(t, h, "viewer", "/plan?service=&process=", 200)

	for path, status := range map[string]int{"/plan/2026-10": 404, "/plan/never": 404, "/plan/99999": 404, "/plan/2026?after=nonsense": 422,
		"/plan/2026/slots?after=%00": 400, "/plan/2026/slots?state=late": 422, "/plan/slots/sla-report/payments/1999-01": 404, "/plan/slots/a/b/c": 404,
		"/plan/slots/sla-report/payments/2026-07/nothing": 404, "/plan/intervals/monthly/miss": 404} {
		inBoth(t, h, "owner", path, status)
	}
}

// Many intervals come in parts, and no row is left out.
func TestThePlansPageInParts(t *testing.T) {
	h := keeping(t)
	for i := range 30 {
		_, err := h.store.DB().Exec(`INSERT INTO plan (interval, process, scope, about_kind, about) VALUES ($1, 'sla-report', $1, 'Service', 'payments')`, fmt.Sprintf("more-%02d", i))
		require.NoError(t, err)
		_, err = h.store.DB().Exec(`INSERT INTO slot (process, scope, period, about_kind, about, interval, version, due_at, early_at, late_at, catch_up, state)
			SELECT process, $1, period, about_kind, about, $1, version, due_at, early_at, late_at, catch_up, state FROM slot WHERE scope = 'payments'`, fmt.Sprintf("more-%02d", i))
		require.NoError(t, err)
	}
	seen := map[string]bool{}
	for path := "/plan/2026"; path != ""; {
		w := h.guest(t, "owner", "en").opens(path)
		require.Equal(t, 200, w.Code, w.Body)
		require.Less(t, w.Body.Len(), 100<<10)
		for _, row := range regexp.MustCompile(`interval=([a-z0-9-]+)"`).FindAllStringSubmatch(w.Body.String(), -1) {
			seen[row[1]] = true
		}
		path = ""
		if next := regexp.MustCompile(`<a class="more" href="(/plan/2026\?[^"]*)">Further intervals`).FindStringSubmatch(w.Body.String()); next != nil {
			path = strings.ReplaceAll(next[1], "&amp;", "&")
			require.Contains(t, w.Body.String(), "On this page")
		}
	}
	require.Len(t, seen, 31)
}

func TestTheSlotsPage(t *testing.T) {
	h := keeping(t)
	const slot = "/plan/slots/sla-report/payments/2026-08"
	said := inBoth(t, h, "owner", slot, 200)
	for _, words := range []string{"payments , August 2026", "due", "2 September 2026, 06:00 CEST", "from 28 August 2026 to 7 September 2026", "day 2 of the month, 06:00", "as agreed", "Turnus looks at it again by itself",
		"Start the run now", "Record the slot as missed", "Propose to waive the slot", "Pause the interval", "Catch up slots of the past", "No run has begun."} {
		require.Contains(t, said["en"], words)
	}
	require.NotContains(t, said["en"], "Resume the interval")
	require.Contains(t, said["de"], "2. Tag des Monats, 06:00 Uhr")
	for _, who := range []string{"viewer", "approver", "other-owner", "auditor", "admin"} {
		require.NotContains(t, inBoth(t, h, who, slot, 200)["en"], "Start the run now", who)
	}
	h.enact(t, `{"apiVersion":"turnus/v1","kind":"Waiver","metadata":{"name":"autumn"},"spec":{"process":"sla-report","scope":"payments","periods":["2026-07"],"reason":"<script>alert(1)</script>\u202e"}}`)
	for _, lang := range []string{"en", "de"} {
		w := h.guest(t, "owner", lang).opens("/plan/slots/sla-report/payments/2026-07")
		require.NotContains(t, w.Body.String(), "<script>alert")
		require.NotContains(t, w.Body.String(), "\u202e")
		require.Contains(t, w.Body.String(), "&lt;script&gt;alert(1)&lt;/script&gt;")
	}
}

// What is done to slots and intervals says first what will happen, asks why, and
// happens once.
func TestDeedsOnSlotsAndIntervals(t *testing.T) {
	h := keeping(t)
	const slot, interval = "/plan/slots/sla-report/payments/2026-08", "/plan/intervals/monthly"
	const of = "?slot=sla-report%2Fpayments%2F2026-08"
	owner := h.guest(t, "owner", "en")

	for _, path := range []string{slot + "/start", slot + "/miss", slot + "/waive", interval + "/pause", interval + "/resume", interval + "/backfill", interval + "/pause" + of, interval + "/backfill" + of} {
		inBoth(t, h, "owner", path, 200)
	}
	ask := owner.opens(slot + "/miss")
	require.Contains(t, readOn(ask), "A finding is opened that names this reason.")
	fields := fieldsOn(t, ask, slot+"/miss")

	// Without a reason nothing happens, and nor does it for others.
	w := owner.sends(slot+"/miss", append(fields, "reason", " ")...)
	require.Equal(t, 422, w.Code)
	require.Contains(t, readOn(w), "The reason is missing")
	require.Equal(t, 422, owner.sends(slot+"/miss", append(fields, "reason", strings.Repeat("ä", 2001))...).Code)
	w = h.guest(t, "other-owner", "de").sends(slot+"/miss", append(fields[2:], "reason", "mir egal")...) // not from the owner's page
	require.Equal(t, 403, w.Code)
	require.Contains(t, w.Body.String(), ">mir egal</textarea>", "what was typed is kept")
	require.Equal(t, planning.Due, h.story(t, "owner", "sla-report/payments/2026-08").State)

	fields = fieldsOn(t, owner.opens(slot+"/miss"), slot+"/miss")
	for range 2 { // the second time it was done already
		w = owner.sends(slot+"/miss", append(fields, "reason", "no data")...)
		require.Equal(t, 303, w.Code, w.Body)
		require.Equal(t, slot, w.Header().Get("Location"))
	}
	s := h.story(t, "owner", "sla-report/payments/2026-08")
	require.Equal(t, []any{planning.Missed, "no data", 1}, []any{s.State, s.Reason.En, len(s.History)})
	said := inBoth(t, h, "owner", slot, 200)
	require.Contains(t, said["de"], "als versäumt erfasst")

	// The interval's.
	for _, step := range []struct{ name, says string }{{"pause", "Resume the interval"}, {"resume", "Pause the interval"}} {
		ask = owner.opens(interval + "/" + step.name + of)
		w = owner.sends(interval+"/"+step.name+of, append(fieldsOn(t, ask, interval+"/"+step.name+of), "reason", "we move")...)
		require.Equal(t, 303, w.Code, w.Body)
		require.Equal(t, slot, w.Header().Get("Location"))
		require.Contains(t, readOn(owner.opens(slot)), step.says)
	}
	ask = owner.opens(interval + "/backfill" + of)
	require.Contains(t, ask.Body.String(), `value="2026-08-01"`)
	fields = fieldsOn(t, ask, interval+"/backfill"+of)
	w = owner.sends(interval+"/backfill"+of, append(fields, "reason", "found", "from", "2026-08-31", "to", "2026-08-01")...)
	require.Equal(t, 422, w.Code)
	w = owner.sends(interval+"/backfill"+of, append(fieldsOn(t, w, interval+"/backfill"+of), "reason", "found", "from", "2026-08-01", "to", "2026-08-31")...)
	require.Equal(t, 303, w.Code, w.Body)
	require.Equal(t, planning.Due, h.story(t, "owner", "sla-report/payments/2026-08").State)
	require.Contains(t, readOn(owner.opens(slot)), "missed before, on 23 November 2026, 10:00 CET")

	// A waiver is proposed once; its run decides.
	ask = owner.opens(slot + "/waive")
	fields = append(fieldsOn(t, ask, slot+"/waive"), "reason", "out of use")
	first := owner.sends(slot+"/waive", fields...)
	require.Equal(t, 303, first.Code, first.Body)
	require.Contains(t, first.Header().Get("Location"), "/runs/change-approval/waiver-payments-2026-08-")
	require.Equal(t, first.Header().Get("Location"), owner.sends(slot+"/waive", fields...).Header().Get("Location"))
	require.Equal(t, planning.Due, h.story(t, "owner", "sla-report/payments/2026-08").State, "until somebody has approved it")

	// What the API refuses is said there, with what was typed.
	ask = owner.opens(slot + "/start")
	w = owner.sends(slot+"/start", append(fieldsOn(t, ask, slot+"/start"), "reason", "it is time")...)
	require.Equal(t, 422, w.Code, "there are no data")
	require.Contains(t, w.Body.String(), ">it is time</textarea>")
}

func TestThePreviewsPage(t *testing.T) {
	h := newHouse(t)
	inBoth(t, h, "owner", "/plan/preview", 200)
	owner := h.guest(t, "owner", "de")
	form := func(more ...string) []string {
		return append(more, "process", "sla-report", "scope", "payments", "kind", "working_day", "day", "3", "of", "month", "at", "06:00", "adjust", "modified-following", "tolerance", "5", "from", "2026-08-01")
	}
	w := owner.sends("/plan/preview", form()...)
	require.Equal(t, 200, w.Code, w.Body)
	require.Contains(t, readOn(w), "Termine (13)")
	require.Contains(t, readOn(w), "3. Arbeitstag des Monats, 06:00 Uhr")
	for name, bad := range map[string]string{"day": "third", "from": "soon", "scope": "nothing", "of": "week"} {
		w := owner.sends("/plan/preview", form(name, bad)...)
		require.Equal(t, 422, w.Code, name)
		require.Contains(t, w.Body.String(), `class="problems"`, name)
		if name != "of" { // it is chosen, not typed
			require.Contains(t, w.Body.String(), `value="`+bad+`"`, name)
		}
	}
	require.Equal(t, 403, h.guest(t, "viewer", "de").sends("/plan/preview", form()...).Code)
	require.Contains(t, h.as(t, "owner", "GET", "/v1/plan", "").Body.String(), `"items":[]`, "nothing is kept")
}
