package availabilityreview

import (
	"turnus/itsm/agreement"
	"turnus/itsm/dataset"
	"turnus/itsm/interval"
)

// disagree lists where one source says down and the other doesn't. Where both say
// so, the ends of an outage that differ by no more than the time between two
// samples are the same.
func (t *terms) disagree(d *derivation, l ledger) (list []Disagree) {
	on, seen := spans(t.recorded), spans(t.seen)
	both := on.Intersect(seen)
	add := func(set interval.Set, says string, unknown bool) {
		for _, s := range set.Intersect(t.counts) {
			agreed := l.agreed(s)
			if agreed == 0 || !unknown && s.Seconds() <= t.Probes.Every.Seconds() && touches(both, s) {
				continue
			}
			x := Disagree{From: instant(s.From), To: instant(s.To), Says: says, Agreed: agreed, Unknown: unknown}
			x.Counts, x.Why = t.why(says, unknown)
			list = append(list, x)
		}
	}
	add(on.Minus(seen).Minus(t.blind), dataset.Outages, false)
	add(on.Minus(seen).Intersect(t.blind), dataset.Outages, true)
	add(seen.Minus(on).Minus(t.dark), dataset.Probes, false)
	add(seen.Minus(on).Intersect(t.dark), dataset.Probes, true)
	return list
}

// touches says that a span ends where one of a set begins, or begins where one ends.
func touches(set interval.Set, s interval.Span) bool {
	return len(clip(set, interval.Span{From: s.From - 1, To: s.To + 1})) > 0
}

// why says whether what only one source says counts as down, and why.
func (t *terms) why(says string, unknown bool) (bool, Why) {
	recorded := says == dataset.Outages
	switch {
	case t.Counts == agreement.CountEither:
		return true, WhyEither
	case t.Counts == agreement.CountOutages && recorded && unknown:
		return true, WhyRecordedAlone
	case t.Counts == agreement.CountOutages && recorded:
		return true, WhyRecorded
	case t.Counts == agreement.CountOutages && unknown:
		return false, WhyNotRecording
	case t.Counts == agreement.CountOutages:
		return false, WhyNotRecorded
	case recorded && unknown:
		return true, WhyRecordedInGap
	case recorded:
		return false, WhySeenUp
	}
	return true, WhySeenDown
}
