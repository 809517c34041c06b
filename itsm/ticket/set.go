package ticket

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// Set counts and hashes tickets in the order of their numbers, as a round
// freezes them: whoever reads the same tickets again comes to the same count
// and hash. The zero value isn't ready, see NewSet.
type Set struct {
	Count int64
	sum   hash.Hash
	line  []byte
}

// NewSet is a set without tickets.
func NewSet() *Set { return &Set{sum: sha256.New()} }

// AddTo adds a ticket by its number and content hash.
func AddTo[T ~string | ~[]byte](s *Set, number, content T) {
	s.Count++
	s.line = append(append(append(append(s.line[:0], number...), '\t'), content...), '\n')
	s.sum.Write(s.line) //nolint:errcheck // a hash takes everything
}

// Hash is the SHA-256, in hexadecimal, over a line of number, tab and content
// hash for each ticket.
func (s *Set) Hash() string { return hex.EncodeToString(s.sum.Sum(nil)) }

// Intact says that a version's history is the one that its hash is over.
func (v *Version) Intact() bool {
	return len(v.Events) > 0 && contentHash(v.Number, History(v.Events)) == v.Hash
}
