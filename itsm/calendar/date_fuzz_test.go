package calendar_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
)

func FuzzParseDate(f *testing.F) {
	f.Add("2026-10-05")
	f.Add("0000-00-00")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.ParseDate(s)
		if err == nil {
			require.Equal(t, s, d.String())
		}
	})
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2026", "2026-Q4", "2026-10", "2026-10-05", "9999-12", "0001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := calendar.ParsePeriod(s)
		if err != nil {
			return
		}
		require.Equal(t, s, p.Name)
		require.True(t, p.First.Before(p.Next))
		require.Equal(t, s[:4], p.First.String()[:4])
	})
}
