package store_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/store"
)

var drilled = time.Date(2026, 1, 10, 9, 0, 0, 0, time.UTC)

// recovers is a plan of a service that agrees an RTO.
func recovers(service, rto string, depends ...string) continuity.Plan {
	d, err := agreement.ParseDuration(rto)
	if err != nil {
		panic(err)
	}
	p := continuity.Plan{Service: service, Scenario: "fire", Objectives: continuity.Agreed{RTO: &d, From: continuity.FromDisruption}}
	for _, other := range depends {
		p.Dependencies = append(p.Dependencies, continuity.Dependency{Service: other})
	}
	return p
}

// passed is a drill of version 1 that kept to its RTO of three hours.
func passed(of continuity.Type, plan string, at time.Time) continuity.Shown {
	return continuity.Shown{Run: "continuity-drill/" + plan + "/" + at.Format(time.DateOnly), Version: 1, Type: of, Held: at,
		Objectives: []continuity.ShownOf{{Objective: "rto", Value: "PT3H", Base: continuity.FromDisruption, Achieved: "9000", Verdict: continuity.Pass}}}
}

// continuous is a store with three services, each with a plan; only the shop's
// was ever drilled.
func continuous(t *testing.T) *store.Store {
	t.Helper()
	s := store.New(pgtest.New(t))
	declare(t, s, drilled.AddDate(-1, 0, 0), resource.Calendar, "office", `{"zone":"Europe/Berlin","hours":{"mon":["08:00-18:00"]}}`)
	for _, p := range []struct{ name, role string }{{"root", "administrator"}, {"olga", "process-owner"}, {"anton", "approver"}, {"otto", "process-owner"}} {
		declare(t, s, drilled.AddDate(-1, 0, 0), resource.Person, p.name, `{"roles":["`+p.role+`"]}`)
	}
	for service, owner := range map[string]string{"shop": "olga", "mail": "otto", "net": "otto"} {
		declare(t, s, drilled.AddDate(-1, 0, 0), resource.Service, service, fmt.Sprintf(`{"owner":"%s","approvers":["anton"],"calendar":"office"}`, owner))
		var depends []string
		if service == "shop" {
			depends = []string{"net"}
		}
		storetest.PlanVersion(t, s, drilled.AddDate(0, -6, 0), service+"-fire", 1, recovers(service, "PT3H", depends...))
	}
	storetest.Drilled(t, s, "shop", "shop-fire", passed(continuity.Functional, "shop-fire", drilled))
	return s
}

func declare(t *testing.T, s *store.Store, at time.Time, k resource.Kind, name, spec string) {
	t.Helper()
	_, err := s.Apply(t.Context(), person.Actor{Person: "root", Roles: []person.Role{person.Administrator}}, at, []resource.Raw{{
		APIVersion: resource.APIVersion, Kind: k, Metadata: resource.Metadata{Name: name}, Spec: json.RawMessage(spec)}}, false)
	require.NoError(t, err)
}

var sees = store.Sight{All: true}

// proved lists coverage in short, half a year after the drill.
func proved(t *testing.T, s *store.Store, of store.ContinuityCovered) (all []string) {
	t.Helper()
	list, next, err := s.ContinuityCoverage(t.Context(), drilled.AddDate(0, 6, 0), of, store.Page{})
	require.NoError(t, err)
	require.Empty(t, next)
	for _, c := range list {
		all = append(all, fmt.Sprintf("%s %s %s %s %s", c.Service, c.Plan, c.Objective, c.Value, c.State))
	}
	return all
}

func TestWhoSeesWhatIsProved(t *testing.T) {
	s := continuous(t)
	shop, mail, net := "shop shop-fire rto PT3H proved", "mail mail-fire rto PT3H never", "net net-fire rto PT3H never"
	declare(t, s, drilled.AddDate(-1, 0, 0), resource.Agreement, "gold", `{"service":"shop","customer":"acme","valid":{"from":"2025-01-01"},
		"targets":[{"name":"p1","measure":"resolution","within":"PT4H","calendar":"24x7","attain":95}]}`)
	for _, c := range []struct {
		who  store.Sight
		want []string
	}{
		{store.Sight{}, nil},
		{store.Sight{All: true}, []string{mail, net, shop}},
		{store.Sight{Every: true}, []string{mail, net, shop}},
		{store.Sight{Owner: "olga"}, []string{shop}},
		{store.Sight{Owner: "otto"}, []string{mail, net}},
		{store.Sight{Owner: "anton"}, nil},
		{store.Sight{Owner: "anton", Approver: "anton"}, []string{mail, net, shop}},
		{store.Sight{Owner: "vera", Services: []string{"shop"}}, []string{shop}},
		{store.Sight{Owner: "vera", Services: []string{"other"}}, nil},
		{store.Sight{Owner: "vera", Customers: []string{"acme"}}, nil}, // an extract isn't what was published
	} {
		require.Equal(t, c.want, proved(t, s, store.ContinuityCovered{Sight: c.who}), "%+v", c.who)
	}
	require.Equal(t, []string{shop}, proved(t, s, store.ContinuityCovered{Service: "shop", Sight: sees}))
	require.Empty(t, proved(t, s, store.ContinuityCovered{Service: "shop", Sight: store.Sight{Owner: "otto"}}))
	require.Equal(t, []string{mail, net}, proved(t, s, store.ContinuityCovered{State: continuity.Never, Sight: sees}))
	require.Empty(t, proved(t, s, store.ContinuityCovered{State: continuity.Failed, Sight: sees}))
}

// The parts of the list are the list, whatever they are cut by.
func TestCoverageInParts(t *testing.T) {
	s := continuous(t)
	spec := recovers("shop", "PT3H")
	pct := agreement.Decimal("60")
	spec.Objectives.MBCO, spec.Objectives.RPO = &pct, spec.Objectives.RTO
	storetest.PlanVersion(t, s, drilled, "shop-flood", 1, spec)
	storetest.PlanVersion(t, s, drilled, "a-shop", 1, recovers("shop", "PT1H"))
	whole := proved(t, s, store.ContinuityCovered{Sight: sees})
	require.Equal(t, []string{"mail mail-fire rto PT3H never", "net net-fire rto PT3H never", "shop a-shop rto PT1H never", "shop shop-fire rto PT3H proved",
		"shop shop-flood rto PT3H never", "shop shop-flood rpo PT3H never", "shop shop-flood mbco_pct 60 never"}, whole)
	for limit := 1; limit <= len(whole)+1; limit++ {
		var parts []string
		for p := (store.Page{Limit: limit}); ; {
			list, next, err := s.ContinuityCoverage(t.Context(), drilled.AddDate(0, 6, 0), store.ContinuityCovered{Sight: sees}, p)
			require.NoError(t, err)
			require.LessOrEqual(t, len(list), limit)
			for _, c := range list {
				parts = append(parts, fmt.Sprintf("%s %s %s %s %s", c.Service, c.Plan, c.Objective, c.Value, c.State))
			}
			if next == "" {
				break
			}
			p.Cursor = next
		}
		require.Equal(t, whole, parts, "%d at a time", limit)
	}
	_, _, err := s.ContinuityCoverage(t.Context(), drilled, store.ContinuityCovered{Sight: sees}, store.Page{Cursor: "x"})
	require.True(t, fault.Is(err, fault.Invalid))
}

// Each change after the drill is listed, and none of another plan.
func TestWhatPutsCoverageInDoubt(t *testing.T) {
	s := continuous(t)
	gold := `{"service":"shop","valid":{"from":"2026-01-01"},"targets":[{"name":"p1","measure":"resolution","within":"PT4H","calendar":"24x7","attain":%d}]}`
	declare(t, s, drilled.AddDate(0, 0, -1), resource.Agreement, "gold", fmt.Sprintf(gold, 95))
	require.Equal(t, []string{"shop shop-fire rto PT3H proved"}, proved(t, s, store.ContinuityCovered{Service: "shop", Sight: sees}), "it was agreed before")

	day := func(n int) time.Time { return drilled.AddDate(0, 0, n) }
	declare(t, s, day(1), resource.Agreement, "gold", fmt.Sprintf(gold, 96))
	declare(t, s, day(2), resource.Service, "net", `{"owner":"otto","approvers":["anton"],"calendar":"24x7"}`)
	declare(t, s, day(2), resource.Service, "mail", `{"owner":"otto","approvers":["anton"],"calendar":"24x7"}`) // nothing depends on it
	storetest.PlanVersion(t, s, day(3), "net-fire", 2, recovers("net", "PT2H"))
	storetest.PlanVersion(t, s, day(4), "shop-fire", 2, recovers("shop", "PT2H"))
	storetest.PlanVersion(t, s, day(5), "shop-fire", 3, recovers("shop", "PT2H", "net", "mail"))
	_, err := s.Happened(t.Context(), person.Actor{Person: "olga"}, day(6), planning.MajorChange, "shop", "a new machine", "")
	require.NoError(t, err)
	_, err = s.Happened(t.Context(), person.Actor{Person: "otto"}, day(6), planning.MajorChange, "mail", "of the mail", "")
	require.NoError(t, err)
	_, err = s.Happened(t.Context(), person.Actor{Person: "olga"}, day(7), planning.Invocation, "shop", "in earnest", "")
	require.NoError(t, err)

	since := func(who store.Sight) (all []string) {
		list, _, err := s.ContinuityCoverage(t.Context(), drilled.AddDate(0, 6, 0), store.ContinuityCovered{Service: "shop", Sight: who}, store.Page{})
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, []any{continuity.Doubtful, drilled, "continuity-drill/shop-fire/2026-01-10", continuity.Functional},
			[]any{list[0].State, *list[0].LastProved, list[0].Run, list[0].Type})
		for _, c := range list[0].Since {
			all = append(all, fmt.Sprintf("%s %s %s %d: %s", c.At.Format("02"), c.What, c.Name, c.Version, c.Detail))
		}
		return all
	}
	want := []string{"11 agreement gold 2: agreement gold, version 2", "12 dependency net 2: service net, version 2", "12 dependency mail 2: service mail, version 2",
		"13 dependency net 2: continuity plan of the service net, version 2",
		"14 plan shop-fire 2: dependencies changed; agreed now: 2\u202fh, before: 3\u202fh", "15 plan shop-fire 3: dependencies changed", "16 event major-change 0: major change: a new machine"}
	require.ElementsMatch(t, want, since(sees))
	require.ElementsMatch(t, want, since(store.Sight{Owner: "olga"}))
	want[6] = "16 event major-change 0: major change"
	require.ElementsMatch(t, want, since(store.Sight{Owner: "vera", Services: []string{"shop"}}), "what somebody wrote wasn't published")
}

// A plan is stale after its interval, which may be shorter than a year; a drill of
// another service's plan of that name proves nothing.
func TestTheIntervalOfAPlan(t *testing.T) {
	s := continuous(t)
	shop := store.ContinuityCovered{Service: "shop", Sight: sees}
	require.Equal(t, []string{"shop shop-fire rto PT3H proved"}, proved(t, s, shop))
	interval := func(version int, valid string) {
		pgtest.Tamper(t, s.DB(), `INSERT INTO resource (kind, name, version, valid_from, document, hash, at, person, token_issuer) VALUES ('Interval', 'shop-drill', $1, '0001-01-01', $2, '', $3, 'root', '')`,
			version, `{"kind":"Interval","metadata":{"name":"shop-drill"},"spec":{"process":"continuity-drill","scope":"shop-fire","rule":{"day":1,"of":"quarter","at":"06:00"},"reason":"x","valid":`+valid+`}}`, drilled)
	}
	interval(1, `{"from":"2026-01-01","to":"2026-06-30"}`)
	require.Equal(t, []string{"shop shop-fire rto PT3H proved"}, proved(t, s, shop), "it has ended")
	interval(2, `{"from":"2026-01-01"}`)
	require.Equal(t, []string{"shop shop-fire rto PT3H stale"}, proved(t, s, shop))
	storetest.Drilled(t, s, "shop", "shop-fire", passed(continuity.Functional, "shop-fire", drilled.AddDate(0, 4, 0)))
	require.Equal(t, []string{"shop shop-fire rto PT3H proved"}, proved(t, s, shop))
	storetest.Drilled(t, s, "mail", "net-fire", passed(continuity.Functional, "net-fire", drilled))
	require.Equal(t, []string{"net net-fire rto PT3H never"}, proved(t, s, store.ContinuityCovered{Service: "net", Sight: sees}))
}

// It takes as many statements however many plans there are, and reads them by
// index.
func TestCoverageInFewStatements(t *testing.T) {
	db, sent := pgtest.Counted(t, continuous(t).DB())
	db.SetMaxOpenConns(1)
	s := store.New(db)
	asks := func(plans int) int {
		before := sent("SELECT")
		require.Len(t, proved(t, s, store.ContinuityCovered{Sight: sees}), plans)
		return sent("SELECT") - before
	}
	require.Equal(t, 6, asks(3), "plans, drills, versions, intervals, changes, events")
	for i := range 20 {
		name := fmt.Sprintf("more-%d", i)
		storetest.PlanVersion(t, s, drilled, name, 1, recovers("mail", "PT3H", "net"))
		storetest.Drilled(t, s, "mail", name, passed(continuity.Component, name, drilled.AddDate(0, 1, 0)))
	}
	require.Equal(t, 6, asks(23))
	for i := range 20 {
		d := passed(continuity.Component, fmt.Sprintf("more-%d", i), drilled.AddDate(0, 2, 0))
		d.Undone = []string{"one"}
		storetest.Drilled(t, s, "mail", fmt.Sprintf("more-%d", i), d)
	}
	require.Equal(t, 7, asks(23), "and what drills weren't carried through without")
}

// What a drill wasn't carried through without stands in what its report was frozen
// of, each in its own.
func TestWhatADrillWasMissing(t *testing.T) {
	s := continuous(t)
	skipped, aborted := passed(continuity.Functional, "mail-fire", drilled), passed(continuity.Functional, "net-fire", drilled)
	skipped.Undone, aborted.Aborted = []string{"app", "db"}, true
	storetest.Drilled(t, s, "mail", "mail-fire", skipped)
	storetest.Drilled(t, s, "net", "net-fire", aborted)
	list, _, err := s.ContinuityCoverage(t.Context(), drilled.AddDate(0, 6, 0), store.ContinuityCovered{Sight: sees}, store.Page{})
	require.NoError(t, err)
	var got []string
	for _, c := range list {
		got = append(got, fmt.Sprintf("%s %s %s", c.Plan, c.State, c.Run))
		for _, x := range c.Since {
			got = append(got, fmt.Sprintf("%s %s %s: %s", x.At.Format(time.DateOnly), x.What, x.Name, x.Detail))
		}
	}
	require.Equal(t, []string{"mail-fire doubtful continuity-drill/mail-fire/2026-01-10",
		"2026-01-10 incomplete continuity-drill/mail-fire/2026-01-10: functional exercise: steps that weren't carried out: app and db",
		"net-fire doubtful continuity-drill/net-fire/2026-01-10", "2026-01-10 incomplete continuity-drill/net-fire/2026-01-10: functional exercise: aborted",
		"shop-fire proved continuity-drill/shop-fire/2026-01-10"}, got)
}

func TestCoverageIsReadByIndex(t *testing.T) {
	s := continuous(t)
	pgtest.Tamper(t, s.DB(), `INSERT INTO drill (run, plan, version, service, type, held_at, begun_at, overall, at)
		SELECT 'old/' || n, 'gone-' || n, 1, 'gone', 'functional', now(), now(), 'pass', now() FROM generate_series(1, 20000) n`)
	pgtest.Tamper(t, s.DB(), `INSERT INTO drill_objective (run, objective, value, verdict) SELECT run, 'rto', 'PT3H', 'pass' FROM drill WHERE service = 'gone'`)
	pgtest.Tamper(t, s.DB(), `INSERT INTO resource (kind, name, version, valid_from, document, hash, at, person, token_issuer)
		SELECT 'Mapping', 'old-' || n, 1, '0001-01-01', '{"spec":{}}', '', now(), 'root', '' FROM generate_series(1, 20000) n`)
	_, err := pgtest.Owner(t, s.DB()).ExecContext(t.Context(), "VACUUM ANALYZE drill, drill_objective, resource")
	require.NoError(t, err)
	s.DB().SetMaxOpenConns(1)
	read := func() (all string) {
		for _, q := range []string{"SELECT pg_stat_force_next_flush()", "SELECT pg_stat_clear_snapshot()"} {
			_, err := s.DB().ExecContext(t.Context(), q)
			require.NoError(t, err)
		}
		require.NoError(t, s.DB().QueryRowContext(t.Context(),
			"SELECT string_agg(relname || ' ' || seq_tup_read, ', ' ORDER BY relname) FROM pg_stat_user_tables WHERE relname IN ('drill', 'drill_objective', 'resource')").Scan(&all))
		return all
	}
	for _, who := range []store.Sight{sees, {Owner: "olga"}, {Services: []string{"shop"}}} {
		before := read()
		require.NotEmpty(t, strings.Join(proved(t, s, store.ContinuityCovered{Sight: who}), ""))
		require.Equal(t, before, read(), "rows of whole tables are read")
	}
}

// Plans are taken out by who sees inside of their services, in the version that
// is in force, with what those whom they name are called.
func TestPlansInForce(t *testing.T) {
	s := continuous(t)
	spec := recovers("shop", "PT2H")
	spec.Business, spec.Steps = "bea", []continuity.Step{{Name: "a", Owner: "olga"}}
	storetest.PlanVersion(t, s, drilled, "shop-fire", 2, spec)
	pgtest.Tamper(t, s.DB(), `UPDATE resource SET document = jsonb_set(document, '{metadata,displayName}', '{"en":"Olga O.","de":"Olga O."}') WHERE kind = 'Person' AND name = 'olga'`)
	pgtest.Tamper(t, s.DB(), `UPDATE resource SET document = jsonb_set(document, '{metadata,displayName}', '{"en":"Web shop","de":"Webladen"}') WHERE kind = 'Service' AND name = 'shop'`)
	names := func(who store.Sight) (all []string) {
		plans, err := s.PlansInForce(t.Context(), store.ContinuityCovered{Sight: who})
		require.NoError(t, err)
		for _, p := range plans {
			all = append(all, p.Name)
		}
		return all
	}
	require.Equal(t, []string{"mail-fire", "net-fire", "shop-fire"}, names(sees))
	require.Equal(t, []string{"shop-fire"}, names(store.Sight{Owner: "olga"}))
	require.Empty(t, names(store.Sight{Every: true}), "contacts aren't published")
	require.Empty(t, names(store.Sight{Owner: "vera", Services: []string{"shop"}}))

	plans, err := s.PlansInForce(t.Context(), store.ContinuityCovered{Service: "shop", Sight: sees})
	require.NoError(t, err)
	require.Equal(t, []store.PlanInForce{{Name: "shop-fire", Title: text.Same("shop-fire"), Version: 2, Hash: strings.Repeat("ab", 32), Since: drilled,
		Service: text.New("Web shop", "Webladen"), Spec: spec, People: map[string]text.Text{"olga": text.Same("Olga O.")}}}, plans)
	pgtest.Tamper(t, s.DB(), `UPDATE resource SET retired = true WHERE kind = 'ContinuityPlan' AND name = 'shop-fire' AND version = 2`)
	require.Equal(t, []string{"mail-fire", "net-fire"}, names(sees), "what is retired isn't in force")
	require.Len(t, proved(t, s, store.ContinuityCovered{Sight: sees}), 2)
}
