package render

import (
	"fmt"
	"strings"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/text"
	"turnus/report"
)

// thin is the narrow space that keeps a number and its unit together.
const thin = "\u202f"

// format writes values in a reader's language and a document's zone.
type format struct {
	lang text.Lang
	zone *time.Location
}

func (f format) text(t text.Text) string { return t.In(f.lang) }

func (f format) count(n int64) string { return f.text(report.Number(n)) }

// decimal puts separators into an exact decimal; every place is kept.
func (f format) decimal(exact string) string { return f.text(report.Decimal(exact)) }

func (f format) percent(exact string) string { return f.decimal(exact) + thin + "%" }

func (f format) ratio(r report.Ratio) string {
	exact := r.Exact(2)
	if exact == nil {
		return f.text(report.NotApplicable())
	}
	return f.percent(*exact)
}

// seconds writes a duration in hours, minutes and seconds; a day has no fixed
// length in service hours.
func (f format) seconds(s int64) string {
	sign := ""
	if s < 0 {
		sign, s = "\u2212", -s
	}
	var parts []string
	for _, u := range []struct {
		n    int64
		unit string
	}{{s / 3600, "h"}, {s / 60 % 60, "min"}, {s % 60, "s"}} {
		if u.n > 0 {
			parts = append(parts, f.count(u.n)+thin+u.unit)
		}
	}
	if len(parts) == 0 {
		return "0" + thin + "s"
	}
	return sign + strings.Join(parts, " ")
}

// date writes the date of an instant in the document's zone.
func (f format) date(t time.Time) string {
	return f.text(report.Date(calendar.DateOf(t.In(f.zone))))
}

// instant writes date, time and the zone in force then; seconds where there
// are any.
func (f format) instant(t time.Time) string {
	t = t.In(f.zone)
	layout := "15:04"
	if t.Second() != 0 {
		layout = "15:04:05"
	}
	return f.date(t) + ", " + t.Format(layout) + "\u00a0" + f.abbreviation(t)
}

// abbreviation of the zone in force at an instant: CET, in German MEZ; where
// the zone has none but an offset, UTC+3.
func (f format) abbreviation(t time.Time) string {
	name, offset := t.Zone()
	if name == "" || name[0] == '+' || name[0] == '-' {
		sign := "+"
		if offset < 0 {
			sign, offset = "\u2212", -offset
		}
		name = fmt.Sprintf("UTC%s%d", sign, offset/3600)
		if m := offset / 60 % 60; m != 0 {
			name += fmt.Sprintf(":%02d", m)
		}
		return name
	}
	if f.lang == text.De {
		switch name {
		case "CET":
			return "MEZ"
		case "CEST":
			return "MESZ"
		}
	}
	return name
}
