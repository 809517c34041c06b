package calendar

import (
	"slices"

	"turnus/itsm/text"
)

// Feed is what a calendar that others keep says about holidays.
type Feed struct {
	Holidays []Holiday // in order, one for each date
	LeftOut  []LeftOut // in the order of the file
	Marked   bool      // it tells public holidays from other days
}

// LeftOut is an entry of a feed that isn't taken as a holiday.
type LeftOut struct {
	Line   int64     `json:"line"`          // of the file, on which the entry begins
	Date   Date      `json:"date,omitzero"` // the first one that it would give, where it has one
	Name   string    `json:"name"`
	Why    Why       `json:"why"`
	Reason text.Text `json:"reason"`
}

// Why an entry isn't taken; never translated.
type Why string

// The reasons.
const (
	Observance  Why = "observance"  // marked as something else than a public holiday
	Regional    Why = "regional"    // a public holiday elsewhere
	Unmarked    Why = "unmarked"    // where others are marked as public holidays
	Tentative   Why = "tentative"   // its date may change
	Long        Why = "long"        // more days than a public holiday has
	Cancelled   Why = "cancelled"   //
	PartOfDay   Why = "part-of-day" // has a time of day
	WorkingDay  Why = "working-day" // worked in exchange for a holiday
	Outside     Why = "outside"     // of the years that were asked for
	Unsupported Why = "unsupported" // repeats by a rule that isn't followed here
	Unreadable  Why = "unreadable"
)

// Overruled says that whoever asks for all of a feed gets the entry nonetheless.
func (w Why) Overruled() bool {
	switch w {
	case Observance, Regional, Unmarked, Tentative, Long:
		return true
	}
	return false
}

// ImportedHolidays is what came of loading a feed into a calendar.
type ImportedHolidays struct {
	Calendar string    `json:"calendar"`
	Change   string    `json:"change"`  // changed, unchanged; never translated
	Version  int       `json:"version"` // of the calendar that holds these dates
	From     int       `json:"from"`    // the years that were looked at, both inclusive
	To       int       `json:"to"`
	Marked   bool      `json:"marked"` // the feed tells public holidays from other days
	Added    []Holiday `json:"added" nullable:"false"`
	Already  []Holiday `json:"already" nullable:"false"` // closed before, by a date or by the region's law
	LeftOut  []LeftOut `json:"left_out" nullable:"false"`
}

// With adds holidays to a spec's dates. It says which of them are new and
// which dates were closed already, by a date of the spec or its region's law.
// With nothing new the spec stays as it is.
func (s Spec) With(list []Holiday) (changed Spec, added, already []Holiday) {
	closed := make(map[Date]bool, len(s.Holidays.Dates))
	for _, d := range s.Holidays.Dates {
		closed[d] = true
	}
	lawOf := map[int]bool{}
	for _, h := range list {
		if y := h.Date.Year; !lawOf[y] && y >= firstYear && y <= lastYear {
			lawOf[y] = true
			for _, l := range holidaysOf(s.Holidays.Region, y) { // an unknown region has none
				closed[l.Date] = true
			}
		}
		if closed[h.Date] {
			already = append(already, h)
			continue
		}
		closed[h.Date] = true
		added = append(added, h)
	}
	if len(added) == 0 {
		return s, nil, already
	}
	dates := slices.Clone(s.Holidays.Dates)
	for _, h := range added {
		dates = append(dates, h.Date)
	}
	slices.SortFunc(dates, func(a, b Date) int { return int(a.number() - b.number()) })
	s.Holidays.Dates = slices.Compact(dates)
	return s, added, already
}
