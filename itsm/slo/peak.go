package slo

import (
	"math/big"
	"math/bits"

	"turnus/itsm/fault"
	"turnus/itsm/interval"
)

// Peak is how fast a budget burnt at most by a rule, and how often its alert began.
type Peak struct {
	Rule   BurnRule `json:"rule"`
	State  State    `json:"state"`  // at the span's end; see Burning
	Most   *Ratio   `json:"most"`   // burn rate of the long window; nil: no window had enough events
	At     int64    `json:"at"`     // the end of the first such window, Unix seconds
	Alerts int64    `json:"alerts"` // how often it began to fire
}

// Peaks holds rules against a series at the end of each slice within a span, as
// far as it is known at an instant (Unix seconds), as Alert does at one: a window
// of fewer than atLeast events says nothing. An alert that fires when the span
// begins has begun before it.
//
// Under RatioTimeslices the ratios of slices are added exactly as long as the
// totals have a common multiple below 2³², else rounded to nine decimals.
func (o Objective) Peaks(s *Series, span interval.Span, asOf int64, rules []BurnRule, atLeast int64) ([]Peak, error) {
	if span.Empty() || span.Seconds()/s.step > MaxSlices {
		return nil, fault.Invalidf("span", "A span of more than %d slices is too long, and one without time too short.",
			"Ein Zeitraum mit mehr als %d Abschnitten ist zu lang, einer ohne Zeit zu kurz.", int64(MaxSlices))
	}
	if _, _, err := o.Alert(s, span.To, rules, atLeast); err != nil {
		return nil, err
	}
	sums := o.running(s)
	peaks := make([]Peak, len(rules))
	for i, r := range rules {
		peaks[i] = sums.peak(s, span, asOf, r, one.minus(o.Target), max(atLeast, 1))
	}
	return peaks, nil
}

// runningSums of bad ones, of all, and of events, before each slice.
type runningSums struct{ bad, all, events []int64 }

func (o Objective) running(s *Series) runningSums {
	r := runningSums{make([]int64, 1, len(s.slices)+1), make([]int64, 1, len(s.slices)+1), make([]int64, 1, len(s.slices)+1)}
	scale := int64(1)
	if o.Method == RatioTimeslices {
		scale = common(s.slices)
	}
	for i, x := range s.slices {
		bad, all := x.Total-x.Good, x.Total
		switch {
		case x.Total == 0:
		case o.Method == Timeslices:
			bad, all = 0, 1
			if NewRatio(x.Good, x.Total).Cmp(o.SliceTarget) < 0 {
				bad = 1
			}
		case o.Method == RatioTimeslices:
			hi, lo := bits.Mul64(uint64(bad), uint64(scale))
			q, rest := bits.Div64(hi, lo, uint64(x.Total)) // bad isn't above the total, so that this fits
			if rest >= uint64(x.Total)-rest {
				q++
			}
			bad, all = int64(q), scale
		}
		r.bad, r.all, r.events = append(r.bad, r.bad[i]+bad), append(r.all, r.all[i]+all), append(r.events, r.events[i]+x.Total)
	}
	return r
}

// common is the least common multiple of the totals, or a billion.
func common(list []Slice) int64 {
	m := int64(1)
	for _, x := range list {
		if x.Total == 0 || m%x.Total == 0 {
			continue
		}
		if x.Total >= 1<<32 {
			return 1_000_000_000
		}
		if m *= x.Total / gcd(m, x.Total); m >= 1<<32 {
			return 1_000_000_000
		}
	}
	return m
}

// peak slides the windows of a rule along the span.
func (r runningSums) peak(s *Series, span interval.Span, asOf int64, rule BurnRule, budget Ratio, atLeast int64) Peak {
	p := Peak{Rule: rule, State: Unknown}
	limit := rule.Burn.times(budget)
	unreachable := limit.Cmp(one) >= 0
	if len(s.slices) == 0 {
		return p
	}
	type window struct{ from, to int } // places of slices
	var long, short window
	slide := func(w *window, length, at int64) {
		for w.to < len(s.slices) && s.slices[w.to].From+s.step <= at {
			w.to++
		}
		for w.from < w.to && s.slices[w.from].From < at-length {
			w.from++
		}
	}
	count := func(w window) (bad, all, events int64) {
		return r.bad[w.to] - r.bad[w.from], r.all[w.to] - r.all[w.from], r.events[w.to] - r.events[w.from]
	}
	over := exceeds(limit)
	begin := s.slices[0].From
	first := begin + floorDiv(span.From-begin, s.step)*s.step
	var mostBad, mostAll int64
	for at := first; at <= min(span.To, asOf); at += s.step {
		slide(&long, rule.Long, at)
		slide(&short, rule.Short, at)
		bad, all, events := count(long)
		shortBad, shortAll, _ := count(short)
		within := at > span.From
		if within && events >= atLeast && (mostAll == 0 || above(bad, all, mostBad, mostAll)) {
			mostBad, mostAll, p.At = bad, all, at
		}
		fired := p.State == Firing
		switch {
		case unreachable:
			p.State = Unreachable
		case all == 0 || shortAll == 0:
			p.State = Unknown
		case events < atLeast:
			p.State = TooFew
		case over(bad, all) && over(shortBad, shortAll):
			p.State = Firing
			if within && !fired {
				p.Alerts++
			}
		default:
			p.State = Quiet
		}
	}
	if mostAll > 0 {
		most := NewRatio(mostBad, mostAll).over(budget)
		p.Most = &most
	}
	return p
}

// above says whether a/b is greater than c/d; none is negative, b and d aren't 0.
func above(a, b, c, d int64) bool {
	hi, lo := bits.Mul64(uint64(a), uint64(d))
	hi2, lo2 := bits.Mul64(uint64(c), uint64(b))
	return hi > hi2 || hi == hi2 && lo > lo2
}

// exceeds compares a share with a limit, which isn't negative.
func exceeds(limit Ratio) func(bad, all int64) bool {
	r := limit.Rat()
	if r.Num().IsInt64() && r.Denom().IsInt64() {
		c, d := r.Num().Int64(), r.Denom().Int64()
		return func(bad, all int64) bool { return above(bad, all, c, d) }
	}
	return func(bad, all int64) bool { return big.NewRat(bad, all).Cmp(r) > 0 }
}

// Took is the share of a whole span's budget that what was bad in a part of it
// took: bad / total / (1 − target), bad being those of the part and total those of
// the whole. nil where nothing was measured. The part is counted as in Over.
func (o Objective) Took(s *Series, part interval.Span, whole Budget) (*Ratio, error) {
	if whole.Value == nil {
		return nil, nil
	}
	own, err := o.Over(s, part.Clip(whole.Span), whole.Until)
	if err != nil {
		return nil, err
	}
	took := NewRatio(0, 1)
	if own.Value != nil {
		n, of := own.Good+own.Bad, whole.Good+whole.Bad
		if o.Method == RatioTimeslices {
			n, of = own.Slices.Measured, whole.Slices.Measured
		}
		took = one.minus(*own.Value).times(NewRatio(n, of)).over(one.minus(o.Target))
	}
	return &took, nil
}
