package process

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// What the catalogue declares can be asked.
func TestSteps(t *testing.T) {
	for _, p := range Catalogue() {
		names := map[string]bool{}
		for _, s := range p.Steps {
			require.False(t, names[s.Name], "%s: %s is there twice", p.Name, s.Name)
			names[s.Name] = true
			require.NotEmpty(t, s.Offers(), s.Name)
			require.Subset(t, task.Outcomes(), s.Offers(), s.Name)
			require.NotEmpty(t, s.Title.De, s.Name)
			require.NoError(t, task.CheckFields(s.Fields, s.Offers()), s.Name)
			require.Equal(t, s.For == task.Holders, s.Role != "", s.Name)
			require.Contains(t, []task.Who{"", task.Owner, task.Approvers}, s.Timing.EscalateTo, "%s: nobody else is escalated to", s.Name)
		}
		for _, s := range p.Steps {
			if s.Apart != "" {
				require.True(t, names[s.Apart], "%s: %s", p.Name, s.Apart)
				require.True(t, slices.ContainsFunc(p.Steps, func(of Step) bool { return of.Name == s.Apart && of.Many == s.Many }),
					"%s: %s checks one step, or each of several has its check", p.Name, s.Name)
			}
			for _, of := range s.ApartAll {
				require.True(t, names[of], "%s: %s", p.Name, of)
			}
			require.False(t, s.Apart != "" && len(s.ApartAll) > 0, "%s: %s", p.Name, s.Name)
		}
		require.True(t, names[Approval], "%s: a run ends by an approval", p.Name)
	}
}

func TestAsking(t *testing.T) {
	st := run.Step{Run: "sla-report/desk/2016-03", Round: 2}
	a, _, err := Ask(st, Approval, "abc", task.Question{Persons: []string{"mallory"}})
	require.NoError(t, err)
	require.Equal(t, "abc", a.Hash)
	require.Equal(t, task.For{Who: task.Approvers}, a.For, "nobody says otherwise")
	require.Equal(t, []task.How{task.Any}, a.Against)
	require.Equal(t, task.Owner, a.EscalateTo)

	for _, more := range []task.Question{{Title: text.Same("Approve the holidays?")}, {Text: text.Same("As agreed.")}, {Fields: []task.Field{{Name: "x"}}}} {
		_, _, err = Ask(st, Approval, "abc", more)
		require.True(t, fault.Is(err, fault.Conflict), "its hash doesn't bind what is added")
	}

	later := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{Approval, Findings} {
		_, _, err = Ask(st, name, "abc", task.Question{Due: &later})
		require.True(t, fault.Is(err, fault.Conflict), "%s: nobody would be reminded", name)
	}

	f := task.Field{Name: "desk.p1.cause", Title: text.New("Cause", "Ursache"), Type: task.TextField}
	q, _, err := Ask(st, Findings, "abc", task.Question{Fields: []task.Field{f}})
	require.NoError(t, err)
	require.Equal(t, task.For{Who: task.Owner}, q.For)
	require.Equal(t, task.Approvers, q.EscalateTo, "the owner isn't told of their own delay")
	require.NotEqual(t, "abc", q.Hash, "only an approval is bound to the draft")
	again, _, err := Ask(st, Findings, "", task.Question{Fields: []task.Field{f}})
	require.NoError(t, err)
	require.Equal(t, q.Hash, again.Hash)
	f.Required = true
	other, _, err := Ask(st, Findings, "", task.Question{Fields: []task.Field{f}})
	require.NoError(t, err)
	require.NotEqual(t, q.Hash, other.Hash, "whoever is asked otherwise is asked something else")

	_, _, err = Ask(st, Findings, "", task.Question{Fields: []task.Field{f, f}})
	require.ErrorContains(t, err, "twice")
	for _, name := range []string{"approval2", "", "findings-1", "everything"} {
		_, _, err = Ask(st, name, "abc", task.Question{})
		require.True(t, fault.Is(err, fault.Conflict), name)
	}
	_, _, err = Ask(run.Step{Run: "change-approval/interval-x/2026-01-01", Round: 1}, Findings, "", task.Question{})
	require.True(t, fault.Is(err, fault.Conflict), "another process's step")
	_, _, err = Ask(run.Step{Run: "nonsense", Round: 1}, Approval, "", task.Question{})
	require.Error(t, err)
}

// A step of several has numbers, and is asked again under another name after it
// was postponed; its check stands apart from whatever it was asked under.
func TestNumbersOfSteps(t *testing.T) {
	p, ok := Find(Improvement)
	require.True(t, ok)
	for name, c := range map[string]struct{ step, postponed, apart string }{
		"action-1":     {ImprovementAction, "", ""},
		"action-12":    {ImprovementAction, "", ""},
		"action-1-2":   {ImprovementAction, "action-1", ""},
		"action-1-3":   {ImprovementAction, "action-1-2", ""},
		"action-12-10": {ImprovementAction, "action-12-9", ""},
		"check-1":      {ImprovementCheck, "", "action-1"},
		"check-1-2":    {ImprovementCheck, "check-1", "action-1"},
		"check-12":     {ImprovementCheck, "", "action-12"},
		"plan":         {ImprovementPlan, "", ""},
	} {
		s, ok := p.Step(name)
		require.True(t, ok, name)
		require.Equal(t, c.step, s.Name, name)
		require.Equal(t, c.postponed, s.Postponed(name), name)
		require.Equal(t, c.apart, s.apartFrom(name), name)
	}
	for _, name := range []string{"action", "action-", "action-0", "action-01", "action-1-1", "action-1-0", "action-1-02", "action-1-2-3", "action-1-", "action--2",
		"action-x", "action-1x", "action-12345", "action-1-12345", "actions-1", "plan-1", "plan-1-2"} {
		_, ok := p.Step(name)
		require.False(t, ok, name)
	}
}
