package sla_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
)

// Errors of other products' clocks, one test a public thread. Each asserts the
// right answer, and that the reported wrong one doesn't come out.

// weeklyCalendar is a calendar with the same spans on some weekdays.
func weeklyCalendar(t testing.TB, zone, days string, holidays calendar.Holidays, spans ...string) *calendar.Calendar {
	t.Helper()
	s := calendar.Spec{Zone: zone, Holidays: holidays, Hours: map[string][]string{}}
	for _, d := range strings.Fields(days) {
		s.Hours[d] = spans
	}
	c, err := calendar.Compile(s)
	require.NoError(t, err)
	return c
}

const workdays = "mon tue wed thu fri"

func runClock(t testing.TB, cal *calendar.Calendar, target time.Duration, asOf string, list ...string) sla.ClockResult {
	t.Helper()
	var end time.Time
	if asOf != "" {
		end = at(asOf)
	}
	r, err := sla.Clock(cal, events(list...), int64(target/time.Second), agreement.Continue, end)
	require.NoError(t, err)
	return r
}

func secondsOf(d time.Duration) int64 { return int64(d / time.Second) }

// readIn takes an instant's reading in one zone for a reading in another, as
// a program does to which a deadline comes without its zone.
func readIn(t testing.TB, at time.Time, from, to string) time.Time {
	t.Helper()
	site, err := calendar.Zone(from)
	require.NoError(t, err)
	viewer, err := calendar.Zone(to)
	require.NoError(t, err)
	x, err := time.ParseInLocation(time.DateTime, at.In(site).Format(time.DateTime), viewer)
	require.NoError(t, err)
	return x.UTC()
}

// frappe/helpdesk#3776 (pull request) mends two errors. Deadlines were sent as
// dates without a zone: to an agent in India, on a site in Riyadh, each looked
// two and a half hours too early, and a new ticket with 30 minutes had failed
// at once. And the hold of a ticket that was resolved straight from it was
// added up after the resolution time, so that it was lost: a ticket on hold
// from February to August had taken 42 days.
func TestFrappeHelpdesk3776(t *testing.T) {
	riyadh := weeklyCalendar(t, "Asia/Riyadh", "sun mon tue wed thu", calendar.Holidays{}, "08:00-17:00")
	r := runClock(t, riyadh, 30*time.Minute, "2026-09-17T12:31:00+05:30", "2026-09-17T12:30:00+05:30 R") // 10:00 in Riyadh
	require.Equal(t, sla.Running, r.Verdict)
	require.NotEqual(t, sla.Breached, r.Verdict)
	require.Equal(t, at("2026-09-17T10:30:00+03:00").UTC(), *r.BreachAt)
	wrong := readIn(t, *r.BreachAt, "Asia/Riyadh", "Asia/Kolkata")
	require.Equal(t, 150*time.Minute, r.BreachAt.Sub(wrong))
	require.True(t, wrong.Before(at("2026-09-17T12:31:00+05:30")), "by the reported reading the new ticket has failed")
	wire, err := json.Marshal(r)
	require.NoError(t, err)
	require.Contains(t, string(wire), `"breach_at":"2026-09-17T07:30:00Z"`, "an instant never travels without its offset")

	held := runClock(t, utc247(), 48*time.Hour, "", "2026-02-02T08:00:00Z R", "2026-02-02T18:00:00Z P", "2026-08-03T09:00:00Z S")
	require.Equal(t, []int64{secondsOf(10 * time.Hour), secondsOf(181*24*time.Hour + 15*time.Hour)}, []int64{held.Elapsed, held.Paused})
	require.Equal(t, sla.Met, held.Verdict)
	require.Nil(t, held.BreachAt)
	require.NotEqual(t, secondsOf(at("2026-08-03T09:00:00Z").Sub(at("2026-02-02T08:00:00Z"))), held.Elapsed, "the hold lost")
}

// frappe/erpnext#38745 (pull request): the banner showed the agreement as
// failed just after the ticket was created, since it took the deadline's
// wall-clock time for one of the viewer's zone.
func TestFrappeERPNext38745(t *testing.T) {
	kolkata := weeklyCalendar(t, "Asia/Kolkata", workdays, calendar.Holidays{}, "09:00-18:00")
	for viewer, opened := range map[string]string{ // one instant, and a minute later
		"Asia/Kolkata":     "2023-12-14T10:00:00+05:30",
		"America/New_York": "2023-12-13T23:30:00-05:00",
		"Europe/Berlin":    "2023-12-14T05:30:00+01:00",
		"Pacific/Auckland": "2023-12-14T17:30:00+13:00",
	} {
		now := at(opened).Add(time.Minute)
		r := runClock(t, kolkata, 2*time.Hour, now.Format(time.RFC3339), opened+" R")
		require.Equal(t, sla.Running, r.Verdict, viewer)
		require.Equal(t, secondsOf(time.Minute), r.Elapsed, viewer)
		require.Equal(t, at("2023-12-14T12:00:00+05:30").UTC(), *r.BreachAt, viewer)
		wrong := readIn(t, *r.BreachAt, "Asia/Kolkata", viewer)
		if viewer == "Pacific/Auckland" {
			require.True(t, wrong.Before(now), "read east of the site, the ticket has failed")
		}
		if viewer != "Asia/Kolkata" {
			require.NotEqual(t, wrong, *r.BreachAt, viewer)
		}
	}
}

// glpi-project/glpi#10594: with a target in days on a calendar of working
// hours, time pending over a weekend was taken in full, closed hours too, and
// then given back in working hours: far too much delay.
func TestGLPI10594(t *testing.T) {
	cal := weeklyCalendar(t, "Europe/Bratislava", workdays, calendar.Holidays{}, "08:00-20:00")
	day := 12 * time.Hour
	history := []string{"2022-02-04T10:00:00+01:00 R", "2022-02-04T16:00:00+01:00 P", "2022-02-07T10:00:00+01:00 R"} // Friday to Monday
	r := runClock(t, cal, day, "2022-02-07T12:00:00+01:00", history...)
	require.Equal(t, []int64{secondsOf(8 * time.Hour), secondsOf(6 * time.Hour)}, []int64{r.Elapsed, r.Paused})
	require.Equal(t, at("2022-02-07T16:00:00+01:00").UTC(), *r.BreachAt)

	// Wrong: 66 hours of wall clock, given back in hours of the calendar.
	late, ok := cal.Add(at("2022-02-04T10:00:00+01:00"), secondsOf(day+66*time.Hour), at("2023-02-04T10:00:00+01:00"))
	require.True(t, ok)
	require.NotEqual(t, late, *r.BreachAt)
	solved := runClock(t, cal, day, "", append(history, "2022-02-08T10:00:00+01:00 S")...)
	require.Equal(t, sla.Breached, solved.Verdict)
	require.True(t, at("2022-02-08T10:00:00+01:00").Before(late), "by the reported delay it would have been met")
}

// glpi-project/glpi#14937 (pull request): closing hours and holidays weren't
// taken out of the waiting time, neither where it was computed nor where it
// was shown.
func TestGLPI14937(t *testing.T) {
	cal := weeklyCalendar(t, "Europe/Berlin", workdays, calendar.Holidays{Region: "DE-BE"}, "08:00-18:00")
	// Pending from the Friday before Whitsun to the Tuesday after Whit Monday.
	r := runClock(t, cal, 50*time.Hour, "", "2023-05-26T09:00:00+02:00 R", "2023-05-26T15:00:00+02:00 P",
		"2023-05-30T11:00:00+02:00 R", "2023-05-30T17:00:00+02:00 S")
	require.Equal(t, secondsOf(3*time.Hour+3*time.Hour), r.Paused, "Friday until 18:00, Tuesday from 08:00")
	require.NotEqual(t, secondsOf(92*time.Hour), r.Paused, "wall clock")
	require.NotEqual(t, secondsOf(16*time.Hour), r.Paused, "the holiday taken for a working day")
	require.Equal(t, secondsOf(12*time.Hour), r.Elapsed)
	for _, s := range r.Segments {
		if s.Kind == sla.Paused {
			require.Equal(t, s.To.Unix()-s.From.Unix(), cal.Seconds(s.From, s.To), "what is shown as waiting lies in working hours")
		}
	}
}

// frappe/erpnext#49414 (pull request, with its review): the start was shifted
// by the hold's wall-clock length. A hold from 17:00 to 09:00, which takes no
// working hour, moved the deadline by a day.
func TestFrappeERPNext49414(t *testing.T) {
	cal := weeklyCalendar(t, "Asia/Kolkata", workdays, calendar.Holidays{}, "09:00-17:00")
	r := runClock(t, cal, 8*time.Hour, "", "2025-09-01T09:00:00+05:30 R", "2025-09-01T17:00:00+05:30 P",
		"2025-09-02T09:00:00+05:30 R", "2025-09-02T10:00:00+05:30 S")
	require.Equal(t, []int64{secondsOf(9 * time.Hour), 0}, []int64{r.Elapsed, r.Paused})
	require.Equal(t, sla.Breached, r.Verdict)
	require.Equal(t, at("2025-09-01T17:00:00+05:30").UTC(), *r.BreachAt)
	wrong, ok := cal.Add(at("2025-09-01T09:00:00+05:30").Add(16*time.Hour), secondsOf(8*time.Hour), at("2025-10-01T09:00:00+05:30"))
	require.True(t, ok)
	require.Equal(t, at("2025-09-02T17:00:00+05:30").UTC(), wrong)
	require.NotEqual(t, wrong, *r.BreachAt)
}

// movedBy is a pair of targets between which a priority moves a ticket.
func movedBy(change agreement.OnChange) (urgent, normal agreement.Target) {
	urgent, normal = within("urgent", 1), within("normal", 8)
	for _, t := range []*agreement.Target{&urgent, &normal} {
		t.Pause, t.OnChange = []string{"Waiting"}, change
	}
	urgent.Where, normal.Where = agreement.Where{"priority": {"1"}}, agreement.Where{"priority": {"3"}}
	return urgent, normal
}

// glpi-project/glpi#6902: a ticket was pending when its urgency, and so its
// agreement, changed; the waiting time wasn't added to the new one's deadline,
// and it was breached although nobody could work on it.
func TestGLPI6902(t *testing.T) {
	urgent, normal := movedBy(agreement.Retroactive)
	v := history(fields{"priority": "3"}, "2020-02-04 08:00 Active", "2020-02-04 08:10 Waiting", "2020-02-04 09:30 priority=1",
		"2020-02-04 10:00 Active", "2020-02-04 10:20 Resolved")
	r := derive(t, frozen("2020-02", urgent, normal), v).Agreements[0].Targets
	require.Equal(t, []int64{1, 1, 0}, []int64{r[0].Decided, r[0].Met, r[0].Breached}, "30 minutes of 60")
	require.Zero(t, r[1].Decided)

	// Wrong: the pauses of the old agreement lost, 140 minutes.
	urgent.Pause = nil
	r = derive(t, frozen("2020-02", urgent, normal), v).Agreements[0].Targets
	require.EqualValues(t, 1, r[0].Breached)

	// Still waiting at the month's end it is undecided, not breached.
	urgent, normal = movedBy(agreement.Retroactive)
	v = history(fields{"priority": "3"}, "2020-02-04 08:00 Active", "2020-02-04 08:10 Waiting", "2020-02-04 09:30 priority=1")
	r = derive(t, frozen("2020-02", urgent, normal), v).Agreements[0].Targets
	require.Equal(t, []int64{1, 1, 0}, []int64{r[0].Open, r[0].Undecided, r[0].OpenBreached})
}

// glpi-project/glpi#15605: a ticket ran for a while, was on hold for days, and
// then got another agreement; the new one counted from the opening without the
// hold. Kept or restarted, what was on hold never counts.
func TestGLPI15605(t *testing.T) {
	events := []string{"2023-09-12 09:00 Active", "2023-09-12 09:20 Waiting", "2023-09-18 09:20 Active",
		"2023-09-18 09:40 priority=1", "2023-09-18 09:55 Resolved"}
	for _, change := range []agreement.OnChange{agreement.Retroactive, agreement.Restart} {
		urgent, normal := movedBy(change)
		r := derive(t, frozen("2023-09", urgent, normal), history(fields{"priority": "3"}, events...)).Agreements[0].Targets
		require.Equal(t, []int64{1, 1, 0}, []int64{r[0].Decided, r[0].Met, r[0].Breached}, change)
		require.Zero(t, r[1].Decided, change)
	}
	urgent, normal := movedBy(agreement.Retroactive)
	urgent.Within = agreement.Duration(secondsOf(54 * time.Minute)) // of 55 that it ran
	r := derive(t, frozen("2023-09", urgent, normal), history(fields{"priority": "3"}, events...)).Agreements[0].Targets
	require.EqualValues(t, 1, r[0].Breached, "retroactive: the time before the change counts")
	urgent.OnChange, urgent.Within = agreement.Restart, agreement.Duration(secondsOf(15*time.Minute))
	r = derive(t, frozen("2023-09", urgent, normal), history(fields{"priority": "3"}, events...)).Agreements[0].Targets
	require.EqualValues(t, 1, r[0].Met, "restart: 15 minutes since the change")

	// Wrong: six days and 55 minutes from the opening.
	urgent, normal = movedBy(agreement.Retroactive)
	urgent.Pause = nil
	r = derive(t, frozen("2023-09", urgent, normal), history(fields{"priority": "3"}, events...)).Agreements[0].Targets
	require.EqualValues(t, 1, r[0].Breached)
}

// glpi-project/glpi#24481: an agreement became violated while its ticket was
// pending.
func TestGLPI24481(t *testing.T) {
	for _, asOf := range []string{"2026-06-01T09:41:00+01:00", "2026-06-01T10:01:00+01:00", "2026-06-30T00:00:00+01:00"} {
		r := runClock(t, utc247(), time.Hour, asOf, "2026-06-01T09:00:00+01:00 R", "2026-06-01T09:40:00+01:00 P")
		require.Equal(t, sla.Running, r.Verdict, asOf)
		require.NotEqual(t, sla.Breached, r.Verdict, asOf)
		require.Nil(t, r.BreachAt, "while pending there is no deadline")
		require.Equal(t, secondsOf(40*time.Minute), r.Elapsed, asOf)
	}
	target := within("p1", 1)
	target.Pause = []string{"Waiting"}
	v := history(nil, "2026-06-01 09:00 Active", "2026-06-01 09:40 Waiting")
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Open: 1, Undecided: 1}, Verdict: sla.NoData}, one(t, frozen("2026-06", target), v))
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Open: 1, Undecided: 1}, Verdict: sla.NoData}, one(t, frozen("2026-07", target), v))
}

// glpi-project/glpi#23359: the time between solution and reopening was counted
// as pending in the statistics.
func TestGLPI23359(t *testing.T) {
	r := runClock(t, utc247(), 4*time.Hour, "", "2026-03-04T08:00:00Z R", "2026-03-04T09:00:00Z P", "2026-03-04T09:30:00Z R",
		"2026-03-04T10:00:00Z S", "2026-03-04T15:00:00Z R", "2026-03-04T15:45:00Z S")
	require.Equal(t, secondsOf(30*time.Minute), r.Paused)
	require.NotEqual(t, secondsOf(30*time.Minute+5*time.Hour), r.Paused, "solved taken for pending")
	require.Equal(t, secondsOf(2*time.Hour+15*time.Minute), r.Elapsed)
	require.Contains(t, r.Segments, sla.Segment{From: at("2026-03-04T10:00:00Z"), To: at("2026-03-04T15:00:00Z"), Kind: sla.Stopped})
}

// glpi-project/glpi#9267 (pull request): of two tickets with five minutes, one
// solved, the other solved and closed, both reopened later, the second was
// expired: the time for which it was closed counted.
func TestGLPI9267(t *testing.T) {
	solved := []string{"2021-07-08T08:00:00Z R", "2021-07-08T08:00:30Z S", "2021-07-08T08:06:30Z R"}
	closed := []string{solved[0], solved[1], "2021-07-08T08:00:50Z S", solved[2]}
	want := runClock(t, utc247(), 5*time.Minute, "2021-07-08T08:07:00Z", solved...)
	require.Equal(t, sla.Running, want.Verdict)
	require.EqualValues(t, 60, want.Elapsed)
	require.Equal(t, want, runClock(t, utc247(), 5*time.Minute, "2021-07-08T08:07:00Z", closed...))
	require.NotEqualValues(t, 7*60-20, want.Elapsed, "all that it was closed counted")

	target := within("p1", 1)
	v := history(nil, "2021-07-08 08:00 Active", "2021-07-08 08:01 Resolved", "2021-07-08 08:02 Closed", "2021-07-08 10:00 Active", "2021-07-08 10:10 Resolved")
	v.Events[2].Stopped = true
	require.Equal(t, sla.TargetResult{Counts: sla.Counts{Decided: 1, Met: 1}, Verdict: sla.Met}, one(t, frozen("2021-07", target), v))
	v.Events[2].Stopped = false // as if closed were a state in which the clock runs
	require.EqualValues(t, 1, one(t, frozen("2021-07", target), v).Breached)
}

// zammad/zammad#4777: the time that a ticket took to its closing, and how far
// it was from the target, were missing when it was closed, appeared when it
// was reopened, and were missing again at the next closing.
func TestZammad4777(t *testing.T) {
	history := []string{"2023-08-24T10:00:00Z R", "2023-08-24T10:12:00Z S", "2023-08-24T11:00:00Z R", "2023-08-24T11:05:00Z S"}
	for _, c := range []struct {
		events  int
		asOf    string
		elapsed time.Duration
		verdict sla.Verdict
	}{
		{2, "", 12 * time.Minute, sla.Met},
		{3, "2023-08-24T11:00:00Z", 12 * time.Minute, sla.Running},
		{3, "2023-08-24T11:04:00Z", 16 * time.Minute, sla.Running},
		{4, "", 17 * time.Minute, sla.Met},
	} {
		r := runClock(t, utc247(), 20*time.Minute, c.asOf, history[:c.events]...)
		require.Equal(t, secondsOf(c.elapsed), r.Elapsed)
		require.Equal(t, c.verdict, r.Verdict)
		require.NotZero(t, r.Elapsed, "missing")
	}
	require.NotEqual(t, secondsOf(12*time.Minute), runClock(t, utc247(), 20*time.Minute, "", history...).Elapsed, "the first closing's")
	// Its month's report knows both closings, and counts it once.
	for n, elapsed := range map[int]agreement.Duration{2: 12 * 60, 4: 17 * 60} {
		var v ticket.Version
		for i, e := range events(history[:n]...) {
			v.Events = append(v.Events, ticket.Event{At: e.At, Stopped: e.Is == sla.StateStopped})
			if i == 0 {
				v.Opened = e.At
			}
		}
		target := within("p1", 1)
		target.Within = elapsed
		require.Equal(t, sla.TargetResult{Counts: sla.Counts{Decided: 1, Met: 1}, Verdict: sla.Met}, one(t, frozen("2023-08", target), v))
		target.Within--
		require.Equal(t, sla.TargetResult{Counts: sla.Counts{Decided: 1, Breached: 1}, Verdict: sla.Missed}, one(t, frozen("2023-08", target), v))
	}
}
