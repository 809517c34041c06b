package drill_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// asked is the task of what is asked under a name now.
func (p *played) asked(step string) task.Task {
	p.t.Helper()
	q, ok := drill.Follow(p.Record).Question(step)
	require.True(p.t, ok, step)
	asked, _, err := process.Ask(run.Step{Run: drillRun, Round: 1 + len(p.Reports)}, step, "", q)
	require.NoError(p.t, err)
	return asked
}

// recovers plays a drill up to the end of its script, confirmed.
func (p *played) recovers() {
	p.t.Helper()
	p.begin()
	p.done("step-1", "step-2", "step-3", "step-4")
	p.say("confirm-1", task.Pass, "", nil)
}

func (p *played) back() {
	p.t.Helper()
	p.done("back-1", "back-2")
	p.say("normal-1", task.Pass, "", nil)
}

// A task that isn't asked for any more refuses, also in the moment before it is
// closed.
func TestWhatIsntAskedAnyMoreTakesNoAnswer(t *testing.T) {
	for name, order := range map[string]func(*played){
		"aborted": func(p *played) { p.say("conduct-1", task.Abort, "Customers notice.", nil) },
		"skipped": func(p *played) { p.direct("conduct-1", map[string]string{"order": "skip", "step": "db"}) },
		"given to another person": func(p *played) {
			p.direct("conduct-1", map[string]string{"order": "reassign", "step": "db", "person": "emil"})
		},
		"answered": func(p *played) { p.done("step-2") },
	} {
		p := play(t, continuity.Component)
		p.begin()
		p.done("step-1")
		open := p.asked("step-2")
		order(p)
		err := p.CheckAnswer(p.now.Add(time.Minute), open, task.Done, task.Values{})
		require.True(t, fault.Is(err, fault.Conflict), "%s: %v", name, err)
	}
	p := play(t, continuity.Component)
	p.begin()
	p.done("step-1", "step-2", "step-3", "step-4")
	confirm := p.asked("confirm-1")
	p.done("conduct-1")
	early, _ := json.Marshal("2026-11-30T10:06:30+01:00")
	require.True(t, fault.Is(p.CheckAnswer(p.now.Add(time.Minute), confirm, task.Pass, task.Values{"at": early}), fault.Conflict), "the drill is over")
}

func (p *played) direct(step string, fields map[string]string) {
	p.t.Helper()
	p.say(step, task.Direct, "Because.", fields)
}

// Of two entries of an event the one that was entered later counts, whoever
// entered which.
func TestTheLastEntryOfAnEventCounts(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	p.direct("conduct-1", map[string]string{"order": "correct", "event": "invoked", "at": "2026-11-30T10:00:30+01:00"})
	p.say("step-1", task.Done, "", map[string]string{"at": "2026-11-30T10:04:00+01:00"})
	require.Equal(t, "09:04", drill.Follow(p.Record).At(continuity.Invoked).Format("15:04"), "what was foreseen isn't what happened")
	p.direct("conduct-1-2", map[string]string{"order": "correct", "event": "invoked", "at": "2026-11-30T10:03:00+01:00"})
	require.Equal(t, "09:03", drill.Follow(p.Record).At(continuity.Invoked).Format("15:04"))
	p.done("step-2", "step-3", "step-4")
	p.done("conduct-1-3")
	p.back()
	p.say("evaluate", task.Done, "", map[string]string{"integrity": "whole", "event.ended": "2026-11-30T10:10:30+01:00", "why": "The clock was fast."})
	s := drill.Follow(p.Record)
	require.Equal(t, "09:10:30", s.At(continuity.Ended).Format("15:04:05"), "the end, too, can be corrected")
	counts := map[continuity.Event]int{}
	for _, e := range s.Timeline {
		if !e.Corrected {
			counts[e.Event]++
		}
	}
	for e, n := range counts {
		require.Equal(t, 1, n, e)
	}
	require.NotContains(t, counts, continuity.Confirmed)
}

// Where the beginning is corrected, all is counted from the corrected one.
func TestACorrectedBeginning(t *testing.T) {
	p := play(t, continuity.Component)
	p.recovers()
	p.direct("conduct-1", map[string]string{"order": "correct", "event": "disruption", "at": "2026-11-30T09:50:00+01:00"})
	s := drill.Follow(p.Record)
	require.Equal(t, "08:50", s.Begun.Disruption.Format("15:04"))
	require.Equal(t, "fields.at", fault.As(p.try("conduct-1-2", task.Direct, "Because.", map[string]string{"order": "correct", "event": "disruption", "at": "2026-11-30T10:03:30+01:00"})).Field,
		"steps had been done by then")
}

// The end of a drill doesn't lie before what was done in it.
func TestAnEndBeforeAStep(t *testing.T) {
	for name, o := range map[string]task.Outcome{"ended": task.Done, "aborted": task.Abort} {
		p := play(t, continuity.Component)
		p.begin()
		p.done("step-1", "step-2", "step-3")
		p.say("step-4", task.Failed, "It doesn't come up.", nil)
		early := map[string]string{"at": "2026-11-30T10:01:00+01:00"}
		require.Equal(t, "fields.at", fault.As(p.try("conduct-1", o, "Over.", early)).Field, name)
		p.say("conduct-1", o, "Over.", nil)
		p.back()
		require.Equal(t, "fields.event.ended", fault.As(p.try("evaluate", task.Done, "", map[string]string{"integrity": "no-data", "event.ended": early["at"], "why": "Because."})).Field)
	}
}

// The content of what came back decides: whether the recovery point was reached
// can't be said of data that is damaged, or that nobody looked at.
func TestTheDataDecidesOnTheRecoveryPoint(t *testing.T) {
	for integrity, want := range map[string]continuity.Verdict{"whole": continuity.Pass, "damaged": continuity.Fail, "not-checked": continuity.Incomplete} {
		p := play(t, continuity.Component)
		p.recovers()
		p.done("conduct-1")
		p.back()
		s := p.finish(map[string]string{"snapshot": "2026-11-30T09:30:00+01:00", "capacity": "75", "integrity": integrity})
		require.Equal(t, want, s.Result.Verdicts.RPO, integrity)
		require.Equal(t, want, s.Result.Overall, integrity)
		require.Equal(t, want != continuity.Pass, s.Result.Retest, integrity)
		require.Equal(t, continuity.Pass, s.Result.Verdicts.RTO, integrity)
	}
	p := play(t, continuity.Component)
	p.recovers()
	p.done("conduct-1")
	p.back()
	for _, field := range []string{"snapshot", "backup"} {
		require.Equal(t, "fields."+field, fault.As(p.try("evaluate", task.Done, "", map[string]string{field: "2026-11-30T09:30:00+01:00", "integrity": "no-data"})).Field)
	}
	s := p.finish(map[string]string{"integrity": "no-data"})
	require.Equal(t, continuity.Incomplete, s.Result.Verdicts.RPO)
}

// A drill isn't held before the day for which it was approved; a scenario may
// begin on the evening before.
func TestHeldBeforeItsDate(t *testing.T) {
	p := play(t, continuity.Component)
	require.Equal(t, "fields.disruption", fault.As(p.try("begin", task.Done, "", map[string]string{"disruption": "2026-11-28T23:00:00+01:00", "offsite": "yes"})).Field)
	p.say("begin", task.Done, "", map[string]string{"disruption": "2026-11-29T23:00:00+01:00", "offsite": "yes"})
	p = play(t, continuity.Tabletop)
	said := map[string]string{"held": "2026-11-27T09:00:00+01:00", "notes": "Talked through.", "offsite": "no"}
	require.Equal(t, "fields.held", fault.As(p.try("discuss", task.Done, "", said)).Field)
}

// planned is how a drill of the plan is planned, with some fields otherwise.
func planned(plan continuity.Plan, retests *drill.Retested, otherwise map[string]string) error {
	v := map[string]string{"type": "component", "date": "2026-11-30", "scenario": "The site is lost", "conductor": "carl", "deputy": "dirk", "risk": "a", "rollback": "b", "stop": "c"}
	maps.Copy(v, otherwise)
	_, err := drill.ReadSetup(plan, retests, task.Decision{Fields: values(v)})
	return err
}

// Whoever confirms for the business conducts nothing.
func TestTheBusinessDoesntConduct(t *testing.T) {
	require.NoError(t, planned(plan(), nil, nil))
	for _, who := range []string{"conductor", "deputy"} {
		require.Equal(t, "fields."+who, fault.As(planned(plan(), nil, map[string]string{who: "berta"})).Field)
	}
	require.NoError(t, planned(plan(), nil, map[string]string{"type": "tabletop", "conductor": "berta"}), "there is nothing to confirm")
}

// Whoever is away takes nobody's place.
func TestASubstituteWhoIsAway(t *testing.T) {
	away := map[string]string{"instead.1.of": "dora", "instead.1.by": "anna", "instead.2.of": "anna", "instead.2.by": "emil"}
	require.Equal(t, "fields.instead.1.by", fault.As(planned(plan(), nil, away)).Field)
}

// A discussion of a plan that agrees nothing on recovery has nothing to estimate.
func TestADiscussionOfNothing(t *testing.T) {
	alarm := plan()
	alarm.Objectives = continuity.Agreed{Contacts: share("50")}
	for _, kind := range []string{"checklist", "tabletop", "walkthrough"} {
		require.Equal(t, "fields.type", fault.As(planned(alarm, nil, map[string]string{"type": kind})).Field, kind)
	}
	require.NoError(t, planned(alarm, nil, map[string]string{"type": "call-tree"}))
}

// A re-test leaves out no step that the drill was about that it repeats.
func TestARetestLeavesNothingMoreOut(t *testing.T) {
	before := &drill.Retested{Run: drillRun, Type: continuity.Component, LeftOut: []string{"db"}}
	require.NoError(t, planned(plan(), before, map[string]string{"left-out": "db"}))
	require.Equal(t, "fields.left-out", fault.As(planned(plan(), before, map[string]string{"left-out": "db app"})).Field)
	require.Equal(t, "fields.type", fault.As(planned(plan(), &drill.Retested{Run: drillRun, Type: continuity.Functional}, nil)).Field, "weaker")
}

// Answers of the same instant count in the order in which they were asked for.
func TestAnswersOfTheSameInstant(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	p.say("step-1", task.Pause, "The key is missing.", nil)
	at := p.now
	same := func(step string, o task.Outcome) {
		p.t.Helper()
		p.now = at.Add(-time.Minute)
		p.say(step, o, "Again.", nil)
	}
	same("paused-1", task.Resume)
	require.Equal(t, []string{"step-1-2", "conduct-1"}, p.open())
	same("step-1-2", task.Pause)
	require.Equal(t, []string{"paused-1-2", "conduct-1"}, p.open())
	same("paused-1-2", task.Resume)
	same("step-1-3", task.Done)
	require.Equal(t, "invoke done, db open, app open, open waiting", p.states())
	p.now = at.Add(-time.Minute)
	p.direct("conduct-1", map[string]string{"order": "reassign", "step": "db", "person": "emil"})
	require.Len(t, p.open(), 3)
}

// Whoever conducts enters a step back where its owner can't.
func TestAStepBackWhoseOwnerHasLeft(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	p.say("conduct-1", task.Abort, "Customers notice.", nil)
	q, _ := drill.Follow(p.Record).Question("back-1")
	require.Equal(t, []string{"dora", "carl", "dirk"}, q.Persons)
}

// What the owner is asked doesn't hang on the day on which they are asked.
func TestPlanningIsAskedTheSameOverMidnight(t *testing.T) {
	day := func(n int) calendar.Date { return calendar.Date{Year: 2026, Month: 11, Day: n} }
	q := drill.AskPlan(drill.PlanVersion{Spec: plan()}, day(28), day(30), nil, nil, text.Text{})
	for _, f := range q.Fields {
		if f.Name == "date" {
			require.Equal(t, "2026-11-30", f.Min)
			require.Equal(t, `"2026-11-30"`, string(f.Value), "not before the run began")
		}
	}
}

// What the business confirmed it corrects itself, with its reason; nobody else does.
func TestTheBusinessCorrectsItsConfirmation(t *testing.T) {
	p := play(t, continuity.Component)
	p.recovers()
	for _, o := range p.asked("conduct-1").Fields {
		for _, e := range o.Options {
			require.NotEqual(t, string(continuity.Confirmed), e.Value)
		}
	}
	p.done("conduct-1", "back-1", "back-2")
	require.Equal(t, []string{"berta"}, p.asked("normal-1").For.Persons)
	corrected := map[string]string{"event.mbco-confirmed": "2026-11-30T10:06:30+01:00"}
	require.Equal(t, "fields.why", fault.As(p.try("normal-1", task.Pass, "", corrected)).Field)
	corrected["why"], corrected["event.mbco-confirmed"] = "The zone was wrong.", "2026-11-30T10:05:30+01:00"
	require.Equal(t, "fields.event.mbco-confirmed", fault.As(p.try("normal-1", task.Pass, "", corrected)).Field, "it wasn't there technically")
	corrected["event.mbco-confirmed"] = "2026-11-30T10:06:30+01:00"
	p.say("normal-1", task.Pass, "", corrected)
	for _, f := range p.asked("evaluate").Fields {
		require.NotEqual(t, "event.mbco-confirmed", f.Name)
	}
	s := p.finish(evaluatedWell)
	require.EqualValues(t, 6*60+30, *s.Result.RTA)
}

// A step that is left out stands for what it depends on: what follows it doesn't
// overtake that.
func TestAStepLeftOutStandsForWhatItDependsOn(t *testing.T) {
	p := play(t, continuity.Component)
	p.Setup.LeftOut = []string{"db", "app"}
	p.begin()
	require.Equal(t, []string{"step-1", "conduct-1"}, p.open())
	p.done("step-1")
	require.Equal(t, []string{"step-4", "conduct-1"}, p.open())

	p = play(t, continuity.Component)
	p.Setup.LeftOut = []string{"db", "app"}
	p.begin()
	p.say("step-1", task.Failed, "Nobody answers.", nil)
	require.Equal(t, []string{"conduct-1"}, p.open())
	p.direct("conduct-1", map[string]string{"order": "go-on", "step": "open"})
	require.Equal(t, []string{"step-4", "conduct-1-2"}, p.open(), "it isn't lost")

	p = play(t, continuity.Component)
	p.Setup.LeftOut = []string{"invoke"}
	p.begin()
	require.Equal(t, []string{"step-2", "step-3", "conduct-1"}, p.open())
}

// What the conductor orders, what is aborted, interrupted or skipped has its reason.
func TestEachDeviationHasItsReason(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	require.Error(t, p.try("conduct-1", task.Abort, "", nil))
	require.Error(t, p.try("conduct-1", task.Direct, "", map[string]string{"order": "skip", "step": "db"}))
	for _, o := range []task.Outcome{task.Skip, task.Pause} {
		require.Error(t, p.try("step-1", o, "", nil), o)
	}
	require.NoError(t, p.try("step-1", task.Done, "", nil))
}

// Whatever is ordered and answered, in whatever order, a drill comes to its end:
// something is always asked of somebody, nothing twice, and an abort leads home.
func TestADrillNeverGetsStuck(t *testing.T) {
	type said struct {
		outcome task.Outcome
		fields  map[string]string
	}
	order := func(what, step string) said {
		return said{task.Direct, map[string]string{"order": what, "step": step, "person": "fritz"}}
	}
	var orders []said
	for _, step := range []string{"invoke", "db", "app", "open"} {
		for _, what := range []string{"go-on", "not-tested", "skip", "reassign"} {
			orders = append(orders, order(what, step))
		}
	}
	for seed := range uint64(120) {
		p := play(t, continuity.Component)
		p.begin()
		random := rand.New(rand.NewPCG(seed, 7))
		for range 60 {
			open := drill.Follow(p.Record).Open()
			require.NotEmpty(t, open)
			for _, name := range open {
				_, answered := p.Answers[name]
				require.False(t, answered, "seed %d: %s is asked again", seed, name)
			}
			name := open[random.IntN(len(open))]
			if random.IntN(5) == 0 {
				p.now = p.now.Add(-time.Minute) // the same instant as what was said before
			}
			question := p.asked(name)
			outcome := question.Outcomes[random.IntN(len(question.Outcomes))]
			var fields map[string]string
			if step, _ := drill.Numbered(name); step == process.DrillConduct {
				if random.IntN(12) > 0 {
					one := orders[random.IntN(len(orders))]
					outcome, fields = one.outcome, one.fields
				} else if outcome == task.Direct {
					outcome = task.Abort
				}
			}
			if name == process.DrillEvaluate {
				break
			}
			_ = p.try(name, outcome, "Because.", fields) // some are refused
		}
		if s := drill.Follow(p.Record); s.Happened.At(continuity.Ended).IsZero() {
			for _, name := range p.open() {
				if step, _ := drill.Numbered(name); step == process.DrillConduct {
					p.say(name, task.Abort, "Enough.", nil)
				}
			}
		}
		for range 10 {
			open := p.open()
			require.NotEmpty(t, open, "seed %d", seed)
			if open[0] == process.DrillEvaluate {
				break
			}
			outcome := task.Done
			if step, _ := drill.Numbered(open[0]); step == process.DrillNormal {
				outcome = task.Pass
			}
			p.say(open[0], outcome, "", nil)
		}
		s := p.finish(map[string]string{"integrity": "not-checked"})
		require.NotEqual(t, continuity.Pass, s.Result.Overall)
		for _, step := range s.Steps {
			require.True(t, step.State.Ended(), "seed %d: %s is %s", seed, step.Name, step.State)
		}
	}
}
