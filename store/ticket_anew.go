package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
)

// anewBatch is how many tickets are made anew at a time.
const anewBatch = 500

// anew makes the tickets anew that a withdrawn import said something about, from
// what the imports say that remain.
type anew struct {
	ctx       context.Context
	tx        *sqlx.Tx
	service   string
	withdraws int64
	by        int64 // the withdrawal
	speakers  map[int64]speaker
	takenBack // the versions that were written
}

func (a *anew) run() error {
	var err error
	if a.speakers, err = speakersOf(a.ctx, a.tx, a.service); err != nil {
		return err
	}
	// The cursor sees what there was when it was opened, and looks once.
	if _, err := a.tx.ExecContext(a.ctx, `DECLARE said_of NO SCROLL CURSOR FOR
		SELECT number FROM ticket_version WHERE service = $1 AND import = $2
		UNION SELECT number FROM ticket_kept WHERE service = $1 AND import = $2
		UNION SELECT unnest(numbers) FROM ticket_repeated WHERE service = $1 AND import = $2 ORDER BY number`, a.service, a.withdraws); err != nil {
		return err
	}
	for {
		var numbers []string
		if err := a.tx.SelectContext(a.ctx, &numbers, fmt.Sprintf(`FETCH FORWARD %d FROM said_of`, anewBatch)); err != nil {
			return err
		}
		if len(numbers) == 0 {
			_, err := a.tx.ExecContext(a.ctx, `CLOSE said_of`)
			return err
		}
		versions, err := a.batch(numbers)
		if err == nil {
			err = a.write(versions)
		}
		if err != nil {
			return err
		}
	}
}

// batch makes tickets anew, and gives the versions of those of which something
// else is known now. Of what is stored it holds one ticket's at a time.
func (a *anew) batch(numbers []string) (changed []anewVersion, err error) {
	rows, err := a.tx.QueryContext(a.ctx, ticketRows, a.service, pq.Array(numbers), slices.Min(numbers), slices.Max(numbers))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var of []ticketRow
	finish := func() error {
		v, err := a.ticket(of)
		if v != nil {
			changed = append(changed, *v)
		}
		return err
	}
	for rows.Next() {
		var r ticketRow
		if err := rows.Scan(&r.number, &r.by, &r.kept, &r.flagged, &r.data, &r.hash, &r.saidBy, &r.sameAs); err != nil {
			return nil, err
		}
		if len(of) > 0 && of[0].number != r.number {
			if err := finish(); err != nil {
				return nil, err
			}
			of = of[:0]
		}
		of = append(of, r)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return changed, finish()
}

// ticket makes one anew, from all that is stored of it; nil: nothing else is
// known of it than before.
func (a *anew) ticket(of []ticketRow) (*anewVersion, error) {
	said, err := saidOf(of, a.speakers)
	if err != nil {
		return nil, fmt.Errorf("ticket %s of %s: %w", of[0].number, a.service, err)
	}
	// What remains is counted as if the import had never come; its own rows, as an
	// earlier withdrawal may have recounted them, no longer.
	var before, after *ticket.Known
	for _, s := range said {
		next, was, _ := ticket.Step(before, s)
		before = next
		if s.Import == a.withdraws {
			if a.speakers[s.Import].Kept {
				a.recounted -= ticket.Loaded(was)
			}
			continue
		}
		next, is, _ := ticket.Step(after, s)
		after = next
		a.recounted += ticket.Loaded(is) - ticket.Loaded(was)
	}
	newest := newestVersion(of)
	switch {
	case !newest.is(before):
		return nil, fault.New(fault.Conflict, text.F("Ticket %.200s of %s isn't as its imports left it: what is known of it doesn't follow from what they said. Nothing was withdrawn.",
			"Ticket %.200s von %s ist nicht so, wie seine Importe es hinterlassen haben: Was davon bekannt ist, folgt nicht aus ihrem Inhalt. Nichts wurde zurückgenommen.", newest.number, a.service))
	case newest.is(after):
		return nil, nil
	case after == nil:
		return &anewVersion{Number: newest.number, Opened: ticket.Never(), Fields: map[string]string{}, Events: []byte{}}, nil
	}
	return &anewVersion{Number: after.Number, Opened: after.Opened, First: after.First, Last: after.Last, Fields: after.Fields,
		Flagged: after.Flagged, Hash: after.Hash, Events: after.Packed, SaidBy: after.SaidBy}, nil
}

// anewVersion is a version on its way into its table. Without a hash it is a
// tombstone: nothing is known of the ticket any more. It concerns no period,
// since it opens at the end of time and is over at its beginning, and hides the
// versions before it.
type anewVersion struct {
	Number  string            `json:"number"`
	Opened  time.Time         `json:"opened"`
	First   time.Time         `json:"first"`
	Last    time.Time         `json:"last"`
	Fields  map[string]string `json:"fields"`
	Flagged bool              `json:"flagged"`
	Hash    string            `json:"hash"`
	Events  []byte            `json:"events"`
	SaidBy  int64             `json:"said_by"`
}

func (a *anew) write(list []anewVersion) error {
	if len(list) == 0 {
		return nil
	}
	a.changed += int64(len(list))
	for _, v := range list {
		if v.Hash == "" {
			a.gone++
		}
	}
	b, err := json.Marshal(list)
	if err != nil {
		return err
	}
	_, err = a.tx.ExecContext(a.ctx, `INSERT INTO ticket_version (service, number, import, opened, first, last, fields, flagged, hash, events, said_by)
		SELECT $1, number, $2, opened, first, last, coalesce(fields, '{}'), flagged, hash, decode(events, 'base64'), nullif(said_by, 0)
		FROM json_to_recordset($3::json) AS v(number text, opened timestamptz, first timestamptz, last timestamptz, fields jsonb,
			flagged boolean, hash text, events text, said_by bigint)`, a.service, a.by, string(b))
	return err
}
