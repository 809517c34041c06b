package drill

import (
	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/text"
	"turnus/report"
)

// objective is what a plan agreed, in words.
type objective struct {
	name     string // as `turnus calc drill` has it
	title    text.Text
	agreed   text.Text
	from     text.Text // the event that it counts from
	judged   bool      // drills are judged by it
	recovers bool      // only a drill that recovers something measures it
}

// agreed lists the objectives of a plan.
func agreed(a continuity.Agreed) (all []objective) {
	add := func(name string, title text.Text, d *agreement.Duration, from text.Text, judged, recovers bool) {
		if d != nil {
			all = append(all, objective{name, title, text.F("at most %s", "höchstens %s", lasting(*d)), from, judged, recovers})
		}
	}
	share := func(name string, title text.Text, x *agreement.Decimal, what text.Text, recovers bool) {
		if x != nil {
			all = append(all, objective{name, title, text.F("at least %s %s", "mindestens %s %s", percent(*x), what), text.Same("–"), true, recovers})
		}
	}
	disruption := counts(continuity.FromDisruption)
	add(rto, titleRTO, a.RTO, counts(a.From), true, true)
	add(rpo, titleRPO, a.RPO, text.New("the disruption, backwards", "der Störung, rückwärts"), true, true)
	share(mbco, titleMBCO, a.MBCO, text.New("of the normal capacity", "der normalen Kapazität"), true)
	share(reached, titleContacts, a.Contacts, text.New("of those called", "der angerufenen"), false)
	add(decide, titleDecide, a.Decide, disruption, true, false)
	add("mtpd", titleMTPD, a.MTPD, disruption, false, false)
	add("wrt", titleWRT, a.WRT, text.New("the confirmed minimum level", "dem bestätigten Notbetriebsniveau"), false, false)
	add("mtw", titleMTW, a.MTW, disruption, false, false)
	return all
}

// The names of the objectives that drills are judged by.
const (
	rto     = "rto"
	rpo     = "rpo"
	mbco    = "mbco_pct"
	reached = "contacts_pct"
	decide  = "decide"
)

var (
	titleRTO      = text.New("Recovery time (RTO)", "Wiederanlaufzeit (RTO)")
	titleRPO      = text.New("Recovery point (RPO)", "Alter der Daten (RPO)")
	titleMBCO     = text.New("Minimum level (MBCO)", "Mindest-Notbetriebsniveau (MBCO)")
	titleContacts = text.New("Contacts reached", "Erreichte Kontakte")
	titleDecide   = text.New("Time to decide", "Zeit bis zur Entscheidung")
	titleMTPD     = text.New("Tolerable disruption (MTPD)", "Tolerierbare Ausfallzeit (MTPD)")
	titleWRT      = text.New("Time to catch up (WRT)", "Aufarbeitungszeit (WRT)")
	titleMTW      = text.New("Time to normal operation (MTW)", "Zeit bis zum Normalbetrieb (MTW)")
)

// result is what a drill made of an objective.
type result struct {
	objective
	achieved text.Text // n/a where it isn't known
	verdict  continuity.Verdict
	reason   text.Text
}

// results are what the drill made of each objective that it is judged by; none
// where it wasn't judged.
func (d draft) results() (all []result) {
	h := d.happened()
	if h.Result == nil {
		return nil
	}
	for _, o := range agreed(d.Plan.Spec.Objectives) {
		if o.judged {
			r := result{objective: o, verdict: verdictOf(h.Result.Verdicts, o.name)}
			r.achieved, r.reason = d.achieved(o.name), d.reason(o, r.verdict)
			all = append(all, r)
		}
	}
	return all
}

func verdictOf(v continuity.Verdicts, name string) continuity.Verdict {
	switch name {
	case rto:
		return v.RTO
	case rpo:
		return v.RPO
	case mbco:
		return v.MBCO
	case reached:
		return v.Contacts
	case decide:
		return v.Decide
	}
	return ""
}

// achieved is what a drill achieved of an objective: of a discussion what it
// expects.
func (d draft) achieved(name string) text.Text {
	h := d.happened()
	r, e := h.Result, h.Estimate
	if e == nil || d.Setup.Type.Measures() {
		e = nothingEstimated
	}
	seconds := func(s *int64, expected *agreement.Duration) text.Text {
		switch {
		case expected != nil:
			return text.F("about %s", "etwa %s", lasting(*expected))
		case s != nil:
			return report.Lasting(*s)
		}
		return text.New("not known", "nicht bekannt")
	}
	if !d.Setup.Type.Measures() && (name == rto && e.RTA == nil || name == rpo && e.RPA == nil || name == mbco && e.Capacity == nil) {
		return text.New("not estimated", "nicht geschätzt")
	}
	switch name {
	case rto:
		if r.RTA == nil && d.event(continuity.Confirmed) == nil && e.RTA == nil {
			return text.New("not confirmed", "nicht bestätigt")
		}
		return seconds(r.RTA, e.RTA)
	case rpo:
		return seconds(r.RPA, e.RPA)
	case mbco:
		switch {
		case e.Capacity != nil:
			return text.F("about %s", "etwa %s", percent(*e.Capacity))
		case h.Evaluation != nil && h.Evaluation.Capacity != nil:
			return percent(*h.Evaluation.Capacity)
		}
		return text.New("not measured", "nicht gemessen")
	case reached:
		if r.Reached == nil {
			return seconds(nil, nil)
		}
		n, of := called(h)
		return text.F("%d of %d, %s", "%d von %d, %s", n, of, shareOf(n, of))
	case decide:
		return seconds(r.Decided, nil)
	}
	return report.NotApplicable()
}
