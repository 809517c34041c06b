package drill_test

import (
	"slices"
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

// recovered is a plan that was carried out without a hitch, up to its evaluation.
func recovered(t *testing.T, kind continuity.Type) *played {
	p := play(t, kind)
	p.begin()
	p.done("step-1", "step-2", "step-3", "step-4")
	p.say("confirm-1", task.Pass, "", nil)
	p.done("conduct-1", "back-1", "back-2")
	p.say("normal-1", task.Pass, "", nil)
	return p
}

func with(fields map[string]string, more ...string) map[string]string {
	all := map[string]string{}
	for name, v := range fields {
		all[name] = v
	}
	for i := 0; i < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

var lostInEarnest = with(evaluatedWell, "cause", "A fire in the data centre.", "impact", "No orders for nine minutes.", "recovery", "All of it, at the second site.")

func TestAnInvocationIsJudgedLikeAFullInterruption(t *testing.T) {
	earnest, drilled := recovered(t, continuity.Invocation).finish(lostInEarnest), recovered(t, continuity.FullInterruption).finish(evaluatedWell)
	require.Equal(t, continuity.Pass, earnest.Result.Overall)
	require.Equal(t, drilled.Result, earnest.Result)
	require.EqualValues(t, 7*60, *earnest.Result.RTA)
	require.Equal(t, []string{"A fire in the data centre.", "No orders for nine minutes.", "All of it, at the second site."},
		[]string{earnest.Evaluation.Cause, earnest.Evaluation.Impact, earnest.Evaluation.Recovery})

	p := recovered(t, continuity.Invocation)
	late := p.finish(with(lostInEarnest, "event.disruption", "2026-11-30T07:00:00+01:00", "why", "The monitor stood still.", "snapshot", ""))
	require.Equal(t, continuity.Fail, late.Result.Overall)
	require.Equal(t, continuity.Fail, late.Result.Verdicts.RTO)
	require.True(t, late.Result.Retest, "what failed in earnest is to be shown")
}

func TestCauseImpactAndRecoveryAreAskedOfAnInvocationAlone(t *testing.T) {
	asked := []string{"cause", "impact", "recovery"}
	for _, kind := range continuity.Plannable() {
		if !kind.Measures() {
			continue
		}
		q, ok := drill.Follow(recovered(t, kind).Record).Question(process.DrillEvaluate)
		require.True(t, ok, kind)
		for _, name := range asked {
			require.Equal(t, kind == continuity.Invocation, slices.ContainsFunc(q.Fields, func(f task.Field) bool { return f.Name == name }), "%s %s", kind, name)
		}
	}
	for _, name := range asked {
		p := recovered(t, continuity.Invocation)
		require.Equal(t, "fields."+name, fault.As(p.try("evaluate", task.Done, "", with(lostInEarnest, name, ""))).Field)
	}
}

// A disruption keeps to no date, and may lie before anybody confirmed the
// invocation: what was done by then counts when it happened.
func TestAnInvocationBeginsBeforeItIsApproved(t *testing.T) {
	p := play(t, continuity.Invocation)
	p.now = time.Date(2026, 11, 29, 22, 58, 0, 0, time.UTC) // on the day before
	require.Equal(t, "fields.disruption", fault.As(p.try("begin", task.Done, "", map[string]string{"disruption": "2026-11-30T10:00:00+01:00", "offsite": "yes"})).Field, "not in the future")
	p.say("begin", task.Done, "", map[string]string{"disruption": "2026-11-29T22:30:00+01:00", "offsite": "yes"})
	p.say("calls", task.Done, "", map[string]string{"contact.1.reached": "yes", "contact.2.reached": "no"})
	p.say("step-1", task.Done, "", map[string]string{"at": "2026-11-29T22:40:00+01:00"})
	p.done("step-2", "step-3", "step-4")
	s := drill.Follow(p.Record)
	require.Equal(t, time.Date(2026, 11, 29, 21, 40, 0, 0, time.UTC), s.At(continuity.Invoked))
	require.Equal(t, drill.Done, s.Steps[0].State)
}

// No question of an invocation speaks of a drill.
func TestAnInvocationIsCalledNoDrill(t *testing.T) {
	p := play(t, continuity.Invocation)
	seen := func() {
		s := drill.Follow(p.Record)
		for _, q := range s.Ask {
			asked, _, err := process.Ask(run.Step{Run: drillRun, Round: 1}, q.Step, "", q)
			require.NoError(t, err)
			for _, x := range append([]text.Text{asked.Title, asked.Text}, words(asked.Fields)...) {
				require.NotContains(t, x.En, "drill", q.Step)
				require.NotContains(t, x.De, "Übung", q.Step)
			}
		}
	}
	seen()
	p.begin()
	seen()
	require.NotContains(t, p.try("conduct-1", task.Done, "", nil).Error(), "drill")
	p.done("step-1", "step-2", "step-3", "step-4")
	p.say("confirm-1", task.Pass, "", nil)
	seen()
	p.done("conduct-1", "back-1", "back-2")
	p.say("normal-1", task.Pass, "", nil)
	seen()
	p.say("evaluate", task.Done, "", lostInEarnest)
	seen()
	p.say("debrief", task.Done, "", map[string]string{"well": "a", "badly": "b", "lessons": "c"})
	seen()
}

func words(fields []task.Field) (all []text.Text) {
	for _, f := range fields {
		all = append(all, f.Title, f.Help)
		for _, o := range f.Options {
			all = append(all, o.Title)
		}
	}
	return all
}

func TestHowAnInvocationIsPlanned(t *testing.T) {
	today := calendar.Date{Year: 2026, Month: 11, Day: 30}
	q := drill.AskPlan(drill.PlanVersion{Name: "desk-loss", Version: 3, Spec: plan()}, today, today, nil, nil, text.Text{})
	q.Step = process.DrillPlan
	asked, _, err := process.Ask(run.Step{Run: drillRun, Round: 1}, process.DrillPlan, "", q)
	require.NoError(t, err)
	read := func(fields map[string]string) (drill.Setup, error) {
		v, err := asked.CheckAnswer(task.Done, values(fields), time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		return drill.ReadSetup(plan(), nil, task.Decision{Fields: v, Person: "olga"})
	}
	earnest := map[string]string{"type": "invocation", "date": "2026-11-30", "scenario": "The site is lost", "conductor": "carl", "production": "All of it"}
	s, err := read(earnest)
	require.NoError(t, err)
	require.Equal(t, continuity.Invocation, s.Type)
	drilled := with(earnest, "type", "full-interruption", "risk", "No way back", "rollback", "Switch back", "stop", "Customers notice")
	_, err = read(drilled)
	require.NoError(t, err)
	for field, fields := range map[string]map[string]string{
		"fields.production":  with(earnest, "production", ""),
		"fields.maintenance": with(earnest, "maintenance", "CHG-1"),
		"fields.left-out":    with(earnest, "left-out", "db"),
		"fields.risk":        with(drilled, "risk", ""),
		"fields.rollback":    with(drilled, "rollback", ""),
		"fields.stop":        with(drilled, "stop", ""),
	} {
		_, err := read(fields)
		require.Equal(t, field, fault.As(err).Field)
	}
	weaker := &drill.Retested{Run: drillRun, Type: continuity.Invocation}
	_, err = drill.ReadSetup(plan(), weaker, task.Decision{Fields: values(with(drilled, "type", "parallel"))})
	require.Equal(t, "fields.type", fault.As(err).Field, "a parallel test is weaker")
	_, err = drill.ReadSetup(plan(), weaker, task.Decision{Fields: values(drilled)})
	require.NoError(t, err)
}
