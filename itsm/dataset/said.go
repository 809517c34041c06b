package dataset

import "time"

// Said is what one import says of a key, packed as its dataset packs it. What is
// known of a key as of an import follows from what all imports up to that one
// said that weren't withdrawn by then.
type Said struct {
	Import int64
	AsOf   time.Time // of the import
	At     time.Time // when it came
	Data   []byte
}

// Before orders what imports said by how new it is: by up to when their sources
// were read, then by number.
func (s Said) Before(o Said) bool {
	if !s.AsOf.Equal(o.AsOf) {
		return s.AsOf.Before(o.AsOf)
	}
	return s.Import < o.Import
}

// Keyed is what is known of a key.
type Keyed[T any] struct {
	Key string `json:"key"`
	Is  T      `json:"is"`
}
