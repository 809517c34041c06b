package calendar

import "turnus/itsm/fault"

// The years that calendars reach: those whose public holidays are known. What a
// period outside of them would count by, nobody knows.
const (
	FirstYear = firstYear
	LastYear  = lastYear
)

// Reached refuses a date outside of the years that calendars reach.
func (d Date) Reached() error {
	if d.Year >= FirstYear && d.Year <= LastYear {
		return nil
	}
	return fault.Invalidf("", "%[1]s lies outside of the years that calendars reach: use one from %[2]d to %[3]d.",
		"%[1]s liegt außerhalb der Jahre, für die es Kalender gibt: Möglich ist %[2]d bis %[3]d.", d, FirstYear, LastYear)
}

// ReachedPeriod is ParsePeriod of what somebody asks for: it refuses a period
// that calendars don't reach.
func ReachedPeriod(s string) (Period, error) {
	p, err := ParsePeriod(s)
	if err != nil {
		return p, err
	}
	if p.First.Reached() != nil {
		return p, fault.Invalidf("period", "%[1]s lies outside of the years that calendars reach: use one from %[2]d to %[3]d.",
			"%[1]s liegt außerhalb der Jahre, für die es Kalender gibt: Möglich ist %[2]d bis %[3]d.", s, FirstYear, LastYear)
	}
	return p, nil
}
