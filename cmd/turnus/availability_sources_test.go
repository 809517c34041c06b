package main

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// measured are a target that the samples of probes decide, and one that the
// records of outages do.
const measured = `    - {name: seen, measure: availability, calendar: 24x7, attain: 99.9, availability: {notice: P2D, probes: {every: PT5M, failures: 2}}}
    - {name: recorded, measure: availability, calendar: 24x7, attain: 99.9, availability: {counts: outages, notice: P2D, probes: {every: PT5M, failures: 2}}}
`

// atBerlin is a local time of 2026.
func atBerlin(t require.TestingT, local string) time.Time {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+local, zone)
	require.NoError(t, err)
	return at
}

// samples is a table of samples every five minutes, from one instant to before
// another; is says what each is, and leaves out those for which it says nothing.
func samples(from, to time.Time, is func(at time.Time) string) string {
	var b strings.Builder
	b.WriteString("at,is\n")
	for at := from; at.Before(to); at = at.Add(5 * time.Minute) {
		if s := is(at); s != "" {
			fmt.Fprintf(&b, "%s,%s\n", at.UTC().Format(time.RFC3339), s)
		}
	}
	return b.String()
}

// March, in which the clocks change: what the probe saw and what was recorded
// disagree, the monitor was down itself for a day, another probe's network for an
// hour, and a maintenance took longer than announced.
func (r *reviews) twoSources() {
	t := r.TB
	r.declare("shop", "Europe/Berlin", measured)
	at := func(local string) time.Time { return atBerlin(t, local) }
	within := func(x time.Time, from, to string) bool { return !x.Before(at(from)) && x.Before(at(to)) }
	march := samples(at("03-01 00:00"), at("04-01 00:00"), func(x time.Time) string {
		switch {
		case within(x, "03-17 00:00", "03-18 00:00"):
			return "" // the monitor is down
		case within(x, "03-24 09:00", "03-24 10:00"):
			return "unknown" // its network is
		case within(x, "03-10 10:00", "03-10 10:30"), within(x, "03-20 20:00", "03-20 22:40"):
			return "down"
		case within(x, "03-25 12:00", "03-25 12:05"):
			return "down" // once: a false alarm
		}
		return "up"
	})
	asOf := at("04-02 00:00").Format(time.RFC3339)
	o := r.load(200, "shop", "probes", march, mapped("probes", []string{"at", "is"}, "as_of", asOf))
	require.EqualValues(t, 743*12-24*12, o["loaded"])
	record := "reference,start,end,cause\n" +
		"O-1,2026-03-10T10:05:00+01:00,2026-03-10T10:25:00+01:00,A disk was full\n" +
		"O-2,2026-03-12T14:00:00+01:00,2026-03-12T15:00:00+01:00,Nobody could pay\n" +
		"O-3,2026-03-31T10:00:00+02:00,2026-03-31T09:00:00+02:00,Ends before it starts\n"
	columns := []string{"reference", "start", "end", "cause"}
	trial := mapped("outages", columns, "as_of", asOf, "since", at("03-01 00:00").Format(time.RFC3339))
	o = r.load(422, "shop", "outages", record, trial)
	require.Equal(t, "implausible", o["code"], "one of three rows")
	trial.Set("accept", "O-3 is being looked into")
	o = r.load(200, "shop", "outages", record, trial)
	require.EqualValues(t, 1, o["rejected"])
	calendar := strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:change-1
CREATED:20260301T090000Z
DTSTART;TZID=Europe/Berlin:20260320T200000
DTEND;TZID=Europe/Berlin:20260320T220000
SUMMARY:New database
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n")
	r.load(200, "shop", "maintenance", calendar, url.Values{"format": {"icalendar"}, "as_of": {asOf}})

	run := r.draft("shop", "2026-03")
	figures := r.figures(run)
	const month, day, hour = 743 * 3600, 86_400, 3600 // one hour was skipped
	for name, want := range map[string]int64{
		"seen.agreed-time": month - day - hour - 2*hour, "seen.unknown-time": day + hour, "seen.maintenance": 2 * hour,
		"seen.downtime": 30*60 + 40*60, "seen.failures": 2,
		"recorded.agreed-time": month - 2*hour, "recorded.unknown-time": 0, "recorded.downtime": 20*60 + hour, "recorded.failures": 2,
	} {
		require.Equal(t, fmt.Sprint(want), figures[name], name)
	}
	page, err := r.command(r.first, "report", run, "--format", "html")
	require.NoError(t, err)
	for _, said := range []string{"A disk was full", "Nobody could pay", "New database", "<svg"} {
		require.Contains(t, page, said)
	}
	seite, err := r.command(r.first, "report", run, "--format", "html", "--lang", "de")
	require.NoError(t, err)
	require.Contains(t, seite, "Ausfallzeit")
	r.verified(run)
}

// Months are published; an outage comes late. They stay as they are, a finding
// says what would be otherwise, and a restatement has it.
func (r *reviews) lateOutages() {
	t := r.TB
	r.declare("post", "UTC", "    - {name: recorded, measure: availability, calendar: 24x7, attain: 99.9}\n")
	record := func(rows string) object {
		return r.load(200, "post", "outages", "reference,start,end,cause\n"+rows,
			mapped("outages", []string{"reference", "start", "end", "cause"}, "since", "2026-01-01T00:00:00Z", "as_of", "2026-04-01T00:00:00Z"))
	}
	record("O-1,2026-01-31T23:30:00Z,2026-02-01T00:30:00Z,Over midnight\n")
	january, february := r.draft("post", "2026-01"), ""
	r.publish(january)
	february = r.draft("post", "2026-02")
	r.publish(february)
	was := map[string]object{january: r.report(january), february: r.report(february)}
	require.Equal(t, "1800", r.figures(january)["recorded.downtime"])
	require.Equal(t, "1800", r.figures(february)["recorded.downtime"])
	unplanned := r.all(r.auditor, "/v1/findings?kind=unplanned-outage&service=post&limit=100")
	require.Len(t, unplanned, 1, "it lies in two months and is one")

	record("O-2,2026-01-10T10:00:00Z,2026-01-10T11:00:00Z,Found in a drawer\n")
	var found []object
	r.eventually(30*time.Second, "the late outage is found", func() bool {
		found = r.all(r.auditor, "/v1/findings?kind=late-data&service=post&limit=100")
		return len(found) > 0
	})
	require.Len(t, found, 1, "February isn't concerned")
	require.Contains(t, found[0]["title"].(object)["en"], "January 2026")
	require.Contains(t, inJSON(found[0]["note"]), " → ")
	for run, report := range was {
		require.Equal(t, inJSON(report), inJSON(r.report(run)), "a published month doesn't change")
	}
	again := r.ask(202, r.owner, "POST", "/v1/processes/availability-review/runs",
		object{"service": "post", "period": "2026-01", "again": true, "reason": "an outage came late"})["id"].(string)
	r.await(r.first, again, "waiting")
	r.publish(again)
	require.Equal(t, "5400", r.figures(again)["recorded.downtime"])
	require.EqualValues(t, 2, r.report(again)["version"])
	require.Empty(t, r.all(r.auditor, "/v1/findings?kind=late-data&service=post&limit=100"))
	require.Equal(t, inJSON(was[january]["figures"]), inJSON(r.report(january)["figures"]))
	r.verified(january, again)
}

// additive are the figures that add up.
var additive = []string{"agreed-time", "downtime", "maintenance", "excused", "unknown-time", "failures", "restored"}

// A year is the sum of its months, and a quarter of its three, also where outages
// lie on their borders.
func (r *reviews) yearOfMonths() {
	t := r.TB
	r.declare("mail", "Europe/Berlin", "    - {name: recorded, measure: availability, calendar: 24x7, attain: 99.5}\n")
	var rows strings.Builder
	rows.WriteString("start,end\n")
	for i := range 40 { // every nine days and an hour, from 17 minutes to eleven hours long
		at := time.Date(2025, 1, 3, 22, 11, 0, 0, time.UTC).Add(time.Duration(i) * 217 * time.Hour)
		fmt.Fprintf(&rows, "%s,%s\n", at.Format(time.RFC3339), at.Add(time.Duration(17+i*17)*time.Minute).Format(time.RFC3339))
	}
	rows.WriteString("2025-04-30T20:00:00Z,2025-05-01T03:00:00Z\n2025-12-31T22:00:00Z,2026-01-01T05:00:00Z\n")
	r.load(200, "mail", "outages", rows.String(), mapped("outages", []string{"start", "end"}, "since", "2024-12-31T00:00:00Z", "as_of", "2026-01-02T00:00:00Z"))
	sums := map[string]int64{}
	quarter := map[string]int64{}
	for month := 1; month <= 12; month++ {
		figures := r.figures(r.draft("mail", fmt.Sprintf("2025-%02d", month)))
		for _, name := range additive {
			n := seconds(t, figures["recorded."+name])
			sums[name] += n
			if month >= 4 && month <= 6 {
				quarter[name] += n
			}
		}
	}
	for period, want := range map[string]map[string]int64{"2025": sums, "2025-Q2": quarter} {
		figures := r.figures(r.draft("mail", period))
		for _, name := range additive {
			require.Equal(t, fmt.Sprint(want[name]), figures["recorded."+name], "%s of %s", name, period)
		}
	}
	require.EqualValues(t, 365*86_400, sums["agreed-time"])
	require.Positive(t, sums["downtime"])
}
