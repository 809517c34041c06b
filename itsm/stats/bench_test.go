package stats_test

import (
	"math/big"
	"testing"

	"turnus/itsm/stats"
)

// What a report asks of one service level: thirteen months of shares.
func BenchmarkTargetOfAReport(b *testing.B) {
	var months points
	for i := range int64(13) {
		months = append(months, stats.Proportion{K: 180 + i*i%17, N: 200 + i})
	}
	for b.Loop() {
		var s stats.Series
		for _, m := range months {
			s = append(s, m.Share())
		}
		x, _ := stats.NewXmR(s[:12])
		p, _ := stats.NewPChart(months[:12])
		_, _ = x.Chart(s, percent)
		_, _ = p.Chart(months)
		_, _ = stats.MannKendall(s[3:])
		_, _ = months[12].Wilson(stats.Z95)
	}
}

// The longest series of the least handy fractions that is taken.
func BenchmarkHandfulOfFractions(b *testing.B) {
	s := make(stats.Series, stats.MaxPoints)
	for i := range s {
		s[i] = big.NewRat(int64(i*7919%10_007), 4_294_967_296-int64(i))
	}
	b.Run("trend", func(b *testing.B) {
		for b.Loop() {
			if _, err := stats.MannKendall(s); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("xmr", func(b *testing.B) {
		for b.Loop() {
			x, err := stats.NewXmR(s)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := x.Chart(s, percent); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("accuracy", func(b *testing.B) {
		long := make(stats.Series, stats.MaxHistory)
		for i := range long {
			long[i] = s[i%len(s)]
		}
		for b.Loop() {
			if _, err := stats.Measure(long, long[:1000], long[1:1001], 24); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPercentileOfAMillion(b *testing.B) {
	values := make([]int64, 1_000_000)
	p := big.NewRat(95, 100)
	for b.Loop() {
		for i := range values {
			values[i] = int64(i) * 7919 % 1_000_003
		}
		if _, err := stats.SortSample(values).Percentile(p); err != nil {
			b.Fatal(err)
		}
	}
}
