package calendar

import "fmt"

// Before gives the period of the same length that ends where this one begins;
// false before the year 1.
func (p Period) Before() (Period, bool) {
	d := p.First.Add(-1)
	if d.Year < 1 {
		return Period{}, false
	}
	var name string
	switch p.Grain {
	case Year:
		name = fmt.Sprintf("%04d", d.Year)
	case Quarter:
		name = fmt.Sprintf("%04d-Q%d", d.Year, (int(d.Month)+2)/3)
	case Month:
		name = fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	default:
		name = d.String()
	}
	before, err := ParsePeriod(name)
	return before, err == nil
}

// Months that a month, quarter or year is made of, the earliest first; none of a
// day.
func (p Period) Months() (all []Period) {
	if p.Grain == Day {
		return nil
	}
	for d := p.First; d != p.Next; {
		m := PeriodOf(d, Month)
		all = append(all, m)
		d = m.Next
	}
	return all
}

// Days of the period.
func (p Period) Days() int64 { return p.Next.number() - p.First.number() }
