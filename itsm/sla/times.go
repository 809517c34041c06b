package sla

import (
	"math"
	"slices"

	"turnus/itsm/stats"
)

// times are the elapsed seconds of each decided ticket, the only thing here
// that grows with their number: four bytes each, in blocks, so that a million
// are written once and not copied each time there is no more room.
type times struct {
	full [][]uint32
	last []uint32
	long []int64 // those of more than 136 years
}

const blockOf = 8192

func (t *times) add(elapsed int64) {
	if elapsed > math.MaxUint32 {
		t.long = append(t.long, elapsed)
		return
	}
	if len(t.last) == cap(t.last) {
		t.grow()
	}
	t.last = append(t.last, uint32(elapsed))
}

// grow makes room: little at first, since most targets have few tickets.
func (t *times) grow() {
	if n := cap(t.last); n < blockOf {
		t.last = slices.Grow(t.last, max(8, n))
		return
	}
	t.full, t.last = append(t.full, t.last), make([]uint32, 0, blockOf)
}

// join adds the times of other tickets.
func (t *times) join(o *times) {
	for _, block := range append(o.full, o.last) {
		for _, elapsed := range block {
			t.add(int64(elapsed))
		}
	}
	t.long = append(t.long, o.long...)
}

// sample puts the times in order.
func (t *times) sample() stats.Sample {
	short := inOrder(slices.Concat(append(t.full, t.last)...))
	slices.Sort(t.long)
	all := make(stats.Sample, 0, len(short)+len(t.long))
	for _, elapsed := range short {
		all = append(all, int64(elapsed))
	}
	return append(all, t.long...)
}

// Digits of inOrder: three of them hold 32 bits.
const (
	digitBits = 11
	digits    = 1 << digitBits
)

// inOrder sorts by one digit after the other, the lowest first, each time
// keeping the order of equal ones: of a million it takes a sixth of the time
// of comparing them.
func inOrder(values []uint32) []uint32 {
	if len(values) < digits {
		slices.Sort(values)
		return values
	}
	spare := make([]uint32, len(values))
	for shift := 0; shift < 32; shift += digitBits {
		var next [digits]int // where the next value with this digit goes
		for _, v := range values {
			next[v>>shift%digits]++
		}
		sum := 0
		for d, n := range next {
			next[d], sum = sum, sum+n
		}
		for _, v := range values {
			d := v >> shift % digits
			spare[next[d]] = v
			next[d]++
		}
		values, spare = spare, values
	}
	return values
}
