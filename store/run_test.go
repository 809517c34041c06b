package store

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// What an activity writes that was given up, and comes to its end after its
// successor, or after the run, changes nothing.
func TestLateActivitiesChangeNothing(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	key := run.Key{Process: "sla-report", Scope: "desk", Period: "2016-03"}
	r, created, err := s.Begin(ctx, declared, NewRun{Key: key, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(t, err)
	require.True(t, created)
	state := func(want run.State, round int) {
		t.Helper()
		r, err := s.Run(ctx, r.ID)
		require.NoError(t, err)
		require.Equal(t, want, r.State)
		require.Equal(t, round, r.Round)
	}
	first, second := run.Step{Run: r.ID, Round: 1}, run.Step{Run: r.ID, Round: 2}
	require.NoError(t, s.Enter(ctx, first, run.Collecting))
	require.NoError(t, s.Enter(ctx, first, run.Drafting))
	state(run.Drafting, 1)
	require.NoError(t, s.Enter(ctx, first, run.Collecting))
	state(run.Drafting, 1)
	a := ask(t, s, declared, first)
	require.NoError(t, s.Enter(ctx, first, run.Drafting))
	state(run.Waiting, 1)
	require.True(t, fault.Is(s.Enter(ctx, second, run.Collecting), fault.Conflict), "nobody has requested changes")
	state(run.Waiting, 1)
	require.Nil(t, decide(t, s, declared, person.Actor{Person: "anton"}, a, task.RequestChanges, "once more"))
	require.NoError(t, s.Enter(ctx, second, run.Collecting))
	require.NoError(t, s.Enter(ctx, first, run.Drafting))
	state(run.Collecting, 2)

	require.NoError(t, s.End(ctx, declared.Add(time.Hour), run.End{Run: r.ID, Round: 2, State: run.Failed, Reason: text.Same("enough")}))
	require.NoError(t, s.Enter(ctx, second, run.Drafting))
	require.NoError(t, errOf(s.OpenTask(ctx, approval(second, "x", declared))))
	state(run.Failed, 2)
	open, _, err := s.Tasks(ctx, Tasks{State: "open"}, Page{})
	require.NoError(t, err)
	require.Empty(t, open, "a run that has ended asks nobody")
}

// Where a round was the owner's, too, the next one begins once they have said
// that they have seen to the changes, whoever asks for it earlier.
func TestTheOwnerBeginsTheNextRound(t *testing.T) {
	for _, review := range []bool{true, false} {
		s := declaringStore(t)
		apply1(t, s, declared, house()...)
		r, _, err := s.Begin(t.Context(), declared, NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2016-03"}, Owner: "olga", By: person.Actor{Person: "olga"}})
		require.NoError(t, err)
		first, second := run.Step{Run: r.ID, Round: 1}, run.Step{Run: r.ID, Round: 2}
		require.NoError(t, errOf(Freeze(t.Context(), s, declared, first, sla.Frozen{Service: "desk", Period: "2016-03", Review: review})))
		require.Nil(t, decide(t, s, declared, person.Actor{Person: "anton"}, ask(t, s, declared, first), task.RequestChanges, "once more"))
		if !review {
			require.NoError(t, s.Enter(t.Context(), second, run.Collecting))
			continue
		}
		require.True(t, fault.Is(s.Enter(t.Context(), second, run.Collecting), fault.Conflict), "nobody has asked the owner")
		changes, _, err := process.Ask(first, process.Changes, "", task.Question{Text: text.Same("once more")})
		require.NoError(t, err)
		changes.Opened, changes.Due, changes.Remind, changes.Escalate = declared, declared, declared, declared
		require.NoError(t, errOf(s.OpenTask(t.Context(), changes)))
		require.True(t, fault.Is(s.Enter(t.Context(), second, run.Collecting), fault.Conflict), "the owner hasn't answered")
		require.Nil(t, decide(t, s, declared, person.Actor{Person: "olga"}, changes, task.Ready, ""))
		require.NoError(t, s.Enter(t.Context(), second, run.Collecting))
	}
}

// A start with an Idempotency-Key whose process died after it was recorded
// finds its run, also where it asked for another attempt; a day later the key
// stands for another request.
func TestARepeatedStartFindsItsRun(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	key := run.Key{Process: "sla-report", Scope: "desk", Period: "2016-03"}
	begin := func(at time.Time, request string, again bool) (run.Run, bool) {
		t.Helper()
		r, created, err := s.Begin(ctx, at, NewRun{Key: key, Owner: "olga", Again: again, Request: request, By: person.Actor{Person: "olga"}})
		require.NoError(t, err)
		return r, created
	}
	first, created := begin(declared, "a", false)
	require.True(t, created)
	same, created := begin(declared, "a", false)
	require.True(t, created, "the answer is the first one's")
	require.Equal(t, first.ID, same.ID)
	_, created = begin(declared, "b", false)
	require.False(t, created, "another request finds the run that exists")

	require.NoError(t, s.End(ctx, declared, run.End{Run: first.ID, Round: 1, State: run.Failed}))
	second, _ := begin(declared.Add(time.Hour), "c", true)
	require.Equal(t, 2, second.Attempt)
	require.NoError(t, s.End(ctx, declared, run.End{Run: second.ID, Round: 1, State: run.Failed}))
	repeated, _ := begin(declared.Add(2*time.Hour), "c", true)
	require.Equal(t, second.ID, repeated.ID, "no third attempt, whatever became of the second")
	found, again, err := s.FindRun(ctx, declared.Add(2*time.Hour), key, "c")
	require.NoError(t, err)
	require.True(t, again)
	require.Equal(t, second.ID, found.ID)

	later, _ := begin(declared.Add(26*time.Hour), "c", true)
	require.Equal(t, 3, later.Attempt)
	require.Equal(t, 3, later.Latest)
	found, again, err = s.FindRun(ctx, declared.Add(2*time.Hour), key, "a")
	require.NoError(t, err)
	require.True(t, again)
	require.Equal(t, first.ID, found.ID, "though it isn't the newest")
	for _, request := range []string{"", "d"} {
		found, again, err = s.FindRun(ctx, declared, key, request)
		require.NoError(t, err)
		require.False(t, again)
		require.Equal(t, later.ID, found.ID)
	}
	key.Period = "2016-04"
	none, _, err := s.FindRun(ctx, declared, key, "")
	require.NoError(t, err)
	require.Nil(t, none)
}

// A run of many rounds with many tasks has all of them, in their order.
func TestARunHasAllItsTasks(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	r, _, err := s.Begin(ctx, declared, NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2016-03"}, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(t, err)
	ask(t, s, declared, run.Step{Run: r.ID, Round: 1})
	pgtest.Tamper(t, s.DB(), `INSERT INTO task SELECT (jsonb_populate_record(t, jsonb_build_object(
		'id', t.id || '-' || n, 'step', t.step || '-' || n, 'opened_at', t.opened_at + n / 2 * interval '1 minute'))).* FROM task t, generate_series(1, 1100) n`)
	r, err = s.Run(ctx, r.ID)
	require.NoError(t, err)
	require.Len(t, r.Tasks, 1101)
	seen := map[string]bool{}
	for i, a := range r.Tasks {
		require.False(t, seen[a.ID], a.ID)
		require.False(t, i > 0 && a.Opened.Before(r.Tasks[i-1].Opened), a.ID)
		seen[a.ID] = true
	}
}

// Of a run with many tasks the newest can be asked for: the open ones that are due
// first and those that ended last, with their decisions; the others are counted.
func TestTheNewestOfARun(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	r, _, err := s.Begin(ctx, declared, NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2016-03"}, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(t, err)
	a := ask(t, s, declared, run.Step{Run: r.ID, Round: 1})
	require.Nil(t, decide(t, s, declared, person.Actor{Person: "anton"}, a, task.RequestChanges, "once more"))
	whole, err := s.RunNewest(ctx, r.ID, 3)
	require.NoError(t, err)
	require.Nil(t, whole.LeftOut, "nothing is left out")
	require.Len(t, whole.Decisions, 1)

	// Those that ended did so a minute after each other, later opened ones first.
	pgtest.Tamper(t, s.DB(), `INSERT INTO task SELECT (jsonb_populate_record(t, jsonb_build_object(
		'id', t.id || '-' || n, 'step', t.step || '-' || n, 'state', CASE WHEN n % 2 = 0 THEN 'open' ELSE 'closed' END,
		'opened_at', t.opened_at + n * interval '1 minute', 'due_at', t.due_at - n * interval '1 minute',
		'ended_at', CASE WHEN n % 2 = 1 THEN t.opened_at + (100 - n) * interval '1 minute' END))).* FROM task t, generate_series(1, 20) n`)
	r, err = s.RunNewest(ctx, r.ID, 3)
	require.NoError(t, err)
	var ids []string
	for _, a := range r.Tasks {
		ids = append(ids, a.ID[strings.LastIndex(a.ID, "-")+1:])
	}
	require.Equal(t, []string{"1", "3", "5", "16", "18", "20"}, ids, "in the order of all lists")
	require.Equal(t, run.Unlisted{Open: 7, Ended: 8}, *r.LeftOut)
	require.Empty(t, r.Decisions, "the answered task ended first")
	all, err := s.Run(ctx, r.ID)
	require.NoError(t, err)
	require.Len(t, all.Tasks, 21)
	require.Len(t, all.Decisions, 1)
	require.Nil(t, all.LeftOut)
}

// A start that was decided on before what it is about was retired begins no run,
// on which nobody could decide; and what a run has begun about isn't retired.
func TestNothingBeginsAboutWhatIsRetired(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, append(house(), organisationDoc("north", "olga", "office"))...)
	for _, about := range []resource.Ref{{Kind: resource.Service, Name: "desk"}, {Kind: resource.Organisation, Name: "north"}} {
		n := NewRun{Key: run.Key{Process: "sla-report", Scope: about.Name, Period: "2016-03"}, About: about, Version: 1, Owner: "olga", By: person.Actor{Person: "olga"}}
		require.NoError(t, s.Retire(ctx, root, declared, about.Kind, about.Name))
		_, _, err := s.Begin(ctx, declared, n)
		requireFault(t, err, fault.NotFound, about.Name)
		_, err = s.Run(ctx, n.Key.ID(1))
		requireFault(t, err, fault.NotFound)
	}
}

// Events are reported of a service: an interval of something else that names
// one would wait for it for ever.
func TestEventsAreThoseOfAService(t *testing.T) {
	some := []planning.Event{planning.MajorChange}
	require.NoError(t, checkEvents(aboutService, some))
	require.NoError(t, checkEvents(aboutOrganisation, nil))
	requireFault(t, checkEvents(aboutOrganisation, some), fault.Invalid, "events: Events are reported of a service, and management-review isn't about one")
}
