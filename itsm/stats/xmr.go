package stats

import (
	"math/big"

	"turnus/itsm/fault"
)

// XmR is the frozen baseline of an individuals and moving range chart: only a
// recorded decision makes another one. Its numbers are exact, so that it can
// be kept as JSON and taken up again.
type XmR struct {
	N         int      `json:"n"` // values of the baseline
	Mean      *big.Rat `json:"mean"`
	MeanRange *big.Rat `json:"mean_range"`
}

// The factors of the mean moving range (guide, 4.3): 3/1.128 for the limits of
// individuals, of which two thirds are two sigma, and D4 for those of ranges.
func limitFactor() *big.Rat { return big.NewRat(266, 100) }
func rangeFactor() *big.Rat { return big.NewRat(3268, 1000) }

// NewXmR freezes a baseline of at least MinBaseline values and one moving
// range less; there is no range beside a gap. Never the standard deviation of
// all points: the very shifts looked for inflate it. Faults: baseline.
func NewXmR(baseline Series) (XmR, error) {
	if err := baseline.check("baseline", MaxPoints); err != nil {
		return XmR{}, err
	}
	values, moving := present(baseline), present(ranges(baseline))
	if len(values) < MinBaseline || len(moving) < MinBaseline-1 {
		return XmR{}, tooShort(len(values), len(moving))
	}
	return XmR{len(values), mean(values), mean(moving)}, nil
}

// Chart judges points, be they the baseline's own, later ones or both, in one
// row. If the baseline doesn't vary there are no limits: six in a row and eight
// on one side are then all that can be seen. Faults: points, natural, baseline
// (one that NewXmR didn't make).
func (x XmR) Chart(points Series, natural Natural) (Chart, error) {
	if err := points.check("points", MaxPoints); err != nil {
		return Chart{}, err
	}
	if err := natural.check(); err != nil {
		return Chart{}, err
	}
	if x.Mean == nil || x.MeanRange == nil || x.MeanRange.Sign() < 0 {
		return Chart{}, noBaseline()
	}
	distance := mul(limitFactor(), x.MeanRange)
	three, two := natural.around(x.Mean, distance), natural.around(x.Mean, mul(distance, big.NewRat(2, 3)))
	c := Chart{Kind: KindXmR, Centre: clone(x.Mean), Flat: x.MeanRange.Sign() == 0, Points: make([]Point, len(points))}
	c.Range = &RangeLimits{clone(x.MeanRange), mul(rangeFactor(), x.MeanRange)}
	places := make([]place, len(points))
	for i, r := range ranges(points) {
		p := &c.Points[i]
		p.Range = r
		if points[i] != nil {
			p.Value = clone(points[i])
		}
		if c.Flat {
			continue
		}
		l := natural.limits(three.Lower, three.Upper)
		p.Limits = &l
		p.RangeOutside = r != nil && r.Cmp(c.Range.Upper) > 0
		if p.Value != nil {
			places[i] = place{two.beyond(p.Value), three.beyond(p.Value)}
		}
	}
	c.Signals = signalsOf(marksOf(points, x.Mean, places))
	return c, nil
}

func noBaseline() error {
	return fault.Invalidf("baseline", "this isn't a frozen baseline: make one from %d values or more",
		"Das ist kein festgeschriebener Basiszeitraum: Aus mindestens %d Werten einen bilden.", MinBaseline)
}
