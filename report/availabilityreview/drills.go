package availabilityreview

import (
	"slices"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
	"turnus/report/rules"
)

// touched pairs the drills of a set with what is known of their time.
func touched(f avail.Frozen, r avail.Result, see func(avail.Drill, avail.DrillResult)) {
	for _, known := range r.Drills {
		if i := slices.IndexFunc(f.Drills, func(x avail.Drill) bool { return x.Run == known.Run }); i >= 0 {
			see(f.Drills[i], known)
		}
	}
}

// drills lists the drills and invocations that touched production in the period, and
// whether maintenance covers them or an outage is on record in their time; nothing
// where there are none. The section is about the service: no customer's extract has
// it, since it names what others may not have been told.
func drills(w *report.Writer, f avail.Frozen, r avail.Result) {
	if len(r.Drills) == 0 {
		return
	}
	s := w.Section("Drills that touched production", "Übungen mit Eingriff in die Produktion")
	s.Say("Continuity drills and invocations of the service with a published report whose time, from the disruption until normal operation was verified or else until they were ended, lies in the period at least in part. They change no figure: an outage counts by what is imported of it. Windows and outages are given for the part that lies in the period.",
		"Notfallübungen und Ernstfälle des Service mit veröffentlichtem Bericht, deren Zeitraum von der Störung bis zur Prüfung des Normalbetriebs oder sonst bis zu ihrem Ende zumindest teilweise in der Periode liegt. Sie ändern keine Kennzahl: Ein Ausfall zählt nach den importierten Daten. Wartungsfenster und Ausfälle sind für den Teil angegeben, der in der Periode liegt.")
	shown := 0
	t := s.Table("", "").Left("Run", "Lauf").Left("Kind", "Art").Left("Plan", "Plan").Left("From", "Von").Left("To", "Bis").Left("What was touched", "Was berührt wurde").
		Left("Maintenance on record, and what it excuses", "Vorliegende Wartung und was sie entschuldigt").Left("Outage on record in that time", "Erfasster Ausfall in dieser Zeit")
	touched(f, r, func(x avail.Drill, known avail.DrillResult) {
		if shown++; shown > maxRows {
			return
		}
		to := report.Name("–")
		if !x.To.IsZero() {
			to = report.At(x.To)
		}
		t.Row(report.Name(x.Run), report.Words(x.Type.Title()), report.Words(report.Named(x.Title, x.Plan)), report.At(x.From), to, named(x.Touched),
			maintained(r, x, known), outagesOf(f, known))
	})
	if more := shown - maxRows; more > 0 {
		s.Say("The table has the first %d; %d more began later.", "Die Tabelle enthält die ersten %d; %d weitere begannen später.", maxRows, more)
	}
}

// maintained names the windows in the time of a drill, with what each excuses, and
// how much of the drill none excuses.
func maintained(r avail.Result, x avail.Drill, known avail.DrillResult) report.Cell {
	var all []text.Text
	found := false
	for _, i := range known.Windows {
		w := r.Windows[i]
		found = found || w.UID == x.Maintenance
		name := text.Same(w.UID)
		if w.Component != "" {
			name = text.F("%s (%s)", "%s (%s)", name, rules.Component(w.Component))
		}
		all = append(all, text.F("%s: %s", "%s: %s", name, excused(w)))
	}
	if len(all) == 0 {
		all = append(all, text.New("none", "keine"))
	} else if known.Outside > 0 {
		all = append(all, text.F("not excused: %s", "nicht entschuldigt: %s", report.Lasting(known.Outside)))
	}
	if x.Maintenance != "" && !found {
		all = append(all, text.F("the drill names %q, which isn’t on record for that time", "die Übung nennt %q; für diese Zeit liegt das nicht vor", x.Maintenance))
	}
	words := parts.Some(all)
	if known.Outside == 0 && !known.Open {
		return report.Judged(words, report.Good)
	}
	return report.Judged(words, report.Neutral)
}

// outagesOf names the outages on record in the time of a drill, or says that probes
// alone saw the service down.
func outagesOf(f avail.Frozen, known avail.DrillResult) report.Cell {
	var all []text.Text
	for _, o := range known.Outages {
		name := text.Same(o.Reference)
		if o.Reference == "" {
			name = text.F("begun on %s", "begonnen am %s", local(f, o.From))
		}
		if o.Component != "" {
			name = text.F("%s (%s)", "%s (%s)", name, rules.Component(o.Component))
		}
		all = append(all, name)
	}
	if known.More > 0 {
		all = append(all, text.F("%d more", "%d weitere", known.More))
	}
	switch {
	case len(all) > 0:
		return report.Words(text.Join(all, "; "))
	case known.Down > 0:
		return report.Say("none recorded; probes saw it down for %s", "keiner aufgezeichnet; laut Messpunkten ausgefallen: %s", report.Lasting(known.Down))
	case known.Unaccounted():
		return report.Judged(text.New("none", "keiner"), report.Bad)
	}
	return report.Say("none", "keiner")
}

// unaccounted warns of drills whose outage, if there was one, nobody has put on
// record.
func unaccounted(w *report.Writer, f avail.Frozen, r avail.Result) {
	var names []text.Text
	touched(f, r, func(x avail.Drill, known avail.DrillResult) {
		if known.Unaccounted() {
			names = append(names, text.F("%s (%s, %s)", "%s (%s, %s)", x.Run, x.Type, local(f, x.From)))
		}
	})
	if len(names) > 0 {
		w.Warn("Drills or invocations touched production, neither wholly within maintenance that was announced as agreed nor with an outage on record in that time: %s. If production was down then, its outage is missing from these figures.",
			"Eingriffe in die Produktion durch Übungen oder Ernstfälle, die weder vollständig in vereinbarungsgemäß angekündigter Wartung liegen noch mit einem erfassten Ausfall zusammenfallen: %s. Falls die Produktion dabei ausgefallen ist, fehlt dieser Ausfall in den Zahlen.", parts.Some(names))
	}
}
