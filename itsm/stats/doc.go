// Package stats says what figures can bear: intervals of proportions, contract
// percentiles, control charts, tests for a trend and for a change (domain guide,
// 1.5, 4.2 to 4.4, 7.3).
//
// Values are exact fractions (big.Rat), so that no verdict hangs on a last bit
// and the same input gives the same bytes on every machine. What isn't a
// fraction (roots, the normal distribution) is rounded to twelve decimals,
// half away from zero. nil is *not applicable* or, in a series, a gap: a month
// without data is never 0. Inputs are never changed, results never share them.
//
// It imports the standard library and itsm/fault, itsm/text.
//
//	met := stats.Proportion{K: 3, N: 4}
//	in, err := met.Wilson(stats.Z95)                      // 0.300642… to 0.954413…
//	remark, err := met.Against(big.NewRat(95, 100), stats.Z95) // not distinguishable
package stats

import (
	"fmt"
	"math/big"

	"turnus/itsm/fault"
)

// Series are values in order of time, one a step (a month); nil is a gap.
type Series []*big.Rat

// Ratio is num/den, or nil where den is 0: not applicable, and a gap in a
// series.
func Ratio(num, den int64) *big.Rat {
	if den == 0 {
		return nil
	}
	return big.NewRat(num, den)
}

// Bounds of the work that a caller can ask for.
const (
	MaxPoints  = 500     // of a chart or a test for a trend: 41 years of months
	MaxHistory = 100_000 // of a forecast: 11 years of hours
	MaxTests   = 100_000
	maxBits    = 128     // of a number: a decimal of 38 digits
	maxCommon  = 1 << 14 // bits of the common denominator: the counts up to 10,000 have one
)

// Values counts the points that aren't gaps.
func (s Series) Values() (n int) {
	for _, v := range s {
		if v != nil {
			n++
		}
	}
	return n
}

// check a series: few enough points, each a number of bearable length, and
// their sum, too.
func (s Series) check(field string, most int) error {
	if err := checkLength(field, len(s), most); err != nil {
		return err
	}
	common := big.NewInt(1)
	for i, v := range s {
		if v == nil {
			continue
		}
		if err := checkNumber(fmt.Sprintf("%s[%d]", field, i), v); err != nil {
			return err
		}
		if rest := new(big.Int).Mod(common, v.Denom()); rest.Sign() != 0 {
			rest.GCD(nil, nil, rest, v.Denom())
			common.Mul(common, rest.Quo(v.Denom(), rest))
		}
		if common.BitLen() > maxCommon {
			return fault.Invalidf(field, "these fractions have no common denominator of less than %d bits: round them to decimals",
				"Diese Brüche haben keinen gemeinsamen Nenner unter %d Bit: Auf Dezimalstellen runden.", maxCommon)
		}
	}
	return nil
}

func checkLength(field string, n, most int) error {
	if n > most {
		return fault.Invalidf(field, "%d values are too many: give %d at most", "%d Werte sind zu viele: höchstens %d.", n, most)
	}
	return nil
}

func checkNumber(field string, v *big.Rat) error {
	switch {
	case v == nil:
		return fault.Invalidf(field, "a number is missing", "Eine Zahl fehlt.")
	case v.Num().BitLen() > maxBits || v.Denom().BitLen() > maxBits:
		return fault.Invalidf(field, "a number has more than 38 digits: round it", "Eine Zahl hat mehr als 38 Stellen: runden.")
	}
	return nil
}

// checkShare wants a number from 0 to 1.
func checkShare(field string, v *big.Rat) error {
	if err := checkNumber(field, v); err != nil {
		return err
	}
	if v.Sign() < 0 || v.Cmp(one()) > 0 {
		return fault.Invalidf(field, "%s isn't a share: give a number from 0 to 1, as 0.95 for 95 %%",
			"%s ist kein Anteil: eine Zahl von 0 bis 1, etwa 0.95 für 95\u202f%%.", v.FloatString(6))
	}
	return nil
}
