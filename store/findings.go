package store

import (
	"context"
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
