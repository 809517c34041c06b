package ticket

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"
)

// The first byte of a packed history names the format of the rest, so that a
// later one can be told apart.
const packed1 = 1

// Flags of a packed event.
const (
	flagStopped = 1 << iota
	flagResponded
	flagVoid
	flagsKnown = flagStopped | flagResponded | flagVoid
)

var errPacked = errors.New("ticket: a packed history is damaged")

// Pack keeps events small: a table of the texts, and for each event the seconds
// since the one before. Equal events give equal bytes. Instants are kept to the
// second.
func Pack(events []Event) []byte {
	// Few texts a ticket: a linear search is quicker than a map.
	table := make([]string, 0, 16)
	index := func(s string) uint64 {
		for i, t := range table {
			if t == s {
				return uint64(i)
			}
		}
		table = append(table, s)
		return uint64(len(table) - 1)
	}
	if len(events) > 64 { // and where they are many, a map after all
		known := map[string]uint64{}
		index = func(s string) uint64 {
			i, ok := known[s]
			if !ok {
				i = uint64(len(table))
				known[s] = i
				table = append(table, s)
			}
			return i
		}
	}
	body := make([]byte, 0, 32+24*len(events))
	body = binary.AppendUvarint(body, uint64(len(events)))
	var at, seq int64
	names := make([]string, 0, 16)
	for _, e := range events {
		var flags byte
		if e.Stopped {
			flags |= flagStopped
		}
		if e.Responded {
			flags |= flagResponded
		}
		if e.Void {
			flags |= flagVoid
		}
		body = append(body, flags)
		body = binary.AppendVarint(body, e.At.Unix()-at)
		body = binary.AppendVarint(body, e.Seq-seq)
		at, seq = e.At.Unix(), e.Seq
		body = binary.AppendUvarint(body, index(e.State))
		body = binary.AppendUvarint(body, uint64(len(e.Fields)))
		names = sorted(names[:0], e.Fields)
		for _, n := range names {
			body = binary.AppendUvarint(body, index(n))
			body = binary.AppendUvarint(body, index(e.Fields[n]))
		}
	}
	size := 11
	for _, s := range table {
		size += len(s) + 3
	}
	out := make([]byte, 0, size+len(body))
	out = append(out, packed1)
	out = binary.AppendUvarint(out, uint64(len(table)))
	for _, s := range table {
		out = appendText(out, s)
	}
	return append(out, body...)
}

// Unpack is the inverse of Pack. Damaged bytes are an error, never a panic.
func Unpack(b []byte) ([]Event, error) {
	if len(b) == 0 || b[0] != packed1 {
		return nil, errPacked
	}
	r := Unpacker{rest: b[1:]}
	// The texts share one copy of the bytes, and where they are few, as nearly
	// always, their table is on the stack.
	var few [24]string
	table := few[:0]
	texts := r.Count(1)
	if texts > len(few) {
		table = make([]string, 0, texts)
	}
	all := string(r.rest)
	for range texts {
		n := r.Count(1)
		if r.bad {
			return nil, errPacked
		}
		at := len(all) - len(r.rest)
		table = append(table, all[at:at+n])
		r.rest = r.rest[n:]
	}
	events := make([]Event, r.Count(5))
	var at, seq int64
	for i := range events {
		flags := r.Byte()
		at += r.Int()
		seq += r.Int()
		e := &events[i]
		e.At, e.Seq, e.State = time.Unix(at, 0).UTC(), seq, r.of(table)
		e.Stopped, e.Responded, e.Void = flags&flagStopped != 0, flags&flagResponded != 0, flags&flagVoid != 0
		if flags&^byte(flagsKnown) != 0 {
			r.bad = true
		}
		if n := r.Count(2); n > 0 {
			e.Fields = make(map[string]string, n)
			for range n {
				name := r.of(table)
				e.Fields[name] = r.of(table)
			}
			if len(e.Fields) != n {
				r.bad = true
			}
		}
		if r.bad {
			return nil, errPacked
		}
	}
	if r.bad || len(r.rest) != 0 {
		return nil, errPacked
	}
	return events, nil
}

// Unpacker reads varints and texts off bytes that may be damaged: after the
// first mistake it gives zero values, and Err says so.
type Unpacker struct {
	rest []byte
	bad  bool
}

// NewUnpacker reads b.
func NewUnpacker(b []byte) *Unpacker { return &Unpacker{rest: b} }

// Err says whether everything could be read, to the last byte.
func (r *Unpacker) Err() error {
	if r.bad || len(r.rest) != 0 {
		return errPacked
	}
	return nil
}

// Byte reads one.
func (r *Unpacker) Byte() byte {
	if r.bad || len(r.rest) == 0 {
		r.bad = true
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

// of reads a text by its place in a table.
func (r *Unpacker) of(table []string) string {
	i := r.Uint()
	if i >= uint64(len(table)) {
		r.bad = true
		return ""
	}
	return table[i]
}

// Uint reads an unsigned varint.
func (r *Unpacker) Uint() uint64 {
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
func (r *Unpacker) Int() int64 {
	v, n := binary.Varint(r.rest)
	if r.bad || n <= 0 {
		r.bad = true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// Count reads how many things of at least size bytes follow; more than there
// are bytes for is a mistake, so that no length is believed blindly.
func (r *Unpacker) Count(size int) int {
	n := r.Uint()
	if n > uint64(len(r.rest)/size) {
		r.bad = true
		return 0
	}
	return int(n)
}

// More says that there is something left to read, and no mistake so far.
func (r *Unpacker) More() bool { return !r.bad && len(r.rest) > 0 }

// Bytes reads bytes with their length; they are the unpacked bytes themselves.
func (r *Unpacker) Bytes() []byte {
	n := r.Count(1)
	if r.bad {
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

// Text reads a text with its length.
func (r *Unpacker) Text() string {
	n := r.Count(1)
	if r.bad {
		return ""
	}
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func sorted(into []string, m map[string]string) []string {
	for name := range m {
		into = append(into, name)
	}
	slices.Sort(into)
	return into
}
