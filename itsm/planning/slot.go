package planning

import (
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// Process is what planning needs to know of a process of the catalogue.
type Process struct {
	Name  string
	Grain calendar.Grain // the length of its periods
	Own   bool           // a slot means the period that it falls in, not the one before
}

// State of a slot.
type State string

// The states. Planned, due and in work are open.
const (
	Planned  State = "planned"
	Due      State = "due"
	InWork   State = "in-work"
	Done     State = "done"
	DoneLate State = "done-late" // after due date plus tolerance
	Missed   State = "missed"
	Waived   State = "waived"
)

// States lists every state, in the order of a slot's life.
func States() []State { return []State{Planned, Due, InWork, Done, DoneLate, Missed, Waived} }

// Open says that the slot may still be done in its turn.
func (s State) Open() bool { return s == Planned || s == Due || s == InWork }

// Slot is one planned occurrence of an interval, and names the period that its
// run reports on.
type Slot struct {
	run.Key
	Interval string    `json:"interval" db:"interval"`
	Version  int       `json:"version" db:"version"` // of the interval, that planned it
	Due      time.Time `json:"due" db:"due_at"`
	Early    time.Time `json:"early" db:"early_at"` // done from here on, it is this slot that is done
	Late     time.Time `json:"late" db:"late_at"`   // the midnight after which done is late
	State    State     `json:"state" db:"state"`
	Run      string    `json:"run,omitempty" db:"run"`   // the newest attempt
	Reason   text.Text `json:"reason,omitzero" db:"-"`   // what it waits for; why it was missed or waived
	By       string    `json:"by,omitempty" db:"person"` // who waived it, or declared it missed
}

// Facts are what a slot's state follows from.
type Facts struct {
	Waived    bool
	Missed    bool
	Live      bool       // a run that isn't provisional is on its way
	Published *time.Time // the first publication from Early on
	Now       time.Time
}

// StateOf is the one rule for a slot's state. Done counts for more than missed:
// what was missed and done after all is done late, whenever that was.
func (s Slot) StateOf(f Facts) State {
	switch {
	case f.Waived:
		return Waived
	case f.Published != nil && f.Published.Before(s.Late) && !f.Missed:
		return Done
	case f.Published != nil:
		return DoneLate
	case f.Live:
		return InWork
	case f.Missed:
		return Missed
	case f.Now.Before(s.Due):
		return Planned
	}
	return Due
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

// Today is a slot that is due now, outside the rule's turn.
func (v Version) Today(p Process, interval string, now time.Time) Slot {
	today := calendar.DateOf(now.In(v.Zone))
	return v.slot(p, interval, Occurrence{Date: today, Due: today, At: now})
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

// Bounds of a plan.
const (
	sampleYears = 9  // in which even 29 February comes, around 2100 too
	denseDays   = 40 // in which a rule shows that it fires all too often
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
			"Das ergäbe Termine für mehr als %[1]d Jahre vor dem %[2]s: valid.from frühestens %[3]s, oder valid.to setzen.", backYears, back, back.AddYears(-backYears))
	}
	dense := from.Add(denseDays)
	if end.Before(dense) {
		dense = end
	}
	for _, to := range []calendar.Date{dense, end} {
		found, err := v.Plan.Occurrences(from.Start(v.Zone), to.Start(v.Zone))
		if err != nil {
			return err
		}
		if err := v.spaced(p, found); err != nil {
			return err
		}
		if len(found) == 0 && to == end {
			return fault.Invalidf("rule", "This rule never fires between %s and %s: choose a day that comes.",
				"Diese Regel trifft zwischen %s und %s nie zu: einen Tag wählen, den es gibt.", from, end.Add(-1))
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
				"Diese Regel trifft am %[6]s und am %[7]s zu, und beides meint die Periode %[3]s: von %[4]s gibt es einen Lauf je %[8]s, also die Regel höchstens so oft zutreffen lassen.",
				a.At.In(v.Zone).Format("2006-01-02 15:04"), b.At.In(v.Zone).Format("2006-01-02 15:04"), m.Name, p.Name, p.Grain,
				a.At.In(v.Zone).Format("02.01.2006 15:04"), b.At.In(v.Zone).Format("02.01.2006 15:04"), p.Grain.Title().De)
		}
		if gap := a.Due.Until(b.Due); v.Spec.Tolerance >= gap {
			return fault.Invalidf("tolerance", "A tolerance of %[1]d days is longer than the interval: from %[2]s to %[3]s there are %[4]d days; use %[5]d at most.",
				"Eine Toleranz von %[1]d Tagen ist länger als das Intervall: von %[2]s bis %[3]s sind es %[4]d Tage; höchstens %[5]d.",
				v.Spec.Tolerance, a.Due, b.Due, gap, gap-1)
		}
	}
	return nil
}

// Title of a state, for people.
func (s State) Title() text.Text {
	switch s {
	case Planned:
		return text.New("planned", "geplant")
	case Due:
		return text.New("due", "fällig")
	case InWork:
		return text.New("in work", "in Arbeit")
	case Done:
		return text.New("done", "erledigt")
	case DoneLate:
		return text.New("done late", "verspätet erledigt")
	case Missed:
		return text.New("missed", "versäumt")
	case Waived:
		return text.New("waived", "verzichtet")
	}
	return text.Same(string(s))
}
