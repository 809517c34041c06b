package text

import (
	"strconv"
	"strings"
)

// Number writes an integer with the separators of each language.
func Number(n int64) Text {
	return New(grouped(n, ','), grouped(n, '.'))
}

// Decimal writes an exact decimal with the separators of each language; every
// place is kept. What isn't one is given back as it is.
func Decimal(exact string) Text {
	whole, rest, fraction := strings.Cut(exact, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return Same(exact)
	}
	t := Number(n)
	if n == 0 && strings.HasPrefix(whole, "-") {
		t = Same("\u2212" + t.En)
	}
	if fraction {
		t = New(t.En+"."+rest, t.De+","+rest)
	}
	return t
}

func grouped(n int64, by byte) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "\u2212", digits[1:]
	}
	var out []byte
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, by)
		}
		out = append(out, digits[i])
	}
	return sign + string(out)
}
