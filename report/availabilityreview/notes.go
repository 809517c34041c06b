package availabilityreview

import (
	"slices"

	"turnus/itsm/availability"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/dataset"
	"turnus/itsm/text"
	"turnus/itsm/versions"
	"turnus/report"
	"turnus/report/parts"
	"turnus/report/rules"
)

// notes say what to know before any figure is read, the most serious first: one
// sentence or two for each, and only what applies.
func notes(w *report.Writer, f avail.Frozen, r avail.Result, looked investigations) {
	imports := parts.ImportNotesOf(importsOf(f), f.From, f.To)
	imports.Accepted(w)
	withoutData(w, r)
	unreliable(w, r)
	missingInvestigations(w, r, looked)
	disagreements(w, r)
	for _, x := range f.Warnings[:min(len(f.Warnings), parts.MaxNamed)] {
		w.Warn("%s", "%s", parts.Sentences(x.Detail))
	}
	withinError(w, r)
	stillOpen(w, r)
	unaccounted(w, f, r)
	lateMaintenance(w, r)
	imports.Warned(w)
	restated(w, f)
	parts.Undecided(w, f.Agreements, func(v versions.Agreement) bool {
		return slices.ContainsFunc(r.Agreements, func(a avail.AgreementResult) bool {
			return a.Name == v.Name && slices.Contains(a.Versions, v.Version)
		})
	})
}

// importsOf are all imports that a set stands on, by number.
func importsOf(f avail.Frozen) []dataset.Import {
	var all []dataset.Import
	for _, d := range f.Data {
		all = append(all, d.Imports...)
	}
	slices.SortFunc(all, func(a, b dataset.Import) int { return int(a.ID - b.ID) })
	return all
}

// targetsThat names the targets of which something is true, with how many there
// are.
func targetsThat(r avail.Result, is func(avail.TargetResult) bool, with func(avail.TargetResult) text.Text) (names []text.Text, all int) {
	eachTarget(r, func(a avail.AgreementResult, t avail.TargetResult) {
		all++
		if !is(t) {
			return
		}
		name := targetName(r, a, t)
		if with != nil {
			name = text.F("%s (%s)", "%s (%s)", name, with(t))
		}
		names = append(names, name)
	})
	return names, all
}

// withoutData names the targets of which nothing can be said.
func withoutData(w *report.Writer, r avail.Result) {
	names, all := targetsThat(r, func(t avail.TargetResult) bool { return t.Verdict == availability.NoData }, nil)
	if len(names) > 0 {
		w.Warn("Nothing is known of %[1]d of %[2]d targets, which are neither met nor missed: %[3]s.",
			"Zu %[1]d von %[2]d Zielen liegen keine Daten vor; sie sind weder erreicht noch verfehlt: %[3]s.", len(names), all, parts.Some(names))
	}
}

// unreliable names the targets of which too little is known.
func unreliable(w *report.Writer, r avail.Result) {
	names, all := targetsThat(r, func(t avail.TargetResult) bool { return !t.Sum.Reliable && t.Sum.Availability != nil }, func(t avail.TargetResult) text.Text {
		return text.F("%s known, %s agreed as the least", "%s bekannt, mindestens %s vereinbart", coverage(t), floor(t))
	})
	if len(names) > 0 {
		w.Warn("Not reliable, since too little of the agreed time is known, are %[1]d of %[2]d targets: %[3]s.",
			"Nicht belastbar, weil zu wenig der vereinbarten Zeit bekannt ist, sind %[1]d von %[2]d Zielen: %[3]s.", len(names), all, parts.Some(names))
	}
}

// coverage is how much is known of the time of a target, in words.
func coverage(t avail.TargetResult) text.Text {
	if t.Sum.Coverage == nil {
		return report.NotApplicable()
	}
	return percent(*t.Sum.Coverage, "")
}

// floor is how much has to be known.
func floor(t avail.TargetResult) text.Text {
	if a := t.Target.Availability; a != nil && a.Coverage != "" {
		return text.F("%s\u202f%%", "%s\u202f%%", report.Decimal(a.Coverage.String()))
	}
	return text.F("%s\u202f%%", "%s\u202f%%", "95")
}

// missingInvestigations counts the outages of the period of which nobody has said
// how they came about.
func missingInvestigations(w *report.Writer, r avail.Result, looked investigations) {
	missing, all := looked.missing(r)
	switch {
	case missing == 0:
		return
	case all == 1:
		w.Warn("The investigation of the unplanned outage is missing (ISO/IEC 20000-1, 8.7.1).", "Die Untersuchung des ungeplanten Ausfalls fehlt (ISO/IEC 20000-1, 8.7.1).")
		return
	}
	w.Warn("The investigation is missing for %[1]s of %[2]s unplanned outages (ISO/IEC 20000-1, 8.7.1).",
		"Für %[1]s von %[2]s ungeplanten Ausfällen fehlt die Untersuchung (ISO/IEC 20000-1, 8.7.1).", report.Number(missing), report.Number(all))
}

// disagreements say where outages and probes aren't of one mind.
func disagreements(w *report.Writer, r avail.Result) {
	names, _ := targetsThat(r, func(t avail.TargetResult) bool { return agreedSeconds(t.Disagree) > 0 }, func(t avail.TargetResult) text.Text {
		return report.Lasting(agreedSeconds(t.Disagree))
	})
	if len(names) > 0 {
		w.Warn("Outage records and probes disagree about agreed service time: %s. Which of them counts, and why, stands under Data.",
			"Ausfallaufzeichnungen und Messpunkte weichen in der vereinbarten Servicezeit voneinander ab: %s. Was zählt und warum, steht unter Daten.", parts.Some(names))
	}
}

func agreedSeconds(all []avail.Disagree) (sum int64) {
	for _, d := range all {
		if !d.Unknown {
			sum += d.Agreed
		}
	}
	return sum
}

// withinError names the targets whose verdict another time of sampling could turn.
func withinError(w *report.Writer, r avail.Result) {
	names, _ := targetsThat(r, func(t avail.TargetResult) bool { return t.Sampling != nil && inError(t) }, func(t avail.TargetResult) text.Text {
		return text.F("%s to %s", "%s bis %s", percent(*t.Sampling.Low, t.Target.Attain.String()), percent(*t.Sampling.High, t.Target.Attain.String()))
	})
	if len(names) > 0 {
		w.Note("The agreed value lies within the sampling error, so that the result could be the other one: %s.",
			"Der vereinbarte Wert liegt innerhalb des Messfehlers, sodass das Ergebnis auch anders sein könnte: %s.", parts.Some(names))
	}
}

// stillOpen counts the outages that aren't over.
func stillOpen(w *report.Writer, r avail.Result) {
	var names []text.Text
	for _, o := range r.Outages {
		if o.Open {
			names = append(names, text.F("%s, so far %s", "%s, bisher %s", rules.Component(o.Component), report.Lasting(o.Seconds)))
		}
	}
	if len(names) > 0 {
		w.Warn("Outages that weren’t over when the data was read: %s. They count up to then.", "Ausfälle, die beim Lesen der Daten nicht beendet waren: %s. Sie zählen bis dahin.", parts.Some(names))
	}
}

// lateMaintenance counts windows that excuse nothing, or not all, and overruns.
func lateMaintenance(w *report.Writer, r avail.Result) {
	var late, over int64
	for _, x := range r.Windows {
		if x.Why == avail.Late || x.Why == avail.ChangedLate {
			late++
		}
		if x.Overrun > 0 {
			over++
		}
	}
	if late > 0 {
		w.Note("Windows of maintenance announced or changed too late: %s. What was not announced in time excuses nothing.",
			"Zu spät angekündigte oder geänderte Wartungsfenster: %s. Was nicht rechtzeitig angekündigt war, entschuldigt nichts.", report.Number(late))
	}
	if over > 0 {
		w.Note("Windows of maintenance that outages went on after: %s. An overrun counts as downtime.", "Wartungsfenster, über deren Ende hinaus ein Ausfall andauerte: %s. Die Überschreitung zählt als Ausfallzeit.", report.Number(over))
	}
}

// restated says what has changed since the report in force.
func restated(w *report.Writer, f avail.Frozen) {
	if f.InForce == nil || f.InForce.Version == 0 {
		return
	}
	w.Note("This report takes the place of version %d. Since that was made, %s.", "Dieser Bericht ersetzt Version %d. Seit deren Erstellung gilt: %s.", f.InForce.Version, rulesOf(f).Changed())
}
