package task_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/task"
)

var able = person.Spec{Roles: []person.Role{person.Approver}}

func TestWhoMayDecide(t *testing.T) {
	p := task.People{
		Approvers: []string{"anton", "starter", "owner", "before", "proposer", "changer", "importer", "declarer", "issuer", "viewer", "left"},
		Specs:     map[string]person.Spec{"viewer": {Roles: []person.Role{person.Viewer}}, "stranger": able},
		Owner:     "owner",
	}
	for _, who := range p.Approvers[:9] {
		p.Specs[who] = able
	}
	p = p.StartedBy(person.Actor{Person: "starter", Issuer: "issuer"}).
		With(task.By("before", "", task.Owned, "")...).
		With(task.By("proposer", "issuer", task.Proposed, "exclusion/desk/3")...).
		With(task.By("changer", "", task.Proposed, "Interval/desk-sla")...).
		With(task.By("importer", "issuer", task.Imported, "import/7")...).
		With(task.By("declarer", "issuer", task.Declared, "Agreement/gold")...)
	require.Equal(t, []string{"anton"}, p.Eligible())
	require.NoError(t, p.Decidable())
	for who, why := range map[string]string{
		"stranger": "isn't one of the approvers", "viewer": "doesn't have the role", "left": "doesn't have the role", "": "isn't one of the approvers",
		"starter": "started this run", "owner": "owns what this run is about", "before": "has owned it",
		"proposer": "proposed an exclusion", "changer": "proposed Interval/desk-sla",
		"importer": "brought data that these figures use (import 7)", "declarer": "declared Agreement/gold",
		"issuer": "issued the token with which this run was started",
	} {
		err := p.May(who)
		require.True(t, fault.Is(err, fault.Forbidden), who)
		require.ErrorContains(t, err, why, who)
		require.ErrorContains(t, p.MayWith(who, "root"), why, "whoever issued the token")
	}
	for _, issuer := range []string{"", "root", "anton", "stranger", "importer", "declarer", "issuer"} {
		require.NoError(t, p.MayWith("anton", issuer), issuer)
	}
	for issuer, why := range map[string]string{"starter": "who started this run", "owner": "who owns what this run is about", "before": "who owns what this run is about",
		"proposer": "who proposed an exclusion", "changer": "who proposed Interval/desk-sla"} {
		err := p.MayWith("anton", issuer)
		require.True(t, fault.Is(err, fault.Forbidden), issuer)
		require.ErrorContains(t, err, why)
		require.ErrorContains(t, err, "issued by "+issuer)
		require.Contains(t, fault.As(err).Message.De, "Dieses Token stammt von "+issuer+". Diese Person ")
	}

	p.Approvers = p.Approvers[1:]
	err := p.Decidable()
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	for _, part := range []string{"starter started this run", "importer brought data", "declarer declared Agreement/gold", "left doesn't have the role", "Name another approver"} {
		require.ErrorContains(t, err, part)
	}
	require.Contains(t, fault.As(err).Message.De, "importer hat Daten importiert")
}

// A slot starts runs in nobody's name, and nobody issued the tokens of the
// first start.
func TestNobodyIsNotInvolved(t *testing.T) {
	p := task.People{Approvers: []string{"anton"}, Specs: map[string]person.Spec{"anton": able}}.StartedBy(person.Actor{})
	require.Empty(t, p.Involved)
	p = p.With(task.Involvement{How: task.Started}, task.Involvement{How: task.Owned})
	require.NoError(t, p.MayWith("anton", ""))
	require.ErrorContains(t, p.May(""), "isn't one of the approvers")
}

// Each way to be involved is said in both languages, and no two alike. What a
// newer Turnus wrote and this one doesn't know bars.
func TestReasonsSayHow(t *testing.T) {
	seen := map[string]bool{}
	for _, i := range []task.Involvement{
		{How: task.Started}, {How: task.Started, Issued: true}, {How: task.Owned},
		{How: task.Proposed, About: "exclusion/desk/3"}, {How: task.Proposed, About: "exclusion/desk/3", Issued: true},
		{How: task.Proposed, About: "Interval/x"}, {How: task.Proposed, About: "Interval/x", Issued: true},
		{How: task.Imported, About: "import/7"}, {How: task.Imported, About: "import/7", Issued: true},
		{How: task.Declared, About: "Calendar/office"}, {How: task.Declared, About: "Calendar/office", Issued: true},
		{How: "inspired"},
	} {
		i.Person = "anton"
		p := task.People{Approvers: []string{"anton", "anna"}, Specs: map[string]person.Spec{"anton": able, "anna": able}}.With(i)
		why := fault.As(p.May("anton")).Message
		require.Contains(t, why.En, "(four eyes)")
		require.Contains(t, why.De, "(Vier-Augen-Prinzip)")
		require.NotContains(t, why.En+why.De, "%!")
		for _, m := range []string{why.En, why.De} {
			require.True(t, strings.HasPrefix(m, "anton "), m)
			require.False(t, seen[m], m)
			seen[m] = true
		}
		require.Equal(t, i.Grade() == task.Barred, p.MayWith("anna", "anton") != nil, i)
	}
	require.Equal(t, task.Barred, task.Involvement{How: "inspired"}.Grade())
}

// What is for persons who have all left is for the owner, with four eyes as they
// are. Whom four eyes exclude hasn't left.
func TestWhatNobodyNamedIsThereForIsTheOwners(t *testing.T) {
	owner := person.Spec{Roles: []person.Role{person.ProcessOwner}}
	viewer := person.Spec{Roles: []person.Role{person.Viewer}}
	of := func(there ...string) task.People {
		p := task.People{Owner: "olga", Approvers: []string{"anton"}, Specs: map[string]person.Spec{"olga": owner, "anton": able},
			For: task.For{Who: task.Persons, Persons: []string{"berta", "carl"}}, Against: []task.How{task.Conducts}}
		for _, name := range there {
			p.Specs[name] = viewer
		}
		return p
	}
	require.Equal(t, []string{"berta", "carl"}, of("berta", "carl").Eligible())
	require.Equal(t, []string{"carl"}, of("carl").Eligible())
	require.ErrorContains(t, of("carl").May("olga"), "This task is for berta and carl, and not for olga.")
	require.Equal(t, []string{"olga"}, of("carl").Escalates(task.Owner))

	left := of()
	require.Equal(t, []string{"olga"}, left.Eligible())
	require.Equal(t, []string{"anton"}, left.Escalates(task.Owner), "as a task of the owner's own")
	require.ErrorContains(t, left.May("berta"), "berta has left.")
	err := left.May("anton")
	require.ErrorContains(t, err, "This task is for the owner, olga, and not for anton: nobody whom it names (berta and carl) is there any more.")
	require.Contains(t, fault.As(err).Message.De, "Von den genannten Personen (berta und carl) ist niemand mehr angelegt.")
	left.Specs["olga"] = viewer
	require.ErrorContains(t, left.May("olga"), "doesn't have the role process-owner")
	left.Specs["olga"] = owner
	left.Involved = task.By("olga", "", task.Conducts, "")
	require.ErrorContains(t, left.May("olga"), "(four eyes)")
	require.Empty(t, left.Eligible())

	excluded := of("berta", "carl").With(task.By("berta", "", task.Conducts, "")...).With(task.By("carl", "", task.Conducts, "")...)
	require.Empty(t, excluded.Eligible(), "whoever is excluded is still there")
	require.ErrorContains(t, excluded.May("olga"), "This task is for berta and carl")
}
