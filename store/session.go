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
	// SessionKept is how long a session is kept after it has expired, so that
	// what was typed in it can be carried into the next one.
	SessionKept = 7 * 24 * time.Hour
	// sessionsEach is how many sessions of one person there are at a time: the
	// oldest end.
	sessionsEach = 50

	sessionPrefix  = "turnus_session_"
	sessionColumns = "s.id, s.person, s.token, s.created_at, s.expires_at, s.ended_at, s.language, s.seal"
)

// SignedOut is what whoever has no valid session is told.
func SignedOut() error {
	return fault.New(fault.Unauthenticated, text.New("Nobody is signed in here, or not any more: sign in.",
		"Hier ist niemand angemeldet, oder nicht mehr: Anmelden."))
}

// OpenSession opens a session with the secret of a token; the session's own is
// given once and stored hashed.
func (s *Store) OpenSession(ctx context.Context, now time.Time, token string) (n Session, secret string, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		a, err := authenticated(ctx, tx, now, token)
		if err != nil {
			return err
		}
		n, secret, err = openSession(ctx, tx, now, a)
		return err
	})
	return n, secret, err
}

// openSession opens a session of whoever a token names, unless it was revoked
// meanwhile.
func openSession(ctx context.Context, tx *sqlx.Tx, now time.Time, a person.Actor) (Session, string, error) {
	secret := newSecret(sessionPrefix)
	at := now.UTC().Truncate(time.Microsecond)
	n := Session{ID: uuid.NewString(), Person: a.Person, Token: a.Token, Created: at, Seal: make([]byte, 32), Actor: a}
	rand.Read(n.Seal) //nolint:errcheck // crypto/rand never fails
	if _, err := tx.ExecContext(ctx, "DELETE FROM session WHERE expires_at < least($1, now())", at.Add(-SessionKept)); err != nil {
		return Session{}, "", err
	}
	if err := endSessions(ctx, tx, a, now, `id IN (SELECT id FROM session WHERE person = $2 AND ended_at IS NULL AND expires_at > $1
		ORDER BY created_at DESC, id OFFSET $3)`, a.Person, sessionsEach-1); err != nil {
		return Session{}, "", err
	}
	err := tx.GetContext(ctx, &n.Expires, `INSERT INTO session (id, hash, person, token, seal, created_at, expires_at)
		SELECT $1, $2, $3, $4, $5, $6, least(expires_at, $7) FROM token WHERE id = $4 AND revoked_at IS NULL RETURNING expires_at`,
		n.ID, hashed(secret), n.Person, n.Token, n.Seal, n.Created, at.Add(SessionTime))
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, "", invalidToken()
	}
	if err != nil {
		return Session{}, "", err
	}
	n = n.inUTC()
	return n, secret, record(ctx, tx, a, now, "session.opened", sessionObject(n), nil, n)
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
		JOIN token t ON t.id = s.token AND t.revoked_at IS NULL
		WHERE s.person = $1 AND s.expires_at > $2 AND s.ended_at IS NULL ORDER BY s.created_at DESC, s.id`, name, now)
	for i := range list {
		list[i] = list[i].inUTC()
	}
	return list, mapped(err)
}

// noSession is said of a session that isn't there, or is somebody else's.
func noSession(id string) error {
	return fault.New(fault.NotFound, text.F("There is no session %.80q of yours.", "Eine eigene Sitzung %.80q gibt es nicht.", id))
}

// SealOf is what an earlier session of a person sealed with; fault.NotFound if
// there is no such session of theirs.
func (s *Store) SealOf(ctx context.Context, person, id string) (seal []byte, err error) {
	if !storable(id) {
		return nil, noSession(id)
	}
	err = s.db.GetContext(ctx, &seal, "SELECT seal FROM session WHERE id = $1 AND person = $2", id, person)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, noSession(id)
	}
	return seal, mapped(err)
}

// EndSession ends a session of whoever asks. Ending it again changes nothing.
func (s *Store) EndSession(ctx context.Context, by person.Actor, now time.Time, id string) error {
	if !storable(id) {
		return noSession(id)
	}
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		var there bool
		if err := tx.GetContext(ctx, &there, "SELECT EXISTS (SELECT FROM session WHERE id = $1 AND person = $2)", id, by.Person); err != nil {
			return err
		}
		if !there {
			return noSession(id)
		}
		return endSessions(ctx, tx, by, now, "id = $2", id)
	})
}

// endSessions ends those that a condition names, of those that haven't ended;
// $1 is the instant, args come after it.
func endSessions(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, which string, args ...any) error {
	var ended []Session
	if err := tx.SelectContext(ctx, &ended, "UPDATE session s SET ended_at = $1 WHERE ended_at IS NULL AND "+which+" RETURNING "+sessionColumns,
		append([]any{now.UTC().Truncate(time.Microsecond)}, args...)...); err != nil {
		return err
	}
	for _, n := range ended {
		n = n.inUTC()
		if err := record(ctx, tx, by, now, "session.ended", sessionObject(n), nil, n); err != nil {
			return err
		}
	}
	return nil
}

// SpeakIn keeps the language that was chosen in a session.
func (s *Store) SpeakIn(ctx context.Context, id string, lang text.Lang) error {
	_, err := s.db.ExecContext(ctx, "UPDATE session SET language = $1 WHERE id = $2 AND ended_at IS NULL", string(lang), id)
	return mapped(err)
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
