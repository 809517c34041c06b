package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// A key is remembered for a day; a request that hasn't been answered by then
// is taken for dead after half a minute.
const (
	keptFor  = 24 * time.Hour
	deadFor  = 30 * time.Second
	maxReply = 16 << 20 // bytes of a body that is kept
)

// Answer is the recorded answer to a request with an Idempotency-Key.
type Answer struct {
	Status int
	Header map[string]string // Content-Type, Location
	Body   []byte
}

// BeginKey takes a key for a request. A nil answer means that the request is
// to be carried out and then finished or freed; an answer, that it was carried
// out before. A key with another request is fault.Invalid, one in flight
// fault.Conflict; a key whose request died is free after 30 seconds, every key
// after 24 hours.
func (s *Store) BeginKey(ctx context.Context, now time.Time, person, operation, key, request string) (*Answer, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	const field = "Idempotency-Key"
	for range 3 { // the key may be freed between the two statements
		// One statement decides who has the key, whoever else asks just now.
		r, err := s.db.ExecContext(ctx, `
			INSERT INTO idempotency AS i (person, operation, key, request, begun_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (person, operation, key) DO UPDATE
			SET request = excluded.request, begun_at = excluded.begun_at, status = NULL, header = NULL, body = NULL
			WHERE i.begun_at <= $6 OR (i.status IS NULL AND i.begun_at <= $7)`,
			person, operation, key, request, now, now.Add(-keptFor), now.Add(-deadFor))
		if err != nil {
			return nil, mapped(err)
		}
		if n, err := r.RowsAffected(); err != nil || n == 1 {
			return nil, mapped(err)
		}
		var row struct {
			Request string                  `db:"request"`
			Status  *int                    `db:"status"`
			Header  JSON[map[string]string] `db:"header"`
			Body    []byte                  `db:"body"`
		}
		err = s.db.GetContext(ctx, &row, `
			SELECT request, status, header, body FROM idempotency
			WHERE person = $1 AND operation = $2 AND key = $3`, person, operation, key)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			continue
		case err != nil:
			return nil, mapped(err)
		case row.Request != request:
			return nil, fault.Invalidf(field, "This key belongs to another request: use another key.",
				"Dieser Schlüssel gehört zu einer anderen Anfrage: Einen anderen verwenden.")
		case row.Status == nil:
			return nil, fault.New(fault.Conflict, text.New("The request with this key is still being carried out: ask again shortly.",
				"Die Anfrage mit diesem Schlüssel wird noch ausgeführt: Gleich noch einmal fragen.")).At(field)
		}
		return &Answer{Status: *row.Status, Header: row.Header.V, Body: row.Body}, nil
	}
	return nil, fault.New(fault.Unavailable, text.New("This key is in use by many requests at once: try again shortly.",
		"Diesen Schlüssel verwenden gerade viele Anfragen zugleich: Gleich noch einmal versuchen.")).At(field)
}

// FinishKey keeps the answer for 24 hours. Of two answers, since a request was
// slow enough to be taken for dead, the first is kept.
func (s *Store) FinishKey(ctx context.Context, person, operation, key string, a Answer) error {
	if len(a.Body) > maxReply {
		return fmt.Errorf("the answer to %s has %d bytes, more than the %d that are kept for an Idempotency-Key", operation, len(a.Body), maxReply)
	}
	if a.Body == nil {
		a.Body = []byte{}
	}
	_, err := s.db.ExecContext(ctx, `
		UPDATE idempotency SET status = $4, header = $5, body = $6
		WHERE person = $1 AND operation = $2 AND key = $3 AND status IS NULL`,
		person, operation, key, a.Status, JSON[map[string]string]{V: a.Header}, a.Body)
	return mapped(err)
}

// FreeKey lets a key be used again: the request failed with a 5xx.
func (s *Store) FreeKey(ctx context.Context, person, operation, key string) error {
	_, err := s.db.ExecContext(ctx, `
		DELETE FROM idempotency WHERE person = $1 AND operation = $2 AND key = $3 AND status IS NULL`,
		person, operation, key)
	return mapped(err)
}

// ForgetKeys deletes those older than 24 hours.
func (s *Store) ForgetKeys(ctx context.Context, now time.Time) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM idempotency WHERE begun_at <= $1`, now.Add(-keptFor))
	return mapped(err)
}

// checkKey wants what HTTP can carry in a header without ambiguity.
func checkKey(key string) error {
	ok := len(key) >= 1 && len(key) <= 255
	for i := 0; ok && i < len(key); i++ {
		ok = key[i] >= ' ' && key[i] <= '~'
	}
	if !ok {
		return fault.Invalidf("Idempotency-Key", "A key has 1 to 255 printable ASCII characters, as in a UUID.",
			"Ein Schlüssel hat 1 bis 255 druckbare ASCII-Zeichen, etwa eine UUID.")
	}
	return nil
}
