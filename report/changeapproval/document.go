package changeapproval

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

// Draft words a proposal for whoever approves it: what is to hold, what held
// before, why, and which slots come, are made, and go. Processes are called by
// the titles that titleOf gives; one without is called by its name. It is pure:
// the same change gives the same document, and so the same hash.
func Draft(c planning.Change, titleOf func(process string) text.Text) (report.Document, error) {
	key, _, err := run.ParseID(c.Run)
	if err != nil {
		return report.Document{}, err
	}
	zone, err := calendar.Zone(c.Zone)
	if err != nil {
		return report.Document{}, err
	}
	period, err := calendar.ParsePeriod(key.Period)
	if err != nil {
		return report.Document{}, err
	}
	from, to := period.Bounds(zone)
	d := report.Document{
		Run: c.Run, Process: key.Process, Scope: key.Scope, Period: key.Period,
		From: from.UTC(), To: to.UTC(), Zone: c.Zone,
		Title:   text.New("Change of the plan", "Änderung des Plans"),
		Subject: report.Named(c.Title, c.Service),
		Figures: []report.Figure{},
		Sources: []report.Source{{Kind: string(c.Document.Kind), Name: c.Document.Metadata.Name, Version: fmt.Sprint(c.Base + 1), Hash: c.Hash}},

		ComputedAt: c.At.UTC(),
	}
	if c.Document.Kind == resource.Waiver {
		d.Title = text.New("Waiver", "Aussetzung")
		d.Summary = []report.Tile{{Label: text.New("slots to be waived", "auszusetzende Termine"), Value: report.Count(int64(len(c.Waived)))}}
		s, err := waiverSection(c)
		d.Sections = []report.Section{s}
		return d, err
	}
	d.Summary = []report.Tile{
		{Label: text.New("slots in the next thirteen months", "Termine in den nächsten dreizehn Monaten"), Value: report.Count(int64(len(c.Coming)))},
		{Label: text.New("of the past, due at once", "aus der Vergangenheit, sofort fällig"), Value: report.Count(int64(len(c.Made)))},
		{Label: text.New("planned so far that go", "bisher geplante, die entfallen"), Value: report.Count(int64(len(c.Gone)))},
	}
	s, err := intervalSection(c, titleOf)
	if err != nil {
		return d, err
	}
	d.Sections = []report.Section{s}
	for _, part := range []struct {
		title text.Text
		slots []planning.Slot
		note  text.Text
	}{
		{text.New("Made for the past", "Für die Vergangenheit angelegt"), c.Made, text.New(
			"These slots never existed. They fall due with the approval, and are caught up by the rule above.",
			"Diese Termine gab es nie. Sie werden mit der Freigabe fällig und nach der Regel oben nachgeholt.")},
		{text.New("To come", "Künftig"), c.Coming, text.New(
			"Each starts its run by itself when it is due and what it needs is there.",
			"Jeder startet seinen Lauf von selbst, sobald er fällig ist und vorliegt, was er braucht.")},
		{text.New("No longer planned", "Nicht mehr geplant"), c.Gone, text.New(
			"These were planned, aren't due yet, and go with the approval.",
			"Diese waren geplant, sind noch nicht fällig und entfallen mit der Freigabe.")},
	} {
		if len(part.slots) > 0 {
			d.Sections = append(d.Sections, report.Section{Title: part.title, Paragraphs: []text.Text{part.note},
				Tables: []report.Table{slotTable(part.slots, zone, false)}})
		}
	}
	return d, nil
}

// intervalSection sets the proposal beside what holds.
func intervalSection(c planning.Change, titleOf func(process string) text.Text) (report.Section, error) {
	s := report.Section{Title: text.New("The interval", "Das Intervall")}
	var now, before planning.Spec
	if err := json.Unmarshal(c.Document.Spec, &now); err != nil {
		return s, err
	}
	s.Paragraphs = []text.Text{text.F("Proposed by %[1]s. Reason: %[2]s", "Vorgeschlagen von %[1]s. Grund: %[2]s", c.By, now.Reason)}
	t := report.Table{Columns: []report.Column{leftColumn("", ""), leftColumn("proposed", "vorgeschlagen")}}
	was := map[string]text.Text{}
	if c.Before != nil {
		if err := json.Unmarshal(c.Before.Spec, &before); err != nil {
			return s, err
		}
		t.Columns = append(t.Columns, leftColumn("so far", "bisher"))
		for _, r := range intervalRows(before.Filled(), titleOf) {
			was[r.label.En] = r.value
		}
	}
	name := []report.Cell{inWords("Name", "Name"), named(c.Document.Metadata.Name)}
	if c.Before != nil {
		name = append(name, named(c.Document.Metadata.Name))
	}
	t.Rows = append(t.Rows, name)
	for _, r := range intervalRows(now.Filled(), titleOf) {
		cells := []report.Cell{report.Words(r.label), report.Words(r.value)}
		if c.Before != nil {
			cells = append(cells, report.Words(was[r.label.En]))
		}
		t.Rows = append(t.Rows, cells)
	}
	s.Tables = []report.Table{t}
	return s, nil
}

type labelled struct{ label, value text.Text }

func intervalRows(s planning.Spec, titleOf func(process string) text.Text) []labelled {
	process := text.Same(s.Process)
	if t := titleOf(s.Process); !t.IsZero() {
		process = text.F("%s (%s)", "%s (%s)", t, s.Process)
	}
	or := func(v string, en, de string) text.Text {
		if v == "" {
			return text.New(en, de)
		}
		return text.Same(v)
	}
	valid := text.F("from %[1]s", "ab %[2]s", report.Date(s.Valid.From).En, report.Date(s.Valid.From).De)
	if to := s.Valid.To; to != nil {
		valid = text.F("%[1]s to %[2]s", "%[3]s bis %[4]s", report.Date(s.Valid.From).En, report.Date(*to).En, report.Date(s.Valid.From).De, report.Date(*to).De)
	}
	events := make([]string, len(s.Events))
	for i, e := range s.Events {
		events[i] = string(e)
	}
	return []labelled{
		{text.New("Process", "Prozess"), process},
		{text.New("Service", "Service"), text.Same(s.Scope)},
		{text.New("Due", "Fällig"), ruleText(s.Rule)},
		{text.New("Time zone", "Zeitzone"), or(s.Zone, "that of the service's calendar", "die des Servicekalenders")},
		{text.New("Working days", "Arbeitstage"), or(s.Calendar, "the service's calendar", "Kalender des Service")},
		{text.New("Not a working day", "Kein Arbeitstag"), adjustText(s.Adjust)},
		{text.New("Tolerance", "Toleranz"), text.F("%d days before and after", "%d Tage davor und danach", s.Tolerance)},
		{text.New("Catching up", "Nachholen"), catchUpText(s.CatchUp)},
		{text.New("Due at once after", "Sofort fällig nach"), or(strings.Join(events, ", "), "–", "–")},
		{text.New("Valid", "Gültig"), valid},
	}
}

// ruleText says a rule in words.
func ruleText(r planning.Rule) text.Text {
	if r.Cron != "" {
		return text.F("cron %s", "Cron %s", r.Cron)
	}
	n, day := r.Day, text.New("day", "Tag")
	if r.WorkingDay != 0 {
		n, day = r.WorkingDay, text.New("working day", "Arbeitstag")
	}
	span := map[calendar.Grain]text.Text{calendar.Month: text.New("month", "Monats"), calendar.Quarter: text.New("quarter", "Quartals"), calendar.Year: text.New("year", "Jahres")}[r.Of]
	switch {
	case n == -1:
		return text.F("last %[1]s of the %[2]s, %[5]s", "letzter %[3]s des %[4]s, %[5]s", day.En, span.En, day.De, span.De, r.At)
	case n < 0:
		return text.F("%[6]d. %[1]s before the end of the %[2]s, %[5]s", "%[6]d. %[3]s vor Ende des %[4]s, %[5]s", day.En, span.En, day.De, span.De, r.At, -n)
	}
	return text.F("%[1]s %[6]d of the %[2]s, %[5]s", "%[6]d. %[3]s des %[4]s, %[5]s", day.En, span.En, day.De, span.De, r.At, n)
}

func adjustText(a planning.Adjust) text.Text {
	switch a {
	case planning.Following:
		return text.New("the next working day", "der nächste Arbeitstag")
	case planning.ModifiedFollowing:
		return text.New("the next working day, within the month", "der nächste Arbeitstag, innerhalb des Monats")
	case planning.Preceding:
		return text.New("the working day before", "der Arbeitstag davor")
	case planning.ModifiedPreceding:
		return text.New("the working day before, within the month", "der Arbeitstag davor, innerhalb des Monats")
	}
	return text.New("stays on its date", "bleibt auf dem Datum")
}

func catchUpText(c planning.CatchUp) text.Text {
	switch c {
	case planning.Latest:
		return text.New("the latest slot only; those before are missed", "nur der letzte Termin; frühere gelten als versäumt")
	case planning.NoneLate:
		return text.New("none: what wasn't started in time is left to a person", "keine: was nicht rechtzeitig startete, bleibt einer Person überlassen")
	}
	return text.New("each slot", "jeder Termin")
}

func waiverSection(c planning.Change) (report.Section, error) {
	var w planning.WaiverSpec
	s := report.Section{Title: text.New("What is waived", "Ausgesetzte Termine")}
	if err := json.Unmarshal(c.Document.Spec, &w); err != nil {
		return s, err
	}
	zone, err := calendar.Zone(c.Zone)
	if err != nil {
		return s, err
	}
	s.Paragraphs = []text.Text{
		text.F("Proposed by %[1]s. Reason: %[2]s", "Vorgeschlagen von %[1]s. Grund: %[2]s", c.By, w.Reason),
		text.New("With the approval these slots won't be done; the plan shows them as waived, with reason and names.",
			"Mit der Freigabe werden diese Termine nicht ausgeführt; der Plan zeigt sie als ausgesetzt, mit Grund und Namen."),
	}
	s.Tables = []report.Table{slotTable(c.Waived, zone, true)}
	return s, nil
}

// slotTable lists slots; their states only where they are known.
func slotTable(slots []planning.Slot, zone *time.Location, states bool) report.Table {
	t := report.Table{Columns: []report.Column{leftColumn("Period", "Periode"), leftColumn("Due", "Fällig"), leftColumn("In time until", "Rechtzeitig bis")}}
	if states {
		t.Columns = append(t.Columns, leftColumn("State", "Status"))
	}
	for _, s := range slots {
		last := calendar.DateOf(s.Late.In(zone)).Add(-1) // Late is the midnight after it
		row := []report.Cell{report.Words(report.Period(s.Period)), report.At(s.Due), report.Words(report.Date(last))}
		if states {
			row = append(row, report.Words(s.State.Title()))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func leftColumn(en, de string) report.Column { return report.Column{Title: text.New(en, de)} }
func named(s string) report.Cell             { return report.Words(text.Same(s)) }
func inWords(en, de string) report.Cell      { return report.Words(text.New(en, de)) }
