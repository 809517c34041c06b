package drill_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
)

var ten = time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)

// in is so many minutes after the disruption.
func in(minutes int) time.Time { return ten.Add(time.Duration(minutes) * time.Minute) }

func on(minutes int) *time.Time { t := in(minutes); return &t }

func hours(n int64) *agreement.Duration { d := agreement.Duration(n * 3600); return &d }

func entry(e continuity.Event, minutes int) drill.Entry {
	return drill.Entry{Event: e, When: in(minutes), At: in(minutes)}
}

// restoring is a plan of five steps in two branches: assess, then storage and
// database beside the network, then the service; and one beside all of them.
func restoring() continuity.Plan {
	minutes := func(n int64) agreement.Duration { return agreement.Duration(n * 60) }
	return continuity.Plan{Objectives: continuity.Agreed{RTO: hours(3), From: continuity.FromDisruption}, Steps: []continuity.Step{
		{Name: "assess", Takes: minutes(15)},
		{Name: "storage", Takes: minutes(30), After: []string{"assess"}},
		{Name: "network", Takes: minutes(20), After: []string{"assess"}},
		{Name: "database", Takes: minutes(60), After: []string{"storage"}},
		{Name: "service", Takes: minutes(20), After: []string{"database", "network"}, Marks: continuity.Technical},
		{Name: "inform", Takes: minutes(10), After: []string{"assess"}},
	}}
}

func step(name string, state drill.State, opened, ended int) drill.Tracked {
	t := drill.Tracked{Name: name, State: state}
	if opened >= 0 {
		t.Opened = on(opened)
	}
	if ended >= 0 {
		t.Ended = on(ended)
	}
	return t
}

// restored is how that went: confirmed after 181 min.
func restored() drill.Happened {
	return drill.Happened{Begun: &drill.Begun{Disruption: ten}, Steps: []drill.Tracked{
		step("assess", drill.Done, 30, 45), step("storage", drill.Done, 45, 80), step("network", drill.Done, 45, 60),
		step("database", drill.Done, 85, 150), step("service", drill.Done, 150, 165), step("inform", drill.Done, 45, 170),
	}, Timeline: []drill.Entry{entry(continuity.Disruption, 0), entry(continuity.Detected, 12), entry(continuity.Invoked, 30), entry(continuity.Technical, 165), entry(continuity.Confirmed, 181)}}
}

// written is a path in one line: kind, step, minutes, and what was expected.
func written(p drill.Path) string {
	var all []string
	for _, l := range p.Links {
		s := strings.TrimSpace(string(l.Kind)+" "+l.Step) + " " + strconv.FormatInt(l.Seconds/60, 10)
		if l.Expected != nil {
			s += "/" + strconv.FormatInt(*l.Expected/60, 10)
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

func TestCriticalPath(t *testing.T) {
	const lead = "detection 12, invocation 18, working assess 15/15, "
	for name, c := range map[string]struct {
		change func(*continuity.Plan, *drill.Happened)
		want   string
		shrink int64
	}{
		"two branches: the slower one, and nothing beside them": {func(*continuity.Plan, *drill.Happened) {},
			lead + "working storage 35/30, queueing database 5, working database 65/60, working service 15/20, confirming 16", 60},
		"the other branch is slower": {func(_ *continuity.Plan, h *drill.Happened) { h.Steps[2].Ended = on(150); h.Steps[3].Ended = on(120) },
			lead + "working network 105/20, working service 15/20, confirming 16", 60},
		"a pause stands beside the work": {func(_ *continuity.Plan, h *drill.Happened) { h.Steps[3].Paused = 20 * 60 },
			lead + "working storage 35/30, queueing database 5, working database 45/60, standing database 20, working service 15/20, confirming 16", 60},
		"a pause longer than the step is as long as it": {func(_ *continuity.Plan, h *drill.Happened) { h.Steps[3].Paused = 1e6 },
			lead + "working storage 35/30, queueing database 5, working database 0/60, standing database 65, working service 15/20, confirming 16", 60},
		"entered afterwards: its opening lies behind its end and says nothing": {func(_ *continuity.Plan, h *drill.Happened) { h.Steps[3].Opened = on(160) },
			lead + "working storage 35/30, working database 70/60, working service 15/20, confirming 16", 60},
		"the first step, entered afterwards, begins when the plan was invoked": {func(_ *continuity.Plan, h *drill.Happened) { h.Steps[0].Opened = on(50) },
			lead + "working storage 35/30, queueing database 5, working database 65/60, working service 15/20, confirming 16", 60},
		"a step left out stands for what it depends on": {func(_ *continuity.Plan, h *drill.Happened) { h.Steps[3] = step("database", drill.LeftOut, -1, -1) },
			lead + "working storage 35/30, queueing service 70, working service 15/20, confirming 16", 60},
		"what ended behind its follower determined nothing": {func(_ *continuity.Plan, h *drill.Happened) { h.Steps[3] = step("database", drill.Failed, 85, 175) },
			lead + "working storage 35/30, queueing service 70, working service 15/20, confirming 16", 60},
		"a failed step, and the conductor let the next one go on": {func(_ *continuity.Plan, h *drill.Happened) {
			h.Steps[3] = step("database", drill.Failed, 85, 140)
			h.Steps[4].Let = true
		}, lead + "working storage 35/30, queueing database 5, working database 55/60, queueing service 10, working service 15/20, confirming 16", 60},
		"a corrected instant counts": {func(_ *continuity.Plan, h *drill.Happened) {
			h.Timeline[3].Corrected = true
			h.Timeline = append(h.Timeline, entry(continuity.Technical, 171))
		}, lead + "working storage 35/30, queueing database 5, working database 65/60, working service 21/20, confirming 10", 60},
		"a step that marks an event is a link, the event none": {func(p *continuity.Plan, h *drill.Happened) {
			p.Steps[0].Marks = continuity.Invoked
			h.Steps[0] = step("assess", drill.Done, 12, 30)
			h.Steps[1].Opened = on(32)
		}, "detection 12, working assess 18/15, queueing storage 2, working storage 48/30, queueing database 5, working database 65/60, working service 15/20, confirming 16", 60},
		"no step marks the minimum level: the last of those that nothing follows": {func(p *continuity.Plan, _ *drill.Happened) { p.Steps[4].Marks = "" },
			lead + "working inform 125/10, confirming 11", 60},
		"no steps at all": {func(_ *continuity.Plan, h *drill.Happened) { h.Steps = nil },
			"detection 12, invocation 18, confirming 151", 60},
		"RTO from the invocation": {func(p *continuity.Plan, _ *drill.Happened) {
			p.Objectives = continuity.Agreed{RTO: hours(2), From: continuity.FromInvoked}
		},
			lead + "working storage 35/30, queueing database 5, working database 65/60, working service 15/20, confirming 16", 31 * 60},
		"within RTO": {func(p *continuity.Plan, _ *drill.Happened) { p.Objectives.RTO = hours(4) },
			lead + "working storage 35/30, queueing database 5, working database 65/60, working service 15/20, confirming 16", 0},
		"no RTO": {func(p *continuity.Plan, _ *drill.Happened) { p.Objectives = continuity.Agreed{} },
			lead + "working storage 35/30, queueing database 5, working database 65/60, working service 15/20, confirming 16", 0},
		"not confirmed": {func(_ *continuity.Plan, h *drill.Happened) { h.Timeline[4] = entry(continuity.Ended, 200) },
			lead + "working storage 35/30, queueing database 5, working database 65/60, working service 15/20, unresolved 35", 20 * 60},
		"aborted while a step was worked on": {func(_ *continuity.Plan, h *drill.Happened) {
			h.Steps[3], h.Steps[4] = step("database", drill.Cancelled, 85, -1), step("service", drill.Cancelled, -1, -1)
			h.Timeline = append(h.Timeline[:3], entry(continuity.Ended, 150))
			h.Abort = &drill.Abort{When: in(120)}
		}, lead + "working storage 35/30, queueing database 5, working database 35/60, unresolved 30", 0},
	} {
		t.Run(name, func(t *testing.T) {
			p, h := restoring(), restored()
			c.change(&p, &h)
			path := drill.CriticalPath(p, h)
			require.Equal(t, c.want, written(path))
			require.Equal(t, c.shrink, path.Shrink)
			require.Equal(t, sum(path), path.Total)
		})
	}
}

func sum(p drill.Path) (s int64) {
	for _, l := range p.Links {
		s += l.Seconds
	}
	return s
}

// Without waits, and with each step no longer than planned, the chain would have
// been 15 min shorter; what lies before the event that RTO counts from doesn't
// help.
func TestAvoidable(t *testing.T) {
	p := drill.CriticalPath(restoring(), restored())
	require.EqualValues(t, (5+5+5)*60, p.Avoidable())
	require.EqualValues(t, -5*60, p.Links[6].Over(), "the service was quicker than planned")

	plan, h := restoring(), restored()
	plan.Objectives.From = continuity.FromInvoked
	h.Timeline[2] = entry(continuity.Invoked, 82) // after the step that took 5 min too long
	p = drill.CriticalPath(plan, h)
	require.EqualValues(t, 99*60, p.Counted)
	require.EqualValues(t, 5*60, p.Avoidable())
}

// A fraction of a second above RTO is above it, as the verdict has it.
func TestShrinkRoundsUp(t *testing.T) {
	p, h := restoring(), restored()
	h.Timeline[4].When = in(180).Add(time.Millisecond)
	path := drill.CriticalPath(p, h)
	require.EqualValues(t, 180*60, path.Counted)
	require.EqualValues(t, 1, path.Shrink)
}

// There is no path where a drill wasn't begun, hasn't ended, or ended before it
// began.
func TestNoPath(t *testing.T) {
	for name, change := range map[string]func(*drill.Happened){
		"not begun":     func(h *drill.Happened) { h.Begun = nil },
		"not ended":     func(h *drill.Happened) { h.Timeline = h.Timeline[:4] },
		"ended before":  func(h *drill.Happened) { h.Timeline[4].When = in(-1) },
		"no disruption": func(h *drill.Happened) { h.Begun.Disruption, h.Timeline[0].When = time.Time{}, time.Time{} },
	} {
		h := restored()
		change(&h)
		require.Zero(t, drill.CriticalPath(restoring(), h), name)
	}
}

// Whatever was planned and recorded, the links come to the total, none is below
// 0, and the total is the recovery time that is judged.
func TestLinksComeToTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moment := rapid.Custom(func(t *rapid.T) time.Time {
			return ten.Add(time.Duration(rapid.Int64Range(-1e12, 2e13).Draw(t, "ns")))
		})
		maybe := func(label string) *time.Time {
			if rapid.Bool().Draw(t, "has "+label) {
				at := moment.Draw(t, label)
				return &at
			}
			return nil
		}
		p := continuity.Plan{Objectives: continuity.Agreed{RTO: hours(1), From: rapid.SampledFrom([]continuity.Base{continuity.FromDisruption, continuity.FromInvoked}).Draw(t, "base")}}
		h := drill.Happened{Begun: &drill.Begun{Disruption: ten}}
		name := rapid.Custom(func(t *rapid.T) string { return strconv.Itoa(rapid.IntRange(0, 9).Draw(t, "step")) })
		for i := range rapid.IntRange(0, 9).Draw(t, "steps") {
			p.Steps = append(p.Steps, continuity.Step{Name: strconv.Itoa(i), Takes: 600, After: rapid.SliceOfN(name, 0, 3).Draw(t, "after"), // cycles, too
				Marks: rapid.SampledFrom([]continuity.Event{"", "", continuity.Detected, continuity.Invoked, continuity.Technical}).Draw(t, "marks")})
			h.Steps = append(h.Steps, drill.Tracked{Name: strconv.Itoa(i), State: rapid.SampledFrom(drill.States()).Draw(t, "state"),
				Opened: maybe("opened"), Ended: maybe("ended"), Paused: rapid.Int64Range(-5, 20_000).Draw(t, "paused")})
		}
		for _, e := range []continuity.Event{continuity.Detected, continuity.Invoked, continuity.Technical, continuity.Confirmed, continuity.Ended} {
			if at := maybe(string(e)); at != nil {
				h.Timeline = append(h.Timeline, drill.Entry{Event: e, When: *at, Corrected: rapid.IntRange(0, 3).Draw(t, "corrected") == 0})
			}
		}
		if at := maybe("abort"); at != nil {
			h.Abort = &drill.Abort{When: *at}
		}
		path := drill.CriticalPath(p, h)
		require.Equal(t, path.Total, sum(path))
		for _, l := range path.Links {
			require.GreaterOrEqual(t, l.Seconds, int64(0))
		}
		require.LessOrEqual(t, path.Avoidable(), path.Total)
		require.Equal(t, path, drill.CriticalPath(p, h), "always the same")
		if !path.Confirmed || p.Objectives.From == continuity.FromInvoked {
			return
		}
		for _, e := range h.Timeline {
			if e.Event == continuity.Confirmed && !e.Corrected {
				r, err := continuity.Judge(continuity.Drill{Type: continuity.Component, Objectives: p.Objectives.Judged(), Events: continuity.Events{Disruption: ten, Confirmed: e.When}})
				require.NoError(t, err)
				require.Equal(t, *r.RTA, path.Total)
				require.Equal(t, r.Verdicts.RTO == continuity.Fail, path.Shrink > 0)
			}
		}
	})
}

// Each kind of link is worded.
func TestTitlesOfLinks(t *testing.T) {
	for _, k := range drill.LinkKinds() {
		require.NotEqual(t, string(k), k.Title().De)
	}
}
