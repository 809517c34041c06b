package parts

import (
	"turnus/itsm/agreement"
	"turnus/itsm/text"
	"turnus/itsm/versions"
	"turnus/report"
)

// Undecided names versions of agreements, of those that count, that nobody
// decided, and says whether the customer's consent is on record.
func Undecided(w *report.Writer, agreements []versions.Agreement, counts func(versions.Agreement) bool) {
	var order []text.Text // what is said
	of := map[text.Text][]text.Text{}
	for _, v := range agreements {
		if !counts(v) || v.Decided != nil && v.Spec.Consent != "" {
			continue
		}
		said := text.F("%s; %s", "%s; %s", decidedBy(v), consent(v.Spec))
		if of[said] == nil {
			order = append(order, said)
		}
		of[said] = append(of[said], text.F("%s, version %d", "%s, Version %d", report.Named(v.Title, v.Name), v.Version))
	}
	for _, said := range order[:min(len(order), MaxNamed)] {
		word := text.N(len(of[said]), text.New("Agreement", "Vereinbarung"), text.New("Agreements", "Vereinbarungen"))
		w.Note("%s %s: %s.", "%s %s: %s.", word, Some(of[said]), said)
	}
	more := 0
	for _, said := range order[min(len(order), MaxNamed):] {
		more += len(of[said])
	}
	if more > 0 {
		w.Note("Of %d more versions of agreements a decision or the customer’s consent isn’t on record.", "Für %d weitere Versionen von Vereinbarungen fehlt der Nachweis einer Freigabe oder Zustimmung.", more)
	}
}

func decidedBy(v versions.Agreement) text.Text {
	if v.Decided == nil {
		return text.New("declared by an administrator, not decided", "administrativ angelegt, nicht freigegeben")
	}
	return text.F("decided by %s", "freigegeben von %s", text.List(v.Decided.By))
}

func consent(s agreement.Spec) text.Text {
	if s.Consent == "" {
		return text.New("the customer’s consent isn’t on record", "die Zustimmung des Kunden ist nicht nachgewiesen")
	}
	return text.F("the customer’s consent: %s", "Zustimmung des Kunden: %s", s.Consent)
}
