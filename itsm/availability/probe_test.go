package availability_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/availability"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
)

// observe computes a period from samples alone.
func observe(t tester, cal *calendar.Calendar, samples []availability.Sample, how availability.Sampling, period availability.Window) availability.Result {
	t.Helper()
	o, err := availability.Observe(samples, how, period)
	require.NoError(t, err)
	return derive(t, cal, availability.Case{Period: period, Outages: o.Outages, Unknown: o.Unknown})
}

var minute0 = time.Date(2026, 6, 8, 10, 0, 0, 0, time.UTC)

// series reads a sample a minute: U up, D down, ? unknown, a blank is none.
func series(probe, s string) (list []availability.Sample) {
	answers := map[byte]availability.Answer{'U': availability.AnswerUp, 'D': availability.AnswerDown, '?': availability.AnswerUnknown}
	for i := range len(s) {
		if s[i] != ' ' {
			list = append(list, availability.Sample{At: minute0.Add(time.Duration(i) * time.Minute), Probe: probe, Is: answers[s[i]]})
		}
	}
	return list
}

// picture draws what is known of each minute: U, D or a blank.
func picture(o availability.Observed, minutes int) string {
	p := []byte(strings.Repeat("U", minutes))
	mark := func(from, to time.Time, b byte) {
		for i := range p {
			if at := minute0.Add(time.Duration(i) * time.Minute); !at.Before(from) && at.Before(to) {
				p[i] = b
			}
		}
	}
	for _, x := range o.Outages {
		mark(x.From, x.To, 'D')
	}
	for _, x := range o.Unknown {
		mark(x.From, x.To, ' ')
	}
	return string(p)
}

func TestSamplesToOutages(t *testing.T) {
	for _, c := range []struct {
		name    string
		how     availability.Sampling
		samples []string // a probe each
		want    string
	}{
		{"up", availability.Sampling{}, []string{"UUUU"}, "UUUU"},
		{"until the next success", availability.Sampling{}, []string{"UDDU"}, "UDDU"},
		{"three failures, back to the first", availability.Sampling{Failures: 3}, []string{"UDDDUU"}, "UDDDUU"},
		{"two of three are a false alarm", availability.Sampling{Failures: 3}, []string{"UDDUUU"}, "UUUUUU"},
		{"a success between breaks the row", availability.Sampling{Failures: 3}, []string{"UDDUDDUU"}, "UUUUUUUU"},
		{"too few before a gap: nobody can tell", availability.Sampling{Failures: 3}, []string{"UDD   UU"}, "U     UU"},
		{"too few at the end: nobody can tell", availability.Sampling{Failures: 3}, []string{"UUDD"}, "UU  "},
		{"too few around a gap aren't a row", availability.Sampling{Failures: 2}, []string{"UD  DU"}, "U   UU"},
		{"down before a gap", availability.Sampling{Failures: 2}, []string{"UDD   UU"}, "UDD   UU"},
		{"a probe that couldn't ask", availability.Sampling{}, []string{"UU??DDUU"}, "UU  DDUU"},
		{"a gap", availability.Sampling{}, []string{"UUU   UUU"}, "UUU   UUU"},
		{"one sample missing is a gap", availability.Sampling{}, []string{"UUU UUU"}, "UUU UUU"},
		{"unless that is agreed", availability.Sampling{Gap: 120}, []string{"UUU UUU"}, "UUUUUUU"},
		{"nothing before the first sample", availability.Sampling{}, []string{"   UUU"}, "   UUU"},
		{"no samples", availability.Sampling{}, []string{"    "}, "    "},
		{"majority down", availability.Sampling{}, []string{"UDDU", "UDUU", "UDDU"}, "UDDU"},
		{"majority up", availability.Sampling{}, []string{"UDDU", "UUUU", "UUUU"}, "UUUU"},
		{"even: nobody can tell", availability.Sampling{}, []string{"UDDU", "UUUU"}, "U  U"},
		{"a dead probe doesn't vote", availability.Sampling{}, []string{"UDDU", "UDDU", "U   "}, "UDDU"},
		{"dead probes aren't an outage", availability.Sampling{}, []string{"UUUUU", "U    ", "U    "}, "UUUUU"},
		{"all dead", availability.Sampling{}, []string{"U   U", "U   U"}, "U   U"},
		{"too few left", availability.Sampling{Quorum: 2}, []string{"UUDDU", "UU  U", "U   U"}, "UU  U"},
		{"each probe counts its own failures", availability.Sampling{Failures: 2}, []string{"UDUDU", "UUDUU", "UDDUU"}, "UUUUU"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.how.Every = 60
			var samples []availability.Sample
			for i, s := range c.samples {
				samples = append(samples, series(string(rune('a'+i)), s)...)
			}
			n := len(c.samples[0])
			period := availability.Window{From: minute0, To: minute0.Add(time.Duration(n) * time.Minute)}
			o, err := availability.Observe(samples, c.how, period)
			require.NoError(t, err)
			require.Equal(t, c.want, picture(o, n))
			require.Equal(t, int64(60), o.Precision)

			slices.Reverse(samples)
			again, err := availability.Observe(samples, c.how, period)
			require.NoError(t, err)
			require.Equal(t, o, again, "in any order")
		})
	}
}

func TestOfTwoSamplesAtOneInstantTheLaterHolds(t *testing.T) {
	samples := append(series("a", "UDU"), availability.Sample{At: minute0.Add(time.Minute), Probe: "a", Is: availability.AnswerUp})
	o, err := availability.Observe(samples, availability.Sampling{Every: 60, Failures: 1}, availability.Window{From: minute0, To: minute0.Add(3 * time.Minute)})
	require.NoError(t, err)
	require.Empty(t, o.Outages)
	require.Empty(t, o.Unknown)
}

// An outage that began before the period keeps its length, for the MTRS.
func TestOutagesAreNotClippedToThePeriod(t *testing.T) {
	period := availability.Window{From: minute0.Add(2 * time.Minute), To: minute0.Add(6 * time.Minute)}
	r := observe(t, always(), series("a", "DDDDUU"), availability.Sampling{Every: 60}, period)
	require.Equal(t, []int64{240, 120, 240}, []int64{r.Agreed, r.Down, secs(r.MTRS)})
	require.Zero(t, r.Failures)
}

// Two probes' jitter: samples needn't be in step.
func TestJitterIsNoGap(t *testing.T) {
	var samples []availability.Sample
	for i := range 100 {
		jitter := time.Duration(i*7%29) * time.Second
		samples = append(samples, availability.Sample{At: minute0.Add(time.Duration(i)*time.Minute + jitter), Is: availability.AnswerUp})
	}
	o, err := availability.Observe(samples, availability.Sampling{Every: 60}, availability.Window{From: minute0, To: minute0.Add(99 * time.Minute)})
	require.NoError(t, err)
	require.Empty(t, o.Unknown)
}

func TestSamplingIsChecked(t *testing.T) {
	good := availability.Window{From: minute0, To: minute0.Add(time.Minute)}
	up := series("a", "U")
	for field, c := range map[string]struct {
		samples []availability.Sample
		how     availability.Sampling
		period  availability.Window
	}{
		"sampling.every_s":  {up, availability.Sampling{}, good},
		"sampling.gap_s":    {up, availability.Sampling{Every: 60, Gap: 59}, good},
		"sampling.failures": {up, availability.Sampling{Every: 60, Failures: -1}, good},
		"sampling.quorum":   {up, availability.Sampling{Every: 60, Quorum: -1}, good},
		"period.to":         {up, availability.Sampling{Every: 60}, availability.Window{From: minute0}},
		"samples[1].at":     {append(series("a", "U"), availability.Sample{Is: availability.AnswerUp}), availability.Sampling{Every: 60}, good},
		"samples[0].is":     {[]availability.Sample{{At: minute0, Is: "asleep"}}, availability.Sampling{Every: 60}, good},
	} {
		_, err := availability.Observe(c.samples, c.how, c.period)
		require.True(t, fault.Is(err, fault.Invalid), field)
		require.Equal(t, field, fault.As(err).Field)
	}
}

// However probes answer, outages and unknown time don't overlap, and one probe
// that always answers leaves nothing unknown.
func TestObservedTimeIsDisjoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var samples []availability.Sample
		n := rapid.IntRange(1, 40).Draw(t, "minutes")
		for _, probe := range []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(t, "probes")] {
			s := rapid.StringOfN(rapid.SampledFrom([]rune("UUDD? ")), n, n, -1).Draw(t, probe)
			samples = append(samples, series(probe, s)...)
		}
		how := availability.Sampling{Every: 60, Failures: rapid.IntRange(1, 3).Draw(t, "k"), Quorum: rapid.IntRange(1, 2).Draw(t, "quorum")}
		period := availability.Window{From: minute0, To: minute0.Add(time.Duration(n) * time.Minute)}
		o, err := availability.Observe(samples, how, period)
		require.NoError(t, err)
		for _, a := range o.Outages {
			for _, b := range o.Unknown {
				require.False(t, a.From.Before(b.To) && b.From.Before(a.To))
			}
		}
		r := observe(t, always(), samples, how, period)
		require.Equal(t, int64(n*60), r.Agreed+r.Unknown)
	})
}
