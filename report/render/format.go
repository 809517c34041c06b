package render

import (
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

// seconds writes a duration in hours, minutes and seconds.
func (f format) seconds(s int64) string { return f.text(report.Lasting(s)) }

// date writes the date of an instant in the document's zone.
func (f format) date(t time.Time) string { return f.text(calendar.DateOf(t.In(f.zone)).InWords()) }

// instant writes date, time and the zone in force then.
func (f format) instant(t time.Time) string { return f.text(calendar.InWords(t.In(f.zone))) }
