package api

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What lies outside of the years that calendars reach is refused at once, and
// the message says which years are possible.
func TestPeriodsThatCalendarsDontReach(t *testing.T) {
	h := keeping(t)
	const starts = "/v1/processes/sla-report/runs"
	waiver := func(period string) string {
		return `{"apiVersion":"turnus/v1","kind":"Waiver","metadata":{"name":"some"},"spec":{"process":"sla-report","scope":"payments","periods":["` + period + `"],"reason":"a test"}}`
	}
	for _, r := range []struct{ method, path, body, at string }{
		{"POST", starts, `{"service":"payments","period":"9999-12","provisional":true}`, "period"},
		{"POST", starts, `{"service":"payments","period":"2101-01","provisional":true}`, "period"},
		{"POST", starts, `{"service":"payments","period":"1994-12","provisional":true}`, "period"},
		{"POST", starts, `{"service":"payments","period":"0001-01","provisional":true}`, "period"},
		{"POST", "/v1/apply", waiver("9999-12"), "Waiver/some spec.periods[0]"},
		{"POST", "/v1/apply", waiver("0001-01"), "Waiver/some spec.periods[0]"},
		{"POST", "/v1/apply", interval("2026-08-01", "9998-01-01"), "Interval/monthly spec.valid.from"},
		{"POST", "/v1/plan/preview", interval(`{"from":"2026-08-01"}`, `{"from":"0001-01-01","to":"0001-03-01"}`), "Interval/monthly spec.valid.from"},
		{"POST", "/v1/intervals/monthly/backfill", `{"from":"9990-01-01","to":"9999-12-31","reason":"a test"}`, "body.from"},
		{"POST", "/v1/intervals/monthly/backfill", `{"from":"2026-01-01","to":"2101-01-01","reason":"a test"}`, "body.to"},
		{"GET", "/v1/plan?from=9999-12-31", "", "query.from"},
		{"GET", "/v1/plan?to=0001-01-01T00:00:00Z", "", "query.to"},
		{"POST", "/v1/plan/preview?from=1994-12-31", interval(), "query.from"},
	} {
		for lang, says := range map[string]string{"en": "1995 to 2100", "de": "1995 bis 2100"} {
			w := h.as(t, "owner", r.method, r.path, r.body, "Accept-Language", lang)
			require.Equal(t, 422, w.Code, "%s %s: %s", r.path, r.body, w.Body)
			p := problemIn(t, w)
			require.NotEmpty(t, p.Errors)
			require.Equal(t, r.at, p.Errors[0].Location)
			require.Contains(t, p.Errors[0].Message, says)
		}
	}
	var runs int
	require.NoError(t, h.store.DB().QueryRow(`SELECT count(*) FROM run WHERE process = 'sla-report'`).Scan(&runs))
	require.Zero(t, runs)
	// The last one that they reach.
	require.Equal(t, 422, h.as(t, "owner", "POST", starts, `{"service":"payments","period":"2100-12"}`).Code, "it isn't over")
	early := h.as(t, "owner", "POST", starts, `{"service":"payments","period":"2100-11"}`, "Accept-Language", "de")
	require.Contains(t, early.Body.String(), "Die Periode November 2100 endet erst am 01.12.2100, 00:00\u00a0Uhr\u00a0MEZ.")
}
