package drill

import (
	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
)

// retest says which drill this one repeats, what failed there, and which
// objective was relaxed since.
func (d draft) retest() {
	x := d.Retests
	if x == nil {
		return
	}
	s := d.Section("Re-test", "Wiederholung einer Übung")
	s.Say("This %s repeats %s: %s, version %d of the plan. The result there: %s.", "Diese %s wiederholt %s: %s, Version %d des Plans. Ergebnis dort: %s.",
		d.Setup.Type.Noun(), x.Run, x.Type.Title(), x.Version, x.Result.Overall.Title())
	s.Say("It closes an objective that failed there only by the same objective with today’s value, with the plan as it is now, and by a type of drill that is no weaker.",
		"Ein dort nicht erreichtes Ziel wird nur durch dasselbe Ziel mit dem heutigen Wert, den heutigen Plan und eine Übung mindestens gleicher Aussagekraft nachgewiesen.")
	if d.Stage == drill.ToPlan {
		d.relaxed()
	}
	here := map[string]result{}
	for _, r := range d.results() {
		here[r.name] = r
	}
	now := map[string]objective{}
	for _, o := range agreed(d.Plan.Spec.Objectives) {
		now[o.name] = o
	}
	reported := d.happened().Result != nil
	t := s.Table("Objectives then and now", "Ziele damals und heute").Left("Objective", "Ziel").Left("Agreed then", "Damals vereinbart").Left("Verdict there", "Urteil dort").
		Left("Agreed today", "Heute vereinbart").Left("Change", "Änderung").Left("Verdict here", "Urteil hier").When(reported)
	for _, o := range agreed(x.Objectives) {
		if !o.judged {
			continue
		}
		today := text.New("no longer agreed", "nicht mehr vereinbart")
		if n, ok := now[o.name]; ok {
			today = n.agreed
		}
		t.Row(report.Words(o.title), report.Words(o.agreed), judged(verdictOf(x.Result.Verdicts, o.name)), report.Words(today), changed(o.name, x.Objectives, d.Plan.Spec.Objectives), judged(here[o.name].verdict))
	}
}

// relaxed warns of objectives that ask for less than in the drill that is
// repeated.
func (d draft) relaxed() {
	if d.Retests == nil {
		return
	}
	then, now := d.Retests.Objectives, d.Plan.Spec.Objectives
	today := map[string]text.Text{}
	for _, o := range agreed(now) {
		today[o.name] = o.agreed
	}
	for _, o := range agreed(then) {
		switch {
		case !o.judged || relation(o.name, then, now) >= 0:
		case today[o.name].IsZero():
			d.Warn("Relaxed since the drill that is repeated: %s is no longer agreed (then: %s).", "Seit der wiederholten Übung gelockert: %s ist nicht mehr vereinbart (damals: %s).", o.title, o.agreed)
		default:
			d.Warn("Relaxed since the drill that is repeated: %s is %s today, and was %s then%s.", "Seit der wiederholten Übung gelockert: %s heute %s, damals %s%s.", o.title, today[o.name], o.agreed, d.rebased(o.name))
		}
	}
}

// rebased says that an RTO counts from another event than it did.
func (d draft) rebased(name string) text.Text {
	if then, now := d.Retests.Objectives.From, d.Plan.Spec.Objectives.From; name == rto && fromInvoked(then) != fromInvoked(now) {
		return text.F(", counted from %s instead of %s", ", gezählt ab %s statt ab %s", counts(now), counts(then))
	}
	return text.Text{}
}

func fromInvoked(b continuity.Base) bool { return b == continuity.FromInvoked }

// changed says how an objective of today stands to that of then.
func changed(name string, then, now continuity.Agreed) report.Cell {
	switch relation(name, then, now) {
	case 0:
		return report.Judged(text.New("none", "keine"), report.Neutral)
	case 1:
		return report.Judged(text.New("tightened", "verschärft"), report.Neutral)
	}
	return report.Judged(text.New("relaxed", "gelockert"), report.Bad)
}

// relation is −1 where an objective asks for less than it did, or not at all, 1
// where it asks for more. An RTO that counts from the invocation asks for less
// than one from the disruption, however long: nobody knows how late a plan is
// invoked.
func relation(name string, then, now continuity.Agreed) int {
	time := func(then, now *agreement.Duration) int {
		switch {
		case then == nil && now == nil:
			return 0
		case now == nil:
			return -1
		case then == nil || *now < *then:
			return 1
		case *now > *then:
			return -1
		}
		return 0
	}
	level := func(then, now *agreement.Decimal) int {
		switch a, b := exact(then), exact(now); {
		case a == nil && b == nil:
			return 0
		case b == nil:
			return -1
		case a == nil:
			return 1
		default:
			return b.Cmp(a)
		}
	}
	switch name {
	case rto:
		if then.RTO != nil && now.RTO != nil && fromInvoked(then.From) != fromInvoked(now.From) {
			if fromInvoked(now.From) || *now.RTO > *then.RTO {
				return -1
			}
			return 1
		}
		return time(then.RTO, now.RTO)
	case rpo:
		return time(then.RPO, now.RPO)
	case mbco:
		return level(then.MBCO, now.MBCO)
	case reached:
		return level(then.Contacts, now.Contacts)
	case decide:
		return time(then.Decide, now.Decide)
	}
	return 0
}
