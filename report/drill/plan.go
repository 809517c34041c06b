package drill

import (
	"slices"
	"strconv"

	"turnus/itsm/continuity"
	"turnus/itsm/text"
	"turnus/report"
)

// plan names the continuity plan in its version.
func (d draft) plan() {
	p := d.Plan.Spec
	s := d.Section("The continuity plan", "Der Notfallplan")
	if d.Newer > d.Plan.Version {
		s.Say("The plan has version %d in the meantime; this %s is about version %d.", "Der Plan hat inzwischen Version %d; die %s gilt Version %d.", d.Newer, d.Setup.Type.Noun(), d.Plan.Version)
	}
	t := record(s, "", "")
	t.Item("Plan", "Plan", report.Words(planTitle(d.Plan)))
	t.Item("Name", "Name", given(d.Plan.Name))
	t.Item("Version", "Version", report.Name(strconv.Itoa(d.Plan.Version)))
	t.Item("Hash", "Hashwert", given(d.Plan.Hash))
	t.Item("Service", "Service", given(p.Service))
	t.Item("Scenario of the plan", "Szenario des Plans", given(p.Scenario))
	t.Item("When it is invoked", "Wann er ausgelöst wird", given(p.Invocation))
	t.Item("Where it is read when Turnus can’t be reached", "Wo er gelesen wird, wenn Turnus nicht erreichbar ist", given(p.Offsite))
	t.Item("Who confirms for the business", "Wer für den Fachbereich bestätigt", given(p.Business))
	if b := p.Backup; b != nil {
		t.Item("Backup", "Datensicherung", report.Say("every %s, restorable after %s", "alle %s, wiederherstellbar nach %s", lasting(b.Every), lasting(b.Takes)))
	}
	t = s.Table("Services that it depends on", "Services, von denen er abhängt").Left("Service", "Service").Left("RTO", "RTO").Left("Counted from", "Gezählt ab")
	for _, x := range p.Dependencies {
		if x.RTO == nil {
			t.Row(given(x.Service), report.Say("unknown", "unbekannt"), given(""))
			continue
		}
		t.Row(given(x.Service), report.Words(lasting(*x.RTO)), report.Words(counts(x.From)))
	}
}

// objectives lists what the plan agreed, each with the event that it counts from.
func (d draft) objectives() {
	s := d.Section("Objectives of the plan", "Ziele des Plans")
	t := s.Table("", "").Left("Objective", "Ziel").Left("Agreed", "Vereinbart").Left("Counted from", "Gezählt ab").Left("In this %s", "In dieser %s", d.Setup.Type.Noun())
	for _, o := range agreed(d.Plan.Spec.Objectives) {
		t.Row(report.Words(o.title), report.Words(o.agreed), report.Words(o.from), report.Words(o.howJudged(d.Setup.Type)))
	}
}

// howJudged says what a drill of a type makes of an objective.
func (o objective) howJudged(t continuity.Type) text.Text {
	switch {
	case !o.judged:
		return text.New("not judged by drills", "wird durch Übungen nicht beurteilt")
	case o.recovers && !t.Measures():
		return text.New("estimated, proves nothing", "wird geschätzt, beweist nichts")
	}
	return text.New("measured and judged", "wird gemessen und beurteilt")
}

// order lists the steps of the drill in the order of their dependencies, with
// who carries them out.
func (d draft) order() {
	s := d.Section("Steps", "Schritte")
	s.Say("In the order of their dependencies; steps that don’t depend on each other are carried out side by side.",
		"In der Reihenfolge ihrer Abhängigkeiten; voneinander unabhängige Schritte laufen nebeneinander.")
	d.stepTable(s.Table("", ""), slices.DeleteFunc(inOrder(d.Plan.Spec.Steps), func(x continuity.Step) bool { return d.leftOut(x.Name) }))
	t := s.Table("Not part of this drill", "Nicht Teil dieser Übung").Left("No.", "Nr.").Left("Step", "Schritt").Left("Owner", "Verantwortlich")
	for i, x := range d.Plan.Spec.Steps {
		if d.leftOut(x.Name) {
			t.Row(report.Count(int64(i+1)), report.Words(stepTitle(x)), given(x.Owner))
		}
	}
}

// stepsBack lists the steps of the return to normal.
func (d draft) stepsBack() {
	s := d.Section("Return to normal", "Rückkehr zum Normalbetrieb")
	s.Say("Carried out after the %s, and after an abort; %s verifies that normal operation is there again.",
		"Diese Schritte folgen auf die %s und auf einen Abbruch; %s prüft, ob der Normalbetrieb wieder besteht.", d.Setup.Type.Noun(), orDash(d.Plan.Spec.Business))
	d.stepTable(s.Table("", ""), inOrder(d.Plan.Spec.Return))
}

// stepTable lists steps with their numbers in the plan.
func (d draft) stepTable(t *report.TableWriter, steps []continuity.Step) {
	marks := slices.ContainsFunc(steps, func(x continuity.Step) bool { return x.Marks != "" })
	t.Left("No.", "Nr.").Left("Step", "Schritt").Left("Carried out by", "Ausgeführt von").Right("Expected", "Erwartete Dauer").Left("After", "Nach").
		Left("Marks", "Kennzeichnet").When(marks)
	for _, x := range steps {
		who := report.Name(orDash(x.Owner))
		if by := d.carries(x.Owner); by != x.Owner {
			who = report.Say("%s, in place of %s", "%s, anstelle von %s", by, x.Owner)
		}
		event := given("")
		if x.Marks != "" {
			event = report.Words(x.Marks.Title())
		}
		t.Row(report.Count(int64(d.number(x.Name))), report.Words(stepTitle(x)), who, report.Seconds(x.Takes.Seconds()), report.Words(d.after(x)), event)
	}
}

// after names the steps that a step depends on by their numbers.
func (d draft) after(x continuity.Step) text.Text {
	if len(x.After) == 0 {
		return text.Same("–")
	}
	var all []text.Text
	for _, name := range x.After {
		if n := d.number(name); n > 0 {
			all = append(all, text.F("%d", "%d", n))
		} else {
			all = append(all, text.Same(name))
		}
	}
	return text.Join(all, ", ")
}

// number of a step in the plan, from 1; 0 where there is none of that name.
func (d draft) number(name string) int {
	for _, steps := range [][]continuity.Step{d.Plan.Spec.Steps, d.Plan.Spec.Return} {
		if i := slices.IndexFunc(steps, func(s continuity.Step) bool { return s.Name == name }); i >= 0 {
			return i + 1
		}
	}
	return 0
}

// contacts lists whom the plan has called, without how they are reached: their
// numbers stand in the plan that is taken out of Turnus.
func (d draft) contacts() {
	s := d.Section("Contacts", "Kontakte")
	t := s.Table("", "").Left("No.", "Nr.").Left("Name", "Name").Left("Called as", "Funktion").Left("To be reached", "Zu erreichen")
	for i, c := range d.Plan.Spec.Contacts {
		within := text.Same("–")
		if c.Within != nil && c.From != "" {
			within = text.F("within %s of “%s”", "innerhalb von %s nach „%s“", lasting(*c.Within), c.From.Title())
		} else if c.Within != nil {
			within = text.F("within %s", "innerhalb von %s", lasting(*c.Within))
		}
		t.Row(report.Count(int64(i+1)), given(c.Name), given(c.Role), report.Words(within))
	}
}
