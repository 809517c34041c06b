package report

import (
	"slices"

	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Extracted says what an extract is of.
type Extracted struct {
	Of         string   `json:"of"`   // content hash of the whole report
	Hash       string   `json:"hash"` // of the extract's own content
	Customers  []string `json:"customers"`
	Agreements []string `json:"agreements"`
}

// Extract is what a published report says of some agreements, for their
// customers: the sections and figures that carry them, and what it takes to hold
// the extract against the whole. Nothing else of the whole is left, neither what
// sums up several agreements nor what people wrote.
func Extract(r Report, customers, agreements []string) (Report, error) {
	theirs := func(name string) bool { return slices.Contains(agreements, name) }
	d := Document{
		Run: r.Run, Process: r.Process, Scope: r.Scope, Period: r.Period, From: r.From, To: r.To, Zone: r.Zone,
		Title: text.F("%s (extract)", "%s (Auszug)", r.Title), Subject: r.Subject,
		Provisional: r.Provisional, Restates: r.Restates, ComputedAt: r.ComputedAt, Wording: r.Wording,
		Summary: []Tile{}, Sections: []Section{}, Figures: []Figure{}, Sources: []Source{}, // as JSON has them, so that the hash can be computed from that
	}
	for _, s := range r.Sections {
		if theirs(s.Agreement) {
			d.Sections = append(d.Sections, s)
		}
	}
	for _, f := range r.Figures {
		if f.Group.Kind == OfAgreement && theirs(f.Group.Name) {
			d.Figures = append(d.Figures, f)
		}
	}
	for _, s := range r.Sources {
		if s.Kind == FromAgreement && theirs(s.Name) {
			d.Sources = append(d.Sources, s)
		}
	}
	d.Notice, d.Notes = extractNotice(r, customers, agreements), extractNotes(r, agreements, len(d.Sections) > 0)
	hash, _, err := Hash(d)
	if err != nil {
		return Report{}, err
	}
	x := Report{Document: d, Record: Record{
		Hash: r.Hash, State: r.State, Version: r.Version, Published: r.Published, Owner: r.Owner, About: r.About, DraftRound: r.DraftRound,
		Superseded: r.Superseded, Persons: map[string]text.Text{},
		Extract: &Extracted{Of: r.Hash, Hash: hash, Customers: customers, Agreements: agreements},
	}}
	for _, made := range r.Decisions {
		if made.Hash == r.Hash {
			x.Decisions = append(x.Decisions, task.Decision{Run: made.Run, Round: made.Round, Person: made.Person, Outcome: made.Outcome, At: made.At, Hash: made.Hash})
		}
	}
	for name, display := range r.Persons {
		if name == r.Owner || slices.ContainsFunc(x.Decisions, func(made task.Decision) bool { return made.Person == name }) {
			x.Persons[name] = display
		}
	}
	return x, nil
}

// extractNotice says on each page what an extract is.
func extractNotice(r Report, customers, agreements []string) text.Text {
	n := text.F("Extract for %s. Complete for %s only.", "Auszug für %s. Vollständig nur für %s.", text.List(customers), text.List(agreements))
	if !r.Notice.IsZero() {
		n = text.F("%s %s", "%s %s", r.Notice, n)
	}
	return n
}

// extractNotes say what an extract is of, and what it isn't.
func extractNotes(r Report, agreements []string, sections bool) []Note {
	notes := []Note{{text.F("This is an extract of the report with the content hash %s. It holds what that says of %s alone: summaries and everything else are left out.",
		"Dies ist ein Auszug aus dem Bericht mit dem Hashwert des Inhalts %s. Er enthält nur die Angaben zu %s: Zusammenfassungen und alles Übrige fehlen.",
		r.Hash, text.List(agreements)), Neutral}}
	if !sections {
		notes = append(notes, Note{text.New("The report was drafted before sections named their agreement: the extract has its figures only.",
			"Der Bericht entstand, bevor Abschnitte ihre Vereinbarung nannten: Der Auszug enthält nur die Zahlen."), Neutral})
	}
	if r.Restates != nil {
		notes = append(notes, Note{text.F("The report restates version %d.", "Der Bericht berichtigt Version %d.", r.Restates.Version), Neutral})
	}
	return notes
}
