package slo

import (
	"cmp"
	"fmt"
	"slices"

	"turnus/itsm/fault"
	"turnus/itsm/interval"
)

// MaxSlices bounds a series: a year of minutes and some more.
const MaxSlices = 600_000

// Slice counts the events of one stretch of time. Total 0 is no traffic,
// which is neither good nor bad; a slice that isn't there is no data.
type Slice struct {
	From  int64 `json:"from"` // Unix seconds
	Good  int64 `json:"good"`
	Total int64 `json:"total"`
}

// Series is a list of slices of one length, in order of time, without overlap.
type Series struct {
	step   int64 // seconds
	slices []Slice
}

// Limits of what a series is about: the years 1 to 9999, slices of a thousand
// days at most.
const (
	firstInstant = -62135596800
	lastInstant  = 253402300799
	maxStep      = 1000 * 86400
)

// NewSeries takes slices of step seconds. They stand in order of time, their
// beginnings a whole number of steps apart; slices may be missing.
func NewSeries(step int64, list []Slice) (*Series, error) {
	if step <= 0 || step > maxStep {
		return nil, fault.Invalidf("step", "%d isn't a slice's length: use seconds from 1 to %d.",
			"%d ist keine Länge eines Abschnitts: Sekunden von 1 bis %d.", step, int64(maxStep))
	}
	if len(list) > MaxSlices {
		return nil, fault.Invalidf("slices", "These are %d slices, and %d may be: take longer ones.",
			"Das sind %d Abschnitte, höchstens %d dürfen es sein: Längere nehmen.", len(list), MaxSlices)
	}
	var sum int64
	for i, s := range list {
		at := fmt.Sprintf("slices[%d]", i)
		switch {
		case s.From < firstInstant || s.From > lastInstant:
			return nil, fault.Invalidf(at+".from", "%d isn't in the years 1 to 9999.", "%d liegt nicht in den Jahren 1 bis 9999.", s.From)
		case i > 0 && s.From <= list[i-1].From:
			return nil, fault.Invalidf(at+".from", "A slice begins after the one before it: sort them, each once.",
				"Ein Abschnitt beginnt nach dem vorigen: sortieren, jeden nur einmal.")
		case (s.From-list[0].From)%step != 0:
			return nil, fault.Invalidf(at+".from", "This slice begins %d seconds after the first one, which is no multiple of %d.",
				"Dieser Abschnitt beginnt %d Sekunden nach dem ersten, kein Vielfaches von %d.", s.From-list[0].From, step)
		case s.Good < 0 || s.Good > s.Total:
			return nil, fault.Invalidf(at+".good", "%d good ones of %d can't be.", "%d gute von %d kann nicht sein.", s.Good, s.Total)
		}
		if sum += s.Total; sum < 0 {
			return nil, fault.Invalidf(at+".total", "The events are too many to be counted in 63 bits.", "Die Ereignisse sind zu viele, um sie mit 63 Bit zu zählen.")
		}
	}
	return &Series{step, slices.Clone(list)}, nil
}

// Step is the length of a slice in seconds.
func (s *Series) Step() int64 { return s.step }

// Every puts slices together to longer ones, counted from an instant: step is
// a multiple of the series' own, and slices begin a multiple of that from the
// instant. A longer slice counts what is there of it.
func (s *Series) Every(step, from int64) (*Series, error) {
	if step <= 0 || step > maxStep || step%s.step != 0 {
		return nil, fault.Invalidf("step", "%d isn't a multiple of the slices' length, %d seconds.",
			"%d ist kein Vielfaches der Länge eines Abschnitts, %d Sekunden.", step, s.step)
	}
	if from < firstInstant || from > lastInstant || len(s.slices) > 0 && (s.slices[0].From-from)%s.step != 0 {
		return nil, fault.Invalidf("from", "No slice begins at %d: the longer ones would cut them.",
			"Bei %d beginnt kein Abschnitt: Die längeren würden sie zerschneiden.", from)
	}
	longer := &Series{step: step, slices: make([]Slice, 0, min(int64(len(s.slices)), int64(len(s.slices))*s.step/step+2))}
	for _, x := range s.slices {
		x.From = from + floorDiv(x.From-from, step)*step
		if n := len(longer.slices); n > 0 && longer.slices[n-1].From == x.From {
			longer.slices[n-1].Good += x.Good
			longer.slices[n-1].Total += x.Total
		} else {
			longer.slices = append(longer.slices, x)
		}
	}
	return longer, nil
}

// in gives the slices that belong to a span, as far as they are known at an
// instant: a slice belongs where it begins, and is known when it is over. So
// neighbouring spans count each slice once.
func (s *Series) in(span interval.Span, asOf int64) []Slice {
	first, _ := slices.BinarySearchFunc(s.slices, span.From, byBegin)
	next, _ := slices.BinarySearchFunc(s.slices, min(span.To, asOf-s.step+1), byBegin)
	return s.slices[first:max(first, next)]
}

func byBegin(s Slice, at int64) int { return cmp.Compare(s.From, at) }

// expected is how many slices there would be in the same span without gaps; of
// an empty series those that begin at multiples of its step.
func (s *Series) expected(span interval.Span, asOf int64) int64 {
	var begin int64
	if len(s.slices) > 0 {
		begin = s.slices[0].From
	}
	end := min(span.To, asOf-s.step+1)
	return max(floorDiv(end-1-begin, s.step)-floorDiv(span.From-1-begin, s.step), 0)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
