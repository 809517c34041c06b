package store

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// withdrawal is that of an import.
type withdrawal struct {
	id   int64
	spec dataset.WithdrawalSpec
}

func withdrawalOf(d resource.Raw) (withdrawal, error) {
	w, err := decoded[dataset.WithdrawalSpec](d)
	if err != nil {
		return withdrawal{}, err
	}
	id, err := strconv.ParseInt(d.Metadata.Name, 10, 64)
	return withdrawal{id, w.Spec}, err
}

func (x withdrawal) scopes(ctx context.Context, tx *sqlx.Tx, _ time.Time) ([]Scope, error) {
	s, err := scopeAbout(ctx, tx, resource.Service.Ref(x.spec.Service))
	return []Scope{s}, err
}

func (x withdrawal) foreign(of []Scope, by string) error { return notOwner(of[0], by) }

func (x withdrawal) reason() string { return x.spec.Reason }

func (x withdrawal) basis(about resource.Ref, now time.Time, _ Proposal, _ *resource.Version) task.Basis {
	return dataset.Withdrawal{About: about, At: now, Newest: 1<<63 - 1, Import: dataset.Import{Dataset: x.spec.Dataset}}.Basis()
}

// check doesn't try it, since that may take minutes.
func (x withdrawal) check(ctx context.Context, tx *sqlx.Tx, _ time.Time, _ Proposal, _ *resource.Version) error {
	return checkWithdrawal(ctx, tx, x.id)
}

func (x withdrawal) enact(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, _ *resource.Version) (int, error) {
	done, _, err := withdrawImport(ctx, tx, now, Withdrawal{Import: x.id, Run: p.Run, Reason: x.spec.Reason, By: person.Actor{Person: p.By, Issuer: p.Issuer}})
	return int(done.ID), err
}

// maxReason is the length of a withdrawal's reason in characters.
const maxReason = 1000

// ProposeWithdrawal proposes that what an import said doesn't count any more, for
// the owner of its service, and gives the run that decides; one that waits for
// the same is found.
func (s *Store) ProposeWithdrawal(ctx context.Context, by person.Actor, now time.Time, id int64, reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" || utf8.RuneCountInString(reason) > maxReason || resource.CheckText("", reason) != nil {
		return "", fault.Invalidf("reason", "Say in up to %d characters why: approvers and auditors read it.",
			"In höchstens %d Zeichen begründen: Wer freigibt oder prüft, liest es.", maxReason)
	}
	i, err := s.ImportByID(ctx, id)
	if err != nil {
		return "", err
	}
	said := dataset.WithdrawalSpec{Service: i.Service, Reason: reason}
	if i.Dataset != dataset.Tickets {
		said.Dataset = i.Dataset
	}
	spec, err := json.Marshal(said)
	if err != nil {
		return "", err
	}
	d := resource.Raw{APIVersion: resource.APIVersion, Kind: dataset.Withdrawn, Metadata: resource.Metadata{Name: strconv.FormatInt(id, 10)}, Spec: spec}
	var c Change
	err = s.tx(ctx, func(tx *sqlx.Tx) (err error) {
		if err := lockResources(ctx, tx); err != nil {
			return err
		}
		c, err = submit(ctx, tx, by, now.UTC().Truncate(time.Microsecond), d)
		return err
	})
	return c.Run, err
}

// Withdraws is what a run decides on that takes an import back.
func (s *Store) Withdraws(ctx context.Context, now time.Time, st run.Step) (w dataset.Withdrawal, err error) {
	now = now.UTC()
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		p, err := proposalOf(ctx, tx, st.Run)
		if err != nil {
			return err
		}
		x, err := withdrawalOf(p.Document)
		if err != nil {
			return err
		}
		if err := lockImports(ctx, tx, x.spec.Service); err != nil {
			return err
		}
		scope, err := scopeAbout(ctx, tx, resource.Service.Ref(x.spec.Service))
		if err != nil {
			return err
		}
		var row importRow
		if err := tx.GetContext(ctx, &row, importSelect+" WHERE i.id = $1", x.id); err != nil {
			return err
		}
		w = dataset.Withdrawal{Run: st.Run, Round: st.Round, About: scope.About, Title: scope.Title, Zone: scope.Zone.String(), Hash: p.Hash,
			Import: row.plain(), Reason: x.spec.Reason, By: p.By, At: now}
		if err := tx.GetContext(ctx, &w.Newest, "SELECT max(id) FROM import WHERE service = $1 AND dataset = $2", scope.Name, w.Import.Dataset); err != nil {
			return err
		}
		if w.Reports, err = reportsOn(ctx, tx, w.Import); err != nil {
			return err
		}
		return undone(ctx, tx, func() error {
			done, gone, err := withdrawImport(ctx, tx, now, Withdrawal{Import: x.id, Run: st.Run, Reason: w.Reason, By: person.Actor{Person: p.By, Issuer: p.Issuer}})
			w.Changed, w.Gone = done.Tickets, gone
			return err
		})
	})
	return w, err
}

// reportsOn are the reports in force that may stand on an import: of the processes
// that read its dataset, and of periods that it says something about. A ticket
// may go on after the last that was heard of it, and so may an outage.
func reportsOn(ctx context.Context, q sqlx.QueryerContext, i dataset.Import) (list []dataset.ReportOn, err error) {
	var processes []string
	for _, p := range process.Catalogue() {
		if slices.Contains(p.Reads, i.Dataset) {
			processes = append(processes, p.Name)
		}
	}
	var last *time.Time
	if i.Dataset == dataset.Probes || i.Dataset == dataset.Maintenance {
		last = i.Last
	}
	err = sqlx.SelectContext(ctx, q, &list, `SELECT period, run, version FROM (
			SELECT DISTINCT ON (p.process, p.period) p.process, p.period, p.run, p.round, p.version FROM report p
			WHERE p.process = ANY ($1) AND p.scope = $2 ORDER BY p.process, p.period, p.version DESC) p
		JOIN frozen_set f USING (run, round)
		WHERE (f.document->>'import')::bigint >= $3 AND (f.document->>'to')::timestamptz > $4
			AND ($5::timestamptz IS NULL OR (f.document->>'from')::timestamptz <= $5) ORDER BY period, run`,
		pq.Array(processes), i.Service, i.ID, begins(i), last)
	return list, err
}

// begins is the instant before which an import says nothing.
func begins(i dataset.Import) time.Time {
	switch {
	case i.Since != nil && (i.First == nil || i.Since.Before(*i.First)):
		return *i.Since
	case i.First != nil:
		return *i.First
	}
	return i.Oldest
}
