package availabilityreview

import (
	"cmp"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/canonical"
	"turnus/report"
	"turnus/report/parts"
)

// sources lists what the figures stand on, each in its version.
func sources(f avail.Frozen) []report.Source {
	var s []report.Source
	for _, d := range f.Data {
		for _, i := range parts.NewestImports(d.Imports) {
			s = append(s, report.Source{Kind: report.FromImport, Name: cmp.Or(i.File.Name, i.Service), Version: decimal(i.ID), Hash: i.File.SHA256})
		}
	}
	version := func(kind report.SourceKind, name string, v int, hash string) {
		s = append(s, report.Source{Kind: kind, Name: name, Version: decimal(int64(v)), Hash: hash})
	}
	for _, a := range f.Agreements {
		version(report.FromAgreement, a.Name, a.Version, a.Hash)
	}
	for _, c := range f.Calendars {
		version(report.FromCalendar, c.Name, c.Version, c.Hash)
	}
	for _, o := range f.Objectives {
		version(report.FromObjective, o.Name, o.Version, o.Hash)
		if i := o.Indicator; i != nil {
			version(report.FromIndicator, i.Name, i.Version, i.Hash)
		}
	}
	for _, p := range f.History {
		version(report.FromReport, p.Run, p.Version, p.Hash)
	}
	hash, _ := canonical.Hash(f) // it was JSON before
	return append(s, report.Source{Kind: report.FromTZData, Name: f.Zone, Version: f.TZData},
		report.Source{Kind: report.FrozenSet, Name: f.Run, Version: decimal(int64(f.Round)), Hash: hash})
}
