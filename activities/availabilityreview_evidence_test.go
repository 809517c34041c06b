package activities_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/improvement"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/uptime"
	"turnus/report"
	"turnus/store"
)

// within is a plan of the desk that agrees a recovery time from the disruption.
func within(rto agreement.Duration) continuity.Plan {
	return continuity.Plan{Service: "desk", Scenario: "fire", Objectives: continuity.Agreed{RTO: &rto, From: continuity.FromDisruption}}
}

// covers lists what is proved of the desk's plans.
func (a altering) covers() (all []string) {
	a.Helper()
	list, _, err := a.store.ContinuityCoverage(a.Context(), now, store.ContinuityCovered{Sight: store.Sight{All: true}}, store.Page{})
	require.NoError(a, err)
	for _, c := range list {
		said := fmt.Sprint(c.Plan, " ", c.State, " ", c.Type, " ", c.Run)
		for _, s := range c.Since {
			said += " | " + s.Name + " " + s.Detail.En
		}
		all = append(all, said)
	}
	return all
}

// decides has the owner say what the outages of a review say about plans, and
// the report drafted and published.
func (a altering) decides(period string, said map[string]report.Says) (asked task.Question, published report.Report) {
	a.Helper()
	f := a.reviews(period)
	st := run.Step{Run: f.Run, Round: f.Round}
	d, err := a.set.AvailabilityReviewDraft(a.Context(), st)
	require.NoError(a, err)
	require.Len(a, d.Ask, 1)
	m := task.Message{Outcome: task.Done, Fields: task.Values{}}
	for _, x := range d.Ask[0].Fields {
		m.Fields[x.Name] = []byte(`"` + said[x.Name[strings.LastIndex(x.Name, ".plan.")+len(".plan."):]] + `"`)
	}
	k := storetest.Ask(a, a.store, now, st, d.Ask[0])
	storetest.Answer(a, a.store, now, "olga", k, m)
	drafted, err := a.set.AvailabilityReviewDraft(a.Context(), st)
	require.NoError(a, err)
	require.Empty(a, drafted.Ask)
	storetest.End(a, a.store, now, "max", "olga", f.Run, run.Published)
	published, err = a.store.Report(a.Context(), f.Run)
	require.NoError(a, err)
	return d.Ask[0], published
}

// A real outage is proposed as proof or disproof of the plans that were in force;
// the owner decides, the approver of the report approves it, and coverage has it
// from the report that is in force.
func TestOutagesProveAndDisprovePlans(t *testing.T) {
	a := newReviewed(t) // an outage of four hours on the 10th of February
	before := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	storetest.PlanVersion(t, a.store, before, "desk-fire", 1, within(3*3600))
	storetest.PlanVersion(t, a.store, before, "desk-flood", 1, within(4*3600))
	storetest.PlanVersion(t, a.store, before.AddDate(0, 0, 20), "desk-later", 1, within(4*3600))
	require.Equal(t, []string{"desk-fire never  ", "desk-flood never  ", "desk-later never  "}, a.covers())

	asked, r := a.decides("2026-02", map[string]report.Says{"desk-fire": report.Disproves, "desk-flood": report.Proves})
	require.Len(t, asked.Fields, 2, "the owner isn't asked for causes, nor about a plan of later")
	for i, says := range []string{"disproves", "proves"} {
		require.Equal(t, says, asked.Fields[i].Options[0].Value)
		require.Equal(t, "nothing", asked.Fields[i].Options[1].Value)
		require.Contains(t, asked.Fields[i].Help.En, "It lasted 4\u202fh")
	}
	var words []string
	for _, s := range r.Sections {
		words = append(words, s.Title.De)
	}
	require.Contains(t, words, "Was Ausfälle über die Notfallpläne aussagen")
	require.NotContains(t, words, "Ursachen und Maßnahmen")
	require.Equal(t, []string{"desk-fire failed   | availability-review/desk/2026-02 real outage: failed; achieved 4\u202fh, agreed 3\u202fh",
		"desk-flood doubtful outage availability-review/desk/2026-02 | gold agreement gold, version 1", "desk-later never  "}, a.covers())
	failed := a.registered(improvement.FailedObjective)
	require.Len(t, failed, 1)
	require.Contains(t, failed[0].Title.En, "desk-fire")
	for _, e := range r.Evidence {
		require.Equal(t, "olga", e.By)
	}

	// Decided anew in a further attempt, whose report takes the place of the first.
	_, _ = a.decides("2026-02", map[string]report.Says{"desk-fire": report.SaysNothing, "desk-flood": report.SaysNothing})
	require.Equal(t, []string{"desk-fire never  ", "desk-flood never  ", "desk-later never  "}, a.covers())
	require.Len(t, a.registered(improvement.FailedObjective), 1, "what was found stays, for a person to deal with")
}

// What a person may decide is what the length says, or that it says nothing: an
// outage that took too long proves nothing, whoever says so.
func TestAnOutageDoesntProveAgainstItsLength(t *testing.T) {
	a := newReviewed(t)
	storetest.PlanVersion(t, a.store, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), "desk-fire", 1, within(3*3600))
	f := a.reviews("2026-02")
	st := run.Step{Run: f.Run, Round: f.Round}
	d, err := a.set.AvailabilityReviewDraft(t.Context(), st)
	require.NoError(t, err)
	k := storetest.Ask(t, a.store, now, st, d.Ask[0])
	_, err = k.CheckAnswer(task.Done, task.Values{k.Fields[0].Name: []byte(`"proves"`)}, now)
	require.ErrorContains(t, err, k.Fields[0].Name)
	_, err = k.CheckAnswer(task.Done, task.Values{}, now)
	require.ErrorContains(t, err, k.Fields[0].Name, "it has to be decided")

	// A quarter is the sum of its months, in which it was asked.
	q := a.reviews("2026-Q1")
	d, err = a.set.AvailabilityReviewDraft(t.Context(), run.Step{Run: q.Run, Round: q.Round})
	require.NoError(t, err)
	require.Empty(t, d.Ask)
}

// An outage is decided on in the month in which it ended, by the plan of its
// beginning: once, with its whole length.
func TestAnOutageIsDecidedOnWhereItEnded(t *testing.T) {
	a := newReviewed(t)
	storetest.PlanVersion(t, a.store, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), "desk-fire", 1, within(3*3600))
	storetest.PlanVersion(t, a.store, time.Date(2026, 2, 28, 22, 59, 0, 0, time.UTC), "desk-fire", 2, within(5*3600))
	from := time.Date(2026, 2, 28, 22, 0, 0, 0, time.UTC) // 23 o'clock in Berlin
	_, err := a.store.ImportOutages(t.Context(), store.Intake{Service: "desk", Format: "csv", AsOf: now, Since: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Now: now, By: "admin"},
		func(yield func(uptime.Outage, error) bool) {
			yield(uptime.Outage{Reference: "F2", From: from, To: from.Add(4 * time.Hour), Row: 1}, nil)
		}, nil)
	require.NoError(t, err)
	asked, _ := a.decides("2026-02", map[string]report.Says{"desk-fire": report.SaysNothing})
	require.Len(t, asked.Fields, 1, "of the 10th")
	asked, r := a.decides("2026-03", map[string]report.Says{"desk-fire": report.Disproves})
	require.Len(t, asked.Fields, 1)
	require.Equal(t, []any{1, int64(4 * 3600), report.Disproves}, []any{r.Evidence[0].Version, r.Evidence[0].Seconds, r.Evidence[0].Decided})
	require.Contains(t, a.covers()[0], "desk-fire failed")
}

// Whoever declared a plan that outages may prove doesn't approve the report that
// says so.
func TestWhoDeclaredAPlanDoesntApproveItsProof(t *testing.T) {
	a := newReviewed(t)
	storetest.PlanVersion(t, a.store, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), "desk-fire", 1, within(4*3600)) // by root
	f := a.drafts("2026-02")
	var involved string
	require.NoError(t, a.store.DB().QueryRowContext(t.Context(), "SELECT coalesce(string_agg(how || ' ' || about, ', '), '') FROM involvement WHERE run = $1 AND person = 'root'", f.Run).Scan(&involved))
	require.Equal(t, "declared ContinuityPlan/desk-fire", involved)
}

// Of more outages than a task has room for, the owner is asked about those that
// disprove, and the longest.
func TestOfManyOutagesTheGravestAreAskedAbout(t *testing.T) {
	a := newReviewed(t)
	storetest.PlanVersion(t, a.store, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), "desk-fire", 1, within(3*3600))
	begins := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	_, err := a.store.ImportOutages(t.Context(), store.Intake{Service: "desk", Format: "csv", AsOf: now, Since: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Now: now, By: "admin"},
		func(yield func(uptime.Outage, error) bool) {
			for i := range 100 {
				from := begins.Add(time.Duration(i) * 6 * time.Hour)
				lasted := time.Minute
				if i == 99 { // the last one
					lasted = 4 * time.Hour
				}
				if !yield(uptime.Outage{Reference: fmt.Sprint("M", i), From: from, To: from.Add(lasted), Row: int64(i + 1)}, nil) {
					return
				}
			}
		}, nil)
	require.NoError(t, err)
	asked, r := a.decides("2026-03", map[string]report.Says{"desk-fire": report.SaysNothing})
	require.Len(t, asked.Fields, report.MaxEvidence)
	last := asked.Fields[len(asked.Fields)-1]
	require.Equal(t, "disproves", last.Options[0].Value, "what disproves is asked about, and in the order of time")
	require.Len(t, r.Evidence, report.MaxEvidence, "each of them is decided on")
	for _, e := range r.Evidence {
		require.Equal(t, report.SaysNothing, e.Decided)
	}
	i := slices.IndexFunc(r.Sections, func(s report.Section) bool { return s.Title.En == "What outages say about the continuity plans" })
	words, err := json.Marshal(r.Sections[i])
	require.NoError(t, err)
	require.True(t, strings.Contains(string(words), "25 more") && strings.Contains(string(words), "25 weitere"), "what isn't decided on isn't left out silently")
}
