package store

import (
	"context"
	"time"

	"turnus/itsm/person"
)

// Authenticate gives the person whom a bearer token names, with their roles as
// they are now. An unknown, expired or revoked token, or a person who has been
// retired, is fault.Unauthenticated.
func (s *Store) Authenticate(ctx context.Context, now time.Time, secret string) (person.Actor, error) {
	panic("to be written")
}

// IssueToken makes a token for a person; the secret is given once and stored
// hashed.
func (s *Store) IssueToken(ctx context.Context, by person.Actor, now time.Time, name string, ttl time.Duration) (person.Token, string, error) {
	panic("to be written")
}

// Tokens lists a person's tokens, newest first.
func (s *Store) Tokens(ctx context.Context, name string, p Page) ([]person.Token, string, error) {
	panic("to be written")
}

// RevokeToken ends a token at once.
func (s *Store) RevokeToken(ctx context.Context, by person.Actor, now time.Time, name, id string) error {
	panic("to be written")
}
