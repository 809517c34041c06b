package slareport

import (
	"cmp"

	"turnus/itsm/canonical"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
)

// sources lists what the figures stand on, each in its version.
func sources(f sla.Frozen) []report.Source {
	var s []report.Source
	if f.Import > 0 && !f.Lists {
		s = append(s, report.Source{Kind: report.FromImport, Name: f.Service, Version: decimal(f.Import), Hash: f.Hash})
	}
	for _, i := range parts.NewestImports(f.Imports) {
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

// importTable says where the tickets come from.
func importTable(w *report.Writer, f sla.Frozen) {
	s := w.Section("Imports", "Importe")
	if len(f.Imports) > 0 {
		s.Say("The tickets come from these imports. What was withdrawn isn’t among them.", "Die Tickets stammen aus diesen Importen. Zurückgenommene sind nicht darunter.")
		parts.ImportTable(s, f.Imports, f.Zone, text.Text{})
	}
}
