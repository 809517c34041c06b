package store

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/task"
	"turnus/itsm/ticket"
)

var olga = person.Actor{Person: "olga", Roles: []person.Role{person.ProcessOwner}, Token: "t-olga", Issuer: "root"}

// excluding is a house whose desk has an agreement and tickets.
func excluding(t *testing.T) *Store {
	t.Helper()
	s := declaringStore(t)
	apply1(t, s, declared, append(house(), agreementDoc("gold", "2016-01-01", "", ""))...)
	ticketsOf(t, s, "desk", "INC1", "INC2", "INC3", `a"{},\`)
	return s
}

// ticketsOf imports open tickets.
func ticketsOf(t *testing.T, s *Store, service string, numbers ...string) {
	t.Helper()
	rows := func(yield func(ticket.Row, error) bool) {
		for i, n := range numbers {
			if at := declared.Add(-time.Hour); !yield(ticket.Row{Number: n, At: at, Opened: at, State: "open", Row: int64(i + 2)}, nil) {
				return
			}
		}
	}
	i, err := s.Import(t.Context(), Intake{Service: service, Format: "csv", AsOf: declared, Now: declared, By: "root"}, rows, nil)
	require.NoError(t, err)
	require.EqualValues(t, len(numbers), i.Tickets)
}

// What a withdrawn import alone had said there is is no ticket.
func TestATombstoneIsNotExcluded(t *testing.T) {
	s, ctx := excluding(t), t.Context()
	ticketsOf(t, s, "desk", "INC9")
	e := propose(t, s, declared, olga, exclusion("INC9"))
	list, _, err := s.Imports(ctx, "desk", Page{Limit: 1})
	require.NoError(t, err)
	w, err := s.Withdraw(ctx, declared, Withdrawal{Import: list[0].ID, Reason: "another service's", By: olga})
	require.NoError(t, err)
	_, err = s.ProposeExclusion(ctx, olga, declared, exclusion("INC1", "INC9"), "")
	require.ErrorContains(t, err, `tickets[1]: desk has no ticket "INC9"`)
	in := func(asOf int64) []agreement.Exclusion {
		t.Helper()
		found, err := s.ExclusionsIn(ctx, "desk", declared, asOf, time.Time{}, declared)
		require.NoError(t, err)
		return found
	}
	require.Equal(t, []agreement.Exclusion{e}, in(w.ID-1))
	require.Empty(t, in(w.ID), "it names no ticket of the period any more")
}

func exclusion(tickets ...string) agreement.Exclusion {
	return agreement.Exclusion{Service: "desk", Tickets: tickets, Reason: agreement.Customer, Detail: " the site was locked ", Evidence: "CHG7\n"}
}

func propose(t *testing.T, s *Store, at time.Time, by person.Actor, e agreement.Exclusion) agreement.Exclusion {
	t.Helper()
	e, err := s.ProposeExclusion(t.Context(), by, at, e, "")
	require.NoError(t, err)
	return e
}

func TestProposeAndWithdraw(t *testing.T) {
	s, ctx := excluding(t), t.Context()
	in := exclusion("INC2", `a"{},\`, "INC1")
	in.ID, in.By, in.At, in.Withdrawn = 7, "somebody", declared.Add(-time.Hour), &agreement.Withdrawal{By: "x"} // not the caller's to say
	in.Agreement, in.Target = "gold", "p1"
	e := propose(t, s, declared.Add(123456789), olga, in)
	require.Equal(t, agreement.Exclusion{ID: 1, Service: "desk", Tickets: []string{"INC2", `a"{},\`, "INC1"}, Agreement: "gold", Target: "p1",
		Reason: agreement.Customer, Detail: "the site was locked", Evidence: "CHG7", By: "olga", At: declared.Add(123456000), TokenIssuer: "root"}, e)
	found, err := s.Exclusion(ctx, "desk", e.ID)
	require.NoError(t, err)
	require.Equal(t, e, found)
	_, err = s.Exclusion(ctx, "shop", e.ID)
	requireFault(t, err, fault.NotFound)
	_, err = s.Exclusion(ctx, "desk", 2)
	requireFault(t, err, fault.NotFound)

	_, err = s.WithdrawExclusion(ctx, olga, declared, "shop", e.ID, "a mistake")
	requireFault(t, err, fault.NotFound)
	_, err = s.WithdrawExclusion(ctx, olga, declared, "desk", e.ID, " ")
	requireFault(t, err, fault.Invalid, "reason")
	later := declared.Add(time.Hour)
	e, err = s.WithdrawExclusion(ctx, olga, later, "desk", e.ID, " a mistake ")
	require.NoError(t, err)
	require.Equal(t, &agreement.Withdrawal{By: "olga", At: later, Reason: "a mistake", TokenIssuer: "root"}, e.Withdrawn)
	again, err := s.WithdrawExclusion(ctx, olga, later.Add(time.Hour), "desk", e.ID, "another reason")
	require.NoError(t, err)
	require.Equal(t, e, again, "what is on record stays")
	_, err = s.WithdrawExclusion(ctx, root, later, "desk", e.ID, "me, too")
	requireFault(t, err, fault.Conflict, "olga has withdrawn")

	entries, _, err := s.Audit(ctx, Trail{Object: "exclusion/desk/"}, Page{})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, "exclusion.proposed", entries[0].Action)
	require.Equal(t, "exclusion/desk/1", entries[0].Object)
	require.Contains(t, string(entries[0].After), `"tickets":["INC2",`)
	require.Equal(t, "exclusion.withdrawn", entries[1].Action)
	require.Contains(t, string(entries[1].After), `"reason":"a mistake"`)
	require.Equal(t, "t-olga", entries[1].Token)
}

func TestProposeRefusesWhatItDoesntKnow(t *testing.T) {
	s, ctx := excluding(t), t.Context()
	ticketsOf(t, s, "shop", "SHOP1")
	for name, c := range map[string]struct {
		spoil func(*agreement.Exclusion)
		code  fault.Code
		parts []string
	}{
		"no service":                  {func(e *agreement.Exclusion) { e.Service = "nothing" }, fault.NotFound, nil},
		"a name that is none":         {func(e *agreement.Exclusion) { e.Service = "a\x00" }, fault.NotFound, nil},
		"no such agreement":           {func(e *agreement.Exclusion) { e.Agreement = "silver" }, fault.Invalid, []string{"agreement: ", `"silver"`}},
		"no such target":              {func(e *agreement.Exclusion) { e.Agreement, e.Target = "gold", "p9" }, fault.Invalid, []string{"target: ", `"p9"`}},
		"a ticket of another service": {func(e *agreement.Exclusion) { e.Tickets = []string{"INC1", "SHOP1"} }, fault.Invalid, []string{`tickets[1]: desk has no ticket "SHOP1"`}},
		"several": {func(e *agreement.Exclusion) { e.Tickets, e.Agreement = []string{"x", "INC1", "y"}, "silver" }, fault.Invalid,
			[]string{"agreement: ", `tickets[0]: desk has no ticket "x"`, `tickets[2]: desk has no ticket "y"`}},
		"what makes no sense by itself": {func(e *agreement.Exclusion) { e.Evidence = " " }, fault.Invalid, []string{"evidence: "}},
	} {
		e := exclusion("INC1")
		c.spoil(&e)
		_, err := s.ProposeExclusion(ctx, olga, declared, e, "")
		t.Log(name)
		requireFault(t, err, c.code, c.parts...)
	}
	list, _, err := s.Exclusions(ctx, "desk", Page{})
	require.NoError(t, err)
	require.Empty(t, list)
	entries, _, err := s.Audit(ctx, Trail{Object: "exclusion/"}, Page{})
	require.NoError(t, err)
	require.Empty(t, entries, "nothing has happened")

	// A thousand numbers in one proposal, of which all are unknown.
	var many []string
	for i := range agreement.MaxExcluded {
		many = append(many, fmt.Sprintf("no%d", i))
	}
	_, err = s.ProposeExclusion(ctx, olga, declared, exclusion(many...), "")
	require.Len(t, fault.All(err), agreement.MaxExcluded)

	// What a later version gave up still counts for the months before.
	gold := agreementDoc("gold", "2017-01-01", "", "")
	gold.Spec = []byte(strings.Replace(string(gold.Spec), `"p1"`, `"p2"`, 1))
	apply1(t, s, declared, gold)
	for _, target := range []string{"", "p1", "p2"} {
		e := exclusion("INC1")
		e.Agreement, e.Target = "gold", target
		propose(t, s, declared, olga, e)
	}
}

func TestExclusionsAtAnInstant(t *testing.T) {
	s, ctx := excluding(t), t.Context()
	for i := range 3 {
		propose(t, s, declared.Add(time.Duration(i)*time.Hour), olga, exclusion("INC3", "INC1"))
	}
	_, err := s.WithdrawExclusion(ctx, olga, declared.Add(90*time.Minute), "desk", 2, "a mistake")
	require.NoError(t, err)
	for after, want := range map[time.Duration][]int64{-time.Microsecond: {}, 0: {1}, time.Hour: {1, 2}, 90*time.Minute - time.Microsecond: {1, 2}, 90 * time.Minute: {1}, 2 * time.Hour: {1, 3}} {
		list, err := s.ExclusionsOf(ctx, "desk", declared.Add(after))
		require.NoError(t, err)
		ids := []int64{}
		for _, e := range list {
			ids = append(ids, e.ID)
			require.Equal(t, []string{"INC3", "INC1"}, e.Tickets)
			require.Nil(t, e.Withdrawn, "what came later isn't known yet")
		}
		require.Equal(t, want, ids, after)
	}
	list, err := s.ExclusionsOf(ctx, "shop", declared.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, []agreement.Exclusion{}, list)
}

func TestExclusionsAreListedInParts(t *testing.T) {
	s, ctx := excluding(t), t.Context()
	for range 5 {
		propose(t, s, declared, olga, exclusion("INC1"))
	}
	_, err := s.WithdrawExclusion(ctx, olga, declared, "desk", 4, "a mistake")
	require.NoError(t, err)
	var ids []int64
	for p := (Page{Limit: 2}); ; {
		list, next, err := s.Exclusions(ctx, "desk", p)
		require.NoError(t, err)
		for _, e := range list {
			ids = append(ids, e.ID)
			require.Equal(t, e.ID == 4, e.Withdrawn != nil)
		}
		if p.Cursor = next; next == "" {
			break
		}
		require.Len(t, list, 2)
	}
	require.Equal(t, []int64{5, 4, 3, 2, 1}, ids)
	_, _, err = s.Exclusions(ctx, "desk", Page{Cursor: "x"})
	requireFault(t, err, fault.Invalid, "cursor")
}

// A proposal with an Idempotency-Key whose process died after it was recorded
// is found by the repeat, as long as keys are kept.
func TestARepeatedProposalFindsItself(t *testing.T) {
	s, ctx := excluding(t), t.Context()
	ids := make([]int64, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			if e, err := s.ProposeExclusion(ctx, olga, declared, exclusion("INC1"), "a"); err == nil {
				ids[i] = e.ID
			}
		})
	}
	all.Wait()
	for _, id := range ids {
		require.EqualValues(t, 1, id)
	}
	other, err := s.ProposeExclusion(ctx, olga, declared, exclusion("INC1"), "b")
	require.NoError(t, err)
	require.EqualValues(t, 2, other.ID)
	later, err := s.ProposeExclusion(ctx, olga, declared.Add(25*time.Hour), exclusion("INC1"), "a")
	require.NoError(t, err)
	require.EqualValues(t, 3, later.ID)
	entries, _, err := s.Audit(ctx, Trail{Object: "exclusion/"}, Page{})
	require.NoError(t, err)
	require.Len(t, entries, 3)
}

// Of those who withdraw at once one is first, and the others are told so.
func TestOneWithdrawalCounts(t *testing.T) {
	s, ctx := excluding(t), t.Context()
	e := propose(t, s, declared, olga, exclusion("INC1"))
	done := make([]error, 8)
	var all sync.WaitGroup
	for i := range done {
		all.Go(func() {
			_, done[i] = s.WithdrawExclusion(ctx, person.Actor{Person: fmt.Sprintf("p%d", i)}, declared, "desk", e.ID, "a mistake")
		})
	}
	all.Wait()
	won := 0
	for _, err := range done {
		if err == nil {
			won++
		} else {
			requireFault(t, err, fault.Conflict)
		}
	}
	require.Equal(t, 1, won)
	entries, _, err := s.Audit(ctx, Trail{Object: "exclusion/desk/1"}, Page{})
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

// The login that serves adds exclusions, and changes none.
func TestExclusionsAreNeverChanged(t *testing.T) {
	owner, app := asApp(t)
	s := New(app)
	apply1(t, s, declared, house()...)
	ticketsOf(t, s, "desk", "INC1")
	e := propose(t, s, declared, olga, exclusion("INC1"))
	_, err := s.WithdrawExclusion(t.Context(), olga, declared, "desk", e.ID, "a mistake")
	require.NoError(t, err)
	_, err = s.WithdrawExclusion(t.Context(), olga, declared, "desk", e.ID, "a mistake")
	require.NoError(t, err)
	for _, statement := range []string{`UPDATE exclusion SET person = 'x'`, `DELETE FROM exclusion_withdrawal`, `TRUNCATE exclusion CASCADE`,
		`UPDATE exclusion_withdrawal SET reason = 'x'`, `DELETE FROM exclusion`} {
		_, err := app.ExecContext(context.Background(), statement)
		require.ErrorContains(t, err, "permission denied", statement)
		_, err = owner.ExecContext(context.Background(), statement)
		require.ErrorContains(t, err, "never changed", statement)
	}
}

// Whoever proposed an exclusion that a round uses doesn't decide on that
// round, nor with a token that they issued: here the service has changed hands.
func TestProposersDontApprove(t *testing.T) {
	s, ctx := excluding(t), t.Context()
	both := []person.Role{person.ProcessOwner, person.Approver}
	desk := deskDoc()
	desk.Spec = []byte(`{"owner":"otto","approvers":["olga","anton"],"calendar":"office"}`)
	used := propose(t, s, declared, olga, exclusion("INC1"))
	apply1(t, s, declared, personDoc("olga", both...), personDoc("otto", person.ProcessOwner), desk)

	otto := person.Actor{Person: "otto"}
	r, _, err := s.Begin(ctx, declared, NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2016-03"}, Owner: "otto", By: otto})
	require.NoError(t, err)
	freezeAndAsk := func(round int, list ...agreement.Exclusion) task.Task {
		t.Helper()
		require.NoError(t, s.Enter(ctx, run.Step{Run: r.ID, Round: round}, run.Collecting))
		_, err := Freeze(ctx, s, declared, run.Step{Run: r.ID, Round: round}, sla.Frozen{Service: "desk", Exclusions: list})
		require.NoError(t, err)
		return ask(t, s, declared.Add(time.Duration(round)*time.Minute), run.Step{Run: r.ID, Round: round})
	}
	mine := func(who string) (ids []string) {
		t.Helper()
		list, _, err := s.Tasks(ctx, Tasks{State: "open", Mine: who}, Page{})
		require.NoError(t, err)
		for _, a := range list {
			ids = append(ids, a.ID)
			require.Contains(t, a.Approvers, who, "the list and the rule agree")
		}
		return ids
	}

	first := freezeAndAsk(1, used)
	shown, err := s.Task(ctx, first.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"anton"}, shown.Approvers)
	require.Empty(t, mine("olga"))
	require.Equal(t, []string{first.ID}, mine("anton"))
	refused := decide(t, s, declared, person.Actor{Person: "olga"}, first, task.Approve, "")
	require.Equal(t, fault.Forbidden, refused.Code)
	require.Contains(t, refused.Message.En, "olga proposed an exclusion")
	require.Contains(t, refused.Message.De, "Ausschluss vorgeschlagen")
	refused = decide(t, s, declared, person.Actor{Person: "anton", Issuer: "olga"}, first, task.Approve, "")
	require.Equal(t, fault.Forbidden, refused.Code)
	require.Contains(t, refused.Message.En, "issued by olga, who proposed an exclusion")
	entries, _, err := s.Audit(ctx, Trail{Object: "task/" + first.ID}, Page{})
	require.NoError(t, err)
	require.Equal(t, []string{"task.opened", "decide.refused", "decide.refused"}, []string{entries[0].Action, entries[1].Action, entries[2].Action})

	// The next round doesn't use it any more: olga may decide on that one.
	refused = decide(t, s, declared, person.Actor{Person: "anton"}, first, task.RequestChanges, "without the exclusion")
	require.Nil(t, refused)
	second := freezeAndAsk(2)
	shown, err = s.Task(ctx, second.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"olga", "anton"}, shown.Approvers)
	require.Equal(t, []string{second.ID}, mine("olga"))
	all, _, err := s.Tasks(ctx, Tasks{Run: r.ID}, Page{})
	require.NoError(t, err)
	require.Equal(t, []string{"anton"}, all[0].Approvers, "each round by its own")
	require.Equal(t, []string{"olga", "anton"}, all[1].Approvers)
	refused = decide(t, s, declared, person.Actor{Person: "olga"}, second, task.Approve, "")
	require.Nil(t, refused)
}
