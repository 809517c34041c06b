package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// findingNumber reads the name of a scope that is a finding; 0: it is none.
func findingNumber(name string) int64 {
	n, err := strconv.ParseInt(name, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != name {
		return 0
	}
	return n
}

// aboutFinding is what a finding is about; one of the installation is the
// organisation's.
func aboutFinding(ctx context.Context, q sqlx.QueryerContext, p process.Process, name string) (about resource.Ref, err error) {
	err = sqlx.GetContext(ctx, q, &about, `SELECT about_kind AS kind, about AS name FROM finding WHERE id = $1 AND joined IS NULL`, findingNumber(name))
	if errors.Is(err, sql.ErrNoRows) {
		return about, NoScope(p, name)
	}
	if err == nil && about.Name == "" {
		organisation := p
		organisation.Scope = process.OfOrganisation
		return aboutOf(ctx, q, organisation, "")
	}
	return about, err
}

// lockFinding keeps the finding that a run would deal with as it is until the
// transaction ends, and refuses one that has ended, or that another run deals
// with.
func lockFinding(ctx context.Context, tx *sqlx.Tx, n NewRun) error {
	k := n.Key
	var is struct {
		State improvement.State `db:"state"`
		Run   string            `db:"run"`
	}
	err := tx.GetContext(ctx, &is, "SELECT state, coalesce(run, '') AS run FROM finding WHERE id = $1 FOR UPDATE", findingNumber(k.Scope))
	switch {
	case err != nil:
		return err
	case is.State.Ended():
		return fault.New(fault.Conflict, text.F("Finding %s is %s: nothing more becomes of it. A repeat is a finding of its own.",
			"Befund %s ist %s und wird nicht weiter bearbeitet. Tritt er erneut auf, ist das ein neuer Befund.", k.Scope, is.State)).At("scope")
	case is.State != improvement.Open:
		return fault.New(fault.Conflict, text.F("Finding %s is being dealt with already: see %s.", "Befund %s wird schon bearbeitet: siehe %s.", k.Scope, is.Run)).At("scope")
	}
	return nil
}

// takeFinding says of a finding that a run deals with it, which has just begun.
func takeFinding(ctx context.Context, tx *sqlx.Tx, r run.Run) error {
	_, err := tx.ExecContext(ctx, "UPDATE finding SET state = $2, run = $3 WHERE id = $1", findingNumber(r.Scope), improvement.Planned, r.ID)
	return err
}

// settleFinding says what becomes of a finding when its run ends. What was
// published closes or declines it; else it is open again, and what its run had
// still to do is dropped.
func settleFinding(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run, e run.End) error {
	state, err := stateLeft(ctx, tx, findingNumber(r.Scope))
	if err != nil {
		return err
	}
	if e.State == run.Published {
		var stage improvement.Stage
		if err := tx.GetContext(ctx, &stage, "SELECT document->>'stage' FROM frozen_set WHERE run = $1 AND round = $2", r.ID, r.Round); err != nil {
			return err
		}
		state = improvement.Closed
		if stage == improvement.ToDecline {
			state = improvement.Declined
		}
	}
	var ended *time.Time
	if state.Ended() {
		ended = &now
	}
	if _, err := tx.ExecContext(ctx, "UPDATE finding SET state = $3, ended_at = $4 WHERE id = $1 AND run = $2 AND ended_at IS NULL",
		findingNumber(r.Scope), r.ID, state, ended); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE action SET state = $2, ended_at = $3 WHERE run = $1 AND ended_at IS NULL", r.ID, improvement.ActionDropped, now)
	return err
}

// Begun is the live run of a process about a scope; empty: there is none.
func (s *Store) Begun(ctx context.Context, p process.Process, scope string) (id string, err error) {
	err = s.db.GetContext(ctx, &id, `SELECT coalesce((SELECT id FROM run WHERE process = $1 AND scope = $2 AND ended_at IS NULL
		ORDER BY created_at DESC LIMIT 1), '')`, p.Name, scope)
	return id, mapped(err)
}

// Improving is what is on record of an improvement, for one of its rounds.
type Improving struct {
	improvement.Frozen                          // all but Stage, Continues, At and the plan of this round
	Answers            map[string]task.Decision // of this round, by step
	Last               *task.Decision           // on the draft of the round before
	Planned            task.Values              // the newest plan of an earlier round
}

// Improving reads what is on record of an improvement, for a round.
func (s *Store) Improving(ctx context.Context, st run.Step) (i Improving, err error) {
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		i, err = improving(ctx, tx, st)
		return err
	})
	return i, err
}

func improving(ctx context.Context, q sqlx.QueryerContext, st run.Step) (Improving, error) {
	i := Improving{Answers: map[string]task.Decision{}}
	r, err := getRun(ctx, q, st.Run, "")
	if err != nil {
		return i, err
	}
	i.Frozen = improvement.Frozen{Run: st.Run, Round: st.Round, About: r.About}
	if i.Finding, err = getFinding(ctx, q, findingNumber(r.Scope), ""); err != nil {
		return i, err
	}
	if i.Sightings, err = sightingsOf(ctx, q, i.Finding.ID); err != nil {
		return i, err
	}
	all, err := decisionsOf(ctx, q, st.Run)
	if err != nil {
		return i, err
	}
	answers := byStep(all)
	for round := 1; round <= st.Round; round++ {
		of := answers[round]
		if c, ok := of[process.ImprovementCorrection]; ok && c.Outcome == task.Done {
			i.Correction = &improvement.Correction{Done: c.Fields.Text("correction"), Elsewhere: c.Fields.Text("elsewhere"),
				File: c.Fields.Text("evidence"), By: c.Person, At: c.At.UTC()}
		}
		if m, ok := of[process.ImprovementMerit]; ok && m.Outcome == task.Done {
			i.Merit = &improvement.Merit{Benefit: m.Fields.Text("benefit"), Cost: m.Fields.Text("cost"), Risk: m.Fields.Text("risk"),
				Fit: m.Fields.Text("fit"), By: m.Person, At: m.At.UTC()}
		}
		if round == st.Round {
			i.Answers = of
			continue
		}
		plan, planned := of[process.ImprovementPlan]
		if planned {
			i.Planned = plan.Fields
		}
		if d, ok := of[process.Approval]; ok {
			i.Last = &d
			if planned && plan.Outcome == task.Done && d.Outcome == task.Approve {
				i.Cycles = append(i.Cycles, improvement.Cycle{Round: round, By: plan.Person, At: plan.At.UTC(),
					Approved: &improvement.Approved{By: d.Person, Hash: d.Hash, Comment: d.Comment, At: d.At.UTC()}})
			}
		}
	}
	for n := range i.Cycles {
		c := &i.Cycles[n]
		var frozen JSON[improvement.Frozen]
		if err := sqlx.GetContext(ctx, q, &frozen, "SELECT document FROM frozen_set WHERE run = $1 AND round = $2", st.Run, c.Round); err != nil {
			return i, err
		}
		if last := len(frozen.V.Cycles) - 1; last >= 0 {
			c.Plan = frozen.V.Cycles[last].Plan
		}
		if c.Actions, err = tracked(ctx, q, st.Run, c.Round, answers[c.Round]); err != nil {
			return i, err
		}
	}
	return i, nil
}

// byStep sorts decisions by round and step.
func byStep(all []task.Decision) map[int]map[string]task.Decision {
	sorted := map[int]map[string]task.Decision{}
	for _, d := range all {
		if sorted[d.Round] == nil {
			sorted[d.Round] = map[string]task.Decision{}
		}
		sorted[d.Round][run.StepOf(d.Run, d.Round, d.Task)] = d
	}
	return sorted
}

// NextAction is the number that the next action of a finding gets.
func (s *Store) NextAction(ctx context.Context, finding int64) (n int, err error) {
	err = s.db.GetContext(ctx, &n, "SELECT coalesce(max(number), 0) + 1 FROM action WHERE finding = $1", finding)
	return n, mapped(err)
}
