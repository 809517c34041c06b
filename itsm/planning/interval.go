package planning

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// Approval is the process that decides on intervals and waivers.
const Approval = "change-approval"

// Spec of an Interval resource: when a process is due for a scope, and why so
// (ISO/IEC 20000-1 asks in fourteen clauses for "planned intervals").
type Spec struct {
	Process   string  `json:"process"`
	Scope     string  `json:"scope"` // a service
	Rule      Rule    `json:"rule"`
	Zone      string  `json:"zone,omitempty"`      // default: that of the service's calendar
	Calendar  string  `json:"calendar,omitempty"`  // default: the service's; 24x7: every day is a working day
	Adjust    Adjust  `json:"adjust,omitempty"`    // default: modified-following
	Tolerance int     `json:"tolerance,omitempty"` // local days before and after the due date
	CatchUp   CatchUp `json:"catch_up,omitempty"`  // default: each
	Events    []Event `json:"events,omitempty"`    // that make a slot due at once
	Reason    string  `json:"reason"`
	Valid     Span    `json:"valid"`
}

// Span is the span of local dates on which a version's slots fall due.
type Span struct {
	From calendar.Date  `json:"from"`
	To   *calendar.Date `json:"to,omitempty"` // the last date
}

// CatchUp says what becomes of slots that fell due while nobody could start
// them: Turnus was down, or the interval paused.
type CatchUp string

// The rules: each is started; only the latest; none, what wasn't started in
// time is left to a person.
const (
	Each     CatchUp = "each"
	Latest   CatchUp = "latest"
	NoneLate CatchUp = "none"
)

// Event is something that happened and asks for a review outside its turn.
type Event string

// The events.
const (
	MajorChange Event = "major-change"
	FailedDrill Event = "failed-drill"
	Invocation  Event = "invocation" // of a continuity plan, in earnest
)

// Events lists every event.
func Events() []Event { return []Event{MajorChange, FailedDrill, Invocation} }

// Title of an event, for people.
func (e Event) Title() text.Text {
	switch e {
	case MajorChange:
		return text.New("major change", "größere Änderung")
	case FailedDrill:
		return text.New("failed drill", "gescheiterte Übung")
	case Invocation:
		return text.New("invocation", "Ausrufung des Notfalls")
	}
	return text.Same(string(e))
}

const (
	maxReason    = 2000
	maxTolerance = 366
)

// Filled fills in what a spec leaves out, of what doesn't depend on the
// service.
func (s Spec) Filled() Spec {
	if s.Adjust == "" {
		s.Adjust = ModifiedFollowing
	}
	if s.CatchUp == "" {
		s.CatchUp = Each
	}
	return s
}

// Check refuses what an interval can't be by itself. Whether process, service
// and calendar are there is looked up where they are.
func (s Spec) Check() error {
	s = s.Filled()
	var c fault.List
	c.Add(resource.CheckName("process", s.Process), resource.CheckName("scope", s.Scope))
	if s.Calendar != "" {
		c.Add(resource.CheckName("calendar", s.Calendar))
	}
	zone := time.UTC
	if s.Zone != "" {
		z, err := calendar.Zone(s.Zone)
		if c.Add(err); err == nil {
			zone = z
		}
	}
	_, err := Compile(s.Rule, zone, nil, s.Adjust)
	c.Add(err)
	if s.Tolerance < 0 || s.Tolerance > maxTolerance {
		c.Say("tolerance", "A tolerance is 0 to %d days.", "Eine Toleranz hat 0 bis %d Tage.", maxTolerance)
	}
	if !slices.Contains([]CatchUp{Each, Latest, NoneLate}, s.CatchUp) {
		c.Say("catch_up", "%.40q isn't a rule for catching up: use each, latest or none.",
			"%.40q ist keine Regel für das Nachholen: each, latest oder none.", string(s.CatchUp))
	}
	for i, e := range s.Events {
		at := resource.Item("events", i)
		if !slices.Contains(Events(), e) {
			c.Say(at, "%.40q isn't an event: use major-change, failed-drill or invocation.",
				"%.40q ist kein Ereignis: major-change, failed-drill oder invocation.", string(e))
		} else if slices.Contains(s.Events[:i], e) {
			c.Say(at, "%q stands more than once.", "%q steht mehr als einmal da.", string(e))
		}
	}
	c.Add(checkReason(s.Reason))
	switch {
	case s.Valid.From == (calendar.Date{}):
		c.Say("valid.from", "From when on? Give the first date on which a slot may be due.", "Ab wann? Das erste Datum angeben, an dem ein Termin fällig sein darf.")
	case s.Valid.From.Reached() != nil:
		c.Add(fault.As(s.Valid.From.Reached()).At("valid.from"))
	case s.Valid.To != nil && s.Valid.To.Before(s.Valid.From):
		c.Say("valid.to", "This ends before it begins: valid.to is the last date, %s or later.",
			"Das endet, bevor es beginnt: valid.to ist das letzte Datum, frühestens %s.", s.Valid.From)
	}
	return c.Err()
}

// checkReason wants words that an auditor can read.
func checkReason(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return fault.Invalidf("reason", "Why so? An auditor asks for the reason.", "Warum so? Auditierende fragen nach dem Grund.")
	case utf8.RuneCountInString(s) > maxReason:
		return fault.Invalidf("reason", "A reason has %d characters at most.", "Ein Grund hat höchstens %d Zeichen.", maxReason)
	}
	return resource.CheckText("reason", s)
}

// WaiverSpec is the spec of a Waiver resource: slots that shall not be done,
// and why. It needs an approval.
type WaiverSpec struct {
	Process string   `json:"process"`
	Scope   string   `json:"scope"`
	Periods []string `json:"periods"` // 1 to 60
	Reason  string   `json:"reason"`
}

const maxWaived = 60

// Check refuses what a waiver can't be by itself.
func (s WaiverSpec) Check() error {
	var c fault.List
	c.Add(resource.CheckName("process", s.Process), resource.CheckName("scope", s.Scope))
	if len(s.Periods) == 0 || len(s.Periods) > maxWaived {
		c.Say("periods", "A waiver is for 1 to %d periods, as in 2026-10.", "Eine Aussetzung gilt für 1 bis %d Perioden, etwa 2026-10.", maxWaived)
	}
	for i, p := range s.Periods[:min(len(s.Periods), maxWaived)] {
		if _, err := calendar.ReachedPeriod(p); err != nil {
			c.Add(fault.New(fault.Invalid, fault.As(err).Message).At(resource.Item("periods", i)))
		} else if slices.Contains(s.Periods[:i], p) {
			c.Say(resource.Item("periods", i), "%q stands more than once.", "%q steht mehr als einmal da.", p)
		}
	}
	c.Add(checkReason(s.Reason))
	return c.Err()
}
