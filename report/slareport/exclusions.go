package slareport

import (
	"turnus/itsm/agreement"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
	"turnus/report/rules"
)

// exclusions shows what was left out, why, and what the figures would be with
// it; false if nothing was.
func exclusions(w *report.Writer, f sla.Frozen, r sla.Result) bool {
	s := w.Section("Exclusions", "Ausschlüsse")
	both := s.Table("With the exclusions, which is what counts, and without them", "Maßgebliche Ergebnisse mit Ausschlüssen und Ergebnisse ohne Ausschlüsse").
		Left("Target", "Ziel").Right("Decided", "Gewertet").Right("Attainment", "Erfüllungsgrad").Left("Result", "Ergebnis").
		Right("Decided without exclusions", "Gewertet ohne Ausschlüsse").Right("Attainment without exclusions", "Erfüllungsgrad ohne Ausschlüsse").
		Left("Result without exclusions", "Ergebnis ohne Ausschlüsse")
	why := s.Table("Excluded tickets by reason", "Ausgeschlossene Tickets nach Grund").
		Left("Target", "Ziel").Left("Reason", "Grund").Right("Would be decided", "Sonst gewertet").
		Right("of these met", "davon eingehalten").Right("of these breached", "davon verletzt").Right("Would be open", "Sonst offen")
	effect := map[int64]sla.Counts{}
	void := false
	for _, a := range r.Agreements {
		for _, t := range a.Targets {
			if t.All == nil {
				continue
			}
			name := report.Words(targetName(r, a, t))
			both.Row(name, report.Count(t.Decided), report.Share(t.Met, t.Decided), verdictCell(t.Verdict),
				report.Count(t.All.Decided), report.Share(t.All.Met, t.All.Decided), verdictCell(t.All.Verdict))
			for _, reason := range append(agreement.ExclusionReasons(), sla.Overload) {
				var sum sla.Counts
				for _, x := range t.Excluded {
					if x.Reason == reason {
						sum = sum.Plus(x.Counts)
					}
				}
				if sum != (sla.Counts{}) {
					why.Row(name, report.Words(reasonTitle(reason)), report.Count(sum.Decided), report.Count(sum.Met), report.Count(sum.Breached), report.Count(sum.Open))
				}
			}
			for _, x := range t.Excluded {
				effect[x.Exclusion] = effect[x.Exclusion].Plus(x.Counts)
				void = void || x.Reason == sla.Overload
			}
		}
	}
	if s.Empty() {
		return false
	}
	s.Say("Excluded tickets are left out of all other figures of this report. Who approves the report approves the exclusions that it uses; each was proposed by a named person, with its reason and its evidence.",
		"Ausgeschlossene Tickets gehen in keine andere Zahl dieses Berichts ein. Mit dem Bericht werden die darin verwendeten Ausschlüsse freigegeben; jeden hat eine namentlich genannte Person mit Grund und Nachweis vorgeschlagen.")
	if void {
		s.Say("Where it was so agreed, targets are void for tickets that were opened in a month, day or hour above its workload limit. Nobody proposes that; it follows from the agreement.",
			"Wo es so vereinbart ist, gelten Ziele nicht für Tickets, die in einem Monat, an einem Tag oder in einer Stunde über der Mengengrenze eröffnet wurden. Das folgt unmittelbar aus der Vereinbarung und wird nicht eigens vorgeschlagen.")
	}
	exclusionTable(s, f, effect)
	return true
}

// exclusionTable lists the exclusions that took something out.
func exclusionTable(s *report.SectionWriter, f sla.Frozen, effect map[int64]sla.Counts) {
	t := s.Table("The exclusions", "Einzelne Ausschlüsse").
		Left("Number", "Nummer").Left("Reason", "Grund").Left("What happened, and the evidence", "Sachverhalt und Nachweis").
		Left("Proposed by", "Vorgeschlagen von").Left("Proposed at", "Vorgeschlagen am").
		Right("Would be decided", "Sonst gewertet").Right("Would be open", "Sonst offen")
	for _, x := range f.Exclusions {
		c, used := effect[x.ID]
		if !used {
			continue
		}
		t.Row(report.Name(decimal(x.ID)), report.Words(reasonTitle(x.Reason)), report.Say("%s Evidence: %s", "%s Nachweis: %s", parts.Sentence(x.Detail), x.Evidence),
			report.Name(x.By), report.At(x.At), report.Count(c.Decided), report.Count(c.Open))
	}
}

// reasonTitle says why tickets don't count: as people proposed it, or above a
// limit.
func reasonTitle(reason agreement.ExclusionReason) text.Text {
	if reason == sla.Overload {
		return text.New("opened above the workload limit", "über der Mengengrenze eröffnet")
	}
	return rules.Excluded(reason)
}
