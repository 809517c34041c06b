package improvement

import (
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/stats"
)

// Row is what the figures of the register need of a finding.
type Row struct {
	ID      int64
	Type    Type
	State   State
	At      time.Time
	Ended   *time.Time
	Relapse int64       // the finding that it repeats after its end; 0: none
	Actions []ActionRow // by number
}

// ActionRow is what they need of an action.
type ActionRow struct {
	Number      int
	Run         string // with Round: the plan that it is of
	Round       int
	Title       string
	Measure     string
	Sense       Sense
	Target      string
	OriginalDue calendar.Date
	Due         calendar.Date
	Moves       int
	State       ActionState
	Check       *Check
}

// Span is the time that figures are of: dates in a zone, the last one excluded.
type Span struct {
	From, To calendar.Date
	Zone     *time.Location
}

// LastYear is the span of the last twelve months up to and with today.
func LastYear(now time.Time, zone *time.Location) Span {
	return YearUntil(calendar.DateOf(now.In(zone)).Add(1), zone)
}

// YearUntil is the span of the twelve months before a date.
func YearUntil(to calendar.Date, zone *time.Location) Span {
	return Span{From: to.AddYears(-1), To: to, Zone: zone}
}

// Holds says whether an instant lies in the span.
func (s Span) Holds(at time.Time) bool { return s.holdsDate(s.date(at)) }

func (s Span) holdsDate(d calendar.Date) bool { return !d.Before(s.From) && d.Before(s.To) }

func (s Span) date(at time.Time) calendar.Date { return calendar.DateOf(at.In(s.Zone)) }

// Register is what the register of findings says of itself. A proportion of no
// cases is not applicable.
type Register struct {
	Span Span
	Now  time.Time

	// As of now.
	Open    []Aged           // findings that haven't ended, by their age
	Overdue stats.Proportion // of open actions, those whose due date has passed

	// Of the span.
	Opened      int64            // findings
	Closed      int64            // findings
	Declined    int64            // findings
	ToClose     stats.Survival   // days from its opening to its closing, of findings opened in the span
	Relapsed    stats.Proportion // of findings closed in the span, those that came back
	Measured    stats.Proportion // of findings closed in the span, those whose last plan was shown to work, by measured values
	Ineffective stats.Proportion // of plans whose last action was checked in the span, those of which an action didn't work
	Moved       stats.Proportion // of actions first due in the span, those whose due date was moved
	Moves       int64            // of their due dates
	Reached     stats.Proportion // of opportunities' actions checked in the span, those that reached their target
	Benefits    []Benefit        // the same ones, one by one: what they are measured in differs
}

// Aged counts open findings of an age, in days: from Least on, up to Most.
type Aged struct {
	Least, Most int // Most 0: without a limit
	Findings    int64
}

// Benefit is what an action for an opportunity was to reach, and what it did.
type Benefit struct {
	Finding int64     `json:"finding"`
	Action  string    `json:"action"` // ID
	Title   string    `json:"title"`
	Measure string    `json:"measure"`
	Sense   Sense     `json:"sense"`
	Target  string    `json:"target"` // an exact decimal
	Value   string    `json:"value"`  // as measured; an exact decimal
	Reached bool      `json:"reached"`
	At      time.Time `json:"at"`
}

// ages are the classes of age, in days.
func ages() []Aged { return []Aged{{0, 30, 0}, {31, 90, 0}, {91, 180, 0}, {181, 0, 0}} }

// Compute makes the figures of a span from findings and their actions, as of
// now. A finding that was declined never closed: it counts as open until then.
// Faults: from, where the span doesn't begin before it ends, or more than
// 100,000 findings were opened in it.
func Compute(rows []Row, s Span, now time.Time) (Register, error) {
	r := Register{Span: s, Now: now, Open: ages(), Benefits: []Benefit{}}
	if !s.From.Before(s.To) {
		return r, fault.Invalidf("from", "The span has to begin before it ends: give a from before %s.", "Der Zeitraum muss beginnen, bevor er endet: from vor dem %s angeben.", s.To)
	}
	relapsed := map[int64]bool{}
	for _, f := range rows {
		relapsed[f.Relapse] = true
	}
	var open []stats.Lifetime
	for _, f := range rows {
		until := now
		if f.Ended != nil {
			until = *f.Ended
		} else {
			r.age(days(s, f.At, now))
		}
		if s.Holds(f.At) {
			r.Opened++
			open = append(open, stats.Lifetime{Length: days(s, f.At, until), Open: f.State != Closed})
		}
		if f.Ended != nil && s.Holds(*f.Ended) {
			r.end(f, relapsed[f.ID])
		}
		for _, a := range f.Actions {
			r.action(f, a)
		}
		for _, p := range plans(f.Actions) {
			if at, all := p.checked(); all && s.Holds(at) {
				count(&r.Ineffective, !p.worked())
			}
		}
	}
	if len(open) > stats.MaxHistory {
		return r, fault.Invalidf("from", "In this span %d findings were opened, and %d at most are counted: give a later from.",
			"In diesem Zeitraum wurden %d Befunde erfasst, gezählt werden höchstens %d: from später ansetzen.", len(open), stats.MaxHistory)
	}
	var err error
	r.ToClose, err = stats.KaplanMeier(open)
	return r, err
}

// days between the dates of two instants.
func days(s Span, from, to time.Time) int64 {
	return max(int64(s.date(from).Until(s.date(to))), 0) // the clocks of two machines differ
}

func count(p *stats.Proportion, is bool) {
	p.N++
	if is {
		p.K++
	}
}

// age counts an open finding.
func (r *Register) age(days int64) {
	for i, c := range r.Open {
		if days >= int64(c.Least) && (c.Most == 0 || days <= int64(c.Most)) {
			r.Open[i].Findings++
		}
	}
}

// end counts a finding that ended in the span.
func (r *Register) end(f Row, relapsed bool) {
	if f.State != Closed {
		r.Declined++
		return
	}
	r.Closed++
	count(&r.Relapsed, relapsed)
	all := plans(f.Actions)
	count(&r.Measured, len(all) > 0 && all[len(all)-1].worked())
}

// action counts an action of a finding.
func (r *Register) action(f Row, a ActionRow) {
	if a.State == ActionOpen {
		count(&r.Overdue, a.Due.Before(r.Span.date(r.Now)))
	}
	if r.Span.holdsDate(a.OriginalDue) {
		count(&r.Moved, a.Moves > 0)
		r.Moves += int64(a.Moves)
	}
	if c := a.Check; f.Type == Opportunity && a.through() && r.Span.Holds(c.At) {
		count(&r.Reached, c.Measured.Reached)
		r.Benefits = append(r.Benefits, Benefit{Finding: f.ID, Action: ActionID(f.ID, a.Number), Title: a.Title, Measure: a.Measure,
			Sense: a.Sense, Target: a.Target, Value: c.Measured.Value, Reached: c.Measured.Reached, At: c.At})
	}
}

// planRows are the actions of one plan.
type planRows []ActionRow

// plans are the plans of a finding, the newest last: numbers of actions rise
// from plan to plan.
func plans(actions []ActionRow) (all []planRows) {
	for i, a := range actions {
		if i == 0 || a.Run != actions[i-1].Run || a.Round != actions[i-1].Round {
			all = append(all, nil)
		}
		last := &all[len(all)-1]
		*last = append(*last, a)
	}
	return all
}

// checked says when the last of its actions was checked; false while one
// wasn't, or never will be.
func (p planRows) checked() (last time.Time, all bool) {
	for _, a := range p {
		if !a.through() {
			return last, false
		}
		if a.Check.At.After(last) {
			last = a.Check.At
		}
	}
	return last, true
}

// worked says that each of its actions was checked, and so measured, and worked.
func (p planRows) worked() bool {
	for _, a := range p {
		if a.State != ActionEffective {
			return false
		}
	}
	return true
}

// through says that an action was checked: its value may be known before.
func (a ActionRow) through() bool {
	return a.Check != nil && (a.State == ActionEffective || a.State == ActionIneffective)
}
