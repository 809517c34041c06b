package workflows_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
)

// exercised plays a drill of the desk to its report, begun four hours after the
// start, with the minimum level confirmed so long after that.
func (h *house) exercised(on string, start time.Time, confirmed time.Duration, retest bool, end string, script func(at time.Duration)) {
	planned := setup(continuity.Component)
	planned["date"] = on
	h.exercisedAs(planned, start, confirmed, retest, end, script)
}

func (h *house) exercisedAs(planned answers, start time.Time, confirmed time.Duration, retest bool, end string, script func(at time.Duration)) {
	begun := start.Add(4 * time.Hour)
	h.says(time.Hour, "olga", 1, process.DrillPlan, task.Done, planned)
	h.says(2*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	h.says(4*time.Hour+time.Minute, "anna", 1, process.DrillBegin, task.Done, answers{"disruption": begun.Format(time.RFC3339), "offsite": "yes"})
	script(4*time.Hour + 2*time.Minute)
	at := 4*time.Hour + confirmed
	h.says(at, "berta", 1, "confirm-1", task.Pass, nil)
	h.says(at+time.Minute, "anna", 1, end, task.Done, nil)
	h.says(at+2*time.Minute, "dora", 1, "back-1", task.Done, nil)
	h.says(at+3*time.Minute, "berta", 1, "normal-1", task.Pass, nil)
	h.says(at+5*time.Minute, "anna", 1, process.DrillEvaluate, task.Done, answers{"integrity": "whole", "capacity": "80", "snapshot": begun.Add(-time.Minute).Format(time.RFC3339)})
	h.says(at+10*time.Minute, "anna", 1, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"})
	review := answers{"review": "seen"}
	if retest {
		review["retest"] = "2026-12-31"
	}
	h.says(at+15*time.Minute, "olga", 1, process.DrillReview, task.Done, review)
	h.says(at+30*time.Minute, "otto", 2, process.Approval, task.Approve, nil)
}

func (h *house) allSteps(at time.Duration) {
	h.steps(at, [2]string{"bert", "step-1"}, [2]string{"emil", "step-3"}, [2]string{"dora", "step-2"}, [2]string{"bert", "step-4"})
}

// covered is what is proved of an objective a week after all that.
func (h *house) covered(objective string) continuity.Coverage {
	all, _, err := h.store.ContinuityCoverage(context.Background(), friday.AddDate(0, 0, 14), store.ContinuityCovered{Sight: store.Sight{All: true}}, store.Page{})
	require.NoError(h, err)
	i := slices.IndexFunc(all, func(c continuity.Coverage) bool { return c.Objective == objective })
	require.GreaterOrEqual(h, i, 0)
	return all[i]
}

// What a drill met without some of its steps is in doubt, and says which; what a
// component test leaves out by its approved setup isn't missing.
func TestWhatIsMetWithoutStepsIsInDoubt(t *testing.T) {
	for name, c := range map[string]struct {
		without func(h *house, at time.Duration)
		end     string
		leftOut string
		retest  bool
		state   continuity.State
		since   []text.Text
	}{
		"skipped": {func(h *house, at time.Duration) {
			h.says(at+3*time.Minute, "emil", 1, "step-3", task.Skip, nil)
			h.says(at+4*time.Minute, "anna", 1, "conduct-1", task.Direct, answers{"order": "go-on", "step": "open"})
		}, "conduct-1-2", "", true, continuity.Doubtful, []text.Text{text.New("component test: step that wasn't carried out: app", "Funktionstest: nicht ausgeführter Schritt: app")}},
		"left out": {func(*house, time.Duration) {}, "conduct-1", "app", false, continuity.Proved, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := drilling(t, "")
			planned := setup(continuity.Component)
			if c.leftOut != "" {
				planned["left-out"] = c.leftOut
			}
			h.exercisedAs(planned, friday, time.Hour, c.retest, c.end, func(at time.Duration) {
				h.says(at+time.Minute, "bert", 1, "step-1", task.Done, nil)
				h.says(at+2*time.Minute, "dora", 1, "step-2", task.Done, nil)
				c.without(h, at)
				h.says(at+5*time.Minute, "bert", 1, "step-4", task.Done, nil)
			})
			require.Equal(t, run.Published, h.run().State)
			for _, objective := range []string{"rto", "rpo", "mbco_pct"} {
				got := h.covered(objective)
				require.Equal(t, []any{c.state, friday.Add(4 * time.Hour), h.in.Run, continuity.Component}, []any{got.State, *got.LastProved, got.Run, got.Type}, objective)
				var since []text.Text
				for _, x := range got.Since {
					require.Equal(t, []any{continuity.ChangedIncomplete, h.in.Run}, []any{x.What, x.Name})
					since = append(since, x.Detail)
				}
				require.Equal(t, c.since, since, objective)
			}
		})
	}
}

// A re-test closes what failed where it proves that: with all its steps, and the
// plan as it is now.
func TestWhatARetestCloses(t *testing.T) {
	for name, c := range map[string]struct {
		script  func(h *house, at time.Duration)
		end     string
		retest  bool
		state   string
		covered continuity.State
	}{
		"all of it, in time": {(*house).allSteps, "conduct-1", false, "closed", continuity.Proved},
		"a step was skipped": {func(h *house, at time.Duration) {
			h.says(at+time.Minute, "bert", 1, "step-1", task.Done, nil)
			h.says(at+2*time.Minute, "dora", 1, "step-2", task.Done, nil)
			h.says(at+3*time.Minute, "emil", 1, "step-3", task.Skip, nil)
			h.says(at+4*time.Minute, "anna", 1, "conduct-1", task.Direct, answers{"order": "go-on", "step": "open"})
			h.says(at+5*time.Minute, "bert", 1, "step-4", task.Done, nil)
		}, "conduct-1-2", true, "open", continuity.Failed},
		"the plan has changed since": {func(h *house, at time.Duration) {
			h.at(at, func() { h.puts(2, deskPlan(), h.env.Now()) })
			h.allSteps(at)
		}, "conduct-1", false, "open", continuity.Proved},
	} {
		t.Run(name, func(t *testing.T) {
			h := drilling(t, "")
			h.exercised("2026-11-06", friday, 3*time.Hour, true, "conduct-1", h.allSteps)
			failed := h.run()
			require.Equal(t, run.Published, failed.State)
			require.Equal(t, []string{"open"}, h.lines("SELECT state FROM finding WHERE kind = 'failed-objective'"))
			next := friday.AddDate(0, 0, 7)
			h.startAt(next, store.NewRun{Key: run.Key{Process: process.ContinuityDrill, Scope: drillKey, Period: "2026-11-13"}, Owner: "olga", By: person.Actor{Person: "olga"}, Retests: failed.ID})
			h.env.SetTestTimeout(time.Minute)
			h.exercised("2026-11-13", next, time.Hour, c.retest, c.end, func(at time.Duration) { c.script(h, at) })
			require.Equal(t, run.Published, h.run().State)
			require.Equal(t, []string{"pass"}, h.lines("SELECT verdict FROM drill_objective WHERE objective = 'rto' AND run LIKE '%2026-11-13'"))
			require.Equal(t, []string{c.state}, h.lines("SELECT state FROM finding WHERE kind = 'failed-objective'"))
			rto := h.covered("rto")
			require.Equal(t, c.covered, rto.State)
			require.Equal(t, []any{next.Add(4 * time.Hour), h.in.Run}, []any{*rto.LastProved, rto.Run})
		})
	}
}

// A missed deadline of a contact, and of the return to normal operation (MTW), is a
// finding and no verdict; a re-test that keeps one closes that one.
func TestWhatARetestClosesOfDeadlines(t *testing.T) {
	minutes, hours := agreement.Duration(10*60), agreement.Duration(3*3600)
	for name, c := range map[string]struct {
		called    time.Duration // of the re-test, from the disruption
		confirmed time.Duration
		want      []string
	}{
		"both kept": {8 * time.Minute, time.Hour, []string{"calls-late closed", "mtw closed"}},
		"the call":  {8 * time.Minute, 3 * time.Hour, []string{"calls-late closed", "mtw open"}},
		"neither":   {12 * time.Minute, 3 * time.Hour, []string{"calls-late open", "mtw open"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := drilling(t, "")
			plan := deskPlan()
			plan.Contacts = []continuity.Contact{{Name: "Provider", Role: "network", By: []string{"phone"}, Within: &minutes, From: continuity.Disruption}}
			plan.Objectives.MTW = &hours
			h.puts(2, plan, friday.Add(-time.Hour))
			call := func(start time.Time, after time.Duration) func(at time.Duration) {
				return func(at time.Duration) {
					h.says(at+15*time.Minute, "anna", 1, process.DrillCalls, task.Done, answers{"contact.1.reached": "yes", "contact.1.at": start.Add(4*time.Hour + after).Format(time.RFC3339)})
					h.allSteps(at + 20*time.Minute)
				}
			}
			h.exercised("2026-11-06", friday, 3*time.Hour, true, "conduct-1", call(friday, 11*time.Minute))
			failed := h.run()
			require.Equal(t, run.Published, failed.State)
			deadlines := func() []string {
				return h.lines("SELECT regexp_replace(key, '.*/', '') || ' ' || state FROM finding WHERE kind = 'drill-shortcoming' AND key ~ '(calls-late|mtw)$' ORDER BY key")
			}
			require.Equal(t, []string{"calls-late open", "mtw open"}, deadlines())
			next := friday.AddDate(0, 0, 7)
			h.startAt(next, store.NewRun{Key: run.Key{Process: process.ContinuityDrill, Scope: drillKey, Period: "2026-11-13"}, Owner: "olga", By: person.Actor{Person: "olga"}, Retests: failed.ID})
			h.env.SetTestTimeout(time.Minute)
			h.exercised("2026-11-13", next, c.confirmed, c.confirmed > 2*time.Hour, "conduct-1", call(next, c.called))
			require.Equal(t, run.Published, h.run().State)
			require.Equal(t, c.want, deadlines())
		})
	}
}

func (h *house) shortcomings() []string {
	return h.lines("SELECT regexp_replace(key, '.*/', '') || ' ' || state FROM finding WHERE kind = 'drill-shortcoming' ORDER BY key")
}

func (h *house) repeats(what, period string, at time.Time) {
	h.startAt(at, store.NewRun{Key: run.Key{Process: process.ContinuityDrill, Scope: drillKey, Period: period}, Owner: "olga", By: person.Actor{Person: "olga"}, Retests: what})
	h.env.SetTestTimeout(time.Minute)
}

// What a drill that passed left open of its deadlines some drill can close: it may be
// repeated, or the next one that keeps them closes it.
func TestADeadlineMissedByADrillThatPassedCanBeClosed(t *testing.T) {
	h := drilling(t, "")
	minutes := agreement.Duration(10 * 60)
	plan := deskPlan()
	plan.Contacts = []continuity.Contact{{Name: "Provider", Role: "network", By: []string{"phone"}, Within: &minutes, From: continuity.Disruption}}
	h.puts(2, plan, friday.Add(-time.Hour))
	call := func(start time.Time, after time.Duration) func(at time.Duration) {
		return func(at time.Duration) {
			h.says(at+15*time.Minute, "anna", 1, process.DrillCalls, task.Done, answers{"contact.1.reached": "yes", "contact.1.at": start.Add(4*time.Hour + after).Format(time.RFC3339)})
			h.allSteps(at + 20*time.Minute)
		}
	}
	h.exercised("2026-11-06", friday, time.Hour, false, "conduct-1", call(friday, 11*time.Minute))
	require.Equal(t, run.Published, h.run().State)
	require.Equal(t, []string{"pass"}, h.lines("SELECT overall FROM drill"))
	require.Equal(t, []string{"calls-late open"}, h.shortcomings())
	first, next := h.in.Run, friday.AddDate(0, 0, 7)
	_, _, err := h.store.Begin(h.Context(), next, store.NewRun{Key: run.Key{Process: process.ContinuityDrill, Scope: drillKey, Period: "2026-11-12"}, Owner: "olga", By: person.Actor{Person: "olga"}, Retests: first})
	t.Log("a re-test of it:", err)
	h.repeats("", "2026-11-13", next)
	h.exercised("2026-11-13", next, time.Hour, false, "conduct-1", call(next, 8*time.Minute))
	require.Equal(t, run.Published, h.run().State)
	require.True(t, err == nil || h.shortcomings()[0] == "calls-late closed", "%v; then %v", err, h.shortcomings())
}

// What a stronger drill found of MTW a re-test of a weaker one doesn't close, as it
// doesn't close what that failed.
func TestAWeakerRetestClosesNoMTWOfAStrongerDrill(t *testing.T) {
	h := drilling(t, "")
	hours := agreement.Duration(150 * 60)
	plan := deskPlan()
	plan.Objectives.MTW = &hours
	h.puts(2, plan, friday.Add(-time.Hour))
	stronger := setup(continuity.Functional)
	h.exercisedAs(stronger, friday, 3*time.Hour, true, "conduct-1", h.allSteps)
	require.Equal(t, run.Published, h.run().State)
	second := friday.AddDate(0, 0, 7)
	h.repeats("", "2026-11-13", second)
	h.exercised("2026-11-13", second, 3*time.Hour, true, "conduct-1", h.allSteps) // a component test
	require.Equal(t, run.Published, h.run().State)
	weak, third := h.in.Run, friday.AddDate(0, 0, 14)
	h.repeats(weak, "2026-11-20", third)
	h.exercised("2026-11-20", third, time.Hour, false, "conduct-1", h.allSteps)
	require.Equal(t, run.Published, h.run().State)
	require.Equal(t, []string{"open"}, h.lines("SELECT state FROM finding WHERE kind = 'failed-objective'"))
	require.Equal(t, []string{"mtw open"}, h.shortcomings())
}

// A late call that a component test found, and one that a call-tree drill found, are
// two findings, since neither lifts what the other shows: each is closed by its own.
func TestALateCallOfTwoKindsOfDrillsCanBeClosed(t *testing.T) {
	h := drilling(t, "")
	minutes := agreement.Duration(10 * 60)
	pct := agreement.Decimal("50")
	plan := deskPlan()
	plan.Contacts = []continuity.Contact{{Name: "Provider", Role: "network", By: []string{"phone"}, Within: &minutes, From: continuity.Disruption}}
	plan.Objectives.Contacts = &pct
	h.puts(2, plan, friday.Add(-time.Hour))
	reached := func(start time.Time, after time.Duration) answers {
		return answers{"contact.1.reached": "yes", "contact.1.at": start.Add(4*time.Hour + after).Format(time.RFC3339)}
	}
	component := func(on string, start time.Time, after time.Duration) {
		h.exercised(on, start, time.Hour, false, "conduct-1", func(at time.Duration) {
			h.says(at+15*time.Minute, "anna", 1, process.DrillCalls, task.Done, reached(start, after))
			h.allSteps(at + 20*time.Minute)
		})
		require.Equal(t, run.Published, h.run().State)
	}
	callTree := func(on string, start time.Time, after time.Duration) {
		planned := setup(continuity.CallTree)
		planned["date"] = on
		h.says(time.Hour, "olga", 1, process.DrillPlan, task.Done, planned)
		h.says(2*time.Hour, "max", 1, process.Approval, task.Approve, nil)
		at := 4 * time.Hour
		h.says(at+time.Minute, "anna", 1, process.DrillBegin, task.Done, answers{"disruption": start.Add(at).Format(time.RFC3339), "offsite": "yes"})
		h.says(at+20*time.Minute, "anna", 1, process.DrillCalls, task.Done, reached(start, after))
		h.says(at+21*time.Minute, "anna", 1, "conduct-1", task.Done, nil)
		h.says(at+25*time.Minute, "anna", 1, process.DrillEvaluate, task.Done, answers{})
		h.says(at+30*time.Minute, "anna", 1, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"})
		h.says(at+35*time.Minute, "olga", 1, process.DrillReview, task.Done, answers{"review": "seen"})
		h.says(at+50*time.Minute, "otto", 2, process.Approval, task.Approve, nil)
	}
	component("2026-11-06", friday, 11*time.Minute)
	week := func(n int) time.Time { return friday.AddDate(0, 0, 7*n) }
	h.repeats("", "2026-11-13", week(1))
	callTree("2026-11-13", week(1), 11*time.Minute)
	require.Equal(t, run.Published, h.run().State)
	require.Equal(t, []string{"calls-late open", "calls-late-call-tree open"}, h.shortcomings())
	h.repeats("", "2026-11-20", week(2))
	component("2026-11-20", week(2), 5*time.Minute)
	h.repeats("", "2026-11-27", week(3))
	callTree("2026-11-27", week(3), 5*time.Minute)
	require.Equal(t, run.Published, h.run().State)
	require.Equal(t, []string{"calls-late closed", "calls-late-call-tree closed"}, h.shortcomings())
}

// Another attempt of the same drill, whose report takes the place of the first one's,
// says that the call was made in time: what the superseded report alone says against
// it is closed.
func TestALateCallThatAnotherAttemptPutsRightIsClosed(t *testing.T) {
	h := drilling(t, "")
	minutes := agreement.Duration(10 * 60)
	plan := deskPlan()
	plan.Contacts = []continuity.Contact{{Name: "Provider", Role: "network", By: []string{"phone"}, Within: &minutes, From: continuity.Disruption}}
	h.puts(2, plan, friday.Add(-time.Hour))
	call := func(after time.Duration) func(at time.Duration) {
		return func(at time.Duration) {
			h.says(at+15*time.Minute, "anna", 1, process.DrillCalls, task.Done, answers{"contact.1.reached": "yes", "contact.1.at": friday.Add(4*time.Hour + after).Format(time.RFC3339)})
			h.allSteps(at + 20*time.Minute)
		}
	}
	h.exercised("2026-11-06", friday, time.Hour, false, "conduct-1", call(11*time.Minute))
	require.Equal(t, run.Published, h.run().State)
	require.Equal(t, []string{"calls-late open"}, h.shortcomings())
	h.startAt(friday.Add(7*time.Hour), store.NewRun{Key: run.Key{Process: process.ContinuityDrill, Scope: drillKey, Period: "2026-11-06"}, Again: true, Why: text.Same("The call was entered wrongly."), Owner: "olga", By: person.Actor{Person: "olga"}})
	h.env.SetTestTimeout(time.Minute)
	h.exercised("2026-11-06", friday, time.Hour, true, "conduct-1", call(9*time.Minute))
	require.Equal(t, run.Published, h.run().State)
	require.Equal(t, []string{"2"}, h.lines("SELECT max(version)::text FROM report WHERE process = 'continuity-drill'"))
	require.Equal(t, []string{"calls-late closed"}, h.shortcomings())
}
