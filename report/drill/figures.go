package drill

import (
	"strconv"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
)

// figures are the numbers of a drill under the names that scripts rely on, of its
// plan. Only what was measured and judged has a verdict: an estimate misses
// nothing and proves nothing, and what is incomplete is neither met nor missed.
// What failed is missed, even where no value is known.
func figures(f drill.Frozen) []report.Figure {
	if f.Stage != drill.ToReport || f.Happened == nil || f.Happened.Result == nil {
		return report.WriteFigures().Figures()
	}
	h, r, o := *f.Happened, f.Happened.Result, f.Plan.Spec.Objectives
	w := report.WriteFigures().Of(report.Group{Kind: report.OfPlan, Name: f.Plan.Name})
	seconds := func(name string, s *int64, en, de string) *report.Figure {
		return w.Value(name, "continuity."+name+"/1", report.InSeconds, whole(s), known(s), en, de)
	}
	if f.Setup.Type.Measures() {
		rta := seconds("rta", r.RTA, "recovery time", "Wiederanlaufzeit")
		if r.RTA == nil && r.Verdicts.RTO == continuity.Fail {
			rta.Label = text.New("recovery time, minimum level never confirmed", "Wiederanlaufzeit, Notbetriebsniveau nie bestätigt")
		}
		against(rta, duration(o.RTO), r.Verdicts.RTO)
		if o.From == continuity.FromInvoked {
			seconds("rta-from-disruption", r.FromDisruption, "recovery time from the disruption", "Wiederanlaufzeit ab der Störung")
		}
		rpa := seconds("rpa", r.RPA, "age of the data that came back", "Alter der wiederhergestellten Daten")
		against(rpa, duration(o.RPO), r.Verdicts.RPO)
		against(capacity(w, h), decimal(o.MBCO), r.Verdicts.MBCO)
	} else if e := h.Estimate; e != nil {
		estimates(w, *e)
	}
	if o.Contacts != nil || r.Reached != nil {
		n, of := called(h)
		x := w.Share("contacts", "continuity.contacts/1", n, of, "contacts reached", "erreichte Kontakte")
		x.Value = r.Reached
		against(x, decimal(o.Contacts), r.Verdicts.Contacts)
	}
	if o.Decide != nil || r.Decided != nil {
		against(seconds("decide", r.Decided, "time to decide", "Zeit bis zur Entscheidung"), duration(o.Decide), r.Verdicts.Decide)
	}
	seconds("invocation-delay", r.Delay, "time until the plan was invoked", "Zeit bis zum Auslösen des Plans")
	if f.Setup.Type.Measures() {
		seconds("full", r.Full, "time until full capacity", "Zeit bis zur vollen Kapazität")
	}
	return w.Figures()
}

// estimates are what a discussion expects, under names of their own: what reads a
// measured figure never finds an estimate.
func estimates(w report.FigureWriter, e drill.Estimate) {
	seconds := func(name string, d *agreement.Duration, en, de string) {
		if d != nil {
			n := d.Seconds()
			w.Value(name, "continuity."+name+"/1", report.InSeconds, whole(&n), 1, en, de)
		}
	}
	seconds("rta-estimate", e.RTA, "recovery time, estimated", "Wiederanlaufzeit, geschätzt")
	seconds("rpa-estimate", e.RPA, "age of the data that comes back, estimated", "Alter der wiederhergestellten Daten, geschätzt")
	if e.Capacity != nil {
		exact := string(*e.Capacity)
		w.Value("capacity-estimate", "continuity.capacity-estimate/1", report.InPercent, &exact, 1, "capacity, estimated", "Kapazität, geschätzt")
	}
}

func capacity(w report.FigureWriter, h drill.Happened) *report.Figure {
	var value *string
	var n int64
	if h.Evaluation != nil && h.Evaluation.Capacity != nil {
		s := string(*h.Evaluation.Capacity)
		value, n = &s, 1
	}
	return w.Value("capacity", "continuity.capacity/1", report.InPercent, value, n, "capacity reached", "erreichte Kapazität")
}

// against sets a figure beside what was agreed; its verdict follows that of the
// drill.
func against(f *report.Figure, target string, v continuity.Verdict) {
	switch {
	case target == "" || v == continuity.Estimated:
	case v == continuity.Pass:
		f.Against(target, report.Met)
	case v == continuity.Fail:
		f.Against(target, report.Missed)
	default:
		f.Against(target, report.NoData)
	}
}

func whole(s *int64) *string {
	if s == nil {
		return nil
	}
	exact := strconv.FormatInt(*s, 10)
	return &exact
}

// known is how many drills a value stands on: this one, where it is known.
func known(s *int64) int64 {
	if s == nil {
		return 0
	}
	return 1
}

func duration(d *agreement.Duration) string {
	if d == nil {
		return ""
	}
	return strconv.FormatInt(d.Seconds(), 10)
}

func decimal(d *agreement.Decimal) string {
	if d == nil {
		return ""
	}
	return string(*d)
}
