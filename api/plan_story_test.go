package api

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/store"
)

func (h *house) story(t *testing.T, who, slot string) (s planning.Story) {
	t.Helper()
	w := h.as(t, who, "GET", "/v1/plan/"+slot, "")
	require.Equal(t, 200, w.Code, w.Body)
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &s))
	return s
}

// A slot says what was done to it and what its interval says to those who see the
// inside of its runs; to others its state, its dates and its attempts.
func TestTheStoryOfASlot(t *testing.T) {
	h := keeping(t)
	const slot = "sla-report/payments/2026-08"
	require.Equal(t, 200, h.as(t, "owner", "POST", "/v1/plan/"+slot+"/miss", `{"reason":"no data of that month"}`).Code)
	require.Equal(t, 200, h.as(t, "owner", "POST", "/v1/intervals/monthly/backfill", `{"from":"2026-08-01","to":"2026-08-31","reason":"we found it"}`).Code)
	h.enact(t, `{"apiVersion":"turnus/v1","kind":"Waiver","metadata":{"name":"autumn"},"spec":{"process":"sla-report","scope":"payments","periods":["2026-08"],"reason":"out of use"}}`)

	s := h.story(t, "owner", slot)
	require.Equal(t, []any{planning.Waived, "owner", "Europe/Berlin", 5, "as agreed"}, []any{s.State, s.Owner, s.Zone, s.Plan.Tolerance, s.Plan.Reason})
	require.Nil(t, s.Next)
	require.Empty(t, s.Runs)
	require.Len(t, s.History, 3)
	for i, want := range []struct {
		what   planning.DeedKind
		reason string
	}{{planning.WasMissed, "no data of that month"}, {planning.WasReopened, "we found it"}, {planning.WasWaived, "out of use"}} {
		require.Equal(t, planning.Deed{At: testNow.UTC(), What: want.what, By: "owner", Reason: text.Same(want.reason), Run: s.History[i].Run}, s.History[i])
	}
	require.Contains(t, s.History[2].Run, "change-approval/")

	// An event's own word stands for its reason.
	require.Equal(t, 201, h.as(t, "owner", "POST", "/v1/services/payments/events", `{"event":"major-change","detail":"x"}`).Code)
	for _, d := range h.story(t, "auditor", "sla-report/payments/2026-11").History {
		require.Equal(t, planning.MajorChange.Title(), d.Reason)
	}

	// Who waits for what, and until when.
	due := h.story(t, "owner", "sla-report/payments/2026-07")
	require.Equal(t, testNow.UTC(), *due.Next)
	require.Equal(t, 200, h.as(t, "owner", "POST", "/v1/intervals/monthly/pause", `{"reason":"we move"}`).Code)
	due = h.story(t, "approver", "sla-report/payments/2026-07")
	require.Nil(t, due.Next, "it is paused")
	require.Equal(t, planning.Pause{At: testNow.UTC(), By: "owner", Reason: "we move"}, *due.Paused)

	for _, who := range []string{"viewer", "other-owner", "admin"} {
		s := h.story(t, who, slot)
		require.Equal(t, planning.Waived, s.State, who)
		require.Nil(t, s.Plan, who)
		require.Nil(t, s.Paused, who)
		require.Empty(t, s.History, who)
	}
	require.Equal(t, 404, h.as(t, "owner", "GET", "/v1/plan/sla-report/payments/1999-01", "").Code)
}

// The ledger of a span counts the slots due then, part by part as whole.
func TestLedgersOfASpan(t *testing.T) {
	h := keeping(t)
	var doc resource.Raw
	require.NoError(t, json.Unmarshal([]byte(interval(`"monthly"`, `"mails"`, `"payments"`, `"mail"`, `"2026-08-01"`, `"2027-01-01"`)), &doc))
	done, err := h.store.Apply(t.Context(), person.Actor{Person: "other-owner"}, testNow, []resource.Raw{doc}, false)
	require.NoError(t, err)
	storetest.Enact(t, h.store, testNow, "approver", done[0].Run)
	ledgers := func(query string) (list []store.Ledger, next string) {
		t.Helper()
		w := h.as(t, "owner", "GET", "/v1/plan/ledger"+query, "")
		require.Equal(t, 200, w.Code, w.Body)
		var got List[store.Ledger]
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		if got.Next != nil {
			next = *got.Next
		}
		return got.Items, next
	}
	for query, want := range map[string]map[string]int64{
		"":                               {"mails": 12, "monthly": 17},
		"?from=2026-01-01&to=2027-01-01": {"monthly": 5},
		"?from=2027-01-01&to=2028-01-01": {"mails": 12, "monthly": 12},
		"?service=mail":                  {"mails": 12},
		"?interval=monthly":              {"monthly": 17},
		"?process=change-approval":       {},
		"?from=2031-01-01":               {},
	} {
		list, next := ledgers(query)
		require.Empty(t, next)
		got := map[string]int64{}
		for _, l := range list {
			require.Equal(t, l.Planned, l.Done+l.Late+l.Missed+l.Waived+l.Open)
			got[l.Interval] = l.Planned
		}
		require.Equal(t, want, got, query)
	}
	first, next := ledgers("?limit=1")
	require.Equal(t, "mails", first[0].Interval)
	second, end := ledgers("?limit=1&cursor=" + next)
	require.Equal(t, "monthly", second[0].Interval)
	require.Empty(t, end)
	require.Equal(t, 422, h.as(t, "owner", "GET", "/v1/plan/ledger?cursor=x", "").Code)

	got, _ := h.slots(t, "viewer", "?interval=mails,nothing&limit=500")
	require.Len(t, got, 12)
}

// A slot that a drill has called forward names its run, and the page leads there.
func TestASlotSaysWhichRunCalledItForward(t *testing.T) {
	h := keeping(t)
	const slot, drill = "sla-report/payments/2026-10", "continuity-drill/payments-fire/2026-11-20"
	require.NoError(t, h.store.Record(t.Context(), person.Actor{Person: person.System}, testNow, "slot.brought-forward", "slot/"+slot, map[string]any{"event": planning.FailedDrill, "run": drill}))
	require.Equal(t, []planning.Deed{{At: testNow.UTC(), What: planning.BroughtForward, Reason: planning.FailedDrill.Title(), Run: drill}}, h.story(t, "owner", slot).History)
	require.Contains(t, h.guest(t, "owner", "en").opens("/plan/slots/"+slot).Body.String(), `, Turnus, <a href="/runs/`+drill+`">run</a>`)
}
