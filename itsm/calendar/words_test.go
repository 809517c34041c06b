package calendar

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
)

func TestDatesAndPeriodsInWords(t *testing.T) {
	require.Equal(t, text.New("5 March 2016", "05.03.2016"), Date{2016, 3, 5}.InWords())
	for name, want := range map[string]text.Text{
		"2016": text.New("Year 2016", "Jahr 2016"), "2016-Q4": text.New("Quarter 4 of 2016", "4. Quartal 2016"),
		"2016-03": text.New("March 2016", "März 2016"), "2016-12": text.New("December 2016", "Dezember 2016"),
		"2016-03-31": text.New("31 March 2016", "31.03.2016"),
	} {
		p, err := ParsePeriod(name)
		require.NoError(t, err)
		require.Equal(t, want, p.InWords())
	}
}

func TestInstantsInWords(t *testing.T) {
	for _, c := range []struct {
		at, zone, en, de string
	}{
		{"2016-03-31T04:00:00Z", "Europe/Berlin", "31 March 2016, 06:00\u00a0CEST", "31.03.2016, 06:00\u00a0Uhr\u00a0MESZ"},
		{"2016-12-31T23:00:05Z", "Europe/Berlin", "1 January 2017, 00:00:05\u00a0CET", "01.01.2017, 00:00:05\u00a0Uhr\u00a0MEZ"},
		{"2016-03-31T04:00:00Z", "UTC", "31 March 2016, 04:00\u00a0UTC", "31.03.2016, 04:00\u00a0Uhr\u00a0UTC"},
		{"2016-03-31T04:00:00Z", "America/Sao_Paulo", "31 March 2016, 01:00\u00a0UTC\u22123", "31.03.2016, 01:00\u00a0Uhr\u00a0UTC\u22123"},
		{"2016-03-31T04:00:00Z", "Asia/Kathmandu", "31 March 2016, 09:45\u00a0UTC+5:45", "31.03.2016, 09:45\u00a0Uhr\u00a0UTC+5:45"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		require.NoError(t, err)
		zone, err := Zone(c.zone)
		require.NoError(t, err)
		require.Equal(t, text.New(c.en, c.de), InWords(at.In(zone)))
	}
}
