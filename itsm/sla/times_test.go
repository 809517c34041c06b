package sla

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/stats"
)

// The sample holds what was added, in order, however it was gathered.
func TestTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{0, 1, 7, 9, 2047, 2048, 2049, 8192, 8193, 20000}).Draw(t, "n")
		most := rapid.SampledFrom([]int64{1, 1000, 1 << 22, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64}).Draw(t, "most")
		seed := rapid.Uint64().Draw(t, "seed")
		var a, b times
		var want []int64
		for i := range n {
			seed = seed*6364136223846793005 + 1442695040888963407
			v := int64(seed>>1) % most
			want = append(want, v)
			if i%3 == 0 {
				b.add(v)
			} else {
				a.add(v)
			}
		}
		a.join(&b)
		slices.Sort(want)
		require.Equal(t, want, append([]int64(nil), a.sample()...))
	})
	var none times
	require.Equal(t, stats.Sample{}, none.sample())
}
