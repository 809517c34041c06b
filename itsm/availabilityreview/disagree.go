package availabilityreview

import (
	"turnus/itsm/agreement"
	"turnus/itsm/dataset"
	"turnus/itsm/interval"
	"turnus/itsm/text"
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
			x.Counts, x.Because = t.because(says, unknown)
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

// because says whether what only one source says counts as down, and why.
func (t *terms) because(says string, unknown bool) (bool, text.Text) {
	recorded := says == dataset.Outages
	switch {
	case t.Counts == agreement.CountEither:
		return true, text.New("what either source says counts", "es zählt, was eine der beiden Quellen sagt")
	case t.Counts == agreement.CountOutages && recorded && unknown:
		return true, text.New("the record counts, and there are no samples then", "es zählen die erfassten Ausfälle, Messwerte fehlen hier")
	case t.Counts == agreement.CountOutages && recorded:
		return true, text.New("the record counts, though the samples say up", "es zählen die erfassten Ausfälle, auch wenn die Messwerte keinen Ausfall zeigen")
	case t.Counts == agreement.CountOutages && unknown:
		return false, text.New("the record counts, and wasn't kept then", "es zählen die erfassten Ausfälle, hier wurden keine erfasst")
	case t.Counts == agreement.CountOutages:
		return false, text.New("the record counts, and has no outage then", "es zählen die erfassten Ausfälle, hier ist keiner erfasst")
	case recorded && unknown:
		return true, text.New("samples count, and where there are none the record does", "es zählen die Messwerte und dort, wo sie fehlen, die erfassten Ausfälle")
	case recorded:
		return false, text.New("samples count, and they say up", "es zählen die Messwerte, sie zeigen hier keinen Ausfall")
	}
	return true, text.New("samples count, whatever is on record", "es zählen die Messwerte, unabhängig von erfassten Ausfällen")
}
