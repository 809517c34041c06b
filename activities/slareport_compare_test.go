package activities_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/imports"
	"turnus/internal/storetest"
	"turnus/itsm/agreement"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/task"
	"turnus/itsm/ticket"
	"turnus/store"
	"turnus/workflows"
)

// late is when a ticket comes that nobody knew of.
type late struct {
	number string
	opened time.Time
	hours  int
}

func (a altering) imports(at time.Time, tickets ...late) int64 {
	a.Helper()
	done, err := a.store.Import(a.Context(), store.Intake{Service: "desk", Format: "csv", AsOf: at, Now: at, By: "olga"}, func(yield func(ticket.Row, error) bool) {
		for i, l := range tickets {
			stop := l.opened.Add(time.Duration(l.hours) * time.Hour)
			yield(ticket.Row{Row: int64(i + 1), Number: l.number, Opened: l.opened, At: l.opened, State: "Active", StoppedAt: &stop}, nil)
		}
	}, nil)
	require.NoError(a, err)
	return done.ID
}

// compares does the worker's chore once.
func (a altering) compares() {
	a.Helper()
	require.NoError(a, activities.CompareDrafts(a.set, slog.New(slog.NewTextHandler(a.Output(), nil)))(a.Context()))
}

// waits drafts a month's report and lets it wait.
func (a altering) waits(period string) workflows.Freezing {
	a.Helper()
	f := a.begin(period)
	require.NoError(a, a.draft(f))
	return f
}

func (a altering) staleness(f workflows.Freezing) []task.StalePart {
	a.Helper()
	r, err := a.store.Run(a.Context(), f.Run)
	require.NoError(a, err)
	k, err := a.store.Task(a.Context(), run.TaskID(f.Run, f.Round, "approval"))
	require.NoError(a, err)
	require.Equal(a, r.Stale, k.Stale)
	list, _, err := a.store.Tasks(a.Context(), store.Tasks{Run: f.Run}, store.Page{})
	require.NoError(a, err)
	require.Equal(a, r.Stale, list[0].Stale)
	return r.Stale
}

func (a altering) applies(doc string) {
	a.Helper()
	docs, err := imports.Resources([]byte(doc))
	require.NoError(a, err)
	_, err = a.store.Apply(a.Context(), person.Actor{Person: "admin"}, now, docs, false)
	require.NoError(a, err)
}

var march = time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)

// A draft that waits is compared with each thing that it stands on, and says
// what has changed; what doesn't concern it leaves it as it is.
func TestDraftsThatWaitAreCompared(t *testing.T) {
	a := newAltering(t)
	f := a.waits("2026-03")
	a.compares()
	require.Empty(t, a.staleness(f))

	a.imports(now, late{"A1", time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC), 1}) // of another month
	a.applies(`{apiVersion: turnus/v1, kind: Person, metadata: {name: rita}, spec: {roles: [viewer]}}`)
	a.compares()
	require.Empty(t, a.staleness(f), "neither the number of the import nor the instant counts")

	a.imports(now, late{"M4", march, 9}, late{"M5", march, 1}, late{"M3", time.Date(2026, 3, 8, 9, 0, 0, 0, time.UTC), 30})
	require.Empty(t, a.staleness(f), "nothing is compared by reading")
	a.compares()
	require.Equal(t, []task.StalePart{{Code: sla.ChangedTickets, Detail: a.staleness(f)[0].Detail}}, a.staleness(f))
	require.Equal(t, "2 tickets were added, 1 ticket changed", a.staleness(f)[0].Detail.En)
	require.Equal(t, "2 Tickets sind hinzugekommen, 1 Ticket hat sich geändert", a.staleness(f)[0].Detail.De)

	olga := person.Actor{Person: "olga"}
	e, err := a.store.ProposeExclusion(t.Context(), olga, now, agreement.Exclusion{Service: "desk", Tickets: []string{"M2"}, Reason: agreement.Customer, Detail: "locked", Evidence: "CHG1"}, "")
	require.NoError(t, err)
	a.applies(strings.Replace(desk[strings.Index(desk, "apiVersion: turnus/v1\nkind: Agreement"):], "attain: 95", "attain: 90", 1))
	earlier := a.waits("2026-02")
	storetest.End(t, a.store, now, "max", "olga", earlier.Run, run.Published)
	a.compares()
	require.Equal(t, []string{sla.ChangedTickets, sla.ChangedAgreement, sla.ChangedExclusion, sla.ChangedEarlier}, codesOf(a.staleness(f)))
	said := a.staleness(f)
	require.Equal(t, "agreement gold: version 1 → 2", said[1].Detail.En)
	require.Equal(t, fmt.Sprintf("exclusion %d counts now", e.ID), said[2].Detail.En)
	require.Equal(t, "the report of 2026-02 was published since", said[3].Detail.En)

	_, err = a.store.WithdrawExclusion(t.Context(), olga, now, "desk", e.ID, "a mistake")
	require.NoError(t, err)
	a.compares()
	require.Equal(t, []string{sla.ChangedTickets, sla.ChangedAgreement, sla.ChangedEarlier}, codesOf(a.staleness(f)))

	// A round that is frozen now stands on all of it.
	storetest.End(t, a.store, now, "max", "olga", f.Run, run.Rejected)
	again := a.waits("2026-03")
	a.compares()
	require.Empty(t, a.staleness(again))
}

func codesOf(changes []task.StalePart) (codes []string) {
	for _, c := range changes {
		codes = append(codes, c.Code)
	}
	return codes
}

// What was changed while a round was collected is compared once it waits,
// whichever was first.
func TestWhatChangesWhileARoundIsCollectedIsCompared(t *testing.T) {
	a := newAltering(t)
	f := a.begin("2026-03")
	at, err := store.StandingOf[sla.Frozen](t.Context(), a.store, run.Step{Run: f.Run, Round: 1})
	require.NoError(t, err)
	require.NoError(t, a.draft(f)) // as if it had been collected before the import
	pgExec(t, a, "INSERT INTO staleness (run, round, change_number) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING", f.Run, at.Change)
	a.imports(now, late{"M4", march, 9})
	a.compares()
	require.Equal(t, []string{sla.ChangedTickets}, codesOf(a.staleness(f)))
}

func pgExec(t *testing.T, a altering, statement string, args ...any) {
	t.Helper()
	_, err := a.store.DB().ExecContext(t.Context(), statement, args...)
	require.NoError(t, err)
}

// A worker that ends while it compares leaves the draft to be compared, and no
// approval goes by; two workers don't compare the same one.
func TestComparingIsTakenUpAgain(t *testing.T) {
	a := newAltering(t)
	f := a.waits("2026-03")
	a.imports(now, late{"M4", march, 9})
	died := errors.New("killed")
	clock := func() time.Time { return now }
	id, err := a.store.CompareNext(t.Context(), clock, nil, func(ctx context.Context, u store.Uncompared) (store.Compared, error) {
		require.Equal(t, f.Run, u.Run)
		other, err := a.store.CompareNext(ctx, clock, nil, func(context.Context, store.Uncompared) (store.Compared, error) {
			return store.Compared{}, errors.New("compared twice")
		})
		require.NoError(t, err)
		require.Empty(t, other)
		return store.Compared{}, died
	})
	require.Equal(t, f.Run, id)
	require.ErrorIs(t, err, died)
	require.Empty(t, a.staleness(f))

	k, err := a.store.Task(t.Context(), run.TaskID(f.Run, 1, "approval"))
	require.NoError(t, err)
	m := task.Message{Task: k.ID, Outcome: task.Approve, Comment: "seen"}
	p, err := a.store.IssuePass(t.Context(), person.Actor{Person: "max"}, now, store.PassFor{Kind: store.PassDecide, Run: f.Run, Task: k.ID, Content: k.Hash, Answer: m.Answer()})
	require.NoError(t, err)
	m.Pass = p.Presented()
	_, _, err = a.store.Decide(t.Context(), now, p.ID, m)
	require.ErrorAs(t, err, &store.UncomparedError{}, "the record decides nothing that wasn't compared")
	v, err := a.set.TaskDecide(t.Context(), workflows.Deciding{Message: m, By: p.ID})
	require.NoError(t, err)
	require.NotNil(t, v.Refusal)
	require.Contains(t, v.Refusal.Message.En, "1 ticket was added")
	require.Equal(t, []string{sla.ChangedTickets}, codesOf(a.staleness(f)))
}

// found are the findings of late data.
func (a altering) found() []improvement.Finding {
	a.Helper()
	all, _, err := a.store.Findings(a.Context(), store.Findings{Service: "desk", State: "all", Kind: improvement.LateData, Sight: store.Sight{All: true}}, store.Page{})
	require.NoError(a, err)
	return all
}

// Data that comes for a published month is found, with what it would change; only
// there, once an import, and not where no figure changes. Another attempt that
// is published mends it.
func TestLateDataIsFound(t *testing.T) {
	a := newAltering(t)
	for _, period := range []string{"2026-02", "2026-03"} {
		f := a.waits(period)
		storetest.End(t, a.store, now, "max", "olga", f.Run, run.Published)
	}
	a.compares()
	require.Empty(t, a.found())

	second := a.imports(now, late{"M4", march, 9}, late{"M5", march, 1})
	require.Empty(t, a.found(), "nothing is looked for by importing")
	a.compares()
	a.compares()
	found := a.found()
	require.Len(t, found, 1)
	require.Equal(t, improvement.Minor, found[0].Severity)
	require.Equal(t, improvement.Nonconformity, found[0].Type)
	require.Equal(t, improvement.Source{Kind: improvement.FromImport, Name: fmt.Sprint(second)}, found[0].Source)
	require.Contains(t, found[0].Title.En, fmt.Sprintf("The report on desk for March 2026 was drafted before import %d changed its tickets", second))
	require.Contains(t, found[0].Title.De, fmt.Sprintf("bevor Import %d seine Tickets änderte", second))
	require.Contains(t, found[0].Note.En, "fix: attainment: 1 of 3, 33.33\u00a0% → 2 of 5, 40.00\u00a0% (gold)")
	require.NotContains(t, found[0].Note.En, "0\u00a0tickets", "what stays isn't said")
	require.Contains(t, found[0].Note.De, "1 von 3, 33,33\u00a0% → 2 von 5, 40,00\u00a0% (gold)")

	a.imports(now, late{"M4", march, 9}) // which is known
	a.compares()
	require.Equal(t, 1, a.found()[0].Seen)
	fourth := a.imports(now, late{"M6", march, 1})
	a.imports(now, late{"A1", now.Add(-time.Hour), 1}) // of another month, before anybody looks
	a.compares()
	found = a.found()
	require.Len(t, found, 1)
	require.Equal(t, 2, found[0].Seen)
	seen, err := a.store.Sightings(t.Context(), found[0].ID)
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint(fourth), seen[1].Source.Name)
	require.Contains(t, seen[1].Note.En, "→ 3 of 6")

	again := a.waits("2026-03")
	require.Equal(t, improvement.Open, a.found()[0].State)
	storetest.End(t, a.store, now, "max", "olga", again.Run, run.Published)
	require.Equal(t, improvement.Closed, a.found()[0].State)
	a.compares()
	require.Len(t, a.found(), 1)
}

// An import comes between an approval and its publication: nobody could compare
// the draft any more, so the report is looked through afterwards.
func TestLateDataBeforeThePublicationIsFound(t *testing.T) {
	a := newAltering(t)
	f := a.waits("2026-03")
	storetest.Decide(t, a.store, now, "max", run.Step{Run: f.Run, Round: 1}, task.Approve)
	a.imports(now, late{"M4", march, 9})
	a.compares()
	require.Empty(t, a.found())
	require.NoError(t, a.store.End(t.Context(), now, run.End{Run: f.Run, Round: 1, State: run.Published}))
	a.compares()
	require.Len(t, a.found(), 1)
}

// A withdrawn import is found with each published month that stands on it, what
// its figures come to, and with those that nothing else covers; not with others.
func TestMonthsOnAWithdrawnImportAreFound(t *testing.T) {
	a := newAltering(t)
	second := a.imports(now, late{"M4", march, 9}, late{"M2", time.Date(2026, 3, 7, 9, 0, 0, 0, time.UTC), 5}) // M2 is known so
	for _, period := range []string{"2026-02", "2026-03"} {
		f := a.waits(period)
		storetest.End(t, a.store, now, "max", "olga", f.Run, run.Published)
	}
	a.compares()
	require.Empty(t, a.found())
	waits := a.waits("2026-03") // another attempt, which waits

	change, err := a.store.ProposeWithdrawal(t.Context(), owner, now, second, "of another system")
	require.NoError(t, err)
	_, err = a.set.ChangeDraft(t.Context(), run.Step{Run: change, Round: 1})
	require.NoError(t, err)
	storetest.Enact(t, a.store, now, "max", change)
	a.compares()
	a.compares()
	found := a.found()
	require.Len(t, found, 1)
	require.Equal(t, 1, found[0].Seen)
	require.Regexp(t, fmt.Sprintf(`^The report on desk for March 2026 stands on import %d, which was withdrawn \(import [0-9]+\): [0-9]+ of its figures`, second), found[0].Title.En)
	require.Contains(t, found[0].Title.De, fmt.Sprintf("beruht auf Import %d, der zurückgenommen wurde", second))
	require.Contains(t, found[0].Note.En, "of 4, ")
	require.Equal(t, []string{sla.ChangedTickets}, codesOf(a.staleness(waits)))
	require.Equal(t, "1 ticket isn't among them any more", a.staleness(waits)[0].Detail.En)
}

// Without any import left the months aren't covered, and drafts that wait say so.
func TestMonthsWithoutAnyImportAreFound(t *testing.T) {
	a := newAltering(t)
	f := a.waits("2026-02")
	storetest.End(t, a.store, now, "max", "olga", f.Run, run.Published)
	waits := a.waits("2026-03")
	change, err := a.store.ProposeWithdrawal(t.Context(), owner, now, 1, "of another system")
	require.NoError(t, err)
	_, err = a.set.ChangeDraft(t.Context(), run.Step{Run: change, Round: 1})
	require.NoError(t, err)
	storetest.Enact(t, a.store, now, "max", change)
	a.compares()
	require.Len(t, a.found(), 1)
	require.Equal(t, []string{sla.ChangedTickets, sla.ChangedCoverage}, codesOf(a.staleness(waits)))
	require.NoError(t, activities.CompareDrafts(a.set, slog.New(slog.DiscardHandler))(t.Context()), "and it comes to an end")
}

// Many decisions at once, each on a draft that has to be compared first, don't
// wait for each other's connections: a few are compared at a time.
func TestManyAreComparedAtOnce(t *testing.T) {
	a := newAltering(t)
	a.store.DB().SetMaxOpenConns(6)
	f := a.waits("2026-03")
	a.imports(now, late{"M4", march, 9})
	k, err := a.store.Task(t.Context(), run.TaskID(f.Run, 1, "approval"))
	require.NoError(t, err)
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	var all sync.WaitGroup
	refused := make(chan string, 20)
	for range cap(refused) {
		m := task.Message{Task: k.ID, Outcome: task.Approve, Comment: "seen"}
		p, err := a.store.IssuePass(ctx, person.Actor{Person: "max"}, now, store.PassFor{Kind: store.PassDecide, Run: f.Run, Task: k.ID, Content: k.Hash, Answer: m.Answer()})
		require.NoError(t, err)
		m.Pass = p.Presented()
		all.Go(func() {
			v, err := a.set.TaskDecide(ctx, workflows.Deciding{Message: m, By: p.ID})
			if err == nil && v.Refusal != nil {
				refused <- v.Refusal.Message.En
			}
		})
	}
	all.Wait()
	require.Len(t, refused, cap(refused))
}
