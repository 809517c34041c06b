package report

import "turnus/itsm/text"

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
