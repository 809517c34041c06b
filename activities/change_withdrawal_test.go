package activities_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/store"
)

// wrong imports a file in which the late ticket of April was quick, and one more
// was opened.
func (p *published) wrong(by string) dataset.Import {
	p.Helper()
	i, err := p.store.Import(p.Context(), store.Intake{Service: "desk", Format: "csv", AsOf: p.now, Now: p.now, By: by,
		File: dataset.File{Name: "april.csv", Bytes: 120, SHA256: fmt.Sprintf("%064d", 7)}}, func(yield func(ticket.Row, error) bool) {
		for n, number := range []string{"M4-2", "X1"} {
			at := time.Date(2026, 4, 7, 8, 0, 0, 0, time.UTC)
			stop := at.Add(time.Hour)
			yield(ticket.Row{Row: int64(n + 1), Number: number, Opened: at, At: at, State: "Active", StoppedAt: &stop}, nil)
		}
	}, nil)
	require.NoError(p, err)
	return i.Import
}

func (p *published) met(period string) string {
	p.Helper()
	rep, _ := p.publish("desk", period, true)
	for _, x := range rep.Figures {
		if x.Name == "fix.met" {
			return *x.Value
		}
	}
	return ""
}

// The owner proposes to take an import back, an approver decides on what it was
// and what becomes of the tickets, and the figures are those from before it.
func TestWithdrawingAnImport(t *testing.T) {
	p := newPublished(t)
	i := p.wrong("olga")
	require.Equal(t, "4", p.met("2026-04"))

	other := person.Actor{Person: "otto", Roles: owner.Roles}
	for name, c := range map[string]struct {
		by     person.Actor
		id     int64
		reason string
		code   fault.Code
		says   string
	}{
		"not the owner":  {other, i.ID, "the wrong file", fault.Forbidden, "otto doesn't own the service desk"},
		"administrator":  {admin, i.ID, "the wrong file", fault.Forbidden, "admin doesn't own the service desk"},
		"no reason":      {owner, i.ID, " ", fault.Invalid, "reason: Say in up to 1000 characters why"},
		"no such import": {owner, 4711, "the wrong file", fault.NotFound, "There is no import 4711"},
	} {
		_, err := p.store.ProposeWithdrawal(t.Context(), c.by, p.now, c.id, c.reason)
		require.True(t, fault.Is(err, c.code), "%s: %v", name, err)
		require.ErrorContains(t, err, c.says, name)
	}
	id, err := p.store.ProposeWithdrawal(t.Context(), owner, p.now, i.ID, "the wrong file")
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("change-approval/import-%d/2026-05-04", i.ID), id)
	same, err := p.store.ProposeWithdrawal(t.Context(), owner, p.now, i.ID, "the wrong file")
	require.NoError(t, err)
	require.Equal(t, id, same)
	_, err = p.store.ProposeWithdrawal(t.Context(), owner, p.now, i.ID, "another reason")
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)

	st := run.Step{Run: id, Round: 1}
	d, err := p.set.ChangeDraft(t.Context(), st)
	require.NoError(t, err)
	again, err := p.set.ChangeDraft(t.Context(), st)
	require.NoError(t, err)
	require.Equal(t, d, again, "a retry drafts the same")
	w, err := store.Frozen[dataset.Withdrawal](t.Context(), p.store, st)
	require.NoError(t, err)
	require.Equal(t, []int64{2, 1}, []int64{w.Changed, w.Gone})
	require.Equal(t, "april.csv", w.Import.File.Name)
	require.Equal(t, []dataset.ReportOn{{Period: "2026-04", Run: "sla-report/desk/2026-04.2", Version: 2}}, w.Reports)
	imports, _, err := p.store.Imports(t.Context(), "desk", store.Page{})
	require.NoError(t, err)
	require.Len(t, imports, 2, "what was tried was taken back")
	rep, err := p.store.Report(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, text.New("Withdrawal of an import", "Rücknahme eines Imports"), rep.Title)

	require.NoError(t, p.approve(id))
	imports, _, err = p.store.Imports(t.Context(), "desk", store.Page{})
	require.NoError(t, err)
	require.Equal(t, []any{i.ID, id, "the wrong file", "olga"}, []any{imports[0].Withdraws, imports[0].Run, imports[0].Reason, imports[0].By})
	require.Equal(t, imports[0].ID, imports[1].WithdrawnBy)
	require.Equal(t, "2", p.met("2026-04"), "as if it had never come")
	_, err = p.store.ProposeWithdrawal(t.Context(), owner, p.now, i.ID, "once more")
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
	require.ErrorContains(t, err, "withdrawn already")
}

// Whoever imported is concerned: where nobody else could decide, nothing is
// proposed. Rejected, an import stays.
func TestWhoDecidesOnAWithdrawal(t *testing.T) {
	p := newPublished(t)
	i := p.wrong("olga")
	id, err := p.store.ProposeWithdrawal(t.Context(), owner, p.now, i.ID, "the wrong file")
	require.NoError(t, err)
	_, err = p.set.ChangeDraft(t.Context(), run.Step{Run: id, Round: 1})
	require.NoError(t, err)
	require.True(t, fault.Is(p.store.Enact(t.Context(), p.now, id), fault.Conflict), "nobody has approved it")
	storetest.End(t, p.store, p.now, "max", "olga", id, run.Rejected)
	require.True(t, fault.Is(p.store.Enact(t.Context(), p.now, id), fault.Conflict))
	require.Equal(t, "4", p.met("2026-04"))

	i = p.wrong("max")
	_, err = p.store.ProposeWithdrawal(t.Context(), owner, p.now, i.ID, "the wrong file")
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	require.ErrorContains(t, err, "max brought data that these figures use")
}

// Taking an import back takes as long as an import. Whoever applies something
// meanwhile doesn't wait for it, and nobody's decision waits behind them.
func TestAWithdrawalHoldsNobodyUp(t *testing.T) {
	p := newPublished(t)
	i := p.wrong("olga")
	id, err := p.store.ProposeWithdrawal(t.Context(), owner, p.now, i.ID, "the wrong file")
	require.NoError(t, err)
	st := run.Step{Run: id, Round: 1}
	applying := func(do func(context.Context) error) {
		t.Helper()
		tx, err := p.store.DB().BeginTx(t.Context(), nil)
		require.NoError(t, err)
		defer tx.Rollback() //nolint:errcheck // nothing is kept
		_, err = tx.Exec(`SELECT pg_advisory_xact_lock(hashtextextended('turnus.resource', 0))`)
		require.NoError(t, err)
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		require.NoError(t, do(ctx))
	}
	applying(func(ctx context.Context) error { _, err := p.set.ChangeDraft(ctx, st); return err })
	storetest.Decide(t, p.store, p.now, "max", st, task.Approve)
	applying(func(ctx context.Context) error { _, err := p.set.ChangeEnact(ctx, st); return err })
}
