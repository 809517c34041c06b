package stats

import (
	"math/big"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// MinBaseline is how many values a baseline needs (guide, 4.3), and one range
// between neighbours less.
const MinBaseline = 8

// Kind of control chart.
type Kind string

// The kinds. PPrime is a p-chart with Laney's limits.
const (
	KindXmR    Kind = "xmr"
	KindP      Kind = "p"
	KindPPrime Kind = "p-prime"
)

// Title of a kind, for people.
func (k Kind) Title() text.Text {
	switch k {
	case KindP:
		return text.New("p-chart", "p-Karte")
	case KindPPrime:
		return text.New("p′-chart (Laney)", "p′-Karte (Laney)")
	case KindXmR:
		return text.New("XmR chart (individuals and moving range)", "XmR-Karte (Einzelwerte und gleitende Spannweite)")
	}
	return text.Same(string(k))
}

// Chart sets points against the limits of a frozen baseline. A signal isn't a
// missed target, nor the other way round: a report says both.
type Chart struct {
	Kind    Kind         `json:"kind"`
	Centre  *big.Rat     `json:"centre"`
	Flat    bool         `json:"flat,omitempty"`  // the baseline doesn't vary: there are no limits to tell chance from change
	Range   *RangeLimits `json:"range,omitempty"` // of an XmR chart
	Points  []Point      `json:"points"`
	Signals []Signal     `json:"signals"` // by rule, then in order of time
}

// RangeLimits belong to the moving ranges.
type RangeLimits struct {
	Mean  *big.Rat `json:"mean"`
	Upper *big.Rat `json:"upper"`
}

// Point of a chart, at its place in the series.
type Point struct {
	Value        *big.Rat `json:"value"`                   // nil: a gap
	Limits       *Limits  `json:"limits"`                  // nil: none, as of a flat baseline, or of a p-chart's gap
	Exact        bool     `json:"exact,omitempty"`         // the limits are of the binomial distribution itself
	Range        *big.Rat `json:"range,omitempty"`         // XmR: to the value before; nil after a gap
	RangeOutside bool     `json:"range_outside,omitempty"` // above the range's limit
}

// Limits of a point. What lies on a limit isn't outside.
type Limits struct {
	Lower      *big.Rat `json:"lower"`
	Upper      *big.Rat `json:"upper"`
	LowerShown *big.Rat `json:"lower_shown"` // cut to what values can be
	UpperShown *big.Rat `json:"upper_shown"`
}

// Natural are the bounds of what values can be, such as 0 and 100 for per
// cent; nil is none. They cut what is shown, never what is judged.
type Natural struct {
	Low  *big.Rat
	High *big.Rat
}

func (n Natural) check() error {
	for _, b := range []*big.Rat{n.Low, n.High} {
		if b != nil {
			if err := checkNumber("natural", b); err != nil {
				return err
			}
		}
	}
	if n.Low != nil && n.High != nil && n.Low.Cmp(n.High) >= 0 {
		return fault.Invalidf("natural", "the lower bound isn't below the upper one", "Die untere Grenze liegt nicht unter der oberen.")
	}
	return nil
}

// around makes limits at a distance from the centre.
func (n Natural) around(centre, distance *big.Rat) Limits {
	return n.limits(sub(centre, distance), add(centre, distance))
}

func (n Natural) limits(lower, upper *big.Rat) Limits {
	return Limits{clone(lower), clone(upper), n.cut(lower), n.cut(upper)}
}

// beyond says on which side a value is outside.
func (l Limits) beyond(v *big.Rat) int {
	switch {
	case v.Cmp(l.Lower) < 0:
		return -1
	case v.Cmp(l.Upper) > 0:
		return 1
	}
	return 0
}

func (n Natural) cut(v *big.Rat) *big.Rat {
	switch {
	case n.Low != nil && v.Cmp(n.Low) < 0:
		v = n.Low
	case n.High != nil && v.Cmp(n.High) > 0:
		v = n.High
	}
	return clone(v)
}

// ranges are the moving ranges: nil at the first point and beside a gap, since
// what lies between isn't known.
func ranges(points []*big.Rat) []*big.Rat {
	r := make([]*big.Rat, len(points))
	for i := 1; i < len(points); i++ {
		if points[i] != nil && points[i-1] != nil {
			r[i] = absolute(sub(points[i], points[i-1]))
		}
	}
	return r
}

// present gives the values without the gaps.
func present(points []*big.Rat) []*big.Rat {
	var all []*big.Rat
	for _, v := range points {
		if v != nil {
			all = append(all, v)
		}
	}
	return all
}

func tooShort(values, ranges int) error {
	return fault.Invalidf("baseline", "a baseline of %d values and %d ranges between neighbours is too short: it needs %d and %d",
		"Ein Basiszeitraum von %d Werten und %d Spannweiten zwischen Nachbarn ist zu kurz: Nötig sind %d und %d.",
		values, ranges, MinBaseline, MinBaseline-1)
}
