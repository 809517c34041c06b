package availabilityreview

import (
	"cmp"
	"slices"
	"time"

	"turnus/itsm/continuity"
	"turnus/itsm/interval"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Drill is a continuity drill of the service, or a plan that was invoked in earnest,
// that touched production in the period, by its report in force (domain guide, 5.3).
// It changes no figure: an outage counts by what is known of it.
type Drill struct {
	Run         string          `json:"run"`
	Version     int             `json:"version"` // of its report
	Hash        string          `json:"hash"`
	Type        continuity.Type `json:"type"`
	Plan        string          `json:"plan"`
	Title       text.Text       `json:"title,omitzero"` // of the plan
	From        time.Time       `json:"from"`           // the disruption
	To          time.Time       `json:"to,omitzero"`    // normal operation was verified, or else it was ended; zero: not known
	Touched     string          `json:"touched"`
	Maintenance string          `json:"maintenance,omitempty"` // the reference of the window that it names
}

// span is its time; one of which no end is known ends as it begins.
func (x Drill) span() interval.Span {
	s := interval.Between(x.From, x.To)
	s.To = max(s.To, s.From+1)
	return s
}

// DrillResult says what is known of the time of a drill, as far as that lies in the
// period.
type DrillResult struct {
	Run     string        `json:"run"`
	Seconds int64         `json:"seconds"`
	Windows []int         `json:"windows,omitempty"` // of maintenance in that time: places in Result.Windows
	Outside int64         `json:"outside_s"`         // in no window that excuses it under all targets that it concerns
	Open    bool          `json:"open,omitempty"`    // its end isn't known, so that its beginning alone was looked at
	Outages []DrillOutage `json:"outages,omitempty"` // on record in that time, excused ones too: the first 10
	More    int64         `json:"more,omitempty"`    // of them
	Counted int64         `json:"counted,omitempty"` // of all of them those that a target is about, if there is any
	Down    int64         `json:"down_s,omitempty"`  // the most downtime in it under a target, before maintenance is taken off
}

// DrillOutage is an outage on record.
type DrillOutage struct {
	Reference string    `json:"reference,omitempty"`
	Component string    `json:"component,omitempty"`
	From      time.Time `json:"from"`
}

// maxOfDrill is how many outages are listed of a drill.
const maxOfDrill = 10

// Unaccounted says that a drill lies neither wholly in maintenance that was announced
// as agreed, nor has any outage in its time: if production was down then, nobody has
// put that on record.
func (r DrillResult) Unaccounted() bool {
	return (r.Outside > 0 || r.Open) && r.Counted == 0 && r.Down == 0
}

// touched says of each drill what is known of its time.
func (d *derivation) touched(windows []WindowResult) (all []DrillResult) {
	for _, x := range d.Drills {
		s := x.span().Clip(d.period)
		if s.Empty() {
			continue
		}
		r := DrillResult{Run: x.Run, Seconds: s.Seconds(), Open: x.To.IsZero()}
		for i, w := range windows {
			named := w.UID == x.Maintenance
			if !interval.Between(w.From, w.To).Clip(s).Empty() && (w.Why != Cancelled || named) {
				r.Windows = append(r.Windows, i)
			}
		}
		r.Outside = interval.Set{s}.Minus(d.excused(s)).Seconds()
		for _, o := range d.records {
			if o.span.Clip(s).Empty() {
				continue
			}
			if len(d.terms) == 0 || slices.ContainsFunc(d.terms, func(t *terms) bool { return t.concerns(o.Component) }) {
				r.Counted++
			}
			switch {
			case len(r.Outages) == maxOfDrill:
				r.More++
			default:
				r.Outages = append(r.Outages, DrillOutage{Reference: o.Reference, Component: o.Component, From: instant(o.span.From)})
			}
		}
		for _, t := range d.terms {
			r.Down = max(r.Down, clip(t.down, s).Seconds())
		}
		all = append(all, r)
	}
	return all
}

// excused is what windows excuse of a time under each of the targets that they
// concern.
func (d *derivation) excused(s interval.Span) (set interval.Set) {
	for _, w := range d.planned {
		own := interval.Set{interval.Between(w.From, w.To).Clip(s)}
		if w.Cancelled || own[0].Empty() {
			continue
		}
		concerned := len(d.terms) == 0
		for _, t := range d.terms {
			if !t.concerns(w.Component) {
				continue
			}
			if concerned = true; len(clip(t.counts, s)) > 0 {
				own = own.Intersect(t.excuses(w))
			}
		}
		if concerned {
			set = append(set, own...)
		}
	}
	return set.Union()
}

// drillsMoved says which drills that touched production are known otherwise.
func drillsMoved(old, now []Drill) []task.StalePart {
	same := func(a, b Drill) bool { return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.Hash, b.Hash)) == 0 }
	if slices.EqualFunc(old, now, same) {
		return nil
	}
	named := func(all []Drill) text.Text {
		if len(all) == 0 {
			return text.New("none", "keine")
		}
		names := make([]text.Text, len(all))
		for i, x := range all {
			names[i] = text.Same(x.Run)
		}
		return text.Join(names, ", ")
	}
	return []task.StalePart{{Code: ChangedDrills, Detail: text.F("drills that touched production: %s → %s", "Übungen mit Eingriff in die Produktion: %s → %s", named(old), named(now))}}
}
