package stats_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/fault"
	"turnus/itsm/stats"
)

// num reads a decimal or a fraction.
func num(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

// series reads numbers with blanks between them; - is a gap.
func series(s string) stats.Series {
	all := stats.Series{}
	for _, f := range strings.Fields(s) {
		if f == "-" {
			all = append(all, nil)
			continue
		}
		all = append(all, num(f))
	}
	return all
}

// near compares with a number as the guide prints it, to the digits printed.
func near(t *testing.T, want string, got *big.Rat) {
	t.Helper()
	require.NotNil(t, got)
	_, after, _ := strings.Cut(want, ".")
	require.Equal(t, want, got.FloatString(len(after)))
}

func float(r *big.Rat) float64 { f, _ := r.Float64(); return f }

func field(t *testing.T, want string, err error) {
	t.Helper()
	f := fault.As(err)
	require.NotNil(t, f, "%v", err)
	require.Equal(t, want, f.Field)
	require.Equal(t, fault.Invalid, f.Code)
	require.NotEmpty(t, f.Message.En)
	require.NotEmpty(t, f.Message.De)
	require.NotContains(t, f.Message.En+f.Message.De, "%!")
}

// values draws a series of small numbers with many ties, and gaps if wanted.
func values(least, most int, gaps bool) *rapid.Generator[stats.Series] {
	return rapid.Custom(func(t *rapid.T) stats.Series {
		s := make(stats.Series, rapid.IntRange(least, most).Draw(t, "n"))
		for i := range s {
			if !gaps || rapid.IntRange(0, 9).Draw(t, "gap") > 0 {
				s[i] = big.NewRat(rapid.Int64Range(-4, 4).Draw(t, "value"), 1)
			}
		}
		return s
	})
}
