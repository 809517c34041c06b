package availability_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/availability"
	"turnus/itsm/interval"
)

// Runs say what their samples say one by one.
func TestRunsSayWhatTheirSamplesSay(t *testing.T) {
	answers := []availability.Answer{availability.AnswerUp, availability.AnswerUp, availability.AnswerDown, availability.AnswerDown, availability.AnswerUnknown}
	rapid.Check(t, func(t *rapid.T) {
		how := availability.Sampling{Every: rapid.Int64Range(1, 6).Draw(t, "every"), Failures: rapid.IntRange(1, 4).Draw(t, "failures"), Quorum: rapid.IntRange(1, 2).Draw(t, "quorum")}
		how.Gap = how.Every + rapid.Int64Range(0, 6).Draw(t, "gap")
		period := availability.Window{From: time.Unix(0, 0).UTC(), To: time.Unix(200, 0).UTC()}
		w, err := availability.NewWatch(how)
		require.NoError(t, err)
		var samples []availability.Sample
		for _, probe := range []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(t, "probes")] {
			w.Next()
			at := rapid.Int64Range(-30, 30).Draw(t, "first")
			for range rapid.IntRange(0, 8).Draw(t, "runs") {
				r := availability.Run{At: at, N: rapid.Int64Range(1, 6).Draw(t, "n"), Every: rapid.Int64Range(1, 14).Draw(t, "apart"), Is: rapid.SampledFrom(answers).Draw(t, "is")}
				require.NoError(t, w.See(r))
				for range r.N {
					samples = append(samples, availability.Sample{At: time.Unix(at, 0).UTC(), Probe: probe, Is: r.Is})
					at += r.Every
				}
				at += rapid.Int64Range(0, 10).Draw(t, "later")
			}
		}
		got, err := w.Observed(how.Quorum, period)
		require.NoError(t, err)
		want, err := availability.Observe(samples, how, period)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, literally(samples, how, period), got)
	})
}

// literally reads samples as the definition has it, a list of all of them at
// hand: whether each failure is one of enough, or a false alarm.
func literally(samples []availability.Sample, how availability.Sampling, period availability.Window) availability.Observed {
	ups, downs := map[int64]int{}, map[int64]int{}
	byProbe := map[string][]availability.Sample{}
	for _, s := range samples {
		byProbe[s.Probe] = append(byProbe[s.Probe], s)
	}
	first, last := period.From.Unix(), period.To.Unix()
	for _, list := range byProbe {
		slices.SortFunc(list, func(a, b availability.Sample) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
		near := func(i int) bool { // the next one is no gap away
			return i+1 < len(list) && list[i+1].At.Unix()-list[i].At.Unix() <= how.Gap
		}
		for i, s := range list {
			to := s.At.Unix() + how.Every
			if near(i) {
				to = list[i+1].At.Unix()
			}
			is := s.Is
			if is == availability.AnswerDown {
				from, end := i, i
				for from > 0 && near(from-1) && list[from-1].Is == availability.AnswerDown {
					from--
				}
				for near(end) && list[end+1].Is == availability.AnswerDown {
					end++
				}
				switch {
				case end-from+1 >= how.Failures:
				case near(end) && list[end+1].Is == availability.AnswerUp:
					is = availability.AnswerUp
				default:
					is = availability.AnswerUnknown
				}
			}
			for x := s.At.Unix(); x < to; x++ {
				first, last = min(first, x), max(last, x+1)
				switch is {
				case availability.AnswerUp:
					ups[x]++
				case availability.AnswerDown:
					downs[x]++
				}
			}
		}
	}
	o := availability.Observed{Outages: []availability.Outage{}, Unknown: []availability.Window{}, Precision: how.Every}
	var down, unknown interval.Set
	for x := first; x < last; x++ {
		one := interval.Span{From: x, To: x + 1}
		switch u, d := ups[x], downs[x]; {
		case u+d < how.Quorum || u == d:
			if x >= period.From.Unix() && x < period.To.Unix() {
				unknown = append(unknown, one)
			}
		case d > u:
			down = append(down, one)
		}
	}
	for _, s := range down.Union() {
		o.Outages = append(o.Outages, availability.Outage{From: time.Unix(s.From, 0).UTC(), To: time.Unix(s.To, 0).UTC()})
	}
	for _, s := range unknown.Union() {
		o.Unknown = append(o.Unknown, availability.Window{From: time.Unix(s.From, 0).UTC(), To: time.Unix(s.To, 0).UTC()})
	}
	return o
}

func TestRunsThatCannotBe(t *testing.T) {
	_, err := availability.NewWatch(availability.Sampling{})
	require.ErrorContains(t, err, "sampling.every_s")
	w, err := availability.NewWatch(availability.Sampling{Every: 60})
	require.NoError(t, err)
	require.NoError(t, w.See(availability.Run{At: 100, N: 3, Every: 60, Is: availability.AnswerUp}))
	for name, r := range map[string]availability.Run{
		"at the same instant": {At: 220, N: 1, Is: availability.AnswerUp}, "backwards": {At: 1, N: 1, Is: availability.AnswerUp},
		"none": {At: 300, Is: availability.AnswerUp}, "no time between": {At: 300, N: 2, Is: availability.AnswerUp},
		"no answer": {At: 300, N: 1, Is: "maybe"}, "without end": {At: 300, N: 1 << 62, Every: 1 << 62, Is: availability.AnswerDown},
	} {
		require.Error(t, w.See(r), name)
	}
	_, err = w.Observed(-1, availability.Window{From: time.Unix(0, 0), To: time.Unix(1, 0)})
	require.ErrorContains(t, err, "sampling.quorum")
}
