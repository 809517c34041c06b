package availabilityreview

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
	"turnus/report/receipt"
)

// maxHeld is how many bytes of outages and windows a file may have: they are held
// in memory, where samples go by.
const maxHeld = 256 << 20

// reading reads the list of a file: what is known of one dataset after the other.
type reading struct {
	x     *receipt.Reader
	c     *receipt.Comparison
	known sets
	cases int64
	held  int64

	ahead *said[json.RawMessage] // read, but of another dataset than was asked for
	raw   []byte                 // its bytes
	last  said[json.RawMessage]  // the one before
	err   error                  // of reading
}

// derive computes the figures from all that the file knows.
func (in *reading) derive(f avail.Frozen) (r avail.Result, err error) {
	var from avail.Source
	if from.Windows, err = all(each(in, dataset.Maintenance, uptime.Planned.Key)); err != nil {
		return r, err
	}
	if from.Outages, err = all(each(in, dataset.Outages, uptime.Outage.Key)); err != nil {
		return r, err
	}
	from.Days = one(in, dataset.Probes, dayKey)
	r, err = avail.Derive(f, from)
	switch {
	case in.err != nil:
		return r, in.err
	case err != nil:
		return r, receipt.Unreadable("frozen", err)
	}
	if in.peek() {
		return r, in.out()
	}
	return r, in.err
}

// out says that a case stands where none of its dataset belongs.
func (in *reading) out() error {
	return fault.New(fault.Malformed, text.F("%.60q isn't a dataset whose turn it is: maintenance, outages and probes follow each other",
		"%.60q ist keine Datenart, die hier an der Reihe ist: maintenance, outages und probes folgen aufeinander", in.ahead.Dataset)).At(in.place(*in.ahead))
}

// peek looks at the next case; false where there is none, or it can't be read.
func (in *reading) peek() bool {
	if in.err != nil || in.ahead != nil {
		return in.err == nil
	}
	raw, err := in.x.Next()
	if errors.Is(err, io.EOF) {
		return false
	}
	if err == nil {
		in.raw, in.ahead = raw, &said[json.RawMessage]{}
		if err = receipt.Decode(raw, in.ahead); err != nil {
			err = receipt.Unreadable(fmt.Sprintf("%s[%d]", in.x.List, in.cases), err)
		}
	}
	in.err = err
	return err == nil
}

// next gives the next case of a dataset; false where another one, or nothing,
// follows.
func (in *reading) next(name string) (k said[json.RawMessage], ok bool) {
	if !in.peek() || in.ahead.Dataset != name {
		return k, false
	}
	k, in.ahead = *in.ahead, nil
	if in.last.Dataset == k.Dataset && k.Key <= in.last.Key {
		in.c.Add(in.place(k), "after "+shown(in.last.Key), "keys in their order, each once")
	}
	in.last = said[json.RawMessage]{Dataset: k.Dataset, Key: k.Key}
	in.cases++
	return k, true
}

// place names a case in a difference.
func (in *reading) place(k said[json.RawMessage]) string {
	return receipt.Place(in.x.List, k.Dataset+" "+shown(k.Key))
}

// shown is a key as it can be read: its parts with blanks between them.
func shown(key string) string { return strings.ReplaceAll(key, "\x1f", " ") }

// each reads what the file knows of a dataset whose keys stand for lists.
func each[T any](in *reading, name string, key func(T) string) iter.Seq2[dataset.Keyed[[]T], error] {
	return read(in, name, func(k string, is []T) bool {
		in.held += int64(len(in.raw))
		return len(is) > 0 && !slices.ContainsFunc(is, func(x T) bool { return key(x) != k })
	})
}

// one reads what the file knows of a dataset whose keys stand for one thing.
func one[T any](in *reading, name string, key func(T) string) iter.Seq2[dataset.Keyed[T], error] {
	return read(in, name, func(k string, is T) bool { return key(is) == k })
}

// read decodes the cases of a dataset, and compares each with how it would be
// written anew, and its key with what is known of it.
func read[T any](in *reading, name string, fits func(string, T) bool) iter.Seq2[dataset.Keyed[T], error] {
	return func(yield func(dataset.Keyed[T], error) bool) {
		var again, is []byte
		for k, ok := in.next(name); ok; k, ok = in.next(name) {
			known := dataset.Keyed[T]{Key: k.Key}
			err := receipt.Decode(k.Is, &known.Is)
			if err != nil {
				err = receipt.Unreadable(in.place(k), err)
			} else if in.held > maxHeld {
				err = fault.New(fault.Malformed, text.F("more than %d bytes of outages and windows are more than such a file may have", "Mehr als %d Byte an Ausfällen und Wartungsfenstern sind mehr, als eine solche Datei haben darf.", int64(maxHeld))).At(in.place(k))
			}
			if err == nil {
				again, err = canonical.Append(again[:0], said[T]{name, k.Key, known.Is})
			}
			if err == nil {
				is, err = canonical.Append(is[:0], known.Is)
			}
			if err != nil {
				in.err = err
				yield(known, err)
				return
			}
			in.c.JSON(in.place(k), in.raw, again)
			if !fits(k.Key, known.Is) {
				in.c.Add(in.place(k)+".key", shown(k.Key), "the key of what is known of it")
			}
			in.known.add(name, k.Key, is)
			if !yield(known, nil) {
				return
			}
		}
		if in.err != nil {
			yield(dataset.Keyed[T]{}, in.err)
		}
	}
}

// dayKey is the key of a probe's day.
func dayKey(d uptime.Day) string {
	return strings.Join([]string{d.Component, d.Probe, d.Date}, "\x1f")
}
