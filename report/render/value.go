package render

import (
	"time"

	"turnus/itsm/text"
	"turnus/report"
)

// Short is a figure's value with its unit, rounded to two places where it is a
// share, as a report's tables show it.
func Short(f report.Figure, lang text.Lang) string {
	p := &page{format: format{lang: lang}}
	switch {
	case f.Value == nil:
		return p.text(report.NotApplicable())
	case f.Unit == report.InPercent && f.Numerator != nil && f.Denominator != nil && *f.Denominator > 0:
		return p.ratio(report.Ratio{Num: *f.Numerator, Den: *f.Denominator})
	case f.Unit == report.InPercent:
		return p.rounded(*f.Value) + thin + "%"
	}
	return p.Value(f)
}

// Written is what a cell says, in a zone.
func Written(c report.Cell, lang text.Lang, zone *time.Location) string {
	return (&page{format: format{lang: lang, zone: zone}}).Cell(c).Text
}
