package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

// missing publishes reports of the desk: each misses one target, and its owner
// answered.
func missing(t *testing.T, s *Store) func(period string, at time.Time, answers ...report.Answer) string {
	apply1(t, s, declared, house()...)
	return func(period string, at time.Time, answers ...report.Answer) string {
		t.Helper()
		ctx := t.Context()
		r, _, err := s.Begin(ctx, at, NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: period}, Owner: "olga", By: person.Actor{Person: "olga"}})
		require.NoError(t, err)
		st := run.Step{Run: r.ID, Round: 1}
		_, err = Freeze(ctx, s, at, st, noted{Note: period})
		require.NoError(t, err)
		w := report.WriteFigures()
		w.Of(report.Under("gold")).Below("p1").Share("attainment", "sla.attainment/1", 18, 20, "attainment", "Erfüllungsgrad").Against("95", report.Missed)
		hash, doc, err := report.Hash(report.Document{Run: r.ID, Period: period, Figures: w.Figures(), Answers: answers})
		require.NoError(t, err)
		_, err = s.SaveDraft(ctx, at, st, hash, doc)
		require.NoError(t, err)
		require.Nil(t, decide(t, s, at, person.Actor{Person: "anton"}, ask(t, s, at, st), task.Approve, "fine"))
		require.NoError(t, s.End(ctx, at, run.End{Run: r.ID, Round: 1, State: run.Published}))
		return r.ID
	}
}

func onlyFinding(t *testing.T, s *Store) improvement.Finding {
	t.Helper()
	all, _, err := s.Findings(t.Context(), Findings{State: "all", Sight: Sight{All: true}}, Page{})
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0]
}

// The next report knows what the last ones led to: the finding, how often it was
// seen, and its actions as they are now; of another service, or ended before,
// nothing.
func TestWhatReportsLedTo(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	publish := missing(t, s)
	desk, key := resource.Service.Ref("desk"), func(period string) run.Key { return run.Key{Process: "sla-report", Scope: "desk", Period: period} }
	first := publish("2016-01", declared)
	second := declared.Add(time.Hour)
	publish("2016-02", second)
	f := onlyFinding(t, s)
	_, err := s.db.Exec(`INSERT INTO action (finding, number, run, round, plan, owner, original_due, due, moves)
		VALUES ($1, 1, $2, 1, '{"title": "Add a second person"}', 'anna', '2016-03-01', '2016-03-20', 2), ($1, 2, $2, 1, '{"title": "Write it down"}', 'ben', '2016-03-05', '2016-03-05', 0)`, f.ID, first)
	require.NoError(t, err)
	_, err = s.db.Exec(`UPDATE action SET state = 'effective', done_at = $1, ended_at = $1 WHERE number = 2`, second)
	require.NoError(t, err)

	date := func(day int) calendar.Date { return calendar.Date{Year: 2016, Month: 3, Day: day} }
	want := improvement.Progress{Finding: f.ID, Key: "missed-target/desk/gold/p1", Title: f.Title, Severity: improvement.Major, State: improvement.Open, Seen: 2, Actions: []improvement.ActionLine{
		{ID: improvement.ActionID(f.ID, 1), Finding: f.ID, Service: "desk", Run: first, Title: "Add a second person", Owner: "anna", State: improvement.ActionOpen, Due: date(20), OriginalDue: date(1), Moves: 2},
		{ID: improvement.ActionID(f.ID, 2), Finding: f.ID, Service: "desk", Run: first, Title: "Write it down", Owner: "ben", State: improvement.ActionEffective, Due: date(5), OriginalDue: date(5)},
	}}
	x, err := s.ReportedOn(ctx, desk, second, key("2016-03"))
	require.NoError(t, err)
	require.Equal(t, []improvement.Progress{want}, x.Findings)

	x, err = s.ReportedOn(ctx, desk, second, key("2016-02"))
	require.NoError(t, err)
	require.True(t, x.Findings[0].Here, "an earlier version of February's report shows it")

	x, err = s.ReportedOn(ctx, resource.Service.Ref("other"), second, key("2016-03"))
	require.NoError(t, err)
	require.Empty(t, x.Findings)

	_, err = s.db.Exec(`UPDATE finding SET state = 'closed', ended_at = $1`, second)
	require.NoError(t, err)
	x, err = s.ReportedOn(ctx, desk, second, key("2016-03"))
	require.NoError(t, err)
	require.Equal(t, []any{improvement.Closed, second.UTC()}, []any{x.Findings[0].State, *x.Findings[0].Ended}, "it ended within the period")
	x, err = s.ReportedOn(ctx, desk, second.Add(time.Second), key("2016-03"))
	require.NoError(t, err)
	require.Empty(t, x.Findings, "it ended before")
}

// What the owner wrote about a finding is what they wrote last, in the reports
// that show it; where they named neither cause nor measure it is nothing.
func TestWhatTheOwnerWroteAboutAFinding(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	publish := missing(t, s)
	answer := func(key, cause, measure, none string) report.Answer {
		return report.Answer{Key: key, Title: text.Same(key), Cause: cause, Measure: measure, None: none, By: "olga", At: declared.UTC()}
	}
	wrote := func() (report.Answer, bool) {
		t.Helper()
		a, ok, err := s.AnswerTo(ctx, onlyFinding(t, s))
		require.NoError(t, err)
		return a, ok
	}
	publish("2016-01", declared)
	_, ok := wrote()
	require.False(t, ok, "nobody was asked")
	publish("2016-02", declared.Add(time.Hour), answer("gold/p2", "another", "another", ""), answer("gold/p1", "too few people", "one more", ""))
	a, ok := wrote()
	require.True(t, ok)
	require.Equal(t, answer("gold/p1", "too few people", "one more", ""), a)
	publish("2016-03", declared.Add(2*time.Hour), answer("gold/p1", "", "", "chance"))
	a, _ = wrote()
	require.Equal(t, "too few people", a.Cause, "March's names none")
	publish("2016-04", declared.Add(3*time.Hour), answer("gold/p1", "the queue isn't watched", "watch it", ""))
	a, _ = wrote()
	require.Equal(t, "watch it", a.Measure)
}
