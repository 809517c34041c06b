package workflows_test

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/canonical"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
)

const drillKey = "desk-loss"

// responders are those who take part in drills of the desk.
var responders = desk + `
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: dora}, spec: {roles: [viewer]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: emil}, spec: {roles: [viewer]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: berta}, spec: {roles: [viewer]}}
`

func deskPlan() continuity.Plan {
	rto, rpo, mtpd, level := agreement.Duration(7200), agreement.Duration(3600), agreement.Duration(14400), agreement.Decimal("60")
	step := func(name, owner string, marks continuity.Event, after ...string) continuity.Step {
		return continuity.Step{Name: name, Title: "Do " + name, Owner: owner, Takes: 1800, After: after, Marks: marks}
	}
	return continuity.Plan{Service: "desk", Scenario: "The site is lost", Invocation: "The duty manager says so", Offsite: "Safe at the second site", Business: "berta",
		Objectives: continuity.Agreed{RTO: &rto, From: continuity.FromDisruption, RPO: &rpo, MBCO: &level, MTPD: &mtpd},
		Steps: []continuity.Step{step("invoke", "bert", continuity.Invoked), step("db", "dora", "", "invoke"), step("app", "emil", "", "invoke"),
			step("open", "bert", continuity.Technical, "db", "app")},
		Return: []continuity.Step{step("switch", "dora", "")}}
}

// puts puts a version of the desk's continuity plan in force.
func (h *house) puts(version int, plan continuity.Plan, at time.Time) {
	h.putsAs(drillKey, version, plan, at)
}

func (h *house) putsAs(name string, version int, plan continuity.Plan, at time.Time) {
	spec, err := canonical.JSON(plan)
	require.NoError(h, err)
	doc := resource.Raw{APIVersion: resource.APIVersion, Kind: resource.ContinuityPlan, Metadata: resource.Metadata{Name: name, DisplayName: text.New("Loss of the site", "Ausfall des Standorts")}, Spec: spec}
	hash, err := canonical.Hash(doc)
	require.NoError(h, err)
	b, err := json.Marshal(doc)
	require.NoError(h, err)
	_, err = h.store.DB().Exec(`INSERT INTO resource (kind, name, version, document, hash, valid_from, at, person) VALUES ('ContinuityPlan', $1, $2, $3, $4, $5, $5, 'olga')`, name, version, string(b), hash, at)
	require.NoError(h, err)
}

// drilling is a drill of the desk's plan that is about to begin.
func drilling(t *testing.T, retests string) *house {
	h := declared(t, responders)
	h.puts(1, deskPlan(), friday.Add(-aDay))
	h.start(store.NewRun{Key: run.Key{Process: process.ContinuityDrill, Scope: drillKey, Period: "2026-11-06"}, Owner: "olga", By: person.Actor{Person: "olga"}, Retests: retests})
	h.env.SetTestTimeout(time.Minute)
	return h
}

func setup(kind continuity.Type) answers {
	return answers{"type": string(kind), "date": "2026-11-06", "scenario": "The site is lost", "conductor": "anna", "deputy": "bert", "risk": "The desk is away", "rollback": "Switch back", "stop": "Callers notice"}
}

// script has a drill planned and approved, and its scenario begun four hours
// after the start.
func (h *house) script(kind continuity.Type) (begun time.Time) {
	h.says(time.Hour, "olga", 1, process.DrillPlan, task.Done, setup(kind))
	h.says(2*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	begun = friday.Add(4 * time.Hour)
	h.says(4*time.Hour+time.Minute, "anna", 1, process.DrillBegin, task.Done, answers{"disruption": begun.Format(time.RFC3339), "offsite": "yes"})
	return begun
}

func (h *house) steps(from time.Duration, all ...[2]string) (at time.Duration) {
	at = from
	for _, s := range all {
		at += 5 * time.Minute
		h.says(at, s[0], 1, s[1], task.Done, nil)
	}
	return at
}

// close has a drill evaluated, reviewed and its report approved.
func (h *house) close(at time.Duration, more answers) {
	eval := answers{"integrity": "whole"}
	for k, v := range more {
		eval[k] = v
	}
	h.says(at+5*time.Minute, "anna", 1, process.DrillEvaluate, task.Done, eval)
	h.says(at+10*time.Minute, "anna", 1, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"})
	h.says(at+15*time.Minute, "olga", 1, process.DrillReview, task.Done, answers{"review": "seen"})
	h.says(at+30*time.Minute, "otto", 2, process.Approval, task.Approve, nil)
}

// changed reports a major change of the desk, which asks for another drill.
func (h *house) changed() {
	_, err := h.store.Happened(context.Background(), person.Actor{Person: "olga", Roles: []person.Role{person.ProcessOwner}}, friday.Add(-time.Hour), planning.MajorChange, "desk", "Moved to another provider", "changed")
	require.NoError(h, err)
	require.Equal(h, []string{"retest-asked open"}, h.lines("SELECT kind || ' ' || state FROM finding"))
}

func TestADrillIsPlannedCarriedOutAndReportedOn(t *testing.T) {
	h := drilling(t, "")
	h.changed()
	begun := h.script(continuity.Component)
	h.at(4*time.Hour+2*time.Minute, func() { h.puts(2, deskPlan(), h.env.Now()) })
	at := h.steps(4*time.Hour+2*time.Minute, [2]string{"bert", "step-1"}, [2]string{"emil", "step-3"}, [2]string{"dora", "step-2"}, [2]string{"bert", "step-4"})
	h.says(at+5*time.Minute, "berta", 1, "confirm-1", task.Pass, nil)
	h.says(at+6*time.Minute, "anna", 1, "conduct-1", task.Done, nil)
	h.says(at+7*time.Minute, "dora", 1, "back-1", task.Done, nil)
	h.says(at+8*time.Minute, "berta", 1, "normal-1", task.Pass, nil)
	h.close(at+8*time.Minute, answers{"snapshot": begun.Add(-10 * time.Minute).Format(time.RFC3339), "capacity": "80"})
	r := h.run()
	require.Equal(t, run.Published, r.State)
	f, err := store.Frozen[drill.Frozen](context.Background(), h.store, run.Step{Run: h.in.Run, Round: 2})
	require.NoError(t, err)
	require.Equal(t, continuity.Pass, f.Happened.Result.Overall)
	require.Equal(t, 1, f.Plan.Version, "the version that was approved")
	require.Equal(t, 2, f.Newer, "and it says so")
	require.Equal(t, []string{"retest-asked closed"}, h.lines("SELECT kind || ' ' || state FROM finding WHERE kind = 'retest-asked'"))
	require.Equal(t, []string{"mbco_pct 60 80 pass", "rpo PT1H 600 pass", "rto PT2H 1620 pass"},
		h.lines("SELECT objective || ' ' || value || ' ' || coalesce(achieved, '-') || ' ' || verdict FROM drill_objective ORDER BY objective"))
	for _, x := range r.Tasks {
		require.NotEqual(t, task.Open, x.State, x.ID)
	}
}

// Nobody conducts who decides: whoever leads the drill, and whoever declared its
// plan, doesn't approve it.
func TestWhoConductsDoesntApprove(t *testing.T) {
	h := drilling(t, "")
	h.says(time.Hour, "olga", 1, process.DrillPlan, task.Done, setup(continuity.Tabletop))
	no := h.says(2*time.Hour, "anna", 1, process.Approval, task.Approve, nil)
	h.says(3*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	h.says(4*time.Hour, "anna", 1, process.DrillDiscuss, task.Done, answers{"rta": "PT3H", "notes": "Talked through.", "offsite": "no"})
	h.says(5*time.Hour, "anna", 1, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"})
	h.says(6*time.Hour, "olga", 1, process.DrillReview, task.Done, answers{"review": "seen"})
	again := h.says(7*time.Hour, "anna", 2, process.Approval, task.Approve, nil)
	h.says(8*time.Hour, "otto", 2, process.Approval, task.RequestChanges, nil)
	h.says(9*time.Hour, "olga", 2, process.Changes, task.Ready, nil)
	h.says(10*time.Hour, "otto", 3, process.Approval, task.Approve, nil)
	require.Equal(t, run.Published, h.run().State)
	require.ErrorContains(t, no.failed, "conducts")
	require.ErrorContains(t, again.failed, "conducts")
	require.Equal(t, []string{"2026-11-06 15:00"}, h.lines("SELECT to_char(held_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') FROM drill"), "a discussion is held at some time, too")
	require.Equal(t, []string{"estimated estimated", "estimated estimated", "estimated estimated"}, h.lines("SELECT overall || ' ' || verdict FROM drill JOIN drill_objective USING (run)"))
}

// In earnest a plan is carried out as in a drill: somebody who doesn't conduct it
// confirms that it is invoked, what was done by then counts when it happened, and
// what was recovered proves as much as a full interruption.
func TestAnInvocationRunsAsADrillDoes(t *testing.T) {
	h := drilling(t, "")
	begun := friday.Add(-2 * time.Hour)
	earnest := setup(continuity.Invocation)
	for _, name := range []string{"risk", "rollback", "stop"} {
		delete(earnest, name)
	}
	lacking := h.says(30*time.Minute, "olga", 1, process.DrillPlan, task.Done, earnest)
	said := maps.Clone(earnest)
	said["production"] = "The desk is away"
	h.says(time.Hour, "olga", 1, process.DrillPlan, task.Done, said)
	no := h.says(61*time.Minute, "anna", 1, process.Approval, task.Approve, nil)
	h.says(62*time.Minute, "max", 1, process.Approval, task.Approve, nil)
	h.says(63*time.Minute, "anna", 1, process.DrillBegin, task.Done, answers{"disruption": begun.Format(time.RFC3339), "offsite": "yes"})
	h.says(64*time.Minute, "bert", 1, "step-1", task.Done, answers{"at": begun.Add(10 * time.Minute).Format(time.RFC3339)})
	h.says(65*time.Minute, "dora", 1, "step-2", task.Done, answers{"at": begun.Add(40 * time.Minute).Format(time.RFC3339)})
	h.says(66*time.Minute, "emil", 1, "step-3", task.Done, answers{"at": begun.Add(50 * time.Minute).Format(time.RFC3339)})
	h.says(67*time.Minute, "bert", 1, "step-4", task.Done, answers{"at": begun.Add(90 * time.Minute).Format(time.RFC3339)})
	h.says(68*time.Minute, "berta", 1, "confirm-1", task.Pass, answers{"at": begun.Add(100 * time.Minute).Format(time.RFC3339)})
	h.says(2*aDay, "anna", 1, "conduct-1", task.Done, nil)
	h.says(2*aDay+time.Hour, "dora", 1, "back-1", task.Done, nil)
	h.says(2*aDay+2*time.Hour, "berta", 1, "normal-1", task.Pass, nil)
	at := 2*aDay + 2*time.Hour
	silent := h.says(at+time.Minute, "anna", 1, process.DrillEvaluate, task.Done, answers{"integrity": "whole"})
	h.close(at+2*time.Minute, answers{"snapshot": begun.Add(-10 * time.Minute).Format(time.RFC3339), "capacity": "80",
		"cause": "A fire", "impact": "Callers waited", "recovery": "The desk, at the second site"})
	require.Equal(t, run.Published, h.run().State)
	require.ErrorContains(t, lacking.failed, "fields.production")
	require.ErrorContains(t, no.failed, "conducts")
	require.ErrorContains(t, silent.failed, "fields.cause")
	f, err := store.Frozen[drill.Frozen](context.Background(), h.store, run.Step{Run: h.in.Run, Round: 2})
	require.NoError(t, err)
	require.Equal(t, continuity.Pass, f.Happened.Result.Overall)
	require.Equal(t, "A fire", f.Happened.Evaluation.Cause)
	require.Equal(t, []string{"mbco_pct 60 80 pass", "rpo PT1H 600 pass", "rto PT2H 6000 pass"},
		h.lines("SELECT objective || ' ' || value || ' ' || coalesce(achieved, '-') || ' ' || verdict FROM drill_objective ORDER BY objective"))
	covered, _, err := h.store.ContinuityCoverage(context.Background(), friday.Add(4*aDay), store.ContinuityCovered{Sight: store.Sight{All: true}}, store.Page{})
	require.NoError(t, err)
	require.Len(t, covered, 3)
	for _, c := range covered {
		require.Equal(t, continuity.Proved, c.State, c.Objective)
		require.Equal(t, continuity.Invocation, c.Type)
	}
}

// Aborted, a drill cancels what is open and opens the steps back; a task that was
// open then takes no answer any more.
func TestAnAbortedDrillGoesBack(t *testing.T) {
	h := drilling(t, "")
	h.changed()
	h.script(continuity.FullInterruption)
	at := h.steps(4*time.Hour+2*time.Minute, [2]string{"bert", "step-1"})
	h.says(at+time.Minute, "anna", 1, "conduct-1", task.Abort, nil)
	late := h.says(at+2*time.Minute, "dora", 1, "step-2", task.Done, nil)
	h.says(at+3*time.Minute, "dora", 1, "back-1", task.Done, nil)
	h.says(at+4*time.Minute, "berta", 1, "normal-1", task.Pass, nil)
	h.says(at+10*time.Minute, "anna", 1, process.DrillEvaluate, task.Done, answers{"integrity": "no-data"})
	h.says(at+11*time.Minute, "anna", 1, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"})
	h.says(at+12*time.Minute, "olga", 1, process.DrillReview, task.Done, answers{"review": "seen", "retest": "2026-12-31"})
	h.says(at+30*time.Minute, "otto", 2, process.Approval, task.Approve, nil)
	require.Equal(t, run.Published, h.run().State)
	require.ErrorContains(t, late.failed, "isn't open any more")
	require.Equal(t, []string{"incomplete 2026-12-31"}, h.lines("SELECT overall || ' ' || retest FROM drill"))
	require.Equal(t, []string{"major-change desk olga: Moved to another provider"}, h.events(), "nothing is known to have failed")
	require.Equal(t, []string{"retest-asked open"}, h.lines("SELECT kind || ' ' || state FROM finding WHERE kind = 'retest-asked'"), "what is aborted shows nothing of the change")
	overdue := "SELECT title->>'en' FROM finding WHERE kind = 'overdue-retest'"
	require.NoError(t, h.store.MissRetests(context.Background(), time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC)))
	require.Empty(t, h.lines(overdue), "the day isn't over")
	for range 2 {
		require.NoError(t, h.store.MissRetests(context.Background(), time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)))
		require.Equal(t, []string{"No re-test followed the drill " + h.in.Run + " of the plan desk-loss by 31 December 2026."}, h.lines(overdue), "once")
	}
}

// Three days of a drill that nobody hurries: each step that isn't answered when it
// should be done is escalated, each by itself, and nothing ends by waiting.
func TestADrillOverDaysRemindsAndEscalates(t *testing.T) {
	h := drilling(t, "")
	begun := h.script(continuity.Functional)
	h.says(4*time.Hour+10*time.Minute, "bert", 1, "step-1", task.Done, nil)
	h.says(5*time.Hour, "dora", 1, "step-2", task.Pause, nil)
	h.says(2*aDay, "dora", 1, "paused-2", task.Resume, nil)
	h.at(2*aDay-time.Hour, func() {
		for step, want := range map[string]string{"step-3": "turnus task.opened, turnus task.remind, turnus task.escalate", "paused-2": "turnus task.opened, turnus task.remind, turnus task.escalate"} {
			require.Equal(h, want, strings.Join(h.actions("task/"+run.TaskID(h.in.Run, 1, step)), ", "), step)
		}
		require.Equal(h, run.Waiting, h.record().State)
	})
	h.says(2*aDay+20*time.Minute, "dora", 1, "step-2-2", task.Done, nil)
	h.says(3*aDay, "emil", 1, "step-3", task.Done, nil)
	h.says(3*aDay+time.Hour, "bert", 1, "step-4", task.Done, nil)
	h.says(3*aDay+2*time.Hour, "berta", 1, "confirm-1", task.Pass, nil)
	h.says(3*aDay+3*time.Hour, "anna", 1, "conduct-1", task.Done, nil)
	h.says(3*aDay+4*time.Hour, "dora", 1, "back-1", task.Done, nil)
	h.says(3*aDay+5*time.Hour, "berta", 1, "normal-1", task.Pass, nil)
	at := 3*aDay + 5*time.Hour
	h.says(at+10*time.Minute, "anna", 1, process.DrillEvaluate, task.Done, answers{"integrity": "whole", "snapshot": begun.Add(-time.Minute).Format(time.RFC3339)})
	h.says(at+11*time.Minute, "anna", 1, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"})
	h.says(at+12*time.Minute, "olga", 1, process.DrillReview, task.Done, answers{"review": "seen", "retest": "2026-12-31"})
	h.says(at+30*time.Minute, "otto", 2, process.Approval, task.Approve, nil)
	require.Equal(t, run.Published, h.run().State)
	f, err := store.Frozen[drill.Frozen](context.Background(), h.store, run.Step{Run: h.in.Run, Round: 2})
	require.NoError(t, err)
	require.Equal(t, continuity.Fail, f.Happened.Result.Verdicts.RTO)
	require.EqualValues(t, 43*3600, f.Happened.Steps[1].Paused)
}

// lines are the rows of a query with one text each.
func (h *house) lines(query string) (all []string) {
	rows, err := h.store.DB().Query(query)
	require.NoError(h, err)
	defer rows.Close()
	for rows.Next() {
		var s string
		require.NoError(h, rows.Scan(&s))
		all = append(all, s)
	}
	require.NoError(h, rows.Err())
	return all
}

// What failed stays found until a drill of a type no weaker proves it, under the
// plan as it is by then.
func TestARetestClosesWhatFailed(t *testing.T) {
	h := drilling(t, "")
	begun := h.script(continuity.Functional)
	at := h.steps(4*time.Hour+2*time.Minute, [2]string{"bert", "step-1"}, [2]string{"emil", "step-3"}, [2]string{"dora", "step-2"}, [2]string{"bert", "step-4"})
	h.says(at+3*time.Hour, "berta", 1, "confirm-1", task.Pass, answers{"at": begun.Add(2*time.Hour + time.Minute).Format(time.RFC3339)})
	at += 3 * time.Hour
	h.says(at+time.Minute, "anna", 1, "conduct-1", task.Done, nil)
	h.says(at+2*time.Minute, "dora", 1, "back-1", task.Done, nil)
	h.says(at+3*time.Minute, "berta", 1, "normal-1", task.Pass, nil)
	h.says(at+10*time.Minute, "anna", 1, process.DrillEvaluate, task.Done, answers{"integrity": "whole", "snapshot": begun.Add(-time.Minute).Format(time.RFC3339)})
	h.says(at+11*time.Minute, "anna", 1, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"})
	h.says(at+12*time.Minute, "olga", 1, process.DrillReview, task.Done, answers{"review": "seen", "retest": "2026-12-31"})
	h.says(at+30*time.Minute, "otto", 2, process.Approval, task.Approve, nil)
	require.Equal(t, run.Published, h.run().State)
	found := func() []string {
		return h.lines("SELECT kind || ' ' || key || ' ' || state FROM finding ORDER BY id")
	}
	require.Equal(t, []string{"failed-objective failed-objective/desk/desk-loss/rta open"}, found())

	first := h.in.Run
	h.startAt(friday.AddDate(0, 0, 1), store.NewRun{Key: run.Key{Process: process.ContinuityDrill, Scope: drillKey, Period: "2026-11-07"}, Owner: "olga", By: person.Actor{Person: "olga"}, Retests: first})
	next := func(of continuity.Type) answers {
		planned := setup(of)
		planned["date"] = "2026-11-07"
		return planned
	}
	weaker := h.says(30*time.Minute, "olga", 1, process.DrillPlan, task.Done, next(continuity.Component))
	h.says(time.Hour, "olga", 1, process.DrillPlan, task.Done, next(continuity.Functional))
	h.says(2*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	begun = begun.AddDate(0, 0, 1)
	h.says(4*time.Hour+time.Minute, "anna", 1, process.DrillBegin, task.Done, answers{"disruption": begun.Format(time.RFC3339), "offsite": "yes"})
	at = h.steps(4*time.Hour+2*time.Minute, [2]string{"bert", "step-1"}, [2]string{"emil", "step-3"}, [2]string{"dora", "step-2"}, [2]string{"bert", "step-4"})
	h.says(at+5*time.Minute, "berta", 1, "confirm-1", task.Pass, nil)
	h.says(at+6*time.Minute, "anna", 1, "conduct-1", task.Done, nil)
	h.says(at+7*time.Minute, "dora", 1, "back-1", task.Done, nil)
	h.says(at+8*time.Minute, "berta", 1, "normal-1", task.Pass, nil)
	h.close(at+8*time.Minute, answers{"snapshot": begun.Add(-10 * time.Minute).Format(time.RFC3339), "capacity": "80"})
	require.Equal(t, run.Published, h.run().State)
	require.ErrorContains(t, weaker.failed, "weaker")
	require.Equal(t, []string{"failed-objective failed-objective/desk/desk-loss/rta closed"}, found())
	require.Equal(t, []string{first}, h.lines("SELECT retests FROM drill WHERE retests IS NOT NULL"))
}
