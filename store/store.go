// Package store keeps everything that must outlive Temporal in PostgreSQL,
// through sqlx and lib/pq: one file a table family. It may import itsm and
// report. Every error it gives is a fault, or internal.
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/internal/prepared"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Store is a pool of connections to one database.
type Store struct{ db *sqlx.DB }

// New uses a pool that is open already.
func New(db *sql.DB) *Store { return &Store{db: sqlx.NewDb(db, "postgres")} }

// DB is the pool, for migrations and tests.
func (s *Store) DB() *sql.DB { return s.db.DB }

// Open connects to a database, given as URL or key-value string.
func Open(ctx context.Context, url string) (*Store, error) {
	config, err := pq.NewConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database's address can't be read: %w", err)
	}
	// A statement with parameters then goes to the server once, and not twice.
	config.BinaryParameters = true
	connector, err := pq.NewConnectorConfig(config)
	if err != nil {
		return nil, fmt.Errorf("the database's address can't be read: %w", err)
	}
	connector.Dialer(pulse{silence: silence, knock: knock})
	db := sql.OpenDB(prepared.Connector(connector))
	db.SetMaxOpenConns(24)
	db.SetMaxIdleConns(24) // all: one that is closed forgets its statements
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		return nil, mapped(err)
	}
	return New(db), nil
}

// Close gives the connections back.
func (s *Store) Close() error { return s.db.Close() }

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return mapped(s.db.PingContext(ctx)) }

// Away says whether an error of PostgreSQL or the connection means that the
// database can't be reached just now.
func Away(err error) bool { return fault.Is(mapped(err), fault.Unavailable) }

// tx runs f in one transaction; an error undoes everything.
func (s *Store) tx(ctx context.Context, f func(*sqlx.Tx) error) error {
	return s.within(ctx, nil, f)
}

// snapshot runs f in a transaction that reads what there was at one moment.
func (s *Store) snapshot(ctx context.Context, f func(*sqlx.Tx) error) error {
	return s.within(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, f)
}

func (s *Store) within(ctx context.Context, how *sql.TxOptions, f func(*sqlx.Tx) error) error {
	tx, err := s.db.BeginTxx(ctx, how)
	if err != nil {
		return mapped(err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing, and before it the first error counts
	if err := f(tx); err != nil {
		return mapped(err)
	}
	return mapped(tx.Commit())
}

// JSON keeps a value of the domain as jsonb.
type JSON[T any] struct{ V T }

// Value implements driver.Valuer; a nil pointer is null.
func (j JSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	if string(b) == "null" {
		return nil, err
	}
	return string(b), err
}

// Scan implements sql.Scanner.
func (j *JSON[T]) Scan(src any) error {
	switch b := src.(type) {
	case nil:
		var zero T
		j.V = zero
		return nil
	case []byte:
		return json.Unmarshal(b, &j.V)
	case string:
		return json.Unmarshal([]byte(b), &j.V)
	}
	return fmt.Errorf("jsonb arrives as %T", src)
}

// Page asks for a part of a list.
type Page struct {
	Limit  int    // 1 to 500; 0: 50
	Cursor string // as the part before gave it; empty: the beginning
}

func (p Page) limit() int {
	if p.Limit <= 0 {
		return 50
	}
	return min(p.Limit, 500)
}

// after decodes the cursor into the sort key after which the part begins; nil
// at the beginning.
func (p Page) after(keys int) ([]string, error) {
	if p.Cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	var key []string
	if err == nil {
		err = json.Unmarshal(b, &key)
	}
	if err != nil || len(key) != keys || strings.ContainsRune(strings.Join(key, ""), 0) {
		return nil, fault.Invalidf("cursor", "this isn't a cursor: use the one that the list gave as next",
			"Das ist kein Cursor: Den verwenden, den die Liste als next nannte.")
	}
	return key, nil
}

// place decodes the cursor of a list in order of instant and ID; first stands
// for the instant at the beginning.
func (p Page) place(first time.Time) (at time.Time, id string, err error) {
	key, err := p.after(2)
	if err != nil || key == nil {
		return first, "", err
	}
	if at, err = time.Parse(time.RFC3339Nano, key[0]); err != nil {
		return at, "", notACursor()
	}
	return at, key[1], nil
}

// page cuts off the row too many that says whether there is more, and gives
// the cursor to it; the inverse of Page.place.
func page[T any](p Page, rows []T, place func(T) (time.Time, string)) ([]T, string) {
	if len(rows) <= p.limit() {
		return rows, ""
	}
	rows = rows[:p.limit()]
	at, id := place(rows[len(rows)-1])
	return rows, cursor(at.Format(time.RFC3339Nano), id)
}

// cursor is the inverse of Page.after.
func cursor(key ...string) string {
	b, _ := json.Marshal(key) // strings always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

// mapped turns what PostgreSQL and the connection say into the vocabulary of
// faults; anything unknown stays as it is, which is internal.
func mapped(err error) error {
	if err == nil || fault.As(err) != nil {
		return err
	}
	away := fault.New(fault.Unavailable, text.New("The database can't be reached just now: try again shortly.",
		"Die Datenbank ist gerade nicht erreichbar: In Kürze erneut versuchen.")).Because(err)
	var p *pq.Error
	if errors.As(err, &p) {
		switch p.Code.Class() {
		case "08", "53", "57", "58": // connection, resources (disk full), shutdown, system
			return away
		case "40": // serialization, deadlock
			return away
		}
		if p.Code == "25006" { // read only: a standby, or one about to be
			return away
		}
		return err
	}
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || unsent(err) {
		return away
	}
	return err
}

// unsent says that a statement couldn't be sent. In some places lib/pq gives
// this error as it is, of a type that is its own, and without its cause.
func unsent(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if fmt.Sprintf("%T", err) == "*pq.safeRetryError" {
			return true
		}
	}
	return false
}
