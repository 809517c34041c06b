package drill_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/task"
)

// What people complain of in other tools that drill.

// litmuschaos/chaos-operator#346: what never ran scored 100 %.
func TestWhatWasNeverMeasuredIsIncomplete(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	p.done("step-1", "step-2", "step-3", "step-4", "conduct-1")
	p.back()
	s := p.finish(map[string]string{"integrity": "not-checked"})
	require.Equal(t, continuity.Verdicts{RTO: continuity.Incomplete, RPO: continuity.Incomplete, MBCO: continuity.Incomplete, Contacts: continuity.Pass}, s.Result.Verdicts)
	require.Equal(t, continuity.Incomplete, s.Result.Overall)
	require.Nil(t, s.Result.RTA)
	require.Nil(t, s.Result.RPA)
}

// litmuschaos/litmus#3573: a score of 150 % hid what had failed.
func TestMoreThanEnoughOfOneMakesUpForNothing(t *testing.T) {
	p := play(t, continuity.Component)
	p.recovers()
	p.done("conduct-1")
	p.back()
	s := p.finish(map[string]string{"snapshot": "2026-11-30T08:00:00+01:00", "capacity": "150", "integrity": "whole"})
	require.Equal(t, continuity.Verdicts{RTO: continuity.Pass, RPO: continuity.Fail, MBCO: continuity.Pass, Contacts: continuity.Pass}, s.Result.Verdicts)
	require.Equal(t, continuity.Fail, s.Result.Overall)
}

// chaostoolkit/chaostoolkit-lib#94: the rollback broke the service, and the
// experiment was successful.
func TestTheReturnIsVerifiedNotAssumed(t *testing.T) {
	p := play(t, continuity.Component)
	p.recovers()
	p.done("conduct-1", "back-1", "back-2")
	require.Equal(t, []string{"normal-1"}, p.open(), "steps that are done aren't enough")
	for _, name := range []string{"normal-1", "normal-1-2"} {
		p.say(name, task.Fail, "Nobody can sign in.", nil)
		require.Nil(t, drill.Follow(p.Record).Normal)
		require.NotContains(t, p.open(), "evaluate")
	}
	p.say("normal-1-3", task.Pass, "", nil)
	require.Equal(t, []string{"evaluate"}, p.open())
}

// dagucloud/dagu#2839: an answer in one branch resumed none of the other's steps,
// or all of them.
func TestBranchesAreIndependent(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	p.done("step-1")
	p.say("step-2", task.Pause, "Waiting.", nil)
	p.say("step-3", task.Pause, "Waiting.", nil)
	p.say("paused-3", task.Resume, "", nil)
	require.Equal(t, "invoke done, db paused, app open, open waiting", p.states())
	p.done("step-3-2")
	require.Equal(t, []string{"paused-2", "conduct-1"}, p.open())
}

// ansible/awx#15474: what followed something cancelled ran all the same.
func TestWhatWasntDoneSatisfiesNothing(t *testing.T) {
	for name, outcome := range map[string]task.Outcome{"failed": task.Failed, "skipped": task.Skip} {
		p := play(t, continuity.Component)
		p.begin()
		p.say("step-1", outcome, "It can't be.", nil)
		require.Equal(t, []string{"conduct-1"}, p.open(), name)
		p.say("conduct-1", task.Abort, "No use.", nil)
		for _, s := range drill.Follow(p.Record).Steps[1:] {
			require.Equal(t, drill.Cancelled, s.State)
			require.Nil(t, s.Opened)
		}
		require.Equal(t, []string{"back-1"}, p.open())
	}
}

// argoproj/argo-workflows#6814: durations were lost with a restart.
func TestDurationsFollowFromWhatIsOnRecord(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	p.say("step-1", task.Pause, "Waiting.", nil)
	p.now = p.now.Add(20 * time.Minute)
	p.say("paused-1", task.Resume, "", nil)
	p.done("step-1-2", "step-2", "step-3", "step-4")
	p.say("confirm-1", task.Pass, "", nil)
	p.done("conduct-1")
	p.back()
	p.say("evaluate", task.Done, "", evaluatedWell)
	before := drill.Follow(p.Record)
	kept, err := json.Marshal(p.Answers)
	require.NoError(t, err)
	p.Answers = nil
	require.NoError(t, json.Unmarshal(kept, &p.Answers))
	after := drill.Follow(p.Record)
	require.EqualValues(t, 21*60, after.Steps[0].Paused)
	require.Equal(t, before.Happened, after.Happened)
	require.Equal(t, before.Open(), after.Open())
}

// rundeck/rundeck#6879, vatesfr/xen-orchestra#4024: at a clock change something
// was left out, or done twice.
func TestAClockChange(t *testing.T) {
	for name, c := range map[string]struct {
		start time.Time
		from  string
	}{
		"autumn": {time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC), "2026-10-25T01:50:00+02:00"},
		"spring": {time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC), "2026-03-29T01:20:00+01:00"},
	} {
		p := play(t, continuity.Component)
		p.Setup.Date, p.now = calendar.DateOf(c.start.In(p.Zone)), c.start
		p.say("begin", task.Done, "", map[string]string{"disruption": c.from, "offsite": "yes"})
		p.say("calls", task.Done, "", map[string]string{"contact.1.reached": "yes", "contact.2.reached": "no"})
		seen := map[string]int{}
		for _, step := range []string{"step-1", "step-2", "step-3", "step-4"} {
			p.now = p.now.Add(24 * time.Minute)
			q, _ := drill.Follow(p.Record).Question(step)
			require.Equal(t, 10*time.Minute, q.Due.Sub(*drill.Follow(p.Record).Steps[step[5]-'1'].Opened), name)
			seen[step]++
			p.done(step)
		}
		require.Len(t, seen, 4)
		p.say("confirm-1", task.Pass, "", nil)
		p.done("conduct-1")
		p.back()
		p.say("evaluate", task.Done, "", map[string]string{"integrity": "whole"})
		begun, err := time.Parse(time.RFC3339, c.from)
		require.NoError(t, err)
		require.EqualValues(t, (96*60+7*60)+int64(c.start.Sub(begun)/time.Second), *drill.Follow(p.Record).Result.RTA, name)
	}
}

// dora-team/fourkeys#119, openstatusHQ/openstatus#2668: recovery was counted from
// the detection, or to when the row was written.
func TestCountedByWhatHappenedFromTheDisruption(t *testing.T) {
	p := play(t, continuity.Component)
	p.begin()
	p.direct("conduct-1", map[string]string{"order": "correct", "event": "detected", "at": "2026-11-30T10:02:30+01:00"})
	p.now = p.now.Add(5 * time.Hour) // all of it is entered in the afternoon
	for i, step := range []string{"step-1", "step-2", "step-3", "step-4"} {
		p.say(step, task.Done, "", map[string]string{"at": time.Date(2026, 11, 30, 9, 30+10*i, 0, 0, time.UTC).Format(time.RFC3339)})
	}
	p.say("confirm-1", task.Pass, "", map[string]string{"at": "2026-11-30T11:15:00+01:00"})
	p.done("conduct-1-2")
	p.back()
	s := p.finish(evaluatedWell)
	require.EqualValues(t, 75*60, *s.Result.RTA)
	require.Equal(t, continuity.Pass, s.Result.Verdicts.RTO)
	for _, e := range s.Timeline {
		if e.Event == continuity.Confirmed {
			require.True(t, e.At.Sub(e.When) > 3*time.Hour, "both instants are kept")
		}
	}
}

// ministryofjustice/cloud-platform#2336: a local time was taken for UTC.
func TestEachInstantHasItsZone(t *testing.T) {
	p := play(t, continuity.Component)
	for _, at := range []string{"2026-11-30T10:00:00", "2026-11-30 10:00", "10:00"} {
		require.Equal(t, "fields.disruption", fault.As(p.try("begin", task.Done, "", map[string]string{"disruption": at, "offsite": "yes"})).Field, at)
	}
	p.begin()
	require.Equal(t, 9, drill.Follow(p.Record).At(continuity.Disruption).Hour())
}

// A start was set after its end, for a recovery in 0 seconds.
func TestABeginningAfterTheEnd(t *testing.T) {
	p := play(t, continuity.Component)
	p.recovers()
	late := map[string]string{"order": "correct", "event": "disruption", "at": "2026-11-30T10:06:30+01:00"}
	require.Error(t, p.try("conduct-1", task.Direct, "Because.", late))
	p.done("conduct-1")
	p.back()
	require.Error(t, p.try("evaluate", task.Done, "", map[string]string{"integrity": "whole", "event.disruption": late["at"], "why": "Because."}))
	s := p.finish(evaluatedWell)
	require.EqualValues(t, 7*60, *s.Result.RTA)
}

// EnterpriseDB/barman#881, wal-g/wal-g#67: the recovery point is that of the data
// which came back, and not when its backup was through.
func TestTheRecoveryPointIsThatOfTheData(t *testing.T) {
	p := play(t, continuity.Component)
	p.recovers()
	p.done("conduct-1")
	p.back()
	s := p.finish(map[string]string{"snapshot": "2026-11-30T08:59:59+01:00", "backup": "2026-11-30T09:55:00+01:00", "capacity": "75", "integrity": "whole"})
	require.EqualValues(t, 3601, *s.Result.RPA)
	require.Equal(t, continuity.Fail, s.Result.Verdicts.RPO)
}

// A re-test that began while the repeated drill's disruption lasted would be about
// the same incident: coverage lifts nothing by it, so that it isn't taken.
func TestARetestBeginsAfterWhatItRepeats(t *testing.T) {
	p := play(t, continuity.Component)
	p.Retests = &drill.Retested{Run: "continuity-drill/desk-loss/2026-11-01", Until: time.Date(2026, 11, 30, 8, 30, 0, 0, time.UTC)}
	begins := func(at string) error {
		return p.try("begin", task.Done, "", map[string]string{"disruption": at, "offsite": "yes"})
	}
	for _, early := range []string{"2026-11-30T09:00:00+01:00", "2026-11-30T09:30:00+01:00"} {
		err := begins(early)
		require.Equal(t, "fields.disruption", fault.As(err).Field)
		require.ErrorContains(t, err, "isn't after 30 November 2026, 09:30")
	}
	require.NoError(t, begins("2026-11-30T09:30:01+01:00"))
	p.say("calls", task.Done, "", map[string]string{"contact.1.reached": "yes", "contact.2.reached": "no"})
	err := p.try("conduct-1", task.Direct, "The log says so.", map[string]string{"order": "correct", "event": "disruption", "at": "2026-11-30T09:29:00+01:00"})
	require.Equal(t, "fields.at", fault.As(err).Field)
	require.ErrorContains(t, err, "isn't after")
}
