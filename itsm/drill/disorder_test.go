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

// What is entered in another order than planned is taken, since what was entered before
// may be wrong, and told to whoever evaluates; once it is corrected nothing is said.
func TestEntriesInAnotherOrderThanPlanned(t *testing.T) {
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
	require.Contains(t, p.asked("evaluate").Text.De, "\nIn anderer Reihenfolge eingetragen als geplant: das Ende von Schritt 2 der Rückkehr (")
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
		require.Contains(t, fault.As(err).Message.De, "liegt vor der Unterbrechung von Schritt 1, ")
	}
	p.say("paused-1", task.Resume, "", map[string]string{"at": "2026-11-30T10:03:00+01:00"})
	for _, o := range []task.Outcome{task.Done, task.Failed, task.Pause} {
		err := p.try("step-1-2", o, "Because.", map[string]string{"at": "2026-11-30T10:02:59+01:00"})
		require.Equal(t, "fields.at", fault.As(err).Field, o)
		require.ErrorContains(t, err, "is before step 1 went on")
	}
	p.say("step-1-2", task.Done, "", map[string]string{"at": "2026-11-30T10:03:00+01:00"})
}

// A step of a component test that is left out stands for what it depends on: what comes
// after it comes after that.
func TestADisorderAcrossAStepThatIsLeftOut(t *testing.T) {
	p := play(t, continuity.Component)
	p.Setup.LeftOut = []string{"db", "app"}
	p.begin()
	p.now = p.now.Add(time.Hour)
	p.say("step-1", task.Done, "", map[string]string{"at": clocked("10:30")})
	p.say("step-4", task.Done, "", map[string]string{"at": clocked("10:10")})
	require.Len(t, drill.Follow(p.Record).Disorders(p.Plan.Spec, p.Setup.Type), 1)
}

// The end of a step that is in disorder, and marks no event, is corrected with the
// evaluation, with a reason; those of other steps aren't asked for.
func TestAnEndInDisorderIsCorrectedWithTheEvaluation(t *testing.T) {
	p := play(t, continuity.Functional)
	p.begin()
	p.now = p.now.Add(time.Hour)
	p.done("step-1")
	p.say("step-2", task.Done, "", map[string]string{"at": clocked("10:01")}) // marks no event
	p.done("step-3", "step-4")
	p.say("confirm-1", task.Pass, "", nil)
	p.done("conduct-1")
	p.back()
	asked := p.asked("evaluate")
	require.Contains(t, asked.Text.En, "Entered in another order than planned: the end of step 2")
	require.Subset(t, fieldNames(asked), []string{"step.2"})
	require.NotContains(t, fieldNames(asked), "step.1", "it is corrected as the event that it marks")
	require.NotContains(t, fieldNames(asked), "step.3")
	evaluated := func(more ...string) map[string]string {
		v := map[string]string{"integrity": "whole", "capacity": "70", "snapshot": evaluatedWell["snapshot"]}
		for i := 0; i < len(more); i += 2 {
			v[more[i]] = more[i+1]
		}
		return v
	}
	was := p.step(1).Ended.Add(30 * time.Second).Format(time.RFC3339)
	require.Equal(t, "fields.why", fault.As(p.try("evaluate", task.Done, "", evaluated("step.2", was))).Field)
	require.Equal(t, "fields.step.2", fault.As(p.try("evaluate", task.Done, "", evaluated("step.2", clocked("10:01"), "why", "x"))).Field)
	s := p.finish(evaluated("step.2", was, "why", "The log says so."))
	require.Empty(t, s.Disorders(p.Plan.Spec, p.Setup.Type))
	require.Equal(t, "The log says so.", s.Steps[1].Corrections[0].Reason)
}

// The end of a step that the evaluation corrects to what can't be is refused at its
// own field.
func TestACorrectedEndThatCannotBeIsRefusedAtItsField(t *testing.T) {
	p := play(t, continuity.Functional)
	p.begin()
	p.now = p.now.Add(time.Hour)
	p.done("step-1")
	p.say("step-2", task.Done, "", map[string]string{"at": clocked("10:01")})
	p.done("step-3", "step-4")
	p.say("confirm-1", task.Pass, "", nil)
	p.done("conduct-1")
	over := p.now
	p.back()
	for name, at := range map[string]time.Time{"after the drill": over.Add(time.Minute), "before the disruption": over.Add(-100 * time.Hour), "in the future": over.Add(100 * time.Hour)} {
		err := p.try("evaluate", task.Done, "", map[string]string{"integrity": "whole", "capacity": "70", "snapshot": evaluatedWell["snapshot"], "step.2": at.Format(time.RFC3339), "why": "The log."})
		require.Error(t, err, name)
		require.Equal(t, "fields.step.2", fault.As(err).Field, name+": "+err.Error())
	}
}
