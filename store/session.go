package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/text"
)

// Session is what a browser holds a cookie of: a person who has signed in with
// a token. It ends with that token, with its person, after SessionTime, and by
// signing out.
type Session struct {
	ID       string     `json:"id" db:"id"`
	Person   string     `json:"person" db:"person"`
	Token    string     `json:"token" db:"token"` // its ID
	Created  time.Time  `json:"created" db:"created_at"`
	Expires  time.Time  `json:"expires" db:"expires_at"`
	Ended    *time.Time `json:"ended,omitempty" db:"ended_at"`
	Language *string    `json:"-" db:"language"` // chosen in it
	Seal     []byte     `json:"-" db:"seal"`     // 32 bytes, see web's sealing

	Actor person.Actor `json:"-" db:"-"` // as things are now
}

const (
	// SessionTime is the longest life of a session.
	SessionTime = 12 * time.Hour
	// sessionKept is how long an ended session is kept, so that what was typed
	// in it can be carried into the next one.
	sessionKept = 7 * 24 * time.Hour

	sessionPrefix   = "turnus_session_"
	admissionPrefix = "turnus_admission_"
	sessionColumns  = "s.id, s.person, s.token, s.created_at, s.expires_at, s.ended_at, s.language, s.seal"
)

// SignedOut is what whoever has no valid session is told.
func SignedOut() error {
	return fault.New(fault.Unauthenticated, text.New("Nobody is signed in here, or not any more: sign in.",
		"Hier ist niemand angemeldet, oder nicht mehr: Anmelden."))
}

// OpenSession opens a session with the secret of a token; the session's own is
// given once and stored hashed.
func (s *Store) OpenSession(ctx context.Context, now time.Time, token string) (Session, string, error) {
	a, err := s.Authenticate(ctx, now, token)
	if err != nil {
		return Session{}, "", err
	}
	return s.openSession(ctx, now, a)
}

func (s *Store) openSession(ctx context.Context, now time.Time, a person.Actor) (Session, string, error) {
	secret := newSecret(sessionPrefix)
	at := now.UTC().Truncate(time.Microsecond)
	n := Session{ID: uuid.NewString(), Person: a.Person, Token: a.Token, Created: at, Seal: make([]byte, 32), Actor: a}
	rand.Read(n.Seal) //nolint:errcheck // crypto/rand never fails
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM session WHERE expires_at < $1", at.Add(-sessionKept)); err != nil {
			return err
		}
		if err := tx.GetContext(ctx, &n.Expires, `INSERT INTO session (id, hash, person, token, seal, created_at, expires_at)
			SELECT $1, $2, $3, $4, $5, $6, least(expires_at, $7) FROM token WHERE id = $4 RETURNING expires_at`,
			n.ID, hashed(secret), n.Person, n.Token, n.Seal, n.Created, at.Add(SessionTime)); err != nil {
			return err
		}
		n = n.inUTC()
		return record(ctx, tx, a, now, "session.opened", sessionObject(n), nil, n)
	})
	return n, secret, err
}

// Session is the session that a cookie names, with who it is as things are now:
// fault.Unauthenticated where it has ended in any way, or never was. The session
// is given all the same if it was there once.
func (s *Store) Session(ctx context.Context, now time.Time, secret string) (Session, error) {
	var row struct {
		Session
		bearer
	}
	err := s.db.GetContext(ctx, &row, "SELECT "+sessionColumns+", "+bearerColumns+`
		FROM session s JOIN token t ON t.id = s.token`+personOf("t")+"WHERE s.hash = $1", hashed(secret))
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, SignedOut()
	}
	if err != nil {
		return Session{}, mapped(err)
	}
	found := row.Session.inUTC()
	if found.Ended != nil || !now.Before(found.Expires) || !row.valid(now) {
		return found, SignedOut()
	}
	found.Actor = row.actor()
	return found, nil
}

// Sessions lists the sessions of a person that haven't ended, newest first.
func (s *Store) Sessions(ctx context.Context, now time.Time, name string) ([]Session, error) {
	list := []Session{}
	err := s.db.SelectContext(ctx, &list, "SELECT "+sessionColumns+` FROM session s
		WHERE person = $1 AND expires_at > $2 AND ended_at IS NULL ORDER BY created_at DESC, id LIMIT 200`, name, now)
	for i := range list {
		list[i] = list[i].inUTC()
	}
	return list, mapped(err)
}

// SealOf is what an earlier session of a person sealed with; fault.NotFound if
// there is no such session of theirs.
func (s *Store) SealOf(ctx context.Context, person, id string) (seal []byte, err error) {
	err = s.db.GetContext(ctx, &seal, "SELECT seal FROM session WHERE id = $1 AND person = $2", id, person)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, text.New("There is no such session.", "Diese Sitzung gibt es nicht."))
	}
	return seal, mapped(err)
}

// EndSession ends a session of whoever asks. Ending it again changes nothing.
func (s *Store) EndSession(ctx context.Context, by person.Actor, now time.Time, id string) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		var n Session
		err := tx.GetContext(ctx, &n, "UPDATE session s SET ended_at = $1 WHERE id = $2 AND person = $3 AND ended_at IS NULL RETURNING "+sessionColumns,
			now.UTC(), id, by.Person)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		n = n.inUTC()
		return record(ctx, tx, by, now, "session.ended", sessionObject(n), nil, n)
	})
}

// SpeakIn keeps the language that was chosen in a session.
func (s *Store) SpeakIn(ctx context.Context, id string, lang text.Lang) error {
	_, err := s.db.ExecContext(ctx, "UPDATE session SET language = $1 WHERE id = $2", string(lang), id)
	return mapped(err)
}

// Admit makes the secret of an address that lets a person in, once, for a while.
func (s *Store) Admit(ctx context.Context, now time.Time, name string, ttl time.Duration) (string, error) {
	secret := newSecret(admissionPrefix)
	return secret, s.tx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM admission WHERE expires_at < $1", now); err != nil {
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
	err = s.db.GetContext(ctx, &name, "SELECT person FROM admission WHERE hash = $1 AND used_at IS NULL AND expires_at > $2", hashed(secret), now)
	if errors.Is(err, sql.ErrNoRows) {
		return "", noAdmission()
	}
	return name, mapped(err)
}

// UseAdmission opens a session by an address that lets somebody in, and so uses
// it up. The session's token is made for it, and issued by nobody.
func (s *Store) UseAdmission(ctx context.Context, now time.Time, secret string) (Session, string, error) {
	var name string
	err := s.db.GetContext(ctx, &name, "UPDATE admission SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING person", hashed(secret), now.UTC())
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, "", noAdmission()
	}
	if err != nil {
		return Session{}, "", mapped(err)
	}
	_, token, err := s.FirstToken(ctx, now, name, SessionTime)
	if err != nil {
		return Session{}, "", err
	}
	return s.OpenSession(ctx, now, token)
}

func sessionObject(n Session) string { return "session/" + n.ID }

func (n Session) inUTC() Session {
	n.Created, n.Expires = n.Created.UTC(), n.Expires.UTC()
	if n.Ended != nil {
		at := n.Ended.UTC()
		n.Ended = &at
	}
	return n
}
