package slareport

import (
	"strings"

	"turnus/itsm/agreement"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// exclusions shows what was left out, why, and what the figures would be
// with it: nothing if nothing was.
func exclusions(f sla.Frozen, r sla.Result) []report.Section {
	both := report.Table{
		Caption: text.New("With the exclusions, which is what counts, and without them", "Mit den Ausschlüssen, wie es gilt, und ohne sie"),
		Columns: []report.Column{leftColumn("Target", "Ziel"), rightColumn("Decided", "Entschieden"), rightColumn("Attainment", "Erfüllungsgrad"), leftColumn("Result", "Ergebnis"),
			rightColumn("Decided without exclusions", "Entschieden ohne Ausschlüsse"), rightColumn("Attainment without exclusions", "Erfüllungsgrad ohne Ausschlüsse"),
			leftColumn("Result without exclusions", "Ergebnis ohne Ausschlüsse")},
	}
	why := report.Table{
		Caption: text.New("Excluded tickets by reason", "Ausgeschlossene Tickets nach Grund"),
		Columns: []report.Column{leftColumn("Target", "Ziel"), leftColumn("Reason", "Grund"), rightColumn("Would be decided", "Wären entschieden"),
			rightColumn("of these met", "davon eingehalten"), rightColumn("of these breached", "davon verletzt"), rightColumn("Would be open", "Wären offen")},
	}
	effect := map[int64]sla.Counts{}
	void := false
	for _, a := range r.Agreements {
		for _, t := range a.Targets {
			if t.All == nil {
				continue
			}
			name := report.Words(targetName(r, a, t))
			both.Rows = append(both.Rows, []report.Cell{name, report.Count(t.Decided), report.Share(t.Met, t.Decided), verdictCell(t.Verdict),
				report.Count(t.All.Decided), report.Share(t.All.Met, t.All.Decided), verdictCell(t.All.Verdict)})
			for _, reason := range append(agreement.ExclusionReasons(), sla.Overload) {
				var sum sla.Counts
				for _, x := range t.Excluded {
					if x.Reason == reason {
						sum = sum.Plus(x.Counts)
					}
				}
				if sum != (sla.Counts{}) {
					why.Rows = append(why.Rows, []report.Cell{name, report.Words(reasonTitle(reason)), report.Count(sum.Decided), report.Count(sum.Met), report.Count(sum.Breached), report.Count(sum.Open)})
				}
			}
			for _, x := range t.Excluded {
				effect[x.Exclusion] = effect[x.Exclusion].Plus(x.Counts)
				void = void || x.Reason == sla.Overload
			}
		}
	}
	if len(both.Rows) == 0 {
		return nil
	}
	s := report.Section{
		Title: text.New("Exclusions", "Ausschlüsse"),
		Paragraphs: []text.Text{text.New(
			"Excluded tickets are left out of all other figures of this report. Who approves the report approves the exclusions that it uses; each was proposed by a named person, with its reason and its evidence.",
			"Ausgeschlossene Tickets gehen in keine andere Zahl dieses Berichts ein. Wer den Bericht freigibt, gibt die Ausschlüsse frei, die er verwendet; jeden hat eine namentlich genannte Person vorgeschlagen, mit Grund und Nachweis.")},
		Tables: []report.Table{both, why},
	}
	if void {
		s.Paragraphs = append(s.Paragraphs, text.New(
			"Where it was so agreed, targets are void for tickets that were opened in a month, day or hour above its workload limit. Nobody proposes that; it follows from the agreement.",
			"Wo es so vereinbart ist, gelten Ziele nicht für Tickets, die in einem Monat, an einem Tag oder in einer Stunde über der Mengengrenze eröffnet wurden. Das schlägt niemand vor; es folgt aus der Vereinbarung."))
	}
	if t := exclusionTable(f, effect); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	return []report.Section{s}
}

// exclusionTable lists the exclusions that took something out.
func exclusionTable(f sla.Frozen, effect map[int64]sla.Counts) report.Table {
	t := report.Table{
		Caption: text.New("The exclusions", "Die Ausschlüsse"),
		Columns: []report.Column{leftColumn("Number", "Nummer"), leftColumn("Reason", "Grund"), leftColumn("What happened, and the evidence", "Was geschah, und der Nachweis"),
			leftColumn("Proposed by", "Vorgeschlagen von"), leftColumn("Proposed at", "Vorgeschlagen am"),
			rightColumn("Would be decided", "Wären entschieden"), rightColumn("Would be open", "Wären offen")},
	}
	for _, x := range f.Exclusions {
		c, used := effect[x.ID]
		if !used {
			continue
		}
		t.Rows = append(t.Rows, []report.Cell{named(decimal(x.ID)), report.Words(reasonTitle(x.Reason)),
			report.Words(text.F("%s Evidence: %s", "%s Nachweis: %s", sentence(x.Detail), x.Evidence)),
			named(x.By), report.At(x.At), report.Count(c.Decided), report.Count(c.Open)})
	}
	return t
}

// targetName tells targets of several agreements apart.
func targetName(r sla.Result, a sla.AgreementResult, t sla.TargetResult) text.Text {
	if len(r.Agreements) == 1 {
		return text.Same(t.Target.Name)
	}
	title := report.Named(a.Title, a.Name)
	return text.New(title.En+": "+t.Target.Name, title.De+": "+t.Target.Name)
}

func reasonTitle(reason agreement.ExclusionReason) text.Text {
	switch reason {
	case agreement.Maintenance:
		return text.New("planned maintenance, announced in time", "geplante Wartung, rechtzeitig angekündigt")
	case agreement.Customer:
		return text.New("caused by the customer", "vom Kunden verursacht")
	case agreement.ForceMajeure:
		return text.New("force majeure", "höhere Gewalt")
	case agreement.Duplicate:
		return text.New("duplicate", "Doppel")
	case agreement.Retracted:
		return text.New("retracted by the user", "vom Meldenden zurückgezogen")
	case agreement.Spam:
		return text.New("not a request", "keine Anfrage")
	case sla.Overload:
		return text.New("opened above the workload limit", "über der Mengengrenze eröffnet")
	}
	return text.Same(string(reason))
}

// sentence ends with a full stop, if it doesn't end with a mark of its own.
func sentence(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}
