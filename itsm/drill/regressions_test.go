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
// was left out, or done twice. By wall clocks the recovery would have taken an hour
// more in spring, and failed, and an hour less in autumn, and passed.
func TestAClockChange(t *testing.T) {
	for name, c := range map[string]struct {
		date       calendar.Date
		disruption string // before the change, which comes at 01:00 UTC
		ended      string // ten minutes after it, as whoever did the step read it off
		future     string // a quarter of an hour from then; in autumn clocks have shown it once
		tomorrow   string
		rta        int64
		verdict    continuity.Verdict
	}{
		"spring": {calendar.Date{Year: 2026, Month: 3, Day: 29}, "2026-03-29T01:20:00+01:00", "2026-03-29T03:10:00+02:00", "2026-03-29T03:40:00+02:00",
			"2026-03-29T22:00:00Z", 91 * 60, continuity.Pass},
		"autumn": {calendar.Date{Year: 2026, Month: 10, Day: 25}, "2026-10-25T01:45:00+02:00", "2026-10-25T02:10:00+01:00", "2026-10-25T02:40:00+01:00",
			"2026-10-25T23:00:00Z", 126 * 60, continuity.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			utc := func(clock string) time.Time {
				at, err := time.Parse(time.RFC3339, c.date.String()+"T"+clock+":00Z")
				require.NoError(t, err)
				return at
			}
			p := play(t, continuity.Component)
			p.Setup.Date, p.now = c.date, utc("00:30")
			due := func(step string) string {
				q, asked := drill.Follow(p.Record).Question(step)
				require.True(t, asked, step)
				return q.Due.UTC().Format(time.RFC3339)
			}
			require.Equal(t, c.tomorrow, due("begin"), "a day of 23 or 25 hours")
			p.say("begin", task.Done, "", map[string]string{"disruption": c.disruption, "offsite": "yes"})
			p.say("calls", task.Done, "", map[string]string{"contact.1.reached": "yes", "contact.2.reached": "no"})
			require.Equal(t, []string{"step-1", "conduct-1"}, p.open())
			p.now = utc("00:56")
			p.done("step-1")

			// The change comes while both branches are open, and one of them is paused.
			require.Equal(t, []string{"step-2", "step-3", "conduct-1"}, p.open())
			require.Equal(t, utc("01:07").Format(time.RFC3339), due("step-2"))
			p.say("step-2", task.Pause, "Waiting.", nil)
			require.Equal(t, utc("01:08").Format(time.RFC3339), due("paused-2"))
			require.Equal(t, []string{"paused-2", "step-3", "conduct-1"}, p.open())
			p.now = utc("01:22")
			p.say("paused-2", task.Resume, "", nil)
			require.Equal(t, utc("01:32").Format(time.RFC3339), due("step-2-2"), "nine of ten minutes are left")
			require.Equal(t, "fields.at", fault.As(p.try("step-3", task.Done, "", map[string]string{"at": c.future})).Field)
			p.say("step-3", task.Done, "", map[string]string{"at": c.ended})
			require.Equal(t, []string{"step-2-2", "conduct-1"}, p.open())
			p.done("step-2-2")
			require.Equal(t, []string{"step-4", "conduct-1"}, p.open())
			p.now = utc("01:49")
			p.done("step-4")
			require.Equal(t, []string{"confirm-1", "conduct-1"}, p.open())
			p.say("confirm-1", task.Pass, "", nil)
			p.done("conduct-1")
			p.back()
			s := p.finish(map[string]string{"integrity": "whole"})

			require.Equal(t, c.rta, *s.Result.RTA)
			require.Equal(t, c.verdict, s.Result.Verdicts.RTO)
			require.EqualValues(t, 25*60, s.Steps[1].Paused)
			require.Equal(t, utc("01:10"), s.Steps[2].Ended.UTC())
			var events []continuity.Event
			for i, e := range s.Timeline {
				events = append(events, e.Event)
				require.False(t, i > 0 && e.When.Before(s.Timeline[i-1].When), e.Event)
			}
			require.Equal(t, []continuity.Event{continuity.Disruption, continuity.Invoked, continuity.Technical, continuity.Confirmed, continuity.Ended, continuity.Normal}, events)
		})
	}
}

// The day of a drill, and the one before it, from which on a disruption is the
// drill's, begin and end with the zone's dates, however many hours they have.
func TestADayOfAClockChange(t *testing.T) {
	for name, c := range map[string]struct {
		date           calendar.Date // the day after the change
		begins, before string        // that day, and the day of the change
	}{
		"spring": {calendar.Date{Year: 2026, Month: 3, Day: 30}, "2026-03-29T22:00:00Z", "2026-03-28T23:00:00Z"},
		"autumn": {calendar.Date{Year: 2026, Month: 10, Day: 26}, "2026-10-25T23:00:00Z", "2026-10-24T22:00:00Z"},
	} {
		begins, err := time.Parse(time.RFC3339, c.begins)
		require.NoError(t, err)
		before, err := time.Parse(time.RFC3339, c.before)
		require.NoError(t, err)
		try := func(now, disruption time.Time) *fault.Error {
			p := play(t, continuity.Component)
			p.Setup.Date, p.now = c.date, now.Add(-time.Minute) // the answer comes a minute later
			return fault.As(p.try("begin", task.Done, "", map[string]string{"disruption": disruption.Format(time.RFC3339), "offsite": "yes"}))
		}
		require.Equal(t, "outcome", try(begins.Add(-time.Second), before).Field, name)
		require.Nil(t, try(begins, before), name)
		require.Equal(t, "fields.disruption", try(begins, before.Add(-time.Second)).Field, name)
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
