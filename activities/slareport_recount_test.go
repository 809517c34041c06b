package activities_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/deploy"
	"turnus/itsm/calendar"
)

// The incident log counted once more, from the rows of its file alone: what the
// demo's agreement promises is said here by hand, and no code is shared with
// the reports but the time zones' data.

// incident is a ticket of the file.
type incident struct {
	number string
	opened time.Time
	rows   []change // those that make sense, in order
}

// change is a row of the file: the ticket after one change.
type change struct {
	seq             int
	at              time.Time
	state, priority string
}

// verdict is what becomes of a ticket, once.
type verdict struct {
	month, target string
	met           bool
}

// month is a calendar month, and up to when its events are known.
type month struct {
	name string
	end  time.Time
}

// promise is a target of the demo's agreement.
type promise struct {
	target string
	within time.Duration
	office bool // counted in office hours; else around the clock
	rests  []string
}

var promises = map[string]promise{
	"1 - Critical": {"p1-resolution", 4 * time.Hour, false, []string{"Awaiting User Info", "Awaiting Evidence"}},
	"2 - High":     {"p2-resolution", 16 * time.Hour, true, []string{"Awaiting User Info", "Awaiting Evidence"}},
	"3 - Moderate": {"p3-resolution", 50 * time.Hour, true, []string{"Awaiting User Info", "Awaiting Evidence", "Awaiting Vendor"}},
	"4 - Low":      {"p4-resolution", 60 * time.Hour, true, []string{"Awaiting User Info", "Awaiting Evidence", "Awaiting Vendor"}},
}

// berlinHolidays are the public holidays from March 2016 to February 2017 that
// don't fall on a weekend.
var berlinHolidays = []string{
	"2016-03-25", // Good Friday
	"2016-03-28", // Easter Monday
	"2016-05-05", // Ascension
	"2016-05-16", // Whit Monday
	"2016-10-03", // German Unity
	"2016-12-26", // second day of Christmas
}

// incidents reads the file, and gives the instant of its newest change.
func incidents(t *testing.T, berlin *time.Location) (all []incident, newest time.Time) {
	t.Helper()
	packed, err := fs.ReadFile(deploy.Demo, "demo/uci_incident_event_log.zip")
	require.NoError(t, err)
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	require.NoError(t, err)
	file, err := archive.Open("incident_event_log.csv")
	require.NoError(t, err)
	defer file.Close()
	table := csv.NewReader(file)
	heading, err := table.Read()
	require.NoError(t, err)
	place := map[string]int{}
	for i, name := range heading {
		place[name] = i
	}
	instant := func(cell string) time.Time {
		at, err := time.ParseInLocation("2/1/2006 15:04", cell, berlin)
		require.NoError(t, err)
		return at
	}
	for {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		cell := func(name string) string { return cells[place[name]] }
		seq, err := strconv.Atoi(cell("sys_mod_count"))
		require.NoError(t, err)
		number, opened := cell("number"), instant(cell("opened_at"))
		row := change{seq, instant(cell("sys_updated_at")), cell("incident_state"), cell("priority")}
		if len(all) == 0 || all[len(all)-1].number != number { // the rows of a ticket stand together
			all = append(all, incident{number: number, opened: opened})
		}
		if row.state == "-100" || row.at.Before(opened) {
			continue // no state, or a change of what wasn't there yet
		}
		x := &all[len(all)-1]
		x.rows = append(x.rows, row)
		if row.at.After(newest) {
			newest = row.at
		}
	}
	for i := range all {
		all[i].rows = inOrder(all[i].rows)
	}
	return all, newest
}

// inOrder sorts the rows of a ticket by the source's count of changes, and
// leaves out those that are earlier than the row before.
func inOrder(rows []change) (kept []change) {
	slices.SortStableFunc(rows, func(a, b change) int { return a.seq - b.seq })
	for i, row := range rows {
		if i == 0 || !row.at.Before(rows[i-1].at) {
			kept = append(kept, row)
		}
	}
	return kept
}

// monthsOf are the months of the file, the last one as far as it goes.
func monthsOf(newest time.Time, berlin *time.Location) (all []month) {
	for first := time.Date(2016, 2, 1, 0, 0, 0, 0, berlin); first.Before(newest); first = first.AddDate(0, 1, 0) {
		m := month{first.Format("2006-01"), first.AddDate(0, 1, 0)}
		if m.end.After(newest) {
			m.end = newest
		}
		all = append(all, m)
	}
	return all
}

// decide finds the first month at whose end a ticket is decided: it is solved,
// or it has taken longer than promised, by the priority that it has then. What
// comes later no longer matters.
func (x incident) decide(months []month, berlin *time.Location) (verdict, bool) {
	for _, m := range months {
		if !x.opened.Before(m.end) {
			continue
		}
		var known []change
		for _, row := range x.rows {
			if row.at.Before(m.end) {
				known = append(known, row)
			}
		}
		priority := x.rows[0].priority // of a ticket that has no row yet
		if len(known) > 0 {
			priority = known[len(known)-1].priority
		}
		p := promises[priority]
		took, solved := p.took(x.opened, known, m.end, berlin)
		if solved || took > p.within {
			return verdict{m.name, p.target, took <= p.within}, true
		}
	}
	return verdict{}, false
}

// took adds up the time in which somebody was to work on a ticket: all of it,
// but what it waited in a state on the promise's list, and what it was solved.
func (p promise) took(opened time.Time, rows []change, end time.Time, berlin *time.Location) (sum time.Duration, solved bool) {
	spend := func(from, to time.Time) {
		if p.office {
			sum += officeTime(from, to, berlin)
		} else {
			sum += to.Sub(from)
		}
	}
	since, rests := opened, false
	for _, row := range rows {
		if !rests {
			spend(since, row.at)
		}
		solved = row.state == "Resolved" || row.state == "Closed"
		since, rests = row.at, solved || slices.Contains(p.rests, row.state)
	}
	if !rests {
		spend(since, end)
	}
	return sum, solved
}

// officeTime walks the days between two instants: from 8 to 18 o'clock, but
// not on Saturdays, Sundays and holidays.
func officeTime(from, to time.Time, berlin *time.Location) (sum time.Duration) {
	year, m, day := from.In(berlin).Date()
	for ; ; day++ {
		begin, end := time.Date(year, m, day, 8, 0, 0, 0, berlin), time.Date(year, m, day, 18, 0, 0, 0, berlin)
		if !begin.Before(to) {
			return sum
		}
		weekday := begin.Weekday()
		if weekday == time.Saturday || weekday == time.Sunday || slices.Contains(berlinHolidays, begin.Format(time.DateOnly)) {
			continue
		}
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		if begin.Before(end) {
			sum += end.Sub(begin)
		}
	}
}

// The recount's own clock is right at the ends of days, over holidays, and where
// the clocks change.
func TestOfficeTimeOfTheRecount(t *testing.T) {
	berlin, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	at := func(s string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
		require.NoError(t, err)
		return x
	}
	for _, c := range []struct {
		from, to string
		want     time.Duration
	}{
		{"2016-03-24 17:00", "2016-03-29 09:00", 2 * time.Hour}, // Easter, and the clocks go forward
		{"2016-03-04 17:59", "2016-03-07 08:01", 2 * time.Minute},
		{"2016-03-01 09:00", "2016-03-01 09:00", 0},
		{"2016-03-01 18:00", "2016-03-02 08:00", 0},
		{"2016-10-28 00:00", "2016-11-01 00:00", 20 * time.Hour},
	} {
		require.Equal(t, c.want, officeTime(at(c.from), at(c.to), berlin), "%s to %s", c.from, c.to)
	}
}
