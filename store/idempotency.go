package store

import (
	"context"
	"time"
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
// fault.Conflict; a key whose request died is free after 30 seconds.
func (s *Store) BeginKey(ctx context.Context, now time.Time, person, operation, key, request string) (*Answer, error) {
	panic("to be written")
}

// FinishKey keeps the answer for 24 hours.
func (s *Store) FinishKey(ctx context.Context, person, operation, key string, a Answer) error {
	panic("to be written")
}

// FreeKey lets a key be used again: the request failed with a 5xx.
func (s *Store) FreeKey(ctx context.Context, person, operation, key string) error {
	panic("to be written")
}

// ForgetKeys deletes those older than 24 hours.
func (s *Store) ForgetKeys(ctx context.Context, now time.Time) error { panic("to be written") }
