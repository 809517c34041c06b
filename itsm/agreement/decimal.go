package agreement

import (
	"math/big"
	"regexp"

	"turnus/itsm/fault"
)

// Decimal is an exact number that isn't negative, as it was written: 12000.00.
// It stands in quotes, so that nothing on its way takes it for a float.
type Decimal string

var plainDecimal = regexp.MustCompile(`^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$`)

// ParseDecimal reads digits with at most one point: twelve before it and six
// after it at most.
func ParseDecimal(s string) (Decimal, error) {
	if !plainDecimal.MatchString(s) {
		return "", fault.Invalidf("", "%.40q isn't an exact decimal: use up to 12 digits, and up to 6 after a point, not a comma, as in 12000.00",
			"%.40q ist keine genaue Dezimalzahl: Bis zu 12 Ziffern und bis zu 6 nach einem Punkt statt eines Kommas angeben, etwa 12000.00.", s)
	}
	return Decimal(s), nil
}

// Rat is the number itself; of what ParseDecimal refuses, nil.
func (d Decimal) Rat() *big.Rat {
	if !plainDecimal.MatchString(string(d)) {
		return nil
	}
	r, _ := new(big.Rat).SetString(string(d))
	return r
}

// UnmarshalText is ParseDecimal.
func (d *Decimal) UnmarshalText(b []byte) (err error) { *d, err = ParseDecimal(string(b)); return }

// Money is an exact amount of a currency.
type Money struct {
	Amount   Decimal `json:"amount"`
	Currency string  `json:"currency"` // ISO 4217: EUR
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
