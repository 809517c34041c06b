package calendar

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLocalReadingsInAClockChange(t *testing.T) {
	for _, c := range []struct {
		zone, date string
		clock      time.Duration
		want       string
	}{
		{"Europe/Berlin", "2026-03-29", 150 * time.Minute, "2026-03-29T01:30:00Z"}, // skipped: offset before the gap (V17)
		{"Europe/Berlin", "2026-10-25", 150 * time.Minute, "2026-10-25T00:30:00Z"}, // repeated: the first (V17)
		{"Europe/Berlin", "2026-10-25", 3 * time.Hour, "2026-10-25T02:00:00Z"},
		{"America/New_York", "2026-03-08", 150 * time.Minute, "2026-03-08T07:30:00Z"},
		{"America/New_York", "2026-11-01", 90 * time.Minute, "2026-11-01T05:30:00Z"},
		{"Australia/Lord_Howe", "2026-10-04", 135 * time.Minute, "2026-10-03T15:45:00Z"}, // half an hour is skipped
		{"America/Sao_Paulo", "2018-11-04", 0, "2018-11-04T03:00:00Z"},                   // midnight is skipped
		{"Europe/Berlin", "2016-12-31", 12 * time.Hour, "2016-12-31T11:00:00Z"},
	} {
		zone, err := Zone(c.zone)
		require.NoError(t, err)
		d, err := ParseDate(c.date)
		require.NoError(t, err)
		require.Equal(t, c.want, At(d, c.clock, zone).UTC().Format(time.RFC3339), "%s %s %s", c.zone, c.date, c.clock)
	}
}
