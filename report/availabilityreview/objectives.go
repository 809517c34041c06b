package availabilityreview

import (
	"cmp"
	"fmt"
	"strings"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/slo"
	"turnus/itsm/text"
	"turnus/report"
)

// objectiveName is the name of an objective among its SLO's, as figures have it.
func objectiveName(o avail.ObjectiveResult) string { return fmt.Sprintf("objective-%d", o.Objective+1) }

// objectiveTitle names an objective for people: the first of an SLO may have no
// label of its own.
func objectiveTitle(o avail.ObjectiveResult) text.Text {
	title := report.Named(o.Title, o.Name)
	if o.Label == "" && o.Objective == 0 {
		return title
	}
	return text.F("%s, %s", "%s, %s", title, cmp.Or(o.Label, objectiveName(o)))
}

// objectivePercent is what an objective asks for, in per cent.
func objectivePercent(o avail.ObjectiveResult) text.Text {
	return report.Decimal(plainPercent(o.Target))
}

// plainPercent writes a share, an exact decimal, in per cent without zeros behind.
func plainPercent(exact string) string {
	r, err := slo.ParseRatio(exact)
	if err != nil {
		return exact
	}
	return strings.TrimRight(strings.TrimRight(r.Percent(), "0"), ".")
}

// objectiveFigures are those of one objective over the period and over its own
// window. Its verdict is internal: it holds against nothing that was agreed.
func objectiveFigures(w report.FigureWriter, o avail.ObjectiveResult) {
	budgetFigures := func(before string, b *slo.Budget) {
		var value, consumed, coverage *string
		var n int64
		if b != nil {
			value, consumed, coverage, n = ratio(b.Value), ratio(b.Consumed), ratio(b.Coverage), b.Good+b.Bad
		}
		x := w.Value(before+"value", "slo.value/1", report.InPercent, value, n, "share of good ones%s", "Anteil der guten%s", inWindow(before))
		if b != nil && before == "" {
			x.Against(plainPercent(o.Target), report.Assessment(b.Verdict))
		}
		w.Value(before+"budget-consumed", "slo.budget-consumed/1", report.InPercent, consumed, n, "error budget consumed%s", "verbrauchtes Fehlerbudget%s", inWindow(before))
		w.Value(before+"coverage", "slo.coverage/1", report.InPercent, coverage, n, "coverage%s", "Datenabdeckung%s", inWindow(before))
	}
	budgetFigures("", o.Period)
	if o.Window != nil {
		budgetFigures("window-", o.Window)
	}
	for _, b := range o.Burns {
		name := fmt.Sprintf("burn-%ds-%ds", b.Long, b.Short)
		var most *string
		if b.Most != nil {
			s := b.Most.Decimal(6)
			most = &s
		}
		w.Value(name, "slo.burn/1", report.InTimes, most, b.Alerts, "highest burn rate over %s", "höchste Verbrauchsrate über %s", report.Lasting(b.Long))
		w.Count(name+"-alerts", "slo.burn-alerts/1", report.InTimes, b.Alerts, "alerts of the rule over %s and %s", "Alarme der Regel über %s und %s", report.Lasting(b.Long), report.Lasting(b.Short))
	}
}

func inWindow(before string) text.Text {
	if before == "" {
		return text.Text{}
	}
	return text.New(", in its window", ", in seinem Fenster")
}

// ratio is a share in per cent, as figures have it.
func ratio(r *slo.Ratio) *string {
	if r == nil {
		return nil
	}
	s := r.Percent()
	return &s
}

// objectives shows how the SLOs stand: internal goals beside what was agreed.
func objectives(w *report.Writer, r avail.Result) {
	s := w.Section("Internal objectives (SLO)", "Interne Serviceziele (SLO)")
	t := s.Table("Over the period", "In der Periode").Left("Objective", "Serviceziel").Left("Counts", "Zählweise").Right("Goal", "Zielwert").
		Right("Reached", "Erreicht").Left("Result", "Ergebnis").Right("Counted", "Gezählt").Right("Budget consumed", "Budget verbraucht").Right("Budget left", "Budget übrig").Right("Coverage", "Datenabdeckung")
	window := s.Table("In their own windows, at the period’s end", "In ihren eigenen Fenstern, am Ende der Periode").Left("Objective", "Serviceziel").Left("From", "Von").Left("To", "Bis").
		Right("Reached", "Erreicht").Left("Result", "Ergebnis").Right("Budget consumed", "Budget verbraucht").Right("Budget left", "Budget übrig")
	burns := s.Table("How fast the budgets burnt at most: 1 would just use the budget up", "Höchste Verbrauchsraten: 1 verbraucht das Budget genau").Left("Objective", "Serviceziel").
		Left("Rule", "Regel").Right("Highest rate", "Höchste Rate").Left("At", "Am").Right("Alerts that would have begun", "Alarme, die begonnen hätten")
	var unmeasured []text.Text
	for _, o := range r.Objectives {
		name := report.Words(objectiveTitle(o))
		if !o.Measured || o.Period == nil {
			unmeasured = append(unmeasured, text.F("%s: %s", "%s: %s", objectiveTitle(o), o.Why))
			continue
		}
		b := *o.Period
		t.Row(name, report.Words(methodTitle(o.Method)), report.Say("%s\u202f%%", "%s\u202f%%", objectivePercent(o)), ratioCell(b.Value, o), objectiveVerdict(b.Verdict),
			report.Count(b.Good+b.Bad), ratioCell(b.Consumed, o), ratioCell(b.Remaining, o), ratioCell(b.Coverage, o))
		if x := o.Window; x != nil {
			window.Row(name, report.At(unix(x.Span.From)), report.At(unix(x.Span.To)), ratioCell(x.Value, o), objectiveVerdict(x.Verdict), ratioCell(x.Consumed, o), ratioCell(x.Remaining, o))
		}
		for _, x := range o.Burns {
			burns.Row(name, report.Say("over %s in %s and %s", "über %s in %s und %s", report.Decimal(trimmed(x.Over.Decimal(2))), report.Lasting(x.Long), report.Lasting(x.Short)),
				burnCell(x), atCell(x.At, x.Most != nil), alertsCell(x))
		}
	}
	if s.Empty() && len(unmeasured) == 0 {
		return
	}
	s.Say("Objectives are internal and tighter than what was agreed with the customer; the results above don’t depend on them. The methods count differently, so that the same data may give different results.",
		"Serviceziele sind intern und strenger als das, was mit dem Kunden vereinbart ist; die Ergebnisse oben hängen nicht von ihnen ab. Die Methoden zählen unterschiedlich, sodass dieselben Daten verschiedene Ergebnisse liefern können.")
	for _, u := range unmeasured {
		s.Say("Not measured: %s", "Nicht gemessen: %s", u)
	}
}

// methodTitle words a budgeting method.
func methodTitle(m slo.Method) text.Text {
	switch m {
	case slo.Occurrences:
		return text.New("good to all events", "gute von allen Ereignissen")
	case slo.Timeslices:
		return text.New("good to all time slices", "gute von allen Zeitabschnitten")
	case slo.RatioTimeslices:
		return text.New("mean of the time slices’ shares", "Mittelwert der Anteile der Zeitabschnitte")
	}
	return text.Same(string(m))
}

func objectiveVerdict(v slo.Verdict) report.Cell { return report.Assessed(report.Assessment(v)) }

func ratioCell(r *slo.Ratio, o avail.ObjectiveResult) report.Cell {
	return share(ratio(r), plainPercent(o.Target))
}

func burnCell(b avail.Burn) report.Cell {
	if b.Most == nil {
		return report.Nothing()
	}
	return report.Words(report.Decimal(b.Most.Decimal(2)))
}

// alertsCell counts alerts; a rule that can't fire says so.
func alertsCell(b avail.Burn) report.Cell {
	if b.Beyond {
		return report.Say("out of reach", "nicht erreichbar")
	}
	return report.Count(b.Alerts)
}

func trimmed(exact string) string {
	if !strings.Contains(exact, ".") {
		return exact
	}
	return strings.TrimRight(strings.TrimRight(exact, "0"), ".")
}
