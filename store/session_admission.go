package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/text"
)

const admissionPrefix = "turnus_admission_"

// Admit makes the secret of an address that lets a person in, once, for a while.
func (s *Store) Admit(ctx context.Context, now time.Time, name string, ttl time.Duration) (string, error) {
	secret := newSecret(admissionPrefix)
	return secret, s.tx(ctx, func(tx *sqlx.Tx) error {
		// A person who is being retired must not be left with one.
		if err := holdResources(ctx, tx); err != nil {
			return err
		}
		if err := checkThere(ctx, tx, name); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM admission WHERE expires_at < least($1, now())", now.AddDate(0, 0, -1)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO admission (hash, person, expires_at) VALUES ($1, $2, $3)",
			hashed(secret), name, now.Add(ttl).UTC()); err != nil {
			return err
		}
		return record(ctx, tx, person.Actor{}, now, "admission.issued", "person/"+name, nil, map[string]any{"expires": now.Add(ttl).UTC()})
	})
}

// noAdmission is said of any address that doesn't let anybody in.
func noAdmission() error {
	return fault.New(fault.Unauthenticated, text.New("This address lets nobody in, or not any more: it is good once, for 15 minutes. Sign in with a token.",
		"Diese Adresse gilt nicht oder nicht mehr: Sie gilt einmal, 15 Minuten lang. Mit einem Token anmelden."))
}

// Admission is the person whom an address lets in.
func (s *Store) Admission(ctx context.Context, now time.Time, secret string) (name string, err error) {
	err = s.db.GetContext(ctx, &name, "SELECT person FROM admission WHERE hash = $1 AND ended_at IS NULL AND expires_at > $2", hashed(secret), now)
	if errors.Is(err, sql.ErrNoRows) {
		return "", noAdmission()
	}
	return name, mapped(err)
}

// UseAdmission opens a session by an address that lets somebody in, and so uses
// it up: both, or neither. The session's token is made for it, and issued by
// nobody; its secret is forgotten.
func (s *Store) UseAdmission(ctx context.Context, now time.Time, secret string) (n Session, cookie string, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		// In this order, as whoever retires a person takes them.
		if err := holdResources(ctx, tx); err != nil {
			return err
		}
		var name string
		err := tx.GetContext(ctx, &name, "UPDATE admission SET ended_at = $2 WHERE hash = $1 AND ended_at IS NULL AND expires_at > $2 RETURNING person", hashed(secret), now.UTC())
		if errors.Is(err, sql.ErrNoRows) {
			return noAdmission()
		}
		if err != nil {
			return err
		}
		t, token, err := issue(ctx, tx, person.Actor{}, now, name, SessionTime)
		if err != nil {
			return err
		}
		who, err := authenticated(ctx, tx, now, token)
		if err != nil {
			return err
		}
		if err := record(ctx, tx, who, now, "admission.used", "person/"+name, nil, map[string]any{"token": t.ID}); err != nil {
			return err
		}
		n, cookie, err = openSession(ctx, tx, now, who)
		return err
	})
	return n, cookie, err
}

// endAdmissions takes back the addresses that would let a person in; everybody,
// if no name is given. It counts them.
func endAdmissions(ctx context.Context, tx *sqlx.Tx, now time.Time, name string) (int64, error) {
	res, err := tx.ExecContext(ctx, "UPDATE admission SET ended_at = $1 WHERE ended_at IS NULL AND ($2 = '' OR person = $2)", now.UTC(), name)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
