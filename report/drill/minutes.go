package drill

import (
	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
)

// minutes shows the chain of steps that determined when the minimum level was
// there, and what would have to shrink for RTO to be met.
func (d draft) minutes() {
	if !d.Setup.Type.Measures() {
		return
	}
	h := d.happened()
	p := drill.CriticalPath(d.Plan.Spec, h)
	if len(p.Links) == 0 {
		return
	}
	s := d.Section("Where the minutes went", "Wo die Zeit geblieben ist")
	if p.Confirmed {
		s.Say("From the disruption to the business’s confirmation it took %s. The links below follow each other: whatever else was done took place beside them.",
			"Von der Störung bis zur Bestätigung durch den Fachbereich vergingen %s. Die folgenden Abschnitte schließen aneinander an: Alles andere lief daneben.", report.Lasting(p.Total))
	} else {
		s.Say("From the disruption to the end of the %s, which came without the business’s confirmation, it took %s. The links below follow each other: whatever else was done took place beside them.",
			"Von der Störung bis zum Ende der %s, das ohne Bestätigung durch den Fachbereich kam, vergingen %s. Die folgenden Abschnitte schließen aneinander an: Alles andere lief daneben.", d.Setup.Type.Noun(), report.Lasting(p.Total))
	}
	d.shrink(s, p)

	t := s.Table("", "").Left("Spent with", "Verwendet für").Right("Length", "Dauer").
		Right("Expected", "Erwartet").Right("Difference", "Abweichung").Right("Share", "Anteil").Left("Person", "Person")
	for _, l := range p.Links {
		what, person := l.Kind.Title(), given("")
		if l.Step != "" {
			_, title := d.step(l.Step)
			what = text.F("%s: %s", "%s: %s", what, title)
			person = given(trackedOf(h.Steps, l.Step).Person)
		}
		expected, longer := given(""), given("")
		if l.Expected != nil {
			expected = report.Seconds(*l.Expected)
			if l.Over() > 0 || trackedOf(h.Steps, l.Step).State == drill.Done { // one that was cut short wasn't quicker
				longer = report.Words(difference(l.Over()))
			}
		}
		t.Row(report.Words(what), report.Seconds(l.Seconds), expected, longer, report.Share(l.Seconds, p.Total), person)
	}
	t.Row(report.Say("total", "gesamt"), report.Seconds(p.Total), given(""), given(""), report.Share(p.Total, p.Total), given(""))
}

// shrink says by how much the chain has to shrink for RTO, and where that could
// come from.
func (d draft) shrink(s *report.SectionWriter, p drill.Path) {
	o := d.Plan.Spec.Objectives
	switch {
	case o.RTO == nil:
		return
	case d.base(o.From) == nil:
		s.Say("The RTO counts from %s; when that was isn’t known, and so not by how much the chain would have to shrink.",
			"Das RTO zählt ab %s; wann das war, ist nicht bekannt, und damit auch nicht, um wie viel die Kette kürzer werden müsste.", counts(o.From))
		return
	case p.Shrink == 0 && p.Confirmed:
		s.Say("The RTO is %s from %s, of which %s were used: the chain needn’t shrink.", "Das RTO beträgt %s ab %s, davon wurden %s gebraucht: Die Kette muss nicht kürzer werden.",
			lasting(*o.RTO), counts(o.From), report.Lasting(p.Counted))
		return
	case p.Shrink == 0:
		s.Say("The RTO is %s from %s; the %s ended before that time was over.", "Das RTO beträgt %s ab %s; die %s endete vor Ablauf dieser Zeit.", lasting(*o.RTO), counts(o.From), d.Setup.Type.Noun())
		return
	case p.Confirmed:
		s.Say("The RTO is %s from %s: to meet it, the chain has to shrink by %s.", "Das RTO beträgt %s ab %s: Um es einzuhalten, muss die Kette um %s kürzer werden.",
			lasting(*o.RTO), counts(o.From), report.Lasting(p.Shrink))
	default:
		s.Say("The RTO is %s from %s: to meet it, the chain has to shrink by more than %s, since no confirmation came.", "Das RTO beträgt %s ab %s: Um es einzuhalten, muss die Kette um mehr als %s kürzer werden, denn eine Bestätigung blieb aus.",
			lasting(*o.RTO), counts(o.From), report.Lasting(p.Shrink))
	}
	switch a := p.Avoidable(); {
	case a == 0:
		s.Say("No step of the chain took longer than expected, and nothing waited or was paused: to meet the RTO, the plan itself has to change.",
			"Kein Schritt der Kette dauerte länger als erwartet, nichts wartete oder war unterbrochen: Um das RTO einzuhalten, muss sich der Plan selbst ändern.")
	case a >= p.Shrink && p.Confirmed:
		s.Say("Waits, pauses, and steps that took longer than expected come to %s: without them the RTO would have been met.",
			"Wartezeiten, Unterbrechungen und länger als erwartet dauernde Schritte ergeben zusammen %s: Ohne sie wäre das RTO eingehalten worden.", report.Lasting(a))
	case p.Confirmed:
		s.Say("Waits, pauses, and steps that took longer than expected come to %s: even without them the RTO would have been missed, so that the plan itself has to change.",
			"Wartezeiten, Unterbrechungen und länger als erwartet dauernde Schritte ergeben zusammen %s: Auch ohne sie wäre das RTO überschritten worden, sodass sich der Plan selbst ändern muss.", report.Lasting(a))
	default:
		s.Say("Waits, pauses, and steps that took longer than expected come to %s.", "Wartezeiten, Unterbrechungen und länger als erwartet dauernde Schritte ergeben zusammen %s.", report.Lasting(a))
	}
}

// difference is one of durations with its sign.
func difference(seconds int64) text.Text {
	if seconds > 0 {
		return text.F("+%s", "+%s", report.Lasting(seconds))
	}
	return report.Lasting(seconds)
}

// trackedOf is what became of a step.
func trackedOf(steps []drill.Tracked, name string) drill.Tracked {
	for _, t := range steps {
		if t.Name == name {
			return t
		}
	}
	return drill.Tracked{}
}
