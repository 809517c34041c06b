package store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// newSecret makes the secret of a token, a pass or a feed: 256 random bits
// behind a prefix that says what it is.
func newSecret(prefix string) string {
	random := make([]byte, 32)
	rand.Read(random) //nolint:errcheck // crypto/rand never fails
	return prefix + base64.RawURLEncoding.EncodeToString(random)
}

// hashed is a secret as it is stored. 256 random bits need no slow hash.
func hashed(secret string) string {
	h := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(h[:])
}
