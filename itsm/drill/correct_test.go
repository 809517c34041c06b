package drill_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/task"
)

// reported is a drill that passed, seven minutes after the disruption, and whose
// report waits for its approval.
func reported(t *testing.T) *played {
	p := play(t, continuity.Component)
	p.recovers()
	p.done("conduct-1")
	p.back()
	p.finish(evaluatedWell)
	p.Reports = append(p.Reports, map[string]task.Decision{})
	require.Empty(t, p.open())
	return p
}

// decides answers to the newest report; another round follows.
func (p *played) decides(o task.Outcome) {
	p.t.Helper()
	p.now = p.now.Add(time.Hour)
	n := len(p.Reports)
	p.Reports[n-1][process.Approval] = task.Decision{Run: drillRun, Round: n + 1, Person: "otto", Outcome: o, Comment: "The service was back later: see the monitoring.", At: p.now}
	p.Reports = append(p.Reports, map[string]task.Decision{})
}

func (p *played) corrects(step, event, at string) {
	p.t.Helper()
	require.NoError(p.t, p.tries(step, event, at), step)
}

func (p *played) tries(step, event, at string) error {
	p.t.Helper()
	fields := map[string]string{"event": event}
	if at != "" {
		fields["at"] = at
	}
	return p.try(step, task.Correct, "The monitoring says so.", fields)
}

// entries of an event, in the order in which they were entered.
func entries(s drill.Script, e continuity.Event) (all []drill.Entry) {
	for _, x := range s.Timeline {
		if x.Event == e {
			all = append(all, x)
		}
	}
	slices.SortFunc(all, func(a, b drill.Entry) int { return a.At.Compare(b.At) })
	return all
}

// What is approved at once, or published, asks nobody for corrections.
func TestNothingIsCorrectedUnlessChangesWereRequested(t *testing.T) {
	p := reported(t)
	p.decides(task.Approve)
	s := drill.Follow(p.Record)
	require.Empty(t, s.Ask)
	require.True(t, s.Over)

	p = play(t, continuity.Tabletop)
	p.say("discuss", task.Done, "", map[string]string{"rta": "PT1H", "notes": "Talked through.", "offsite": "yes"})
	p.say("debrief", task.Done, "", map[string]string{"well": "a", "badly": "b", "lessons": "c"})
	p.say("review", task.Done, "", map[string]string{"review": "seen"})
	p.Reports = append(p.Reports, map[string]task.Decision{})
	p.decides(task.RequestChanges)
	require.Empty(t, p.open(), "nothing was measured in a discussion")
}

// Where nothing is wrong, that is said, and the report is drafted anew.
func TestARecordThatIsRight(t *testing.T) {
	p := reported(t)
	before := drill.Follow(p.Record).Happened
	p.decides(task.RequestChanges)
	require.Equal(t, []string{"correct-1"}, p.open())
	asked := p.asked("correct-1")
	require.Equal(t, []string{"carl", "dirk"}, asked.For.Persons, "not the owner, nor an approver")
	require.Equal(t, []task.Outcome{task.Done, task.Correct}, asked.Outcomes)
	require.Contains(t, asked.Text.En, "The service was back later: see the monitoring.")
	p.done("correct-1")
	s := drill.Follow(p.Record)
	require.True(t, s.Over)
	require.Equal(t, before, s.Happened)

	// Another round asks anew.
	p.decides(task.RequestChanges)
	require.Equal(t, []string{"correct-1"}, p.open())
}

// A later beginning, or an earlier one, changes what was achieved; the entry that
// was wrong stays, with both its instants and who made it.
func TestACorrectionAfterTheReport(t *testing.T) {
	p := reported(t)
	p.decides(task.RequestChanges)
	first := p.asked("correct-1")
	require.Contains(t, first.Fields[0].Options[0].Title.En, "entered is 30 November 2026, 10:00")
	require.Contains(t, first.Fields[0].Options[0].Title.De, "eingetragen ist 30.11.2026, 10:00 Uhr")
	p.corrects("correct-1", "snapshot_of", "2026-11-30T07:40:00+01:00") // else the data would be newer than the outage
	p.corrects("correct-1-2", "disruption", "2026-11-30T07:50:00+01:00")
	p.corrects("correct-1-3", "ended", "2026-11-30T10:09:30+01:00")
	require.Equal(t, []string{"correct-1-4"}, p.open(), "as many as needed")
	p.done("correct-1-4")

	// The owner judges what follows from it: the drill failed, and is repeated.
	require.Equal(t, []string{"review"}, p.open())
	review := p.asked("review")
	require.Equal(t, task.Owner, review.For.Who)
	require.Len(t, review.Fields, 2, "words and a date: no instant")
	require.JSONEq(t, `"seen"`, string(review.Fields[0].Value))
	require.Equal(t, "fields.retest", fault.As(p.try("review", task.Done, "", map[string]string{"review": "It was too late."})).Field)
	p.say("review", task.Done, "", map[string]string{"review": "It was too late.", "retest": "2026-12-31"})
	s := drill.Follow(p.Record)
	require.True(t, s.Over)
	require.Equal(t, "It was too late.", s.Reviewed.Words)
	require.Equal(t, continuity.Fail, s.Result.Verdicts.RTO)
	require.EqualValues(t, (2*60+17)*60, *s.Result.RTA)
	all := entries(s, continuity.Disruption)
	require.Len(t, all, 2)
	require.Equal(t, "09:00", all[0].When.Format("15:04"))
	require.True(t, all[0].Corrected)
	require.Zero(t, all[0].Round)
	require.Equal(t, drill.Entry{Event: continuity.Disruption, When: time.Date(2026, 11, 30, 6, 50, 0, 0, time.UTC), At: all[1].At, By: "carl",
		Reason: "The monitoring says so.", Round: 3}, all[1])
	require.Equal(t, all[1].When, s.Begun.Disruption)

	// A further round corrects the correction.
	p.decides(task.RequestChanges)
	p.corrects("correct-1", "disruption", "2026-11-30T09:50:00+01:00")
	p.corrects("correct-1-2", "snapshot_of", "2026-11-30T09:30:00+01:00")
	p.done("correct-1-3")
	require.Len(t, p.asked("review").Fields, 1, "nothing is to be repeated any more")
	p.say("review", task.Done, "", map[string]string{"review": "In time."})
	s = drill.Follow(p.Record)
	require.Equal(t, continuity.Pass, s.Result.Overall)
	require.Nil(t, s.Reviewed.Retest)
	require.Len(t, entries(s, continuity.Disruption), 3)
}

// What can't be isn't corrected to: the rules are those of the drill.
func TestCorrectionsThatCantBe(t *testing.T) {
	for why, c := range map[string]struct{ event, at, field string }{
		"in the future":            {"detected", "2027-11-30T10:01:00+01:00", "fields.at"},
		"before the disruption":    {"invoked", "2026-11-30T09:59:00+01:00", "fields.at"},
		"after the confirmation":   {"mbco_technical", "2026-11-30T10:08:30+01:00", "fields.at"},
		"an end before a step":     {"ended", "2026-11-30T10:05:30+01:00", "fields.at"},
		"a beginning after a step": {"disruption", "2026-11-30T10:05:30+01:00", "fields.at"},
		"days before the drill":    {"disruption", "2026-11-28T10:00:00+01:00", "fields.at"},
		"data after the outage":    {"snapshot_of", "2026-11-30T10:00:30+01:00", "fields.at"},
		"no event":                 {"", "2026-11-30T10:00:30+01:00", "fields.event"},
		"no instant":               {"disruption", "", "fields.at"},
		"what is entered":          {"disruption", "2026-11-30T09:00:00Z", "fields.at"},
		"what the business said":   {"mbco_confirmed", "2026-11-30T10:10:00+01:00", "fields.at"},
		"its word on the return":   {"normal", "2026-11-30T10:20:00+01:00", "fields.at"},
	} {
		p := reported(t)
		p.decides(task.RequestChanges)
		err := p.tries("correct-1", c.event, c.at)
		require.Error(t, err, why)
		require.Equal(t, c.field, fault.As(err).Field, "%s: %v", why, err)
	}
	p := reported(t)
	p.decides(task.RequestChanges)
	require.Equal(t, "comment", fault.As(p.try("correct-1", task.Correct, "", map[string]string{"event": "disruption", "at": "2026-11-30T09:55:00+01:00"})).Field)
	require.Error(t, p.try("correct-1", task.Done, "", map[string]string{"event": "disruption", "at": "2026-11-30T09:55:00+01:00"}), "an answer that corrects nothing")
}

// What the business confirmed it corrects itself: the conductor has it asked, and
// goes on when it has answered.
func TestTheBusinessCorrectsAfterTheReport(t *testing.T) {
	p := reported(t)
	p.decides(task.RequestChanges)
	p.corrects("correct-1", "mbco_confirmed", "")
	require.Equal(t, []string{"correct-2"}, p.open(), "the conductor waits for it")
	asked := p.asked("correct-2")
	require.Equal(t, []string{"berta"}, asked.For.Persons)
	require.Contains(t, asked.Text.En, "The monitoring says so.")
	require.Len(t, asked.Fields[0].Options, 2, "what it confirmed, and nothing else")
	require.Equal(t, "fields.at", fault.As(p.tries("correct-2", "mbco_confirmed", "")).Field)
	require.Equal(t, "fields.at", fault.As(p.tries("correct-2", "mbco_confirmed", "2026-11-30T10:05:30+01:00")).Field, "it wasn't there technically")
	p.corrects("correct-2", "mbco_confirmed", "2026-11-30T10:07:30+01:00")
	require.Equal(t, []string{"correct-1-2"}, p.open())
	p.corrects("correct-1-2", "normal", "")
	p.corrects("correct-2-2", "normal", "2026-11-30T10:30:00+01:00")
	p.done("correct-1-3")
	require.Equal(t, []string{"review"}, p.open())
	p.say("review", task.Done, "", map[string]string{"review": "seen"})
	s := drill.Follow(p.Record)
	require.EqualValues(t, 7*60+30, *s.Result.RTA)
	all := entries(s, continuity.Confirmed)
	require.Len(t, all, 2)
	require.Equal(t, []string{"berta", "berta"}, []string{all[0].By, all[1].By})
	last := entries(s, continuity.Normal)[1]
	require.Equal(t, "09:30", last.When.Format("15:04"))
	require.Equal(t, []time.Time{last.When, last.At}, []time.Time{s.Normal.When, s.Normal.At})

	// Asked and of another mind, nothing is corrected, and nothing is reviewed anew.
	p = reported(t)
	p.decides(task.RequestChanges)
	p.corrects("correct-1", "mbco_confirmed", "")
	p.done("correct-2", "correct-1-2")
	require.Empty(t, p.open())

	// Never confirmed, it isn't confirmed afterwards.
	p = play(t, continuity.Component)
	p.begin()
	p.done("step-1", "step-2", "step-3", "step-4", "conduct-1")
	p.back()
	p.finish(evaluatedWell)
	p.Reports = append(p.Reports, map[string]task.Decision{})
	p.decides(task.RequestChanges)
	require.Equal(t, "fields.event", fault.As(p.tries("correct-1", "mbco_confirmed", "")).Field)
}

// The point in time of the data is corrected as any instant is, and the recovery
// point follows from it.
func TestTheDataIsCorrectedAfterTheReport(t *testing.T) {
	p := reported(t)
	p.decides(task.RequestChanges)
	p.corrects("correct-1", "snapshot_of", "2026-11-30T08:30:00+01:00")
	p.done("correct-1-2")
	s := drill.Follow(p.Record)
	require.EqualValues(t, 90*60, *s.Result.RPA)
	require.Equal(t, continuity.Fail, s.Result.Verdicts.RPO)
	all := entries(s, continuity.Snapshot)
	require.Len(t, all, 2)
	require.Equal(t, "08:30", all[0].When.Format("15:04"))
	require.True(t, all[0].Corrected)
	require.Equal(t, all[1].When, *s.Evaluation.Snapshot)

	p = play(t, continuity.Component)
	p.begin()
	p.say("conduct-1", task.Abort, "Customers notice.", nil)
	p.back()
	p.finish(map[string]string{"integrity": "no-data"})
	p.Reports = append(p.Reports, map[string]task.Decision{})
	p.decides(task.RequestChanges)
	require.Equal(t, "fields.event", fault.As(p.tries("correct-1", "snapshot_of", "2026-11-30T08:30:00+01:00")).Field, "no data came back")
	p.corrects("correct-1", "ended", "2026-11-30T10:05:00+01:00")
	require.Equal(t, "09:05", drill.Follow(p.Record).Abort.When.Format("15:04"), "the abort is its end")
}

// Whatever is corrected, in whatever order, one thing is asked at a time until
// nothing is, each event has one entry that counts, and there is a verdict.
func TestCorrectionsAlwaysComeToAnEnd(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 22))
		p := reported(t)
		for range 3 {
			p.decides(task.RequestChanges)
			for range 12 {
				open := p.open()
				if len(open) == 0 {
					break
				}
				require.Len(t, open, 1, "seed %d", seed)
				if open[0] == process.DrillReview {
					break
				}
				event := p.asked(open[0]).Fields[0]
				at := ""
				if random.IntN(5) > 0 {
					at = time.Date(2026, 11, 30, 8, 20+random.IntN(60), 0, 0, time.UTC).Format(time.RFC3339)
				}
				_ = p.tries(open[0], event.Options[random.IntN(len(event.Options))].Value, at) // some are refused
				s := drill.Follow(p.Record)
				require.NotEmpty(t, s.Result.Overall, "seed %d: it can't be judged", seed)
				counts := map[continuity.Event]int{}
				for _, e := range s.Timeline {
					if !e.Corrected {
						counts[e.Event]++
					}
				}
				for e, n := range counts {
					require.Equal(t, 1, n, "seed %d: %s", seed, e)
				}
			}
			for open := p.open(); len(open) > 0; open = p.open() {
				if open[0] != process.DrillReview {
					p.done(open...)
					continue
				}
				review := map[string]string{"review": "seen"}
				if drill.Follow(p.Record).Result.Retest {
					review["retest"] = "2026-12-31"
				}
				p.say("review", task.Done, "", review)
			}
			require.True(t, drill.Follow(p.Record).Over, "seed %d", seed)
		}
	}
}
