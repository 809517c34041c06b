package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/report"
)

// press publishes reports about services, each an hour after the end of its
// period, or after the one before.
type press struct {
	t  *testing.T
	s  *Store
	at time.Time
}

func pressOf(t *testing.T) *press {
	s := declaringStore(t)
	apply1(t, s, declared, append(house(), doc(resource.Service, "payments", `{'owner':'olga','approvers':['anton'],'calendar':'office'}`))...)
	return &press{t: t, s: s, at: declared}
}

// attained are the figures of a report: p1 met so many of all, and a count.
func attained(met, all int64) func(report.FigureWriter) {
	return func(w report.FigureWriter) {
		p1 := w.Of(report.Under("desk-2026")).Below("p1")
		p1.Share("attainment", "sla.attainment/1", met, all, "attainment", "Erfüllungsgrad")
		p1.Count("met", "sla.met/1", report.InTickets, met, "met", "eingehalten").From(all)
	}
}

// publish brings the run of a period to its end, published unless another is
// named, and gives its ID.
func (p *press) publish(service, period string, figures func(report.FigureWriter), ends ...run.State) string {
	p.t.Helper()
	ctx := p.t.Context()
	span, err := calendar.ParsePeriod(period)
	require.NoError(p.t, err)
	zone, err := calendar.Zone("Europe/Berlin")
	require.NoError(p.t, err)
	from, to := span.Bounds(zone)
	if p.at = p.at.Add(time.Hour); p.at.Before(to) {
		p.at = to.Add(time.Hour)
	}
	key := run.Key{Process: "sla-report", Scope: service, Period: period}
	_, there, err := p.s.Published(ctx, key)
	require.NoError(p.t, err)
	r, _, err := p.s.Begin(ctx, p.at, NewRun{Key: key, Again: there, Reason: "again", Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(p.t, err)
	st := run.Step{Run: r.ID, Round: 1}
	w := report.WriteFigures()
	figures(w)
	require.NoError(p.t, p.s.Enter(ctx, st, run.Drafting))
	hash, content, err := report.Hash(report.Document{Run: r.ID, Process: key.Process, Scope: service, Period: period, From: from, To: to, Figures: w.Figures()})
	require.NoError(p.t, err)
	_, err = p.s.SaveDraft(ctx, p.at, st, hash, content)
	require.NoError(p.t, err)
	end := run.End{Run: r.ID, Round: 1, State: run.Published}
	if len(ends) > 0 {
		end.State = ends[0]
	} else {
		require.Nil(p.t, decide(p.t, p.s, p.at, person.Actor{Person: "anton"}, ask(p.t, p.s, p.at, st), task.Approve, "fine"))
	}
	require.NoError(p.t, p.s.End(ctx, p.at, end))
	return r.ID
}

var p1 = improvement.FigureRef{Process: "sla-report", Group: "desk-2026", Figure: "p1.attainment"}

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// told are readings as RUN: NUM/DEN VALUE.
func told(all ...improvement.Reading) (list [][]any) {
	for _, r := range all {
		said := []any{r.Run, r.Period, r.Value}
		if s := r.Share(); s != nil {
			said = append(said, s.Num, s.Den)
		}
		list = append(list, said)
	}
	return list
}

// Only what is in force and began afterwards is read, of what is asked about.
func TestReadingsAreOfReportsInForceThatBeganAfterwards(t *testing.T) {
	p := pressOf(t)
	desk := resource.Service.Ref("desk")
	read := func(ref improvement.FigureRef, after time.Time, limit int) [][]any {
		t.Helper()
		all, err := readings(t.Context(), p.s.db, desk, ref, after, limit)
		require.NoError(t, err)
		return told(all...)
	}
	require.Empty(t, read(p1, time.Time{}, 3))
	p.publish("desk", "2026-12", attained(3, 4))
	p.publish("desk", "2027-01", attained(9, 10))
	p.publish("desk", "2027-02", attained(0, 0))
	p.publish("payments", "2027-02", attained(1, 1))
	p.publish("desk", "2027-01", attained(8, 10)) // late data
	p.publish("desk", "2027-03", attained(5, 5), run.Failed)
	p.publish("desk", "2027-Q1", attained(30, 30))
	p.publish("desk", "2027-04", attained(19, 20))
	p.publish("desk", "2027-05", attained(7, 7))

	december := []any{"sla-report/desk/2026-12", "2026-12", "75.000000", int64(3), int64(4)}
	january := []any{"sla-report/desk/2027-01.2", "2027-01", "80.000000", int64(8), int64(10)}
	april := []any{"sla-report/desk/2027-04", "2027-04", "95.000000", int64(19), int64(20)}
	may := []any{"sla-report/desk/2027-05", "2027-05", "100.000000", int64(7), int64(7)}
	require.Equal(t, [][]any{december, january, april, may}, read(p1, time.Time{}, 9), "not the quarter, whose January is among them; not February, in which there was nothing")
	require.Equal(t, [][]any{december, january}, read(p1, time.Time{}, 2))
	begins := time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC) // January in Berlin
	require.Equal(t, [][]any{january, april, may}, read(p1, begins, 3))
	require.Equal(t, [][]any{april, may}, read(p1, day(2027, time.February, 1), 3))
	met := p1
	met.Figure = "p1.met"
	require.Equal(t, [][]any{{"sla-report/desk/2027-05", "2027-05", "7"}}, read(met, day(2027, time.May, 1).Add(-3*time.Hour), 3), "a count has no share, whatever it was counted from")
	for _, other := range []improvement.FigureRef{{Process: "sla-report", Group: "desk-2025", Figure: "p1.attainment"}, {Process: "sla-report", Figure: "p1.attainment"},
		{Process: "improvement", Group: "desk-2026", Figure: "p1.attainment"}} {
		require.Empty(t, read(other, time.Time{}, 3))
	}
	all, err := readings(t.Context(), p.s.db, resource.Organisation.Ref("desk"), p1, time.Time{}, 3)
	require.NoError(t, err)
	require.Empty(t, all, "of the same name, and something else")
}

// What was changed from outside is no evidence.
func TestReadingsRefuseAReportThatWasAltered(t *testing.T) {
	p := pressOf(t)
	id := p.publish("desk", "2026-12", attained(3, 4))
	pgtest.Tamper(t, p.s.DB(), `UPDATE draft SET document = replace(document, '"75.000000"', '"99.000000"') WHERE run = $1`, id)
	_, err := readings(t.Context(), p.s.db, resource.Service.Ref("desk"), p1, time.Time{}, 3)
	requireFault(t, err, fault.Conflict, id, "isn't as it was published")
}

func TestAFigureBeforeIsThatOfTheReportThatShowedTheFinding(t *testing.T) {
	p := pressOf(t)
	desk := resource.Service.Ref("desk")
	before := func(f improvement.Finding, ref improvement.FigureRef, done time.Time) [][]any {
		t.Helper()
		v, err := figureBefore(t.Context(), p.s.db, desk, ref, f, done)
		require.NoError(t, err)
		if v == nil {
			return nil
		}
		return told(*v)
	}
	shown := func(id string) improvement.Source { return improvement.Source{Kind: improvement.FromRun, Name: id} }
	seen := func(key, place string, at time.Time, source improvement.Source) improvement.Finding {
		t.Helper()
		id := finds(t, p.s, sighting{Key: key, Place: place, Finding: improvement.Finding{Kind: improvement.Reported, Type: improvement.Nonconformity, Severity: improvement.Minor, About: desk, Object: "service/desk",
			Title: textOf("slow"), At: at, Source: source}})
		f, err := p.s.Finding(t.Context(), id)
		require.NoError(t, err)
		return f
	}
	p.publish("desk", "2026-12", attained(3, 4))
	january := p.publish("desk", "2027-01", attained(9, 10))
	p.publish("desk", "2027-02", attained(5, 5))
	later := day(2027, time.July, 1)

	complaint := seen("", "complaint", day(2027, time.February, 14), improvement.Source{Kind: improvement.FromComplaint, Name: "letter 7"})
	require.Equal(t, [][]any{{january, "2027-01", "90.000000", int64(9), int64(10)}}, before(complaint, p1, later), "the last that had ended")
	early := seen("", "early", day(2026, time.December, 14), improvement.Source{Kind: improvement.FromPerson, Name: "olga"})
	require.Empty(t, before(early, p1, later), "nothing had ended")

	first := seen("slow/desk", "one", p.at, shown(january))
	require.Equal(t, [][]any{{january, "2027-01", "90.000000", int64(9), int64(10)}}, before(first, p1, later), "not the newest, but the one that showed it")
	restated := p.publish("desk", "2027-01", attained(8, 10))
	require.Equal(t, [][]any{{restated, "2027-01", "80.000000", int64(8), int64(10)}}, before(first, p1, later), "as it is in force")
	require.Empty(t, before(first, improvement.FigureRef{Process: "sla-report", Group: "desk-2026", Figure: "p2.attainment"}, later))

	march := p.publish("desk", "2027-03", attained(1, 2))
	again := seen("slow/desk", "two", p.at, shown(march))
	require.Equal(t, first.ID, again.ID)
	require.Equal(t, [][]any{{march, "2027-03", "50.000000", int64(1), int64(2)}}, before(again, p1, later), "where it was seen last")
	done := day(2027, time.March, 10)
	require.Equal(t, [][]any{{restated, "2027-01", "80.000000", int64(8), int64(10)}}, before(again, p1, done), "but never after the action was done")
}

func TestAFigureIsKnownIfTheNewestReportsHaveIt(t *testing.T) {
	p := pressOf(t)
	desk := resource.Service.Ref("desk")
	known := func(about resource.Ref, ref improvement.FigureRef) (bool, []string) {
		t.Helper()
		yes, names, err := figureKnown(t.Context(), p.s.db, about, ref)
		require.NoError(t, err)
		return yes, names
	}
	yes, names := known(desk, p1)
	require.False(t, yes)
	require.Empty(t, names)
	p.publish("desk", "2026-12", func(w report.FigureWriter) {
		w.Of(report.Under("desk-2025")).Count("open", "sla.open/1", report.InTickets, 1, "open", "offen")
	})
	p.publish("desk", "2027-01", func(w report.FigureWriter) {
		attained(3, 4)(w)
		for _, name := range []string{"open", "undecided", "zz", "p1.breached"} {
			w.Of(report.Under("desk-2026")).Count(name, "f/1", report.InTickets, 1, "x", "x")
		}
	})
	p.publish("payments", "2027-01", attained(0, 0))
	yes, _ = known(desk, p1)
	require.True(t, yes)
	yes, _ = known(resource.Service.Ref("payments"), p1)
	require.True(t, yes, "though it has no value now")
	misspelt := p1
	misspelt.Figure = "p1.attainmnt"
	yes, names = known(desk, misspelt)
	require.False(t, yes)
	require.Equal(t, []string{"sla-report/desk-2026/p1.attainment", "sla-report/desk-2026/p1.met", "sla-report/desk-2026/p1.breached",
		"sla-report/desk-2026/open", "sla-report/desk-2026/undecided"}, names)
	byService := p1
	byService.Group = "desk"
	yes, names = known(desk, byService)
	require.False(t, yes)
	require.Equal(t, "sla-report/desk-2026/p1.attainment", names[0], "the figure is right, the group is the service's name")
	yes, _ = known(desk, improvement.FigureRef{Process: "sla-report", Group: "desk-2025", Figure: "open"})
	require.False(t, yes, "nobody publishes it any more")
}

// From the record to the verdict.
func TestJudgedByWhatWasPublished(t *testing.T) {
	p := pressOf(t)
	shown := p.publish("desk", "2026-12", attained(1, 12))
	f, err := p.s.Finding(t.Context(), finds(t, p.s, sighting{Place: "x", Finding: improvement.Finding{Kind: improvement.Reported, About: resource.Service.Ref("desk"),
		Object: "service/desk", Title: textOf("slow"), At: p.at, Source: improvement.Source{Kind: improvement.FromRun, Name: shown}}}))
	require.NoError(t, err)
	a := improvement.Tracked{Action: improvement.Action{Figure: p1.String(), Sense: improvement.AtLeast, Target: "70"}, Done: &improvement.Done{At: day(2027, time.January, 20)}}
	verdict := func() improvement.Verdict {
		t.Helper()
		v, err := judged(t.Context(), p.s.db, a, f)
		require.NoError(t, err)
		return v
	}
	p.publish("desk", "2027-01", attained(12, 12))
	require.Equal(t, improvement.NoReading, verdict().Ruling, "January had begun before")
	p.publish("desk", "2027-02", attained(1, 1))
	v := verdict()
	require.Equal(t, improvement.Uncertain, v.Ruling)
	require.Equal(t, &improvement.Share{Num: 1, Den: 12}, v.Before)
	p.publish("desk", "2027-03", attained(8, 11))
	v = verdict()
	require.Equal(t, improvement.Reached, v.Ruling)
	require.Equal(t, []string{"sla-report/desk/2027-02", "sla-report/desk/2027-03"}, v.Measured.Reports)
	p.publish("desk", "2027-02", attained(1, 3)) // late data: 9 of 14
	require.Equal(t, improvement.Missed, verdict().Ruling)
}
