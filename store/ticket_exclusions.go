package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/agreement"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

const exclusionColumns = `e.id, e.service, e.tickets, e.agreement, e.target, e.reason, e.detail, e.evidence, e.person, e.token_issuer, e.at,
	w.person AS withdrawn_by, w.token_issuer AS withdrawn_issuer, w.reason AS withdrawn_reason, w.at AS withdrawn_at`

type exclusionRow struct {
	agreement.Exclusion
	Tickets         pq.StringArray `db:"tickets"`
	WithdrawnBy     sql.NullString `db:"withdrawn_by"`
	WithdrawnIssuer sql.NullString `db:"withdrawn_issuer"`
	WithdrawnReason sql.NullString `db:"withdrawn_reason"`
	WithdrawnAt     sql.NullTime   `db:"withdrawn_at"`
}

func (r exclusionRow) plain() agreement.Exclusion {
	e := r.Exclusion
	e.Tickets, e.At = r.Tickets, e.At.UTC()
	if r.WithdrawnBy.Valid {
		e.Withdrawn = &agreement.Withdrawal{By: r.WithdrawnBy.String, TokenIssuer: r.WithdrawnIssuer.String,
			At: r.WithdrawnAt.Time.UTC(), Reason: r.WithdrawnReason.String}
	}
	return e
}

// ExclusionsOf gives the exclusions of a service that hold at an instant:
// proposed up to it, and not withdrawn by then; in order of their ID. A
// withdrawal that came later isn't shown.
func (s *Store) ExclusionsOf(ctx context.Context, service string, at time.Time) ([]agreement.Exclusion, error) {
	return s.exclusionsWhere(ctx, "true", service, at)
}

// ExclusionsIn are those that hold at an instant and name a ticket that
// TicketsAsOf gives: what a report that was frozen now would use.
func (s *Store) ExclusionsIn(ctx context.Context, service string, at time.Time, asOf int64, from, to time.Time) ([]agreement.Exclusion, error) {
	return s.exclusionsWhere(ctx, `EXISTS (SELECT 1 FROM ticket_version v
		WHERE v.service = $1 AND v.number = ANY(e.tickets) AND v.import <= $3 AND v.last >= $4 AND v.opened < $5
		  AND NOT EXISTS (SELECT 1 FROM ticket_version n
		      WHERE n.service = $1 AND n.number = v.number AND n.import > v.import AND n.import <= $3))`, service, at, asOf, from, to)
}

// exclusionsWhere gives those that hold at an instant, $2, of a service, $1, and
// that a condition selects.
func (s *Store) exclusionsWhere(ctx context.Context, condition string, args ...any) ([]agreement.Exclusion, error) {
	var rows []exclusionRow
	err := s.db.SelectContext(ctx, &rows, `SELECT `+exclusionColumns+` FROM exclusion e
		LEFT JOIN exclusion_withdrawal w ON w.exclusion = e.id AND w.at <= $2
		WHERE e.service = $1 AND e.at <= $2 AND w.exclusion IS NULL AND `+condition+` ORDER BY e.id`, args...)
	list := make([]agreement.Exclusion, len(rows))
	for i, r := range rows {
		list[i] = r.plain()
	}
	return list, mapped(err)
}

// Exclusions lists a service's exclusions, newest first, the withdrawn ones
// among them.
func (s *Store) Exclusions(ctx context.Context, service string, p Page) ([]agreement.Exclusion, string, error) {
	before, err := p.number(1 << 62)
	if err != nil {
		return nil, "", err
	}
	var rows []exclusionRow
	if err := s.db.SelectContext(ctx, &rows, `SELECT `+exclusionColumns+` FROM exclusion e
		LEFT JOIN exclusion_withdrawal w ON w.exclusion = e.id
		WHERE e.service = $1 AND e.id < $2 ORDER BY e.id DESC LIMIT $3`, service, before, p.limit()+1); err != nil {
		return nil, "", mapped(err)
	}
	next := ""
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		next = cursor(strconv.FormatInt(rows[len(rows)-1].ID, 10))
	}
	list := make([]agreement.Exclusion, len(rows))
	for i, r := range rows {
		list[i] = r.plain()
	}
	return list, next, nil
}

// Exclusion is one exclusion of a service.
func (s *Store) Exclusion(ctx context.Context, service string, id int64) (agreement.Exclusion, error) {
	e, err := getExclusion(ctx, s.db, "e.service = $1 AND e.id = $2", service, id)
	if err == nil && e == nil {
		return agreement.Exclusion{}, NoExclusion(service, id)
	}
	if err != nil {
		return agreement.Exclusion{}, mapped(err)
	}
	return *e, nil
}

// NoExclusion says that a service has no such exclusion.
func NoExclusion(service string, id int64) error {
	return fault.New(fault.NotFound, text.F("There is no exclusion %d of %.200s.", "Einen Ausschluss %d von %.200s gibt es nicht.", id, service))
}

// getExclusion is the newest of those that a condition selects, or nil.
func getExclusion(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) (*agreement.Exclusion, error) {
	var row exclusionRow
	err := sqlx.GetContext(ctx, q, &row, `SELECT `+exclusionColumns+` FROM exclusion e
		LEFT JOIN exclusion_withdrawal w ON w.exclusion = e.id WHERE `+where+` ORDER BY e.id DESC LIMIT 1`, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	e := row.plain()
	return &e, err
}

// ProposeExclusion puts a proposal on record. What it names must exist: the
// service, an agreement of it and one of that agreement's targets, in any of
// their versions, and each ticket. request, which may be empty, names the
// request to its repeat: if the process that recorded the proposal died before
// it answered, the repeat finds it.
func (s *Store) ProposeExclusion(ctx context.Context, by person.Actor, now time.Time, e agreement.Exclusion, request string) (agreement.Exclusion, error) {
	e.Detail, e.Evidence = strings.TrimSpace(e.Detail), strings.TrimSpace(e.Evidence)
	if err := e.Check(); err != nil {
		return e, err
	}
	e.By, e.TokenIssuer, e.At, e.Withdrawn = by.Person, by.Issuer, now.UTC().Truncate(time.Microsecond), nil
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if request != "" {
			if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('turnus.exclusion/' || $1, 0))", request); err != nil {
				return err
			}
			same, err := getExclusion(ctx, tx, "e.request = $1 AND e.at > $2", request, now.Add(-keptFor))
			if err != nil || same != nil {
				if same != nil {
					e = *same
				}
				return err
			}
		}
		if err := checkExclusion(ctx, tx, e); err != nil {
			return err
		}
		if err := tx.GetContext(ctx, &e.ID, `INSERT INTO exclusion (service, tickets, agreement, target, reason, detail, evidence, person, token_issuer, at, request)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,nullif($11,'')) RETURNING id`,
			e.Service, pq.StringArray(e.Tickets), e.Agreement, e.Target, e.Reason, e.Detail, e.Evidence, e.By, e.TokenIssuer, e.At, request); err != nil {
			return err
		}
		if err := record(ctx, tx, by, now, "exclusion.proposed", e.Object(), nil, e); err != nil {
			return err
		}
		return markForComparing(ctx, tx, e.Service)
	})
	return e, err
}

// checkExclusion holds a proposal against what it names.
func checkExclusion(ctx context.Context, q sqlx.QueryerContext, e agreement.Exclusion) error {
	scope, err := scopeAbout(ctx, q, resource.Service.Ref(e.Service))
	if err != nil {
		return err
	}
	var faults []error
	if e.Agreement != "" {
		all, err := termsOf(ctx, q, scope)
		if err != nil {
			return err
		}
		faults = append(faults, checkAimed(all, e))
	}
	var unknown []struct {
		Number string `db:"number"`
		Place  int    `db:"place"` // from 1
	}
	if err := sqlx.SelectContext(ctx, q, &unknown, `SELECT n.number, n.place FROM unnest($2::text[]) WITH ORDINALITY n(number, place)
		WHERE coalesce((SELECT v.hash FROM ticket_version v WHERE v.service = $1 AND v.number = n.number ORDER BY v.import DESC LIMIT 1), '') = ''
		ORDER BY n.place`, // of a tombstone it is empty
		e.Service, pq.StringArray(e.Tickets)); err != nil {
		return err
	}
	for _, u := range unknown {
		faults = append(faults, fault.Invalidf(fmt.Sprintf("tickets[%d]", u.Place-1), "%s has no ticket %.80q: give the number as it was imported",
			"%s hat kein Ticket %.80q: Die Nummer so angeben, wie sie importiert wurde.", e.Service, u.Number))
	}
	return errors.Join(faults...)
}

// checkAimed looks for the agreement and the target that a proposal is about;
// a target that a later version gave up still counts for the months before.
func checkAimed(all []terms, e agreement.Exclusion) error {
	for _, t := range all {
		if t.name != e.Agreement {
			continue
		}
		if e.Target == "" {
			return nil
		}
		for _, v := range t.versions {
			for _, target := range v.spec.OfTickets() {
				if target.Name == e.Target {
					return nil
				}
			}
		}
		return fault.Invalidf("target", "the agreement %s has no target %.80q", "Die Vereinbarung %s hat kein Ziel %.80q.", e.Agreement, e.Target)
	}
	return fault.Invalidf("agreement", "%s has no agreement %.80q", "%s hat keine Vereinbarung %.80q.", e.Service, e.Agreement)
}

// WithdrawExclusion ends an exclusion for the reports to come: once. The same
// person again gets what is on record, another one fault.Conflict.
func (s *Store) WithdrawExclusion(ctx context.Context, by person.Actor, now time.Time, service string, id int64, reason string) (agreement.Exclusion, error) {
	w := agreement.Withdrawal{By: by.Person, TokenIssuer: by.Issuer, At: now.UTC().Truncate(time.Microsecond), Reason: strings.TrimSpace(reason)}
	e, err := s.Exclusion(ctx, service, id)
	if err != nil {
		return e, err
	}
	if err := w.Check(); err != nil {
		return e, err
	}
	withdrawn := false
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO exclusion_withdrawal (exclusion, person, token_issuer, reason, at)
			VALUES ($1,$2,$3,$4,$5) ON CONFLICT DO NOTHING`, id, w.By, w.TokenIssuer, w.Reason, w.At)
		if err != nil {
			return err
		}
		if n, _ := done.RowsAffected(); n == 0 {
			return nil // somebody was first, and has committed by now
		}
		withdrawn = true
		if err := record(ctx, tx, by, now, "exclusion.withdrawn", e.Object(), nil, w); err != nil {
			return err
		}
		return markForComparing(ctx, tx, service)
	})
	if err != nil {
		return e, err
	}
	if withdrawn {
		e.Withdrawn = &w
		return e, nil
	}
	if e, err = s.Exclusion(ctx, service, id); err != nil {
		return e, err
	}
	if e.Withdrawn.By != by.Person {
		return e, fault.New(fault.Conflict, text.F("%s has withdrawn this exclusion already.", "%s hat diesen Ausschluss schon zurückgezogen.", e.Withdrawn.By))
	}
	return e, nil
}
