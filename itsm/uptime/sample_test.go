package uptime

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/availability"
	"turnus/itsm/dataset"
)

// samplesOf spells a day out.
func samplesOf(d Day) (list []Sample) {
	for _, r := range d.Runs {
		for i := range r.N {
			list = append(list, Sample{Component: d.Component, Probe: d.Probe, At: r.At.Add(time.Duration(i*r.Every) * time.Second), Is: r.Is, Row: int64(len(list))})
		}
	}
	return list
}

func saySamples(t require.TestingT, list []Sample) Saying {
	rows := make([][]byte, len(list))
	for i := range list {
		require.Equal(t, list[0].Key(), list[i].Key())
		rows[i] = AppendSample(nil, &list[i])
	}
	s, err := SaySamples(rows)
	require.NoError(t, err)
	return s
}

// regular are samples of a day, some seconds apart.
func regular(every, jitter int) (list []Sample) {
	for at := 0; at < daySeconds-jitter; at += every {
		list = append(list, Sample{Component: "shop", Probe: "berlin", At: day.Add(time.Duration(at+at/every*7919%(jitter+1)) * time.Second),
			Is: availability.AnswerUp, Row: int64(len(list) + 2)})
	}
	return list
}

// The naive model: of each second the answer of the newest import, and in it of
// the latest row.
func TestSamplesAreUnitedOverImports(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []dataset.Said
		want := map[time.Time]availability.Answer{}
		for number := int64(1); number <= int64(rapid.IntRange(1, 4).Draw(t, "imports")); number++ {
			from := rapid.SampledFrom([]int{0, 600, daySeconds - 40}).Draw(t, "from")
			every := rapid.SampledFrom([]int{1, 2, 5}).Draw(t, "every")
			var samples []Sample
			rows := map[time.Time][]availability.Answer{}
			for i := range rapid.IntRange(1, 12).Draw(t, "n") {
				at := day.Add(time.Duration(min(from+i*every+rapid.IntRange(0, 2).Draw(t, "late"), daySeconds-1)) * time.Second)
				s := Sample{Component: "shop", Probe: "berlin", At: at, Is: rapid.SampledFrom(answers[:noAnswer]).Draw(t, "is"), Row: int64(i)}
				samples = append(samples, s)
				rows[at] = append(rows[at], s.Is)
				want[at] = s.Is
			}
			shuffled := rapid.Permutation(samples).Draw(t, "order")
			said1 := saySamples(t, shuffled)
			require.Equal(t, day, said1.From)
			require.Equal(t, day.AddDate(0, 0, 1), said1.To)
			var repeated, differing int64
			for _, said := range rows {
				kinds := int64(len(slices.Compact(slices.Sorted(slices.Values(said)))))
				repeated, differing = repeated+int64(len(said))-kinds, differing+kinds-1
			}
			require.Equal(t, []int64{repeated, differing}, []int64{said1.Repeated, said1.Differing})
			list = append(list, said(number, said1))
		}
		key := Sample{Component: "shop", Probe: "berlin", At: day}.Key()
		d, err := DayKnown(key, rapid.Permutation(list).Draw(t, "list"))
		require.NoError(t, err)
		got := samplesOf(d)
		require.True(t, slices.IsSortedFunc(got, func(a, b Sample) int { return a.At.Compare(b.At) }))
		is := map[time.Time]availability.Answer{}
		for _, s := range got {
			is[s.At] = s.Is
		}
		require.Len(t, is, len(got), "one sample an instant")
		require.True(t, maps.Equal(want, is), "%v, not %v", is, want)

		alone, err := DayKnown(key, []dataset.Said{said(9, saySamples(t, got))})
		require.NoError(t, err)
		require.Equal(t, d, alone, "one import that says all of it comes to the same")
		more := saySamples(t, got)
		more.Data = append(more.Data, 0xff)
		_, err = DayKnown(key, []dataset.Said{said(9, more)})
		require.Error(t, err)
	})
}

func TestSamplesTakeFewBytes(t *testing.T) {
	require.LessOrEqual(t, len(saySamples(t, regular(60, 0)).Data), 6, "a regular day of one answer")
	for _, every := range []int{15, 60, 300} {
		jittered := regular(every, every/5)
		require.LessOrEqual(t, float64(len(saySamples(t, jittered).Data)), 2.6*float64(len(jittered)), "every %d s", every)
	}
	one := regular(60, 0)[7]
	require.LessOrEqual(t, len(AppendSample(nil, &one)), 7)
}

func TestADayHasRunsAsLongAsTheyCanBe(t *testing.T) {
	list := regular(60, 0)
	list[100].Is = availability.AnswerDown
	list[101].Is = availability.AnswerUnknown
	d, err := DayKnown(list[0].Key(), []dataset.Said{said(1, saySamples(t, list))})
	require.NoError(t, err)
	at := func(i int) time.Time { return day.Add(time.Duration(i) * time.Minute) }
	require.Equal(t, Day{Component: "shop", Probe: "berlin", Date: "2026-03-29", Runs: []Run{
		{at(0), 60, 100, availability.AnswerUp}, {at(100), 0, 1, availability.AnswerDown},
		{at(101), 0, 1, availability.AnswerUnknown}, {at(102), 60, 1338, availability.AnswerUp},
	}}, d)
}

func TestSamplesThatCannotBeKept(t *testing.T) {
	good := AppendSample(nil, &Sample{At: day, Is: availability.AnswerUp})
	for name, bad := range map[string]Sample{
		"no answer":       {At: day, Is: "perhaps"},
		"of another date": {At: day.AddDate(0, 0, 1), Is: availability.AnswerUp},
		"before it":       {At: day.Add(-time.Second), Is: availability.AnswerUp},
		"no row":          {At: day, Is: availability.AnswerUp, Row: -1},
	} {
		_, err := SaySamples([][]byte{good, AppendSample(nil, &bad)})
		require.Error(t, err, name)
	}
	for _, key := range []string{"", "a\x1fb", "a\x1fb\x1f2026-02-30", "a\x1fb\x1f2026-02-03\x1f"} {
		_, err := DayKnown(key, nil)
		require.Error(t, err, "%q", key)
	}
	for name, data := range map[string][]byte{
		"nothing": {}, "another format": {2, 0}, "no answer": {said1, 6}, "past the end": {said1, 1, 60, 0xff, 0x7f},
		"no time apart": {said1, 1, 0, 0}, "the same instant twice": {said1, 8, 0},
	} {
		_, err := DayKnown("a\x1fb\x1f2026-02-03", []dataset.Said{{Import: 1, Data: data}})
		require.Error(t, err, name)
	}
}

func BenchmarkSaySamples(b *testing.B) {
	for _, jitter := range []int{0, 12} {
		b.Run(fmt.Sprintf("jitter=%d", jitter), func(b *testing.B) {
			list := regular(60, jitter)
			rows := make([][]byte, len(list))
			for i := range list {
				rows[i] = AppendSample(nil, &list[i])
			}
			for b.Loop() {
				if _, err := SaySamples(rows); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(list)), "ns/sample")
		})
	}
}

func BenchmarkDayKnown(b *testing.B) {
	for _, jitter := range []int{0, 12} {
		for _, imports := range []int{1, 24} {
			b.Run(fmt.Sprintf("jitter=%d/imports=%d", jitter, imports), func(b *testing.B) {
				all := regular(60, jitter)
				var list []dataset.Said
				for i := range imports {
					part := all[i*len(all)/imports : (i+1)*len(all)/imports]
					list = append(list, said(int64(i+1), saySamples(b, part)))
				}
				for b.Loop() {
					if _, err := DayKnown(all[0].Key(), list); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(all)), "ns/sample")
			})
		}
	}
}
