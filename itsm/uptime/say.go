package uptime

import (
	"bytes"
	"math"
	"slices"
	"time"

	"turnus/itsm/packed"
)

// Saying is what the rows of one key say in one file, together. The same rows
// give the same bytes, in whatever order they come.
type Saying struct {
	Data      []byte    // packed
	From, To  time.Time // the span that it is about, of samples their date; To is where it ends, and the zero time where it hasn't
	Repeated  int64     // rows that say what another one says
	Differing int64     // samples that say otherwise than a later row about the same instant, which counts
}

// said1 is the first byte of what was said, so that a later format can be told
// apart.
const said1 = 1

// row is a packed row with what it says.
type row[T any] struct {
	bytes []byte
	is    T
}

// say packs rows in the order of what they say, each once.
func say[T any](rows [][]byte, read func(*packed.Reader) T, compare func(a, b T) int, span func(T) (from, to time.Time)) (Saying, error) {
	list := make([]row[T], len(rows))
	for i, b := range rows {
		r := packed.Read(b)
		list[i] = row[T]{b, read(r)}
		if err := r.Err(); err != nil {
			return Saying{}, err
		}
	}
	slices.SortFunc(list, func(a, b row[T]) int {
		if c := compare(a.is, b.is); c != 0 {
			return c
		}
		return bytes.Compare(a.bytes, b.bytes)
	})
	s := Saying{Data: []byte{said1}}
	ends := true
	for i, x := range list {
		if i > 0 && bytes.Equal(x.bytes, list[i-1].bytes) {
			s.Repeated++
			continue
		}
		s.Data = append(s.Data, x.bytes...)
		from, to := span(x.is)
		if i == 0 || from.Before(s.From) {
			s.From = from
		}
		if to.After(s.To) {
			s.To = to
		}
		ends = ends && !to.IsZero()
	}
	if !ends {
		s.To = time.Time{}
	}
	return s, nil
}

// unsay is the inverse of say.
func unsay[T any](data []byte, read func(*packed.Reader) T) ([]T, error) {
	r := packed.Read(data)
	if r.Byte() != said1 {
		return nil, packed.Err
	}
	list := []T{}
	for r.More() {
		list = append(list, read(r))
	}
	return list, r.Err()
}

// The first and the last second that can be kept: the one before them is the zero
// time, which means something else.
var (
	earliest = time.Time{}.Unix() + 1
	latest   = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
)

// readInstant reads seconds, which are counted from a given one on.
func readInstant(r *packed.Reader, from int64) time.Time {
	at := r.Int()
	if at < math.MinInt64/2 || at > math.MaxInt64/2 || from+at < earliest || from+at > latest {
		r.Fail()
		return time.Time{}
	}
	return time.Unix(from+at, 0).UTC()
}

// flag gives the bit of a fact.
func flag(bit byte, is bool) byte {
	if is {
		return bit
	}
	return 0
}
