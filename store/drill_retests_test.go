package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/continuity"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
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

// intervalOf puts an interval in force, about something of the shop, that has a slot
// each quarter, and the next one in March.
func intervalOf(t *testing.T, s *store.Store, name, process, scope string, e planning.Event) {
	t.Helper()
	pgtest.Tamper(t, s.DB(), `INSERT INTO resource (kind, name, version, valid_from, document, hash, at, person, token_issuer) VALUES ('Interval', $1, 1, '0001-01-01', $2, '', $3, 'root', '')`, name,
		`{"kind":"Interval","metadata":{"name":"`+name+`"},"spec":{"process":"`+process+`","scope":"`+scope+`","rule":{"day":-1,"of":"quarter","at":"06:00"},"reason":"x","valid":{"from":"2026-01-01"},"events":["`+string(e)+`"]}}`, drilled)
	pgtest.Tamper(t, s.DB(), `INSERT INTO plan (interval, process, scope, about_kind, about) VALUES ($1, $2, $3, 'Service', 'shop')`, name, process, scope)
}

// A plan whose interval names a major change is drilled by its slot, which falls due
// with it. The service's other plans are found: that whose interval names another
// event, and that without one, although another process's interval names it.
func TestAnIntervalThatNamesAMajorChangeAsksByItsSlot(t *testing.T) {
	s := continuous(t)
	for _, plan := range []string{"shop-flood", "shop-storm"} {
		storetest.PlanVersion(t, s, drilled.AddDate(0, -6, 0), plan, 1, recovers("shop", "PT3H"))
	}
	intervalOf(t, s, "fire-drills", process.ContinuityDrill, "shop-fire", planning.MajorChange)
	intervalOf(t, s, "storm-drills", process.ContinuityDrill, "shop-storm", planning.Invocation)
	intervalOf(t, s, "shop-reports", process.SLAReport, "shop", planning.MajorChange)
	require.Empty(t, asked(t, s, improvement.RetestAsked))
	slots, err := s.Happened(t.Context(), person.Actor{Person: "olga"}, drilled, planning.MajorChange, "shop", "Moved to another provider", "")
	require.NoError(t, err)
	var due []string
	for _, x := range slots {
		due = append(due, x.Process+"/"+x.Scope+"/"+x.Period+" "+string(x.State)+" "+x.Due.UTC().Format(time.RFC3339))
	}
	slices.Sort(due)
	require.Equal(t, []string{"continuity-drill/shop-fire/2026-01-10 due 2026-01-10T09:00:00Z", "sla-report/shop/2025-12 due 2026-01-10T09:00:00Z"}, due)
	found := asked(t, s, improvement.RetestAsked)
	slices.Sort(found)
	require.Equal(t, []string{"ContinuityPlan/shop-flood open 1", "ContinuityPlan/shop-storm open 1"}, found)
}

// A slot of that day which has begun, ended or was given up before the change asks
// for no drill after it: then the plan is found all the same.
func TestASlotThatStoodBeforeAMajorChangeAsksForNothing(t *testing.T) {
	for state, found := range map[planning.State][]string{
		planning.Planned: nil,
		planning.Due:     nil,
		planning.InWork:  {"ContinuityPlan/shop-fire open 1"},
		planning.Done:    {"ContinuityPlan/shop-fire open 1"},
		planning.Missed:  {"ContinuityPlan/shop-fire open 1"},
		planning.Waived:  {"ContinuityPlan/shop-fire open 1"},
	} {
		t.Run(string(state), func(t *testing.T) {
			s := continuous(t)
			intervalOf(t, s, "fire-drills", process.ContinuityDrill, "shop-fire", planning.MajorChange)
			pgtest.Tamper(t, s.DB(), `INSERT INTO slot (process, scope, period, about_kind, about, interval, version, due_at, early_at, late_at, catch_up, state, look_at)
				VALUES ('continuity-drill', 'shop-fire', '2026-01-10', 'Service', 'shop', 'fire-drills', 1, $1, $1, $1, 'one', $2, $1)`, drilled.Add(time.Hour), string(state))
			slots, err := s.Happened(t.Context(), person.Actor{Person: "olga"}, drilled.Add(2*time.Hour), planning.MajorChange, "shop", "Moved to another provider", "")
			require.NoError(t, err)
			require.Len(t, slots, 1)
			require.Equal(t, state, slots[0].State)
			require.Equal(t, found, asked(t, s, improvement.RetestAsked))
		})
	}
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
