package continuity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
)

func at(t *testing.T, s string) time.Time {
	i, err := time.Parse(time.RFC3339Nano, s)
	require.NoError(t, err)
	return i
}

func lasting(t *testing.T, s string) *agreement.Duration {
	d, err := agreement.ParseDuration(s)
	require.NoError(t, err)
	return &d
}

func pct(s string) *agreement.Decimal {
	d := agreement.Decimal(s)
	return &d
}

// guided is V09 of the domain guide.
func guided(t *testing.T) continuity.Drill {
	day := func(clock string) time.Time { return at(t, "2026-10-05T"+clock+":00+02:00") }
	return continuity.Drill{Type: continuity.Functional,
		Objectives: continuity.Objectives{RTO: lasting(t, "PT3H"), RPO: lasting(t, "PT15M"), MBCO: pct("60")},
		Events: continuity.Events{Disruption: day("10:00"), Detected: day("10:12"), Invoked: day("10:30"), Technical: day("12:50"),
			Confirmed: day("13:10"), Full: day("14:05"), Snapshot: day("09:30"), Backup: day("09:55")}}
}

func judged(t *testing.T, d continuity.Drill) continuity.Result {
	t.Helper()
	r, err := continuity.Judge(d)
	require.NoError(t, err)
	return r
}

// From the declaration, and from the end of the backup, it would have passed.
func TestV09(t *testing.T) {
	r := judged(t, guided(t))
	require.EqualValues(t, 190*60, *r.RTA)
	require.EqualValues(t, 30*60, *r.RPA)
	require.EqualValues(t, 30*60, *r.Delay)
	require.EqualValues(t, 245*60, *r.Full)
	require.Equal(t, continuity.Verdicts{RTO: continuity.Fail, RPO: continuity.Fail, MBCO: continuity.Pass}, r.Verdicts)
	require.Equal(t, continuity.Fail, r.Verdict)
	require.True(t, r.Retest)
}

// Exactly the objective passes, a nanosecond more fails, whatever is written.
func TestExactlyTheObjective(t *testing.T) {
	d := guided(t)
	d.Events.Confirmed, d.Events.Snapshot = d.Events.Disruption.Add(3*time.Hour), d.Events.Disruption.Add(-15*time.Minute)
	r := judged(t, d)
	require.Equal(t, continuity.Pass, r.Verdict)
	require.False(t, r.Retest)
	d.Events.Confirmed = d.Events.Confirmed.Add(1)
	r = judged(t, d)
	require.Equal(t, continuity.Fail, r.Verdicts.RTO)
	require.EqualValues(t, 3*3600, *r.RTA)
	d.Events.Snapshot, d.Events.Backup = d.Events.Disruption, time.Time{} // the copy is of that instant: measured, and 0
	d.Objectives.RPO = lasting(t, "PT0S")
	r = judged(t, d)
	require.Equal(t, continuity.Pass, r.Verdicts.RPO)
	require.Zero(t, *r.RPA)
}

// Durations are of instants: a clock that is changed, and midnight, make no
// difference.
func TestOverMidnightAndClockChanges(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		from, to time.Time
		hours    int64
	}{
		"spring, an hour is left out": {time.Date(2026, 3, 28, 23, 0, 0, 0, berlin), time.Date(2026, 3, 29, 4, 0, 0, 0, berlin), 4},
		"autumn, an hour comes twice": {time.Date(2026, 10, 24, 23, 0, 0, 0, berlin), time.Date(2026, 10, 25, 4, 0, 0, 0, berlin), 6},
		"written in other zones":      {at(t, "2026-10-25T01:30:00+02:00"), at(t, "2026-10-25T00:30:00-01:00"), 2},
		"over midnight":               {at(t, "2026-10-05T23:30:00Z"), at(t, "2026-10-06T02:30:00Z"), 3},
	} {
		d := continuity.Drill{Type: continuity.Parallel, Objectives: continuity.Objectives{RTO: lasting(t, "PT4H")},
			Events: continuity.Events{Disruption: c.from, Confirmed: c.to}}
		r := judged(t, d)
		require.Equal(t, c.hours*3600, *r.RTA, name)
		require.Equal(t, c.hours > 4, r.Verdict == continuity.Fail, name)
	}
}

// What never happened in a drill that lasted longer than it may take has failed;
// of one that ended sooner, or of whose end nothing is known, it can't be judged.
func TestADrillThatEndedWithoutRecovery(t *testing.T) {
	d := guided(t)
	d.Events.Confirmed = time.Time{}
	require.Equal(t, continuity.Incomplete, judged(t, d).Verdicts.RTO)
	require.Equal(t, continuity.Fail, judged(t, d).Verdict, "the recovery point is missed all the same")
	d.Events.Full = time.Time{}
	d.Events.Ended = d.Events.Disruption.Add(3 * time.Hour)
	require.Equal(t, continuity.Incomplete, judged(t, d).Verdicts.RTO)
	d.Events.Ended = d.Events.Ended.Add(time.Second)
	r := judged(t, d)
	require.Equal(t, continuity.Fail, r.Verdicts.RTO)
	require.Equal(t, continuity.Incomplete, r.Verdicts.MBCO, "nobody confirmed it")
	require.Nil(t, r.RTA)
	d.Objectives.Base = continuity.FromInvoked // half an hour later
	require.Equal(t, continuity.Incomplete, judged(t, d).Verdicts.RTO)
}

func TestCountedFromTheInvocation(t *testing.T) {
	d := guided(t)
	d.Objectives.Base = continuity.FromInvoked
	r := judged(t, d)
	require.EqualValues(t, 160*60, *r.RTA)
	require.EqualValues(t, 190*60, *r.FromDisruption)
	require.Equal(t, continuity.Pass, r.Verdicts.RTO)
	d.Events.Invoked = time.Time{}
	require.Equal(t, continuity.Incomplete, judged(t, d).Verdicts.RTO)

	// Recovered before it began to count: no time below 0 is met.
	d.Events.Invoked = d.Events.Confirmed.Add(time.Second)
	_, err := continuity.Judge(d)
	require.Equal(t, "events.mbco_confirmed", fault.As(err).Field)
	d.Events.Invoked = d.Events.Confirmed
	require.EqualValues(t, 0, *judged(t, d).RTA)
	d.Events.Invoked, d.Objectives.Base = d.Events.Confirmed.Add(time.Second), continuity.FromDisruption
	require.Equal(t, continuity.Fail, judged(t, d).Verdicts.RTO, "then it is no matter of the invocation")
}

// An estimate stays one, whatever it says; what such drills measure is judged.
func TestEstimates(t *testing.T) {
	for _, of := range continuity.Types() {
		d := guided(t)
		d.Type = of
		r := judged(t, d)
		if of.Measures() {
			require.Equal(t, continuity.Fail, r.Verdict, of)
			continue
		}
		require.Equal(t, continuity.Verdicts{RTO: continuity.Estimated, RPO: continuity.Estimated, MBCO: continuity.Estimated}, r.Verdicts, of)
		require.Equal(t, continuity.Estimated, r.Verdict, of)
		require.False(t, r.Retest, of)
		d.Skipped = []string{"failover"}
		require.Equal(t, continuity.Estimated, judged(t, d).Verdict, of)
	}
	d := continuity.Drill{Type: continuity.CallTree, Objectives: continuity.Objectives{Contacts: pct("90"), Decide: lasting(t, "PT30M")},
		Events: continuity.Events{Disruption: at(t, "2026-10-05T10:00:00Z"), Decided: at(t, "2026-10-05T10:30:00Z")}, Contacts: &continuity.Contacts{Called: 20, Reached: 18}}
	r := judged(t, d)
	require.Equal(t, continuity.Pass, r.Verdict)
	require.Equal(t, "90.000000", *r.Reached)
	require.EqualValues(t, 1800, *r.Decided)
	d.Skipped = []string{"second call"}
	require.Equal(t, continuity.Incomplete, judged(t, d).Verdict)
	d.Contacts.Reached = 17
	require.Equal(t, continuity.Fail, judged(t, d).Verdict)
	d.Contacts = &continuity.Contacts{}
	require.Equal(t, continuity.Incomplete, judged(t, d).Verdicts.Contacts, "nobody was called: that is no 100 %")
	d.Events.Decided, d.Events.Ended = time.Time{}, at(t, "2026-10-05T10:31:00Z")
	require.Equal(t, continuity.Fail, judged(t, d).Verdicts.Decide)
}

func TestTheMinimumLevel(t *testing.T) {
	d := guided(t)
	d.Objectives.RTO, d.Objectives.RPO = nil, nil
	d.Capacity = pct("59.999999")
	require.Equal(t, continuity.Fail, judged(t, d).Verdict)
	d.Capacity = pct("60")
	require.Equal(t, continuity.Pass, judged(t, d).Verdict)
	d.Events.Confirmed = time.Time{}
	require.Equal(t, continuity.Incomplete, judged(t, d).Verdict, "who restored it doesn't confirm it")
	d.Skipped = []string{"check"}
	require.Equal(t, continuity.Incomplete, judged(t, d).Verdict)
}

func TestWhatCantBe(t *testing.T) {
	for field, change := range map[string]func(*continuity.Drill){
		"type":                    func(d *continuity.Drill) { d.Type = "game" },
		"objectives":              func(d *continuity.Drill) { d.Objectives = continuity.Objectives{} },
		"objectives.rto_from":     func(d *continuity.Drill) { d.Objectives.Base = "detected" },
		"objectives.mbco_pct":     func(d *continuity.Drill) { d.Objectives.MBCO = pct("101") },
		"objectives.contacts_pct": func(d *continuity.Drill) { d.Objectives.Contacts = pct("100.1") },
		"contacts":                func(d *continuity.Drill) { d.Contacts = &continuity.Contacts{Called: 2, Reached: 3} },
		"events.snapshot_of":      func(d *continuity.Drill) { d.Events.Snapshot = d.Events.Disruption.Add(1) },
		"events.backup_finished":  func(d *continuity.Drill) { d.Events.Backup = d.Events.Snapshot.Add(-1) },
		"events.detected":         func(d *continuity.Drill) { d.Events.Detected = d.Events.Disruption.Add(-1) },
		"events.invoked":          func(d *continuity.Drill) { d.Events.Invoked = d.Events.Disruption.Add(-1) },
		"events.decided":          func(d *continuity.Drill) { d.Events.Decided = d.Events.Disruption.Add(-1) },
		"events.mbco_technical":   func(d *continuity.Drill) { d.Events.Technical = d.Events.Disruption.Add(-1) },
		"events.mbco_confirmed":   func(d *continuity.Drill) { d.Events.Confirmed = d.Events.Technical.Add(-1) },
		"events.full":             func(d *continuity.Drill) { d.Events.Full = d.Events.Disruption.Add(-1) },
		"events.ended":            func(d *continuity.Drill) { d.Events.Ended = d.Events.Full.Add(-1) },
	} {
		d := guided(t)
		change(&d)
		_, err := continuity.Judge(d)
		require.ErrorContains(t, err, field+": ", field)
	}
	d := guided(t)
	d.Events.Ended = d.Events.Full
	require.NotNil(t, judged(t, d).Full, "the last event may be the end")
}

// Spans that a duration of Go can't hold are judged like others.
func TestCenturies(t *testing.T) {
	d := continuity.Drill{Type: continuity.Component, Objectives: continuity.Objectives{RTO: lasting(t, "P146097D")},
		Events: continuity.Events{Disruption: at(t, "1600-01-01T00:00:00Z"), Confirmed: at(t, "2000-01-01T00:00:00Z")}}
	r := judged(t, d)
	require.Equal(t, continuity.Pass, r.Verdict)
	require.EqualValues(t, 146097*86400, *r.RTA)
	d.Events.Confirmed = d.Events.Confirmed.Add(time.Second)
	require.Equal(t, continuity.Fail, judged(t, d).Verdict)
}
