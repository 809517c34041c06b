package planning

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

var monthly = Process{Name: "sla-report", Grain: calendar.Month}

func date(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// version of an interval in Berlin, Monday to Friday, from one date to another
// ("": without end).
func version(t *testing.T, number int, r Rule, adjust Adjust, tolerance int, from, to string) Version {
	t.Helper()
	week := map[string][]string{}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri"} {
		week[d] = []string{"08:00-18:00"}
	}
	office, err := calendar.Compile(calendar.Spec{Zone: "Europe/Berlin", Hours: week})
	require.NoError(t, err)
	p, err := Compile(r, office.Zone(), office, adjust)
	require.NoError(t, err)
	v := Version{Number: number, Zone: office.Zone(), Plan: p,
		Spec: Spec{Process: "sla-report", Scope: "desk", Rule: r, Adjust: adjust, Tolerance: tolerance, Valid: Span{From: date(from)}}}
	if to != "" {
		end := date(to)
		v.Spec.Valid.To = &end
	}
	return v
}

func TestStateOf(t *testing.T) {
	due := instant("2027-02-03T05:00:00Z")
	s := Slot{Due: due, Early: due.AddDate(0, 0, -5), Late: due.AddDate(0, 0, 5)}
	at := func(d time.Duration) *time.Time { x := due.Add(d); return &x }
	const day = 24 * time.Hour
	for _, c := range []struct {
		name string
		f    Facts
		want State
	}{
		{"before it is due", Facts{Now: due.Add(-time.Second)}, Planned},
		{"at the very instant", Facts{Now: due}, Due},
		{"long past, and nothing happened", Facts{Now: due.AddDate(1, 0, 0)}, Due},
		{"live before it is due", Facts{Live: true, Now: due.Add(-day)}, InWork},
		{"live", Facts{Live: true, Now: due.Add(day)}, InWork},
		{"missed", Facts{Missed: true, Now: due.Add(day)}, Missed},
		{"missed, and taken up after all", Facts{Missed: true, Live: true, Now: due.Add(day)}, InWork},
		{"published early", Facts{Published: at(-day), Now: due.Add(-day)}, Done},
		{"published in the tolerance's last instant", Facts{Published: at(5*day - 1), Now: due.AddDate(0, 1, 0)}, Done},
		{"published as the tolerance has ended", Facts{Published: at(5 * day), Now: due.AddDate(0, 1, 0)}, DoneLate},
		{"published, and another attempt lives", Facts{Published: at(0), Live: true, Now: due}, Done},
		{"missed, and published after all", Facts{Missed: true, Published: at(30 * day), Now: due.AddDate(0, 2, 0)}, DoneLate},
		{"declared missed within its tolerance, and published after all", Facts{Missed: true, Published: at(day), Now: due.Add(day)}, DoneLate},
		{"waived, whatever else", Facts{Waived: true, Missed: true, Live: true, Published: at(0), Now: due}, Waived},
	} {
		require.Equal(t, c.want, s.StateOf(c.f), c.name)
	}
	for _, s := range States() {
		require.Equal(t, s == Planned || s == Due || s == InWork, s.Open(), s)
		require.NotEqual(t, "", s.Title().De)
	}
}

// dueOf lists which period is due on which date, by which version.
func dueOf(t *testing.T, until string, versions ...Version) []string {
	t.Helper()
	slots, err := Slots(monthly, "desk", versions, instant(until))
	require.NoError(t, err)
	all := []string{}
	for _, s := range slots {
		all = append(all, s.Period+" "+s.Due.Format("2006-01-02")+" v"+string(rune('0'+s.Version)))
	}
	return all
}

func TestSlotsOverVersions(t *testing.T) {
	on := func(day int) Rule { return Rule{Day: day, Of: calendar.Month, At: "06:00"} }
	third := version(t, 1, on(3), None, 0, "2027-01-01", "")
	require.Equal(t, []string{"2026-12 2027-01-03 v1", "2027-01 2027-02-03 v1", "2027-02 2027-03-03 v1", "2027-03 2027-04-03 v1"}, dueOf(t, "2027-05-01T00:00:00Z", third))
	require.Equal(t, []string{"2026-12 2027-01-03 v1"}, dueOf(t, "2027-02-03T05:00:00Z", third), "due before the instant")

	tenth := version(t, 2, on(10), None, 0, "2027-03-01", "")
	require.Equal(t, []string{"2026-12 2027-01-03 v1", "2027-01 2027-02-03 v1", "2027-02 2027-03-10 v2", "2027-03 2027-04-10 v2"},
		dueOf(t, "2027-05-01T00:00:00Z", third, tenth), "the later one takes over, and the past stays")
	require.Equal(t, []string{"2026-12 2027-01-03 v1", "2027-01 2027-02-03 v1", "2027-02 2027-03-03 v1", "2027-03 2027-04-10 v2"},
		dueOf(t, "2027-05-01T00:00:00Z", third, version(t, 2, on(10), None, 0, "2027-03-05", "")), "two dates that mean February: the first")
	require.Equal(t, []string{"2026-12 2027-01-10 v1", "2027-01 2027-02-10 v1", "2027-03 2027-04-03 v2"},
		dueOf(t, "2027-05-01T00:00:00Z", version(t, 1, on(10), None, 0, "2027-01-01", ""), version(t, 2, on(3), None, 0, "2027-03-05", "")),
		"between the versions no date means February: the approver is shown that")
	require.Equal(t, []string{"2026-12 2027-01-03 v1", "2027-01 2027-02-05 v3", "2027-02 2027-03-05 v3"},
		dueOf(t, "2027-04-01T00:00:00Z", third, tenth, version(t, 3, on(5), None, 0, "2027-02-01", "")), "a version that never came to hold")
	require.Equal(t, []string{"2026-12 2027-01-03 v1", "2027-01 2027-02-03 v1"},
		dueOf(t, "2027-09-01T00:00:00Z", version(t, 1, on(3), None, 0, "2027-01-01", "2027-02-28")), "it ends")
	require.Equal(t, []string{"2026-12 2027-01-03 v1", "2027-02 2027-03-10 v2"},
		dueOf(t, "2027-04-01T00:00:00Z", version(t, 1, on(3), None, 0, "2027-01-01", "2027-01-31"), tenth), "and begins again")
}

// A shift never moves a slot into another period: 28 February 2027 is a
// Sunday, and means January where it is held on 1 March.
func TestMeantIsWhatTheRuleNames(t *testing.T) {
	v := version(t, 1, Rule{Day: -1, Of: calendar.Month, At: "06:00"}, Following, 2, "2027-02-02", "")
	slots, err := Slots(monthly, "desk", []Version{v}, instant("2027-04-15T00:00:00Z"))
	require.NoError(t, err)
	require.Len(t, slots, 2)
	require.Equal(t, "2027-01", slots[0].Period)
	require.Equal(t, instant("2027-03-01T05:00:00Z"), slots[0].Due)
	require.Equal(t, instant("2027-02-26T23:00:00Z"), slots[0].Early, "two days before the date after the shift")
	require.Equal(t, instant("2027-03-03T23:00:00Z"), slots[0].Late, "the midnight after two days")
	require.Equal(t, "2027-02", slots[1].Period)

	quarterly := Process{Grain: calendar.Quarter}
	require.Equal(t, "2026-Q4", quarterly.Meant(date("2027-01-01")).Name)
	quarterly.Own = true
	require.Equal(t, "2027-Q1", quarterly.Meant(date("2027-01-01")).Name)
	require.Equal(t, "2026", Process{Grain: calendar.Year}.Meant(date("2027-12-31")).Name)
	require.Equal(t, "2027-02-28", Process{Grain: calendar.Day}.Meant(date("2027-03-01")).Name)
	require.Equal(t, "2028-02-29", Process{Grain: calendar.Day}.Meant(date("2028-03-01")).Name)
}

func TestFits(t *testing.T) {
	now := instant("2027-01-15T12:00:00Z")
	on := func(day int) Rule { return Rule{Day: day, Of: calendar.Month, At: "06:00"} }
	for _, c := range []struct {
		name  string
		v     Version
		field string // "": it fits
		says  string
	}{
		{"the 3rd", version(t, 1, on(3), ModifiedFollowing, 20, "2027-01-01", ""), "", ""},
		{"the longest tolerance: February has 28 days", version(t, 1, on(3), None, 27, "2027-01-01", ""), "", ""},
		{"one day more", version(t, 1, on(3), None, 28, "2027-01-01", ""), "tolerance", "use 27 at most"},
		{"any tolerance, where it comes once", version(t, 1, on(3), None, 300, "2027-02-01", "2027-02-28"), "", ""},
		{"30 February", version(t, 1, Rule{Cron: "0 6 30 2 *"}, None, 0, "2027-01-01", ""), "rule", "never fires"},
		{"29 February comes", version(t, 1, Rule{Cron: "0 6 29 2 *"}, None, 0, "2027-01-01", ""), "", ""},
		{"29 February comes, after 2100 too", version(t, 1, Rule{Cron: "0 6 29 2 *"}, None, 0, "2096-03-01", ""), "", ""},
		{"29 February, and it ends before", version(t, 1, Rule{Cron: "0 6 29 2 *"}, None, 0, "2027-01-01", "2028-02-28"), "rule", "never fires"},
		{"it ends before its first date", version(t, 1, on(20), None, 0, "2027-01-21", "2027-02-19"), "rule", "never fires"},
		{"it ends on its first date", version(t, 1, on(20), None, 0, "2027-01-21", "2027-02-20"), "", ""},
		{"every minute", version(t, 1, Rule{Cron: "* * * * *"}, None, 0, "2027-01-01", ""), "rule", "once a month"},
		{"each Monday", version(t, 1, Rule{Cron: "0 6 * * mon"}, None, 0, "2027-01-01", ""), "rule", "once a month"},
		{"twice on one day a year", version(t, 1, Rule{Cron: "0 6,18 24 12 *"}, None, 0, "2027-01-01", ""), "rule", "November 2027"},
		{"ten years back", version(t, 1, on(3), None, 0, "2017-01-15", ""), "", ""},
		{"a day more", version(t, 1, on(3), None, 0, "2017-01-14", ""), "valid", "2017-01-15"},
		{"long ago, and it ended soon", version(t, 1, on(3), None, 0, "2001-01-01", "2004-12-31"), "", ""},
	} {
		err := c.v.Fits(monthly, now)
		if c.field == "" {
			require.NoError(t, err, c.name)
			continue
		}
		require.True(t, fault.Is(err, fault.Invalid), "%s: %v", c.name, err)
		require.Equal(t, c.field, fault.As(err).Field, c.name)
		require.ErrorContains(t, err, c.says, c.name)
		require.NotContains(t, fault.As(err).Message.De, "%!", c.name)
	}
}

// An hour that the clock skips holds a slot all the same, one that it repeats
// holds it once; tolerances are local days, and such a day has 23 or 25 hours.
func TestSlotsWhereTheClockChanges(t *testing.T) {
	daily := Process{Name: "backup", Grain: calendar.Day}
	v := version(t, 1, Rule{Cron: "30 2 * * *"}, None, 0, "2027-03-27", "2027-03-29")
	slots, err := Slots(daily, "desk", []Version{v}, instant("2027-05-01T00:00:00Z"))
	require.NoError(t, err)
	require.Len(t, slots, 3)
	require.Equal(t, []time.Time{instant("2027-03-27T01:30:00Z"), instant("2027-03-28T01:30:00Z"), instant("2027-03-29T00:30:00Z")},
		[]time.Time{slots[0].Due, slots[1].Due, slots[2].Due})
	require.Equal(t, "2027-03-27", slots[1].Period)
	require.Equal(t, 23*time.Hour, slots[1].Late.Sub(slots[1].Early))

	v = version(t, 1, Rule{Cron: "30 2 * * *"}, None, 0, "2027-10-30", "2027-11-01")
	slots, err = Slots(daily, "desk", []Version{v}, instant("2027-12-01T00:00:00Z"))
	require.NoError(t, err)
	require.Len(t, slots, 3)
	require.Equal(t, instant("2027-10-31T00:30:00Z"), slots[1].Due, "of two the first")
	require.Equal(t, 25*time.Hour, slots[1].Late.Sub(slots[1].Early))
	require.Equal(t, instant("2027-11-01T01:30:00Z"), slots[2].Due)
}

// Of dates that a shift brings to one instant the last one counts; a date
// outside the span may be moved in, and one inside moved out.
func TestOccurrencesThatAreMoved(t *testing.T) {
	v := version(t, 1, Rule{Cron: "0 6 * * *"}, Following, 0, "2027-01-01", "") // 2 January is a Saturday
	got, err := v.Plan.Occurrences(date("2027-01-01").Start(v.Zone), date("2027-01-05").Start(v.Zone))
	require.NoError(t, err)
	require.Equal(t, []Occurrence{
		{date("2027-01-01"), date("2027-01-01"), instant("2027-01-01T05:00:00Z")},
		{date("2027-01-04"), date("2027-01-04"), instant("2027-01-04T05:00:00Z")},
	}, got)
	v = version(t, 1, Rule{Day: -1, Of: calendar.Month, At: "06:00"}, Following, 0, "2027-01-01", "")
	got, err = v.Plan.Occurrences(date("2027-03-01").Start(v.Zone), date("2027-03-02").Start(v.Zone))
	require.NoError(t, err)
	require.Equal(t, []Occurrence{{date("2027-02-28"), date("2027-03-01"), instant("2027-03-01T05:00:00Z")}}, got)
	got, err = v.Plan.Occurrences(date("2027-02-01").Start(v.Zone), date("2027-03-01").Start(v.Zone))
	require.NoError(t, err)
	require.Equal(t, []Occurrence{{date("2027-01-31"), date("2027-02-01"), instant("2027-02-01T05:00:00Z")}}, got, "31 January is a Sunday, too, and February's last is held in March")
}

func TestToday(t *testing.T) {
	v := version(t, 3, Rule{Day: 3, Of: calendar.Month, At: "06:00"}, None, 2, "2027-01-01", "")
	s := v.Today(monthly, "desk", instant("2027-01-31T23:30:00Z")) // in Berlin it is February
	require.Equal(t, "2027-01", s.Period)
	require.Equal(t, instant("2027-01-31T23:30:00Z"), s.Due)
	require.Equal(t, instant("2027-01-29T23:00:00Z"), s.Early)
	require.Equal(t, instant("2027-02-03T23:00:00Z"), s.Late)
	require.Equal(t, 3, s.Version)
}

// Events are named in the field's words, and by their own where they are new.
func TestEventsInWords(t *testing.T) {
	seen := map[text.Text]bool{}
	for _, e := range Events() {
		require.NotEqual(t, text.Same(string(e)), e.Title())
		seen[e.Title()] = true
	}
	require.Len(t, seen, len(Events()))
	require.Equal(t, "größere Änderung", MajorChange.Title().De)
	require.Equal(t, text.Same("fire"), Event("fire").Title())
}
