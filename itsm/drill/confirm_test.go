package drill_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// The conductor has somebody else confirm for the business: before that is asked,
// while it is, and after a no. Each time it is asked under another name, and what
// was answered stays.
func TestSomebodyElseConfirmsForTheBusiness(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	to := func(who string) map[string]string { return map[string]string{"order": "confirm-by", "person": who} }
	p.direct("conduct-1", to("bruno"))
	p.done("step-1", "step-2", "step-3", "step-4")
	require.Equal(t, []string{"confirm-1-2", "conduct-1-2"}, p.open())
	require.Equal(t, []string{"bruno"}, p.asked("confirm-1-2").For.Persons)
	p.direct("conduct-1-2", to("berta"))
	require.Equal(t, []string{"berta"}, p.asked("confirm-1-3").For.Persons)
	p.say("confirm-1-3", task.Fail, "Half of the seats are empty.", nil)
	require.Equal(t, []string{"confirm-1-4", "conduct-1-3"}, p.open())
	p.direct("conduct-1-3", to("bruno"))
	p.say("confirm-1-5", task.Pass, "", nil)
	require.Equal(t, []string{"conduct-1-4"}, p.open())
	confirmed := drill.Follow(p.Record)
	require.False(t, confirmed.At(continuity.Confirmed).IsZero())
	p.done("conduct-1-4", "back-1", "back-2")
	require.Equal(t, []string{"bruno"}, p.asked("normal-1").For.Persons)
}

// Nobody confirms what they led or restored, by the plan or in place of somebody.
func TestWhoConfirmsRestoresNothing(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	p.done("step-1")
	p.direct("conduct-1", map[string]string{"order": "reassign", "step": "db", "person": "emil"})
	order := func(of, who string) error {
		return p.try("conduct-1-2", task.Direct, "She has left.", map[string]string{"order": of, "step": "app", "person": who})
	}
	// olga did it in place of somebody who has left: nobody named her.
	done := p.Answers["step-1"]
	done.Person = "olga"
	p.Answers["step-1"] = done
	for who, why := range map[string]string{"carl": "leads the recovery", "dirk": "leads the recovery", "emil": "leads the recovery", "anna": "leads the recovery",
		"ivo": "leads the recovery", "olga": "leads the recovery", "dora": "a step of it", "berta": "already", "": "Say who"} {
		err := order("confirm-by", who)
		require.Equal(t, "fields.person", fault.As(err).Field, who)
		require.ErrorContains(t, err, why, who)
	}
	require.NoError(t, order("confirm-by", "bruno"))
	err := p.try("conduct-1-3", task.Direct, "She is ill.", map[string]string{"order": "reassign", "step": "app", "person": "bruno"})
	require.ErrorContains(t, err, "bruno confirms for the business")

	for step, others := range map[string]string{"confirm-1": "begin conduct step paused", "normal-1": "begin conduct step paused back"} {
		asked, _, err := process.Ask(run.Step{Run: drillRun, Round: 1}, step, "", task.Question{Persons: []string{"berta"}})
		require.NoError(t, err)
		require.Equal(t, others, asked.Apart, "whoever answered these, or was named for them")
	}
}

// Who was named for a step and had it taken away isn't asked to confirm either:
// four eyes wouldn't let them, and once the script is over nobody else is named.
func TestWhoWasNamedForAStepIsntAskedToConfirm(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	p.done("step-1")
	before := p.asked("step-2").For.Persons[0]
	p.direct("conduct-1", map[string]string{"order": "reassign", "step": "db", "person": "otto"})
	p.direct("conduct-1-2", map[string]string{"order": "reassign", "step": "db", "person": "emil"})
	for _, who := range []string{before, "otto", "emil"} {
		err := p.try("conduct-1-3", task.Direct, "She has left.", map[string]string{"order": "confirm-by", "person": who})
		require.Equal(t, "fields.person", fault.As(err).Field, who)
		require.ErrorContains(t, err, "was named for a step of it", who)
	}
	require.NoError(t, p.try("conduct-1-3", task.Direct, "She has left.", map[string]string{"order": "confirm-by", "person": "bruno"}))
}
