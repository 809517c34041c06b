package client

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/planning"
)

// What the plan's calls put on the wire, as CONTRACT.md has it.
func TestPlanOnTheWire(t *testing.T) {
	var got, body string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		got, body = r.Method+" "+r.URL.RequestURI(), string(b)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
		io.WriteString(w, `{"items":[{"process":"a","scope":"b","period":"2026-10","state":"due","reason":{"en":"x","de":"y"}}],"next":null}`)
	}))
	defer srv.Close()
	c, ctx := New(srv.URL, "x"), context.Background()
	slots := func(s []planning.Slot, err error) error {
		require.Len(t, s, 1)
		require.Equal(t, "a/b/2026-10", s[0].Key.ID(1))
		require.Equal(t, "y", s[0].Reason.De)
		return err
	}
	for _, call := range []struct {
		send       func() error
		want, body string
	}{
		{func() error { return slots(c.Plan(ctx, Slots{From: "2026-10-01", Service: "b", State: "open"})) }, "GET /v1/plan?from=2026-10-01&limit=500&service=b&state=open", ""},
		{func() error {
			all, _, err := c.PlanPart(ctx, Slots{Intervals: []string{"m", "n"}}, "c", 20)
			return slots(all, err)
		}, "GET /v1/plan?cursor=c&interval=m%2Cn&limit=20", ""},
		{func() error {
			_, _, err := c.LedgersPart(ctx, Slots{From: "2026-01-01", State: "open"}, "", 20)
			return err
		}, "GET /v1/plan/ledger?from=2026-01-01&limit=20", ""},
		{func() error { _, err := c.Slot(ctx, "a/b/2026-10"); return err }, "GET /v1/plan/a/b/2026-10", ""},
		{func() error { _, err := c.Ledgers(ctx, "", ""); return err }, "GET /v1/plan/ledger?limit=500", ""},
		{func() error { return slots(c.PreviewPlan(ctx, []byte("kind: Interval"), "", "2027-01-01")) }, "POST /v1/plan/preview?to=2027-01-01", "kind: Interval"},
		{func() error { _, err := c.Pause(ctx, "a/b", "why"); return err }, "POST /v1/intervals/a%2Fb/pause", `{"reason":"why"}`},
		{func() error { _, err := c.Resume(ctx, "m", "why"); return err }, "POST /v1/intervals/m/resume", `{"reason":"why"}`},
		{func() error { return slots(c.Backfill(ctx, "m", "2026-01-01", "2026-12-31", "why")) }, "POST /v1/intervals/m/backfill", `{"from":"2026-01-01","reason":"why","to":"2026-12-31"}`},
		{func() error { _, err := c.Miss(ctx, "a/b/2026-10", "why"); return err }, "POST /v1/plan/a/b/2026-10/miss", `{"reason":"why"}`},
		{func() error { _, err := c.StartSlot(ctx, "a/b/2026-10", true, "why"); return err }, "POST /v1/plan/a/b/2026-10/start", `{"again":true,"reason":"why"}`},
		{func() error { return slots(c.Event(ctx, "b", planning.Invocation, "a fire")) }, "POST /v1/services/b/events", `{"detail":"a fire","event":"invocation"}`},
	} {
		require.NoError(t, call.send())
		require.Equal(t, call.want, got)
		require.Equal(t, call.body, body)
	}
}
