package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"
	"github.com/stretchr/testify/require"

	"turnus/itsm/planning"
	"turnus/store"
)

// planned puts slots on record: by service, due in so many days from now.
func (h *house) planned(t testing.TB, service string, state planning.State, days ...int) {
	t.Helper()
	_, err := h.store.DB().Exec(`INSERT INTO plan (interval, process, scope, about) VALUES ($1, 'sla-report', $1, $1) ON CONFLICT DO NOTHING`, service)
	require.NoError(t, err)
	for _, d := range days {
		due := testNow.AddDate(0, 0, d)
		_, err := h.store.DB().Exec(`INSERT INTO slot (process, scope, about, period, interval, version, due_at, early_at, late_at, catch_up, state, reason)
			VALUES ('sla-report', $1, $1, $2, $1, 1, $3, $3, $4, 'each', $5, '{"en":"why, why; why","de":"warum"}')`,
			service, due.Format(time.DateOnly), due, due.AddDate(0, 0, 2), state)
		require.NoError(t, err)
	}
}

// issued is a new feed of somebody.
func (h *house) issued(t testing.TB, who string) IssuedFeed {
	t.Helper()
	w := h.as(t, who, "POST", "/v1/feeds", "")
	require.Equal(t, 201, w.Code, w.Body)
	require.Empty(t, w.Header().Get("Location"), "it would be kept under an Idempotency-Key")
	var f IssuedFeed
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &f))
	require.Regexp(t, `^/v1/feeds/turnus_feed_[A-Za-z0-9_-]{43}\.ics$`, f.Href)
	require.Equal(t, testNow, f.Created)
	return f
}

// summaries reads an answer that must be a calendar.
func summaries(t testing.TB, w *httptest.ResponseRecorder) []string {
	t.Helper()
	require.Equal(t, 200, w.Code, w.Body)
	require.Equal(t, "text/calendar; charset=utf-8", w.Header().Get("Content-Type"))
	require.Equal(t, "private, no-cache", w.Header().Get("Cache-Control"))
	c, err := ical.NewDecoder(w.Body).Decode()
	require.NoError(t, err)
	all := []string{}
	for _, e := range c.Events() {
		s, err := e.Props.Text("SUMMARY")
		require.NoError(t, err)
		all = append(all, s)
	}
	return all
}

func TestWhatAFeedHolds(t *testing.T) {
	h := newHouse(t)
	h.planned(t, "payments", planning.Missed, -100, -80)
	h.planned(t, "payments", planning.Planned, 30)
	h.planned(t, "mail", planning.Waived, 20)
	const missed, payments, mail = "SLA report payments 2026-09-04 (missed)", "SLA report payments 2026-12-23 (planned)", "SLA report mail 2026-12-13 (waived)"
	for who, want := range map[string][]string{
		"owner": {missed, payments}, "other-owner": {mail}, "approver": {missed, mail, payments}, "auditor": {missed, mail, payments}, "viewer": {}, "admin": {},
	} {
		require.Equal(t, want, summaries(t, h.as(t, "", "GET", h.issued(t, who).Href, "")), who)
	}

	f := h.issued(t, "owner")
	in := h.as(t, "", "GET", f.Href, "")
	require.Contains(t, in.Body.String(), `Reason: why\, why\; why`)
	require.Contains(t, in.Body.String(), "In time until: 6 September 2026\\,\r\n  11:00\u00a0CEST", "in the zone of the service")
	require.Equal(t, "SLA-Bericht payments 2026-12-23 (geplant)", summaries(t, h.as(t, "", "GET", f.Href+"?lang=de", ""))[1])
	require.Equal(t, "SLA-Bericht payments 2026-12-23 (geplant)", summaries(t, h.as(t, "", "GET", f.Href, "", "Accept-Language", "de"))[1])
	require.Equal(t, 422, h.as(t, "", "GET", f.Href+"?lang=fr", "").Code)

	// What somebody has needn't be sent again, until something changes.
	tag := in.Header().Get("ETag")
	again := h.as(t, "", "GET", f.Href, "", "If-None-Match", `"x", W/`+tag)
	require.Equal(t, 304, again.Code)
	require.Empty(t, again.Body.Bytes())
	require.Equal(t, 200, h.as(t, "", "GET", f.Href+"?lang=de", "", "If-None-Match", tag).Code)
	h.planned(t, "payments", planning.Planned, 60)
	require.Equal(t, 200, h.as(t, "", "GET", f.Href, "", "If-None-Match", tag).Code)
}

// Who loses a role or a service loses what they saw by it, at once.
func TestAFeedSeesWhatItsPersonSeesNow(t *testing.T) {
	h := newHouse(t)
	h.planned(t, "payments", planning.Planned, 30)
	f := h.issued(t, "approver")
	require.Len(t, summaries(t, h.as(t, "", "GET", f.Href, "")), 1)
	w := h.as(t, "admin", "PUT", "/v1/persons/approver", `{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"approver"},"spec":{"roles":["viewer"]}}`)
	require.Equal(t, 200, w.Code, w.Body)
	require.Empty(t, summaries(t, h.as(t, "", "GET", f.Href, "")))
}

func TestAFeedHasItsBound(t *testing.T) {
	h := newHouse(t)
	hourly := func(from, to int) {
		_, err := h.store.DB().Exec(`INSERT INTO slot (process, scope, about, period, interval, version, due_at, early_at, late_at, catch_up, state)
			SELECT 'sla-report', 'payments', 'payments', n::text, 'payments', 1, $1::timestamptz + n * interval '1 hour', $1, $1, 'each', 'planned'
			FROM generate_series($2::int, $3::int) n`, testNow, from, to)
		require.NoError(t, err)
	}
	f := h.issued(t, "owner")
	hourly(1, 600)
	w := h.as(t, "", "GET", f.Href, "")
	require.NotContains(t, w.Body.String(), "X-WR-CALDESC")
	require.Equal(t, 600, len(summaries(t, w)), "more than one part of a list")
	hourly(601, feedSlots+1)
	w = h.as(t, "", "GET", f.Href, "")
	require.Contains(t, w.Body.String(), "Only the first 10000 slots")
	require.Equal(t, feedSlots, len(summaries(t, w)))
}

func TestFeedsAreWithdrawn(t *testing.T) {
	h := newHouse(t)
	f := h.issued(t, "owner")
	at := "/v1/feeds/" + f.ID
	for who, status := range map[string]int{"": 401, "viewer": 403, "auditor": 403, "other-owner": 403} {
		require.Equal(t, status, h.as(t, who, "DELETE", at, "").Code, who)
	}
	require.Equal(t, 404, h.as(t, "owner", "DELETE", "/v1/feeds/nothing", "").Code)
	require.Equal(t, 404, h.as(t, "", "GET", at, "").Code, "an ID isn't an address")
	require.Equal(t, 404, h.as(t, "", "GET", strings.TrimSuffix(f.Href, ".ics"), "").Code)
	require.Equal(t, 200, h.as(t, "", "GET", f.Href, "").Code)

	require.Equal(t, 204, h.as(t, "owner", "DELETE", at, "").Code)
	require.Equal(t, 204, h.as(t, "owner", "DELETE", at, "").Code)
	w := h.as(t, "", "GET", f.Href, "", "Accept-Language", "de")
	require.Equal(t, 404, w.Code)
	require.Contains(t, problemIn(t, w).Detail, "turnus plan feed")
	other := h.issued(t, "owner")
	require.Equal(t, 204, h.as(t, "admin", "DELETE", "/v1/feeds/"+other.ID, "").Code)
	require.Equal(t, 404, h.as(t, "", "GET", other.Href, "").Code)

	var own List[store.Feed]
	require.NoError(t, json.Unmarshal(h.as(t, "owner", "GET", "/v1/feeds", "").Body.Bytes(), &own))
	require.Len(t, own.Items, 2)
	require.NotNil(t, own.Items[0].Withdrawn)
	require.JSONEq(t, `{"items":[],"next":null}`, h.as(t, "viewer", "GET", "/v1/feeds", "").Body.String())
	for who, status := range map[string]int{"owner": 200, "admin": 200, "auditor": 200, "viewer": 403, "other-owner": 403} {
		require.Equal(t, status, h.as(t, who, "GET", "/v1/feeds?person=owner", "").Code, who)
	}
	trail := h.as(t, "auditor", "GET", "/v1/audit?object=feed/", "").Body.String()
	require.Equal(t, 2, strings.Count(trail, `"action":"feed.issued"`))
	require.Equal(t, 2, strings.Count(trail, `"action":"feed.withdrawn"`))
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/audit?person=viewer", "").Body.String(), `"action":"withdraw-feed.refused","object":"feeds/…"`)
}

func TestTheFeedOfWhoeverHasLeft(t *testing.T) {
	h := newHouse(t)
	f := h.issued(t, "viewer")
	require.Equal(t, 200, h.as(t, "", "GET", f.Href, "").Code)
	require.Equal(t, 204, h.as(t, "admin", "DELETE", "/v1/persons/viewer", "").Code)
	require.Equal(t, 404, h.as(t, "", "GET", f.Href, "").Code)
}

// Wherever a secret is sent to, it stays out of log, metrics, audit trail,
// problem documents and what is kept under an Idempotency-Key.
func TestSecretsOfFeedsStayWhereTheyAre(t *testing.T) {
	h := newHouse(t)
	var log bytes.Buffer
	h.Echo = newAPIWith(t, h.store, slog.New(slog.NewTextHandler(&log, nil)))
	w := h.as(t, "owner", "POST", "/v1/feeds", "", "Idempotency-Key", "k")
	require.Equal(t, 201, w.Code)
	var f IssuedFeed
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &f))
	secret := strings.TrimSuffix(strings.TrimPrefix(f.Href, "/v1/feeds/"), ".ics")
	again := h.as(t, "owner", "POST", "/v1/feeds", "", "Idempotency-Key", "k")
	require.Equal(t, 409, again.Code)
	require.NotContains(t, again.Body.String(), secret)

	for _, path := range []string{f.Href, f.Href + "?lang=de", f.Href + "?x=1", f.Href + "?lang=fr", f.Href + "/", f.Href + "/more", f.Href + "%00", "/v1/feeds/%0A" + secret, "/v1/feeds//" + secret,
		"/v1//feeds/" + secret, "/V1/Feeds/" + secret, "/turnus" + f.Href, "/v1/feeds/" + secret, "/v1/feeds/" + strings.Repeat("x", 3000) + secret} {
		for _, method := range []string{"GET", "HEAD", "DELETE", "PUT", "POST"} {
			for _, who := range []string{"", "owner", "auditor"} {
				w := h.as(t, who, method, path, "")
				require.NotContains(t, w.Body.String(), secret, "%s %s as %q", method, path, who)
				require.NotContains(t, fmt.Sprint(w.Header()), secret, "%s %s as %q", method, path, who)
				require.NotEqual(t, 500, w.Code)
			}
		}
	}
	require.Contains(t, log.String(), "operation=get-feed method=GET path=/v1/feeds/… status=200")
	require.NotContains(t, log.String(), secret)
	require.NotContains(t, scrape(t, h.Echo).Body.String(), secret)
	require.NotContains(t, do(t, h.Echo, "GET", "/openapi.yaml", "", nil).Body.String(), "turnus_feed_")
	var held []string
	rows, err := h.store.DB().Query(`SELECT 'audit' FROM audit x WHERE x::text LIKE $1 OR convert_from(x.bytes, 'UTF8') LIKE $1
		UNION SELECT 'feed' FROM feed x WHERE x::text LIKE $1 UNION SELECT 'idempotency' FROM idempotency x WHERE x::text LIKE $1`, "%"+secret+"%")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var table string
		require.NoError(t, rows.Scan(&table))
		held = append(held, table)
	}
	require.NoError(t, rows.Err())
	require.Empty(t, held)
}
