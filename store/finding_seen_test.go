package store

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

// lateAt is a sighting of a slot of the desk's interval.
func lateAt(period string, at time.Time) sighting {
	return sighting{Key: "late-slot/interval/desk", Place: "slot/sla-report/desk/" + period, Finding: improvement.Finding{Kind: improvement.LateSlot,
		About: resource.Service.Ref("desk"), Object: "slot/sla-report/desk/" + period, Title: text.Same(period), At: at,
		Source: improvement.Source{Kind: improvement.FromSlot, Name: "sla-report/desk/" + period}}}
}

// ends ends a finding as its improvement, or a second person, does.
func ends(t *testing.T, s *Store, id int64, state improvement.State) {
	t.Helper()
	_, err := s.db.Exec("UPDATE finding SET state = $2, ended_at = $3 WHERE id = $1", id, state, declared)
	require.NoError(t, err)
}

// A repeat joins the finding that hasn't ended, the same place once; after one
// that was closed it is a relapse, one severity graver, after one that was
// declined it is none.
func TestRepeatsJoin(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	first := finds(t, s, lateAt("2026-01", declared))
	for i, period := range []string{"2026-02", "2026-02", "2026-03"} {
		require.Equal(t, first, finds(t, s, lateAt(period, declared.Add(time.Duration(i+1)*time.Hour))))
	}
	f, err := s.Finding(ctx, first)
	require.NoError(t, err)
	require.Equal(t, improvement.Finding{ID: first, Kind: improvement.LateSlot, Type: improvement.Nonconformity, State: improvement.Open, Severity: improvement.Minor,
		Service: "desk", About: resource.Service.Ref("desk"), Object: "slot/sla-report/desk/2026-01", Title: text.Same("2026-01"),
		Source: improvement.Source{Kind: improvement.FromSlot, Name: "sla-report/desk/2026-01"}, Seen: 3, Last: declared.Add(3 * time.Hour).UTC(), At: declared.UTC()}, f)
	all, err := s.Sightings(ctx, first)
	require.NoError(t, err)
	require.Equal(t, []string{"2026-01", "2026-02", "2026-03"}, []string{all[0].Title.En, all[1].Title.En, all[2].Title.En})

	severities := []improvement.Severity{improvement.Major, improvement.Critical, improvement.Critical}
	before := first
	for i, severity := range severities {
		ends(t, s, before, improvement.Closed)
		again := finds(t, s, lateAt(fmt.Sprintf("2026-%02d", i+4), declared))
		require.NotEqual(t, before, again)
		f, err = s.Finding(ctx, again)
		require.NoError(t, err)
		require.Equal(t, []any{before, severity, 1}, []any{f.Relapse, f.Severity, f.Seen})
		before = again
	}
	ends(t, s, before, improvement.Declined)
	last, err := s.Finding(ctx, finds(t, s, lateAt("2026-09", declared)))
	require.NoError(t, err)
	require.Equal(t, before-1, last.Relapse, "of the newest that was closed")
	entries, _, err := s.Audit(ctx, Trail{Object: "finding/"}, Page{Limit: 50})
	require.NoError(t, err)
	actions := map[string]int{}
	for _, e := range entries {
		actions[e.Action]++
	}
	require.Equal(t, map[string]int{"finding.opened": 5, "finding.seen": 2}, actions)
}

// What is seen in many places at once is one finding.
func TestRepeatsAtOnceJoin(t *testing.T) {
	s := declaringStore(t)
	apply1(t, s, declared, house()...)
	var all sync.WaitGroup
	ids, errs := make([]int64, 12), make([]error, 12)
	for i := range ids {
		all.Go(func() {
			errs[i] = s.tx(context.Background(), func(tx *sqlx.Tx) (err error) {
				ids[i], err = openFinding(context.Background(), tx, lateAt(fmt.Sprintf("20%02d-01", i), declared))
				return err
			})
		})
	}
	all.Wait()
	for i := range ids {
		require.NoError(t, errs[i])
		require.Equal(t, ids[0], ids[i])
	}
	f, err := s.Finding(t.Context(), ids[0])
	require.NoError(t, err)
	require.Equal(t, len(ids), f.Seen)
}

// Each figure of a published report that doesn't keep to what was agreed is seen,
// in the transaction that publishes: the next month joins, a restatement doesn't
// count, not even after closing, and a later month then is a relapse.
func TestPublishedReportsFindWhatTheyMiss(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	at := declared
	report := func(period string, verdict report.Assessment, again bool, state run.State) {
		t.Helper()
		at = at.Add(time.Hour)
		r, _, err := s.Begin(ctx, at, NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: period}, About: resource.Service.Ref("desk"),
			Again: again, Reason: "late data", Owner: "olga", By: person.Actor{Person: "olga"}})
		require.NoError(t, err)
		st := run.Step{Run: r.ID, Round: 1}
		hash, doc, err := report1(r, verdict)
		require.NoError(t, err)
		_, err = s.SaveDraft(ctx, at, st, hash, doc)
		require.NoError(t, err)
		outcome := map[run.State]task.Outcome{run.Published: task.Approve, run.Rejected: task.Reject}[state]
		require.Nil(t, decide(t, s, at, person.Actor{Person: "anton"}, ask(t, s, at, st), outcome, "as it is"))
		require.NoError(t, s.End(ctx, at, run.End{Run: r.ID, Round: 1, State: state}))
	}
	listed := func() (all []string) {
		t.Helper()
		list, _, err := s.Findings(ctx, Findings{State: "all", Sight: Sight{All: true}}, Page{})
		require.NoError(t, err)
		for _, f := range list {
			all = append(all, fmt.Sprintf("%d %s %s %s seen %d, relapse of %d", f.ID, f.Kind, f.State, f.Severity, f.Seen, f.Relapse))
		}
		return all
	}
	report("2016-01", "missed", false, run.Rejected)
	report("2016-01", "met", true, run.Published)
	require.Empty(t, listed())
	report("2016-02", "missed", false, run.Published)
	want := []string{"2 missed-target open major seen 1, relapse of 0", "1 exceeded-limit open minor seen 1, relapse of 0"}
	require.Equal(t, want, listed())
	report("2016-03", "missed", false, run.Published)
	report("2016-02", "missed", true, run.Published)
	require.Equal(t, []string{"2 missed-target open major seen 2, relapse of 0", "1 exceeded-limit open minor seen 2, relapse of 0"}, listed())
	f, err := s.Finding(ctx, 2)
	require.NoError(t, err)
	require.Equal(t, []any{"run/sla-report/desk/2016-02", text.New("p1: attainment: 1 of 3, 33.33\u00a0%; agreed are 95\u00a0% (gold)", "p1: Erfüllungsgrad: 1 von 3, 33,33\u00a0%; vereinbart sind 95\u00a0% (gold)"),
		improvement.Source{Kind: improvement.FromRun, Name: "sla-report/desk/2016-02", Round: 1, Group: "gold", Figure: "p1.attainment"}}, []any{f.Object, f.Title, f.Source})
	var key string
	require.NoError(t, s.db.Get(&key, "SELECT string_agg(key, ' ' ORDER BY key) FROM finding"))
	require.Equal(t, "exceeded-limit/desk/gold/workload.tickets missed-target/desk/gold/p1", key)

	ends(t, s, 2, improvement.Closed)
	report("2016-03", "missed", true, run.Published)
	require.Len(t, listed(), 2, "a month that was seen before isn't a relapse")
	report("2016-04", "missed", false, run.Published)
	require.Equal(t, []string{"3 missed-target open critical seen 1, relapse of 2", "2 missed-target closed major seen 2, relapse of 0",
		"1 exceeded-limit open minor seen 3, relapse of 0"}, listed())
}

// report1 is a document with a target and a limit that are both met or missed.
func report1(r run.Run, verdict report.Assessment) (string, []byte, error) {
	w := report.WriteFigures()
	gold := w.Of(report.Under("gold"))
	p1 := gold.Below("p1")
	p1.Share("attainment", "sla.attainment/1", 1, 3, "attainment", "Erfüllungsgrad").Against("95", verdict)
	p1.Share("attainment"+report.IfAll, "sla.attainment-all/1", 1, 3, "all", "alle").Against("95", report.Missed)
	gold.Count("workload.tickets", "sla.workload/1", report.InTickets, 12, "Workload", "Aufkommen").Against("10", verdict)
	return report.Hash(report.Document{Run: r.ID, Process: r.Process, Scope: r.Scope, Period: r.Period, Figures: w.Figures()})
}

// Nobody begins: the owner is reminded, then it escalates to the approvers, in
// working days of what it is about, each once; what is begun in time isn't.
func TestFindingsThatNobodyBegins(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	week := doc(resource.Calendar, "week", `{'zone':'Europe/Berlin','hours':{'mon':['08:00-18:00'],'tue':['08:00-18:00'],'wed':['08:00-18:00'],'thu':['08:00-18:00'],'fri':['08:00-18:00']}}`)
	docs := append(house(), week, doc(resource.Service, "mail", `{'owner':'olga','approvers':['anton'],'calendar':'week'}`))
	apply1(t, s, declared, docs...)
	friday := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	found := func(about resource.Ref, severity improvement.Severity) int64 {
		return finds(t, s, sighting{Place: "x", Finding: improvement.Finding{Kind: improvement.Reported, Severity: severity, About: about, Title: text.Same("x"), At: friday}})
	}
	mail := resource.Service.Ref("mail")
	major, begun := found(mail, improvement.Major), found(mail, improvement.Major)
	minor, installation := found(mail, improvement.Minor), found(resource.Ref{}, improvement.Critical)
	_, err := s.db.Exec("UPDATE finding SET state = 'planned' WHERE id = $1", begun)
	require.NoError(t, err)
	told := func() (all []string) {
		t.Helper()
		entries, _, err := s.Audit(ctx, Trail{Object: "finding/"}, Page{Limit: 50})
		require.NoError(t, err)
		for _, e := range entries {
			if e.Action != "finding.opened" {
				all = append(all, e.Object+" "+e.Action+" "+string(e.After))
			}
		}
		return all
	}
	press := func(day int) []string {
		t.Helper()
		before := len(told())
		var all sync.WaitGroup
		errs := make([]error, 3)
		for i := range errs {
			all.Go(func() { errs[i] = s.PressFindings(context.Background(), friday.AddDate(0, 0, day)) })
		}
		all.Wait()
		require.Equal(t, make([]error, 3), errs)
		return told()[before:]
	}
	of := func(id int64, action, to, severity string) string {
		return fmt.Sprintf(`finding/%d finding.%s {"severity":"%s","to":%s}`, id, action, severity, to)
	}
	require.Empty(t, press(0))
	require.Equal(t, []string{of(installation, "reminded", "[]", "critical")}, press(1), "where nobody answers for it every day counts")
	require.Equal(t, []string{of(installation, "escalated", "[]", "critical")}, press(2))
	require.Empty(t, press(4), "the weekend doesn't count")
	require.Equal(t, []string{of(major, "reminded", `["olga"]`, "major")}, press(5))
	require.Equal(t, []string{of(major, "escalated", `["anton"]`, "major")}, press(7))
	require.Empty(t, press(8))
	require.Equal(t, []string{of(minor, "escalated", `["anton"]`, "minor")}, press(90), "once, at the last stage that is due")

	list, _, err := s.Findings(ctx, Findings{Escalated: true, Sight: Sight{Owner: "olga"}}, Page{})
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, friday.AddDate(0, 0, 90), *list[0].Escalated)
	states, escalated, err := s.FindingCounts(ctx)
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"open": 3, "planned": 1}, states)
	require.EqualValues(t, 3, escalated)
}

// What people report joins under their key, about the same only; a complaint
// counts once; and a request that is made again finds what it put on record.
func TestReportedFindings(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, append(house(), doc(resource.Service, "mail", `{'owner':'olga','approvers':['anton'],'calendar':'office'}`))...)
	olga := person.Actor{Person: "olga", Issuer: "root"}
	n := 0
	reports := func(service, key, complaint, request string) improvement.Finding {
		t.Helper()
		n++
		r := improvement.Report{Type: improvement.Nonconformity, Service: service, Title: "A", Detail: "seen", Key: key}
		if complaint != "" {
			r.Source = improvement.Source{Kind: improvement.FromComplaint, Name: complaint}
		}
		f, err := s.ReportFinding(ctx, olga, declared.Add(time.Duration(n)*time.Second), r, resource.Service.Ref(service), request)
		require.NoError(t, err)
		return f
	}
	a := reports("desk", "access", "C-1", "")
	require.Equal(t, []any{improvement.Reported, "service/desk", "olga", "desk", "seen", text.Same("A"), improvement.Minor, 1},
		[]any{a.Kind, a.Object, a.By, a.Service, a.Detail, a.Title, a.Severity, a.Seen})
	require.Equal(t, 1, reports("desk", "access", "C-1", "").Seen, "the same complaint")
	require.Equal(t, 2, reports("desk", "access", "C-2", "").Seen)
	require.Equal(t, 3, reports("desk", "access", "", "").Seen)
	require.NotEqual(t, a.ID, reports("mail", "access", "C-1", "").ID, "about something else")
	require.NotEqual(t, reports("desk", "", "", "").ID, reports("desk", "", "", "").ID, "without a key")
	once := reports("desk", "", "", "r1")
	require.Equal(t, once.ID, reports("desk", "", "", "r1").ID)
	require.NotEqual(t, once.ID, reports("desk", "", "", "r2").ID)
	keyed := reports("desk", "access", "", "r3")
	require.Equal(t, keyed.Seen, reports("desk", "access", "", "r3").Seen)

	// What somebody else says of it isn't lost, nor taken up as less than it is.
	eve := person.Actor{Person: "eve"}
	from := improvement.Source{Kind: improvement.FromAudit, Name: "ISO 2026"}
	_, err := s.ReportFinding(ctx, olga, declared, improvement.Report{Type: improvement.Opportunity, Title: "Nice to have", Key: "iso", Source: from}, resource.Service.Ref("desk"), "")
	require.NoError(t, err)
	grave := improvement.Report{Type: improvement.Nonconformity, Severity: improvement.Critical, Title: "No backups", Detail: "The logs of May say so.", Key: "iso", Source: from}
	_, err = s.ReportFinding(ctx, eve, declared, grave, resource.Service.Ref("desk"), "")
	requireFault(t, err, fault.Conflict, "key", "opportunity for improvement")
	grave.Key = "access"
	_, err = s.ReportFinding(ctx, eve, declared, grave, resource.Service.Ref("desk"), "")
	requireFault(t, err, fault.Conflict, "key", "minor")
	grave.Severity = ""
	for range 2 {
		said, err := s.ReportFinding(ctx, eve, declared.Add(time.Hour), grave, resource.Service.Ref("desk"), "")
		require.NoError(t, err)
		require.Equal(t, []any{a.ID, keyed.Seen + 1}, []any{said.ID, said.Seen})
	}
	seen, err := s.Sightings(ctx, a.ID)
	require.NoError(t, err)
	require.Equal(t, improvement.Sighting{Source: from, Title: text.Same("No backups"), Detail: "The logs of May say so.", At: declared.Add(time.Hour).UTC(), By: "eve"}, seen[len(seen)-1])
	entries, _, err := s.Audit(ctx, Trail{Object: a.Named()}, Page{Limit: 50})
	require.NoError(t, err)
	last := entries[len(entries)-1]
	require.Equal(t, "finding.repeated", last.Action)
	require.Contains(t, string(last.After), "The logs of May say so.")

	_, err = s.ReportFinding(ctx, olga, declared, improvement.Report{Type: improvement.Nonconformity, Title: "A"}, resource.Service.Ref("desk"), "")
	requireFault(t, err, fault.Invalid, "detail")
	_, err = s.AboutReported(ctx, "nothing")
	requireFault(t, err, fault.Invalid, "service")
	about, err := s.AboutReported(ctx, "")
	require.NoError(t, err)
	require.Zero(t, about, "there is no organisation: the installation")
	apply1(t, s, declared, organisationDoc("acme", "olga", "office"))
	about, err = s.AboutReported(ctx, "")
	require.NoError(t, err)
	require.Equal(t, resource.Organisation.Ref("acme"), about)
}
