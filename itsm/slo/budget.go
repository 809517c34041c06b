package slo

import (
	"cmp"
	"math/big"
	"slices"
	"time"

	"turnus/itsm/fault"
	"turnus/itsm/interval"
)

// farAway bounds what is computed with: two million years, since a window of
// 999999Y is valid.
const farAway = 1 << 46

// Objective is a goal made ready to count by.
type Objective struct {
	Title       string
	Method      Method
	Target      Ratio // of good ones, from 0 and below 1
	SliceTarget Ratio // Timeslices: the share that makes a slice good
	Slice       int64 // Timeslices, RatioTimeslices: seconds
}

// Verdict on an objective.
type Verdict string

// The verdicts. Exactly the target is met; without events there is none.
const (
	Met    Verdict = "met"
	Missed Verdict = "missed"
	NoData Verdict = "n/a"
)

// Budget is how an objective stands over a span of time. Ratios are nil where
// nothing was measured, which is neither 0 nor 1.
type Budget struct {
	Span        interval.Span `json:"span"`
	Until       int64         `json:"until"`       // as far as it is known, Unix seconds
	Provisional bool          `json:"provisional"` // the span isn't over
	Events      int64         `json:"n"`
	Good        int64         `json:"good"` // events; under Timeslices slices
	Bad         int64         `json:"bad"`  // likewise
	Slices      Slices        `json:"slices"`
	Value       *Ratio        `json:"value"`     // the share of good ones, by the method
	Burn        *Ratio        `json:"burn"`      // (1 − value) / (1 − target)
	Consumed    *Ratio        `json:"consumed"`  // of the whole span's budget; may exceed 1
	Remaining   *Ratio        `json:"remaining"` // 1 − consumed; may be negative
	Coverage    *Ratio        `json:"coverage"`  // measured of the expected slices; nil where none is expected
	Verdict     Verdict       `json:"verdict"`
}

// Slices says what there was to count: expected = measured + empty + missing.
type Slices struct {
	Expected int64 `json:"expected"`
	Measured int64 `json:"measured"` // with events
	Empty    int64 `json:"empty"`    // without traffic
	Missing  int64 `json:"missing"`  // without data
}

// Over counts a span as it was known at an instant (Unix seconds). Under
// Timeslices and RatioTimeslices the series has slices of the objective's
// length: see Series.Every.
//
// While the span isn't over, its budget is taken to grow as it did so far:
// what is consumed is burn · time that has passed / whole span. Afterwards
// that is bad / total / (1 − target).
func (o Objective) Over(s *Series, span interval.Span, asOf int64) (Budget, error) {
	if span.Empty() || span.From < -farAway || span.To > farAway {
		return Budget{}, fault.Invalidf("span", "A budget is for a span of time that ends after it begins, at most %d seconds from 1970.",
			"Ein Budget gilt für einen Zeitraum, der nach seinem Beginn endet, höchstens %d Sekunden von 1970 entfernt.", int64(farAway))
	}
	if o.Target.Sign() < 0 || o.Target.Cmp(one) >= 0 {
		return Budget{}, fault.Invalidf("target", "%s isn't a target: use one from 0 and below 1.", "%s ist kein Ziel: von 0 bis unter 1.", o.Target)
	}
	if o.Slice != 0 && s.step != o.Slice {
		return Budget{}, fault.Invalidf("step", "%s counts slices of %d seconds; these have %d.",
			"%s zählt Abschnitte von %d Sekunden; diese haben %d.", o.Method, o.Slice, s.step)
	}
	asOf = min(max(asOf, -farAway), farAway)
	b := Budget{Span: span, Until: min(max(asOf, span.From), span.To), Provisional: asOf < span.To, Verdict: NoData}
	list := s.in(span, asOf)
	b.Slices.Expected = s.expected(span, asOf)
	for _, x := range list {
		b.Events += x.Total
		switch {
		case x.Total == 0:
			b.Slices.Empty++
			continue
		case o.Method != Timeslices:
			b.Good += x.Good
			b.Bad += x.Total - x.Good
		case NewRatio(x.Good, x.Total).Cmp(o.SliceTarget) >= 0:
			b.Good++
		default:
			b.Bad++
		}
		b.Slices.Measured++
	}
	b.Slices.Missing = b.Slices.Expected - int64(len(list))
	if b.Slices.Expected > 0 {
		coverage := NewRatio(b.Slices.Measured, b.Slices.Expected)
		b.Coverage = &coverage
	}
	if b.Slices.Measured == 0 {
		return b, nil
	}
	value := NewRatio(b.Good, b.Good+b.Bad)
	if o.Method == RatioTimeslices {
		value = mean(list, b.Slices.Measured)
	}
	b.Value, b.Verdict = &value, Missed
	if value.Cmp(o.Target) >= 0 {
		b.Verdict = Met
	}
	burn := one.minus(value).over(one.minus(o.Target))
	consumed := burn.times(NewRatio(b.Until-span.From, span.Seconds()))
	remaining := one.minus(consumed)
	b.Burn, b.Consumed, b.Remaining = &burn, &consumed, &remaining
	return b, nil
}

// mean of the ratios of slices with events, of which there are n.
//
// The sum of fractions has the product of their denominators below it. Slices
// without a bad event are whole numbers, those with one denominator are added
// first, and the rest is added in halves, so that large numbers are multiplied
// seldom: a year of minutes, no two with the same total, takes seconds.
func mean(list []Slice, n int64) Ratio {
	var perfect int64
	var parts []Slice // reduced: Good / Total
	for _, x := range list {
		if x.Total == 0 {
			continue
		}
		if x.Good == x.Total {
			perfect++
		} else if d := gcd(x.Total, x.Good); x.Good > 0 {
			parts = append(parts, Slice{Good: x.Good / d, Total: x.Total / d})
		}
	}
	slices.SortFunc(parts, func(a, b Slice) int { return cmp.Compare(a.Total, b.Total) })
	var terms []Ratio
	for i, p := range parts {
		if i > 0 && p.Total == parts[i-1].Total {
			last := terms[len(terms)-1].num
			last.Add(last, big.NewInt(p.Good))
		} else {
			terms = append(terms, NewRatio(p.Good, p.Total))
		}
	}
	return sum(append(terms, NewRatio(perfect, 1))).over(NewRatio(n, 1))
}

// sum of one or more ratios.
func sum(terms []Ratio) Ratio {
	if len(terms) == 1 {
		return terms[0]
	}
	half := len(terms) / 2
	return sum(terms[:half]).plus(sum(terms[half:]))
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Exhaustion is in how many seconds, rounded down, the rest of a budget is
// used up at a burn rate: remaining · window / burn, the window in seconds. It
// is 0 where nothing remains; false: at this rate never.
//
// A calendar's window begins with a new budget at its border, whatever this
// gives.
func Exhaustion(remaining Ratio, window int64, burn Ratio) (int64, bool) {
	switch {
	case remaining.Sign() <= 0:
		return 0, true
	case burn.Sign() <= 0:
		return 0, false
	}
	return remaining.times(NewRatio(window, 1)).over(burn).floor()
}

// Standing is an objective at an instant. A calendar's window starts with a
// full budget, so the trailing one is beside it: as long, up to the instant.
type Standing struct {
	Budget   Budget  `json:"budget"`
	Trailing *Budget `json:"trailing,omitempty"`
}

// Standing of an objective in the window at an instant.
func (w Window) Standing(o Objective, s *Series, at time.Time) (Standing, error) {
	span, ok := w.At(at)
	if !ok {
		return Standing{}, fault.Invalidf("at", "There is no window at %s: the first begins at %s in its zone.",
			"Am %s gibt es kein Fenster: Das erste beginnt am %s in seiner Zone.", at.UTC().Format(time.RFC3339), w.start)
	}
	now := at.Unix()
	b, err := o.Over(s, span, now)
	if err != nil || w.Rolling() {
		return Standing{Budget: b}, err
	}
	trailing, err := o.Over(s, interval.Span{From: now - span.Seconds(), To: now}, now)
	return Standing{b, &trailing}, err
}
