// Package canonical gives every value one byte form, so that equal contents
// have equal hashes: JSON with sorted keys, without white space or HTML
// escaping, numbers as they were written. It imports the standard library only.
package canonical

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// JSON is the canonical form of anything that encoding/json can write.
func JSON(v any) ([]byte, error) {
	b, err := written(v)
	if err != nil {
		return nil, err
	}
	// Once more through maps: struct fields come in the order of declaration.
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var plain any
	if err := d.Decode(&plain); err != nil {
		return nil, err
	}
	return written(plain)
}

// written is JSON without escapes for HTML, which would make six bytes of one.
func written(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Hash is the SHA-256 of the canonical form, hexadecimal.
func Hash(v any) (string, error) {
	b, err := JSON(v)
	if err != nil {
		return "", err
	}
	return Sum(b), nil
}

// Sum is the SHA-256 of bytes, hexadecimal.
func Sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
