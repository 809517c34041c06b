package planning

import "time"

// Count says how many dates the rule names in [from, to), before zone, calendar
// and adjustment are looked up: at either end it may be one off. It is for
// refusing in time what would be too many; of a rule that fires all too often it
// is the bound of one question.
func (s Spec) Count(from, to time.Time) (int, error) {
	p, err := Compile(s.Rule, time.UTC, nil, None)
	if err != nil {
		return 0, err
	}
	from = later(from, s.Valid.From.Start(time.UTC))
	if end := s.Valid.To; end != nil && end.Add(1).Start(time.UTC).Before(to) {
		to = end.Add(1).Start(time.UTC)
	}
	all, err := p.Occurrences(from, to)
	if err != nil { // the rule is fine: it is the number
		return maxSlots, nil //nolint:nilerr // said by the number
	}
	return len(all), nil
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
