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

// What can't have happened in that order is taken, since what was entered before may
// be wrong, and told to whoever evaluates; once it is corrected nothing is said.
func TestEntriesThatCannotBeAsTheyAre(t *testing.T) {
	p := play(t, continuity.Functional)
	p.begin()
	p.done("step-1", "step-2", "step-3", "step-4")
	p.say("confirm-1", task.Pass, "", nil)
	p.done("conduct-1")
	over := p.now
	require.Empty(t, drill.Follow(p.Record).Disorders(p.Plan.Spec, p.Setup.Type))
	before := over.Add(-3 * time.Minute).Format(time.RFC3339)
	p.done("back-1")
	p.say("back-2", task.Done, "", map[string]string{"at": before})
	p.say("normal-1", task.Pass, "", nil)
	var words []string
	s := drill.Follow(p.Record)
	for _, d := range s.Disorders(p.Plan.Spec, p.Setup.Type) {
		words = append(words, d.InWords(p.Zone).En)
	}
	require.Len(t, words, 2)
	require.Regexp(t, `^the end of step back 2 \(.+\) is entered as earlier than “drill ended” \(.+\)$`, words[0])
	require.Regexp(t, `^the end of step back 2 \(.+\) is entered as earlier than the end of step back 1 \(.+\)$`, words[1])
	require.Contains(t, p.asked("evaluate").Text.En, words[0]+"; "+words[1])
	require.Contains(t, p.asked("evaluate").Text.De, "Das kann so nicht stimmen und ist zu berichtigen: ")
	s = p.finish(map[string]string{"snapshot": evaluatedWell["snapshot"], "integrity": "whole", "capacity": "70", "back.2": p.now.Format(time.RFC3339), "why": "The log says so."})
	require.Empty(t, s.Disorders(p.Plan.Spec, p.Setup.Type))
}

// What is said of a step doesn't lie before its interruption, or before it went on.
func TestAStepDoesNotGoOnBeforeItsInterruption(t *testing.T) {
	p := play(t, continuity.Functional)
	p.begin()
	p.say("step-1", task.Pause, "The phone rings.", map[string]string{"at": "2026-11-30T10:03:00+01:00"})
	for _, o := range []task.Outcome{task.Resume, task.Failed, task.Skip} {
		err := p.try("paused-1", o, "Because.", map[string]string{"at": "2026-11-30T10:02:00+01:00"})
		require.Equal(t, "fields.at", fault.As(err).Field, o)
		require.ErrorContains(t, err, "is before step 1 was interrupted")
	}
	p.say("paused-1", task.Resume, "", map[string]string{"at": "2026-11-30T10:03:00+01:00"})
	for _, o := range []task.Outcome{task.Done, task.Failed, task.Pause} {
		err := p.try("step-1-2", o, "Because.", map[string]string{"at": "2026-11-30T10:02:59+01:00"})
		require.Equal(t, "fields.at", fault.As(err).Field, o)
		require.ErrorContains(t, err, "is before step 1 went on")
	}
	p.say("step-1-2", task.Done, "", map[string]string{"at": "2026-11-30T10:03:00+01:00"})
}
