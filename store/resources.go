package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/person"
	"turnus/itsm/resource"
)

// Change says what applying did to one resource.
type Change struct {
	Kind   resource.Kind     `json:"kind"`
	Name   string            `json:"name"`
	Change string            `json:"change"` // created, changed, unchanged; never translated
	Before *resource.Version `json:"before,omitempty"`
	After  *resource.Version `json:"after,omitempty"`
}

// Apply declares resources, all or none, each checked by itself and against
// the others and those in the store. A dry run changes nothing.
func (s *Store) Apply(ctx context.Context, by person.Actor, now time.Time, docs []resource.Raw, dryRun bool) ([]Change, error) {
	panic("to be written")
}

// Resource is the newest version of a resource; a retired one isn't found.
func (s *Store) Resource(ctx context.Context, k resource.Kind, name string) (resource.Version, error) {
	panic("to be written")
}

// Resources lists the newest versions of a kind by name, without retired ones.
func (s *Store) Resources(ctx context.Context, k resource.Kind, p Page) ([]resource.Version, string, error) {
	panic("to be written")
}

// Retire takes a resource out of use from now on; its versions stay.
func (s *Store) Retire(ctx context.Context, by person.Actor, now time.Time, k resource.Kind, name string) error {
	panic("to be written")
}

// Current decodes the newest version of a resource that isn't retired.
func Current[T any](ctx context.Context, s *Store, k resource.Kind, name string) (resource.Resource[T], error) {
	panic("to be written")
}

// current is Current inside a transaction (or on the pool).
func current[T any](ctx context.Context, q sqlx.QueryerContext, k resource.Kind, name string) (resource.Resource[T], error) {
	panic("to be written")
}

// ValidAt decodes the version of a resource that holds at an instant: of those
// with ValidFrom not after it the one with the greatest number. A retired one
// isn't found.
func ValidAt[T any](ctx context.Context, s *Store, k resource.Kind, name string, at time.Time) (resource.Resource[T], resource.Version, error) {
	panic("to be written")
}
