package drill_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/task"
)

func (p *played) call(number int) drill.Call { return drill.Follow(p.Record).Calls[number-1] }

// start begins a drill, and enters its calls.
func start(t *testing.T, kind continuity.Type, calls map[string]string) *played {
	p := play(t, kind)
	p.say("begin", task.Done, "", map[string]string{"disruption": "2026-11-30T10:00:00+01:00", "offsite": "yes"})
	p.say("calls", task.Done, "", calls)
	return p
}

func reach(reached bool, at, by string) drill.Reach {
	x := drill.Reach{Reached: reached, By: by}
	if t, err := time.Parse(time.RFC3339, at); err == nil {
		t = t.UTC()
		x.When = &t
	}
	return x
}

// A call that was entered wrongly is corrected by a further entry, with its reason;
// what was entered before stays, with who entered it and when.
func TestACallIsCorrected(t *testing.T) {
	p := play(t, continuity.Component)
	p.say("begin", task.Done, "", map[string]string{"disruption": "2026-11-30T10:00:00+01:00", "offsite": "yes"})
	call := func(number, reached string, more ...string) map[string]string {
		v := map[string]string{"order": "correct", "contact": number, "reached": reached}
		for i := 0; i < len(more); i += 2 {
			v[more[i]] = more[i+1]
		}
		return v
	}
	tries := func(fields map[string]string) error {
		return p.try("conduct-1", task.Direct, "The phone's log says so.", fields)
	}
	require.Equal(t, "fields.contact", fault.As(tries(call("1", "yes"))).Field, "not entered yet")
	p.say("calls", task.Done, "", map[string]string{"contact.1.reached": "yes", "contact.1.at": "2026-11-30T10:01:00+01:00", "contact.1.by": "phone", "contact.2.reached": "no"})
	entered := p.now
	require.Equal(t, "carl", p.call(1).Caller)
	require.True(t, p.call(1).Entered.Equal(entered))
	for _, c := range []struct {
		field string
		wrong map[string]string
	}{
		{"fields.contact", call("3", "yes")},
		{"fields.contact", call("0", "yes")},
		{"fields.contact", call("Provider", "yes")},
		{"fields.reached", call("1", "")},
		{"fields.reached", call("1", "yes")}, // entered already
		{"fields.reached", call("2", "no")},
		{"fields.reached", call("1", "yes", "at", "2026-11-30T10:01:00+01:00", "by", "phone")},
		{"fields.contact", call("1", "no", "event", "invoked")},
		{"fields.contact", call("1", "no", "step", "invoke")},
		{"fields.at", call("1", "yes", "at", "2026-11-30T09:59:59+01:00")}, // before the disruption
		{"fields.at", call("1", "yes", "at", "2026-11-30T12:00:00+01:00")}, // to come
		{"fields.reached", map[string]string{"order": "correct", "event": "invoked", "reached": "yes", "at": "2026-11-30T10:01:00+01:00"}},
	} {
		require.Equal(t, c.field, fault.As(tries(c.wrong)).Field, "%v", c.wrong)
	}
	require.Equal(t, "comment", fault.As(p.try("conduct-1", task.Direct, "", call("1", "no"))).Field)

	p.direct("conduct-1", call("1", "yes", "at", "2026-11-30T10:01:30+01:00"))
	require.Equal(t, reach(true, "2026-11-30T10:01:30+01:00", "phone"), p.call(1).Reach, "the way stays as it was entered")
	err := p.try("conduct-1-2", task.Direct, "Because.", map[string]string{"order": "correct", "event": "disruption", "at": "2026-11-30T10:01:40+01:00"})
	require.Equal(t, "fields.at", fault.As(err).Field)
	require.ErrorContains(t, err, "Provider was called on 30 November 2026, 10:01")
	p.direct("conduct-1-2", call("2", "yes", "by", "mail"))
	require.Equal(t, reach(true, "", "mail"), p.call(2).Reach)
	p.direct("conduct-1-3", call("1", "no"))
	require.Equal(t, reach(false, "", ""), p.call(1).Reach, "instant and way were those of another call")
	x := p.call(1).Corrections
	require.Len(t, x, 2)
	require.Equal(t, reach(true, "2026-11-30T10:01:00+01:00", "phone"), x[0].Was)
	require.Equal(t, []any{x[0].Is, "carl", "Because.", 0}, []any{x[1].Was, x[0].By, x[0].Reason, x[0].Round})
	require.True(t, p.call(1).Entered.Equal(entered), "the first entry's")

	// What counts is what was corrected.
	p.done("step-1", "step-2", "step-3", "step-4")
	p.say("confirm-1", task.Pass, "", nil)
	p.done("conduct-1-4")
	p.back()
	s := p.finish(evaluatedWell)
	require.Equal(t, continuity.Pass, s.Result.Verdicts.Contacts, "one of two")
}

// With the evaluation the conductor corrects when contacts were reached, and when
// steps back ended; a step back is asked for once the script has ended, so that
// nothing corrects it before.
func TestCallsAndStepsBackAreCorrectedWithTheEvaluation(t *testing.T) {
	p := start(t, continuity.Component, map[string]string{"contact.1.reached": "yes", "contact.1.at": "2026-11-30T10:00:30+01:00", "contact.1.by": "phone", "contact.2.reached": "no", "contact.2.by": "mail"})
	p.done("step-1", "step-2", "step-3", "step-4")
	p.say("confirm-1", task.Pass, "", nil)
	p.done("conduct-1")
	p.back()
	was := *drill.Follow(p.Record).Return[0].Ended
	with := func(more map[string]string) map[string]string {
		v := map[string]string{"why": "The log says so."}
		for _, m := range []map[string]string{evaluatedWell, more} {
			for name, x := range m {
				v[name] = x
			}
		}
		return v
	}
	help := map[string]string{}
	for _, f := range p.asked("evaluate").Fields {
		help[f.Name] = f.Help.De
	}
	require.Contains(t, help["back.1"], "Eingetragen ist 30.11.2026, 10:0")
	require.Contains(t, help["call.1"], "Eingetragen ist erreicht, 30.11.2026, 10:00:30")
	require.NotContains(t, help, "call.2", "an instant makes nobody reached")
	for field, at := range map[string]string{"back.1": was.Format(time.RFC3339), "back.2": "2026-11-30T09:59:00+01:00", "call.1": "2026-12-30T09:59:00+01:00"} {
		require.Equal(t, "fields."+field, fault.As(p.try("evaluate", task.Done, "", with(map[string]string{field: at}))).Field)
	}
	for _, field := range []string{"back.1", "call.1"} {
		require.Equal(t, "fields.why", fault.As(p.try("evaluate", task.Done, "", with(map[string]string{field: "2026-11-30T10:08:30+01:00", "why": ""}))).Field)
	}
	s := p.finish(with(map[string]string{"back.1": "2026-11-30T10:08:30+01:00", "call.1": "2026-11-30T10:02:00+01:00"}))
	require.Equal(t, "2026-11-30T09:08:30Z", s.Return[0].Ended.Format(time.RFC3339))
	require.Equal(t, drill.Correction{Was: was, When: *s.Return[0].Ended, Reason: "The log says so.", By: "carl", At: s.Evaluation.At}, s.Return[0].Corrections[0])
	require.Empty(t, s.Return[1].Corrections)
	require.Equal(t, reach(true, "2026-11-30T10:02:00+01:00", "phone"), s.Calls[0].Reach)
	require.Equal(t, reach(true, "2026-11-30T10:00:30+01:00", "phone"), s.Calls[0].Corrections[0].Was)

	// The report says both; what it says is corrected in the same way once changes to
	// it were requested.
	p.Reports = append(p.Reports, map[string]task.Decision{})
	p.decides(task.RequestChanges)
	tries := func(step string, fields map[string]string) error {
		return p.try(step, task.Correct, "The log says more.", fields)
	}
	require.Equal(t, "fields.at", fault.As(tries("correct-1", map[string]string{"step": "sync", "at": "2026-11-30T10:08:30+01:00"})).Field, "entered already")
	require.Equal(t, "fields.at", fault.As(tries("correct-1", map[string]string{"step": "sync"})).Field)
	require.Equal(t, "fields.at", fault.As(tries("correct-1", map[string]string{"step": "switch", "at": "2026-11-30T09:30:00+01:00"})).Field)
	require.Equal(t, "fields.contact", fault.As(tries("correct-1", map[string]string{"event": "mbco_confirmed", "contact": "1", "reached": "no"})).Field)
	require.NoError(t, tries("correct-1", map[string]string{"step": "sync", "at": "2026-11-30T10:08:40+01:00"}))
	require.NoError(t, tries("correct-1-2", map[string]string{"contact": "1", "reached": "no"}))
	require.NoError(t, tries("correct-1-3", map[string]string{"contact": "2", "reached": "yes", "at": "2026-11-30T10:03:00+01:00", "by": "phone"}))
	asked := p.asked("correct-1-4").Fields
	require.Contains(t, asked[1].Options[4].Title.En, "Back, 1: Do sync: entered is 30 November 2026, 10:08")
	require.Equal(t, "2: Insurance: eingetragen ist erreicht, 30.11.2026, 10:03\u00a0Uhr\u00a0MEZ, phone", asked[2].Options[1].Title.De)
	p.done("correct-1-4")
	s = drill.Follow(p.Record)
	require.Equal(t, []string{"review"}, p.open(), "what was reviewed was corrected")
	require.Equal(t, 3, s.Return[0].Corrections[1].Round)
	require.Equal(t, []any{3, 3}, []any{s.Calls[0].Corrections[1].Round, s.Calls[1].Corrections[0].Round})
	require.Equal(t, []any{false, true}, []any{s.Calls[0].Reached, s.Calls[1].Reached})
}

// As many fields as a plan can ask for are as many as a task can have.
func TestTheEvaluationOfTheLargestPlanCanBeAsked(t *testing.T) {
	p := play(t, continuity.Invocation)
	contact := p.Plan.Spec.Contacts[0]
	p.Plan.Spec.Contacts, p.Plan.Spec.Return = nil, nil
	for range 60 {
		p.Plan.Spec.Contacts = append(p.Plan.Spec.Contacts, contact)
	}
	reached := map[string]string{}
	for i := range 60 {
		reached["contact."+strconv.Itoa(i+1)+".reached"] = "yes"
	}
	for i := range 200 {
		p.Plan.Spec.Return = append(p.Plan.Spec.Return, continuity.Step{Name: "back-" + strconv.Itoa(i+1), Title: "Back", Owner: "dora", Takes: 60})
	}
	p.say("begin", task.Done, "", map[string]string{"disruption": "2026-11-30T10:00:00+01:00", "offsite": "yes"})
	p.say("calls", task.Done, "", reached)
	p.say("conduct-1", task.Abort, "Enough.", nil)
	for i := range 200 {
		p.done("back-" + strconv.Itoa(i+1))
	}
	p.say("normal-1", task.Pass, "", nil)
	require.Greater(t, len(p.asked("evaluate").Fields), 270)
}

// The way by which somebody was tried in vain isn't the one by which they were
// reached.
func TestSomebodyIsReachedInAnotherWay(t *testing.T) {
	p := start(t, continuity.CallTree, map[string]string{"contact.1.reached": "no", "contact.1.at": "2026-11-30T10:00:30+01:00", "contact.1.by": "phone", "contact.2.reached": "no"})
	p.direct("conduct-1", map[string]string{"order": "correct", "contact": "1", "reached": "yes", "at": "2026-11-30T10:01:00+01:00"})
	require.Equal(t, reach(true, "2026-11-30T10:01:00+01:00", ""), p.call(1).Reach)
}

// Two things in one answer, of which one would be ignored without a word.
func TestWhatADirectionIgnoresIsRefused(t *testing.T) {
	for field, all := range map[string][]map[string]string{
		"fields.contact": {{"order": "skip", "step": "app", "contact": "1", "reached": "no"}, {"order": "reassign", "step": "app", "person": "emil", "contact": "1", "reached": "no", "by": "phone"},
			{"order": "confirm-by", "person": "emilia", "contact": "1", "reached": "no"}},
		"fields.event":  {{"order": "skip", "step": "app", "event": "invoked"}},
		"fields.person": {{"order": "correct", "contact": "1", "reached": "no", "person": "emil"}},
	} {
		for _, v := range all {
			p := start(t, continuity.Component, map[string]string{"contact.1.reached": "yes", "contact.2.reached": "no"})
			require.Equal(t, field, fault.As(p.try("conduct-1", task.Direct, "Because.", v)).Field, "%v", v)
		}
	}
}

// A record that was taken before anybody looked at calls refuses no other answer:
// at last nobody could mend it any more.
func TestABeginningBehindACallHoldsUpNobody(t *testing.T) {
	p := start(t, continuity.Component, map[string]string{"contact.1.reached": "yes", "contact.1.at": "2026-11-30T10:01:00+01:00", "contact.2.reached": "no"})
	p.Answers["conduct-1"] = task.Decision{Run: drillRun, Round: 1, Person: "carl", Outcome: task.Direct, Comment: "Because.", At: p.now.Add(30 * time.Second),
		Fields: values(map[string]string{"order": "correct", "event": "disruption", "at": "2026-11-30T10:01:30+01:00"})}
	p.now = p.now.Add(time.Minute)
	p.done("step-1")
	p.say("conduct-1-2", task.Abort, "Because.", nil)
	p.done("back-1")
}
