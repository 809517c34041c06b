package planning

import (
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/run"
)

// Process is what planning needs to know of a process of the catalogue.
type Process struct {
	Name  string
	Grain calendar.Grain // the length of its periods
	Own   bool           // a slot means the period that it falls in, not the one before
}

// Version is an approved version of an interval, made ready.
type Version struct {
	Number int
	Spec   Spec
	Zone   *time.Location
	Plan   *Plan // nil: it can't be any more, and plans nothing
}

// Ahead is how far a plan reaches: thirteen months.
func Ahead(now time.Time) time.Time { return now.AddDate(0, 13, 0) }

// Slots are those that the versions of one interval plan, due before an
// instant, in order. A later version counts from its valid.from on, also
// where an earlier one would go on. Where both name a date that means the same
// period, the first date counts, as it does once it has fallen due.
func Slots(p Process, interval string, versions []Version, until time.Time) ([]Slot, error) {
	var all []Slot
	taken := map[string]bool{}
	for i, v := range versions {
		if v.Plan == nil { // it can't be any more
			continue
		}
		from, to := v.Spec.Valid.From, calendar.DateOf(until.In(v.Zone)).Add(1)
		if end := v.Spec.Valid.To; end != nil && end.Before(to) {
			to = end.Add(1)
		}
		for _, later := range versions[i+1:] {
			if later.Spec.Valid.From.Before(to) {
				to = later.Spec.Valid.From
			}
		}
		if !from.Before(to) {
			continue
		}
		found, err := v.Plan.Occurrences(from.Start(v.Zone), to.Start(v.Zone))
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			if s := v.slot(p, interval, o); o.At.Before(until) && !taken[s.Period] {
				taken[s.Period] = true
				all = append(all, s)
			}
		}
	}
	return all, nil
}

func (v Version) slot(p Process, interval string, o Occurrence) Slot {
	return Slot{
		Key:      run.Key{Process: p.Name, Scope: v.Spec.Scope, Period: p.Meant(o.Date).Name},
		Interval: interval, Version: v.Number, State: Planned,
		Due:   o.At,
		Early: o.Due.Add(-v.Spec.Tolerance).Start(v.Zone).UTC(),
		Late:  o.Due.Add(v.Spec.Tolerance + 1).Start(v.Zone).UTC(),
	}
}

// InForce is the version whose slots fall due today; nil before the first one
// begins, and where the last one has ended.
func InForce(versions []Version, now time.Time) *Version {
	for i := len(versions) - 1; i >= 0; i-- {
		v := &versions[i]
		today := calendar.DateOf(now.In(v.Zone))
		if today.Before(v.Spec.Valid.From) {
			continue
		}
		if end := v.Spec.Valid.To; end != nil && end.Before(today) {
			return nil
		}
		return v
	}
	return nil
}

// Today is a slot that is due now, outside the rule's turn.
func (v Version) Today(p Process, interval string, now time.Time) Slot {
	today := calendar.DateOf(now.In(v.Zone))
	return v.slot(p, interval, Occurrence{Date: today, Due: today, At: now})
}

// Tomorrow is a slot of the day after that is due now: where that of today is what
// asks for another one. Nil: today is the interval's last day.
func (v Version) Tomorrow(p Process, interval string, now time.Time) *Slot {
	next := calendar.DateOf(now.In(v.Zone)).Add(1)
	if end := v.Spec.Valid.To; end != nil && end.Before(next) {
		return nil
	}
	s := v.slot(p, interval, Occurrence{Date: next, Due: next, At: now})
	return &s
}

// Meant is the period that a slot on a date means: by the date as the rule
// names it, so that a working-day shift never moves it into another period.
func (p Process) Meant(d calendar.Date) calendar.Period {
	own := calendar.PeriodOf(d, p.Grain)
	if p.Own {
		return own
	}
	return calendar.PeriodOf(own.First.Add(-1), p.Grain)
}
