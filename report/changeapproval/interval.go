package changeapproval

import (
	"encoding/json"
	"time"

	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/report"
)

// interval sets a proposed interval beside the one that holds, and says what it
// does to the plan.
func interval(w *report.Writer, c planning.Change, zone *time.Location) error {
	now, err := specOf(c.Document)
	if err != nil {
		return err
	}
	w.Tile("Slots in the next thirteen months", "Termine in den nächsten dreizehn Monaten", report.Count(int64(len(c.Coming))))
	w.Tile("Slots of the past, due at once", "Nachträglich angelegte Termine, sofort fällig", report.Count(int64(len(c.Made))))
	w.Tile("Slots that are no longer planned", "Entfallende Termine", report.Count(int64(len(c.Gone))))
	s := w.Section("The interval", "Intervall")
	s.Say("Proposed by %s. Reason: %s", "Vorgeschlagen von %s. Grund: %s", c.By, now.Reason)
	t := s.Table("", "").Left("Item", "Angabe").Left("Proposed", "Vorschlag").Left("So far", "Bisher").When(c.Before != nil)
	before := now
	if c.Before != nil {
		if before, err = specOf(*c.Before); err != nil {
			return err
		}
	}
	name := report.Name(c.Document.Metadata.Name)
	t.Item("Name", "Name", name, name)
	item := func(en, de string, value func(planning.Spec) text.Text) {
		t.Item(en, de, report.Words(value(now)), report.Words(value(before)))
	}
	item("Process", "Prozess", func(s planning.Spec) text.Text {
		if p, ok := process.Find(s.Process); ok {
			return text.F("%s (%s)", "%s (%s)", p.Title, p.Name)
		}
		return text.Same(s.Process)
	})
	own := wordsFor(c.Basis().About.Kind)
	item(own.kind.En, own.kind.De, func(s planning.Spec) text.Text { return text.Same(s.Scope) })
	item("Due", "Fällig", func(s planning.Spec) text.Text { return s.Rule.InWords() })
	item("Time zone", "Zeitzone", func(s planning.Spec) text.Text {
		return or(s.Zone, own.zone)
	})
	item("Working days", "Arbeitstage", func(s planning.Spec) text.Text {
		return or(s.Calendar, own.calendar)
	})
	item("Not a working day", "An arbeitsfreien Tagen", func(s planning.Spec) text.Text { return s.Adjust.Title() })
	item("Tolerance", "Toleranz", func(s planning.Spec) text.Text {
		if s.Tolerance == 0 {
			return text.New("none", "keine")
		}
		return text.F("%d %s before and after", "%d %s davor und danach", s.Tolerance, text.N(s.Tolerance, text.New("day", "Tag"), text.New("days", "Tage")))
	})
	item("Catching up", "Nachholen", func(s planning.Spec) text.Text { return s.CatchUp.Title() })
	item("Due at once after", "Sofort fällig nach", func(s planning.Spec) text.Text { return eventsText(s.Events) })
	item("Valid", "Gültig", func(s planning.Spec) text.Text { return validText(s.Valid) })

	slotSection(w, c.Made, zone, text.New("Made for the past", "Nachträglich angelegte Termine"),
		text.New("These slots never existed. They fall due with the approval, and are caught up by the rule above.",
			"Diese Termine waren bisher nicht geplant. Sie werden mit der Freigabe fällig und nach der Regel oben nachgeholt."))
	slotSection(w, c.Coming, zone, text.New("To come", "Künftige Termine"),
		text.New("Each starts its run by itself when it is due and what it needs is there.",
			"Jeder Termin startet seinen Lauf von selbst, sobald er fällig ist und die nötigen Daten vorliegen."))
	slotSection(w, c.Gone, zone, text.New("No longer planned", "Entfallende Termine"),
		text.New("These were planned, aren't due yet, and go with the approval.",
			"Diese Termine waren geplant, sind noch nicht fällig und entfallen mit der Freigabe."))
	return nil
}

func slotSection(w *report.Writer, all []planning.Slot, zone *time.Location, title, note text.Text) {
	if len(all) == 0 {
		return
	}
	s := w.Section("%s", "%s", title)
	s.Say("%s", "%s", note)
	slots(s, all, zone, false)
}

func specOf(r resource.Raw) (planning.Spec, error) {
	var s planning.Spec
	err := json.Unmarshal(r.Spec, &s)
	return s.Filled(), err
}

func or(v string, otherwise text.Text) text.Text {
	if v == "" {
		return otherwise
	}
	return text.Same(v)
}

// scopeWords name what an interval is about, and what it takes from there.
type scopeWords struct{ kind, zone, calendar text.Text }

func wordsFor(about resource.Kind) scopeWords {
	if about == resource.Organisation {
		return scopeWords{text.New("Organisation", "Organisation"),
			text.New("that of the organisation", "wie in der Organisation"), text.New("the organisation's calendar", "Kalender der Organisation")}
	}
	return scopeWords{text.New("Service", "Service"),
		text.New("that of the service's calendar", "wie im Kalender des Service"), text.New("the service's calendar", "Kalender des Service")}
}

func eventsText(events []planning.Event) text.Text {
	if len(events) == 0 {
		return text.Same("–")
	}
	all := make([]text.Text, len(events))
	for i, e := range events {
		all[i] = e.Title()
	}
	return text.Join(all, ", ")
}

func validText(v planning.Span) text.Text {
	if v.To == nil {
		return text.F("from %s", "ab %s", report.Date(v.From))
	}
	return text.F("%s to %s", "%s–%s", report.Date(v.From), report.Date(*v.To))
}
