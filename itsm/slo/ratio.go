package slo

import (
	"math/big"
	"regexp"
	"strings"

	"turnus/itsm/fault"
)

// Ratio is an exact fraction, never rounded on the way: verdicts compare it.
// It isn't reduced, since a mean over many slices has a denominator of
// megabits and the greatest common divisor would cost more than the rest.
//
// Its text is a decimal of eight places, rounded half away from zero; what is
// read back from that is the decimal. The zero value is 0.
type Ratio struct{ num, den *big.Int } // den > 0, or both nil

// places of a share that give six of a percentage.
const places = 8

// NewRatio is num/den; den is greater than 0.
func NewRatio(num, den int64) Ratio { return Ratio{big.NewInt(num), big.NewInt(den)} }

var one = NewRatio(1, 1)

func (r Ratio) parts() (num, den *big.Int) {
	if r.den == nil {
		return new(big.Int), big.NewInt(1)
	}
	return r.num, r.den
}

var plain = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,30})?$`)

// ParseRatio reads a decimal exactly, as in 0.999.
func ParseRatio(s string) (Ratio, error) {
	if !plain.MatchString(s) {
		return Ratio{}, fault.Invalidf("", "%.40q isn't a decimal: write it with digits and a point, not a comma, as in 0.999",
			"%.40q ist keine Dezimalzahl: Mit Ziffern und einem Punkt statt eines Kommas schreiben, etwa 0.999.", s)
	}
	whole, rest, _ := strings.Cut(s, ".")
	num, _ := new(big.Int).SetString(whole+rest, 10)
	return Ratio{num, power(len(rest))}, nil
}

func power(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// Cmp is -1, 0 or 1 as r is less than, equal to or greater than o.
func (r Ratio) Cmp(o Ratio) int {
	a, b := r.parts()
	c, d := o.parts()
	return new(big.Int).Mul(a, d).Cmp(new(big.Int).Mul(c, b))
}

// Sign is -1, 0 or 1.
func (r Ratio) Sign() int {
	num, _ := r.parts()
	return num.Sign()
}

func (r Ratio) times(o Ratio) Ratio {
	a, b := r.parts()
	c, d := o.parts()
	return Ratio{new(big.Int).Mul(a, c), new(big.Int).Mul(b, d)}
}

// over divides by a ratio above 0.
func (r Ratio) over(o Ratio) Ratio { return r.times(Ratio{o.den, o.num}) }

func (r Ratio) plus(o Ratio) Ratio {
	a, b := r.parts()
	c, d := o.parts()
	n := new(big.Int).Mul(a, d)
	return Ratio{n.Add(n, new(big.Int).Mul(c, b)), new(big.Int).Mul(b, d)}
}

func (r Ratio) minus(o Ratio) Ratio {
	c, d := o.parts()
	return r.plus(Ratio{new(big.Int).Neg(c), d})
}

// floor is the greatest whole number not above it, for r ≥ 0; false where that
// doesn't fit.
func (r Ratio) floor() (int64, bool) {
	num, den := r.parts()
	q := new(big.Int).Quo(num, den)
	if !q.IsInt64() {
		return 0, false
	}
	return q.Int64(), true
}

// Rat is the fraction, reduced.
func (r Ratio) Rat() *big.Rat { return new(big.Rat).SetFrac(r.parts()) }

// Decimal is the ratio with so many places, rounded half away from zero.
func (r Ratio) Decimal(places int) string {
	num, den := r.parts()
	n := new(big.Int).Abs(num)
	n.Mul(n, power(places)).Lsh(n, 1).Add(n, den)
	n.Quo(n, new(big.Int).Lsh(den, 1))
	s := n.String()
	if missing := places + 1 - len(s); missing > 0 {
		s = strings.Repeat("0", missing) + s
	}
	if whole := len(s) - places; places > 0 {
		s = s[:whole] + "." + s[whole:]
	}
	if num.Sign() < 0 && n.Sign() > 0 {
		s = "-" + s
	}
	return s
}

// Percent is the ratio as a percentage with six places.
func (r Ratio) Percent() string { return r.times(NewRatio(100, 1)).Decimal(6) }

// String is the decimal that is shown.
func (r Ratio) String() string { return r.Decimal(places) }

// MarshalText is String.
func (r Ratio) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText is ParseRatio.
func (r *Ratio) UnmarshalText(b []byte) (err error) { *r, err = ParseRatio(string(b)); return }
