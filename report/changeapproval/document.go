package changeapproval

import (
	"encoding/json"
	"fmt"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

// Wording says which words the documents have: it is counted up when words
// change. 0 are those of 0.1.0.
const Wording = 1

// proposed is what is the same of all proposals.
type proposed struct {
	run, zone string
	title     text.Text // of what it is about
	about     string    // its name
	at        time.Time // when it was looked at
}

// heading is what stands before the content of a document about a proposal, and
// the zone of its instants.
func heading(p proposed) (report.Document, *time.Location, error) {
	key, _, err := run.ParseID(p.run)
	if err != nil {
		return report.Document{}, nil, err
	}
	zone, err := calendar.Zone(p.zone)
	if err != nil {
		return report.Document{}, nil, err
	}
	period, err := calendar.ParsePeriod(key.Period)
	if err != nil {
		return report.Document{}, nil, err
	}
	from, to := period.Bounds(zone)
	return report.Document{
		Run: p.run, Process: key.Process, Scope: key.Scope, Period: key.Period,
		From: from.UTC(), To: to.UTC(), Zone: p.zone,
		Subject: report.Named(p.title, p.about),
		Figures: []report.Figure{},

		ComputedAt: p.at.UTC(),
		Wording:    Wording,
	}, zone, nil
}

// Draft words a proposal for whoever approves it: what is to hold, what held
// before, why, and which slots come, are made, and go. It is pure: the same
// change gives the same document, and so the same hash.
func Draft(c planning.Change) (report.Document, error) {
	head, zone, err := heading(proposed{run: c.Run, zone: c.Zone, title: c.Title, about: c.Basis().About.Name, at: c.At})
	if err != nil {
		return head, err
	}
	head.Title = text.New("Change of the plan", "Änderung des Plans")
	head.Sources = []report.Source{{Kind: report.SourceKind(c.Document.Kind), Name: c.Document.Metadata.Name, Version: fmt.Sprint(c.Base + 1), Hash: c.Hash}}
	if c.Document.Kind == resource.Waiver {
		head.Title = text.New("Waiver", "Aussetzung")
		w := report.Write(head)
		err := waiver(w, c, zone)
		return w.Document(), err
	}
	w := report.Write(head)
	err = interval(w, c, zone)
	return w.Document(), err
}

// waiver says which slots shall not be done.
func waiver(w *report.Writer, c planning.Change, zone *time.Location) error {
	var spec planning.WaiverSpec
	if err := json.Unmarshal(c.Document.Spec, &spec); err != nil {
		return err
	}
	w.Tile("Slots to be waived", "Auszusetzende Termine", report.Count(int64(len(c.Waived))))
	s := w.Section("What is waived", "Auszusetzende Termine")
	s.Say("Proposed by %s. Reason: %s", "Vorgeschlagen von %s. Grund: %s", c.By, spec.Reason)
	s.Say("With the approval these slots won't be done; the plan shows them as waived, with reason and names.",
		"Mit der Freigabe werden diese Termine nicht ausgeführt; der Plan zeigt sie als ausgesetzt, mit Grund und Namen.")
	var late, missed int64
	for _, x := range c.Waived {
		if !c.At.Before(x.Late) {
			late++
		}
		if x.State == planning.Missed {
			missed++
		}
	}
	if late > 0 {
		s.Say("The tolerance of %d of these slots had ended when this was drafted: the plan counts them as waived late.",
			"Bei %d dieser Termine war die Toleranz bei der Erstellung dieses Dokuments bereits abgelaufen: Der Plan weist sie als nachträglich ausgesetzt aus.", late)
	}
	if missed > 0 {
		s.Say("%d of these slots had been recorded as missed, which stays on record.",
			"Bei %d dieser Termine ist das Versäumnis bereits erfasst; es bleibt in den Aufzeichnungen.", missed)
	}
	slots(s, c.Waived, zone, true)
	return nil
}

// slots lists slots; their states only where they are known.
func slots(s *report.SectionWriter, all []planning.Slot, zone *time.Location, states bool) {
	t := s.Table("", "").Left("Period", "Periode").Left("Due", "Fällig").Left("In time until", "Fristgerecht bis").Left("State", "Status").When(states)
	for _, x := range all {
		last := calendar.DateOf(x.Late.In(zone)).Add(-1) // Late is the midnight after it
		t.Row(report.Words(report.Period(x.Period)), report.At(x.Due), report.Words(report.Date(last)), report.Words(x.State.Title()))
	}
}
