package availabilityreview

import (
	"cmp"
	"slices"
	"strings"

	"turnus/itsm/agreement"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
)

// investigations are what is known of how outages came about: what the owner said
// before the report was drafted, and where the register stands.
type investigations struct {
	frozen  avail.Frozen
	answers []report.Answer
	parts.FollowUps
}

// of an outage: what the owner said; nil where nobody said anything.
func (x investigations) of(o avail.Unplanned) *report.Answer {
	key := findingKey(o)
	i := slices.IndexFunc(x.answers, func(a report.Answer) bool { return a.Key == key && a.Told() })
	if i < 0 {
		return nil
	}
	return &x.answers[i]
}

// finding names the finding of an outage: it happened once, so that there is no
// relapse.
func (x investigations) finding(o avail.Unplanned) report.Cell {
	if x.Extract != nil {
		if p, found := x.Extract.Of(improvement.EventKey(improvement.UnplannedOutage, x.About, findingKey(o))); found {
			return report.Say("%d: %s", "%d: %s", p.Finding, p.State)
		}
	}
	if !asks(o) {
		return report.Name("–")
	}
	return x.Of(improvement.UnplannedOutage, findingKey(o))
}

// ended says that the register has an outage as one that was seen to.
func (x investigations) ended(o avail.Unplanned) bool {
	if x.Extract == nil {
		return false
	}
	p, found := x.Extract.Of(improvement.EventKey(improvement.UnplannedOutage, x.About, findingKey(o)))
	return found && p.State.Ended()
}

// missing counts the outages of this report that nobody has investigated, and all
// for which it is asked.
func (x investigations) missing(r avail.Result) (missing, all int64) {
	for _, o := range r.Outages {
		if !asks(o) {
			continue
		}
		all++
		if x.of(o) == nil && !x.ended(o) {
			missing++
		}
	}
	return missing, all
}

// unplanned lists the outages that no announced maintenance covers, and their
// investigation.
func unplanned(w *report.Writer, r avail.Result, x investigations) {
	s := w.Section("Unplanned outages and their investigation", "Ungeplante Ausfälle und ihre Untersuchung")
	if len(r.Outages) == 0 {
		s.Say("No unplanned outage is known in the period.", "In der Periode ist kein ungeplanter Ausfall bekannt.")
		return
	}
	s.Say("Each unplanned outage is a finding that asks for its investigation: how it came about, and what was done (ISO/IEC 20000-1, 8.7.1). Those that began before the period were asked about in its report.",
		"Jeder ungeplante Ausfall ist ein Befund, zu dem eine Untersuchung gehört: wie es dazu kam und was unternommen wurde (ISO/IEC 20000-1, 8.7.1). Nach Ausfällen, die früher begonnen haben, fragte der Bericht der Periode ihres Beginns.")
	if n := len(r.Outages); n > maxOutages {
		s.Say("Of more than %[1]d outages the %[1]d that took most of the agreed time are findings of their own.",
			"Von mehr als %[1]d Ausfällen sind die %[1]d mit der längsten Ausfallzeit eigene Befunde.", maxOutages)
	}
	shown := mostImportant(r.Outages)
	if more := len(r.Outages) - len(shown); more > 0 {
		s.Say("The tables have the %d longest outages; %d more stand in the receipts.", "Die Tabellen enthalten die %d längsten Ausfälle; %d weitere stehen in den Belegen.", len(shown), more)
	}
	has := func(is func(avail.Unplanned) bool) bool {
		return slices.ContainsFunc(shown, func(i int) bool { return is(r.Outages[i]) })
	}
	t := s.Table("Outages", "Ausfälle").Left("Begun", "Begonnen").
		Left("Component", "Komponente").When(has(func(o avail.Unplanned) bool { return o.Component != "" })).
		Right("Full length; ≥: not over", "Gesamte Dauer; ≥: nicht beendet").Right("In agreed time", "In vereinbarter Zeit").
		Left("Known from", "Bekannt aus").Left("Reference", "Referenz").When(has(func(o avail.Unplanned) bool { return len(o.References) > 0 })).
		Left("Recorded cause, severity", "Aufgezeichnete Ursache, Schweregrad").When(has(func(o avail.Unplanned) bool { return len(o.Causes)+len(o.Severities) > 0 }))
	inquiry := s.Table("Investigations", "Untersuchungen").Left("Begun", "Begonnen").
		Left("Component", "Komponente").When(has(func(o avail.Unplanned) bool { return o.Component != "" })).
		Left("Investigation", "Untersuchung").Left("Cause", "Ursache").Left("Measure", "Maßnahme").Left("Finding", "Befund").When(x.Extract != nil)
	for _, i := range shown {
		o := r.Outages[i]
		t.Row(report.At(o.From), componentCell(o.Component), report.AtLeast(o.Seconds, o.Open), report.Seconds(o.Counted), report.Words(allFrom(o.By)),
			referenceCell(x.frozen, o), named(strings.Join(slices.Concat(o.Causes, o.Severities), "; ")))
		state, cause, measure := x.cells(o)
		inquiry.Row(report.At(o.From), componentCell(o.Component), state, cause, measure, x.finding(o))
	}
	costs(s, r, shown)
}

// cells say whether an outage was investigated, and what came out.
func (x investigations) cells(o avail.Unplanned) (state, cause, measure report.Cell) {
	cause, measure = report.Name("–"), report.Name("–")
	a := x.of(o)
	switch {
	case a != nil:
		cause, measure = named(a.Cause), named(a.Measure)
		if a.None != "" {
			measure = report.Say("none: %s", "keine: %s", a.None)
		}
		return report.Judged(text.New("given", "liegt vor"), report.Good), cause, measure
	case x.ended(o):
		return report.Judged(text.New("ended in the register", "im Befundregister beendet"), report.Good), cause, measure
	case !asks(o):
		return report.Judged(text.New("asked about earlier", "früher erfragt"), report.Neutral), cause, measure
	}
	return report.Judged(text.New("missing", "fehlt"), report.Bad), cause, measure
}

// mostImportant are the places of the outages that a table has room for, in order
// of time.
func mostImportant(all []avail.Unplanned) []int {
	places := make([]int, len(all))
	for i := range all {
		places[i] = i
	}
	if len(places) <= maxRows {
		return places
	}
	slices.SortStableFunc(places, func(a, b int) int {
		return cmp.Or(cmp.Compare(all[b].Counted, all[a].Counted), cmp.Compare(all[b].Seconds, all[a].Seconds), a-b)
	})
	places = places[:maxRows]
	slices.Sort(places)
	return places
}

// referenceCell names where an outage is read about, with an address where the
// service has one and there is a single reference.
func referenceCell(f avail.Frozen, o avail.Unplanned) report.Cell {
	if len(o.References) == 1 {
		return report.Linked(o.References[0], agreement.TicketLink(f.TicketURL, o.References[0]))
	}
	all := strings.Join(o.References, ", ")
	if o.More > 0 {
		return report.Say("%s, and %d more records", "%s und %d weitere Aufzeichnungen", all, o.More)
	}
	return named(all)
}

// costs show what each outage took of the budgets of targets and objectives, the
// most expensive where there are too many.
func costs(s *report.SectionWriter, r avail.Result, shown []int) {
	type cost struct {
		avail.Cost
		of text.Text
	}
	var all []cost
	put := func(of text.Text, costs []avail.Cost) {
		for _, c := range costs {
			if c.Down > 0 && slices.Contains(shown, c.Outage) {
				all = append(all, cost{c, of})
			}
		}
	}
	eachTarget(r, func(a avail.AgreementResult, t avail.TargetResult) { put(targetName(r, a, t), t.Costs) })
	for _, o := range r.Objectives {
		put(objectiveTitle(o), o.Costs)
	}
	slices.SortStableFunc(all, func(a, b cost) int {
		return cmp.Or(shareOf(b.Share).Cmp(shareOf(a.Share)), cmp.Compare(b.Down, a.Down), a.Outage-b.Outage)
	})
	caption := text.New("What each outage cost of the error budgets", "Anteil jedes Ausfalls an den Fehlerbudgets")
	if more := len(all) - maxRows; more > 0 {
		caption = text.F("%s, the %d most expensive; %d more stand in the receipts", "%s, die %d größten; %d weitere stehen in den Belegen", caption, maxRows, more)
		all = all[:maxRows]
	}
	slices.SortStableFunc(all, func(a, b cost) int { return a.Outage - b.Outage })
	t := s.Table("%s", "%s", caption).Left("Outage begun", "Beginn des Ausfalls").Left("Target or objective", "Ziel oder Serviceziel").
		Right("Downtime that counts", "Gewertete Ausfallzeit").Right("Of the budget", "Anteil am Budget")
	for _, c := range all {
		if c.Outage < len(r.Outages) {
			t.Row(report.At(r.Outages[c.Outage].From), report.Words(c.of), report.Seconds(c.Down), share(c.Share, ""))
		}
	}
}
