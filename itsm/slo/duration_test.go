package slo_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/slo"
)

func TestDurations(t *testing.T) {
	for in, want := range map[string]int64{"1m": 60, "5m": 300, "12h": 43200, "1d": 86400, "365d": 365 * 86400, "4w": 28 * 86400, "999999w": 999999 * 7 * 86400} {
		d, err := slo.ParseDuration(in)
		require.NoError(t, err, in)
		n, ok := d.Seconds()
		require.True(t, ok, in)
		require.Equal(t, want, n, in)
		require.Equal(t, in, d.String())
	}
	for _, in := range []string{"1M", "1Q", "1Y"} {
		d, err := slo.ParseDuration(in)
		require.NoError(t, err, in)
		_, ok := d.Seconds()
		require.False(t, ok, "%s has no length of its own", in)
	}
	for _, in := range []string{"", "1", "m", "0m", "01m", "-1m", "+1m", "1.5h", "1 m", " 1m", "1m ", "1D", "1W", "1H", "1q", "1y", "1s", "1mo", "PT1M", "1M2d", "1000000m", "1m\n", "１m"} {
		_, err := slo.ParseDuration(in)
		require.ErrorContains(t, err, "isn't a duration", in)
	}
}

// The case decides: 1m is a minute, 1M a month.
func TestDurationsAreCaseSensitive(t *testing.T) {
	minute, err := slo.ParseDuration("1m")
	require.NoError(t, err)
	month, err := slo.ParseDuration("1M")
	require.NoError(t, err)
	require.NotEqual(t, minute, month)
	n, _ := minute.Seconds()
	require.Equal(t, int64(60), n)
	require.NotEqual(t, int64(30*day), n)
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"1m", "1M", "4w", "0d", "12"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := slo.ParseDuration(s)
		if err != nil {
			return
		}
		require.Equal(t, s, d.String(), "one way to write each")
		if n, ok := d.Seconds(); ok {
			require.Positive(t, n)
		}
		b, err := json.Marshal(d)
		require.NoError(t, err)
		var back slo.Duration
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, d, back)
	})
}
