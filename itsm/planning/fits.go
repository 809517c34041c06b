package planning

import (
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
)

// Bounds of a plan.
const (
	sampleYears = 9  // in which even 29 February comes, around 2100 too
	hastyDays   = 2  // in which a rule shows that it fires by the minute
	denseDays   = 40 // in which one shows that it fires all too often
	backYears   = 10 // that a plan may make slots for at a time, before today
)

// Fits refuses an interval that can't be kept: a rule that never fires, one
// that gives two slots one period, a tolerance longer than the interval, a
// plan that reaches back too far. Its fields are those of the spec.
func (v Version) Fits(p Process, now time.Time) error {
	from := v.Spec.Valid.From
	end := from.AddYears(sampleYears)
	if to := v.Spec.Valid.To; to != nil && to.Add(1).Before(end) {
		end = to.Add(1)
	}
	back := calendar.DateOf(now.In(v.Zone))
	if to := v.Spec.Valid.To; to != nil && to.Before(back) {
		back = *to
	}
	if back.AddYears(-backYears).After(from) {
		return fault.Invalidf("valid", "This would make slots for more than %[1]d years before %[2]s: let valid.from be %[3]s or later, or set valid.to.",
			"Das ergäbe Termine für mehr als %[1]d Jahre vor dem %[2]s: valid.from frühestens %[3]s oder valid.to setzen.", backYears, back, back.AddYears(-backYears))
	}
	for _, to := range []calendar.Date{from.Add(hastyDays), from.Add(denseDays), end} {
		if end.Before(to) {
			to = end
		}
		found, err := v.Plan.Occurrences(from.Start(v.Zone), to.Start(v.Zone))
		if err != nil {
			return err
		}
		if err := v.spaced(p, found); err != nil {
			return err
		}
		if len(found) == 0 && to == end {
			return fault.Invalidf("rule", "This rule never fires between %s and %s: choose a day that comes.",
				"Diese Regel trifft zwischen %s und %s nie zu: Einen Tag wählen, den es gibt.", from, end.Add(-1))
		}
	}
	return nil
}

// spaced wants each slot in a period of its own, and further from the next one
// than the tolerance.
func (v Version) spaced(p Process, found []Occurrence) error {
	for i := 1; i < len(found); i++ {
		a, b := found[i-1], found[i]
		if m := p.Meant(b.Date); m.Name == p.Meant(a.Date).Name {
			return fault.Invalidf("rule", "This rule is due on %[1]s and on %[2]s, and both mean the period %[3]s: %[4]s has one run a %[5]s, so let the rule fire once a %[5]s at most.",
				"Diese Regel trifft am %[1]s und am %[2]s zu, und beide Termine meinen dieselbe Periode (%[3]s): Von %[4]s gibt es einen Lauf je %[5]s. Die Regel so wählen, dass sie höchstens einmal je %[5]s zutrifft.",
				calendar.InWords(a.At.In(v.Zone)), calendar.InWords(b.At.In(v.Zone)), m.InWords(), p.Name, p.Grain)
		}
		if gap := a.Due.Until(b.Due); v.Spec.Tolerance >= gap {
			return fault.Invalidf("tolerance", "A tolerance of %[1]d days is longer than the interval: from %[2]s to %[3]s there are %[4]d days; use %[5]d at most.",
				"Eine Toleranz von %[1]d Tagen ist länger als das Intervall: Von %[2]s bis %[3]s sind es %[4]d Tage; höchstens %[5]d.",
				v.Spec.Tolerance, a.Due.InWords(), b.Due.InWords(), gap, gap-1)
		}
	}
	return nil
}
