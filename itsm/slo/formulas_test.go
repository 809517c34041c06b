package slo_test

import (
	"encoding/json"
	"math/big"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/fault"
	"turnus/itsm/interval"
	"turnus/itsm/slo"
)

// someSeries draws slices with gaps and without traffic.
func someSeries(t *rapid.T, step int64) []slo.Slice {
	var list []slo.Slice
	begin := rapid.Int64Range(-1000, 1000).Draw(t, "begin")
	for i := range int64(rapid.IntRange(0, 40).Draw(t, "slices")) {
		if rapid.IntRange(0, 4).Draw(t, "there") == 0 {
			continue
		}
		total := rapid.SampledFrom([]int64{0, 0, 1, 2, 3, 7, 100, 1 << 40}).Draw(t, "total")
		list = append(list, slo.Slice{From: begin + i*step, Total: total, Good: rapid.Int64Range(0, total).Draw(t, "good")})
	}
	return list
}

// The figures agree with the formulas of the guide written out in big.Rat.
func TestAgainstTheFormulas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const step = 60
		list := someSeries(t, step)
		s, err := slo.NewSeries(step, list)
		require.NoError(t, err)
		target := rapid.SampledFrom([]string{"0", "0.5", "0.9", "0.999", "0.333333333333"}).Draw(t, "target")
		bar := rapid.SampledFrom([]string{"0.5", "0.95", "1"}).Draw(t, "slice target")
		m := rapid.SampledFrom([]slo.Method{slo.Occurrences, slo.Timeslices, slo.RatioTimeslices}).Draw(t, "method")
		from := rapid.Int64Range(-2000, 3000).Draw(t, "from")
		to := from + rapid.Int64Range(1, 3000).Draw(t, "length")
		asOf := rapid.Int64Range(from-100, to+500).Draw(t, "as of")

		good, all, sum, n := new(big.Rat), new(big.Rat), new(big.Rat), int64(0)
		for _, x := range list {
			if x.From < from || x.From >= to || x.From+step > asOf || x.Total == 0 {
				continue
			}
			n++
			share := big.NewRat(x.Good, x.Total)
			sum.Add(sum, share)
			switch {
			case m == slo.Occurrences:
				good.Add(good, new(big.Rat).SetInt64(x.Good))
				all.Add(all, new(big.Rat).SetInt64(x.Total))
			case share.Cmp(dec(bar).Rat()) >= 0:
				good.Add(good, big.NewRat(1, 1))
				fallthrough
			default:
				all.Add(all, big.NewRat(1, 1))
			}
		}
		b := over(t, slo.Objective{Method: m, Target: dec(target), SliceTarget: dec(bar), Slice: step}, s, from, to, asOf)
		require.Equal(t, n, b.Slices.Measured)
		require.Equal(t, b.Slices.Expected, b.Slices.Measured+b.Slices.Empty+b.Slices.Missing)
		require.GreaterOrEqual(t, b.Slices.Missing, int64(0))
		if n == 0 {
			require.Equal(t, slo.NoData, b.Verdict)
			return
		}
		value := new(big.Rat).Quo(good, all)
		if m == slo.RatioTimeslices {
			value = sum.Quo(sum, new(big.Rat).SetInt64(n))
		}
		require.Zero(t, value.Cmp(b.Value.Rat()), "%s and %s", value, b.Value)
		require.Equal(t, value.Cmp(dec(target).Rat()) >= 0, b.Verdict == slo.Met)
		one := big.NewRat(1, 1)
		burn := new(big.Rat).Quo(new(big.Rat).Sub(one, value), new(big.Rat).Sub(one, dec(target).Rat()))
		require.Zero(t, burn.Cmp(b.Burn.Rat()))
		if asOf >= to {
			require.Zero(t, burn.Cmp(b.Consumed.Rat()), "consumed is bad / total / (1 - target)")
			require.Equal(t, b.Verdict == slo.Met, b.Remaining.Sign() >= 0, "met is a budget that isn't overspent")
		}
		require.Zero(t, new(big.Rat).Add(b.Consumed.Rat(), b.Remaining.Rat()).Cmp(one))
	})
}

// Neighbouring spans count each slice once, whatever the cut.
func TestSpansCountEachSliceOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := slo.NewSeries(60, someSeries(t, 60))
		require.NoError(t, err)
		cut := rapid.Int64Range(-1999, 4999).Draw(t, "cut")
		whole := over(t, occurrences("0.9"), s, -2000, 5000, 9999)
		a, b := over(t, occurrences("0.9"), s, -2000, cut, 9999), over(t, occurrences("0.9"), s, cut, 5000, 9999)
		require.Equal(t, whole.Good, a.Good+b.Good)
		require.Equal(t, whole.Bad, a.Bad+b.Bad)
		require.Equal(t, whole.Slices.Expected, a.Slices.Expected+b.Slices.Expected)
		require.Equal(t, whole.Slices.Measured, a.Slices.Measured+b.Slices.Measured)
	})
}

// With as many events in each slice the mean of ratios is the ratio of sums.
func TestEqualSlicesMakeTheMethodsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		goods := rapid.SliceOfN(rapid.Int64Range(0, 17), 1, 50).Draw(t, "good")
		var list []counts
		for _, g := range goods {
			list = append(list, counts{g, 17})
		}
		s := seriesFrom(t, 0, 60, list)
		to := int64(len(list)) * 60
		a := over(t, occurrences("0.9"), s, 0, to, to)
		b := over(t, slo.Objective{Method: slo.RatioTimeslices, Target: dec("0.9"), Slice: 60}, s, 0, to, to)
		require.Zero(t, a.Value.Cmp(*b.Value))
	})
}

// A month of minutes in which no two slices have the same total: the sum's
// denominator has 900,000 bits.
func TestManyDenominators(t *testing.T) {
	list := make([]counts, 30*1440)
	for i := range list {
		list[i] = counts{int64(i + 1), int64(i + 1_000_003)}
	}
	s := seriesFrom(t, 0, 60, list)
	o := slo.Objective{Method: slo.RatioTimeslices, Target: dec("0.9"), Slice: 60}
	b := over(t, o, s, 0, 30*day, 30*day)
	require.Equal(t, slo.Missed, b.Verdict)
	var float float64
	for _, c := range list {
		float += float64(c.good) / float64(c.total) / float64(len(list))
	}
	require.Equal(t, strconv.FormatFloat(float, 'f', 8, 64), b.Value.String())
}

func FuzzOver(f *testing.F) {
	f.Add([]byte{10, 10, 5, 10, 0, 0}, int64(0), int64(600), int64(600), "0.9", "0.95", uint8(1))
	f.Add([]byte{1, 3, 255, 255}, int64(-1), int64(1<<62), int64(-1<<63), "0", "1", uint8(2))
	methods := []slo.Method{slo.Occurrences, slo.Timeslices, slo.RatioTimeslices}
	f.Fuzz(func(t *testing.T, b []byte, from, to, asOf int64, target, bar string, m uint8) {
		var list []slo.Slice
		for i := 0; i+1 < len(b); i += 2 {
			if b[i] <= b[i+1] {
				list = append(list, slo.Slice{From: int64(i) * 30, Good: int64(b[i]), Total: int64(b[i+1])})
			}
		}
		s, err := slo.NewSeries(60, list)
		require.NoError(t, err)
		o := slo.Objective{Method: methods[int(m)%3], Slice: 60}
		if o.Target, err = slo.ParseRatio(target); err != nil {
			return
		}
		if o.SliceTarget, err = slo.ParseRatio(bar); err != nil {
			return
		}
		got, err := o.Over(s, interval.Span{From: from, To: to}, asOf)
		if err != nil {
			require.True(t, fault.Is(err, fault.Invalid))
			return
		}
		require.Equal(t, got.Slices.Expected, got.Slices.Measured+got.Slices.Empty+got.Slices.Missing)
		if got.Value == nil {
			require.Equal(t, slo.NoData, got.Verdict)
			return
		}
		require.True(t, got.Value.Sign() >= 0 && got.Value.Cmp(dec("1")) <= 0)
		require.Equal(t, got.Value.Cmp(o.Target) >= 0, got.Verdict == slo.Met)
		_, err = json.Marshal(got)
		require.NoError(t, err)
		left, ok := slo.Exhaustion(*got.Remaining, to-from, *got.Burn)
		require.True(t, left >= 0 && (ok || left == 0))
		_, all, err := o.Alert(s, asOf, slo.MultiWindow(), 10)
		require.True(t, err != nil || len(all) == 3)
	})
}
