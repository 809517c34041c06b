package slo_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/interval"
	"turnus/itsm/slo"
)

// What is slid along a series is what an alert says at each instant.
func TestPeaksAreWhatAlertsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := slo.Objective{Method: rapid.SampledFrom([]slo.Method{slo.Occurrences, slo.Timeslices, slo.RatioTimeslices}).Draw(t, "method"),
			Target: exact(t, rapid.SampledFrom([]string{"0.5", "0.8", "0.99", "0.123456789012345678901234567891"}).Draw(t, "target")), SliceTarget: exact(t, "0.9")}
		if o.Method != slo.Occurrences {
			o.Slice = 60
		}
		var list []slo.Slice
		for at := range int64(40) {
			if rapid.IntRange(0, 4).Draw(t, "missing") > 0 {
				total := rapid.Int64Range(0, 7).Draw(t, "total")
				list = append(list, slo.Slice{From: at * 60, Total: total, Good: rapid.Int64Range(0, total).Draw(t, "good")})
			}
		}
		s, err := slo.NewSeries(60, list)
		require.NoError(t, err)
		rules := []slo.BurnRule{{Burn: exact(t, "1"), Long: 600, Short: 120}, {Burn: exact(t, "1.5"), Long: 330, Short: 60}, {Burn: exact(t, "4"), Long: 1200, Short: 300}}
		span := interval.Span{From: 600, To: 2100}
		asOf := rapid.Int64Range(600, 3000).Draw(t, "as of")
		atLeast := rapid.Int64Range(1, 10).Draw(t, "at least")
		peaks, err := o.Peaks(s, span, asOf, rules, atLeast)
		require.NoError(t, err)
		for i, rule := range rules {
			want := slo.Peak{Rule: rule, State: slo.Unknown}
			for at := int64(600); at <= min(span.To, asOf); at += 60 {
				_, all, err := o.Alert(s, at, []slo.BurnRule{rule}, atLeast)
				require.NoError(t, err)
				b := all[0]
				if at > span.From && b.Long.Burn != nil && b.Long.Events >= atLeast && (want.Most == nil || b.Long.Burn.Cmp(*want.Most) > 0) {
					want.Most, want.At = b.Long.Burn, at
				}
				if b.State == slo.Firing && want.State != slo.Firing && at > span.From {
					want.Alerts++
				}
				want.State = b.State
			}
			if len(list) == 0 {
				want.State = slo.Unknown
			}
			got := peaks[i]
			require.Equal(t, want.Most == nil, got.Most == nil)
			if got.Most != nil {
				require.Zero(t, want.Most.Cmp(*got.Most), "%s and %s", want.Most, got.Most)
			}
			want.Most, got.Most = nil, nil
			require.Equal(t, want, got)
		}
	})
}

// What all parts took is what the whole did.
func TestWhatPartsTookIsTheWhole(t *testing.T) {
	list := []slo.Slice{{From: 0, Good: 3, Total: 4}, {From: 60, Good: 5, Total: 5}, {From: 120, Good: 1, Total: 2}, {From: 180}}
	s, err := slo.NewSeries(60, list)
	require.NoError(t, err)
	whole := interval.Span{From: 0, To: 240}
	for method, want := range map[slo.Method]string{slo.Occurrences: "1.81818182", slo.Timeslices: "6.66666667", slo.RatioTimeslices: "2.50000000"} {
		o := slo.Objective{Method: method, Target: exact(t, "0.9"), SliceTarget: exact(t, "0.9")}
		if method != slo.Occurrences {
			o.Slice = 60
		}
		b, err := o.Over(s, whole, 240)
		require.NoError(t, err)
		require.Equal(t, want, b.Consumed.String())
		first, err := o.Took(s, interval.Span{From: 0, To: 60}, b)
		require.NoError(t, err)
		rest, err := o.Took(s, interval.Span{From: 60, To: 240}, b)
		require.NoError(t, err)
		sum := first.Rat()
		require.Zero(t, sum.Add(sum, rest.Rat()).Cmp(b.Consumed.Rat()))
	}
	none, err := slo.NewSeries(60, nil)
	require.NoError(t, err)
	o := slo.Objective{Method: slo.Occurrences, Target: exact(t, "0.9")}
	b, err := o.Over(none, whole, 240)
	require.NoError(t, err)
	took, err := o.Took(none, whole, b)
	require.NoError(t, err)
	require.Nil(t, took)
}

func exact(t require.TestingT, s string) slo.Ratio {
	r, err := slo.ParseRatio(s)
	require.NoError(t, err)
	return r
}
