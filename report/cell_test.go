package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int64]text.Text{
		0: text.Same("0"), 999: text.Same("999"), 1000: text.New("1,000", "1.000"), 1234567: text.New("1,234,567", "1.234.567"),
		-1000: text.New("−1,000", "−1.000"), math.MinInt64: text.New("−9,223,372,036,854,775,808", "−9.223.372.036.854.775.808"),
	} {
		require.Equal(t, want, Number(n))
	}
}

// Nothing overflows, and nothing is rounded before the last place.
func TestExact(t *testing.T) {
	for _, c := range []struct {
		num, den int64
		places   int
		want     string
	}{
		{9590, 9600, 6, "99.895833"}, {1, 3, 6, "33.333333"}, {2, 3, 6, "66.666667"}, {0, 5, 6, "0.000000"}, {5, 5, 2, "100.00"},
		{math.MaxInt64 - 1, math.MaxInt64, 6, "100.000000"}, {1, 20000, 2, "0.01"},
	} {
		require.Equal(t, c.want, *Ratio{c.num, c.den}.Exact(c.places))
	}
	require.Nil(t, Ratio{7, 0}.Exact(6))
}

func TestDecodeRefuses(t *testing.T) {
	_, err := Decode([]byte(`{"run":`))
	require.Error(t, err)
}
