package improvement

import (
	"strconv"
	"strings"

	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/report"
)

// cause says why it came to the finding, or why no cause needs removing.
func (d draft) cause(n int, c improvement.Cycle) {
	if c.Plan.Cause == "" && c.Plan.NoCause == "" && len(c.Plan.Whys) == 0 {
		return // an opportunity needs none
	}
	s := d.Section("Plan %d: root cause", "Plan %d: Grundursache", n)
	if c.Plan.Cause != "" {
		s.Say("Root cause: %s", "Grundursache: %s", c.Plan.Cause)
	}
	if c.Plan.NoCause != "" {
		s.Say("No cause needs removing: %s", "Keine Ursache ist zu beseitigen: %s", c.Plan.NoCause)
	}
	s.Say("Given by %s, %s, round %d.", "Angegeben von %s, %s, Freigaberunde %d.", c.By, d.instant(c.At), c.Round)
	t := s.Table("Five whys", "5-Why-Analyse").Left("No.", "Nr.").Left("Because", "Weil")
	for i, why := range c.Plan.Whys {
		t.Row(report.Count(int64(i+1)), given(why))
	}
}

// plan says what is done about the cause, what else must change, and who
// approved it.
func (d draft) plan(n int, c improvement.Cycle) {
	s := d.Section("Plan %d: actions", "Plan %d: Maßnahmen", n)
	switch a := c.Approved; {
	case a == nil:
		s.Say("Planned by %s, %s; submitted for approval.", "Geplant von %s, %s; zur Freigabe vorgelegt.", c.By, d.instant(c.At))
	default:
		s.Say("Planned by %s, %s. Approved by %s, %s, on the content with the hash %s.",
			"Geplant von %s, %s. Freigegeben von %s, %s, zum Inhalt mit dem Hashwert %s.", c.By, d.instant(c.At), a.By, d.instant(a.At), a.Hash)
		if a.Comment != "" {
			s.Say("Comment on the approval: “%s”", "Bemerkung zur Freigabe: „%s“", a.Comment)
		}
	}
	tracked, moved := trackedIn(c), false
	for _, a := range tracked {
		moved = moved || len(a.Moves) > 0
	}
	if len(tracked) == 0 {
		s.Say("No actions are planned.", "Es sind keine Maßnahmen geplant.")
	}
	t := s.Table("", "").Left("No.", "Nr.").Left("Action", "Maßnahme").Left("Owner", "Verantwortlich").Left("Due as planned", "Ursprünglich fällig").
		Left("Due now", "Jetzt fällig").When(moved).Left("What is measured", "Messgröße").Left("Target", "Ziel").Left("Waiting time", "Wartezeit")
	for _, a := range tracked {
		measure := text.Same(a.Measure)
		if a.Figure != "" {
			measure = text.F("%s (published figure %s)", "%s (veröffentlichte Zahl %s)", a.Measure, a.Figure)
		}
		t.Row(report.Count(int64(a.Number)), given(a.Title), given(a.Owner), report.Words(report.Date(a.Due)), report.Words(report.Date(a.DueNow)),
			report.Words(measure), report.Words(target(a.Action)), report.Words(waiting(a.Action)))
	}
	changes(s, c.Plan.Changes)
}

// changes says what else a plan changes.
func changes(s *report.SectionWriter, c improvement.Changes) {
	t := s.Table("What else must change", "Weitere Änderungen").Left("Of", "Gegenstand").Left("Change", "Änderung")
	item := func(en, de, change string) {
		if change != "" {
			t.Item(en, de, report.Name(change))
		}
	}
	item("Documents", "Dokumente", c.Documents)
	item("Plans", "Pläne", c.Plans)
	item("Risks", "Risiken", c.Risks)
	item("Agreements", "Vereinbarungen", c.Agreements)
	if c == (improvement.Changes{}) {
		s.Say("Nothing else must change.", "Darüber hinaus ist nichts zu ändern.")
	}
}

// trackedIn are the actions of a plan with what became of them; of one that
// isn't approved yet, as they are planned.
func trackedIn(c improvement.Cycle) []improvement.Tracked {
	if c.Approved != nil {
		return c.Actions
	}
	all := make([]improvement.Tracked, len(c.Plan.Actions))
	for i, a := range c.Plan.Actions {
		all[i] = improvement.Tracked{Action: a, DueNow: a.Due, State: improvement.ActionOpen}
	}
	return all
}

func actionNumber(a improvement.Action) text.Text {
	return text.F("Action %d", "Maßnahme %d", a.Number)
}

// target is what an action has to reach: at least 95.
func target(a improvement.Action) text.Text {
	return text.F("%s %s", "%s %s", a.Sense, decimal(a.Target))
}

// against is the target beside a value, in the value's unit.
func against(a improvement.Action, m improvement.Measured) text.Text {
	if m.Num != nil && m.Den != nil {
		return text.F("%s\u202f%%", "%s\u202f%%", target(a))
	}
	return target(a)
}

// waiting is the time after which an action has to show that it worked, in days
// where it is so many whole ones.
func waiting(a improvement.Action) text.Text {
	const day = 86400
	if s := a.Wait.Seconds(); s%day == 0 {
		return text.F("%d %s", "%d %s", s/day, text.N(s/day, text.New("day", "Tag"), text.New("days", "Tage")))
	}
	return text.Same(a.Wait.String())
}

// decimal writes an exact decimal without the zeros at its end, which reports
// publish: 95.000000 is 95.
func decimal(exact string) text.Text {
	if strings.Contains(exact, ".") {
		exact = strings.TrimSuffix(strings.TrimRight(exact, "0"), ".")
	}
	return report.Decimal(exact)
}

// value is what was measured, with what it was counted from.
func value(m improvement.Measured) text.Text {
	switch {
	case m.Value == "":
		return report.NotApplicable()
	case m.Num != nil && m.Den != nil:
		return text.F("%s\u202f%% (%s of %s)", "%s\u202f%% (%s von %s)", decimal(m.Value), report.Number(*m.Num), report.Number(*m.Den))
	}
	return decimal(m.Value)
}

// times is how often something happened: 2 times.
func times(n int) text.Text {
	return text.F("%d %s", "%d %s", n, report.InTimes.After(strconv.Itoa(n)))
}
