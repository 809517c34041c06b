package runs_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/store"
)

// ending is how and when a run will end.
type ending struct {
	at    time.Time
	id    string
	state run.State
}

// meet decides how a run that was just found will end.
func (y *year) meet(r runFact) {
	at := y.now.Add(time.Duration(1+y.dice.IntN(60)) * 10 * time.Minute)
	if y.dice.IntN(2) == 0 {
		at = y.now.Add(time.Duration(1+y.dice.IntN(24*18)) * time.Hour)
	}
	states := []run.State{run.Published, run.Published, run.Published, run.Published, run.Rejected, run.Cancelled, run.Failed, run.Failed}
	if r.provisional {
		states = []run.State{run.Provisional, run.Provisional, run.Cancelled, run.Failed}
	}
	y.ends = append(y.ends, ending{at, r.id, states[y.dice.IntN(len(states))]})
}

// endRuns ends the runs whose time has come, each at its instant.
func (y *year) endRuns() {
	slices.SortFunc(y.ends, func(a, b ending) int { return a.at.Compare(b.at) })
	for len(y.ends) > 0 && !y.ends[0].at.After(y.now) {
		e := y.ends[0]
		y.ends = y.ends[1:]
		y.endAt(e.at, e.id, e.state)
		y.did(string(e.state))
	}
}

// somebody does one thing, or nothing.
func (y *year) somebody() {
	s := y.subjects[y.dice.IntN(len(y.subjects))]
	slots := y.load().of(s.name)
	if len(slots) == 0 {
		return
	}
	pick := func(states ...string) (slotFact, bool) {
		var some []slotFact
		for _, x := range slots {
			if slices.Contains(states, x.state) && x.due.Before(y.now.AddDate(0, 2, 0)) {
				some = append(some, x)
			}
		}
		if len(some) == 0 {
			return slotFact{}, false
		}
		return some[y.dice.IntN(len(some))], true
	}
	switch y.dice.IntN(12) {
	case 0, 1:
		if x, ok := pick("planned", "due", "missed", "done"); ok && x.due.Before(y.now.AddDate(0, 0, 25)) {
			y.begin(s, x)
		}
	case 3:
		if x, ok := pick("due"); ok && y.dice.IntN(2) == 0 {
			_, err := y.store.DeclareMissed(y.Context(), olga, y.now, x.key(), "nobody was there")
			require.NoError(y, err)
			y.declared[x.key()] = true
			y.did("declared missed")
		}
	case 4:
		if x, ok := pick("planned", "due", "missed"); ok && y.pending[s.name] == nil && y.dice.IntN(2) == 0 {
			y.waivers++
			y.ask(s, doc(resource.Waiver, fmt.Sprintf("waiver-%d", y.waivers), fmt.Sprintf(
				`{'process':'sla-report','scope':'%s','periods':['%s'],'reason':'the service is at rest'}`, s.name, x.period)), x.key(), nil)
		}
	case 5:
		y.change(s)
	case 6:
		if s.paused { // not for long
			_, err := y.store.Resume(y.Context(), root, y.now, s.name, "moved")
			require.NoError(y, err)
		} else if y.dice.IntN(3) > 0 {
			break
		} else {
			_, err := y.store.Pause(y.Context(), root, y.now, s.name, "moving")
			require.NoError(y, err)
		}
		s.paused = !s.paused
		y.did("paused or resumed")
	case 7:
		if y.dice.IntN(3) == 0 {
			all, err := y.store.Backfill(y.Context(), root, y.now, s.name, calendar.DateOf(y.now.AddDate(-1, 0, 0)), calendar.DateOf(y.now), "catching up")
			require.NoError(y, err)
			for _, x := range all {
				y.reopened[x.Key] = y.now
				delete(y.declared, x.Key)
				y.did("backfilled")
			}
		}
	case 8:
		if s := y.subjects[3+y.dice.IntN(2)]; s.events { // the two that hear of events
			all, err := y.store.Happened(y.Context(), root, y.now, planning.MajorChange, s.name, "new hardware", fmt.Sprint("request-", y.now.Unix()))
			require.NoError(y, err)
			for _, x := range all {
				if x.Due.Equal(y.now) {
					s.forward[x.Period] = true
					y.did("brought forward")
				}
			}
		}
	case 9, 10, 11: // data: up to now, or late
		asOf := y.now.Add(-time.Duration(y.dice.IntN(24*6)) * time.Hour)
		y.covers(s.name, asOf)
		if asOf.After(s.asOf) {
			s.asOf = asOf
		}
		y.did("imported")
	}
}

// begin is a person's start: of the report itself where the data is there.
func (y *year) begin(s *subject, x slotFact) {
	r, created, err := y.store.Begin(y.Context(), y.now, store.NewRun{Key: x.key(), Owner: "olga", By: olga,
		Provisional: !s.covered(x.period), Again: x.state == "done" && x.due.After(y.now.AddDate(0, 0, -3)), Reason: "once more"})
	if fault.Is(err, fault.Conflict) {
		return // its run is live
	}
	require.NoError(y, err)
	if created {
		y.persons[r.ID] = true
		y.did("begun by a person")
	}
}

// request is a proposal that waits for its decision.
type request struct {
	run    string
	at     time.Time // of the decision
	waives run.Key   // for a waiver
	change *naiveVersion
}

// change proposes another version of an interval.
func (y *year) change(s *subject) {
	if y.pending[s.name] != nil {
		return
	}
	v := s.any(y.dice)
	v.from = y.now.AddDate(0, 0, y.dice.IntN(70)-20).Format(time.DateOnly)
	if newest := s.versions[len(s.versions)-1].from; v.from < newest {
		v.from = newest
	}
	y.ask(s, s.document(v, s.catchUp), run.Key{}, &v)
}

func (y *year) ask(s *subject, d resource.Raw, waives run.Key, change *naiveVersion) {
	id, err := y.propose(d)
	require.NoError(y, err)
	if id != "" { // else it is in force as it is
		y.pending[s.name] = &request{id, y.now.Add(time.Duration(y.dice.IntN(24*5)) * time.Hour), waives, change}
		y.did("proposed")
	}
}

// decide carries out what is approved by now.
func (y *year) decide() {
	for _, s := range y.subjects {
		p := y.pending[s.name]
		if p == nil || p.at.After(y.now) {
			continue
		}
		delete(y.pending, s.name)
		before := y.load()
		if y.dice.IntN(5) == 0 {
			y.end(p.run, run.Rejected)
			continue
		}
		err := y.enact(p.run)
		if p.change == nil {
			state := before[p.waives].state
			require.Equal(y, slices.Contains([]string{"planned", "due", "missed"}, state), err == nil, "%v %s: %v", p.waives, state, err)
			if err == nil {
				y.waived[p.waives] = true
				y.did("waived")
			}
			continue
		}
		require.NoError(y, err)
		s.versions = append(s.versions, *p.change)
		s.expect(y.now, func(period string) string {
			return before[run.Key{Process: "sla-report", Scope: s.name, Period: period}].state
		})
		y.did("changed")
	}
}
