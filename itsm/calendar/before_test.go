package calendar_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
)

func TestPeriodBefore(t *testing.T) {
	for is, want := range map[string]string{
		"2026": "2025", "2026-Q1": "2025-Q4", "2026-Q3": "2026-Q2", "2026-01": "2025-12", "2026-03": "2026-02",
		"2024-03-01": "2024-02-29", "2026-01-01": "2025-12-31", "0001": "", "0001-01": "", "0001-Q1": "", "0001-01-01": "",
	} {
		p, err := calendar.ParsePeriod(is)
		require.NoError(t, err)
		before, ok := p.Before()
		require.Equal(t, want != "", ok, is)
		require.Equal(t, want, before.Name, is)
		if ok {
			require.Equal(t, p.First, before.Next, is)
		}
	}
}

func TestPeriodsAreMadeOfMonths(t *testing.T) {
	names := func(name string) (all []string) {
		p, err := calendar.ParsePeriod(name)
		require.NoError(t, err)
		for _, m := range p.Months() {
			all = append(all, m.Name)
		}
		return all
	}
	require.Equal(t, []string{"2026-02"}, names("2026-02"))
	require.Equal(t, []string{"2026-10", "2026-11", "2026-12"}, names("2026-Q4"))
	require.Len(t, names("9999"), 12)
	require.Empty(t, names("2026-02-01"))
}
