package drill

import (
	"math/big"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
)

var nothingEstimated = &drill.Estimate{}

// reason says why an objective has its verdict.
func (d draft) reason(o objective, v continuity.Verdict) text.Text {
	h, a := d.happened(), d.Plan.Spec.Objectives
	r := h.Result
	switch v {
	case continuity.Estimated:
		return d.estimated(o.name)
	case continuity.Pass:
		if e := d.event(continuity.Confirmed); e != nil && o.name == rto {
			return text.F("confirmed by the business on %s", "vom Fachbereich bestätigt am %s", d.instant(*e))
		}
		return text.Same("–")
	}
	switch o.name {
	case rto:
		return d.tooLate(v, r.RTA, *a.RTO, a.From, text.New("the business’s confirmation of the minimum level", "die Bestätigung des Notbetriebsniveaus durch den Fachbereich"))
	case rpo:
		if r.RPA == nil {
			return missing(text.New("the point in time that the restored data represents", "der Stand der wiederhergestellten Daten"))
		}
		switch e := h.Evaluation; {
		case v == continuity.Incomplete:
			return text.New("nobody checked the content of the data that came back", "die wiederhergestellten Daten wurden nicht inhaltlich geprüft")
		case *r.RPA <= a.RPO.Seconds() && e != nil && e.Integrity == drill.Damaged:
			return text.New("the data that came back is damaged or incomplete", "die wiederhergestellten Daten sind beschädigt oder unvollständig")
		}
		return text.F("the data that came back was %s older than agreed", "die wiederhergestellten Daten waren um %s älter als vereinbart", over(*r.RPA, *a.RPO))
	case mbco:
		if v == continuity.Fail {
			return text.New("less capacity than agreed", "weniger Kapazität als vereinbart")
		}
		return missing(text.New("the business’s confirmation of the minimum level", "die Bestätigung des Notbetriebsniveaus durch den Fachbereich"))
	case reached:
		if v == continuity.Fail {
			return text.New("fewer contacts reached than agreed", "weniger Kontakte erreicht als vereinbart")
		}
		return missing(text.New("calls: nobody was called", "Anrufe: Niemand wurde angerufen"))
	case decide:
		return d.tooLate(v, r.Decided, *a.Decide, continuity.FromDisruption, text.New("the decision", "die Entscheidung"))
	}
	return text.Same("–")
}

// tooLate says of a time why it doesn't pass: too long, never come in a drill that
// lasted longer, or not known.
func (d draft) tooLate(v continuity.Verdict, took *int64, most agreement.Duration, from continuity.Base, what text.Text) text.Text {
	switch base, ended := d.base(from), d.event(continuity.Ended); {
	case v != continuity.Fail:
		return missing(what)
	case took != nil:
		return text.F("%s longer than agreed", "%s länger als vereinbart", over(*took, most))
	case base != nil && ended != nil:
		return text.F("missing when the %s ended, %s after %s: %s", "fehlte beim Ende der %s, %s nach %s: %s", d.Setup.Type.Noun(), report.Lasting(ended.Unix()-base.Unix()), counts(from), what)
	}
	return missing(what)
}

// over is by how much something exceeds what was agreed: at least a second, since
// a fraction of one exceeds it, too.
func over(took int64, most agreement.Duration) text.Text {
	if took <= most.Seconds() {
		return text.New("less than 1\u202fs", "weniger als 1\u202fs")
	}
	return report.Lasting(took - most.Seconds())
}

func missing(what text.Text) text.Text { return text.F("missing: %s", "es fehlt: %s", what) }

// estimated says what a discussion expects of an objective.
func (d draft) estimated(name string) text.Text {
	if by, missed := d.misses(name); missed {
		return text.F("the estimate misses the objective: %s", "die Schätzung verfehlt das Ziel: %s", by)
	}
	return text.New("nothing was recovered", "es wurde nichts wiederhergestellt")
}

// misses says by how much the estimate of a discussion misses an objective.
func (d draft) misses(name string) (by text.Text, missed bool) {
	e, a := d.happened().Estimate, d.Plan.Spec.Objectives
	if e == nil || d.Setup.Type.Measures() {
		return by, false
	}
	longer := func(expected, most *agreement.Duration) (text.Text, bool) {
		if expected == nil || most == nil || *expected <= *most {
			return by, false
		}
		return text.F("%s more than agreed", "%s mehr als vereinbart", lasting(*expected-*most)), true
	}
	switch name {
	case rto:
		return longer(e.RTA, a.RTO)
	case rpo:
		return longer(e.RPA, a.RPO)
	case mbco:
		if expected, least := exact(e.Capacity), exact(a.MBCO); expected != nil && least != nil && expected.Cmp(least) < 0 {
			return text.F("%s instead of %s", "%s statt %s", percent(*e.Capacity), percent(*a.MBCO)), true
		}
	}
	return by, false
}

func exact(x *agreement.Decimal) *big.Rat {
	if x == nil {
		return nil
	}
	return x.Rat()
}

// event is when an event happened, as it counts; nil where that isn't known.
func (d draft) event(e continuity.Event) *time.Time {
	var found *time.Time
	h := d.happened()
	for i, x := range h.Timeline {
		if x.Event == e && !x.Corrected {
			found = &h.Timeline[i].When
		}
	}
	switch {
	case found != nil:
	case e == continuity.Disruption && h.Begun != nil:
		found = &h.Begun.Disruption
	case e == continuity.Snapshot && h.Evaluation != nil:
		found = h.Evaluation.Snapshot
	}
	return found
}

// base is when an RTO began to count.
func (d draft) base(from continuity.Base) *time.Time {
	if from == continuity.FromInvoked {
		return d.event(continuity.Invoked)
	}
	return d.event(continuity.Disruption)
}

// called counts the contacts that were reached, and all of them.
func called(h drill.Happened) (reached, all int64) {
	for _, c := range h.Calls {
		all++
		if c.Reached {
			reached++
		}
	}
	return reached, all
}

// shareOf is a share in per cent with two places.
func shareOf(num, den int64) text.Text {
	x := report.Ratio{Num: num, Den: den}.Exact(2)
	if x == nil {
		return report.NotApplicable()
	}
	return text.F("%s\u202f%%", "%s\u202f%%", report.Decimal(*x))
}
