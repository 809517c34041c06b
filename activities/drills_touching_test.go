package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/agreement"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
	"turnus/report"
	"turnus/store"
	"turnus/workflows"
)

// touches publishes a drill of the desk's plan that lasted from an instant until
// normal operation was verified; touched is empty where production wasn't.
func (a altering) touches(of continuity.Type, from time.Time, lasted time.Duration, touched, window string) string {
	a.Helper()
	key := run.Key{Process: process.ContinuityDrill, Scope: "desk-fire", Period: from.Format(time.DateOnly)}
	r, _, err := a.store.Begin(a.Context(), now, store.NewRun{Key: key, Again: true, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(a, err)
	f := drill.Frozen{Run: r.ID, Round: 1, About: resource.Service.Ref("desk"), Zone: "Europe/Berlin", At: now, Stage: drill.ToReport,
		Plan:  drill.PlanVersion{Name: "desk-fire", Version: 1, Title: text.New("Fire", "Brand"), Spec: within(3 * 3600)},
		Setup: drill.Setup{Type: of, Date: calendar.DateOf(from), Conductor: "cora", Production: touched, Maintenance: window},
		Happened: &drill.Happened{Begun: &drill.Begun{Disruption: from, By: "cora", At: from}, Normal: &drill.Verified{When: from.Add(lasted), By: "frida", At: now},
			Result: &drill.Result{Overall: continuity.Pass}}}
	_, err = store.Freeze(a.Context(), a.store, now, run.Step{Run: r.ID, Round: 1}, f)
	require.NoError(a, err)
	storetest.End(a, a.store, now, "max", "olga", r.ID, run.Published)
	return r.ID
}

// maintains imports a window of maintenance.
func (a altering) maintains(uid string, from, to time.Time) {
	a.Helper()
	_, err := a.store.ImportWindows(a.Context(), store.Intake{Service: "desk", Format: "csv", AsOf: now, Now: now, By: "admin"}, func(yield func(uptime.Window, error) bool) {
		yield(uptime.Window{UID: uid, From: from, To: to, Announced: from.AddDate(0, 0, -30), Row: 1}, nil)
	}, nil)
	require.NoError(a, err)
}

// frozenReview is what a review stands on, and its draft.
func (a altering) frozenReview(f workflows.Freezing) (avail.Frozen, report.Document) {
	a.Helper()
	st := run.Step{Run: f.Run, Round: f.Round}
	set, err := store.Frozen[avail.Frozen](a.Context(), a.store, st)
	require.NoError(a, err)
	r, err := a.store.Report(a.Context(), f.Run)
	require.NoError(a, err)
	return set, r.Document
}

func noon(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 12, 0, 0, 0, time.UTC)
}

// A published drill that touched production is named in the review of its month: on
// the first page where neither maintenance nor an outage tells of its time.
func TestAReviewNamesWhatTouchedProduction(t *testing.T) {
	a := newReviewed(t) // an outage of four hours on the 10th of February, at nine
	storetest.PlanVersion(t, a.store, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), "desk-fire", 1, agreesContacts())
	a.maintains("W-1", noon(time.February, 20), noon(time.February, 20).Add(4*time.Hour))
	down := a.touches(continuity.FullInterruption, noon(time.February, 10), 4*time.Hour, "All of it", "")
	planned := a.touches(continuity.Component, noon(time.February, 20), 3*time.Hour, "The storage", "W-1")
	untold := a.touches(continuity.Invocation, noon(time.February, 25), time.Hour, "The network", "")
	a.touches(continuity.Component, noon(time.February, 22), time.Hour, "", "")
	a.touches(continuity.Component, noon(time.March, 2), time.Hour, "The storage", "")
	border := a.touches(continuity.Parallel, time.Date(2026, 1, 31, 22, 30, 0, 0, time.UTC), time.Hour, "The border", "")

	f := a.drafts("2026-02")
	set, d := a.frozenReview(f)
	var runs []string
	for _, x := range set.Drills {
		runs = append(runs, x.Run)
		require.Equal(t, 1, x.Version)
		require.NotEmpty(t, x.Hash)
		require.Equal(t, text.New("Fire", "Brand"), x.Title)
	}
	require.Equal(t, []string{border, down, planned, untold}, runs)
	require.Equal(t, avail.Drill{Run: planned, Version: 1, Hash: set.Drills[2].Hash, Type: continuity.Component, Plan: "desk-fire", Title: text.New("Fire", "Brand"),
		From: noon(time.February, 20), To: noon(time.February, 20).Add(3 * time.Hour), Touched: "The storage", Maintenance: "W-1"}, set.Drills[2])
	var warned string
	for _, n := range d.Notes {
		warned += n.Text.En + "\n"
	}
	require.Contains(t, warned, untold+" (real invocation, 25 February 2026, 13:00\u00a0CET)")
	require.Contains(t, warned, border)
	require.NotContains(t, warned, down)
	require.NotContains(t, warned, planned)
	require.NoError(t, a.review(f), "frozen once, it is drafted again as it was")
	again, same := a.frozenReview(f)
	require.Equal(t, set, again)
	require.Equal(t, d, same)

	other, _ := a.frozenReview(a.drafts("2026-04"))
	require.Empty(t, other.Drills)
	b, err := json.Marshal(other)
	require.NoError(t, err)
	require.NotContains(t, string(b), `"drills"`)
}

// A drill that is published while a review waits makes that one stale; one whose
// report another has taken the place of isn't named any more.
func TestADrillThatIsPublishedWhileAReviewWaits(t *testing.T) {
	a := newReviewed(t)
	storetest.PlanVersion(t, a.store, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), "desk-fire", 1, agreesContacts())
	f := a.drafts("2026-02")
	first := a.touches(continuity.Component, noon(time.February, 20), time.Hour, "The storage", "")
	a.compares()
	stale := a.staleness(f)
	require.Len(t, stale, 1)
	require.Equal(t, avail.ChangedDrills, stale[0].Code)
	require.Equal(t, "drills that touched production: none → "+first, stale[0].Detail.En)

	second := a.touches(continuity.Component, noon(time.February, 20), time.Hour, "More of the storage", "")
	drills, err := a.store.DrillsTouching(t.Context(), "desk", noon(time.February, 1), noon(time.March, 1))
	require.NoError(t, err)
	require.Len(t, drills, 1)
	require.Equal(t, []any{second, 2}, []any{drills[0].Run, drills[0].Version})
	none, err := a.store.DrillsTouching(t.Context(), "other", noon(time.February, 1), noon(time.March, 1))
	require.NoError(t, err)
	require.Empty(t, none)
}

// agreesContacts is a plan of the desk whose objective no outage says anything of.
func agreesContacts() continuity.Plan {
	p := within(3 * 3600)
	pct := agreement.Decimal("75")
	p.Objectives = continuity.Agreed{Contacts: &pct}
	p.Business, p.Contacts = "max", []continuity.Contact{{Name: "Desk"}}
	p.Steps = []continuity.Step{{Name: "first", Owner: "max", Takes: 600}}
	return p
}

// The plan of a drill says of the window that it names whether that is on record when
// the round is frozen; the next round looks again.
func TestADrillsPlanLooksItsMaintenanceUp(t *testing.T) {
	a := newReviewed(t)
	storetest.PlanVersion(t, a.store, now.AddDate(0, -1, 0), "desk-fire", 1, agreesContacts())
	on := calendar.DateOf(now).Add(20)
	key := run.Key{Process: process.ContinuityDrill, Scope: "desk-fire", Period: on.String()}
	r, _, err := a.store.Begin(t.Context(), now, store.NewRun{Key: key, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(t, err)
	plans := func(round int, production string) *drill.Maintenance {
		st := run.Step{Run: r.ID, Round: round}
		asked, err := a.set.DrillDraft(t.Context(), st)
		require.NoError(t, err)
		require.Len(t, asked.Ask, 1)
		said := task.Values{}
		for name, v := range map[string]string{"type": "component", "date": on.String(), "scenario": "Fire", "conductor": "admin", "risk": "a", "rollback": "b", "stop": "c", "production": production, "maintenance": "W-1"} {
			if v != "" && (name != "maintenance" || production != "") {
				said[name] = []byte(`"` + v + `"`)
			}
		}
		storetest.Answer(t, a.store, now, "olga", storetest.Ask(t, a.store, now, st, asked.Ask[0]), task.Message{Outcome: task.Done, Fields: said})
		_, err = a.set.DrillDraft(t.Context(), st)
		require.NoError(t, err)
		f, err := store.Frozen[drill.Frozen](t.Context(), a.store, st)
		require.NoError(t, err)
		return f.Maintenance
	}
	require.Equal(t, &drill.Maintenance{}, plans(1, "The storage"), "nothing was ever imported")

	begins := on.Start(time.UTC).Add(10 * time.Hour)
	a.maintains("W-1", begins, begins.Add(2*time.Hour))
	a.maintains("W-2", begins, begins.Add(2*time.Hour))
	storetest.Decide(t, a.store, now, "max", run.Step{Run: r.ID, Round: 1}, task.RequestChanges)
	m := plans(2, "The storage")
	require.NotZero(t, m.Import)
	require.Equal(t, []drill.Window{{UID: "W-1", From: begins, To: begins.Add(2 * time.Hour), Announced: begins.AddDate(0, 0, -30), Told: true}}, m.Windows)
}
