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
