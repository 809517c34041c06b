package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/continuity"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/store"
)

// asked are the findings of a kind, ended ones too, in short.
func asked(t *testing.T, s *store.Store, kind string) (all []string) {
	t.Helper()
	list, _, err := s.Findings(t.Context(), store.Findings{Kind: kind, State: "all", Sight: sees}, store.Page{})
	require.NoError(t, err)
	for _, f := range list {
		all = append(all, f.Object+" "+string(f.State)+" "+string(rune('0'+f.Seen)))
	}
	return all
}

// A major change of a service asks for another drill of its plans, once however
// often it is reported; of other services' plans it says nothing.
func TestAMajorChangeAsksForADrill(t *testing.T) {
	s := continuous(t)
	olga := person.Actor{Person: "olga", Roles: []person.Role{person.ProcessOwner}}
	report := func(at time.Time, e planning.Event, request string) {
		_, err := s.Happened(t.Context(), olga, at, e, "shop", "Moved to another provider", request)
		require.NoError(t, err)
	}
	report(drilled, planning.Invocation, "a")
	require.Empty(t, asked(t, s, improvement.RetestAsked), "that is no change")
	report(drilled, planning.MajorChange, "b")
	report(drilled, planning.MajorChange, "b")
	require.Equal(t, []string{"ContinuityPlan/shop-fire open 1"}, asked(t, s, improvement.RetestAsked), "a repeated request is one event")
	report(drilled.Add(time.Hour), planning.MajorChange, "c")
	require.Equal(t, []string{"ContinuityPlan/shop-fire open 2"}, asked(t, s, improvement.RetestAsked))
}

// A drill that wasn't repeated by its date is found once, and not before that date
// has passed where its service is.
func TestAnOverdueRetestIsFound(t *testing.T) {
	s := continuous(t)
	due := time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)
	pgtest.Tamper(t, s.DB(), `ALTER TABLE drill DISABLE TRIGGER USER`)
	pgtest.Tamper(t, s.DB(), `UPDATE drill SET overall = 'fail', retest = $1`, due)
	for _, c := range []struct {
		at   string
		want []string
	}{
		{"2026-03-31T21:59:59Z", nil}, // a second before midnight in Berlin
		{"2026-03-31T22:00:00Z", []string{"open 1"}},
		{"2026-04-09T00:00:00Z", []string{"open 1"}},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		require.NoError(t, err)
		require.NoError(t, s.MissRetests(t.Context(), at))
		var got []string
		for _, f := range asked(t, s, improvement.OverdueRetest) {
			got = append(got, f[len(f)-len("open 1"):])
		}
		require.Equal(t, c.want, got, c.at)
	}
}

// Repeated in time, nothing is overdue.
func TestARepeatedDrillIsNotOverdue(t *testing.T) {
	s := continuous(t)
	pgtest.Tamper(t, s.DB(), `ALTER TABLE drill DISABLE TRIGGER USER`)
	pgtest.Tamper(t, s.DB(), `UPDATE drill SET overall = 'fail', retest = '2026-03-31'`)
	var first string
	require.NoError(t, s.DB().QueryRowContext(t.Context(), "SELECT run FROM drill").Scan(&first))
	again := passed(continuity.Functional, "shop-fire", drilled.AddDate(0, 1, 0))
	pgtest.Tamper(t, s.DB(), `INSERT INTO drill (run, plan, version, service, type, held_at, begun_at, overall, retests, at) VALUES ($1, 'shop-fire', 1, 'shop', 'functional', $2, $2, 'pass', $3, $2)`,
		again.Run, again.Held, first)
	require.NoError(t, s.MissRetests(t.Context(), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)))
	require.Empty(t, asked(t, s, improvement.OverdueRetest))
}
