package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"time"

	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
	"turnus/itsm/uptime"
)

// KnownSpan says which part of a dataset about a service a set holds: what is
// about a time that touches [From, To], as of an import.
type KnownSpan struct {
	Service  string
	Import   int64
	From, To time.Time
}

// Outages are those of a span, by key.
func (s *Store) Outages(ctx context.Context, of KnownSpan) iter.Seq2[dataset.Keyed[[]uptime.Outage], error] {
	return knownOf(ctx, s, of, knowingOutages())
}

// Windows are the windows of maintenance of a span, or that were once, by key.
func (s *Store) Windows(ctx context.Context, of KnownSpan) iter.Seq2[dataset.Keyed[[]uptime.Planned], error] {
	return knownOf(ctx, s, of, knowingWindows())
}

// WindowsCalled are the windows of maintenance with a UID, whenever they are: those
// of one event.
func (s *Store) WindowsCalled(ctx context.Context, service string, newest int64, uid string) (known []uptime.Planned, err error) {
	rows, err := s.db.QueryContext(ctx, hearing("s.key = $4"), service, dataset.Maintenance, newest, uid)
	if err != nil {
		return nil, mapped(err)
	}
	defer rows.Close()
	var said []dataset.Said
	for rows.Next() {
		var h heard
		if _, err := h.scan(rows); err != nil {
			return nil, mapped(err)
		}
		said = append(said, h.Said)
	}
	if err := rows.Err(); err != nil {
		return nil, mapped(err)
	}
	return uptime.WindowsKnown(uid, said)
}

// ProbeDays are the days of probes of a span, by key.
func (s *Store) ProbeDays(ctx context.Context, of KnownSpan) iter.Seq2[dataset.Keyed[uptime.Day], error] {
	return knownOf(ctx, s, of, knowingDays())
}

// knownOf reads what the imports said of each key, in the order of the keys'
// bytes, and gives what is known of it then. It holds one connection until it
// ends, and no more than one key.
func knownOf[T any](ctx context.Context, s *Store, of KnownSpan, k knowing[T]) iter.Seq2[dataset.Keyed[T], error] {
	return func(yield func(dataset.Keyed[T], error) bool) {
		more := true // the reader wants more
		err := s.hear(ctx, k.name, of, func(key string, said []dataset.Said) (bool, error) {
			is, err := k.known(key, said)
			if err != nil {
				return false, fmt.Errorf("%s of %s, %w", k.name, of.Service, err)
			}
			if is, touches := k.within(is, of.From, of.To); touches {
				more = yield(dataset.Keyed[T]{Key: key, Is: is}, nil)
			}
			return more, nil
		})
		if err != nil && more {
			yield(dataset.Keyed[T]{}, mapped(err))
		}
	}
}

// hearingScan reads all in one pass, by key: until a table that has just been
// filled is analysed, its planner takes it for empty, and would look at each key
// anew for each other one.
const hearingScan = scanning + `;
	SET LOCAL enable_nestloop = off`

// touching selects keys s of which something was said about a span, [$4, $5].
const touching = `s.key IN (SELECT t.key FROM said t
	WHERE t.service = $1 AND t.dataset = $2 AND t.to_at >= $4 AND t.from_at <= $5 AND t.import <= $3)`

// hear reads what was said of the keys that a span may concern, by key, until
// each says that it wants no more.
func (s *Store) hear(ctx context.Context, name string, of KnownSpan, each func(key string, said []dataset.Said) (more bool, err error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the query where the reader leaves early
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer endScan(conn)
	if _, err := conn.ExecContext(ctx, hearingScan); err != nil {
		return err
	}
	rows, err := conn.QueryContext(ctx, hearing(touching), of.Service, name, of.Import, of.From, of.To)
	if err != nil {
		return err
	}
	defer rows.Close()
	var last string
	var said []dataset.Said
	for rows.Next() {
		var h heard
		key, err := h.scan(rows)
		if err != nil {
			return err
		}
		if key != last && len(said) > 0 {
			if more, err := each(last, said); err != nil || !more {
				cancel()
				return err
			}
			said = said[:0]
		}
		last = key
		said = append(said, h.Said)
	}
	if err := rows.Err(); err != nil || len(said) == 0 {
		return err
	}
	_, err = each(last, said)
	return err
}

// KnownHash counts the keys of which something is known in a span, and hashes
// what: over each key and the SHA-256 of what is known of it in canonical form,
// as ticket.Set does.
func (s *Store) KnownHash(ctx context.Context, name string, of KnownSpan) (count int64, hash string, err error) {
	set := ticket.NewSet()
	err = s.eachKnown(ctx, name, of, func(key string, content [sha256.Size]byte) {
		ticket.AddTo(set, key, hex.EncodeToString(content[:]))
	})
	return set.Count, set.Hash(), err
}

// eachKnown gives the hash of what is known of each key.
func (s *Store) eachKnown(ctx context.Context, name string, of KnownSpan, see func(key string, content [sha256.Size]byte)) error {
	switch name {
	case dataset.Outages:
		return hashes(s.Outages(ctx, of), see)
	case dataset.Maintenance:
		return hashes(s.Windows(ctx, of), see)
	case dataset.Probes:
		return hashes(s.ProbeDays(ctx, of), see)
	}
	return fmt.Errorf("store: what is known of %s isn't kept that way", name)
}

func hashes[T any](all iter.Seq2[dataset.Keyed[T], error], see func(key string, content [sha256.Size]byte)) error {
	var b []byte
	for one, err := range all {
		if err == nil {
			b, err = canonical.Append(b[:0], one.Is)
		}
		if err != nil {
			return err
		}
		see(one.Key, sha256.Sum256(b))
	}
	return nil
}
