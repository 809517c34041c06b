package improvement_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/stats"
)

func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func date(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

var registerNow = instant("2027-01-15T10:00:00Z")

func year(from, to string) improvement.Span {
	return improvement.Span{From: date(from), To: date(to), Zone: time.UTC}
}

// found is a finding opened on a date, which ended on another ("": it hasn't).
func found(id int64, at, ended string, state improvement.State, actions ...improvement.ActionRow) improvement.Row {
	f := improvement.Row{ID: id, Type: improvement.Nonconformity, State: state, At: date(at).At(9*3600, time.UTC), Actions: actions}
	if ended != "" {
		end := date(ended).At(15*3600, time.UTC)
		f.Ended = &end
	}
	return f
}

// acted is an action of a round, first due on a date.
func acted(number, round int, due string, state improvement.ActionState) improvement.ActionRow {
	return improvement.ActionRow{Number: number, Run: "improvement/1/2026-02-01", Round: round, OriginalDue: date(due), Due: date(due), State: state}
}

// checked adds a check on a date.
func checked(a improvement.ActionRow, at string, works, reached bool) improvement.ActionRow {
	a.State = improvement.ActionIneffective
	if works {
		a.State = improvement.ActionEffective
	}
	a.Check = &improvement.Check{Effective: works, At: date(at).At(12*3600, time.UTC), Measured: improvement.Measured{Value: "96.5", Reached: reached}}
	return a
}

func moved(a improvement.ActionRow, to string, moves int) improvement.ActionRow {
	a.Due, a.Moves = date(to), moves
	return a
}

func compute(t require.TestingT, s improvement.Span, rows ...improvement.Row) improvement.Register {
	r, err := improvement.Compute(rows, s, registerNow)
	require.NoError(t, err)
	return r
}

func aged(r improvement.Register) (n []int64) {
	for _, c := range r.Open {
		n = append(n, c.Findings)
	}
	return n
}

// Nothing is nothing: no share of no cases is 0 or 1.
func TestAnEmptyRegister(t *testing.T) {
	r := compute(t, year("2026-01-01", "2027-01-01"))
	require.Equal(t, []int64{0, 0, 0, 0}, aged(r))
	for _, p := range []stats.Proportion{r.Overdue, r.Relapsed, r.Measured, r.Ineffective, r.Moved, r.Reached} {
		require.Equal(t, stats.Proportion{}, p)
		require.Nil(t, p.Share())
	}
	require.Zero(t, r.ToClose.N)
	require.Nil(t, r.ToClose.Median())
	require.NotNil(t, r.Benefits)
}

func TestAgesOfOpenFindings(t *testing.T) {
	var rows []improvement.Row
	today := date("2027-01-15")
	for i, age := range []int{0, 30, 31, 90, 91, 180, 181, 900} {
		rows = append(rows, found(int64(i+1), today.Add(-age).String(), "", improvement.InWork))
	}
	rows = append(rows, found(20, "2026-01-01", "2026-12-01", improvement.Closed), found(21, "2026-01-01", "2026-12-01", improvement.Declined))
	r := compute(t, year("2020-01-01", "2020-02-01"), rows...)
	require.Equal(t, []int64{2, 2, 2, 2}, aged(r), "whenever they were opened")
	require.Zero(t, r.Opened)

	// An age is counted in dates of the zone: in Auckland the 15th ends at 11:00 UTC.
	zone, err := calendar.Zone("Pacific/Auckland")
	require.NoError(t, err)
	one := improvement.Row{ID: 1, State: improvement.Open, At: instant("2026-12-15T11:00:00Z")} // the 16th there
	s := improvement.Span{From: date("2026-01-01"), To: date("2027-02-01"), Zone: zone}
	require.Equal(t, []int64{1, 0, 0, 0}, aged(compute(t, s, one)))
	s.Zone = time.UTC
	require.Equal(t, []int64{0, 1, 0, 0}, aged(compute(t, s, one)))
}

// V15: closed after 5, 10 and 20 days, open for 15, 40 and 40.
func TestTimeToCloseV15(t *testing.T) {
	rows := []improvement.Row{
		found(1, "2026-11-01", "2026-11-06", improvement.Closed), found(2, "2026-11-01", "2026-11-11", improvement.Closed),
		found(3, "2026-11-01", "2026-11-21", improvement.Closed), found(4, "2026-12-31", "", improvement.Open),
		found(5, "2026-12-06", "", improvement.Checking), found(6, "2026-12-06", "", improvement.Open),
		found(7, "2026-10-31", "2026-11-01", improvement.Closed), found(8, "2027-01-01", "", improvement.Open), // opened outside of the span
	}
	r := compute(t, year("2026-11-01", "2027-01-01"), rows...)
	require.Equal(t, int64(6), r.Opened)
	require.Equal(t, int64(4), r.Closed, "whenever it was opened")
	require.Equal(t, int64(20), *r.ToClose.Median())
	require.Equal(t, "4/9", r.ToClose.After(20).RatString())

	// What was declined never closed: it says only that it took longer than that.
	rows[2] = found(3, "2026-11-01", "2026-11-21", improvement.Declined)
	r = compute(t, year("2026-11-01", "2027-01-01"), rows...)
	require.Equal(t, int64(1), r.Declined)
	require.Nil(t, r.ToClose.Median())
	require.Equal(t, "2/3", r.ToClose.After(40).RatString())
}

func TestOverdueAndMovedActions(t *testing.T) {
	r := compute(t, year("2026-01-01", "2027-01-01"),
		found(1, "2026-01-01", "", improvement.InWork,
			acted(1, 1, "2027-01-14", improvement.ActionOpen),                                                       // overdue; first due after the span
			acted(2, 1, "2027-01-15", improvement.ActionOpen),                                                       // today it isn't
			moved(acted(3, 1, "2026-12-31", improvement.ActionOpen), "2027-03-01", 2),                               // moved: not overdue
			moved(acted(4, 1, "2026-05-01", improvement.ActionDone), "2026-06-01", 1),                               // done: neither
			acted(5, 1, "2026-01-01", improvement.ActionDropped), acted(6, 1, "2025-12-31", improvement.ActionDone), // the span's edges
		))
	require.Equal(t, stats.Proportion{K: 1, N: 3}, r.Overdue)
	require.Equal(t, stats.Proportion{K: 2, N: 3}, r.Moved)
	require.Equal(t, int64(3), r.Moves)
}

// A plan counts when its last action was checked, and not before.
func TestPlansThatDidNotWork(t *testing.T) {
	s := year("2026-01-01", "2027-01-01")
	first := []improvement.ActionRow{checked(acted(1, 1, "2026-02-01", ""), "2025-12-30", true, true), checked(acted(2, 1, "2026-02-01", ""), "2026-03-01", false, false)}
	second := checked(acted(3, 2, "2026-04-01", ""), "2026-12-31", true, true)
	r := compute(t, s, found(1, "2026-01-01", "2026-12-31", improvement.Closed, append(first, second)...))
	require.Equal(t, stats.Proportion{K: 1, N: 2}, r.Ineffective)
	require.Equal(t, stats.Proportion{K: 1, N: 1}, r.Measured)

	// One action more isn't checked yet, or was dropped: the round isn't through.
	for _, state := range []improvement.ActionState{improvement.ActionOpen, improvement.ActionDone, improvement.ActionDropped} {
		r = compute(t, s, found(1, "2026-01-01", "", improvement.InWork, append(first, acted(3, 1, "2026-04-01", state))...))
		require.Equal(t, stats.Proportion{}, r.Ineffective, state)
	}
	// A value that was taken from a report is one, and no check before somebody
	// has said what it means.
	valued := checked(acted(4, 1, "2026-04-01", ""), "2026-05-01", false, true)
	valued.State = improvement.ActionDone
	r = compute(t, s, found(1, "2026-01-01", "", improvement.Checking, append(first, valued)...))
	require.Equal(t, stats.Proportion{}, r.Ineffective)
	second.Check.At = instant("2027-01-01T00:00:00Z")
	r = compute(t, s, found(1, "2026-01-01", "", improvement.Checking, second))
	require.Equal(t, stats.Proportion{}, r.Ineffective, "of the next span")
	// The same round of another run is another plan.
	other := second
	other.Number, other.Run = 4, "improvement/1/2026-06-01"
	r = compute(t, year("2026-01-01", "2028-01-01"), found(1, "2026-01-01", "", improvement.Checking, second, other))
	require.Equal(t, stats.Proportion{N: 2}, r.Ineffective)
}

func TestRelapsesAndMeasuredEffects(t *testing.T) {
	works, fails := checked(acted(1, 1, "2026-02-01", ""), "2026-03-01", true, true), checked(acted(1, 1, "2026-02-01", ""), "2026-03-01", false, false)
	again := found(5, "2027-01-10", "", improvement.Open)
	again.Relapse = 1
	r := compute(t, year("2026-01-01", "2027-01-01"),
		found(1, "2026-01-01", "2026-03-02", improvement.Closed, works), // came back after the span
		found(2, "2026-01-01", "2026-03-02", improvement.Closed, fails), // then its correction was enough
		found(3, "2026-01-01", "2026-03-02", improvement.Closed),        // its correction was enough
		found(4, "2026-01-01", "2026-03-02", improvement.Declined), found(6, "2025-01-01", "2025-12-31", improvement.Closed, works), again)
	require.Equal(t, stats.Proportion{K: 1, N: 3}, r.Relapsed)
	require.Equal(t, stats.Proportion{K: 1, N: 3}, r.Measured)
	require.Equal(t, int64(3), r.Closed)
	require.Equal(t, int64(1), r.Declined)
}

// What opportunities were to reach stands beside what they did; nothing is added
// up that is measured in different units.
func TestBenefits(t *testing.T) {
	a := checked(acted(1, 1, "2026-02-01", ""), "2026-06-01", true, true)
	a.Title, a.Measure, a.Sense, a.Target = "Chat", "Calls a day", improvement.AtMost, "40"
	a.Check.Measured.Value = "38.5"
	b := checked(acted(2, 1, "2026-02-01", ""), "2026-06-02", false, false)
	chance := found(7, "2026-01-01", "", improvement.Planned, a, b, acted(3, 1, "2026-02-01", improvement.ActionDone))
	chance.Type = improvement.Opportunity
	r := compute(t, year("2026-01-01", "2027-01-01"), chance, found(8, "2026-01-01", "", improvement.Planned, a))
	require.Equal(t, stats.Proportion{K: 1, N: 2}, r.Reached)
	for _, state := range []improvement.ActionState{improvement.ActionDone, improvement.ActionDropped} {
		valued := a
		valued.State = state
		waits := chance
		waits.Actions = []improvement.ActionRow{valued}
		require.Empty(t, compute(t, year("2026-01-01", "2027-01-01"), waits).Benefits, "it has a value, and isn't checked")
	}
	require.Len(t, r.Benefits, 2)
	require.Equal(t, improvement.Benefit{Finding: 7, Action: "7.1", Title: "Chat", Measure: "Calls a day", Sense: improvement.AtMost,
		Target: "40", Value: "38.5", Reached: true, At: a.Check.At}, r.Benefits[0])
	require.Empty(t, compute(t, year("2026-06-03", "2027-01-01"), chance).Benefits)
}

func TestSpans(t *testing.T) {
	require.Equal(t, year("2026-01-16", "2027-01-16"), improvement.LastYear(registerNow, time.UTC))
	require.Equal(t, year("2027-02-28", "2028-02-28"), improvement.YearUntil(date("2028-02-28"), time.UTC))
	for _, s := range []improvement.Span{year("2026-01-02", "2026-01-02"), year("2026-01-02", "2026-01-01")} {
		_, err := improvement.Compute(nil, s, registerNow)
		require.True(t, fault.Is(err, fault.Invalid))
		require.Equal(t, "from", fault.As(err).Field)
		require.ErrorContains(t, err, s.To.String())
	}
	_, err := improvement.Compute(make([]improvement.Row, stats.MaxHistory+1), year("0001-01-01", "2027-01-01"), registerNow)
	require.ErrorContains(t, err, "100001 findings")
	require.Equal(t, "from", fault.As(err).Field)
}

// Spans that meet share nothing and lose nothing.
func TestSpansAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := func(name string, from int) calendar.Date {
			return date("2026-01-01").Add(rapid.IntRange(from, 380).Draw(t, name))
		}
		var rows []improvement.Row
		for i := range rapid.IntRange(0, 12).Draw(t, "findings") {
			f := found(int64(i+1), day("opened", 0).String(), "", improvement.Open)
			if rapid.Bool().Draw(t, "ended") {
				end := day("end", 0).Start(time.UTC)
				f.Ended, f.State = &end, rapid.SampledFrom([]improvement.State{improvement.Closed, improvement.Declined}).Draw(t, "end as")
			}
			if rapid.Bool().Draw(t, "opportunity") {
				f.Type = improvement.Opportunity
			}
			for n := range rapid.IntRange(0, 3).Draw(t, "actions") {
				a := acted(n+1, rapid.IntRange(1, 2).Draw(t, "round"), day("due", 0).String(), improvement.ActionOpen)
				if rapid.Bool().Draw(t, "checked") {
					a = checked(a, day("check", 0).String(), rapid.Bool().Draw(t, "works"), rapid.Bool().Draw(t, "reached"))
				}
				f.Actions = append(f.Actions, moved(a, a.Due.String(), rapid.IntRange(0, 2).Draw(t, "moves")))
			}
			rows = append(rows, f)
		}
		whole := improvement.Span{From: date("2026-01-01"), To: date("2027-02-01"), Zone: time.UTC}
		middle := day("middle", 1)
		left, right := whole, whole
		left.To, right.From = middle, middle
		all, a, b := compute(t, whole, rows...), compute(t, left, rows...), compute(t, right, rows...)
		require.Equal(t, all.Open, a.Open)
		require.Equal(t, all.Overdue, a.Overdue)
		sum := func(x, y stats.Proportion) stats.Proportion { return stats.Proportion{K: x.K + y.K, N: x.N + y.N} }
		require.Equal(t, all.Relapsed, sum(a.Relapsed, b.Relapsed))
		require.Equal(t, all.Measured, sum(a.Measured, b.Measured))
		require.Equal(t, all.Ineffective, sum(a.Ineffective, b.Ineffective))
		require.Equal(t, all.Moved, sum(a.Moved, b.Moved))
		require.Equal(t, all.Reached, sum(a.Reached, b.Reached))
		require.Equal(t, [4]int64{all.Opened, all.Closed, all.Declined, all.Moves},
			[4]int64{a.Opened + b.Opened, a.Closed + b.Closed, a.Declined + b.Declined, a.Moves + b.Moves})
		require.Len(t, all.Benefits, len(a.Benefits)+len(b.Benefits))
		require.Equal(t, all.ToClose.N, a.ToClose.N+b.ToClose.N)
	})
}
