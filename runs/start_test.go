package runs_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/fault"
	"turnus/runs"
	"turnus/store"
)

// counted are the house's runs on a pool that says what is sent on it.
func (h *house) counted() (*runs.Runs, func(string) int) {
	h.Helper()
	db, sent := pgtest.Counted(h, h.store.DB())
	db.SetMaxOpenConns(2) // one of a waking's transaction
	return runs.New(runs.Config{Store: store.New(db), Now: func() time.Time { return h.now }, Log: slog.New(slog.DiscardHandler)}), sent
}

// What reads the versions of a scope, and so its situation.
const readsSituation = "WITH own AS MATERIALIZED"

func TestAStartReadsWhatItDependsOnOnce(t *testing.T) {
	h := one(t, "each")
	r, sent := h.counted()
	_, _, err := r.Start(t.Context(), olga, runs.Start{Process: "sla-report", Scope: "desk", Period: "2027-01"})
	require.ErrorContains(t, err, "January 2027 isn't over: it ends at 1 February 2027, 00:00\u00a0CET.")
	require.Equal(t, 1, sent(readsSituation))
	require.Equal(t, 5, sent("SELECT"), "the situation, and whether there is an attempt")
}

func TestAWakingReadsEachScopeOnce(t *testing.T) {
	h := one(t, "each")
	h.now = day("2027-06-10 12:00")
	h.covers("desk", h.now)
	r, sent := h.counted()
	require.NoError(t, r.Wake(t.Context(), time.Minute))
	for _, period := range []string{"2027-01", "2027-02", "2027-03", "2027-04", "2027-05"} {
		require.Equal(t, "in-work", h.slot("desk", period), period)
	}
	require.Equal(t, 1, sent(readsSituation))
}

func TestAStartForAScopeOfAnotherKind(t *testing.T) {
	h := one(t, "each")
	for _, scope := range []string{"berlin", "interval-desk", ""} {
		_, _, err := h.runs.Start(t.Context(), olga, runs.Start{Process: "sla-report", Scope: scope, Period: "2027-01"})
		require.True(t, fault.Is(err, fault.NotFound), "%v", err)
		require.Equal(t, "scope", fault.As(err).Field)
		require.ErrorContains(t, err, "sla-report is about a service; there is no service")
	}
}

// A period is over at the end that it has in the zone of its time.
func TestAPeriodIsOverInTheZoneOfItsTime(t *testing.T) {
	h := newHouse(t, day("2027-01-10 12:00"), service("desk", "berlin", "")...)
	h.now = day("2027-01-20 12:00")
	_, err := h.store.Apply(t.Context(), root, h.now, service("desk", "york", "")[:1], false)
	require.NoError(t, err)
	for period, says := range map[string]string{
		"2027-01": "it ends at 1 February 2027, 00:00\u00a0CET",
		"2027-02": "it ends at 1 March 2027, 00:00\u00a0EST",
	} {
		_, _, err := h.runs.Start(t.Context(), olga, runs.Start{Process: "sla-report", Scope: "desk", Period: period})
		require.ErrorContains(t, err, says)
	}
}
