package store

import (
	"context"
	"iter"
	"slices"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
)

// ticketIntake is what tickets add to an import.
type ticketIntake struct {
	in    Intake
	rows  iter.Seq2[ticket.Row, error]
	names ticket.Names
	merge *ticketMerge
}

func (t *ticketIntake) dataset() string { return dataset.Tickets }

func (t *ticketIntake) entries(watch *dataset.Watch) iter.Seq2[entry, error] {
	t.names = ticket.Names{}
	return ticketEntries(t.rows, &t.names, watch, t.in.States != nil || t.in.Union, t.in.Now)
}

func (t *ticketIntake) merger(m *merge, service string, agreed []dataset.Agreed, before coveredBy) merger {
	t.merge = &ticketMerge{ctx: m.ctx, tx: m.tx, service: service, union: t.in.Union, names: &t.names, done: m.done, all: m,
		scope: dataset.NewScope(agreed), stored: before.Oldest.Valid}
	if before.Oldest.Valid {
		t.merge.first = &before.Oldest.Time
	}
	return t.merge
}

func (t *ticketIntake) judge(ctx context.Context, tx *sqlx.Tx, j judging, p *dataset.Profile) error {
	m := t.merge
	before, err := seenBefore(ctx, tx, j.in.Service, dataset.Tickets)
	if err != nil {
		return err
	}
	facts, err := j.facts(before, p)
	if err != nil {
		return err
	}
	facts.Keys, facts.Zero, facts.Stopped, facts.Twice = m.keys, m.zero, m.ended, m.twice
	var lists dataset.States
	if j.in.States != nil {
		lists = *j.in.States
	}
	p.States = dataset.UseStates(j.seen.Values[dataset.State], lists, j.agreed)
	before.add(j.seen)
	unknown, err := dataset.UnknownValues(j.agreed, before.known, before.look(ctx, tx, j.in.Service))
	if err != nil {
		return err
	}
	p.Warnings = slices.Concat(facts.Refusals(), facts.Warnings(before.days, p.AsOf), dataset.StateWarnings(p.States), dataset.LostRows(p.Older, p.Outdated), unknown, m.scope.Warnings())
	return nil
}
