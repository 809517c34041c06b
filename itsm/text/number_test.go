package text

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDecimalIsWrittenAsEachLanguageHasIt(t *testing.T) {
	for exact, want := range map[string]Text{
		"1234567.50": New("1,234,567.50", "1.234.567,50"), "-0.5": New("\u22120.5", "\u22120,5"), "-1000": New("\u22121,000", "\u22121.000"),
		"95": Same("95"), "n/a": Same("n/a"),
	} {
		require.Equal(t, want, Decimal(exact))
	}
}
