package slo

import (
	"fmt"
	"unicode/utf8"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
)

// maxDescription is the length in characters that OpenSLO allows.
const maxDescription = 1050

// SLO is a compiled Spec.
type SLO struct {
	Window     Window
	Objectives []Objective
}

// Compile makes a spec ready to count by, and refuses what it can't be by
// itself, with all faults joined. Whether service and indicator are there is
// looked up where they are.
func Compile(s Spec) (SLO, error) {
	var c checks
	c.description("description", s.Description)
	c.Add(resource.CheckName("service", s.Service))
	switch {
	case (s.Indicator != nil) == (s.IndicatorRef != ""):
		c.Say("indicator", "Either indicator stands here, or indicatorRef with the name of an SLI.",
			"Hier steht entweder indicator oder indicatorRef mit dem Namen eines SLI.")
	case s.Indicator != nil:
		c.Add(resource.CheckName("indicator.metadata.name", s.Indicator.Metadata.Name))
		c.indicator("indicator.spec", s.Indicator.Spec)
		c.Add(s.Fits(s.Indicator.Spec))
	default:
		c.Add(resource.CheckName("indicatorRef", s.IndicatorRef))
	}
	switch s.BudgetingMethod {
	case Occurrences, Timeslices, RatioTimeslices:
	default:
		c.Say("budgetingMethod", "%.80q isn't known here; there are: Occurrences, Timeslices, RatioTimeslices.",
			"%.80q ist hier nicht bekannt; es gibt: Occurrences, Timeslices, RatioTimeslices.", string(s.BudgetingMethod))
	}
	var made SLO
	if len(s.TimeWindow) == 1 {
		made.Window = c.window("timeWindow[0]", s.TimeWindow[0])
	} else {
		c.Say("timeWindow", "The list has exactly one window; these are %d.", "Die Liste hat genau ein Fenster; das sind %d.", len(s.TimeWindow))
	}
	if len(s.Objectives) == 0 {
		c.Say("objectives", "An SLO has one objective at least.", "Die Ziele fehlen: Ein SLO hat mindestens eines.")
	}
	for i, g := range s.Objectives {
		made.Objectives = append(made.Objectives, c.goal(fmt.Sprintf("objectives[%d]", i), s.BudgetingMethod, g, made.Window.duration))
	}
	for i, p := range s.AlertPolicies {
		if len(p) == 0 || p[0] != '"' && p[0] != '{' {
			c.Say(fmt.Sprintf("alertPolicies[%d]", i), "An alert policy is a name, {alertPolicyRef: NAME}, or written out.",
				"Eine Alarmregel ist ein Name, {alertPolicyRef: NAME} oder ausgeschrieben.")
		}
	}
	if len(c.List) > 0 {
		return SLO{}, c.Err()
	}
	return made, nil
}

// Fits refuses an indicator that the objectives can't be held against.
func (s Spec) Fits(i IndicatorSpec) error {
	if i.ThresholdMetric == nil {
		return nil
	}
	var c checks
	if len(s.Objectives) > 1 {
		c.Say("objectives", "The indicator is a thresholdMetric, which takes one objective; these are %d.",
			"Der Indikator ist eine thresholdMetric, zu der ein Ziel gehört; das sind %d.", len(s.Objectives))
	}
	for n, g := range s.Objectives {
		at := fmt.Sprintf("objectives[%d]", n)
		if g.Op == "" {
			c.Say(at+".op", "The indicator is a thresholdMetric: say how it compares with value (lte, gte, lt, gt).",
				"Der Indikator ist eine thresholdMetric: Angeben, wie sie mit value verglichen wird (lte, gte, lt, gt).")
		}
		if g.Value == "" {
			c.Say(at+".value", "The indicator is a thresholdMetric: say which value it is compared with.",
				"Der Indikator ist eine thresholdMetric: Angeben, mit welchem Wert sie verglichen wird.")
		}
	}
	return c.Err()
}

// checks are those of a document, with its own ways to look at parts of it.
type checks struct{ fault.List }

func (c *checks) description(at, s string) {
	if utf8.RuneCountInString(s) > maxDescription {
		c.Say(at, "A description has %d characters at most.", "Eine Beschreibung hat höchstens %d Zeichen.", maxDescription)
	}
}

func (c *checks) window(at string, w TimeWindow) Window {
	made := Window{duration: w.Duration}
	switch rolling := w.IsRolling != nil && *w.IsRolling; {
	case rolling && w.Calendar != nil:
		c.Say(at+".calendar", "A window that rolls has no calendar: leave it out, or isRolling.",
			"Ein gleitendes Fenster hat keinen Kalender: Den Kalender oder isRolling weglassen.")
	case rolling:
		if _, ok := w.Duration.Seconds(); !ok {
			c.Say(at+".duration", "%s has no length of its own: a window that rolls is given in m, h, d or w, as in 30d.",
				"%s hat keine feste Länge: Ein gleitendes Fenster wird in m, h, d oder w angegeben, etwa 30d.", w.Duration)
		}
	case w.Calendar == nil:
		c.Say(at, "A window either rolls (isRolling: true) or follows a calendar (calendar: {startTime, timeZone}).",
			"Ein Fenster ist entweder gleitend (isRolling: true) oder folgt einem Kalender (calendar: {startTime, timeZone}).")
	default:
		zone, err := calendar.Zone(w.Calendar.TimeZone)
		if f := fault.As(err); f != nil {
			there := *f
			there.Field = at + ".calendar.timeZone"
			c.Add(&there)
		}
		made.zone, made.start = zone, w.Calendar.StartTime
	}
	return made
}

// goal makes an objective of what stands in the document.
func (c *checks) goal(at string, m Method, g Goal, window Duration) Objective {
	o := Objective{Title: g.DisplayName, Method: m}
	switch g.Op {
	case "", LessOrEqual, GreaterOrEqual, Less, Greater:
	default:
		c.Say(at+".op", "%.80q isn't known here; there are: lte, gte, lt, gt.", "%.80q ist hier nicht bekannt; es gibt: lte, gte, lt, gt.", string(g.Op))
	}
	zero := NewRatio(0, 1)
	switch share, percent := string(g.Target), string(g.TargetPercent); {
	case (share == "") == (percent == ""):
		c.Say(at+".target", "Either target or targetPercent stands here.", "Hier steht entweder target oder targetPercent.")
	case share != "":
		r, err := ParseRatio(share)
		if err != nil || r.Cmp(zero) < 0 || r.Cmp(one) >= 0 {
			c.Say(at+".target", "%.40s isn't a target: use a decimal from 0 and below 1, as in 0.999; OpenSLO knows no target of 100 %%, which leaves no budget.",
				"%.40s ist kein Ziel: eine Dezimalzahl von 0 bis unter 1, etwa 0.999; 100\u202f%% gibt es in OpenSLO nicht, da bliebe kein Budget.", share)
		}
		o.Target = r
	default:
		r, err := ParseRatio(percent)
		if err != nil || r.Cmp(zero) < 0 || r.Cmp(NewRatio(100, 1)) >= 0 {
			c.Say(at+".targetPercent", "%.40s isn't a target: use a decimal from 0 and below 100, as in 99.9; OpenSLO knows no target of 100 %%, which leaves no budget.",
				"%.40s ist kein Ziel: eine Dezimalzahl von 0 bis unter 100, etwa 99.9; 100\u202f%% gibt es in OpenSLO nicht, da bliebe kein Budget.", percent)
		} else {
			o.Target = r.over(NewRatio(100, 1))
		}
	}
	switch s := string(g.TimeSliceTarget); {
	case s != "":
		r, err := ParseRatio(s)
		if err != nil || r.Cmp(zero) <= 0 || r.Cmp(one) > 0 {
			c.Say(at+".timeSliceTarget", "%.40s isn't a share: use a decimal above 0 and up to 1, as in 0.95.",
				"%.40s ist kein Anteil: eine Dezimalzahl über 0 bis 1, etwa 0.95.", s)
		}
		o.SliceTarget = r
	case m == Timeslices:
		c.Say(at+".timeSliceTarget", "Timeslices needs the share that makes a slice good, as in 0.95.",
			"Timeslices braucht den Anteil, ab dem ein Abschnitt gut ist, etwa 0.95.")
	}
	o.Slice = c.slice(at+".timeSliceWindow", m, g.TimeSliceWindow, window)
	return o
}

// slice is the length of a time slice in seconds; 0 where none counts.
func (c *checks) slice(at string, m Method, d, window Duration) int64 {
	if d.n == 0 {
		if m == Timeslices || m == RatioTimeslices {
			c.Say(at, "%s needs the length of a slice, as in 1m.", "%s braucht die Länge eines Abschnitts, etwa 1m.", m)
		}
		return 0
	}
	n, ok := d.Seconds()
	if !ok {
		c.Say(at, "%s has no length of its own: a slice is given in m, h, d or w, as in 1m.",
			"%s hat keine feste Länge: Ein Abschnitt wird in m, h, d oder w angegeben, etwa 1m.", d)
	} else if n > window.longest() && window.n > 0 {
		c.Say(at, "A slice of %s is longer than the window of %s.", "Ein Abschnitt von %s ist länger als das Fenster von %s.", d, window)
	}
	if m == Occurrences {
		return 0
	}
	return n
}
