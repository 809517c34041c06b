package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

var (
	aboutService      = process.Process{Name: "sla-report", Scope: process.OfService}
	aboutOrganisation = process.Process{Name: "management-review", Scope: process.OfOrganisation}
	aboutChange       = process.Process{Name: planning.Approval, Scope: process.OfChange}
)

// namesakes are an organisation and a service that have the name, and nothing
// else, in common.
func namesakes(t *testing.T, s *Store) {
	t.Helper()
	apply1(t, s, declared, append(house(),
		personDoc("otto", person.ProcessOwner), personDoc("ada", person.Approver),
		doc(resource.Calendar, "york", `{'zone':'America/New_York','hours':{'mon':['09:00-17:00']}}`),
		resource.Raw{APIVersion: resource.APIVersion, Kind: resource.Organisation,
			Metadata: resource.Metadata{Name: "acme", DisplayName: text.New("Acme Ltd", "Acme GmbH")}, Spec: organisationDoc("acme", "olga", "office").Spec},
		doc(resource.Service, "acme", `{'owner':'otto','approvers':['ada'],'calendar':'york'}`))...)
}

func TestScopesOfEachKind(t *testing.T) {
	s := declaringStore(t)
	ctx := t.Context()
	_, err := s.Scope(ctx, aboutOrganisation, "")
	requireFault(t, err, fault.Invalid, "scope: management-review is about the organisation, and none is declared")
	namesakes(t, s)

	service, err := s.Scope(ctx, aboutService, "acme")
	require.NoError(t, err)
	require.Equal(t, []any{resource.Ref{Kind: resource.Service, Name: "acme"}, 1, text.Same("acme"), "otto", []string{"ada"}, "york", "America/New_York", "acme"},
		[]any{service.About, service.Version, service.Title, service.Owner, service.Approvers, service.Calendar, service.Zone.String(), service.Service()})
	require.Equal(t, []string{"ada"}, service.People().Eligible())

	for _, name := range []string{"", "acme"} {
		organisation, err := s.Scope(ctx, aboutOrganisation, name)
		require.NoError(t, err)
		require.Equal(t, []any{"acme", resource.Ref{Kind: resource.Organisation, Name: "acme"}, text.New("Acme Ltd", "Acme GmbH"), "olga", []string{"anton"}, "Europe/Berlin", ""},
			[]any{organisation.Name, organisation.About, organisation.Title, organisation.Owner, organisation.Approvers, organisation.Zone.String(), organisation.Service()})
	}

	id := proposed(t, s, "desk")
	change, err := s.Scope(ctx, aboutChange, "interval-desk-sla")
	require.NoError(t, err)
	require.Equal(t, []any{"interval-desk-sla", resource.Ref{Kind: resource.Service, Name: "desk"}, "olga"}, []any{change.Name, change.About, change.Owner})
	ofRun, err := s.ScopeOfRun(ctx, id)
	require.NoError(t, err)
	require.Equal(t, change.About, ofRun.About)

	for _, c := range []struct {
		p     process.Process
		name  string
		parts string
	}{
		{aboutService, "desk-2", `scope: sla-report is about a service; there is no service "desk-2"`},
		{aboutService, "a\x00", "sla-report is about a service"},
		{aboutOrganisation, "desk", `scope: management-review is about the organisation; there is no organisation "desk"`},
		{aboutChange, "interval-x", `scope: change-approval has no scope "interval-x"`},
	} {
		_, err := s.Scope(ctx, c.p, c.name)
		requireFault(t, err, fault.Invalid, c.parts)
	}
	_, err = s.ScopeAbout(ctx, resource.Ref{Kind: resource.Service, Name: "gone"})
	requireFault(t, err, fault.NotFound, "gone")
	_, err = s.ScopeOfRun(ctx, "sla-report/desk/2016-03")
	requireFault(t, err, fault.NotFound, "There is no run")
}

// proposed is the run that decides on a new interval of a service of olga's.
func proposed(t *testing.T, s *Store, service string) string {
	t.Helper()
	changes, err := s.Apply(t.Context(), person.Actor{Person: "olga"}, declared, []resource.Raw{doc(resource.Interval, service+"-sla",
		`{'process':'sla-report','scope':'`+service+`','reason':'clause 9.4','rule':{'day':3,'of':'month','at':'06:00'},'valid':{'from':'2026-12-01'}}`)}, false)
	require.NoError(t, err)
	return changes[0].Run
}

// What is about the organisation is its owner's and its approvers': runs,
// tasks, plan and findings. A service of the same name gives nobody any of it,
// nor the other way round.
func TestNamesakesGiveNothing(t *testing.T) {
	s := declaringStore(t)
	ctx := t.Context()
	namesakes(t, s)
	people := []string{"olga", "anton", "otto", "ada"}
	theirs := map[resource.Kind][2]string{resource.Organisation: {"olga", "anton"}, resource.Service: {"otto", "ada"}}
	// What a run is about says its row, whatever its process usually is about.
	processes := map[resource.Kind]string{resource.Organisation: planning.Approval, resource.Service: process.SLAReport}
	for kind, who := range theirs {
		about := resource.Ref{Kind: kind, Name: "acme"}
		k := run.Key{Process: processes[kind], Scope: "acme", Period: "2026"}
		r, _, err := s.Begin(ctx, declared, NewRun{Key: k, About: about, Owner: who[0], By: person.Actor{Person: who[0]}})
		require.NoError(t, err)
		require.Equal(t, about, r.About)
		require.Equal(t, map[resource.Kind]string{resource.Service: "acme"}[kind], r.Service)
		asked, err := s.Task(ctx, ask(t, s, declared, run.Step{Run: r.ID, Round: 1}).ID)
		require.NoError(t, err)
		require.Equal(t, []string{who[1]}, asked.Approvers)
		_, err = s.db.Exec(`INSERT INTO plan (interval, process, scope, about_kind, about) VALUES ($1, $1, 'acme', $2, 'acme')`, k.Process, string(kind))
		require.NoError(t, err)
		_, err = s.db.Exec(`INSERT INTO slot (process, scope, period, about_kind, about, interval, version, due_at, early_at, late_at, catch_up, state)
			VALUES ($1, 'acme', '2027', $2, 'acme', $1, 1, $3, $3, $3, 'each', 'due')`, k.Process, string(kind), declared)
		require.NoError(t, err)
		finds(t, s, sighting{Finding: improvement.Finding{Kind: improvement.MissedSlot, About: about, Object: "slot/" + k.ID(1), Title: text.Same("x"), At: declared}})
		declares(t, s, root, declared, doc(resource.Interval, k.Process, `{'process':'`+k.Process+`','scope':'acme'}`))
	}
	for kind, who := range theirs {
		process := processes[kind]
		for _, p := range people {
			sees, decides := p == who[0] || p == who[1], p == who[1]
			at := fmt.Sprintf("%s of %s", p, kind)
			tasks := func(f Tasks) (n int) {
				all, _, err := s.Tasks(ctx, f, Page{})
				require.NoError(t, err)
				for _, a := range all {
					if a.Run == process+"/acme/2026" {
						n++
					}
				}
				return n
			}
			require.Equal(t, decides, tasks(Tasks{Mine: p}) == 1, at)
			require.Equal(t, sees, tasks(Tasks{Sees: p}) == 1, at)
			slots, _, err := s.Slots(ctx, Slots{Process: process, Sight: Sight{Owner: p, Approver: p}}, Page{})
			require.NoError(t, err)
			require.Equal(t, sees, len(slots) == 1, at)
			sight := Sight{Owner: p, Approver: p}
			findings, _, err := s.Findings(ctx, Findings{Sight: sight}, Page{})
			require.NoError(t, err)
			require.Equal(t, sees, len(findings) > 0 && findings[0].Object == "slot/"+process+"/acme/2026", at)
			held, err := s.Sees(ctx, sight, resource.Interval, process)
			require.NoError(t, err)
			require.Equal(t, sees, held, at)
			other, err := s.Sees(ctx, sight, resource.Person, who[0])
			require.NoError(t, err)
			require.Equal(t, sees, other, at)
		}
	}
	of, _, err := s.Slots(ctx, Slots{Service: "acme", Sight: Sight{All: true}}, Page{})
	require.NoError(t, err)
	require.Len(t, of, 1)
	require.Equal(t, process.SLAReport, of[0].Process)
	require.Equal(t, resource.Ref{Kind: resource.Service, Name: "acme"}, of[0].About)
	runs, _, err := s.Runs(ctx, Runs{Service: "acme", Sight: Sight{All: true}}, Page{})
	require.NoError(t, err)
	require.Len(t, runs, 1)

	// An import may have brought what the service's slot waits for.
	_, err = s.db.Exec("UPDATE slot SET waits = true")
	require.NoError(t, err)
	require.NoError(t, lookAgain(ctx, s.db.MustBegin(), declared, "acme")) // undone: nothing commits it
	requireFault(t, s.Retire(ctx, root, declared, resource.Organisation, "acme"), fault.Conflict, "change-approval/acme/2026", "slot/change-approval/acme/2027")
	requireFault(t, s.Retire(ctx, root, declared, resource.Service, "acme"), fault.Conflict, "sla-report/acme/2026", "slot/sla-report/acme/2027")
}

// The zone of a period is that of the versions, of scope and calendar, that
// count at 00:00 UTC of its first date.
func TestPeriodsHaveTheZoneOfTheirTime(t *testing.T) {
	s := declaringStore(t)
	apply1(t, s, declared, house()...)
	at := func(period string) string {
		t.Helper()
		p, err := calendar.ParsePeriod(period)
		require.NoError(t, err)
		z, err := declaredNow(t, s, resource.Service.Ref("desk")).ZoneIn(p)
		require.NoError(t, err)
		return z.String()
	}
	change := func(on string, d resource.Raw) {
		t.Helper()
		at, err := time.Parse(time.DateTime, on)
		require.NoError(t, err)
		apply1(t, s, at, d)
	}
	require.Equal(t, "Europe/Berlin", at("1999-01"), "the first version holds from the beginning of time")
	change("2026-12-01 00:00:00", officeDoc("Asia/Tokyo"))
	change("2027-01-01 00:00:01", officeDoc("America/New_York"))
	require.Equal(t, "Europe/Berlin", at("2026-11"))
	require.Equal(t, "Asia/Tokyo", at("2026-12"))
	require.Equal(t, "Asia/Tokyo", at("2027-01"), "it was another second later")
	require.Equal(t, "Asia/Tokyo", at("2027"))
	require.Equal(t, "America/New_York", at("2027-02"))
	change("2027-02-10 12:00:00", doc(resource.Service, "desk", `{'owner':'olga','approvers':['anton'],'calendar':'24x7','zone':'Australia/Sydney'}`))
	change("2027-02-11 12:00:00", officeDoc("Europe/Rome"))
	change("2027-03-10 12:00:00", doc(resource.Service, "desk", `{'owner':'olga','approvers':['anton'],'calendar':'24x7'}`))
	require.Equal(t, "America/New_York", at("2027-02"), "whatever was declared since")
	require.Equal(t, "Australia/Sydney", at("2027-03"))
	require.Equal(t, "UTC", at("2027-04"))
}

// What a start depends on is read once, in one snapshot: what changes while it
// is read isn't in it.
func TestASituationIsNoMix(t *testing.T) {
	s := declaringStore(t)
	ctx := t.Context()
	apply1(t, s, declared, append(house(), agreementDoc("gold", "2026-01-01", "", "{'priority':['4']}"))...)
	p, _ := process.Find("sla-report")

	// Whoever reads imports waits, and what the situation reads before is read.
	held, err := pgtest.Owner(t, s.db.DB).Begin()
	require.NoError(t, err)
	defer held.Rollback() //nolint:errcheck // after Commit it does nothing
	_, err = held.Exec("LOCK TABLE import IN ACCESS EXCLUSIVE MODE")
	require.NoError(t, err)
	type answer struct {
		Situation
		err error
	}
	read := make(chan answer, 1)
	go func() {
		a, err := s.Situation(ctx, p, "desk")
		read <- answer{a, err}
	}()
	require.Eventually(t, func() bool {
		var waits bool
		require.NoError(t, s.db.Get(&waits, "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'import' AND NOT l.granted)"))
		return waits
	}, 10*time.Second, 10*time.Millisecond)
	apply1(t, s, declared.Add(time.Minute), agreementDoc("silver", "2026-01-01", "", "{'priority':['5']}"), serviceOf("olga", "anton", "ada"), personDoc("ada", person.Approver))
	_, err = held.Exec(`INSERT INTO import (service, format, as_of, oldest, rows_read, rows_loaded, rows_unchanged, rows_rejected, tickets_changed, person, at)
		VALUES ('desk', 'csv', now(), now(), 1, 1, 0, 0, 1, 'mallory', now())`)
	require.NoError(t, err)
	require.NoError(t, held.Commit())
	a := <-read
	require.NoError(t, a.err)
	require.Equal(t, []any{1, []string{"anton"}, 1, int64(0)}, []any{a.Version, a.Approvers, len(a.Agreed), a.Import})
	require.NotContains(t, fmt.Sprint(a.Behind), "mallory")

	a.Situation, a.err = s.Situation(ctx, p, "desk")
	require.NoError(t, a.err)
	require.Equal(t, []any{2, []string{"anton", "ada"}, 2, int64(1)}, []any{a.Version, a.Approvers, len(a.Agreed), a.Import})
	require.Contains(t, fmt.Sprint(a.Behind), "mallory")
}

// A situation costs as many statements however much was declared.
func TestASituationIsReadOnce(t *testing.T) {
	db, sent := pgtest.Counted(t, pgtest.New(t))
	db.SetMaxOpenConns(1)
	s := New(db)
	apply1(t, s, declared, append(house(), agreementDoc("gold", "2026-01-01", "", ""))...)
	p, _ := process.Find("sla-report")
	asks := func() int {
		before := sent("SELECT")
		_, err := s.Situation(t.Context(), p, "desk")
		require.NoError(t, err)
		return sent("SELECT") - before
	}
	require.Equal(t, 4, asks(), "scope, what was declared, who is behind, coverage")
	for i := range 5 {
		apply1(t, s, declared.Add(time.Duration(i+1)*time.Hour), officeDoc([]string{"Asia/Tokyo", "Europe/Berlin"}[i%2]))
	}
	require.Equal(t, 4, asks())
}
