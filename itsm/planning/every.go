package planning

import "time"

// everyYears is the span in which a rule's dates are looked at: long enough for
// one that names the 29th of February.
const everyYears = 9

// Every is the longest time that a rule leaves between two of its dates, before
// any adjustment; 0: it names fewer than two.
func (s Spec) Every() (time.Duration, error) {
	p, err := Compile(s.Rule, time.UTC, nil, None)
	if err != nil {
		return 0, err
	}
	from := s.Valid.From.Start(time.UTC)
	dates, err := p.Slots(from, from.AddDate(everyYears, 0, 0))
	if err != nil {
		return 0, err
	}
	var longest time.Duration
	for i := range max(len(dates)-1, 0) {
		longest = max(longest, dates[i+1].Sub(dates[i]))
	}
	return longest, nil
}
