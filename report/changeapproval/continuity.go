package changeapproval

import (
	"fmt"
	"slices"
	"strings"

	"turnus/itsm/continuity"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/rules"
)

// DraftContinuity words a version of a continuity plan for whoever approves it:
// what in it is in doubt before anything else, what differs from what holds, and
// what is carried out. How contacts are reached isn't in it, since it is read by
// more people than that is for. It is pure, as Draft is.
func DraftContinuity(c continuity.Change) (report.Document, error) {
	head, _, err := heading(proposed{run: c.Run, zone: c.Zone, title: c.Title, about: c.About.Name, at: c.At})
	if err != nil {
		return head, err
	}
	name, version := c.Document.Metadata.Name, c.Base+1
	head.Title = text.New("Change of a continuity plan", "Änderung eines Notfallplans")
	if c.Before == nil {
		head.Title = text.New("Continuity plan", "Notfallplan")
	}
	head.Sources = []report.Source{{Kind: report.SourceKind(c.Document.Kind), Name: name, Version: fmt.Sprint(version), Hash: c.Hash}}
	before, now, err := specs[continuity.Plan](c.Document, c.Before)
	if err != nil {
		return head, err
	}
	if before == nil { // all of it is new, and these stand below
		before = &continuity.Plan{Objectives: now.Objectives, Steps: now.Steps, Return: now.Return}
	}
	differ := append(renamed(c.Document, c.Before), rules.OfContinuityPlan(before, now)...)
	doubts := now.Assess()
	w := report.Write(head)
	for _, d := range doubts {
		if d.Unknown {
			w.Note("%s", "%s", d.Text)
		} else {
			w.Warn("%s", "%s", d.Text)
		}
	}
	w.Tile("In doubt", "Zweifel", report.Count(int64(len(doubts)))).Judge(len(doubts) == 0)
	if c.Before != nil {
		w.Tile("Points that change", "Geänderte Angaben", report.Count(int64(len(differ))))
	}
	restart, path := now.Restart()
	if len(path) > 0 {
		w.Tile("Expected restart", "Erwarteter Wiederanlauf", report.Words(restart.InWords())).Say("steps on the longest path: %d", "Schritte auf dem längsten Weg: %d", len(path))
	}
	s := w.Section("What is proposed", "Vorschlag")
	s.Say("Proposed by %s: %s.", "Vorgeschlagen von %s: %s.", c.By, report.Named(c.Document.Metadata.DisplayName, name))
	if c.Before == nil {
		s.Say("With the approval it holds as version %d.", "Mit der Freigabe gilt dies als Version %d.", version)
	} else {
		s.Say("With the approval it holds as version %d. Only what differs from version %d is listed.",
			"Mit der Freigabe gilt dies als Version %d. Aufgeführt ist nur, was von Version %d abweicht.", version, c.Base)
	}
	if len(doubts) > 0 {
		s.Say("What is in doubt, as said above, doesn't keep the plan from being approved. It becomes a finding, which lasts until a version doesn't have it any more.",
			"Die oben genannten Zweifel schließen eine Freigabe nicht aus. Sie werden zu Befunden und bleiben es, bis eine Version sie ausräumt.")
	}
	s.Say("How contacts are reached isn't shown here. In the plan, once it is in force, the owner and approvers of the service, auditors and administrators read it.",
		"Wie die Kontakte zu erreichen sind, steht hier nicht. Im Plan lesen es, sobald er gilt, die für den Service Verantwortlichen und Freigabeberechtigten, die Auditierenden und die Rolle administrator.")
	t := s.Table("", "").Left("Item", "Angabe").Left("Proposed", "Vorschlag").Left("So far", "Bisher").When(c.Before != nil)
	for _, d := range differ {
		t.Row(report.Words(d.Item), d.Now, d.Before)
	}
	carriedOut(w, *now, path)
	return w.Document(), nil
}

// carriedOut says what the plan agrees, and its steps there and back.
func carriedOut(w *report.Writer, p continuity.Plan, longest []string) {
	s := w.Section("What is agreed", "Vereinbarte Ziele")
	t := s.Table("", "").Left("Objective", "Ziel").Left("Agreed", "Vereinbart")
	for _, o := range rules.Objectives(p.Objectives) {
		agreed := o.Agreed
		if agreed.IsZero() {
			agreed = text.New("not agreed", "nicht vereinbart")
		}
		t.Row(report.Words(o.Title), report.Words(agreed))
	}
	s = w.Section("Steps", "Schritte")
	if len(longest) > 0 {
		s.Say("The longest path to the minimum level: %s.", "Der längste Weg bis zum Wiederanlauf: %s.", strings.Join(longest, " → "))
	}
	steps(s, p.Steps)
	s = w.Section("Return to normal operation", "Rückführung in den Normalbetrieb")
	s.Say("These steps are done after a drill, and after one that was aborted.", "Diese Schritte folgen auf eine Übung, auch auf eine abgebrochene.")
	steps(s, p.Return)
}

func steps(s *report.SectionWriter, all []continuity.Step) {
	marks := slices.ContainsFunc(all, func(x continuity.Step) bool { return x.Marks != "" })
	after := slices.ContainsFunc(all, func(x continuity.Step) bool { return len(x.After) > 0 })
	t := s.Table("", "").Right("No.", "Nr.").Left("Name", "Name").Left("Step", "Schritt").Left("Owner", "Verantwortlich").Left("Expected", "Erwartete Dauer").
		Left("After", "Nach").When(after).Left("Marks", "Kennzeichnet").When(marks)
	for i, x := range all {
		marked := report.Name("–")
		if x.Marks != "" {
			marked = report.Words(x.Marks.Title())
		}
		t.Row(report.Count(int64(i+1)), report.Name(x.Name), report.Name(x.Title), report.Name(x.Owner), report.Words(x.Takes.InWords()),
			report.Words(or(strings.Join(x.After, ", "), text.Same("–"))), marked)
	}
}
