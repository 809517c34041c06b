package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// How a run goes on and ends follows from what is on record, in the transaction
// that changes it, and never from who asks: activities can be called by whoever
// reaches Temporal.

// Enter says which state a live run is in, and in which round. It goes forward
// only: an activity that was given up while the database was away may still
// come to an end, long after its successor did. The next round begins when
// changes were requested in the one before, nobody is asked there any more, and
// the owner has seen to them where that round was the owner's, too; or when what
// was approved there is carried out, to the end of each of its actions; or when
// the owner has asked for it (refresh). A round
// goes on from waiting to drafting while it has no draft, once all that it asked
// is answered.
func (s *Store) Enter(ctx context.Context, st run.Step, state run.State) error {
	done, err := s.db.ExecContext(ctx, `UPDATE run r SET state = $3, round = $2 WHERE id = $1 AND ended_at IS NULL
		AND ((round, array_position(ARRAY['collecting', 'drafting', 'waiting'], state))
				< ($2, array_position(ARRAY['collecting', 'drafting', 'waiting'], $3))
			OR round = $2 AND state = 'waiting' AND $3 = 'drafting' AND NOT EXISTS (SELECT FROM draft d WHERE d.run = r.id AND d.round = r.round))
		AND (round = $2 OR round = $2 - 1 AND (EXISTS (SELECT FROM decision d WHERE d.run = r.id AND d.round = r.round AND d.outcome = $4)
				AND (EXISTS (SELECT FROM decision d WHERE d.task = $5)
					OR NOT EXISTS (SELECT FROM frozen_set f WHERE f.run = r.id AND f.round = r.round AND f.document->'review' = 'true'))
			OR `+continues("r")+` AND `+carriedOut("r")+`
			OR EXISTS (SELECT FROM refresh b WHERE b.run = r.id AND b.round = r.round)))
		AND (state <> 'waiting' OR $3 = 'waiting' OR NOT EXISTS (SELECT FROM task t WHERE t.run = r.id AND t.round = r.round AND t.state = 'open'))`,
		st.Run, st.Round, state, task.RequestChanges, run.TaskID(st.Run, st.Round-1, process.Changes))
	if err != nil {
		return mapped(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return mapped(err)
	}
	r, err := getRun(ctx, s.db, st.Run, "")
	if err == nil && st.Round > r.Round && r.Ended == nil {
		err = fault.New(fault.Conflict, text.F("Round %d of %s can't begin: in round %d nobody has requested changes or another round, the owner hasn't seen to them yet, or actions of its plan aren't through.",
			"Freigaberunde %d von %s kann nicht beginnen: In Runde %d wurden weder Änderungen noch eine neue Runde verlangt, die verantwortliche Person hat sie noch nicht bestätigt, oder Maßnahmen des Plans sind noch nicht abgeschlossen.", st.Round, st.Run, r.Round))
	}
	return mapped(err)
}

// continues says, as SQL, of a run whether what was approved in its round is
// carried out and followed by another round, so that it isn't the run's end.
func continues(r string) string {
	return `EXISTS (SELECT FROM decision d JOIN frozen_set f USING (run, round) WHERE d.run = ` + r + `.id AND d.round = ` + r + `.round
		AND d.outcome = 'approve' AND f.document->'continues' = 'true')`
}

// carriedOut says, as SQL, of a run whether the actions of its round have begun
// and are through: between their tasks nobody is asked, and nothing is done.
func carriedOut(r string) string {
	return `CASE WHEN ` + r + `.process IN (SELECT p FROM (VALUES ` + lastSteps() + `) AS l (p, s))
		THEN EXISTS (SELECT FROM decision d JOIN task t ON t.id = d.task WHERE d.run = ` + r + `.id AND d.round = ` + r + `.round AND (` + r + `.process, t.step) IN (VALUES ` + lastSteps() + `))
		ELSE (SELECT bool_and(a.ended_at IS NOT NULL) FROM action a WHERE a.run = ` + r + `.id AND a.round = ` + r + `.round) END`
}

// lastSteps are the steps whose answers say that what was approved is carried out,
// with their processes, as SQL.
func lastSteps() string {
	var all []string
	for _, p := range process.Catalogue() {
		if p.CarriedOut != "" {
			all = append(all, "('"+p.Name+"', '"+p.CarriedOut+"')")
		}
	}
	return strings.Join(all, ", ")
}

// End records how a run ended: once, whoever asks again. It is published with
// an approval of this round's draft on record, rejected with a rejection,
// cancelled with an accepted wish to cancel, provisional if it was begun so; it
// fails for any reason. An approved draft becomes the next version of its
// report; open tasks are closed. An end that doesn't follow from the record is
// refused, and the refusal is on record.
func (s *Store) End(ctx context.Context, now time.Time, e run.End) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if publishes := rulesOfRun(e.Run).publishes; publishes != nil && e.State == run.Published {
			if err := publishes(ctx, tx, e.Run); err != nil {
				return err
			}
		}
		r, err := getRun(ctx, tx, e.Run, "FOR UPDATE")
		if err != nil || r.Ended != nil {
			return err
		}
		if err := mayEnd(ctx, tx, r, e); err != nil {
			return err
		}
		if e.State == run.Published {
			if err := publish(ctx, tx, now, r); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "UPDATE task SET state = 'closed', ended_at = $2 WHERE run = $1 AND state = 'open'", e.Run, now); err != nil {
			return err
		}
		var outcome any
		if !e.Reason.IsZero() {
			outcome = JSON[text.Text]{e.Reason}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE run SET state = $2, outcome = $3, ended_at = $4,
			started_at = coalesce(started_at, $4) WHERE id = $1`, e.Run, e.State, outcome, now); err != nil {
			return err
		}
		if ended := rulesOf(r.Process).ended; ended != nil {
			if err := ended(ctx, tx, now, r, e); err != nil {
				return err
			}
		}
		if err := followEnd(ctx, tx, now, r, e); err != nil {
			return err
		}
		if e.State == run.Published {
			if err := publishedOver(ctx, tx, now, r); err != nil {
				return err
			}
		}
		return record(ctx, tx, person.Actor{Person: person.System}, now, "run."+string(e.State), "run/"+e.Run,
			map[string]any{"state": r.State}, e)

	})
	return s.denied(ctx, now, "end.refused", "run/"+e.Run, err)
}

// Finish ends a run as End does. What it was to put in force it puts in force
// before, where whoever was asked to has only said so.
func (s *Store) Finish(ctx context.Context, now time.Time, e run.End) error {
	if e.State == run.Published {
		var waits bool
		if err := s.db.GetContext(ctx, &waits, proposalWaits, e.Run); err != nil {
			return mapped(err)
		}
		if waits {
			if err := s.Enact(ctx, now, e.Run); err != nil {
				return err
			}
		}
	}
	return s.End(ctx, now, e)
}

const proposalWaits = "SELECT EXISTS (SELECT FROM proposal WHERE run = $1 AND enacted IS NULL)"

// denied puts on record that a change of state was refused since the record
// doesn't bear it out, and gives the error back.
func (s *Store) denied(ctx context.Context, now time.Time, action, object string, err error) error {
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	return errors.Join(s.Refused(ctx, person.Actor{Person: person.System}, now, action, object, err), err)
}

// mayEnd refuses an end that doesn't follow from what is on record of a run.
func mayEnd(ctx context.Context, tx *sqlx.Tx, r run.Run, e run.End) error {
	switch e.State {
	case run.Failed:
		return nil
	case run.Cancelled: // in whatever round: the next one may not be on record yet
		return cancelledFor(ctx, tx, r, e)
	}
	if e.Round != r.Round {
		return unborne(e, "its round is %d, and not %d", "seine Runde ist %d, nicht %d", r.Round, e.Round)
	}
	switch e.State {
	case run.Published:
		var more bool
		if err := tx.GetContext(ctx, &more, "SELECT "+continues("r")+" FROM run r WHERE r.id = $1", r.ID); err != nil {
			return err
		}
		if more {
			return unborne(e, "what was approved in round %d has to be carried out first", "was in Runde %d freigegeben wurde, ist erst umzusetzen", r.Round)
		}
		return decidedAs(ctx, tx, r, e, task.Approve)
	case run.Rejected:
		return decidedAs(ctx, tx, r, e, task.Reject)
	case run.Provisional:
		if !r.Provisional {
			return unborne(e, "it wasn't begun as provisional", "er wurde nicht als vorläufig begonnen")
		}
		return nil
	}
	return unborne(e, "that is no end", "das ist kein Ende")
}

// decidedAs wants a round's last word on record, on the content of its draft,
// whose bytes are those that were decided on.
func decidedAs(ctx context.Context, tx *sqlx.Tx, r run.Run, e run.End, o task.Outcome) error {
	var n int
	err := tx.GetContext(ctx, &n, `SELECT count(*) FROM decision c JOIN draft d ON d.run = c.run AND d.round = c.round AND d.hash = c.hash
		WHERE c.run = $1 AND c.round = $2 AND c.outcome = $3 AND encode(sha256(convert_to(d.document, 'UTF8')), 'hex') = d.hash`, r.ID, r.Round, o)
	if err == nil && n == 0 {
		err = unborne(e, "there is no decision %[1]s on the draft of round %[2]d", "über den Entwurf der Runde %[2]d gibt es keine Entscheidung %[1]s", o, r.Round)
	}
	return err
}

// cancelledFor wants an accepted wish to cancel on record whose pass was bound
// to this reason; one of 0.1.0 was bound to none.
func cancelledFor(ctx context.Context, q sqlx.QueryerContext, r run.Run, e run.End) error {
	m := run.CancelMessage{Reason: e.Reason.En}
	var accepted bool
	err := sqlx.GetContext(ctx, q, &accepted, `SELECT EXISTS (SELECT FROM pass WHERE run = $1 AND kind = $2
		AND spent_at IS NOT NULL AND refusal IS NULL AND (bound IS NULL OR bound = $3))`, r.ID, PassCancel, m.Answer())
	if err == nil && (!accepted || e.Reason != text.Same(m.Reason)) {
		err = unborne(e, "nobody has cancelled it for this reason", "niemand hat ihn aus diesem Grund abgebrochen")
	}
	return err
}

func unborne(e run.End, en, de string, args ...any) error {
	why := text.F(en, de, args...)
	return fault.New(fault.Conflict, text.F("%[1]s can't end as %[2]s: %[3]s.", "%[1]s kann nicht als %[2]s enden: %[4]s.", e.Run, e.State, why.En, why.De))
}

// publish makes a run's approved draft the next version of its report, and puts
// on record what that misses. What a run was to put in force is in force by now.
func publish(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run) error {
	var waits bool
	if err := tx.GetContext(ctx, &waits, proposalWaits, r.ID); err != nil {
		return err
	}
	if waits {
		return unborne(run.End{Run: r.ID, State: run.Published}, "its proposal isn't in force", "sein Vorschlag ist nicht in Kraft")
	}
	if err := lockReport(ctx, tx, r.Key); err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, `INSERT INTO report (process, scope, period, version, run, round, hash, published_at)
		SELECT $1, $2, $3, 1 + coalesce((SELECT max(version) FROM report WHERE process = $1 AND scope = $2 AND period = $3), 0),
			d.run, d.round, d.hash, $6 FROM draft d WHERE d.run = $4 AND d.round = $5`,
		r.Process, r.Scope, r.Period, r.ID, r.Round, now)
	if err != nil {
		return err
	}
	if n, _ := done.RowsAffected(); n != 1 {
		return fmt.Errorf("run %s: round %d has no draft to publish", r.ID, r.Round)
	}
	return findMisses(ctx, tx, now, r)
}
