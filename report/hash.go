package report

import (
	"encoding/json"

	"turnus/itsm/canonical"
)

// Hash is the SHA-256 of a document's canonical JSON, hexadecimal, with the
// bytes that it is over: they are what is stored, and what approvers decide on.
func Hash(d Document) (string, []byte, error) {
	b, err := canonical.JSON(d)
	if err != nil {
		return "", nil, err
	}
	return canonical.Sum(b), b, nil
}

// Decode reads stored bytes back; hashing the result gives the same hash.
func Decode(b []byte) (Document, error) {
	var d Document
	err := json.Unmarshal(b, &d)
	return d, err
}
