package changeapproval

import (
	"fmt"
	"strings"

	"turnus/itsm/dataset"
	"turnus/itsm/text"
	"turnus/report"
)

// DraftWithdrawal words for whoever approves it that what an import said doesn't
// count any more: what it was, why, what becomes of the tickets, outages, windows
// or samples, and which published reports stand on it. It is pure, as Draft is.
func DraftWithdrawal(x dataset.Withdrawal) (report.Document, error) {
	d, err := dataset.Find(x.Import.Dataset)
	if err != nil {
		return report.Document{}, err
	}
	cases := text.New(strings.ToUpper(d.Cases.En[:1])+d.Cases.En[1:], d.Cases.De)
	head, _, err := heading(proposed{run: x.Run, zone: x.Zone, title: x.Title, about: x.About.Name, at: x.At})
	if err != nil {
		return head, err
	}
	i := x.Import
	head.Title = text.New("Withdrawal of an import", "Rücknahme eines Imports")
	head.Sources = []report.Source{{Kind: report.SourceKind(dataset.Withdrawn), Name: fmt.Sprint(i.ID), Version: "1", Hash: x.Hash}}
	for _, r := range x.Reports {
		head.Sources = append(head.Sources, report.Source{Kind: report.FromReport, Name: r.Run, Version: fmt.Sprint(r.Version)})
	}
	w := report.Write(head)
	w.Tile(cases.En+" that change", "Geänderte "+cases.De, report.Count(x.Changed))
	w.Tile(cases.En+" that vanish", "Entfallende "+cases.De, report.Count(x.Gone)).Say("no other import knows them", "kein anderer Import kennt sie")
	w.Tile("Published months that stand on it", "Veröffentlichte Monate, die darauf beruhen", report.Count(int64(len(x.Reports))))
	s := w.Section("What is withdrawn", "Zurückgenommener Import")
	s.Say("Proposed by %s. Reason: %s", "Vorgeschlagen von %s. Grund: %s", x.By, x.Reason)
	if d.Name == dataset.Tickets {
		s.Say("With the approval the tickets are made anew from the imports that remain. Nothing is deleted: reports that are frozen already read what was known then.",
			"Mit der Freigabe werden die Tickets aus den verbleibenden Importen neu gebildet. Gelöscht wird nichts: Bereits festgeschriebene Berichte lesen den damaligen Stand.")
	} else {
		s.Say("With the approval what the imports say counts that remain. Nothing is deleted: reports that are frozen already read what was known then.",
			"Mit der Freigabe gilt, was die verbleibenden Importe sagen. Gelöscht wird nichts: Bereits festgeschriebene Berichte lesen den damaligen Stand.")
	}
	about(s, d, cases, i)
	found := w.Section("What was found out about it", "Hinweise zum Import")
	if i.Accepted != "" {
		found.Say("It was implausible, and taken all the same. Reason: %s", "Er war unplausibel und wurde dennoch angenommen. Grund: %s", i.Accepted)
	}
	t := found.Table("", "").Left("Warning", "Hinweis").Left("Detail", "Einzelheiten")
	for _, n := range i.Warnings {
		t.Row(report.Name(n.Code), report.Words(n.Detail))
	}
	reports(w, x)
	return w.Document(), nil
}

// about lists what is known of an import.
func about(s *report.SectionWriter, d dataset.Dataset, cases text.Text, i dataset.Import) {
	t := s.Table("", "").Left("Item", "Angabe").Left("Import %d", "Import %d", i.ID)
	item := func(en, de string, c report.Cell) { t.Item(en, de, c) }
	known := func(v string) report.Cell {
		if v == "" {
			return report.Say("unknown", "unbekannt")
		}
		return report.Name(v)
	}
	if d.Name != dataset.Tickets {
		item("Dataset", "Datenart", report.Words(d.Title))
	}
	item("File", "Datei", known(i.File.Name))
	if i.File.SHA256 != "" {
		item("Size in bytes", "Größe in Byte", report.Count(i.File.Bytes))
	}
	item("SHA-256", "SHA-256", known(i.File.SHA256))
	item("Format", "Format", report.Name(i.Format))
	if m := i.Mapping; m != nil {
		name := report.Say("%s, version %d", "%s, Version %d", m.Name, m.Version)
		if m.Version == 0 {
			name = known(m.Name)
		}
		item("Mapping", "Zuordnung", name)
		item("SHA-256 of the mapping", "SHA-256 der Zuordnung", known(m.Hash))
	}
	item("Time zone", "Zeitzone", known(i.Zone))
	item("As of", "Stand", report.At(i.AsOf))
	if i.Derived {
		item("Where the as-of comes from", "Herkunft des Stands", report.Words(derived(d.Name)))
	}
	if i.Since != nil {
		item("Recorded from", "Aufgezeichnet ab", report.At(*i.Since))
	}
	item("Imported by", "Importiert von", report.Name(i.By))
	item("Imported at", "Importiert am", report.At(i.At))
	item("Rows read", "Gelesene Zeilen", report.Count(i.Read))
	item("Rows loaded", "Übernommene Zeilen", report.Count(i.Loaded))
	item("Rows unchanged", "Unveränderte Zeilen", report.Count(i.Unchanged))
	item("Rows older than what was known", "Zeilen, älter als der bekannte Stand", report.Count(i.Older))
	item("Rows rejected", "Abgewiesene Zeilen", report.Count(i.Rejected))
	item(cases.En+" new or changed", "Neue oder geänderte "+cases.De, report.Count(i.Tickets))
}

// derived says where an as-of comes from that nobody gave.
func derived(of string) text.Text {
	switch of {
	case dataset.Tickets:
		return text.New("the newest change in the file", "jüngste Änderung in der Datei")
	case dataset.Maintenance:
		return text.New("the import's own instant, since maintenance is announced for later", "Zeitpunkt des Imports, da Wartungsfenster in der Zukunft liegen")
	}
	return text.New("the newest instant in the file", "jüngster Zeitpunkt in der Datei")
}

// reports lists what was published and stands on the import.
func reports(w *report.Writer, x dataset.Withdrawal) {
	s := w.Section("Published months that stand on it", "Veröffentlichte Monate, die darauf beruhen")
	if len(x.Reports) == 0 {
		s.Say("None.", "Keine.")
		return
	}
	s.Say("These reports stay as they are. Each gets a finding, with which its owner decides on a restatement.",
		"Diese Berichte bleiben, wie sie sind. Zu jedem entsteht ein Befund, anhand dessen die verantwortliche Person über eine Neufassung entscheidet.")
	t := s.Table("", "").Left("Period", "Periode").Left("Report", "Bericht").Right("Version", "Version")
	for _, r := range x.Reports {
		t.Row(report.Words(report.Period(r.Period)), report.Name(r.Run), report.Count(int64(r.Version)))
	}
}
