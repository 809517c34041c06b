package drill_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/task"
)

// step is what became of a step, by its number.
func (p *played) step(number int) drill.Tracked {
	return drill.Follow(p.Record).Steps[number-1]
}

// The end of a step that was entered wrongly is corrected by a further entry, with
// its reason; what was entered before stays, and the event that the step marks
// follows.
func TestTheEndOfAStepIsCorrected(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	p.done("step-1")
	was := *p.step(1).Ended
	end := func(step, at string) map[string]string {
		return map[string]string{"order": "correct", "step": step, "at": at}
	}
	for _, c := range []struct {
		field string
		wrong map[string]string
	}{
		{"fields.event", map[string]string{"order": "correct", "at": "2026-11-30T10:01:30+01:00"}},
		{"fields.at", map[string]string{"order": "correct", "step": "invoke"}},
		{"fields.step", end("db", "2026-11-30T10:01:30+01:00")}, // it is open
		{"fields.step", map[string]string{"order": "correct", "event": "invoked", "step": "invoke", "at": "2026-11-30T10:01:30+01:00"}},
		{"fields.at", end("invoke", "2026-11-30T09:59:59+01:00")}, // before the disruption
		{"fields.at", end("invoke", "2026-11-30T12:00:00+01:00")}, // to come
		{"fields.at", end("invoke", was.Format(time.RFC3339))},    // entered already
	} {
		require.Equal(t, c.field, fault.As(p.try("conduct-1", task.Direct, "The log says so.", c.wrong)).Field, "%v", c.wrong)
	}
	p.direct("conduct-1", end("invoke", "2026-11-30T10:01:30+01:00"))
	now := time.Date(2026, 11, 30, 9, 1, 30, 0, time.UTC)
	x := p.step(1)
	require.True(t, x.Ended.Equal(now))
	require.Len(t, x.Corrections, 1)
	require.True(t, x.Corrections[0].Was.Equal(was) && x.Corrections[0].When.Equal(now))
	require.Equal(t, []any{"carl", 0}, []any{x.Corrections[0].By, x.Corrections[0].Round})
	invoked := entries(drill.Follow(p.Record), continuity.Invoked)
	require.Len(t, invoked, 2)
	require.True(t, invoked[0].When.Equal(was) && invoked[0].Corrected && invoked[1].When.Equal(now) && !invoked[1].Corrected, "%v", invoked)
	require.Equal(t, []string{"invoke", "invoke"}, []string{invoked[0].Step, invoked[1].Step})

	// A second one stands beside the first; a step that marks nothing moves no event.
	p.direct("conduct-1-2", end("invoke", "2026-11-30T10:02:00+01:00"))
	require.Len(t, p.step(1).Corrections, 2)
	p.done("step-2")
	before := len(drill.Follow(p.Record).Timeline)
	p.direct("conduct-1-3", end("db", "2026-11-30T10:03:00+01:00"))
	require.Len(t, drill.Follow(p.Record).Timeline, before)
	require.Equal(t, "2026-11-30T09:03:00Z", p.step(2).Ended.UTC().Format(time.RFC3339))
}

// Once changes to the report were requested, the end of a step is corrected as an
// event is, and says after which round.
func TestTheEndOfAStepIsCorrectedAfterwards(t *testing.T) {
	p := reported(t)
	p.decides(task.RequestChanges)
	was := *p.step(2).Ended
	tries := func(step string, fields map[string]string) error {
		return p.try(step, task.Correct, "The monitoring says so.", fields)
	}
	require.Equal(t, "fields.event", fault.As(tries("correct-1", map[string]string{"at": "2026-11-30T10:03:30+01:00"})).Field)
	require.Equal(t, "fields.step", fault.As(tries("correct-1", map[string]string{"event": "detected", "step": "db", "at": "2026-11-30T10:03:30+01:00"})).Field)
	require.Equal(t, "fields.step", fault.As(tries("correct-1", map[string]string{"event": "mbco_confirmed", "step": "db"})).Field)
	require.Equal(t, "fields.at", fault.As(tries("correct-1", map[string]string{"step": "db", "at": was.Format(time.RFC3339)})).Field)
	require.NoError(t, tries("correct-1", map[string]string{"step": "db", "at": "2026-11-30T10:03:30+01:00"}))
	x := p.step(2)
	require.Equal(t, "2026-11-30T09:03:30Z", x.Ended.UTC().Format(time.RFC3339))
	require.True(t, x.Corrections[0].Was.Equal(was))
	require.Equal(t, 3, x.Corrections[0].Round)
	require.Equal(t, []string{"correct-1-2"}, p.open())
	p.say("correct-1-2", task.Done, "", nil)
	require.Equal(t, []string{"review"}, p.open(), "what was reviewed was corrected")
}

// The end of a step whose event was corrected is that of the event: by it the
// beginning and the end of the drill are checked, and a further correction says it
// as what counted before.
func TestAStepWhoseEventWasCorrected(t *testing.T) {
	p := start(t, continuity.Component, map[string]string{"contact.1.reached": "yes", "contact.2.reached": "no"})
	p.say("step-1", task.Done, "", map[string]string{"at": "2026-11-30T10:01:00+01:00"})
	p.now = p.now.Add(20 * time.Minute)
	p.direct("conduct-1", map[string]string{"order": "correct", "event": "invoked", "at": "2026-11-30T10:10:00+01:00"})
	err := p.try("conduct-1-2", task.Direct, "Because.", map[string]string{"order": "correct", "step": "invoke", "at": "2026-11-30T10:10:00+01:00"})
	require.ErrorContains(t, err, "entered already")
	p.direct("conduct-1-2", map[string]string{"order": "correct", "event": "disruption", "at": "2026-11-30T10:05:00+01:00"})
	p.direct("conduct-1-3", map[string]string{"order": "correct", "step": "invoke", "at": "2026-11-30T10:06:00+01:00"})
	require.Equal(t, "2026-11-30T09:10:00Z", p.step(1).Corrections[0].Was.Format(time.RFC3339))

	p = reported(t)
	p.decides(task.RequestChanges)
	p.corrects("correct-1", "mbco_technical", "2026-11-30T10:04:00+01:00")
	p.corrects("correct-1-2", "mbco_confirmed", "")
	p.corrects("correct-2", "mbco_confirmed", "2026-11-30T10:04:30+01:00")
	p.corrects("correct-1-3", "ended", "2026-11-30T10:05:30+01:00")
}

// What is entered already is no correction, also of an event, and to the second that
// people are shown.
func TestWhatIsEnteredAlreadyIsNoCorrection(t *testing.T) {
	p := play(t, continuity.Component)
	p.now = p.now.Add(345678 * time.Microsecond)
	p.recovers()
	shown := p.step(1).Ended.Truncate(time.Second).Format(time.RFC3339)
	for _, what := range []map[string]string{{"step": "invoke"}, {"event": "invoked"}} {
		what["order"], what["at"] = "correct", shown
		require.ErrorContains(t, p.try("conduct-1", task.Direct, "Because.", what), "entered already", "%v", what)
	}
	p.done("conduct-1")
	p.back()
	evaluation := map[string]string{"event.invoked": shown, "why": "The log says so."}
	for name, v := range evaluatedWell {
		evaluation[name] = v
	}
	require.Equal(t, "fields.event.invoked", fault.As(p.try("evaluate", task.Done, "", evaluation)).Field)
}
