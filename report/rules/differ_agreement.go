package rules

import (
	"slices"

	"turnus/itsm/agreement"
	"turnus/itsm/text"
	"turnus/report"
)

// OfAgreement says where two versions of an agreement differ: nil is none.
func OfAgreement(before, now *agreement.Spec) []Difference {
	var d differences
	var was, is agreement.Spec
	if before != nil {
		was = *before
	}
	if now != nil {
		is = *now
	}
	valid := func(s *agreement.Spec) text.Text {
		if s == nil {
			return text.Text{}
		}
		return Valid(s.Valid)
	}
	where := func(s *agreement.Spec) text.Text {
		if s == nil {
			return text.Text{}
		}
		return AppliesTo(s.Where)
	}
	d.words(text.New("Service", "Service"), text.Same(was.Service), text.Same(is.Service))
	d.words(text.New("Customer", "Kunde"), text.Same(was.Customer), text.Same(is.Customer))
	d.words(text.New("Customer's consent", "Zustimmung des Kunden"), text.Same(was.Consent), text.Same(is.Consent))
	d.words(text.New("Valid for tickets opened", "Gilt für Tickets, eröffnet"), valid(before), valid(now))
	d.words(text.New("Which tickets", "Welche Tickets"), where(before), where(now))
	d.targets(was.Targets, is.Targets)
	d.workload(was.Workload, is.Workload)
	d.credits(was, is)
	return d
}

// Valid words a span of dates.
func Valid(v agreement.Valid) text.Text {
	if v.To == nil {
		return text.F("from %s", "ab %s", report.Date(v.From))
	}
	return text.F("%s to %s", "%s–%s", report.Date(v.From), report.Date(*v.To))
}

// targets compares them by name.
func (d *differences) targets(before, now []agreement.Target) {
	named := func(all []agreement.Target, name string) *agreement.Target {
		if i := slices.IndexFunc(all, func(t agreement.Target) bool { return t.Name == name }); i >= 0 {
			return &all[i]
		}
		return nil
	}
	for _, t := range now {
		d.target(t.Name, named(before, t.Name), &t)
	}
	for _, t := range before {
		if named(now, t.Name) == nil {
			d.target(t.Name, &t, nil)
		}
	}
}

func (d *differences) target(name string, before, now *agreement.Target) {
	item := func(en, de string, of func(agreement.Target) report.Cell) {
		var cells [2]report.Cell
		for i, t := range []*agreement.Target{before, now} {
			if cells[i] = report.Words(none()); t != nil {
				cells[i] = of(*t)
			}
		}
		if !same(cells[0], cells[1]) {
			*d = append(*d, Difference{text.F("Target %[1]s: %[2]s", "Ziel %[1]s: %[3]s", name, en, de), cells[0], cells[1]})
		}
	}
	words := func(of func(agreement.Target) text.Text) func(agreement.Target) report.Cell {
		return func(t agreement.Target) report.Cell { return report.Words(of(t)) }
	}
	tickets := func(of func(agreement.Target) report.Cell) func(agreement.Target) report.Cell {
		return func(t agreement.Target) report.Cell {
			if t.Measure == agreement.Available {
				return report.Words(none())
			}
			return of(t)
		}
	}
	available := func(of func(agreement.Availability) text.Text) func(agreement.Target) report.Cell {
		return func(t agreement.Target) report.Cell {
			if t.Availability == nil {
				return report.Words(none())
			}
			return report.Words(of(*t.Availability))
		}
	}
	item("measures", "Messgröße", words(func(t agreement.Target) text.Text { return Measured(t.Measure) }))
	item("which tickets", "welche Tickets", tickets(words(func(t agreement.Target) text.Text { return AppliesTo(t.Where) })))
	item("within", "innerhalb von", tickets(func(t agreement.Target) report.Cell { return report.Seconds(t.Within.Seconds()) }))
	item("to be attained", "zu erreichen", func(t agreement.Target) report.Cell { return report.Percent(t.Attain.String()) })
	item("hours", "Servicezeiten", words(func(t agreement.Target) text.Text { return CalendarName(t.Calendar) }))
	item("clock rests", "SLA-Uhr pausiert", tickets(words(func(t agreement.Target) text.Text { return PauseStates(t.Pause) })))
	item("after a reopening", "nach Wiedereröffnung", tickets(words(func(t agreement.Target) text.Text { return ReopenRule(t.Reopen) })))
	item("when another target applies", "bei Zielwechsel", tickets(words(func(t agreement.Target) text.Text { return ChangeRule(t.OnChange) })))
	item("component", "Komponente", available(func(a agreement.Availability) text.Text { return Component(a.Component) }))
	item("counts as down", "als Ausfall zählt", available(Counted))
	item("maintenance", "Wartung", available(Maintenance))
	item("probes", "Messpunkte", available(func(a agreement.Availability) text.Text { return Probing(a.Probes) }))
	item("least coverage", "Mindestabdeckung", available(func(a agreement.Availability) text.Text {
		return text.F("%s\u202f%%", "%s\u202f%%", report.Decimal(a.Coverage.String()))
	}))
	item("users", "Benutzer", available(func(a agreement.Availability) text.Text { return Users(a.Population) }))
	item("weight", "Gewicht", words(func(t agreement.Target) text.Text {
		if t.Weight == "" {
			return none()
		}
		return report.Decimal(t.Weight.String())
	}))
}

// same says that two cells show the same.
func same(a, b report.Cell) bool {
	switch {
	case a.Text != nil && b.Text != nil:
		return *a.Text == *b.Text
	case a.Seconds != nil && b.Seconds != nil:
		return *a.Seconds == *b.Seconds
	}
	return a.Text == nil && b.Text == nil && a.Seconds == nil && b.Seconds == nil && a.Percent == b.Percent
}

// workload compares limits by what they hold for.
func (d *differences) workload(before, now []agreement.WorkloadLimit) {
	words := func(all []agreement.WorkloadLimit, like agreement.WorkloadLimit) text.Text {
		for _, l := range all {
			if l.Name != like.Name || l.Per != like.Per {
				continue
			}
			limit := text.New("no limit", "keine Mengengrenze")
			if l.Limit > 0 {
				limit = report.Number(l.Limit)
			}
			if l.Voids {
				limit = text.F("%s; tickets above it are left out of the targets", "%s; darüber bleiben Tickets bei den Zielen außer Betracht", limit)
			}
			return limit
		}
		return text.Text{}
	}
	for i, l := range slices.Concat(now, before) {
		if i >= len(now) && !words(now, l).IsZero() {
			continue
		}
		d.words(text.F("Workload limit: %s", "Mengengrenze: %s", l.Title()), words(before, l), words(now, l))
	}
}

func (d *differences) credits(before, now agreement.Spec) {
	fee := func(c *agreement.Credits) text.Text {
		if c == nil {
			return text.Text{}
		}
		return text.F("%s\u00a0%s", "%s\u00a0%s", report.Decimal(string(c.Fee.Amount)), c.Fee.Currency)
	}
	bound := func(c *agreement.Credits) text.Text {
		if c == nil || c.Cap == "" {
			return text.Text{}
		}
		return text.F("%s\u202f%%", "%s\u202f%%", report.Decimal(string(c.Cap)))
	}
	several := func(c *agreement.Credits) text.Text {
		if c == nil {
			return text.Text{}
		}
		return Several(c.Several)
	}
	d.words(text.New("Credits: monthly fee", "Gutschriften: monatliches Entgelt"), fee(before.Credits), fee(now.Credits))
	d.words(text.New("Credits: upper bound, of the fee", "Gutschriften: Obergrenze in Prozent des Entgelts"), bound(before.Credits), bound(now.Credits))
	d.words(text.New("Credits: several targets missed", "Gutschriften: mehrere verfehlte Ziele"), several(before.Credits), several(now.Credits))
	var names []string
	for _, t := range slices.Concat(now.Targets, before.Targets) {
		if !slices.Contains(names, t.Name) {
			names = append(names, t.Name)
		}
	}
	of := func(s agreement.Spec, target string) text.Text {
		if s.Credits == nil {
			return text.Text{}
		}
		return Tiers(s.Credits.Of(target))
	}
	for _, name := range names {
		d.words(text.F("Credits: tiers of %s", "Gutschriften: Stufen für %s", name), of(before, name), of(now, name))
	}
}
