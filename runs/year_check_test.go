package runs_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
	"turnus/store"
)

// slotFact is a slot's row.
type slotFact struct {
	scope, period, state, catchUp string
	due, early, late              time.Time
	missed, waived                *time.Time
	person                        string
}

func (x slotFact) key() run.Key {
	return run.Key{Process: "sla-report", Scope: x.scope, Period: x.period}
}

type slotFacts map[run.Key]slotFact

// of gives the slots of a service, by their dates.
func (all slotFacts) of(scope string) []slotFact {
	var some []slotFact
	for _, x := range all {
		if x.scope == scope {
			some = append(some, x)
		}
	}
	slices.SortFunc(some, func(a, b slotFact) int { return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.period, b.period)) })
	return some
}

// runFact is a run's row, with when it was published.
type runFact struct {
	id, scope, period, state, startedBy string
	attempt                             int
	provisional                         bool
	created                             time.Time
	ended, published                    *time.Time
}

func (y *year) load() slotFacts {
	y.Helper()
	rows, err := y.store.DB().QueryContext(y.Context(), `SELECT scope, period, state, catch_up, due_at, early_at, late_at, missed_at, waived_at, person FROM slot`)
	require.NoError(y, err)
	defer rows.Close()
	all := slotFacts{}
	for rows.Next() {
		var x slotFact
		require.NoError(y, rows.Scan(&x.scope, &x.period, &x.state, &x.catchUp, &x.due, &x.early, &x.late, &x.missed, &x.waived, &x.person))
		all[x.key()] = x
	}
	require.NoError(y, rows.Err())
	return all
}

// loadRuns gives the attempts of each key, the first one first.
func (y *year) loadRuns() map[run.Key][]runFact {
	y.Helper()
	rows, err := y.store.DB().QueryContext(y.Context(), `SELECT r.id, r.scope, r.period, r.state, r.started_by, r.attempt, r.provisional, r.created_at, r.ended_at, p.published_at
		FROM run r LEFT JOIN report p ON p.run = r.id WHERE r.process = 'sla-report' ORDER BY r.attempt`)
	require.NoError(y, err)
	defer rows.Close()
	all := map[run.Key][]runFact{}
	for rows.Next() {
		var r runFact
		require.NoError(y, rows.Scan(&r.id, &r.scope, &r.period, &r.state, &r.startedBy, &r.attempt, &r.provisional, &r.created, &r.ended, &r.published))
		k := run.Key{Process: "sla-report", Scope: r.scope, Period: r.period}
		all[k] = append(all[k], r)
	}
	require.NoError(y, rows.Err())
	return all
}

// check looks at everything after a waking.
func (y *year) check(before slotFacts) {
	y.Helper()
	after, attempts := y.load(), y.loadRuns()
	y.checkLedger(after)
	services := map[string][]slotFact{}
	for _, s := range y.subjects {
		services[s.name] = after.of(s.name)
	}
	for k, x := range after {
		y.checkState(x, attempts[k])
		y.checkMissed(before[k], x, services[k.Scope])
		if due, past := y.dues[k]; past {
			require.True(y, due.Equal(x.due), "%v was due %s, and is now %s", k, due, x.due)
		}
		if !x.due.After(y.now) {
			y.dues[k] = x.due
			if _, known := y.found[k]; !known && !y.subject(k.Scope).paused && before[k].missed == nil && before[k].waived == nil {
				y.found[k] = y.now
			}
		}
	}
	for k := range y.dues {
		require.Contains(y, after, k, "what is past vanishes")
	}
	for _, k := range slices.SortedFunc(maps.Keys(attempts), func(a, b run.Key) int { return cmp.Compare(a.ID(1), b.ID(1)) }) {
		all := attempts[k]
		for i, r := range all {
			if !y.seen[r.id] {
				y.seen[r.id] = true
				if !y.persons[r.id] {
					y.did("begun by a waking")
					y.checkBegun(r, all[:i], before[k], after[k])
				}
				y.meet(r)
			}
		}
	}
	y.checkStarted(after, attempts)
	y.checkFindings(after)
}

func (y *year) subject(name string) *subject {
	return y.subjects[slices.IndexFunc(y.subjects, func(s *subject) bool { return s.name == name })]
}

func (y *year) checkLedger(after slotFacts) {
	y.Helper()
	list, _, err := y.store.Ledgers(y.Context(), store.Sight{All: true}, store.Of{}, store.Page{})
	require.NoError(y, err)
	require.Len(y, list, len(y.subjects))
	for _, l := range list {
		require.Equal(y, l.Planned, l.Done+l.Late+l.Missed+l.Waived+l.Open, "%+v", l)
		count := map[string]int64{}
		for _, x := range after.of(l.Scope) {
			count[x.state]++
			count["all"]++
			if x.waived != nil && !x.waived.Before(x.late) {
				count["waived late"]++
			}
			if x.waived != nil && len(y.misses[x.key()]) > 0 {
				count["missed, then waived"]++
			}
		}
		require.Equal(y, []int64{count["all"], count["done"], count["done-late"], count["missed"], count["waived"], count["waived late"], count["missed, then waived"]},
			[]int64{l.Planned, l.Done, l.Late, l.Missed, l.Waived, l.WaivedLate, l.MissedThenWaived}, l.Interval)
	}
}

// checkState says from the facts what a slot's state has to be.
func (y *year) checkState(x slotFact, attempts []runFact) {
	y.Helper()
	live, working, late, inTime := 0, false, false, false
	for _, r := range attempts {
		if r.ended == nil {
			live++
			working = working || !r.provisional
		}
		if r.published != nil && !r.published.Before(x.early) {
			if r.published.Before(x.late) {
				inTime = true
			} else {
				late = true
			}
		}
	}
	require.LessOrEqual(y, live, 1, "%s %s", x.scope, x.period)
	want := "due"
	if x.due.After(y.now) {
		want = "planned"
	}
	if x.missed != nil {
		want = "missed"
	}
	if working {
		want = "in-work"
	}
	if late || inTime {
		want = "done-late"
	}
	if inTime && x.missed == nil { // what was missed and done after all is late
		want = "done"
	}
	if y.waived[x.key()] {
		want = "waived"
	}
	require.Equal(y, want, x.state, "at %s: %+v %+v", y.now, x, attempts)
	require.Equal(y, y.waived[x.key()], x.waived != nil)
}

// checkMissed: what is missed was declared so, or overtaken; what is overtaken
// is missed.
func (y *year) checkMissed(before, x slotFact, all []slotFact) {
	y.Helper()
	k := x.key()
	overtaken := slices.ContainsFunc(all, func(n slotFact) bool {
		return n.due.After(x.due) && n.due.After(y.reopened[k]) && !n.due.After(y.now)
	})
	if x.missed != nil && (before.missed == nil || !before.missed.Equal(*x.missed)) {
		require.NotEqual(y, "each", x.catchUp, "nobody declared that %v was missed", k)
		require.True(y, overtaken, "%v is missed, and none came after it", k)
		require.Empty(y, x.person)
		y.did("missed")
	}
	if x.missed != nil {
		if y.misses[k] == nil {
			y.misses[k] = map[time.Time]bool{}
		}
		y.misses[k][x.missed.UTC()] = true
		require.True(y, y.waived[k] || y.declared[k] == (x.person != ""), "%+v", x) // of what is waived, it says who waived it
	}
	if x.state == "due" && x.catchUp != "each" {
		require.False(y, overtaken, "%v was overtaken, and is still due", k)
	}
}

// checkBegun: what a waking began was its to begin.
func (y *year) checkBegun(r runFact, earlier []runFact, before, after slotFact) {
	y.Helper()
	what := fmt.Sprintf("at %s: %+v after %+v, slot before %+v", y.now, r, earlier, before)
	k, s := after.key(), y.subject(r.scope)
	require.True(y, r.created.Equal(y.now), what)
	require.False(y, r.provisional, what)
	require.False(y, after.due.After(y.now), what)
	require.Contains(y, []string{"planned", "due"}, before.state, what)
	require.False(y, s.paused, what)
	require.True(y, s.covered(r.period), what)
	local := after.due.In(s.zone)
	require.Equal(y, time.Date(local.Year(), local.Month(), 0, 0, 0, 0, 0, time.UTC).Format("2006-01"), r.period, what)

	// Provisional runs say nothing about the slot.
	earlier = slices.DeleteFunc(slices.Clone(earlier), func(e runFact) bool { return e.provisional })
	reopened, again := y.reopened[k]
	if len(earlier) == 0 {
		starter := ""
		if again {
			starter = root.Person // who asked for it
		}
		require.Equal(y, starter, r.startedBy, what)
		if after.catchUp == "none" && !again {
			require.LessOrEqual(y, y.found[k].Sub(after.due), time.Hour, what)
		}
		return
	}
	last := earlier[len(earlier)-1]
	switch run.State(last.state) {
	case run.Failed:
		fails := 0
		for _, e := range earlier {
			if e.state == string(run.Failed) && e.ended.After(reopened) && !e.ended.Before(after.due) {
				fails++
			}
		}
		require.LessOrEqual(y, fails, 3, what)
		if fails > 0 {
			require.False(y, y.now.Before(last.ended.Add([]time.Duration{5 * time.Minute, time.Hour, 6 * time.Hour}[fails-1])), what)
		}
	default:
		require.True(y, again && last.ended.Before(reopened), what)
	}
}

// checkStarted: what is due, covered and never tried is in work, if it isn't
// late for an interval that catches up with nothing.
func (y *year) checkStarted(after slotFacts, attempts map[run.Key][]runFact) {
	y.Helper()
	for k, x := range after {
		s := y.subject(k.Scope)
		if x.state != "due" || s.paused || !s.covered(x.period) || len(attempts[k]) > 0 {
			continue
		}
		late := y.found[k].Sub(x.due) > time.Hour
		require.True(y, x.catchUp == "none" && late && y.reopened[k].IsZero(), "at %s nothing begins: %+v, found %s", y.now, x, y.found[k])
	}
}

// checkFindings: one for each interval, seen once for each slot of it that was
// missed, and one that was done late, seen once for each slot that hadn't been
// missed before.
func (y *year) checkFindings(after slotFacts) {
	y.Helper()
	want := map[string]bool{}
	for k := range y.misses {
		want["missed-slot slot/"+k.ID(1)] = true
	}
	for k, x := range after {
		if len(y.misses[k]) == 0 && x.state == "done-late" {
			want["late-slot slot/"+k.ID(1)] = true
		}
	}
	rows, err := y.store.DB().QueryContext(y.Context(), `SELECT f.kind || ' ' || n.key, f.key = f.kind || '/interval/' || s.interval
		FROM finding_seen n JOIN finding f ON f.id = n.finding JOIN slot s ON n.key = 'slot/' || s.process || '/' || s.scope || '/' || s.period`)
	require.NoError(y, err)
	defer rows.Close()
	got := map[string]bool{}
	for rows.Next() {
		var place string
		var joined bool
		require.NoError(y, rows.Scan(&place, &joined))
		require.False(y, got[place], "%s twice", place)
		require.True(y, joined, place)
		got[place] = true
	}
	require.NoError(y, rows.Err())
	require.Equal(y, want, got)
	var twice int
	require.NoError(y, y.store.DB().QueryRow("SELECT count(*) - count(DISTINCT key) FROM finding").Scan(&twice))
	require.Zero(y, twice)
}
