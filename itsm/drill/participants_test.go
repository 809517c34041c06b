package drill_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/task"
)

// Whoever is named beside the conductors and the plan's persons is told of the
// drill, each once, and after those, so that nobody's notice changes its name.
func TestParticipantsAreTold(t *testing.T) {
	told := func(kind continuity.Type) (all []string) {
		p := play(t, kind)
		p.Setup.Others = []string{"xenia", "dora", "carl", "yves", "xenia"}
		for _, q := range drill.Follow(p.Record).Ask {
			if strings.HasPrefix(q.Step, "notice-") {
				all = append(all, q.Persons...)
			}
		}
		return all
	}
	require.Equal(t, []string{"carl", "dirk", "xenia", "dora", "yves"}, told(continuity.Tabletop))
	require.Equal(t, []string{"carl", "dirk", "xenia", "dora", "yves"}, told(continuity.Staff))
	require.Equal(t, []string{"carl", "dirk", "berta", "ivo", "dora", "anna", "xenia", "yves"}, told(continuity.Component))

	read := func(names string) (drill.Setup, error) {
		return drill.ReadSetup(plan(), nil, task.Decision{Fields: values(map[string]string{"type": "tabletop", "date": "2026-11-30", "scenario": "x", "conductor": "carl", "risk": "r", "rollback": "r", "stop": "s", "participants": names})})
	}
	s, err := read(" xenia, yves zoe ")
	require.NoError(t, err)
	require.Equal(t, []string{"xenia", "yves", "zoe"}, s.Others)
	_, err = read(strings.Repeat("x ", 51))
	require.Equal(t, "fields.participants", fault.As(err).Field)
}

// A staff exercise is asked when it was decided, which corrects nothing, and is
// judged by that.
func TestAStaffExerciseIsAskedForItsDecision(t *testing.T) {
	for at, want := range map[string]continuity.Verdict{"2026-11-30T10:00:40+01:00": continuity.Pass, "2026-11-30T10:01:10+01:00": continuity.Fail, "": continuity.Fail} {
		p := play(t, continuity.Staff)
		minute, err := agreement.ParseDuration("PT1M")
		require.NoError(t, err)
		p.Plan.Spec.Objectives.Decide = &minute
		p.begin()
		p.say("conduct-1", task.Done, "", nil)
		require.Contains(t, p.asked("evaluate").Text.De, "zu ihnen ist nichts eingetragen: entschieden.")
		evaluation := map[string]string{"evidence": "The notes"}
		if at != "" {
			evaluation["event.decided"] = at
		}
		s := p.finish(evaluation)
		require.Equal(t, want, s.Result.Verdicts.Decide, at)
		require.Equal(t, at == "", s.At(continuity.Decided).IsZero())
	}
}
