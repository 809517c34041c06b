package render

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/text"
	"turnus/report"
)

func formats(t *testing.T, zone string) (en, de format) {
	z, err := calendar.Zone(zone)
	require.NoError(t, err)
	return format{text.En, z}, format{text.De, z}
}

func TestRatio(t *testing.T) {
	en, de := formats(t, "UTC")
	for _, c := range []struct {
		num, den int64
		en, de   string
	}{
		{9590, 9600, "99.90\u202f%", "99,90\u202f%"},
		{0, 0, "n/a", "entfällt"},
		{0, 3, "0.00\u202f%", "0,00\u202f%"},
		{3, 3, "100.00\u202f%", "100,00\u202f%"},
		{1, 3, "33.33\u202f%", "33,33\u202f%"},
		{2, 3, "66.67\u202f%", "66,67\u202f%"},
		{1, 20000, "0.01\u202f%", "0,01\u202f%"}, // half away from zero
		{30, 1, "3,000.00\u202f%", "3.000,00\u202f%"},
	} {
		require.Equal(t, c.en, en.ratio(report.Ratio{Num: c.num, Den: c.den}))
		require.Equal(t, c.de, de.ratio(report.Ratio{Num: c.num, Den: c.den}))
	}
}

func TestDecimal(t *testing.T) {
	en, de := formats(t, "UTC")
	for in, want := range map[string][2]string{
		"95": {"95", "95"}, "99.9": {"99.9", "99,9"}, "1234567.50": {"1,234,567.50", "1.234.567,50"},
		"-0.5": {"−0.5", "−0,5"}, "-1000": {"−1,000", "−1.000"}, "n.a": {"n.a", "n.a"}, "": {"", ""},
	} {
		require.Equal(t, want, [2]string{en.decimal(in), de.decimal(in)}, in)
	}
}

func TestSeconds(t *testing.T) {
	en, _ := formats(t, "UTC")
	for in, want := range map[int64]string{0: "0\u202fs", 45: "45\u202fs", 1800: "30\u202fmin", 16200: "4\u202fh 30\u202fmin", 180000: "50\u202fh",
		3600*1000 + 61: "1,000\u202fh 1\u202fmin 1\u202fs", -60: "−1\u202fmin"} {
		require.Equal(t, want, en.seconds(in))
	}
}

func TestInstant(t *testing.T) {
	at := time.Date(2016, 3, 31, 22, 0, 0, 0, time.UTC)
	for _, c := range []struct{ zone, en, de string }{
		{"Europe/Berlin", "1 April 2016, 00:00\u00a0CEST", "01.04.2016, 00:00\u00a0Uhr\u00a0MESZ"},
		{"UTC", "31 March 2016, 22:00\u00a0UTC", "31.03.2016, 22:00\u00a0Uhr\u00a0UTC"},
		{"Asia/Kathmandu", "1 April 2016, 03:45\u00a0UTC+5:45", "01.04.2016, 03:45\u00a0Uhr\u00a0UTC+5:45"},
		{"America/Sao_Paulo", "31 March 2016, 19:00\u00a0UTC−3", "31.03.2016, 19:00\u00a0Uhr\u00a0UTC−3"},
	} {
		en, de := formats(t, c.zone)
		require.Equal(t, c.en, en.instant(at))
		require.Equal(t, c.de, de.instant(at))
	}
	_, de := formats(t, "Europe/Berlin")
	require.Equal(t, "31.03.2016, 23:59:59\u00a0Uhr\u00a0MESZ", de.instant(at.Add(-time.Second)))
	require.Equal(t, "15.01.2016, 12:00\u00a0Uhr\u00a0MEZ", de.instant(time.Date(2016, 1, 15, 11, 0, 0, 0, time.UTC)))
}

func TestPeriod(t *testing.T) {
	for in, want := range map[string]text.Text{
		"2016-03": text.New("March 2016", "März 2016"), "2016-Q4": text.New("Quarter 4 of 2016", "4. Quartal 2016"),
		"2016": text.New("Year 2016", "Jahr 2016"), "2016-10-05": text.New("5 October 2016", "05.10.2016"), "x": text.Same("x"),
	} {
		require.Equal(t, want, report.Period(in))
	}
}
