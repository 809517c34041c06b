package calendar

import "slices"

// Earlier names the periods of the same length before one, up to so many, the
// oldest first.
func Earlier(period string, most int) ([]string, error) {
	p, err := ParsePeriod(period)
	if err != nil {
		return nil, err
	}
	var names []string
	for len(names) < most {
		before, ok := p.Before()
		if !ok {
			break
		}
		p = before
		names = append(names, p.Name)
	}
	slices.Reverse(names)
	return names, nil
}
