package continuity

import (
	"math/big"
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/fault"
)

// Judge says what a drill achieved and whether that proves the objectives
// (domain guide, 5.3): RTA = confirmed − disruption, RPA = disruption − snapshot,
// capacity and contacts at least what was agreed. Exactly the objective passes.
// fault.Invalid names the field of what can't be.
func Judge(d Drill) (Result, error) {
	if err := d.check(); err != nil {
		return Result{}, err
	}
	e, o := d.Events, d.Objectives
	base := e.Disruption
	if o.Base == FromInvoked {
		base = e.Invoked
	}
	recovered, lost, decided := between(base, e.Confirmed), between(e.Snapshot, e.Disruption), between(e.Disruption, e.Decided)
	r := Result{RTA: recovered.seconds(), RPA: lost.seconds(), Delay: between(e.Disruption, e.Invoked).seconds(),
		Full: between(e.Disruption, e.Full).seconds(), Decided: decided.seconds(), Reached: d.Contacts.share()}
	if o.Base == FromInvoked {
		r.FromDisruption = between(e.Disruption, e.Confirmed).seconds()
	}
	v := &r.Verdicts
	if o.RTO != nil {
		v.RTO = within(recovered, between(base, e.Ended), *o.RTO)
	}
	if o.RPO != nil {
		v.RPO = within(lost, nil, *o.RPO)
	}
	if o.MBCO != nil {
		v.MBCO = d.level(*o.MBCO)
	}
	if !d.Type.Measures() {
		for _, of := range []*Verdict{&v.RTO, &v.RPO, &v.MBCO} {
			if *of != "" {
				*of = Estimated
			}
		}
	}
	if o.Contacts != nil {
		v.Contacts = d.Contacts.enough(*o.Contacts)
	}
	if o.Decide != nil {
		v.Decide = within(decided, between(e.Disruption, e.Ended), *o.Decide)
	}
	r.Verdict = overall(*v, len(d.Skipped) > 0)
	r.Retest = r.Verdict == Fail || r.Verdict == Incomplete
	return r, nil
}

// overall is the gravest verdict. A step that was skipped leaves a drill
// incomplete, unless all of it is an estimate.
func overall(v Verdicts, skipped bool) Verdict {
	all := []Verdict{v.RTO, v.RPO, v.MBCO, v.Contacts, v.Decide}
	judged := slices.ContainsFunc(all, func(x Verdict) bool { return x != "" && x != Estimated })
	switch {
	case slices.Contains(all, Fail):
		return Fail
	case slices.Contains(all, Incomplete) || skipped && judged:
		return Incomplete
	case slices.Contains(all, Estimated):
		return Estimated
	}
	return Pass
}

// within holds how long something took against what it may take. What never
// happened in a drill that lasted longer than that has failed.
func within(took, lasted *span, most agreement.Duration) Verdict {
	switch {
	case took == nil && lasted.exceeds(most), took.exceeds(most):
		return Fail
	case took == nil:
		return Incomplete
	}
	return Pass
}

// level judges the minimum level: by the capacity that was measured, if one was,
// and never without the business's word that the level is there.
func (d Drill) level(least agreement.Decimal) Verdict {
	switch {
	case d.Capacity != nil && d.Capacity.Rat().Cmp(least.Rat()) < 0:
		return Fail
	case d.Events.Confirmed.IsZero():
		return Incomplete
	}
	return Pass
}

// enough judges how many contacts were reached; a call tree in which nobody was
// called shows nothing.
func (c *Contacts) enough(least agreement.Decimal) Verdict {
	if c == nil || c.Called == 0 {
		return Incomplete
	}
	if c.pct().Cmp(least.Rat()) < 0 {
		return Fail
	}
	return Pass
}

// pct is the share that was reached, exact.
func (c *Contacts) pct() *big.Rat { return big.NewRat(100*c.Reached, c.Called) }

func (c *Contacts) share() *string {
	if c == nil || c.Called == 0 {
		return nil
	}
	s := c.pct().FloatString(6)
	return &s
}

// span is the time between two instants, exact however far apart they lie.
type span struct{ whole, nanos int64 }

// between is the time from one instant to another that isn't before it; nil
// where one of them isn't known.
func between(from, to time.Time) *span {
	if from.IsZero() || to.IsZero() {
		return nil
	}
	s := span{to.Unix() - from.Unix(), int64(to.Nanosecond() - from.Nanosecond())}
	if s.nanos < 0 {
		s.whole, s.nanos = s.whole-1, s.nanos+int64(time.Second)
	}
	return &s
}

// exceeds says that the time is longer than so many seconds; one that isn't
// known doesn't.
func (s *span) exceeds(most agreement.Duration) bool {
	return s != nil && (s.whole > most.Seconds() || s.whole == most.Seconds() && s.nanos > 0)
}

// seconds are those of the span, rounded half up.
func (s *span) seconds() *int64 {
	if s == nil {
		return nil
	}
	n := s.whole
	if s.nanos >= int64(time.Second)/2 {
		n++
	}
	return &n
}

// check refuses what can't be.
func (d Drill) check() error {
	if !slices.Contains(Types(), d.Type) {
		return fault.Invalidf("type", "%.40q isn't a type of drill: use one of checklist, tabletop, walkthrough, call-tree, staff, component, functional, parallel, full-interruption",
			"%.40q ist keine Übungsart: checklist, tabletop, walkthrough, call-tree, staff, component, functional, parallel oder full-interruption angeben.", string(d.Type))
	}
	if err := d.Objectives.check(); err != nil {
		return err
	}
	if c := d.Contacts; c != nil && (c.Called < 0 || c.Reached < 0 || c.Reached > c.Called || c.Called > 1_000_000) {
		return fault.Invalidf("contacts", "Of %d contacts called %d can't have been reached: give both numbers, up to 1,000,000.",
			"Von %d angerufenen Kontakten können nicht %d erreicht worden sein: Beide Zahlen angeben, höchstens 1.000.000.", c.Called, c.Reached)
	}
	return d.Events.check(d.Objectives)
}

func (o Objectives) check() error {
	hundred := big.NewRat(100, 1)
	switch {
	case o.RTO == nil && o.RPO == nil && o.MBCO == nil && o.Contacts == nil && o.Decide == nil:
		return fault.Invalidf("objectives", "No objective is given: a drill is judged by at least one of rto, rpo, mbco_pct, contacts_pct, decide.",
			"Es ist kein Ziel angegeben: Beurteilt wird eine Übung nach mindestens einem von rto, rpo, mbco_pct, contacts_pct, decide.")
	case o.Base != "" && o.Base != FromDisruption && o.Base != FromInvoked:
		return fault.Invalidf("objectives.rto_from", "%.40q is no event that an RTO counts from: use disruption or invoked",
			"Ab %.40q zählt kein RTO: disruption oder invoked angeben.", string(o.Base))
	case o.MBCO != nil && o.MBCO.Rat().Cmp(hundred) > 0:
		return fault.Invalidf("objectives.mbco_pct", "%s is more than the whole: use a percentage up to 100", "%s ist mehr als das Ganze: Einen Prozentsatz bis 100 angeben.", string(*o.MBCO))
	case o.Contacts != nil && o.Contacts.Rat().Cmp(hundred) > 0:
		return fault.Invalidf("objectives.contacts_pct", "%s is more than the whole: use a percentage up to 100", "%s ist mehr als das Ganze: Einen Prozentsatz bis 100 angeben.", string(*o.Contacts))
	}
	return nil
}

// check refuses what happened before what it follows from, and a recovery before
// the event that its objective counts from: it would have taken less than no time.
func (e Events) check(o Objectives) error {
	type event struct {
		name string
		at   time.Time
	}
	disruption, technical, confirmed := event{"disruption", e.Disruption}, event{"mbco_technical", e.Technical}, event{"mbco_confirmed", e.Confirmed}
	snapshot, backup, ended := event{"snapshot_of", e.Snapshot}, event{"backup_finished", e.Backup}, event{"ended", e.Ended}
	after := []event{{"detected", e.Detected}, {"invoked", e.Invoked}, {"decided", e.Decided}, technical, confirmed, {"full", e.Full}}
	pairs := [][2]event{{snapshot, disruption}, {snapshot, backup}, {technical, confirmed}}
	for _, x := range after {
		pairs = append(pairs, [2]event{disruption, x})
	}
	if o.RTO != nil && o.Base == FromInvoked {
		pairs = append(pairs, [2]event{{"invoked", e.Invoked}, confirmed})
	}
	for _, x := range append(after, disruption, snapshot, backup) {
		pairs = append(pairs, [2]event{x, ended})
	}
	for _, p := range pairs {
		if first, then := p[0], p[1]; !first.at.IsZero() && !then.at.IsZero() && then.at.Before(first.at) {
			late := then
			if first == snapshot && then == disruption {
				late = first
			}
			return fault.Invalidf("events."+late.name, "%s lies before %s: that can't be, look at both instants and their zones",
				"%s liegt vor %s: Das kann nicht sein, beide Zeitpunkte und ihre Zeitzonen prüfen.", then.name, first.name)
		}
	}
	return nil
}
