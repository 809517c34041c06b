// Package packed reads what is kept in few bytes: varints, and texts with their
// length. The bytes may be damaged, or hostile: no length is believed, and nothing
// panics.
//
// It may import the standard library only.
//
//	r := packed.Read(b)
//	n, name := r.Uint(), r.Text()
//	err := r.Err()
package packed

import (
	"encoding/binary"
	"errors"
)

// Err is what reading damaged bytes ends with.
var Err = errors.New("packed bytes are damaged")

// Reader reads bytes from their beginning: after the first mistake it gives zero
// values, and Err says so.
type Reader struct {
	rest []byte
	bad  bool
}

// Read begins with b.
func Read(b []byte) *Reader { return &Reader{rest: b} }

// Err says whether everything could be read, to the last byte.
func (r *Reader) Err() error {
	if r.bad || len(r.rest) != 0 {
		return Err
	}
	return nil
}

// Fail says that what was read makes no sense.
func (r *Reader) Fail() { r.bad = true }

// Failed says that there was a mistake.
func (r *Reader) Failed() bool { return r.bad }

// More says that there is something left to read, and no mistake so far.
func (r *Reader) More() bool { return !r.bad && len(r.rest) > 0 }

// Byte reads one.
func (r *Reader) Byte() byte {
	if r.bad || len(r.rest) == 0 {
		r.bad = true
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

// Uint reads an unsigned varint.
func (r *Reader) Uint() uint64 {
	if !r.bad && len(r.rest) > 0 && r.rest[0] < 0x80 { // most are short
		v := uint64(r.rest[0])
		r.rest = r.rest[1:]
		return v
	}
	v, n := binary.Uvarint(r.rest)
	if r.bad || n <= 0 {
		r.bad = true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// Int reads a signed varint.
func (r *Reader) Int() int64 {
	v, n := binary.Varint(r.rest)
	if r.bad || n <= 0 {
		r.bad = true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// Count reads how many things of at least size bytes follow; more than there
// are bytes for is a mistake.
func (r *Reader) Count(size int) int {
	n := r.Uint()
	if n > uint64(len(r.rest)/size) {
		r.bad = true
		return 0
	}
	return int(n)
}

// Bytes reads bytes with their length; they are the packed bytes themselves.
func (r *Reader) Bytes() []byte {
	n := r.Count(1)
	if r.bad {
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

// Text reads a text with its length.
func (r *Reader) Text() string { return string(r.Bytes()) }

// Texts reads a table of texts, into room where that is enough. They share one
// copy of the bytes.
func (r *Reader) Texts(room []string) []string {
	n := r.Count(1)
	if n > cap(room) {
		room = make([]string, 0, n)
	}
	all := string(r.rest)
	for range n {
		size := r.Count(1)
		if r.bad {
			return nil
		}
		at := len(all) - len(r.rest)
		room = append(room, all[at:at+size])
		r.rest = r.rest[size:]
	}
	return room
}

// Of reads a text by its place in a table.
func (r *Reader) Of(table []string) string {
	i := r.Uint()
	if i >= uint64(len(table)) {
		r.bad = true
		return ""
	}
	return table[i]
}

// AppendText writes a text with its length.
func AppendText[T string | []byte](b []byte, s T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
