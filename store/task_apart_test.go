package store

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// firstRound is an improvement in its first round, of a house with four
// approvers, and asks as its process declares.
type firstRound struct {
	*testing.T
	s   *Store
	run string
}

func newImproving(t *testing.T) firstRound {
	s := New(pgtest.New(t))
	docs := []resource.Raw{personDoc("olga", person.ProcessOwner), personDoc("axel", person.Auditor), officeDoc("Europe/Berlin"), serviceOf("olga", "anna", "bert", "carl", "dora")}
	for _, p := range []string{"anna", "bert", "carl", "dora"} {
		docs = append(docs, personDoc(p, person.Approver))
	}
	apply1(t, s, declared, docs...)
	finds(t, s, sighting{Finding: improvement.Finding{Kind: improvement.Reported, About: resource.Service.Ref("desk"), Title: text.Same("slow"), At: declared}, Place: "x"})
	r, _, err := s.Begin(t.Context(), declared, NewRun{Key: run.Key{Process: process.Improvement, Scope: "1", Period: "2016-03-05"},
		About: resource.Ref{Kind: resource.Service, Name: "desk"}, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(t, err)
	return firstRound{t, s, r.ID}
}

func (i firstRound) ask(step string, q task.Question) (task.Task, error) {
	a, _, err := process.Ask(run.Step{Run: i.run, Round: 1}, step, "", q)
	require.NoError(i, err)
	a.Opened, a.Due, a.Remind, a.Escalate = declared, declared, declared, declared
	// Which actions there are, and what is next for each, isn't looked at here.
	return a, i.s.tx(i.Context(), func(tx *sqlx.Tx) error {
		r, err := getRun(i.Context(), tx, a.Run, "")
		if err == nil {
			err = checkPostponed(i.Context(), tx, r, a)
		}
		if err == nil {
			err = checkApart(i.Context(), tx, a)
		}
		if err == nil {
			_, err = insertTask(i.Context(), tx, a)
		}
		return err
	})
}

// answer answers a task a minute after it was asked, and gives the refusal. A
// pass that is bound to the answer comes through the API, others by signal.
func (i firstRound) answer(by person.Actor, a task.Task, m task.Message, bound bool) *fault.Error {
	m.Task = a.ID
	f := PassFor{Kind: PassDecide, Run: a.Run, Task: a.ID, Content: a.Hash}
	if bound {
		f.Answer = m.Answer()
	}
	p, err := i.s.IssuePass(i.Context(), by, declared, f)
	require.NoError(i, err)
	m.Pass = p.Secret
	if bound {
		m.Pass = p.Presented()
	}
	_, refused, err := i.s.Decide(i.Context(), declared.Add(time.Minute), p.ID, m)
	require.NoError(i, err)
	return refused
}

func askedOf(persons ...string) task.Question {
	return task.Question{Persons: persons, Fields: []task.Field{
		{Name: "due", Title: text.New("New date", "Neuer Termin"), Type: task.DateField, Required: true, With: task.Postpone, Min: task.Today},
		{Name: "evidence", Title: text.New("Evidence", "Nachweis"), Type: task.TextField, Required: true, With: task.Done},
		{Name: "with", Title: text.New("With the help of", "Mit Hilfe von"), Type: task.PersonField},
	}}
}

func given(pairs ...string) task.Values {
	v := task.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v[pairs[i]], _ = json.Marshal(pairs[i+1])
	}
	return v
}

// An action's task is asked for by an activity that may be tried again after it
// was answered: that is no other question.
func TestAnActionIsAskedForOnceMoreAfterItWasAnswered(t *testing.T) {
	i := newImproving(t)
	a := improvement.Action{Number: 1, Title: "Count calls", Owner: "anna", Due: calendar.DateOf(declared.AddDate(0, 1, 0)), Measure: "calls", Sense: improvement.AtMost, Target: "5"}
	pgtest.Tamper(t, i.s.DB(), `INSERT INTO action (finding, number, run, round, plan, owner, original_due, due) VALUES (1, 1, $1, 1, $2, 'anna', $3, $3)`,
		i.run, JSON[improvement.Action]{a}, a.Due.String())
	f, err := i.s.Finding(t.Context(), 1)
	require.NoError(t, err)
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	q := improvement.AskAction(improvement.Tracked{Action: a, ID: "1.1", Finding: 1, Round: 1, DueNow: a.Due}, f, zone)
	asked, _, err := process.Ask(run.Step{Run: i.run, Round: 1}, q.Step, "", q)
	require.NoError(t, err)
	asked.Opened, asked.Due, asked.Remind, asked.Escalate = declared, *q.Due, declared, declared
	opened, err := i.s.OpenTask(t.Context(), asked)
	require.NoError(t, err)
	require.True(t, opened)
	require.Nil(t, i.answer(person.Actor{Person: "anna"}, asked, task.Message{Outcome: task.Done, Fields: given("evidence", "done")}, true))
	opened, err = i.s.OpenTask(t.Context(), asked)
	require.NoError(t, err)
	require.False(t, opened)

	other := q
	other.Persons = []string{"bert"}
	wrong, _, err := process.Ask(run.Step{Run: i.run, Round: 1}, improvement.ActionStep(1, 1), "", other)
	require.NoError(t, err)
	_, err = i.s.OpenTask(t.Context(), wrong)
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
}

// Whoever answered an action, once or again, whoever it names, and whoever issued
// a token for that, doesn't check it; other actions are others'.
func TestAnActionIsCheckedByOthers(t *testing.T) {
	i := newImproving(t)
	check := improvement.CheckStep(1)
	first, err := i.ask(improvement.ActionStep(1, 0), askedOf("anna"))
	require.NoError(t, err)
	_, err = i.ask(improvement.ActionStep(1, 1), askedOf("anna"))
	require.ErrorContains(t, err, "can't ask for action-1-2: action-1 wasn't postponed.")
	require.True(t, fault.Is(err, fault.Conflict))
	tomorrow := declared.AddDate(0, 0, 1).Format(time.DateOnly)
	require.Nil(t, i.answer(person.Actor{Person: "anna", Issuer: "axel"}, first, task.Message{Outcome: task.Postpone, Comment: "The supplier is late.", Fields: given("due", tomorrow)}, true))

	_, err = i.ask(check, task.Question{})
	require.ErrorContains(t, err, "nobody has answered action-1, which it checks", "what is postponed isn't answered")
	_, err = i.ask(improvement.ActionStep(1, 2), askedOf("anna"))
	require.ErrorContains(t, err, "action-1-2 wasn't postponed", "before that is asked")
	again, err := i.ask(improvement.ActionStep(1, 1), askedOf("anna", "bert"))
	require.NoError(t, err)
	_, err = i.ask(check, task.Question{})
	require.Error(t, err, "asked for isn't answered")
	twelfth, err := i.ask(improvement.ActionStep(12, 0), askedOf("dora"))
	require.NoError(t, err)
	require.Nil(t, i.answer(person.Actor{Person: "dora"}, twelfth, task.Message{Outcome: task.Done, Fields: given("evidence", "e")}, true))
	_, err = i.ask(check, task.Question{})
	require.Error(t, err, "another action was answered")
	require.Nil(t, i.answer(person.Actor{Person: "bert"}, again, task.Message{Outcome: task.Done, Fields: given("evidence", "e")}, true))
	_, err = i.ask(improvement.ActionStep(1, 2), askedOf("anna"))
	require.ErrorContains(t, err, "action-1-2 wasn't postponed", "it was done")

	a, err := i.ask(check, task.Question{})
	require.NoError(t, err)
	people, err := i.s.PeopleOf(t.Context(), a)
	require.NoError(t, err)
	require.Equal(t, []string{"carl", "dora"}, people.Eligible())
	require.ErrorContains(t, people.May("bert"), "bert answered the step that is checked here")
	require.NoError(t, people.MayWith("carl", "axel"), "to issue a token is an administrator's work")
	require.ErrorContains(t, people.MayWith("carl", "bert"), "This token was issued by bert, who answered the step")
	require.ErrorContains(t, people.MayWith("carl", "anna"), "This token was issued by anna, who ")
	for who, n := range map[string]int{"anna": 0, "bert": 0, "carl": 1, "dora": 1} {
		list, _, err := i.s.Tasks(t.Context(), Tasks{Mine: who, State: "open"}, Page{})
		require.NoError(t, err)
		require.Len(t, list, n, who)
	}
	for _, bound := range []bool{true, false} {
		require.Equal(t, fault.Forbidden, i.answer(person.Actor{Person: "anna"}, a, task.Message{Outcome: task.Pass}, bound).Code)
		require.Equal(t, fault.Forbidden, i.answer(person.Actor{Person: "dora", Issuer: "anna"}, a, task.Message{Outcome: task.Pass}, bound).Code)
	}
	require.Nil(t, i.answer(person.Actor{Person: "dora"}, a, task.Message{Outcome: task.Pass}, true))
}

// An action's owner doesn't check it though somebody else answered.
func TestWhomAnActionNamesDoesntCheckIt(t *testing.T) {
	i := newImproving(t)
	action, err := i.ask(improvement.ActionStep(1, 0), askedOf("anna", "bert"))
	require.NoError(t, err)
	require.Nil(t, i.answer(person.Actor{Person: "bert"}, action, task.Message{Outcome: task.Done, Fields: given("evidence", "e")}, true))
	a, err := i.ask(improvement.CheckStep(1), task.Question{})
	require.NoError(t, err)
	people, err := i.s.PeopleOf(t.Context(), a)
	require.NoError(t, err)
	require.Equal(t, []string{"carl", "dora"}, people.Eligible())
	no := fault.As(people.May("anna"))
	require.NotNil(t, no)
	require.Equal(t, "anna was responsible for the step that is checked here: somebody else has to decide (four eyes).", no.Message.En)
	require.Equal(t, "anna war für den Schritt zuständig, der hier geprüft wird: Jemand anderes muss entscheiden (Vier-Augen-Prinzip).", no.Message.De)
	require.ErrorContains(t, people.MayWith("carl", "anna"), "This token was issued by anna, who was responsible")
	list, _, err := i.s.Tasks(t.Context(), Tasks{Mine: "anna", State: "open"}, Page{})
	require.NoError(t, err)
	require.Empty(t, list)
}

// What goes with an outcome, a date that is past when it is answered, and a
// person who isn't there or has left are refused by API and by signal alike, and
// so is a due date that moves without a reason.
func TestAnActionIsAnsweredAsItAsks(t *testing.T) {
	i := newImproving(t)
	require.NoError(t, i.s.Retire(t.Context(), root, declared, resource.Person, "axel"))
	a, err := i.ask(improvement.ActionStep(1, 0), askedOf("anna"))
	require.NoError(t, err)
	today, before := declared.Format(time.DateOnly), declared.AddDate(0, 0, -1).Format(time.DateOnly)
	for _, c := range []struct {
		m         task.Message
		field, en string
	}{
		{task.Message{Outcome: task.Postpone, Comment: "late", Fields: given("due", before)}, "fields.due", "This is too early: " + today + " is the earliest."},
		{task.Message{Outcome: task.Postpone, Comment: "late"}, "fields.due", "This is missing with postpone"},
		{task.Message{Outcome: task.Postpone, Fields: given("due", today)}, "comment", "with this answer it has to say why"},
		{task.Message{Outcome: task.Postpone, Comment: "late", Fields: given("due", today, "evidence", "e")}, "fields.evidence", "This goes with done only"},
		{task.Message{Outcome: task.Done, Fields: given("due", today, "evidence", "e")}, "fields.due", "This goes with postpone only"},
		{task.Message{Outcome: task.Done, Fields: given("evidence", "e", "with", "axel")}, "fields.with", "axel has left"},
		{task.Message{Outcome: task.Done, Fields: given("evidence", "e", "with", "nobody")}, "fields.with", `There is no person "nobody"`},
	} {
		for _, bound := range []bool{true, false} {
			refused := i.answer(person.Actor{Person: "anna"}, a, c.m, bound)
			require.NotNil(t, refused, "%+v", c)
			require.Equal(t, c.field, refused.Field)
			require.Contains(t, refused.Message.En, c.en)
		}
	}
	require.Nil(t, i.answer(person.Actor{Person: "anna"}, a, task.Message{Outcome: task.Done, Fields: given("evidence", "e", "with", "bert")}, false))
}
