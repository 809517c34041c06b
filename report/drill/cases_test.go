package drill

import (
	"strings"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// ten is 10:00 in Berlin, on the day of the drill.
var ten = time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)

func in(minutes int) time.Time { return ten.Add(time.Duration(minutes) * time.Minute) }

func on(minutes int) *time.Time { t := in(minutes); return &t }

func minutes(n int64) agreement.Duration { return agreement.Duration(n * 60) }

func exactly(s string) *agreement.Decimal { d := agreement.Decimal(s); return &d }

func date(month time.Month, day int) calendar.Date {
	return calendar.Date{Year: 2026, Month: month, Day: day}
}

// payments is the plan of the cases: seven steps, in branches.
func payments() drill.PlanVersion {
	return drill.PlanVersion{Name: "payments-site-loss", Version: 4, Hash: strings.Repeat("4d", 32), Title: text.New("Payments: loss of the data centre", "Zahlungsverkehr: Verlust des Rechenzentrums"), Spec: continuity.Plan{
		Service: "payments", Scenario: "The primary data centre is lost.", Invocation: "Payments are down for 15 min and no repair is in sight: the duty manager decides.",
		Offsite: "Sealed envelope at the porter’s lodge, and in the crisis team’s folder", Business: "frida",
		Objectives: continuity.Agreed{RTO: within(180), From: continuity.FromDisruption, RPO: within(15), MBCO: exactly("60"), MTPD: within(240), MTW: within(2880), WRT: within(45), Contacts: exactly("75"), Decide: within(45)},
		Backup:     &continuity.Backup{Every: minutes(10), Takes: minutes(4)},
		Dependencies: []continuity.Dependency{
			{Service: "network", RTO: within(60), From: continuity.FromDisruption}, {Service: "directory"}},
		Contacts: []continuity.Contact{
			{Name: "Duty manager", Person: "dora", Role: "decides on the invocation", By: []string{"phone +49 30 1234"}, Within: within(10), From: continuity.Detected},
			{Name: "Storage supplier", Role: "replaces disks", By: []string{"phone +49 30 5678"}},
			{Name: "Head of payments", Person: "frida", Role: "confirms the minimum level", By: []string{"phone +49 30 9012"}},
			{Name: "Press office", Role: "informs customers", By: []string{"mail press@example.org"}},
		},
		Steps: []continuity.Step{
			{Name: "assess", Title: "Assess the damage", Owner: "dora", Takes: minutes(15), Marks: continuity.Detected},
			{Name: "decide", Title: "Decide on the invocation", Owner: "dora", Takes: minutes(15), After: []string{"assess"}, Marks: continuity.Decided},
			{Name: "start", Title: "Start the payment service", Owner: "sven", Takes: minutes(20), After: []string{"database", "network"}, Marks: continuity.Technical},
			{Name: "storage", Title: "Attach the replicated storage", Owner: "anna", Takes: minutes(30), After: []string{"decide"}},
			{Name: "network", Title: "Switch the network over", Owner: "nils", Takes: minutes(20), After: []string{"decide"}},
			{Name: "database", Title: "Restore the database", Owner: "ben", Takes: minutes(60), After: []string{"storage"}},
			{Name: "inform", Title: "Inform the customers", Owner: "pia", Takes: minutes(10), After: []string{"decide"}},
		},
		Return: []continuity.Step{
			{Name: "sync", Title: "Synchronise the data back", Owner: "ben", Takes: minutes(90)},
			{Name: "back", Title: "Switch back to the primary data centre", Owner: "nils", Takes: minutes(30), After: []string{"sync"}},
		},
	}}
}

// planned is a component test that waits for its approval.
func planned() drill.Frozen {
	return drill.Frozen{Run: "continuity-drill/payments/2026-10-05", Round: 1, About: resource.Service.Ref("payments"), Zone: "Europe/Berlin", At: time.Date(2026, 9, 21, 9, 0, 0, 0, time.UTC),
		Stage: drill.ToPlan, Continues: true, Plan: payments(), Setup: drill.Setup{Type: continuity.Component, Date: date(10, 5), Scenario: "The storage of the primary data centre is switched off at 10:00.",
			Conductor: "carla", Deputy: "dirk", Instead: []drill.Substitute{{Of: "ben", By: "berta"}}, LeftOut: []string{"inform"}, Production: "The test tenant of production; its storage is switched off.",
			Maintenance: "payments-2026-10-05", Risk: "The switch back could fail.", Rollback: "Attach the primary storage again, which takes 10 min.", Stop: "Customers outside of the test tenant notice anything.",
			By: "olga", Said: time.Date(2026, 9, 21, 8, 30, 0, 0, time.UTC)}}
}

func event(e continuity.Event, happened, entered int, by, step string) drill.Entry {
	return drill.Entry{Event: e, When: in(happened), At: in(entered), By: by, Step: step}
}

func step(n int, name, person string, opened, ended, entered int) drill.Tracked {
	return drill.Tracked{Number: n, Name: name, State: drill.Done, Person: person, By: person, Opened: on(opened), Ended: on(ended), Entered: on(entered)}
}

// passed is how that drill went: confirmed after 165 min.
func passed() drill.Frozen {
	f := planned()
	f.Stage, f.Continues, f.Round, f.At = drill.ToReport, false, 2, time.Date(2026, 10, 7, 9, 0, 0, 0, time.UTC)
	f.Approved = &drill.Approved{By: "marc", Hash: strings.Repeat("a1", 32), Comment: "Tell the porter beforehand.", At: time.Date(2026, 9, 22, 8, 0, 0, 0, time.UTC)}
	left := drill.Tracked{Number: 7, Name: "inform", State: drill.LeftOut, Person: "pia"}
	f.Happened = &drill.Happened{
		Begun: &drill.Begun{Disruption: ten, Offsite: true, By: "carla", At: in(1)},
		Calls: []drill.Call{{Name: "Duty manager", Caller: "carla", Entered: on(25), Reach: drill.Reach{Reached: true, When: on(14), By: "phone +49 30 1234"}}, {Name: "Storage supplier", Reach: drill.Reach{Reached: true, When: on(20), By: "phone +49 30 5678"}},
			{Name: "Head of payments", Reach: drill.Reach{Reached: true, When: on(22), By: "phone +49 30 9012"}}, {Name: "Press office"}},
		Steps: []drill.Tracked{step(1, "assess", "dora", 1, 12, 12), step(2, "decide", "dora", 12, 30, 31), step(3, "start", "sven", 128, 145, 146), step(4, "storage", "anna", 31, 62, 64),
			step(5, "network", "nils", 31, 50, 51), step(6, "database", "berta", 64, 126, 128), left},
		Return: []drill.Tracked{step(1, "sync", "berta", 250, 330, 331), step(2, "back", "nils", 331, 360, 361)},
		Timeline: []drill.Entry{event(continuity.Disruption, 0, 1, "carla", ""), event(continuity.Detected, 12, 12, "dora", "assess"), event(continuity.Invoked, 30, 32, "carla", ""), event(continuity.Decided, 30, 31, "dora", "decide"),
			event(continuity.Technical, 145, 146, "sven", "start"), event(continuity.Confirmed, 165, 167, "frida", ""), event(continuity.Full, 245, 246, "carla", ""), event(continuity.Ended, 250, 251, "carla", "")},
		Normal:     &drill.Verified{When: in(370), Note: "Ten payments went through.", By: "frida", At: in(372)},
		Evaluation: &drill.Evaluation{Snapshot: on(-10), Backup: on(-6), Capacity: exactly("72.5"), Integrity: drill.Whole, Evidence: "Canary payments 1 to 500 found, sums compared", File: strings.Repeat("e2", 32), By: "carla", At: in(400)},
		Debrief:    &drill.Debrief{Well: "Everybody was reached quickly.", Badly: "The restore began two minutes late.", Lessons: "Prepare the restore while storage is attached.", By: "carla", At: in(420)},
		Reviewed:   &drill.Reviewed{Words: "The plan works as it is.", By: "olga", At: in(1500)},
	}
	return evaluated(f)
}

// evaluated judges a drill as its record has it.
func evaluated(f drill.Frozen) drill.Frozen {
	h := f.Happened
	d := continuity.Drill{Type: f.Setup.Type.AsDrill(), Objectives: f.Plan.Spec.Objectives.Judged(), Events: continuity.Events{Disruption: h.Begun.Disruption}}
	for _, e := range h.Timeline {
		if e.Corrected {
			continue
		}
		switch e.Event {
		case continuity.Disruption:
			d.Events.Disruption = e.When
		case continuity.Detected:
			d.Events.Detected = e.When
		case continuity.Invoked:
			d.Events.Invoked = e.When
		case continuity.Decided:
			d.Events.Decided = e.When
		case continuity.Technical:
			d.Events.Technical = e.When
		case continuity.Confirmed:
			d.Events.Confirmed = e.When
		case continuity.Full:
			d.Events.Full = e.When
		case continuity.Ended:
			d.Events.Ended = e.When
		}
	}
	if e := h.Evaluation; e != nil {
		d.Capacity = e.Capacity
		if e.Snapshot != nil {
			d.Events.Snapshot = *e.Snapshot
		}
	}
	if len(h.Calls) > 0 {
		d.Contacts = &continuity.Contacts{}
		d.Contacts.Reached, d.Contacts.Called = called(*h)
	}
	for _, s := range h.Steps {
		if s.State != drill.Done && s.State != drill.LeftOut {
			d.Skipped = append(d.Skipped, s.Name)
		}
	}
	r, err := continuity.Judge(d)
	if err != nil {
		panic(err)
	}
	all := drill.Result{Result: r, Overall: r.Verdict, Offsite: continuity.Pass}
	worse := func(v *continuity.Verdict, to continuity.Verdict) {
		*v = to
		if to != continuity.Pass && all.Overall == continuity.Pass || to == continuity.Fail {
			all.Overall = to
		}
	}
	if !h.Begun.Offsite {
		worse(&all.Offsite, continuity.Fail)
	}
	if f.Setup.Type.Measures() {
		all.Integrity, all.Back = continuity.Pass, continuity.Pass
		if h.Evaluation == nil || h.Evaluation.Integrity == drill.NotChecked {
			worse(&all.Integrity, continuity.Incomplete)
		} else if h.Evaluation.Integrity == drill.Damaged {
			worse(&all.Integrity, continuity.Fail)
		}
		if h.Normal == nil {
			worse(&all.Back, continuity.Incomplete)
		}
	}
	all.Retest = all.Overall == continuity.Fail || all.Overall == continuity.Incomplete
	h.Result = &all
	return f
}

// missed is the same drill, confirmed a minute after RTO: a step was paused,
// another entered afterwards, an instant corrected, and the data damaged.
func missed() drill.Frozen {
	f := passed()
	h := f.Happened
	f.Setup.Maintenance, f.Newer = "", 5
	h.Begun.Offsite = false
	h.Steps[3].Ended, h.Steps[3].Entered = on(75), on(77)
	h.Steps[5] = step(6, "database", "bernd", 77, 158, 170)
	h.Steps[5].Paused, h.Steps[5].Note, h.Steps[5].By = 20*60, "Waited for the tape robot.", "carla"
	h.Steps[4] = step(5, "network", "nils", 120, 50, 120)
	h.Steps[2] = step(3, "start", "sven", 158, 172, 173)
	h.Directions = []drill.Direction{
		{What: drill.Reassign, Step: "database", Person: "bernd", Reason: "Berta fell ill.", By: "carla", At: in(70)},
		{What: drill.Correct, Reason: "The clock in the meeting room is 2 min fast.", By: "carla", At: in(185)}}
	corrected := event(continuity.Confirmed, 183, 184, "frida", "")
	corrected.Corrected = true
	again := event(continuity.Confirmed, 181, 185, "carla", "")
	again.Reason = "The clock in the meeting room is 2 min fast."
	h.Timeline = append(h.Timeline[:4:4], event(continuity.Technical, 172, 173, "sven", "start"), again, corrected, event(continuity.Full, 245, 246, "carla", ""), event(continuity.Ended, 250, 251, "carla", ""))
	h.Evaluation.Integrity, h.Evaluation.Evidence = drill.Damaged, "Canary payments 211 to 219 are missing."
	again2 := date(12, 15)
	h.Reviewed = &drill.Reviewed{Words: "The tape robot is too slow for this plan.", Retest: &again2, By: "olga", At: in(1500)}
	return evaluated(f)
}

// aborted is a full interruption test that was aborted, and whose return nobody
// verified.
func aborted() drill.Frozen {
	f := passed()
	h := f.Happened
	f.Setup.Type, f.Setup.LeftOut = continuity.FullInterruption, nil
	cancelled := func(n int, name, person string) drill.Tracked {
		return drill.Tracked{Number: n, Name: name, Person: person, State: drill.Cancelled}
	}
	h.Steps = []drill.Tracked{step(1, "assess", "dora", 1, 12, 12), step(2, "decide", "dora", 12, 30, 31), cancelled(3, "start", "sven"), step(4, "storage", "anna", 31, 62, 64),
		step(5, "network", "nils", 31, 50, 51), cancelled(6, "database", "berta"), step(7, "inform", "pia", 31, 40, 40)}
	h.Steps[4].State, h.Steps[4].Note = drill.Failed, "The route isn’t announced."
	h.Steps[5].Opened = on(64)
	h.Abort = &drill.Abort{Reason: "Customers outside of the test tenant noticed it.", When: in(90), By: "dirk", At: in(91)}
	h.Timeline = append(h.Timeline[:4:4], event(continuity.Ended, 90, 91, "dirk", ""))
	h.Return = []drill.Tracked{step(1, "sync", "berta", 91, 110, 110), {Number: 2, Name: "back", Person: "nils", State: drill.Open, Opened: on(110)}}
	h.Normal, h.Debrief, h.Reviewed = nil, nil, nil
	h.Evaluation = &drill.Evaluation{Integrity: drill.NotChecked, By: "carla", At: in(400)}
	return evaluated(f)
}

// tabletop is a discussion that expects to miss RTO.
func tabletop() drill.Frozen {
	f := passed()
	f.Setup.Type, f.Setup.LeftOut, f.Setup.Instead, f.Setup.Production, f.Setup.Maintenance = continuity.Tabletop, nil, nil, "", ""
	f.Plan.Spec.Objectives.Contacts, f.Plan.Spec.Objectives.Decide = nil, nil
	f.Happened = &drill.Happened{Begun: &drill.Begun{Disruption: ten, Offsite: true, By: "carla", At: in(1)},
		Timeline: []drill.Entry{event(continuity.Disruption, 0, 1, "carla", ""), event(continuity.Ended, 90, 91, "carla", "")},
		Estimate: &drill.Estimate{RTA: within(220), RPA: within(10), Capacity: exactly("50"), Notes: "The restore alone takes two hours.", By: "carla", At: in(95)},
		Debrief:  &drill.Debrief{Well: "The order of the steps is clear.", Badly: "Nobody knew where the envelope is.", Lessons: "Say it in the onboarding.", By: "carla", At: in(100)},
		Reviewed: &drill.Reviewed{Words: "A component test is needed.", By: "olga", At: in(1500)}}
	return evaluated(f)
}

// callTree reached two of four contacts.
func callTree() drill.Frozen {
	f := tabletop()
	f.Setup.Type = continuity.CallTree
	f.Plan.Spec.Objectives = continuity.Agreed{Contacts: exactly("75")}
	f.Happened.Estimate = nil
	f.Happened.Calls = []drill.Call{{Name: "Duty manager", Reach: drill.Reach{Reached: true, When: on(4), By: "phone +49 30 1234"}}, {Name: "Storage supplier"}, {Name: "Head of payments", Reach: drill.Reach{Reached: true, When: on(9), By: "phone +49 30 9012"}}, {Name: "Press office"}}
	again := date(11, 2)
	f.Happened.Reviewed.Retest = &again
	return evaluated(f)
}

// retest plans the repetition of the drill that missed RTO, which was relaxed
// since.
func retest() drill.Frozen {
	f, failed := planned(), missed()
	f.Run, f.Setup.Date, f.At = "continuity-drill/payments/2026-12-14", date(12, 14), time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	f.Retests = &drill.Retested{Run: failed.Run, Type: failed.Setup.Type, Version: failed.Plan.Version, Objectives: failed.Plan.Spec.Objectives, Result: *failed.Happened.Result}
	f.Plan.Version, f.Plan.Spec.Objectives.RTO, f.Plan.Spec.Objectives.RPO = 5, within(200), within(12)
	f.Setup.Maintenance = ""
	return f
}

// retested is what became of it.
func retested() drill.Frozen {
	f, r := passed(), retest()
	f.Run, f.Retests, f.Plan, f.Setup.Date = r.Run, r.Retests, r.Plan, r.Setup.Date
	return evaluated(f)
}

// invoking is a real invocation that waits to be confirmed: what it risks, and how
// it would be taken back, nobody could say beforehand.
func invoking() drill.Frozen {
	f := planned()
	s := &f.Setup
	s.Type, s.LeftOut, s.Scenario, s.Production = continuity.Invocation, nil, "Fire in the primary data centre since 10:00.", "All of it: no payments are taken."
	s.Maintenance, s.Risk, s.Rollback, s.Stop, s.Said, f.At = "", "", "", "", in(34), in(35)
	return f
}

// invoked is what became of it, in time; the decision was taken before the
// invocation was confirmed, and entered afterwards.
func invoked() drill.Frozen {
	f := passed()
	f.Setup = invoking().Setup
	f.Approved.Comment, f.Approved.At = "", in(36)
	h := f.Happened
	h.Begun.At = in(37)
	for i, entered := range []int{37, 38, 40, 39} {
		h.Timeline[i].At = in(entered)
	}
	h.Steps = []drill.Tracked{step(1, "assess", "dora", 37, 12, 38), step(2, "decide", "dora", 38, 30, 39), h.Steps[2], step(4, "storage", "anna", 39, 62, 64),
		step(5, "network", "nils", 39, 50, 51), h.Steps[5], step(7, "inform", "pia", 39, 45, 46)}
	h.Evaluation.Cause = "A cooling pump caught fire."
	h.Evaluation.Impact = "No payments for 2 h 45 min; 214 customers complained."
	h.Evaluation.Recovery = "The payment service, at the second data centre, from the replicated storage."
	return evaluated(f)
}

// invokedInVain is an invocation that was aborted, and is to be shown by a drill.
func invokedInVain() drill.Frozen {
	f, a := invoked(), aborted()
	a.Setup, a.Approved, a.Happened.Abort.Reason = f.Setup, f.Approved, "The primary data centre is back."
	e := a.Happened.Evaluation
	e.Cause, e.Impact, e.Recovery = "A cooling pump caught fire.", "No payments for a day.", "Nothing: the primary data centre came back."
	by := date(12, 1)
	a.Happened.Reviewed = &drill.Reviewed{Words: "The network can’t be switched over.", Retest: &by, By: "olga", At: in(1500)}
	a.Happened.Steps[2].Let = true
	return evaluated(a)
}

// never was given up before it began.
func never() drill.Frozen {
	f := passed()
	f.Happened = &drill.Happened{Timeline: []drill.Entry{}}
	return f
}

// cases are frozen sets of both stages, and of each shape.
func cases() map[string]drill.Frozen {
	return map[string]drill.Frozen{"plan": planned(), "plan-retest": retest(), "passed": passed(), "missed": missed(), "aborted": aborted(), "tabletop": tabletop(),
		"call-tree": callTree(), "retested": retested(), "never": never(), "plan-invocation": invoking(), "invocation": invoked(), "invocation-aborted": invokedInVain()}
}

type frozen = drill.Frozen

func within(n int64) *agreement.Duration { d := minutes(n); return &d }
