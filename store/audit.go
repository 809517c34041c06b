package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/person"
)

// Entry of the audit trail: who did what to what, when, from what to what.
type Entry struct {
	Number int64           `json:"number" db:"number"`
	At     time.Time       `json:"at" db:"at"`
	Actor  string          `json:"actor" db:"actor"`           // a person, or turnus
	Token  string          `json:"token,omitempty" db:"token"` // ID of the token that was used
	Action string          `json:"action" db:"action"`         // as in decision.refused
	Object string          `json:"object" db:"object"`         // as in run/sla-report/payments/2026-10
	Before json.RawMessage `json:"before,omitempty" db:"-"`
	After  json.RawMessage `json:"after,omitempty" db:"-"`
}

// Trail selects entries; zero values select all.
type Trail struct {
	Since  time.Time
	Person string
	Object string // this one, and with a trailing / everything below it
}

// Audit lists entries, oldest first.
func (s *Store) Audit(ctx context.Context, t Trail, p Page) ([]Entry, string, error) {
	panic("to be written")
}

// record writes an entry in the transaction of its fact; before and after may
// be nil, or anything that encoding/json can write.
func record(ctx context.Context, tx sqlx.ExtContext, now time.Time, by person.Actor, action, object string, before, after any) error {
	panic("to be written")
}

// Refused records a refusal, in a transaction of its own.
func (s *Store) Refused(ctx context.Context, now time.Time, by person.Actor, action, object string, why error) error {
	panic("to be written")
}
