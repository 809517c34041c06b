package slareport

import (
	"cmp"
	"slices"

	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// sources lists what the figures stand on, each in its version.
func sources(f sla.Frozen) []report.Source {
	var s []report.Source
	if f.Import > 0 && !f.Lists {
		s = append(s, report.Source{Kind: report.FromImport, Name: f.Service, Version: decimal(f.Import), Hash: f.Hash})
	}
	for _, i := range newestImports(f) {
		s = append(s, report.Source{Kind: report.FromImport, Name: cmp.Or(i.File.Name, i.Service), Version: decimal(i.ID), Hash: i.File.SHA256})
	}
	for _, a := range f.Agreements {
		s = append(s, report.Source{Kind: report.FromAgreement, Name: a.Name, Version: decimal(int64(a.Version)), Hash: a.Hash})
	}
	for _, c := range f.Calendars {
		s = append(s, report.Source{Kind: report.FromCalendar, Name: c.Name, Version: decimal(int64(c.Version)), Hash: c.Hash})
	}
	for _, x := range f.Exclusions {
		hash, _ := canonical.Hash(x) // it was JSON before
		s = append(s, report.Source{Kind: report.FromExclusion, Name: f.Service, Version: decimal(x.ID), Hash: hash})
	}
	for _, p := range f.History {
		s = append(s, report.Source{Kind: report.FromReport, Name: p.Run, Version: decimal(int64(p.Version)), Hash: p.Hash})
	}
	hash, _ := canonical.Hash(f) // it was JSON before
	return append(s, report.Source{Kind: report.FromTZData, Name: f.Zone, Version: f.TZData},
		report.Source{Kind: report.FrozenSet, Name: f.Run, Version: decimal(int64(f.Round)), Hash: hash})
}

// maxImports is how many imports a document names: the newest ones.
const maxImports = 20

// newestImports are those that a document names, the newest first.
func newestImports(f sla.Frozen) []dataset.Import {
	all := slices.Clone(f.Imports)
	slices.Reverse(all)
	return all[:min(len(all), maxImports)]
}

// importTable says where the tickets come from.
func importTable(w *report.Writer, f sla.Frozen) {
	s := w.Section("Imports", "Importe")
	if len(f.Imports) == 0 {
		return
	}
	s.Say("The tickets come from these imports. What was withdrawn isn’t among them.", "Die Tickets stammen aus diesen Importen. Zurückgenommene sind nicht darunter.")
	if more := len(f.Imports) - maxImports; more > 0 {
		s.Say("These are the newest %d; %d more stand in the receipts.", "Das sind die %d neuesten; %d weitere stehen in den Belegen.", maxImports, more)
	}
	t := s.Table("", "").Left("Number", "Nummer").Left("File", "Datei").Right("Bytes", "Byte").Left("SHA-256", "SHA-256").Left("Format and mapping", "Format und Zuordnung").
		Left("Time zone", "Zeitzone").Left("Read up to", "Gelesen bis").Left("By", "Durch").Left("Imported at", "Importiert am")
	for _, i := range newestImports(f) {
		if i.Withdraws > 0 {
			none := report.Name("–")
			t.Row(report.Name(decimal(i.ID)), report.Say("withdrawal of import %d: %s", "Rücknahme von Import %d: %s", i.Withdraws, i.Reason),
				none, none, none, none, none, report.Name(i.By), report.At(i.At))
			continue
		}
		t.Row(report.Name(decimal(i.ID)), known(i.File.Name), bytesOf(i.File), known(firstDigits(i.File.SHA256)), report.Words(formatOf(i)),
			known(i.Zone), readUpTo(f, i), report.Name(i.By), report.At(i.At))
	}
}

// known is a name that versions before 0.2.0 didn't keep.
func known(s string) report.Cell {
	if s == "" {
		return report.Say("not recorded", "nicht erfasst")
	}
	return report.Name(s)
}

func bytesOf(f dataset.File) report.Cell {
	if f.SHA256 == "" {
		return known("")
	}
	return report.Count(f.Bytes)
}

// firstDigits of a hash are enough to find the file again.
func firstDigits(sum string) string { return sum[:min(len(sum), 12)] }

func formatOf(i dataset.Import) text.Text {
	switch {
	case i.Mapping == nil:
		return text.Same(i.Format)
	case i.Mapping.Version == 0:
		return text.F("%s, %s (not declared)", "%s, %s (nicht angelegt)", i.Format, cmp.Or(i.Mapping.Name, firstDigits(i.Mapping.Hash)))
	}
	return text.F("%s, %s version %d", "%s, %s Version %d", i.Format, i.Mapping.Name, i.Mapping.Version)
}

// readUpTo is the as-of, and whether somebody said it.
func readUpTo(f sla.Frozen, i dataset.Import) report.Cell {
	at := text.Same(i.AsOf.UTC().Format("2006-01-02 15:04:05 UTC"))
	if zone, err := calendar.Zone(f.Zone); err == nil {
		at = calendar.InWords(i.AsOf.In(zone))
	}
	switch {
	case i.Derived:
		return report.Say("%s, the newest change", "%s, jüngste Änderung", at)
	case i.File.SHA256 == "": // an import of 0.1.0
		return report.Words(at)
	}
	return report.Say("%s, as said", "%s, wie angegeben", at)
}
