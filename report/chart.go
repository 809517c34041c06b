package report

import (
	"turnus/itsm/calendar"
	"turnus/itsm/text"
)

// Chart shows one value over time, beside what was agreed and what chance
// explains. Its points stand in order of time, one a period.
type Chart struct {
	Caption text.Text `json:"caption"`
	Unit    text.Text `json:"unit"` // stands behind each value: %, tickets a day
	Points  []Point   `json:"points"`
	Centre  *string   `json:"centre,omitempty"` // of the control limits; an exact decimal, as all values here
}

// Point of a chart.
type Point struct {
	Label  text.Text `json:"label"`            // the period
	Value  *string   `json:"value"`            // nil: a gap, which isn't 0
	Lower  *string   `json:"lower,omitempty"`  // control limits
	Upper  *string   `json:"upper,omitempty"`  //
	Agreed *string   `json:"agreed,omitempty"` // the target
	Signal bool      `json:"signal,omitempty"` // chance doesn't explain it
	Break  bool      `json:"break,omitempty"`  // measured otherwise than the point before
}

var shortMonths = [...]text.Text{text.New("Jan", "Jan."), text.New("Feb", "Feb."), text.New("Mar", "März"), text.New("Apr", "Apr."),
	text.New("May", "Mai"), text.New("Jun", "Juni"), text.New("Jul", "Juli"), text.New("Aug", "Aug."), text.New("Sep", "Sept."),
	text.New("Oct", "Okt."), text.New("Nov", "Nov."), text.New("Dec", "Dez.")}

// ShortMonths are the months in few letters, January first.
func ShortMonths() []text.Text { return shortMonths[:] }

// ShortPeriod writes a period in few letters, for an axis or a list, without a
// place where a line may break: Sep 2016, Sept. 2016. What isn't a period is
// given back as it is.
func ShortPeriod(s string) text.Text {
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		return text.Same(s)
	}
	switch p.Grain {
	case calendar.Month:
		return text.F("%s\u00a0%d", "%s\u00a0%d", shortMonths[p.First.Month-1], p.First.Year)
	case calendar.Quarter:
		return text.F("Q%d\u00a0%d", "Q%d\u00a0%d", (int(p.First.Month)+2)/3, p.First.Year)
	case calendar.Day:
		return Date(p.First)
	}
	return text.F("%d", "%d", p.First.Year)
}
