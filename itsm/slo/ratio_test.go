package slo_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/slo"
)

func TestRatiosAsText(t *testing.T) {
	for _, c := range []struct {
		num, den int64
		places   int
		want     string
	}{
		{1, 3, 4, "0.3333"}, {2, 3, 4, "0.6667"}, {1, 2, 0, "1"}, {-1, 2, 0, "-1"}, {1, 4, 1, "0.3"}, {-1, 4, 1, "-0.3"},
		{-1, 1000, 2, "0.00"}, {0, 5, 3, "0.000"}, {12345, 100, 1, "123.5"}, {999999, 1000000, 2, "1.00"},
	} {
		require.Equal(t, c.want, slo.NewRatio(c.num, c.den).Decimal(c.places))
	}
	require.Equal(t, "0.00000000", slo.Ratio{}.String())
	require.Zero(t, slo.Ratio{}.Cmp(slo.NewRatio(0, 7)))
	for _, s := range []string{"", ".5", "5.", "1e5", "1e999999999", "0x1", "1/2", "Inf", "NaN", "1_0", "+1", " 1", "--1", "1234567890123456789012345678901"} {
		_, err := slo.ParseRatio(s)
		require.ErrorContains(t, err, "isn't a decimal", s)
	}
}

func TestRatiosAreRoundedAsBigRat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		num, den := rapid.Int64().Draw(t, "num"), rapid.Int64Range(1, 1<<62).Draw(t, "den")
		places := rapid.IntRange(0, 12).Draw(t, "places")
		r := slo.NewRatio(num, den)
		want := big.NewRat(num, den).FloatString(places)
		if r.Decimal(places) != want && want != "-"+r.Decimal(places) { // big.Rat writes -0.00
			t.Fatalf("%s, want %s", r.Decimal(places), want)
		}
		back, err := slo.ParseRatio(r.Decimal(places))
		require.NoError(t, err)
		require.Equal(t, r.Decimal(places), back.Decimal(places))
	})
}

func FuzzParseRatio(f *testing.F) {
	f.Add("0.999")
	f.Add("-1")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := slo.ParseRatio(s)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(s)
		require.True(t, ok)
		require.Zero(t, want.Cmp(r.Rat()))
	})
}
