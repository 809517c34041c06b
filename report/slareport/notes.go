package slareport

import (
	"slices"

	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
)

// notes say what to know before any figure is read, the most serious first: one
// sentence or two for each, and only what applies.
func notes(w *report.Writer, f sla.Frozen, r sla.Result) {
	imports := parts.ImportNotesOf(f.Imports, f.From, f.To)
	imports.Accepted(w)
	turnedVerdicts(w, r)
	targetsWithoutCases(w, r)
	unknownValues(w, f)
	uncounted(w, r)
	excludedTickets(w, f, r)
	imports.Warned(w)
	restated(w, f, r)
	undecided(w, f, r)
}

// unknownValues says what agreements name and no ticket has.
func unknownValues(w *report.Writer, f sla.Frozen) {
	for _, x := range f.Warnings[:min(len(f.Warnings), parts.MaxNamed)] {
		w.Warn("%s", "%s", x.Detail)
	}
	if more := len(f.Warnings) - parts.MaxNamed; more > 0 {
		w.Warn("Agreements name %d more values that no ticket has.", "Vereinbarungen nennen %d weitere Werte, die kein Ticket hat.", more)
	}
}

// turnedVerdicts names targets that are met only because tickets are excluded.
func turnedVerdicts(w *report.Writer, r sla.Result) {
	eachTarget(r, func(a sla.AgreementResult, t sla.TargetResult) {
		if t.All == nil || t.All.Verdict != sla.Missed || t.Verdict == sla.Missed {
			return
		}
		w.Warn("Target %[1]s is missed without the exclusions: %[2]s of %[3]s tickets met it then, with them %[4]s of %[5]s; agreed are %[6]s\u202f%%.",
			"Ohne Ausschlüsse ist das Ziel %[1]s verfehlt: Dann haben es %[2]s von %[3]s Tickets eingehalten, mit Ausschlüssen %[4]s von %[5]s; vereinbart sind %[6]s\u202f%%.",
			targetName(r, a, t), report.Number(t.All.Met), report.Number(t.All.Decided), report.Number(t.Met), report.Number(t.Decided), report.Decimal(t.Target.Attain.String()))
	})
}

// targetsWithoutCases names the targets of which nothing can be said.
func targetsWithoutCases(w *report.Writer, r sla.Result) {
	var names []text.Text
	all, over := 0, false
	eachTarget(r, func(a sla.AgreementResult, t sla.TargetResult) {
		all++
		if t.Decided > 0 {
			return
		}
		name := targetName(r, a, t)
		if t.Open > 0 {
			name = text.F("%s (%s open, of these %s beyond the agreed time)", "%s (%s offen, davon %s über der Zielzeit)",
				name, report.Number(t.Open), report.Number(t.OpenBreached))
			over = over || t.OpenBreached > 0
		}
		names = append(names, name)
	})
	if len(names) == 0 {
		return
	}
	say := w.Note
	if over {
		say = w.Warn
	}
	say("%[1]d of %[2]d targets without a decided ticket, so neither met nor missed: %[3]s.",
		"%[1]d von %[2]d Zielen ohne gewertetes Ticket, also weder erreicht noch verfehlt: %[3]s.", len(names), all, parts.Some(names))
}

func eachTarget(r sla.Result, each func(sla.AgreementResult, sla.TargetResult)) {
	for _, a := range r.Agreements {
		for _, t := range a.Targets {
			each(a, t)
		}
	}
}

// uncounted says how many tickets no figure counts.
func uncounted(w *report.Writer, r sla.Result) {
	u := r.Uncounted
	if u == nil || u.Any() == 0 {
		return
	}
	w.Warn("Of %[2]s tickets that were open in the period no figure counts %[1]s (opened when no agreement was in force: %[3]s; under none of its targets: %[4]s; of these still open at its end: %[5]s).",
		"Von %[2]s Tickets, die in der Periode offen waren, wertet keine Kennzahl %[1]s (eröffnet, als keine Vereinbarung galt: %[3]s; unter keinem ihrer Ziele: %[4]s; davon am Ende noch offen: %[5]s).",
		report.Number(u.Any()), report.Number(u.Open), report.Number(u.NoAgreement), report.Number(u.NotSelected), report.Number(u.Left))
}

// excludedTickets says how many are excluded, by whom, and what that changes.
func excludedTickets(w *report.Writer, f sla.Frozen, r sla.Result) {
	var by []string
	var changed []text.Text
	void := false
	eachTarget(r, func(a sla.AgreementResult, t sla.TargetResult) {
		if t.All == nil {
			return
		}
		for _, x := range t.Excluded {
			void = void || x.Reason == sla.Overload
			for _, e := range f.Exclusions {
				if e.ID == x.Exclusion && !slices.Contains(by, e.By) {
					by = append(by, e.By)
				}
			}
		}
		changed = append(changed, text.F("%s %s instead of %s", "%s %s statt %s", targetName(r, a, t), percent(t.Met, t.Decided), percent(t.All.Met, t.All.Decided)))
	})
	if len(changed) == 0 || r.List == nil {
		return
	}
	who := text.F("proposed by %s", "vorgeschlagen von %s", text.List(by))
	switch {
	case len(by) == 0:
		who = text.New("since a workload limit was exceeded, as agreed", "da eine Mengengrenze überschritten war, wie vereinbart")
	case void:
		who = text.F("%s, or since a workload limit was exceeded", "%s oder da eine Mengengrenze überschritten war", who)
	}
	w.Note("Excluded tickets: %s, %s. Attainment with the exclusions: %s.", "Ausgeschlossene Tickets: %s, %s. Erfüllungsgrad mit Ausschlüssen: %s.",
		report.Number(r.List.Excluded), who, parts.Some(changed))
}

// percent is a share in per cent with two decimals, in words.
func percent(num, den int64) text.Text {
	exact := report.Ratio{Num: num, Den: den}.Exact(2)
	if exact == nil {
		return report.NotApplicable()
	}
	return text.F("%s\u202f%%", "%s\u202f%%", report.Decimal(*exact))
}

// restated says what has changed since the report in force.
func restated(w *report.Writer, f sla.Frozen, r sla.Result) {
	if f.InForce == nil || f.InForce.Version == 0 || r.List == nil {
		return
	}
	w.Note("This report takes the place of version %[1]d. Since that was made, imports have brought or changed %[2]s of the tickets, and %[3]s.",
		"Dieser Bericht ersetzt Version %[1]d. Seit deren Erstellung haben Importe %[2]s der Tickets gebracht oder geändert; %[3]s.",
		f.InForce.Version, report.Number(r.Changed), rulesOf(f).Changed())
}

// undecided names versions of agreements that nobody decided, and says whether
// the customer's consent is on record.
func undecided(w *report.Writer, f sla.Frozen, r sla.Result) {
	parts.Undecided(w, f.Agreements, func(v sla.Agreement) bool {
		return slices.ContainsFunc(r.Agreements, func(a sla.AgreementResult) bool { return a.Name == v.Name && slices.Contains(a.Versions, v.Version) })
	})
}
