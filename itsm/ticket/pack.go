package ticket

import (
	"encoding/binary"
	"slices"
	"time"

	"turnus/itsm/packed"
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
		out = packed.AppendText(out, s)
	}
	return append(out, body...)
}

// Unpack is the inverse of Pack. Damaged bytes are an error, never a panic.
func Unpack(b []byte) ([]Event, error) {
	if len(b) == 0 || b[0] != packed1 {
		return nil, packed.Err
	}
	r := packed.Read(b[1:])
	var few [24]string // on the stack, and nearly always enough
	table := r.Texts(few[:0])
	events := make([]Event, r.Count(5))
	var at, seq int64
	for i := range events {
		flags := r.Byte()
		at += r.Int()
		seq += r.Int()
		e := &events[i]
		e.At, e.Seq, e.State = time.Unix(at, 0).UTC(), seq, r.Of(table)
		e.Stopped, e.Responded, e.Void = flags&flagStopped != 0, flags&flagResponded != 0, flags&flagVoid != 0
		if flags&^byte(flagsKnown) != 0 {
			r.Fail()
		}
		if n := r.Count(2); n > 0 {
			e.Fields = make(map[string]string, n)
			for range n {
				name := r.Of(table)
				e.Fields[name] = r.Of(table)
			}
			if len(e.Fields) != n {
				r.Fail()
			}
		}
		if r.Failed() {
			return nil, packed.Err
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return events, nil
}

func sorted(into []string, m map[string]string) []string {
	for name := range m {
		into = append(into, name)
	}
	slices.Sort(into)
	return into
}
