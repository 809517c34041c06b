package store

import (
	"context"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/text"
)

// Finding is something that was found and has to be dealt with.
type Finding struct {
	ID      int64     `json:"id" db:"id"`
	Kind    string    `json:"kind" db:"kind"`
	Service string    `json:"service" db:"service"`
	Object  string    `json:"object" db:"object"` // as in the audit trail
	Title   text.Text `json:"title" db:"-"`
	At      time.Time `json:"at" db:"at"`
}

// MissedSlot is the kind of finding that a missed slot opens.
const MissedSlot = "missed-slot"

// found opens a finding, in the transaction of what was found.
func found(ctx context.Context, tx sqlx.ExecerContext, f Finding) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO finding (kind, service, object, title, at) VALUES ($1, $2, $3, $4, $5)",
		f.Kind, f.Service, f.Object, JSON[text.Text]{f.Title}, f.At)
	return err
}

// Findings selects findings that somebody sees, of one service or of all.
type Findings struct {
	Service string
	Sight
}

// Findings lists findings, newest first.
func (s *Store) Findings(ctx context.Context, f Findings, p Page) ([]Finding, string, error) {
	before, err := p.number(1 << 62)
	if err != nil {
		return nil, "", err
	}
	var rows []struct {
		Finding
		Title JSON[text.Text] `db:"title"`
	}
	if err := s.db.SelectContext(ctx, &rows, `SELECT f.id, f.kind, f.service, f.object, f.title, f.at FROM finding f
		WHERE f.id < $1 AND ($2 = '' OR f.service = $2)
		  AND ($5 OR f.service IN (`+theirs("$3", "$4")+`))
		ORDER BY f.id DESC LIMIT $6`, before, f.Service, f.Owner, f.Approver, f.All, p.limit()+1); err != nil {
		return nil, "", mapped(err)
	}
	next := ""
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		next = cursor(strconv.FormatInt(rows[len(rows)-1].ID, 10))
	}
	list := make([]Finding, len(rows))
	for i, r := range rows {
		list[i] = r.Finding
		list[i].Title, list[i].At = r.Title.V, r.At.UTC()
	}
	return list, next, nil
}
