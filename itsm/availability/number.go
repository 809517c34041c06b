package availability

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"turnus/itsm/fault"
)

// one is the weight of an outage of the whole service, in millionths.
const one = 1_000_000

var (
	decimal = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,18})?$`)
	share   = regexp.MustCompile(`^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$`)
	hundred = big.NewRat(100, 1)
)

// percentage reads a decimal from 0 to 100, exactly.
func percentage(field, s string) (*big.Rat, error) {
	if decimal.MatchString(s) {
		if r, _ := new(big.Rat).SetString(s); r.Cmp(hundred) <= 0 {
			return r, nil
		}
	}
	return nil, fault.Invalidf(field, "%.40q isn't a percentage: use a decimal from 0 to 100, as in 99.8",
		"%.40q ist kein Prozentsatz: Eine Dezimalzahl von 0 bis 100 angeben, etwa 99.8.", s)
}

// weight reads a decimal from 0 to 1 as millionths.
func weight(s string) (int64, error) {
	if !share.MatchString(s) {
		return 0, fault.Invalidf("", "%.40q isn't a weight: use a decimal from 0 to 1, with 6 decimals at most, as in 0.5",
			"%.40q ist kein Gewicht: Eine Dezimalzahl von 0 bis 1 mit höchstens 6 Stellen angeben, etwa 0.5.", s)
	}
	r, _ := new(big.Rat).SetString(s)
	return r.Mul(r, big.NewRat(one, 1)).Num().Int64(), nil
}

// millionths writes a count of millionths as a decimal.
func millionths(n int64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%06d", n/one, n%one), "0"), ".")
}

// Percent is 100 · part / whole with so many decimals, half up, computed
// exactly: for display, never to be compared with a target. The part isn't
// negative, the whole is positive.
func Percent(part, whole int64, decimals int) string {
	n, d := big.NewInt(part), big.NewInt(whole)
	n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)+2), nil))
	n.Lsh(n, 1).Add(n, d).Div(n, d.Lsh(d, 1)) // (2n + d) / 2d
	s := fmt.Sprintf("%0*s", decimals+1, n.String())
	if decimals == 0 {
		return s
	}
	return s[:len(s)-decimals] + "." + s[len(s)-decimals:]
}

// mean is n / d, rounded half up; neither is negative, d is positive.
func mean(n, d int64) *int64 {
	m := (2*n + d) / (2 * d)
	return &m
}
