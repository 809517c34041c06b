package store

import (
	"context"
	"iter"
	"time"

	"turnus/itsm/dataset"
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
	return knownOf(ctx, s, dataset.Outages, of, uptime.OutagesKnown)
}

// Windows are the windows of maintenance of a span, by key.
func (s *Store) Windows(ctx context.Context, of KnownSpan) iter.Seq2[dataset.Keyed[[]uptime.Planned], error] {
	return knownOf(ctx, s, dataset.Maintenance, of, uptime.WindowsKnown)
}

// ProbeDays are the days of probes of a span, by key.
func (s *Store) ProbeDays(ctx context.Context, of KnownSpan) iter.Seq2[dataset.Keyed[uptime.Day], error] {
	return knownOf(ctx, s, dataset.Probes, of, uptime.DayKnown)
}

// knownOf reads what the imports said of each key, in the order of the keys'
// bytes, and what is known of it then. It holds one connection until it ends.
func knownOf[T any](ctx context.Context, s *Store, name string, of KnownSpan, known func(string, []dataset.Said) (T, error)) iter.Seq2[dataset.Keyed[T], error] {
	return func(yield func(dataset.Keyed[T], error) bool) {}
}
