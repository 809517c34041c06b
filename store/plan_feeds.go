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

// Feed is a secret address at which one person finds the plan as a calendar.
type Feed struct {
	ID        string     `json:"id" db:"id"`
	Person    string     `json:"person" db:"person"`
	Created   time.Time  `json:"created" db:"created_at"`
	Withdrawn *time.Time `json:"withdrawn,omitempty" db:"withdrawn_at"` // by somebody, or because the person left
}

// A feed ends when it is withdrawn or its person leaves, and begins no second
// time when they come back.
const feedColumns = `f.id, f.person, f.created_at, least(f.withdrawn_at, (SELECT min(r.at) FROM resource r
	WHERE r.kind = 'Person' AND r.name = f.person AND r.retired AND r.at >= f.created_at)) AS withdrawn_at`

// feedPrefix lets people and secret scanners tell what a secret is.
const feedPrefix = "turnus_feed_"

// IssueFeed makes a secret address for whoever asks; the secret is given once
// and stored hashed.
func (s *Store) IssueFeed(ctx context.Context, by person.Actor, now time.Time) (Feed, string, error) {
	secret := newSecret(feedPrefix)
	f := Feed{ID: uuid.NewString(), Person: by.Person, Created: now.UTC().Truncate(time.Microsecond)}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		// A person who is being retired must not be left with a feed.
		if err := holdResources(ctx, tx); err != nil {
			return err
		}
		if _, ok, err := personSpec(ctx, tx, f.Person); err != nil {
			return err
		} else if !ok {
			return NotFound(resource.Person, f.Person)
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO feed (id, person, hash, created_at) VALUES ($1, $2, $3, $4)",
			f.ID, f.Person, hashed(secret), f.Created); err != nil {
			return err
		}
		return record(ctx, tx, by, now, "feed.issued", feedObject(f), nil, f)
	})
	if err != nil {
		return Feed{}, "", err
	}
	return f, secret, nil
}

// Feeds lists a person's feeds, newest first, the withdrawn ones among them.
func (s *Store) Feeds(ctx context.Context, name string, p Page) ([]Feed, string, error) {
	before, id, err := p.place(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		return nil, "", err
	}
	list := []Feed{}
	if !storable(name) {
		return list, "", nil
	}
	if err := s.db.SelectContext(ctx, &list, "SELECT "+feedColumns+` FROM feed f
		WHERE f.person = $1 AND (f.created_at < $2 OR f.created_at = $2 AND f.id > $3)
		ORDER BY f.created_at DESC, f.id LIMIT $4`, name, before, id, p.limit()+1); err != nil {
		return nil, "", mapped(err)
	}
	for i := range list {
		list[i] = list[i].inUTC()
	}
	list, next := page(p, list, func(f Feed) (time.Time, string) { return f.Created, f.ID })
	return list, next, nil
}

// Feed is one feed, by its ID.
func (s *Store) Feed(ctx context.Context, id string) (Feed, error) {
	f, err := getFeed(ctx, s.db, id, "")
	return f, mapped(err)
}

func getFeed(ctx context.Context, q sqlx.QueryerContext, id, lock string) (Feed, error) {
	// What was given isn't repeated: it may be a secret, given by mistake.
	unknown := fault.New(fault.NotFound, text.New("There is no feed with this ID: turnus plan feeds lists what there is.",
		"Einen Feed mit dieser ID gibt es nicht: turnus plan feeds nennt, was es gibt."))
	var f Feed
	if !storable(id) {
		return f, unknown
	}
	err := sqlx.GetContext(ctx, q, &f, "SELECT "+feedColumns+" FROM feed f WHERE f.id = $1 "+lock, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = unknown
	}
	return f.inUTC(), err
}

// WithdrawFeed ends a feed at once. Withdrawing it again changes nothing.
func (s *Store) WithdrawFeed(ctx context.Context, by person.Actor, now time.Time, id string) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		before, err := getFeed(ctx, tx, id, "FOR UPDATE OF f")
		if err != nil || before.Withdrawn != nil {
			return err
		}
		return withdraw(ctx, tx, by, now, before)
	})
}

func withdraw(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, before Feed) error {
	after, at := before, now.UTC().Truncate(time.Microsecond)
	after.Withdrawn = &at
	if _, err := tx.ExecContext(ctx, "UPDATE feed SET withdrawn_at = $2 WHERE id = $1", before.ID, at); err != nil {
		return err
	}
	return record(ctx, tx, by, now, "feed.withdrawn", feedObject(before), before, after)
}

// FeedOf gives the person whom a secret address was issued to, with their
// roles as they are now. An unknown or withdrawn address, or a person who has
// left, is fault.NotFound, with one message for all.
func (s *Store) FeedOf(ctx context.Context, secret string) (person.Actor, error) {
	var row struct {
		Feed
		personNow
	}
	// As with tokens: one statement whatever the secret is, and the index sees
	// its hash only.
	err := s.db.GetContext(ctx, &row, "SELECT "+feedColumns+", "+personColumns+" FROM feed f"+personOf("f")+"WHERE f.hash = $1", hashed(secret))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return person.Actor{}, mapped(err)
	}
	if err != nil || row.Withdrawn != nil || !row.there() {
		return person.Actor{}, fault.New(fault.NotFound, text.New("There is no calendar at this address, or not any more: turnus plan feed issues another address.",
			"Unter dieser Adresse gibt es keinen Kalender oder nicht mehr: turnus plan feed gibt eine neue aus."))
	}
	return row.actor(row.Person), nil
}

func feedObject(f Feed) string { return "feed/" + f.Person + "/" + f.ID }

func (f Feed) inUTC() Feed {
	f.Created = f.Created.UTC()
	if f.Withdrawn != nil {
		at := f.Withdrawn.UTC()
		f.Withdrawn = &at
	}
	return f
}
