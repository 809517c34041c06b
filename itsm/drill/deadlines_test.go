package drill_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/task"
)

// clocked is an instant of the day of the drill, in Berlin.
func clocked(clock string) string { return "2026-11-30T" + clock + ":00+01:00" }

func fieldNames(t task.Task) (all []string) {
	for _, f := range t.Fields {
		all = append(all, f.Name)
	}
	return all
}

func instantOf(t *testing.T, s string) *time.Time {
	if s == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	require.NoError(t, err)
	return &at
}

// A contact is reached in time exactly at its deadline, a moment later is late, over a
// change of clocks, too; without an instant, or the event that it counts from, nothing
// is known; whoever wasn't reached had no instant of that.
func TestDeadlinesOfContacts(t *testing.T) {
	within := agreement.Duration(15 * 60)
	for _, c := range []struct {
		reached     bool
		from        continuity.Event
		since, when string
		want        drill.Kept
		over        int64
	}{
		{true, continuity.Disruption, "2026-11-30T10:00:00Z", "2026-11-30T10:15:00Z", drill.InTime, 0},
		{true, continuity.Disruption, "2026-11-30T10:00:00Z", "2026-11-30T10:15:00.001Z", drill.Late, 1},
		{true, continuity.Disruption, "2026-11-30T10:00:00Z", "2026-11-30T10:30:00Z", drill.Late, 900},
		{true, continuity.Invoked, "2026-11-30T10:00:00Z", "2026-11-30T10:15:00Z", drill.InTime, 0},
		{true, continuity.Invoked, "2026-11-30T10:00:00Z", "2026-11-30T09:59:00Z", drill.InTime, 0}, // before it counts
		{true, continuity.Disruption, "2026-10-25T02:50:00+02:00", "2026-10-25T02:05:00+01:00", drill.InTime, 0},
		{true, continuity.Disruption, "2026-03-29T01:50:00+01:00", "2026-03-29T03:06:00+02:00", drill.Late, 60},
		{true, continuity.Disruption, "2026-11-30T10:00:00Z", "", drill.NotKnown, 0},
		{true, continuity.Invoked, "", "2026-11-30T10:15:00Z", drill.NotKnown, 0},
		{false, continuity.Disruption, "2026-11-30T10:00:00Z", "2026-11-30T10:01:00Z", drill.Never, 0}, // tried
		{false, continuity.Confirmed, "", "", drill.NotKnown, 0},                                       // it never began
	} {
		var h drill.Happened
		if at := instantOf(t, c.since); at != nil {
			h.Timeline = []drill.Entry{{Event: c.from, When: *at}}
		}
		got := h.CallDeadline(continuity.Functional, continuity.Contact{Within: &within, From: c.from}, drill.Call{Reach: drill.Reach{Reached: c.reached, When: instantOf(t, c.when)}})
		require.Equal(t, []any{c.want, c.over}, []any{got.Kept, got.Over()}, "%+v", c)
	}
	require.Nil(t, drill.Happened{}.CallDeadline(continuity.Functional, continuity.Contact{}, drill.Call{}))
}

// MTW bounds full capacity, where a step of the drill marks that, else the return to
// normal operation; a discussion has neither.
func TestTimeToNormalOperation(t *testing.T) {
	hour := agreement.Duration(3600)
	steps := []continuity.Step{{Name: "scale", Marks: continuity.Full}}
	for _, c := range []struct {
		name         string
		kind         continuity.Type
		steps        []continuity.Step
		leftOut      []string
		full, normal string
		of           continuity.Event
		want         drill.Kept
	}{
		{"full in time", continuity.Functional, steps, nil, "2026-11-30T11:00:00Z", "2026-11-30T15:00:00Z", continuity.Full, drill.InTime},
		{"full too late", continuity.Functional, steps, nil, "2026-11-30T11:00:01Z", "", continuity.Full, drill.Late},
		{"full never there, however soon it went back", continuity.Functional, steps, nil, "", "2026-11-30T10:30:00Z", continuity.Full, drill.NotKnown},
		{"full entered with the evaluation", continuity.Functional, nil, nil, "2026-11-30T10:50:00Z", "2026-11-30T15:00:00Z", continuity.Full, drill.InTime},
		{"no step marks it", continuity.Functional, nil, nil, "", "2026-11-30T11:00:00Z", continuity.Normal, drill.InTime},
		{"its step is no part of the test", continuity.Component, steps, []string{"scale"}, "", "2026-11-30T12:00:00Z", continuity.Normal, drill.Late},
	} {
		f := drill.Frozen{Setup: drill.Setup{Type: c.kind, LeftOut: c.leftOut}, Happened: &drill.Happened{Begun: &drill.Begun{Disruption: *instantOf(t, "2026-11-30T10:00:00Z")}}}
		f.Plan.Spec.Objectives.MTW, f.Plan.Spec.Steps = &hour, c.steps
		for e, at := range map[continuity.Event]string{continuity.Full: c.full, continuity.Normal: c.normal} {
			if x := instantOf(t, at); x != nil {
				f.Happened.Timeline = append(f.Happened.Timeline, drill.Entry{Event: e, When: *x})
			}
		}
		got := f.NormalDeadline()
		require.Equal(t, []any{c.of, c.want}, []any{got.Of, got.Kept}, c.name)
		require.Equal(t, c.want == drill.InTime, f.NormalInTime(), c.name)
		f.Setup.Type = continuity.Tabletop
		require.Nil(t, f.NormalDeadline(), c.name)
		f.Setup.Type, f.Plan.Spec.Objectives.MTW = c.kind, nil
		require.Nil(t, f.NormalDeadline(), c.name)
	}
}

// A deadline of a contact that counts from an event of which nothing is entered has it
// asked for with the evaluation, and that corrects nothing.
func TestEventsThatDeadlinesCountFromAreAskedFor(t *testing.T) {
	minute := agreement.Duration(60)
	p := play(t, continuity.CallTree)
	p.Plan.Spec.Contacts[0].Within, p.Plan.Spec.Contacts[0].From = &minute, continuity.Detected
	p.say("begin", task.Done, "", map[string]string{"disruption": "2026-11-30T10:00:00+01:00", "offsite": "yes"})
	require.Contains(t, p.asked("calls").Fields[1].Help.En, "Due within 1")
	p.say("calls", task.Done, "", map[string]string{"contact.1.reached": "yes", "contact.1.at": "2026-11-30T10:01:30+01:00", "contact.2.reached": "yes"})
	p.say("conduct-1", task.Done, "", nil)
	require.Contains(t, p.asked("evaluate").Text.En, "nothing is entered of them: detected.")
	require.Equal(t, "fields.why", fault.As(p.try("evaluate", task.Done, "", map[string]string{"event.invoked": "2026-11-30T10:00:20+01:00"})).Field, "nobody asked for that")
	p.say("evaluate", task.Done, "", map[string]string{"event.detected": "2026-11-30T10:00:20+01:00"})
	s := drill.Follow(p.Record)
	require.Equal(t, []any{drill.Late, int64(10)}, []any{s.CallDeadline(p.Setup.Type, p.Plan.Spec.Contacts[0], s.Calls[0]).Kept, s.CallDeadline(p.Setup.Type, p.Plan.Spec.Contacts[0], s.Calls[0]).Over()})
	require.False(t, drill.Frozen{Plan: p.Plan, Setup: p.Setup, Happened: &s.Happened}.CalledInTime())
	p.Plan.Spec.Contacts[0].From = continuity.Disruption
	two := agreement.Duration(120)
	p.Plan.Spec.Contacts[0].Within = &two
	require.True(t, drill.Frozen{Plan: p.Plan, Setup: p.Setup, Happened: &s.Happened}.CalledInTime())
}

// A deadline that counts from what can't happen in a drill of that type isn't missed in
// each of them, whatever its callers do.
func TestACallTreeKeepsDeadlinesThatCannotBegin(t *testing.T) {
	p := play(t, continuity.CallTree)
	hour := agreement.Duration(3600)
	p.Plan.Spec.Contacts[0].Within, p.Plan.Spec.Contacts[0].From = &hour, continuity.Disruption
	p.Plan.Spec.Contacts[1].Within, p.Plan.Spec.Contacts[1].From = &hour, continuity.Confirmed
	p.say("begin", task.Done, "", map[string]string{"disruption": clocked("10:00"), "offsite": "yes"})
	p.say("calls", task.Done, "", map[string]string{"contact.1.reached": "yes", "contact.1.at": clocked("10:01"), "contact.2.reached": "yes", "contact.2.at": clocked("10:01")})
	p.done("conduct-1")
	require.NotContains(t, fieldNames(p.asked("evaluate")), "event.mbco-confirmed", "nobody could enter it")
	s := p.finish(nil)
	require.True(t, drill.Frozen{Plan: p.Plan, Setup: p.Setup, Happened: &s.Happened}.CalledInTime(), "no re-test would ever close calls-late")
}

// Nor is a person asked when the minimum level was reached where nothing is recovered.
func TestACallTreeIsNotAskedWhenTheServiceWasBack(t *testing.T) {
	p := play(t, continuity.CallTree)
	hour := agreement.Duration(3600)
	p.Plan.Spec.Contacts[1].Within, p.Plan.Spec.Contacts[1].From = &hour, continuity.Technical
	p.begin()
	p.done("conduct-1")
	require.NotContains(t, p.asked("evaluate").Text.En, "minimum level reached technically")
}

// The event that RTO counts from is asked for, too, where no step of the drill marks it.
func TestTheEventThatRTOCountsFromIsAskedFor(t *testing.T) {
	p := play(t, continuity.Component)
	p.Plan.Spec.Objectives.From = continuity.FromInvoked
	p.Setup.LeftOut = []string{"invoke"}
	p.begin()
	p.done("step-2", "step-3", "step-4")
	p.say("confirm-1", task.Pass, "", nil)
	p.done("conduct-1")
	p.back()
	require.Contains(t, p.asked("evaluate").Text.En, "nothing is entered of them: plan invoked.")
}

// And the one that MTW ends with.
func TestFullCapacityIsAskedForWhereMTWIsAgreed(t *testing.T) {
	p := play(t, continuity.Functional)
	p.Plan.Spec.Objectives.MTW = inHours(8)
	p.Plan.Spec.Steps = append(p.Plan.Spec.Steps, continuity.Step{Name: "scale", Title: "Scale", Owner: "ivo", Takes: 600, After: []string{"open"}, Marks: continuity.Full})
	p.begin()
	p.done("step-1", "step-2", "step-3", "step-4")
	p.say("confirm-1", task.Pass, "", nil)
	p.say("step-5", task.Skip, "It scaled by itself.", nil)
	p.done("conduct-1")
	p.back()
	require.Contains(t, p.asked("evaluate").Text.En, "nothing is entered of them: full capacity.")
}
