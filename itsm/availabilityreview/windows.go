package availabilityreview

import (
	"turnus/itsm/interval"
	"turnus/itsm/uptime"
)

// What a window of maintenance excuses, and why it doesn't.
const (
	ExcusesAll  = "all"
	ExcusesPart = "part"
	ExcusesNone = "none"

	Late        = "late"         // it was announced too late
	ChangedLate = "changed-late" // its change was
	Cancelled   = "cancelled"
	Adjusted    = "adjusted" // it excuses, and its local time doesn't exist
)

// excuses gives the time that a window excuses: all of it where it was announced
// so long before it begins as agreed; else what it has in common with an earlier
// form that was; one that was cancelled none.
func (t *terms) excuses(w uptime.Planned) (set interval.Set) {
	s := interval.Between(w.From, w.To)
	if w.Cancelled || s.Empty() {
		return nil
	}
	notice := t.Notice.Seconds()
	if w.Since.Unix() <= s.From-notice {
		return interval.Set{s}
	}
	for _, b := range w.Before {
		was := interval.Between(b.From, b.To)
		if b.Since.Unix() <= was.From-notice {
			set = append(set, was.Clip(s))
		}
	}
	return set.Union()
}

// listWindows tells what became of each window that concerns the period, under
// the target that excuses the least.
func (d *derivation) listWindows(happened []*happening) []WindowResult {
	list := []WindowResult{}
	for _, w := range d.planned {
		s := interval.Between(w.From, w.To)
		if s.Clip(d.period).Empty() {
			continue
		}
		r := WindowResult{UID: w.UID, Component: w.Component, Summary: w.Summary, From: w.From.UTC(), To: w.To.UTC(), Announced: w.Since.UTC(), Told: w.Told, Excuses: ExcusesAll}
		least := s.Seconds()
		for _, t := range d.terms {
			if !t.concerns(w.Component) || len(clip(t.counts, s)) == 0 {
				continue
			}
			excused := t.excuses(w)
			least = min(least, excused.Seconds())
			r.Down = max(r.Down, t.excusedDown(d, excused))
			for _, h := range happened {
				if h.From >= s.From && h.From < s.To && h.To > s.To && len(h.under[t]) > 0 {
					after := interval.Span{From: s.To, To: h.To}
					r.Overrun = max(r.Overrun, interval.Set{after}.Minus(clip(t.excused, after)).Seconds())
				}
			}
		}
		switch {
		case w.Cancelled:
			r.Excuses, r.Why = ExcusesNone, Cancelled
		case least == s.Seconds():
			if w.Adjusted {
				r.Why = Adjusted
			}
		case len(w.Before) > 0:
			r.Excuses, r.Why = ExcusesPart, ChangedLate
		default:
			r.Excuses, r.Why = ExcusesPart, Late
		}
		if least == 0 {
			r.Excuses = ExcusesNone
		}
		list = append(list, r)
	}
	return list
}

// excusedDown is how much of the time that a window excuses the service was down
// in the hours and the period.
func (t *terms) excusedDown(d *derivation, excused interval.Set) (n int64) {
	for _, s := range excused.Intersect(t.counts) {
		s.To = min(s.To, d.known)
		n += clip(t.down, s).Intersect(open(t.cal, s)).Seconds()
	}
	return n
}
