package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// tokenPrefix lets people and secret scanners tell what a secret is.
const tokenPrefix = "turnus_"

// maxTTL is the longest life of a token: somebody must think of it once a year.
const maxTTL = 400 * 24 * time.Hour

const tokenColumns = `id, person, issuer, created_at, expires_at, revoked_at`

// bearer is whom a token names, as things are now.
type bearer struct {
	TokenID string     `db:"token_id"`
	Name    string     `db:"token_person"`
	Issuer  string     `db:"token_issuer"`
	Until   time.Time  `db:"token_expires"`
	Revoked *time.Time `db:"token_revoked"`
	personNow
}

// bearerColumns are those of a bearer, of a token t and what personOf joins to it.
const bearerColumns = "t.id AS token_id, t.person AS token_person, t.issuer AS token_issuer, t.expires_at AS token_expires, t.revoked_at AS token_revoked, " + personColumns

// valid says that the token is, and that its person is there.
func (b bearer) valid(now time.Time) bool {
	return b.Revoked == nil && now.Before(b.Until) && b.there()
}

func (b bearer) actor() person.Actor {
	a := b.personNow.actor(b.Name)
	a.Token, a.Issuer = b.TokenID, b.Issuer
	return a
}

// Authenticate gives the person whom a bearer token names, with their roles as
// they are now. An unknown, expired or revoked token, or a person who has been
// retired, is fault.Unauthenticated, with one message for all.
func (s *Store) Authenticate(ctx context.Context, now time.Time, secret string) (person.Actor, error) {
	a, err := authenticated(ctx, s.db, now, secret)
	return a, mapped(err)
}

func authenticated(ctx context.Context, q sqlx.QueryerContext, now time.Time, secret string) (person.Actor, error) {
	var row bearer
	// One statement whatever the secret is, and the index sees its hash only:
	// the time that it takes tells nothing.
	err := sqlx.GetContext(ctx, q, &row, "SELECT "+bearerColumns+" FROM token t"+personOf("t")+"WHERE t.hash = $1", hashed(secret))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return person.Actor{}, err
	}
	if err != nil || !row.valid(now) {
		return person.Actor{}, invalidToken()
	}
	return row.actor(), nil
}

func invalidToken() error {
	return fault.New(fault.Unauthenticated, text.New(
		"This token isn't valid, or not any more: ask an administrator for another one.",
		"Dieses Token gilt nicht oder nicht mehr: Bei der Administration ein neues anfordern."))
}

// IssueToken makes a token for a person; the secret is given once and stored
// hashed. Its life is at most 400 days.
func (s *Store) IssueToken(ctx context.Context, by person.Actor, now time.Time, name string, ttl time.Duration) (person.Token, string, error) {
	return s.issue(ctx, by, now, name, ttl)
}

// FirstToken makes a token for the first start: nobody issues it.
func (s *Store) FirstToken(ctx context.Context, now time.Time, name string, ttl time.Duration) (person.Token, string, error) {
	return s.issue(ctx, person.Actor{}, now, name, ttl)
}

func (s *Store) issue(ctx context.Context, by person.Actor, now time.Time, name string, ttl time.Duration) (t person.Token, secret string, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		// A person who is being retired must not be left with a token.
		if err := holdResources(ctx, tx); err != nil {
			return err
		}
		t, secret, err = issue(ctx, tx, by, now, name, ttl)
		return err
	})
	return t, secret, err
}

func issue(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, name string, ttl time.Duration) (person.Token, string, error) {
	if ttl < time.Second || ttl > maxTTL {
		return person.Token{}, "", fault.Invalidf("ttl", "A token lives for a second at least and 400 days at most, not %s.",
			"Ein Token gilt mindestens eine Sekunde und höchstens 400 Tage, nicht %s.", ttl)
	}
	secret := newSecret(tokenPrefix)
	at := now.UTC().Truncate(time.Microsecond)
	t := person.Token{ID: uuid.NewString(), Person: name, Issuer: by.Person, Created: at, Expires: at.Add(ttl)}
	if err := checkThere(ctx, tx, name); err != nil {
		return person.Token{}, "", err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO token (id, person, hash, issuer, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		t.ID, t.Person, hashed(secret), t.Issuer, t.Created, t.Expires); err != nil {
		return person.Token{}, "", err
	}
	return t, secret, record(ctx, tx, by, now, "token.issued", tokenObject(t), nil, t)
}

// checkThere says that somebody is there, and wasn't retired.
func checkThere(ctx context.Context, tx *sqlx.Tx, name string) error {
	_, ok, err := personSpec(ctx, tx, name)
	if err == nil && !ok {
		err = NotFound(resource.Person, name)
	}
	return err
}

// Tokens lists a person's tokens, newest first.
func (s *Store) Tokens(ctx context.Context, name string, p Page) ([]person.Token, string, error) {
	key, err := p.after(2)
	if err != nil {
		return nil, "", err
	}
	before, id := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), ""
	if key != nil {
		if before, err = time.Parse(time.RFC3339Nano, key[0]); err != nil {
			return nil, "", notACursor()
		}
		id = key[1]
	}
	if !storable(name) {
		return nil, "", NotFound(resource.Person, name)
	}
	tokens := []person.Token{}
	if err := s.db.SelectContext(ctx, &tokens, `
		SELECT `+tokenColumns+` FROM token
		WHERE person = $1 AND (created_at < $2 OR (created_at = $2 AND id > $3))
		ORDER BY created_at DESC, id LIMIT $4`, name, before, id, p.limit()+1); err != nil {
		return nil, "", mapped(err)
	}
	for i := range tokens {
		tokens[i] = inUTC(tokens[i])
	}
	if len(tokens) == 0 && key == nil {
		// Nobody of that name is another answer than nothing issued yet.
		if _, ok, err := personSpec(ctx, s.db, name); err != nil {
			return nil, "", mapped(err)
		} else if !ok {
			return nil, "", NotFound(resource.Person, name)
		}
	}
	if len(tokens) <= p.limit() {
		return tokens, "", nil
	}
	tokens = tokens[:p.limit()]
	last := tokens[len(tokens)-1]
	return tokens, cursor(last.Created.Format(time.RFC3339Nano), last.ID), nil
}

// RevokeToken ends a token at once. Revoking it again changes nothing.
func (s *Store) RevokeToken(ctx context.Context, by person.Actor, now time.Time, name, id string) error {
	unknown := fault.New(fault.NotFound, text.F("%.80q has no token %.80q.", "%.80q hat kein Token %.80q.", name, id))
	if !storable(name) || !storable(id) {
		return unknown
	}
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		var before person.Token
		err := tx.GetContext(ctx, &before, `
			SELECT `+tokenColumns+` FROM token WHERE person = $1 AND id = $2 FOR UPDATE`, name, id)
		if errors.Is(err, sql.ErrNoRows) {
			return unknown
		}
		if err != nil || before.Revoked != nil {
			return err
		}
		return revoke(ctx, tx, by, now, inUTC(before))
	})
}

// revokeAll ends all tokens of a person who leaves; of everybody, if no name is
// given. It counts them.
func revokeAll(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, name string) (int, error) {
	var tokens []person.Token
	if err := tx.SelectContext(ctx, &tokens, `
		SELECT `+tokenColumns+` FROM token WHERE ($1 = '' OR person = $1) AND revoked_at IS NULL ORDER BY created_at, id FOR UPDATE`, name); err != nil {
		return 0, err
	}
	for _, t := range tokens {
		if err := revoke(ctx, tx, by, now, inUTC(t)); err != nil {
			return 0, err
		}
	}
	return len(tokens), nil
}

// revoke ends a token, and the sessions that were opened with it.
func revoke(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, before person.Token) error {
	after, at := before, now.UTC().Truncate(time.Microsecond)
	after.Revoked = &at
	if _, err := tx.ExecContext(ctx, `UPDATE token SET revoked_at = $2 WHERE id = $1`, before.ID, at); err != nil {
		return err
	}
	if err := record(ctx, tx, by, now, "token.revoked", tokenObject(before), before, after); err != nil {
		return err
	}
	return endSessions(ctx, tx, by, now, "token = $2", before.ID)
}

func tokenObject(t person.Token) string { return "token/" + t.Person + "/" + t.ID }

func inUTC(t person.Token) person.Token {
	t.Created, t.Expires = t.Created.UTC(), t.Expires.UTC()
	if t.Revoked != nil {
		at := t.Revoked.UTC()
		t.Revoked = &at
	}
	return t
}
