package continuity_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
	"turnus/itsm/text"
)

var january = time.Date(2026, 1, 10, 9, 0, 0, 0, time.UTC)

func month(n int) time.Time { return january.AddDate(0, n, 0) }

// mailPlan agrees all five objectives.
func mailPlan(t *testing.T) continuity.Plan {
	return continuity.Plan{Service: "mail", Scenario: "fire", Invocation: "the manager says so", Offsite: "safe", Business: "bea",
		Objectives: continuity.Agreed{RTO: lasting(t, "PT3H"), From: continuity.FromDisruption, RPO: lasting(t, "PT15M"), MBCO: pct("60"), Contacts: pct("90"), Decide: lasting(t, "PT30M")},
		Backup:     &continuity.Backup{Every: 300, Takes: 60},
		Contacts:   []continuity.Contact{{Name: "Bea", Role: "business", By: []string{"phone 1"}}},
		Steps:      []continuity.Step{{Name: "restore", Title: "Restore", Owner: "olga", Takes: 3600}},
		Return:     []continuity.Step{{Name: "back", Title: "Back", Owner: "olga", Takes: 3600}}}
}

// version is a version of the plan from a month on.
func version(n, at int, spec continuity.Plan) continuity.PlanVersion {
	return continuity.PlanVersion{Version: n, At: month(at), Spec: spec}
}

// shown is a drill of one objective, of version 1.
func shown(of continuity.Type, at int, objective, value, achieved string, v continuity.Verdict) continuity.Shown {
	return continuity.Shown{Run: fmt.Sprintf("continuity-drill/mail/%d", at), Version: 1, Type: of, Held: month(at),
		Objectives: []continuity.ShownOf{{Objective: objective, Value: value, Achieved: achieved, Verdict: v}}}
}

func knownOf(spec continuity.Plan, drills ...continuity.Shown) continuity.Known {
	return continuity.Known{Service: "mail", Plan: "mail-fire", Versions: []continuity.PlanVersion{version(1, -12, spec)}, Drills: drills}
}

// covered is one objective in July.
func covered(t *testing.T, k continuity.Known, objective string) continuity.Coverage {
	t.Helper()
	for _, c := range continuity.Cover(k, month(6)) {
		if c.Objective == objective {
			return c
		}
	}
	require.Fail(t, "not covered", objective)
	return continuity.Coverage{}
}

func TestEachAgreedObjectiveIsCovered(t *testing.T) {
	spec := mailPlan(t)
	var names []string
	for _, c := range continuity.Cover(knownOf(spec), month(6)) {
		names = append(names, c.Objective+" "+c.Value)
		require.Equal(t, []any{"mail", "mail-fire", continuity.Never, []continuity.ChangedSince{}}, []any{c.Service, c.Plan, c.State, c.Since})
		require.Nil(t, c.LastProved)
	}
	require.Equal(t, []string{"rto PT3H", "rpo PT15M", "mbco_pct 60", "contacts_pct 90", "decide PT30M"}, names)
	spec.Objectives = continuity.Agreed{RPO: spec.Objectives.RPO}
	require.Len(t, continuity.Cover(knownOf(spec), month(6)), 1)
	require.Empty(t, continuity.Cover(continuity.Known{}, month(6)))
}

// Which drill moves the date.
func TestWhatProves(t *testing.T) {
	for _, c := range []struct {
		of        continuity.Type
		objective string
		verdict   continuity.Verdict
		state     continuity.State
	}{
		{continuity.Functional, "rto", continuity.Pass, continuity.Proved},
		{continuity.Component, "rto", continuity.Pass, continuity.Proved},
		{continuity.Functional, "rto", continuity.Fail, continuity.Failed},
		{continuity.Functional, "rto", continuity.Incomplete, continuity.Failed},
		{continuity.Functional, "rto", continuity.Estimated, continuity.Never},
		{continuity.Tabletop, "rto", continuity.Pass, continuity.Never},
		{continuity.Tabletop, "rto", continuity.Fail, continuity.Never},
		{continuity.CallTree, "rto", continuity.Pass, continuity.Never},
		{continuity.CallTree, "contacts_pct", continuity.Pass, continuity.Proved},
		{continuity.Staff, "decide", continuity.Pass, continuity.Proved},
		{continuity.Staff, "decide", continuity.Fail, continuity.Failed},
		{continuity.Walkthrough, "decide", continuity.Pass, continuity.Never},
	} {
		value := map[string]string{"rto": "PT3H", "contacts_pct": "90", "decide": "PT30M"}[c.objective]
		got := covered(t, knownOf(mailPlan(t), shown(c.of, 0, c.objective, value, "", c.verdict)), c.objective)
		require.Equal(t, c.state, got.State, "%s %s %s", c.of, c.objective, c.verdict)
		require.Equal(t, c.state == continuity.Proved, got.LastProved != nil)
		if got.LastProved != nil {
			require.Equal(t, []any{month(0), "continuity-drill/mail/0", c.of}, []any{*got.LastProved, got.Run, got.Type})
		}
	}
}

// A value that was changed since: what passed proves today's if it was no laxer
// then, or if what was achieved meets it.
func TestTodaysValue(t *testing.T) {
	for _, c := range []struct {
		then, achieved string
		base           continuity.Base
		today          string
		from           continuity.Base
		state          continuity.State
	}{
		{"PT3H", "9000", "", "PT4H", "", continuity.Proved}, // relaxed
		{"PT3H", "9000", "", "PT2H30M", "", continuity.Proved},
		{"PT3H", "9001", "", "PT2H30M", "", continuity.Doubtful},
		{"PT3H", "", "", "PT2H30M", "", continuity.Doubtful},
		{"PT3H", "", "", "PT4H", "", continuity.Proved},
		{"PT3H", "9000", continuity.FromInvoked, "PT4H", continuity.FromDisruption, continuity.Doubtful},
		{"PT3H", "9000", continuity.FromDisruption, "PT3H", continuity.FromInvoked, continuity.Proved},
	} {
		spec := mailPlan(t)
		then, today := lasting(t, c.then), lasting(t, c.today)
		drill := shown(continuity.Functional, 0, "rto", c.then, c.achieved, continuity.Pass)
		drill.Objectives[0].Base = c.base
		spec.Objectives.RTO, spec.Objectives.From = then, c.base
		k := knownOf(spec, drill)
		spec.Objectives.RTO, spec.Objectives.From = today, c.from
		k.Versions = append(k.Versions, version(2, 3, spec))
		got := covered(t, k, "rto")
		require.Equal(t, c.state, got.State, "%+v", c)
		require.Equal(t, c.state == continuity.Doubtful, len(got.Since) == 1, "%+v", c)
		require.Equal(t, month(0), *got.LastProved)
	}
	share := func(today string) continuity.Coverage {
		spec := mailPlan(t)
		k := knownOf(spec, shown(continuity.Functional, 0, "mbco_pct", "60", "75", continuity.Pass))
		spec.Objectives.MBCO = pct(today)
		k.Versions = append(k.Versions, version(2, 3, spec))
		return covered(t, k, "mbco_pct")
	}
	require.Equal(t, continuity.Proved, share("50").State)
	require.Equal(t, continuity.Proved, share("75").State)
	got := share("75.5")
	require.Equal(t, continuity.Doubtful, got.State)
	require.Equal(t, []continuity.ChangedSince{{What: "plan", Name: "mail-fire", Version: 2, At: month(3),
		Detail: text.New("agreed now: 75.5\u202f%, before: 60\u202f%", "jetzt vereinbart: 75,5\u202f%, zuvor: 60\u202f%")}}, got.Since)
	k := knownOf(mailPlan(t), shown(continuity.Functional, 0, "rto", "PT4H", "", continuity.Pass))
	require.Equal(t, continuity.Doubtful, covered(t, k, "rto").State, "of another value, wherever that came from")
}

// What a drill met that wasn't carried through is in doubt: it says what is missing,
// and its date stays. What failed before it doesn't lift.
func TestWhatWasntCarriedThrough(t *testing.T) {
	drill := func(at int, v continuity.Verdict, aborted bool, undone ...string) continuity.Shown {
		d := shown(continuity.Functional, at, "rto", "PT3H", "9000", v)
		d.Aborted, d.Undone = aborted, undone
		return d
	}
	many := make([]string, 12)
	for i := range many {
		many[i] = fmt.Sprint("s", i)
	}
	for _, c := range []struct {
		drill continuity.Shown
		want  text.Text
	}{
		{drill(1, continuity.Pass, false, "app"), text.New("functional exercise: step that wasn't carried out: app", "Simulation: nicht ausgeführter Schritt: app")},
		{drill(1, continuity.Pass, false, "app", "db"), text.New("functional exercise: steps that weren't carried out: app and db", "Simulation: nicht ausgeführte Schritte: app und db")},
		{drill(1, continuity.Pass, true), text.New("functional exercise: aborted", "Simulation: abgebrochen")},
		{drill(1, continuity.Pass, true, "app"), text.New("functional exercise: aborted; step that wasn't carried out: app", "Simulation: abgebrochen; nicht ausgeführter Schritt: app")},
		{drill(1, continuity.Pass, false, many...), text.New("functional exercise: steps that weren't carried out: s0, s1, s2, s3, s4, s5, s6, s7, s8, s9 and 2 more",
			"Simulation: nicht ausgeführte Schritte: s0, s1, s2, s3, s4, s5, s6, s7, s8, s9 und 2 weitere")},
	} {
		for _, before := range [][]continuity.Shown{nil, {drill(0, continuity.Pass, false)}} {
			got := covered(t, knownOf(mailPlan(t), append(before, c.drill)...), "rto")
			require.Equal(t, continuity.Doubtful, got.State, c.want.En)
			require.Equal(t, []any{month(1), c.drill.Run, continuity.Functional}, []any{*got.LastProved, got.Run, got.Type})
			require.Equal(t, []continuity.ChangedSince{{What: "incomplete", Name: c.drill.Run, At: month(1), Detail: c.want}}, got.Since)
		}
		failed := drill(0, continuity.Fail, false)
		got := covered(t, knownOf(mailPlan(t), failed, c.drill), "rto")
		require.Equal(t, continuity.Failed, got.State, "as its finding stays open")
		require.Equal(t, c.drill.Run, got.Run)
		require.Len(t, got.Since, 2)
		whole := drill(2, continuity.Pass, false)
		require.Equal(t, continuity.Proved, covered(t, knownOf(mailPlan(t), failed, c.drill, whole), "rto").State)
	}
	require.Equal(t, continuity.Failed, covered(t, knownOf(mailPlan(t), drill(0, continuity.Fail, true, "app")), "rto").State, "nothing was met")
	late := knownOf(mailPlan(t), drill(-7, continuity.Pass, false, "app"))
	require.Equal(t, continuity.Stale, covered(t, late, "rto").State, "which is graver")
}

func TestFailures(t *testing.T) {
	drill := func(of continuity.Type, at int, v continuity.Verdict) continuity.Shown {
		objective, value := "rto", "PT3H"
		if of == continuity.CallTree || of == continuity.Staff {
			objective, value = "contacts_pct", "90"
		}
		return shown(of, at, objective, value, "", v)
	}
	for _, c := range []struct {
		what   string
		drills []continuity.Shown
		state  continuity.State
	}{
		{"lifted", []continuity.Shown{drill(continuity.Functional, 0, continuity.Fail), drill(continuity.Functional, 1, continuity.Pass)}, continuity.Proved},
		{"lifted by a stronger one", []continuity.Shown{drill(continuity.Functional, 0, continuity.Fail), drill(continuity.Parallel, 1, continuity.Pass)}, continuity.Proved},
		{"not by a weaker one", []continuity.Shown{drill(continuity.Functional, 0, continuity.Fail), drill(continuity.Component, 1, continuity.Pass)}, continuity.Failed},
		{"not by an earlier one", []continuity.Shown{drill(continuity.Functional, 0, continuity.Pass), drill(continuity.Functional, 1, continuity.Fail)}, continuity.Failed},
		{"not by an incomplete one", []continuity.Shown{drill(continuity.Functional, 0, continuity.Fail), drill(continuity.Functional, 1, continuity.Incomplete)}, continuity.Failed},
		{"not by an estimate", []continuity.Shown{drill(continuity.Functional, 0, continuity.Fail), drill(continuity.Tabletop, 1, continuity.Pass)}, continuity.Failed},
		{"in whatever order they are given", []continuity.Shown{drill(continuity.Functional, 1, continuity.Pass), drill(continuity.Functional, 0, continuity.Fail)}, continuity.Proved},
		{"lifted in earnest", []continuity.Shown{drill(continuity.FullInterruption, 0, continuity.Fail), drill(continuity.Invocation, 1, continuity.Pass)}, continuity.Proved},
		{"disproved in earnest", []continuity.Shown{drill(continuity.Invocation, 0, continuity.Fail), drill(continuity.Parallel, 1, continuity.Pass)}, continuity.Failed},
		{"one lifts all before it", []continuity.Shown{drill(continuity.Component, 0, continuity.Fail), drill(continuity.Functional, 1, continuity.Incomplete), drill(continuity.FullInterruption, 2, continuity.Pass)}, continuity.Proved},
	} {
		require.Equal(t, c.state, covered(t, knownOf(mailPlan(t), c.drills...), "rto").State, c.what)
	}
	calls := func(drills ...continuity.Shown) continuity.State {
		return covered(t, knownOf(mailPlan(t), drills...), "contacts_pct").State
	}
	require.Equal(t, continuity.Proved, calls(drill(continuity.CallTree, 0, continuity.Fail), drill(continuity.CallTree, 1, continuity.Pass)))
	require.Equal(t, continuity.Failed, calls(drill(continuity.CallTree, 0, continuity.Fail), drill(continuity.Staff, 1, continuity.Pass)))
	require.Equal(t, continuity.Failed, calls(drill(continuity.CallTree, 0, continuity.Fail), shown(continuity.FullInterruption, 1, "contacts_pct", "90", "", continuity.Pass)))

	got := covered(t, knownOf(mailPlan(t), shown(continuity.Functional, 0, "rto", "PT3H", "11400", continuity.Fail), drill(continuity.Component, 1, continuity.Pass)), "rto")
	require.Equal(t, month(1), *got.LastProved, "what the weaker one proved it proved")
	require.Equal(t, []continuity.ChangedSince{{What: "drill", Name: "continuity-drill/mail/0", At: month(0), Detail: text.New(
		"functional exercise: failed; achieved 3\u202fh 10\u202fmin, agreed 3\u202fh", "Simulation: nicht bestanden; erreicht 3\u202fh 10\u202fmin, vereinbart 3\u202fh")}}, got.Since)
}

func TestStale(t *testing.T) {
	k := knownOf(mailPlan(t), shown(continuity.Functional, 0, "rto", "PT3H", "9000", continuity.Pass))
	at := func(now time.Time) continuity.State { return continuity.Cover(k, now)[0].State }
	require.Equal(t, continuity.Proved, at(january.Add(366*24*time.Hour)))
	require.Equal(t, continuity.Stale, at(january.Add(366*24*time.Hour+1)))
	k.Every = 90 * 24 * time.Hour
	require.Equal(t, continuity.Proved, at(january.Add(k.Every)))
	require.Equal(t, continuity.Stale, at(january.Add(k.Every+1)))
	k.Around = []continuity.Around{{ChangedSince: continuity.ChangedSince{What: "event", At: month(1)}}}
	require.Equal(t, continuity.Doubtful, at(january.Add(k.Every)), "stale is graver")
	require.Equal(t, continuity.Stale, at(january.Add(k.Every+1)))
	k.Drills = append(k.Drills, shown(continuity.Functional, 2, "rto", "PT3H", "", continuity.Fail))
	require.Equal(t, continuity.Failed, at(january.Add(k.Every+1)), "and failed the gravest")
}

// Each change since the drill is listed where it puts the objective in doubt.
func TestChangesSince(t *testing.T) {
	change := func(edit func(*continuity.Plan)) map[string]bool {
		spec := mailPlan(t)
		k := knownOf(spec)
		for _, o := range continuity.Cover(k, month(6)) {
			of := continuity.Functional
			k.Drills = append(k.Drills, shown(of, 0, o.Objective, o.Value, "", continuity.Pass))
		}
		edit(&spec)
		k.Versions = append(k.Versions, version(2, 3, spec))
		in := map[string]bool{}
		for _, c := range continuity.Cover(k, month(6)) {
			if c.State == continuity.Doubtful {
				require.Len(t, c.Since, 1)
				require.Equal(t, 2, c.Since[0].Version)
				in[c.Objective] = true
			}
		}
		return in
	}
	type doubts = map[string]bool
	for _, c := range []struct {
		what string
		edit func(*continuity.Plan)
		in   doubts
	}{
		{"nothing", func(*continuity.Plan) {}, doubts{}},
		{"the same, written otherwise", func(p *continuity.Plan) { p.Dependencies = []continuity.Dependency{} }, doubts{}},
		{"MTPD", func(p *continuity.Plan) { p.Objectives.MTPD = lasting(t, "PT9H") }, doubts{}},
		{"the steps back", func(p *continuity.Plan) { p.Return = nil }, doubts{}},
		{"steps", func(p *continuity.Plan) { p.Steps = append(p.Steps, continuity.Step{Name: "more"}) }, doubts{"rto": true, "rpo": true, "mbco_pct": true, "decide": true}},
		{"contacts", func(p *continuity.Plan) { p.Contacts = []continuity.Contact{{Name: "Bea", By: []string{"phone 2"}}} }, doubts{"contacts_pct": true, "decide": true}},
		{"backup", func(p *continuity.Plan) { p.Backup = nil }, doubts{"rpo": true}},
		{"dependencies", func(p *continuity.Plan) { p.Dependencies = []continuity.Dependency{{Service: "net"}} }, doubts{"rto": true, "mbco_pct": true}},
		{"scenario", func(p *continuity.Plan) { p.Scenario = "flood" }, doubts{"rto": true, "rpo": true, "mbco_pct": true, "contacts_pct": true, "decide": true}},
		{"a tighter RPO", func(p *continuity.Plan) { p.Objectives.RPO = lasting(t, "PT10M") }, doubts{"rpo": true}},
	} {
		require.Equal(t, c.in, change(c.edit), c.what)
	}

	k := knownOf(mailPlan(t), shown(continuity.Functional, 1, "rto", "PT3H", "9000", continuity.Pass))
	around := func(what string, at time.Time, of ...string) {
		k.Around = append(k.Around, continuity.Around{ChangedSince: continuity.ChangedSince{What: what, At: at}, Of: of})
	}
	around("event", month(3))
	around("agreement", month(2))
	around("dependency", month(2), "rpo")
	around("before", month(1))
	around("to come", month(7))
	var since []string
	for _, c := range covered(t, k, "rto").Since {
		since = append(since, c.What)
	}
	require.Equal(t, []string{"agreement", "event"}, since, "in the order of time")

	other := mailPlan(t)
	other.Backup, other.Scenario = nil, "flood"
	k = knownOf(mailPlan(t), shown(continuity.Functional, 4, "rto", "PT3H", "9000", continuity.Pass))
	k.Versions = append(k.Versions, version(2, 3, other))
	require.Len(t, covered(t, k, "rto").Since, 1, "the drill stood on the version before")
	k.Drills[0].Version = 2
	require.Empty(t, covered(t, k, "rto").Since)
}

// Whatever is known: an estimate added to it changes nothing.
func TestEstimatesChangeNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 5))
	names, values := continuity.ObjectiveNames(), map[string]string{"rto": "PT3H", "rpo": "PT15M", "mbco_pct": "60", "contacts_pct": "90", "decide": "PT30M"}
	verdicts := []continuity.Verdict{continuity.Pass, continuity.Fail, continuity.Incomplete, continuity.Estimated}
	estimates := []continuity.Type{continuity.Checklist, continuity.Tabletop, continuity.Walkthrough}
	for n := range 500 {
		k := knownOf(mailPlan(t))
		drill := func(of continuity.Type) continuity.Shown {
			d := continuity.Shown{Run: fmt.Sprint(r.IntN(1000)), Version: 1, Type: of, Held: month(r.IntN(6))}
			for _, o := range names {
				d.Objectives = append(d.Objectives, continuity.ShownOf{Objective: o, Value: values[o], Verdict: verdicts[r.IntN(4)]})
			}
			return d
		}
		for range r.IntN(6) {
			k.Drills = append(k.Drills, drill(continuity.Types()[r.IntN(len(continuity.Types()))]))
		}
		if r.IntN(2) == 0 {
			k.Around = []continuity.Around{{ChangedSince: continuity.ChangedSince{What: "event", At: month(r.IntN(6))}}}
		}
		now := month(r.IntN(20))
		before := continuity.Cover(k, now)
		k.Drills = append([]continuity.Shown{drill(estimates[r.IntN(3)])}, k.Drills...)
		d := drill(continuity.FullInterruption)
		for i := range d.Objectives {
			d.Objectives[i].Verdict = continuity.Estimated
		}
		k.Drills = append(k.Drills, d)
		require.Equal(t, before, continuity.Cover(k, now), "%d", n)
	}
}

func TestHowObjectivesRead(t *testing.T) {
	for _, c := range []struct{ objective, value, en, de string }{
		{"rto", "PT0S", "0\u202fs", "0\u202fs"},
		{"rto", "5405", "1\u202fh 30\u202fmin 5\u202fs", "1\u202fh 30\u202fmin 5\u202fs"},
		{"rto", "P2D", "48\u202fh", "48\u202fh"},
		{"rpo", "90.5", "90.5\u202fs", "90,5\u202fs"},
		{"contacts_pct", "87.500000", "87.5\u202f%", "87,5\u202f%"},
		{"mbco_pct", "100", "100\u202f%", "100\u202f%"},
		{"mbco_pct", "?", "?", "?"},
	} {
		require.Equal(t, text.New(c.en, c.de), continuity.ObjectiveValue(c.objective, c.value))
	}
}

// What goes on at the same time is one incident: an outage during a real invocation
// that failed lifts nothing of it, nor does an invocation what the outage around it
// disproved.
func TestOneIncidentDoesntLiftItself(t *testing.T) {
	spec := mailPlan(t)
	at := func(s continuity.Shown, from time.Time) continuity.Shown {
		s.Held, s.Begun = from, from
		s.Run = "run/" + string(s.Type)
		return s
	}
	invocation := func(from time.Time, seconds string, v continuity.Verdict) continuity.Shown {
		return at(shown(continuity.Invocation, 1, "rto", "PT3H", seconds, v), from)
	}
	outage := func(from time.Time, seconds string, v continuity.Verdict) continuity.Shown {
		return at(shown(continuity.Outage, 1, "rto", "PT3H", seconds, v), from)
	}
	exercise := func(kind continuity.Type, from time.Time, seconds string, v continuity.Verdict) continuity.Shown {
		return at(shown(kind, 1, "rto", "PT3H", seconds, v), from)
	}
	begun := month(1)
	for name, c := range map[string]struct {
		drills []continuity.Shown
		want   continuity.State
	}{
		"two drills, which are two": {[]continuity.Shown{exercise(continuity.Functional, begun, "14400", continuity.Fail), exercise(continuity.Parallel, begun.Add(time.Second), "9000", continuity.Pass)}, continuity.Proved},
		"an outage by a drill":      {[]continuity.Shown{exercise(continuity.Functional, begun, "14400", continuity.Fail), outage(begun.Add(time.Second), "9000", continuity.Pass)}, continuity.Failed},
		"an outage within":          {[]continuity.Shown{invocation(begun, "14400", continuity.Fail), outage(begun.Add(5*time.Minute), "9000", continuity.Pass)}, continuity.Failed},
		"an invocation within":      {[]continuity.Shown{outage(begun, "14400", continuity.Fail), invocation(begun.Add(5*time.Minute), "9000", continuity.Pass)}, continuity.Failed},
		"an outage of another time": {[]continuity.Shown{invocation(begun, "14400", continuity.Fail), outage(begun.Add(5*time.Hour), "9000", continuity.Pass)}, continuity.Proved},
		"an end that isn't known":   {[]continuity.Shown{invocation(begun, "", continuity.Incomplete), outage(begun.Add(5*time.Hour), "9000", continuity.Pass)}, continuity.Proved},
		"both of the same instant":  {[]continuity.Shown{invocation(begun, "14400", continuity.Fail), outage(begun, "9000", continuity.Pass)}, continuity.Failed},
		"one after the other's end": {[]continuity.Shown{outage(begun, "14400", continuity.Fail), invocation(begun.Add(4*time.Hour+time.Second), "60", continuity.Pass)}, continuity.Proved},
	} {
		require.Equal(t, c.want, covered(t, knownOf(spec, c.drills...), "rto").State, name)
	}
}
