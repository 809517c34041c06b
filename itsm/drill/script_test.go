package drill_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

const drillRun = "continuity-drill/desk-loss/2026-11-30"

func inHours(n int64) *agreement.Duration { d := agreement.Duration(n * 3600); return &d }

func share(s string) *agreement.Decimal { d := agreement.Decimal(s); return &d }

// plan is detected → invoked → two branches, db and app, → joined by open.
func plan() continuity.Plan {
	step := func(name, owner string, marks continuity.Event, after ...string) continuity.Step {
		return continuity.Step{Name: name, Title: "Do " + name, Owner: owner, Takes: 600, After: after, Marks: marks}
	}
	return continuity.Plan{Service: "desk", Scenario: "The site is lost", Invocation: "The duty manager says so", Offsite: "Safe at the second site", Business: "berta",
		Objectives: continuity.Agreed{RTO: inHours(2), From: continuity.FromDisruption, RPO: inHours(1), MBCO: share("60"), MTPD: inHours(4), Contacts: share("50")},
		Contacts:   []continuity.Contact{{Name: "Provider", Role: "network", By: []string{"phone"}}, {Name: "Insurance", Role: "claims", By: []string{"mail"}}},
		Steps: []continuity.Step{step("invoke", "ivo", continuity.Invoked), step("db", "dora", "", "invoke"), step("app", "anna", "", "invoke"),
			step("open", "ivo", continuity.Technical, "db", "app")},
		Return: []continuity.Step{step("sync", "dora", ""), step("switch", "anna", "", "sync")}}
}

// played is a drill that answers are given to, a minute after the other unless
// the clock is moved.
type played struct {
	t *testing.T
	drill.Record
	now time.Time
}

func play(t *testing.T, kind continuity.Type) *played {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return &played{t: t, now: time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC), Record: drill.Record{
		Plan:  drill.PlanVersion{Name: "desk-loss", Version: 3, Spec: plan()},
		Setup: drill.Setup{Type: kind, Date: calendar.Date{Year: 2026, Month: 11, Day: 30}, Scenario: "The site is lost", Conductor: "carl", Deputy: "dirk", Stop: "customers notice"},
		Zone:  zone, Answers: map[string]task.Decision{}}}
}

func values(of map[string]string) task.Values {
	v := task.Values{}
	for name, s := range of {
		v[name], _ = json.Marshal(s)
	}
	return v
}

// try answers what is asked under a name, as the run's tasks are made and
// checked; the answer stands if it is taken.
func (p *played) try(step string, o task.Outcome, comment string, fields map[string]string) error {
	p.t.Helper()
	q, ok := drill.Follow(p.Record).Question(step)
	require.True(p.t, ok, "%s isn't asked; asked are %s", step, drill.Follow(p.Record).Open())
	round, answers := 1+len(p.Reports), p.Answers
	if n := len(p.Reports); n > 0 {
		answers = p.Reports[n-1]
	}
	asked, _, err := process.Ask(run.Step{Run: drillRun, Round: round}, step, "", q)
	require.NoError(p.t, err)
	p.now = p.now.Add(time.Minute)
	v, err := asked.CheckAnswer(o, values(fields), p.now)
	if err == nil {
		err = p.Record.CheckAnswer(p.now, asked, o, v)
	}
	if err == nil {
		err = o.CheckComment(comment)
	}
	if err == nil {
		answers[step] = task.Decision{Task: asked.ID, Run: drillRun, Round: round, Person: slices.Concat(asked.For.Persons, []string{"olga"})[0], Outcome: o, Comment: comment, Fields: v, At: p.now}
	}
	return err
}

func (p *played) say(step string, o task.Outcome, comment string, fields map[string]string) {
	p.t.Helper()
	require.NoError(p.t, p.try(step, o, comment, fields), step)
}

func (p *played) done(steps ...string) {
	p.t.Helper()
	for _, s := range steps {
		p.say(s, task.Done, "", nil)
	}
}

// open are the names that are asked for, but for notices.
func (p *played) open() (names []string) {
	for _, name := range drill.Follow(p.Record).Open() {
		if !strings.HasPrefix(name, process.DrillNotice) {
			names = append(names, name)
		}
	}
	return names
}

func (p *played) states() string {
	var all []string
	for _, s := range drill.Follow(p.Record).Steps {
		all = append(all, s.Name+" "+string(s.State))
	}
	return strings.Join(all, ", ")
}

func (p *played) begin() {
	p.t.Helper()
	p.say("begin", task.Done, "", map[string]string{"disruption": "2026-11-30T10:00:00+01:00", "offsite": "yes"})
	p.say("calls", task.Done, "", map[string]string{"contact.1.reached": "yes", "contact.2.reached": "no"})
}

// finish evaluates what has ended.
func (p *played) finish(fields map[string]string) drill.Script {
	p.t.Helper()
	p.say("evaluate", task.Done, "", fields)
	p.say("debrief", task.Done, "", map[string]string{"well": "a", "badly": "b", "lessons": "c"})
	review := map[string]string{"review": "seen"}
	if drill.Follow(p.Record).Result.Retest {
		review["retest"] = "2026-12-31"
	}
	p.say("review", task.Done, "", review)
	s := drill.Follow(p.Record)
	require.True(p.t, s.Over)
	require.Empty(p.t, s.Ask)
	return s
}

var evaluatedWell = map[string]string{"snapshot": "2026-11-30T09:30:00+01:00", "capacity": "75", "integrity": "whole"}

func TestADrillFromBeginToReview(t *testing.T) {
	p := play(t, continuity.Component)
	require.Equal(t, []string{"begin"}, p.open())
	require.Len(t, drill.Follow(p.Record).Ask, 1+6, "each who takes part is told, once")
	p.begin()
	require.Equal(t, []string{"step-1", "conduct-1"}, p.open())
	p.done("step-1")
	require.Equal(t, []string{"step-2", "step-3", "conduct-1"}, p.open(), "branches are independent")
	p.done("step-3")
	require.Equal(t, "invoke done, db open, app done, open waiting", p.states())
	p.done("step-2", "step-4")
	require.Equal(t, []string{"confirm-1", "conduct-1"}, p.open())
	p.say("confirm-1", task.Fail, "Nobody can sign in.", nil)
	p.say("confirm-1-2", task.Pass, "", nil)
	require.Equal(t, []string{"conduct-1"}, p.open())
	p.done("conduct-1")
	require.Equal(t, []string{"back-1"}, p.open())
	p.done("back-1", "back-2")
	p.say("normal-1", task.Fail, "Still on the second site.", nil)
	p.say("normal-1-2", task.Pass, "", nil)
	s := p.finish(evaluatedWell)
	require.Equal(t, continuity.Pass, s.Result.Overall)
	require.EqualValues(t, 8*60, *s.Result.RTA)
	require.EqualValues(t, 30*60, *s.Result.RPA)
	require.False(t, s.Result.Retest)
}

func TestWhatFailsHoldsUpItsFollowersAlone(t *testing.T) {
	p := play(t, continuity.Functional)
	p.begin()
	p.done("step-1")
	p.say("step-2", task.Failed, "The tape can't be read.", nil)
	require.Equal(t, "invoke done, db failed, app open, open waiting", p.states())
	p.done("step-3")
	require.Equal(t, []string{"conduct-1"}, p.open())
	require.Contains(t, p.try("conduct-1", task.Done, "", nil).Error(), "4 (waiting)", "a step that waits isn't forgotten")
	p.say("conduct-1", task.Direct, "The second copy is good enough.", map[string]string{"order": "go-on", "step": "open"})
	require.Equal(t, []string{"step-4", "conduct-1-2"}, p.open())
	p.done("step-4")
	p.say("confirm-1", task.Pass, "", nil)
	p.done("conduct-1-2", "back-1", "back-2")
	p.say("normal-1", task.Pass, "", nil)
	s := p.finish(evaluatedWell)
	require.Equal(t, continuity.Pass, s.Result.Verdicts.RTO)
	require.Equal(t, continuity.Incomplete, s.Result.Overall, "never passed with a step that failed")
}

func TestNotTestedSkippedReassigned(t *testing.T) {
	p := play(t, continuity.Functional)
	p.begin()
	p.say("step-1", task.Skip, "Told to the duty manager by hand.", nil)
	require.Equal(t, []string{"conduct-1"}, p.open())
	for _, wrong := range []map[string]string{
		{"order": "go-on", "step": "open"}, // waits for db and app, which may come
		{"order": "reassign", "step": "db"}, {"order": "reassign", "step": "db", "person": "dora"}, {"order": "reassign", "step": "db", "person": "berta"},
		{"order": "skip", "step": "invoke"}, {"order": "skip"}, {"order": "correct", "event": "detected"}, {"order": "correct", "at": "2026-11-30T10:00:00+01:00"},
	} {
		require.Error(t, p.try("conduct-1", task.Direct, "Because.", wrong), "%v", wrong)
	}
	p.say("conduct-1", task.Direct, "dora is ill.", map[string]string{"order": "reassign", "step": "db", "person": "emil"})
	p.say("conduct-1-2", task.Direct, "Both know.", map[string]string{"order": "go-on", "step": "db"})
	p.say("conduct-1-3", task.Direct, "No use.", map[string]string{"order": "not-tested", "step": "app"})
	q, _ := drill.Follow(p.Record).Question("step-2")
	require.Equal(t, []string{"emil"}, q.Persons)
	p.say("conduct-1-4", task.Direct, "emil is called away.", map[string]string{"order": "reassign", "step": "db", "person": "fritz"})
	require.Equal(t, []string{"step-2-2", "conduct-1-5"}, p.open(), "who was asked before isn't any more")
	p.done("step-2-2")
	require.Equal(t, "invoke skipped, db done, app not-tested, open waiting", p.states())
}

func TestAPauseStopsTheStepsClockAlone(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	due := func(step string) time.Time {
		q, ok := drill.Follow(p.Record).Question(step)
		require.True(t, ok, step)
		return *q.Due
	}
	expected := due("step-1")
	p.now = p.now.Add(7 * time.Minute)
	p.say("step-1", task.Pause, "Waiting for the key.", nil)
	require.Equal(t, []string{"paused-1", "conduct-1"}, p.open())
	require.Equal(t, p.now.Add(10*time.Minute), due("paused-1"), "an interruption as long as the step is looked at")
	left := expected.Sub(p.now)
	p.now = p.now.Add(time.Hour)
	p.say("paused-1", task.Resume, "", map[string]string{"at": p.now.Format(time.RFC3339)})
	require.Equal(t, p.now.Add(left), due("step-1-2"), "it has what it had left, and no more")
	require.Less(t, left, 3*time.Minute)
	p.say("step-1-2", task.Pause, "Again.", nil)
	p.say("paused-1-2", task.Resume, "", nil)
	p.done("step-1-3")
	first := drill.Follow(p.Record).Steps[0]
	require.EqualValues(t, 3600+60, first.Paused)
	p.done("step-2", "step-3", "step-4")
	p.say("confirm-1", task.Pass, "", nil)
	p.now = p.now.Add(time.Hour)
	p.done("conduct-1", "back-1", "back-2")
	p.say("normal-1", task.Pass, "", nil)
	s := p.finish(evaluatedWell)
	require.EqualValues(t, 3600+18*60, *s.Result.RTA, "the objective's clock ran on")
}

func TestAnAbortAlwaysOpensTheStepsBack(t *testing.T) {
	for _, after := range [][]string{{}, {"step-1"}, {"step-1", "step-2", "step-3", "step-4"}} {
		p := play(t, continuity.FullInterruption)
		p.begin()
		p.done(after...)
		p.say("conduct-1", task.Abort, "Customers notice.", nil)
		require.Equal(t, []string{"back-1"}, p.open(), "what is cancelled satisfies nothing")
		p.say("back-1", task.Failed, "Half of it.", nil)
		p.done("back-2")
		p.say("normal-1", task.Pass, "", nil)
		s := p.finish(map[string]string{"integrity": "no-data"})
		require.Equal(t, continuity.Incomplete, s.Result.Overall)
		require.NotNil(t, s.Abort)
		require.NotNil(t, s.Normal)
		for _, step := range s.Steps[len(after):] {
			require.Equal(t, drill.Cancelled, step.State)
		}
	}
}

func TestInstants(t *testing.T) {
	p := play(t, continuity.Component)
	p.now = p.now.Add(-48 * time.Hour)
	require.Equal(t, "outcome", fault.As(p.try("begin", task.Done, "", map[string]string{"disruption": "2026-11-28T10:00:00+01:00", "offsite": "no"})).Field, "not before its date")
	p.now = p.now.Add(48 * time.Hour)
	require.Equal(t, "fields.disruption", fault.As(p.try("begin", task.Done, "", map[string]string{"disruption": "2026-11-30T11:00:00+01:00", "offsite": "no"})).Field, "in the future")
	p.begin()
	for _, at := range []string{"2026-11-30T09:59:59+01:00", "2026-11-30T23:00:00+01:00"} {
		require.Equal(t, "fields.at", fault.As(p.try("step-1", task.Done, "", map[string]string{"at": at})).Field, at)
	}
	require.Error(t, p.try("step-1", task.Done, "", map[string]string{"at": "2026-11-30T10:05:00"}), "a zone is required")
	p.say("step-1", task.Done, "", map[string]string{"at": "2026-11-30T10:01:00+01:00"})
	p.done("step-2", "step-3", "step-4")
	require.Equal(t, "fields.at", fault.As(p.try("confirm-1", task.Pass, "", map[string]string{"at": "2026-11-30T10:02:00+01:00"})).Field, "confirmed before it was there")
	p.say("confirm-1", task.Pass, "", nil)
	p.say("conduct-1", task.Direct, "The log has it.", map[string]string{"order": "correct", "event": "invoked", "at": "2026-11-30T10:03:00+01:00"})
	p.say("conduct-1-2", task.Direct, "It was seen by the monitor.", map[string]string{"order": "correct", "event": "detected", "at": "2026-11-30T10:00:30+01:00"})
	p.done("conduct-1-3", "back-1", "back-2")
	p.say("normal-1", task.Pass, "", nil)
	for field, v := range map[string]map[string]string{
		"fields.snapshot":  {"snapshot": "2026-11-30T10:00:01+01:00", "integrity": "whole"},
		"fields.backup":    {"snapshot": "2026-11-30T09:00:00+01:00", "backup": "2026-11-30T08:59:00+01:00", "integrity": "whole"},
		"fields.why":       {"event.full": "2026-11-30T10:06:00+01:00", "integrity": "whole"},
		"fields.capacity":  {"capacity": "66.1234567", "integrity": "whole"},
		"fields.integrity": {"capacity": "66"},
	} {
		require.Equal(t, field, fault.As(p.try("evaluate", task.Done, "", v)).Field)
	}
	s := p.finish(map[string]string{"snapshot": "2026-11-30T09:30:00+01:00", "capacity": "60", "integrity": "whole", "event.full": "2026-11-30T10:09:00+01:00", "why": "Nobody had entered it."})
	require.Equal(t, time.Date(2026, 11, 30, 9, 3, 0, 0, time.UTC), s.At(continuity.Invoked))
	var told []string
	for _, e := range s.Timeline {
		told = append(told, fmt.Sprintf("%s %t", e.Event, e.Corrected))
	}
	require.Equal(t, []string{"disruption false", "detected false", "invoked true", "invoked false", "full false", "mbco_technical false", "mbco_confirmed false",
		"ended false", "normal false"}, told)
	require.Equal(t, continuity.Pass, s.Result.Overall)
	require.EqualValues(t, 540, *s.Result.Full)
}

func TestATabletopIsAnEstimate(t *testing.T) {
	p := play(t, continuity.Tabletop)
	require.Equal(t, []string{"discuss"}, p.open())
	p.say("discuss", task.Done, "", map[string]string{"rta": "PT3H", "rpa": "PT10M", "notes": "All steps were talked through.", "offsite": "no"})
	p.say("debrief", task.Done, "", map[string]string{"well": "a", "badly": "b", "lessons": "c"})
	p.say("review", task.Done, "", map[string]string{"review": "seen"})
	s := drill.Follow(p.Record)
	require.True(t, s.Over)
	require.Equal(t, continuity.Estimated, s.Result.Overall)
	require.Equal(t, continuity.Estimated, s.Result.Verdicts.RTO, "even where it misses the objective")
	require.EqualValues(t, 3*3600, *s.Result.RTA)
	require.EqualValues(t, 600, *s.Result.RPA)
}

func TestACallTreeHasObjectivesOfItsOwn(t *testing.T) {
	p := play(t, continuity.CallTree)
	p.begin()
	require.Equal(t, []string{"conduct-1"}, p.open())
	p.done("conduct-1")
	s := p.finish(nil)
	require.Equal(t, continuity.Pass, s.Result.Overall)
	require.Equal(t, continuity.Verdicts{Contacts: continuity.Pass}, s.Result.Verdicts)
	require.Equal(t, "50.000000", *s.Result.Reached)
}

// Whatever has been answered, following it again gives the same, and what is
// asked has the same hash.
func TestFollowingIsRepeatable(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	p.done("step-1", "step-2")
	first := drill.Follow(p.Record)
	for range 20 {
		require.Equal(t, first, drill.Follow(p.Record))
	}
}
