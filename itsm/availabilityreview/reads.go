package availabilityreview

import (
	"slices"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/slo"
)

const (
	day      = 86_400
	maxReach = 10 * 366 * day // seconds around a period, whatever was agreed
	back     = 31 * day       // before a period, where probes tell when an outage began: one has its key and its length of that
)

// ReadsFor says which data a set reads: its period, and around it, in whole days of
// UTC, as much as it takes to know what was going on at its borders. That is as long
// as the probings that were agreed need to see an outage begin or end, and a day at
// least; before it also the windows of objectives that end with the period, and of
// their burn rates.
func ReadsFor(f Frozen) Span {
	reach, probed := int64(day), false
	for _, a := range f.Agreements {
		for _, t := range a.Spec.OfAvailability() {
			if t.Availability != nil && t.Availability.Probes != nil {
				p := t.Availability.Probes
				probed = true
				reach = max(reach, (int64(p.Failures)+1)*int64(p.Gap))
			}
		}
	}
	reach = min(reach, maxReach)
	from, to := f.From.Unix(), f.To.Unix()
	least := from
	if probed {
		least -= back
	}
	for _, o := range f.Objectives {
		compiled, err := slo.Compile(o.Spec)
		if err != nil { // of another Turnus: it isn't measured, either
			continue
		}
		least = min(least, from-longestRule())
		for _, at := range []time.Time{f.To, f.To.Add(-time.Second)} { // a window of a calendar that begins there isn't the period's
			if w, ok := compiled.Window.At(at); ok {
				least = min(least, max(w.From, from-maxReach))
			}
		}
	}
	return Span{From: time.Unix(floorDay(least-reach), 0).UTC(), To: time.Unix(-floorDay(-to-reach), 0).UTC()}
}

// floorDay is the beginning of the day of UTC in which an instant lies.
func floorDay(at int64) int64 {
	rest := at % day
	if rest < 0 {
		rest += day
	}
	return at - rest
}

// Needs are the datasets that tell whether the targets of a set were kept, by name.
func (f Frozen) Needs() []string {
	var names []string
	for _, a := range f.Agreements {
		for _, t := range a.Spec.OfAvailability() {
			names = append(names, dataset.Needed(t)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// KnownUntil is up to when all data is known that the targets need: the least as-of
// of its datasets; the zero time where one has no import.
func KnownUntil(f Frozen) (least time.Time) {
	for i, name := range f.Needs() {
		if asOf := f.Dataset(name).AsOf; i == 0 || asOf.Before(least) {
			least = asOf
		}
	}
	return least
}
