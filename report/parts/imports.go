package parts

import (
	"cmp"
	"slices"

	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/text"
	"turnus/report"
)

// maxImports is how many imports a document names: the newest ones.
const maxImports = 20

// NewestImports are those that a document names, the newest first.
func NewestImports(imports []dataset.Import) []dataset.Import {
	all := slices.Clone(imports)
	slices.Reverse(all)
	return all[:min(len(all), maxImports)]
}

// ImportTable lists the newest imports, with instants in a zone.
func ImportTable(s *report.SectionWriter, imports []dataset.Import, zone string, caption text.Text) {
	if more := len(imports) - maxImports; more > 0 {
		s.Say("These are the newest %d; %d more stand in the receipts.", "Das sind die %d neuesten; %d weitere stehen in den Belegen.", maxImports, more)
	}
	t := s.Table("%s", "%s", caption).Left("Number", "Nummer").Left("File", "Datei").Right("Bytes", "Byte").Left("SHA-256", "SHA-256").Left("Format and mapping", "Format und Zuordnung").
		Left("Time zone", "Zeitzone").Left("Read up to", "Gelesen bis").Left("By", "Durch").Left("Imported at", "Importiert am")
	for _, i := range NewestImports(imports) {
		if i.Withdraws > 0 {
			none := report.Name("–")
			t.Row(report.Name(decimal(i.ID)), report.Say("withdrawal of import %d: %s", "Rücknahme von Import %d: %s", i.Withdraws, i.Reason),
				none, none, none, none, none, report.Name(i.By), report.At(i.At))
			continue
		}
		t.Row(report.Name(decimal(i.ID)), Known(i.File.Name), bytesOf(i.File), Known(firstDigits(i.File.SHA256)), report.Words(formatOf(i)),
			Known(i.Zone), readUpTo(zone, i), report.Name(i.By), report.At(i.At))
	}
}

func bytesOf(f dataset.File) report.Cell {
	if f.SHA256 == "" {
		return Known("")
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
func readUpTo(name string, i dataset.Import) report.Cell {
	at := text.Same(i.AsOf.UTC().Format("2006-01-02 15:04:05 UTC"))
	if zone, err := calendar.Zone(name); err == nil {
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
