package availabilityreview

import (
	"fmt"
	"math/big"
	"strings"

	"turnus/itsm/availability"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/text"
	"turnus/report"
)

// Figures lists every figure of a review under the names that scripts rely on,
// each with what it was counted from: an activity, an export of receipts and
// turnus verify get the same ones.
func Figures(r avail.Result) []report.Figure {
	w := report.WriteFigures()
	for _, a := range r.Agreements {
		for _, t := range a.Targets {
			targetFigures(w.Of(report.Under(a.Name)).Below(t.Target.Name), t)
		}
	}
	for _, o := range r.Objectives {
		objectiveFigures(w.Of(report.Group{Kind: report.OfObjective, Name: o.Name}).Below(objectiveName(o)), o)
	}
	return w.Figures()
}

// availabilityName is the figure that shows whether a target was missed.
const availabilityName = "availability"

// targetFigures are those of one target: its availability with what it was
// divided from, and what else the review says of it.
func targetFigures(w report.FigureWriter, t avail.TargetResult) {
	f := t.Sum
	x := w.Value(availabilityName, "availability.share/1", report.InPercent, f.Availability, f.Failures, "availability", "Verfügbarkeit").
		Against(t.Target.Attain.String(), assessed(t.Verdict))
	x.Numerator, x.Denominator, x.Of = wholeSeconds(f), &f.Agreed, report.InSeconds

	seconds := func(name string, n int64, en, de string) {
		w.Value(name, "availability."+name+"/1", report.InSeconds, exactly(n), f.Failures, en, de)
	}
	seconds("agreed-time", f.Agreed, "agreed service time", "vereinbarte Servicezeit")
	seconds("downtime", f.Down, "downtime", "Ausfallzeit")
	if f.Lost != "" {
		w.Value("lost-time", "availability.lost-time/1", report.InSeconds, &f.Lost, f.Failures, "downtime by the shares that were gone", "Ausfallzeit nach ausgefallenen Anteilen")
	}
	seconds("maintenance", f.Maintenance, "maintenance announced in time", "rechtzeitig angekündigte Wartung")
	seconds("excused", f.Excused, "down within maintenance, excused", "Ausfall während der Wartung, entschuldigt")
	seconds("unknown-time", f.Unknown, "time without data", "Zeit ohne Daten")
	cover := w.Value("coverage", "availability.coverage/1", report.InPercent, f.Coverage, f.Failures, "coverage", "Datenabdeckung")
	measured, whole := f.Measured, f.Measured+f.Unknown
	cover.Numerator, cover.Denominator, cover.Of = &measured, &whole, report.InSeconds

	w.Count("failures", "availability.failures/1", report.InOutages, f.Failures, "outages begun", "begonnene Ausfälle")
	w.Count("restored", "availability.restored/1", report.InOutages, f.Restored, "outages ended", "beendete Ausfälle")
	mean := func(name string, s *int64, n int64, en, de string) {
		var value *string
		if s != nil {
			value = exactly(*s)
		}
		w.Value(name, "availability."+name+"/1", report.InSeconds, value, n, en, de)
	}
	mean("mtrs", f.MTRS, f.Restored, "MTRS", "MTRS")
	mean("mtbf", f.MTBF, f.Failures, "MTBF", "MTBF")
	mean("mtbsi", f.MTBSI, f.Failures, "MTBSI", "MTBSI")
	for _, c := range f.Classes {
		w.Count("class-"+className(c), "availability.class/1", report.InOutages, c.Failures, "outages, %s", "Ausfälle, %s", classTitle(c)).From(f.Failures)
	}
	userFigures(w, f)
	if b := t.Budget; b != nil {
		w.Value("budget-allowed", "availability.budget/1", report.InSeconds, &b.Allowed, f.Failures, "error budget", "Fehlerbudget")
		w.Value("budget-consumed", "availability.budget-consumed/1", report.InPercent, b.Share, f.Failures, "error budget consumed", "verbrauchtes Fehlerbudget")
	}
}

// userFigures are the bounds of what users lost; nothing where users aren't asked
// about.
func userFigures(w report.FigureWriter, f avail.Figures) {
	if f.LostLow == nil || f.LostHigh == nil {
		return
	}
	lost := func(name string, seconds int64, en, de string) {
		minutes := inMinutes(seconds)
		w.Value(name, "availability.user-minutes/1", report.InUserMinutes, &minutes, f.Failures, en, de)
	}
	lost("user-minutes-low", *f.LostLow, "user-minutes lost, at least", "verlorene Benutzerminuten, mindestens")
	lost("user-minutes-high", *f.LostHigh, "user-minutes lost, at most", "verlorene Benutzerminuten, höchstens")
	w.Value("user-availability-low", "availability.user-share/1", report.InPercent, f.UserLow, f.Failures, "availability for users, at least", "Verfügbarkeit für Benutzer, mindestens")
	w.Value("user-availability-high", "availability.user-share/1", report.InPercent, f.UserHigh, f.Failures, "availability for users, at most", "Verfügbarkeit für Benutzer, höchstens")
}

// assessed is a verdict as figures have it: what says nothing is neither met nor
// missed.
func assessed(v availability.Verdict) report.Assessment {
	switch v {
	case availability.Met:
		return report.Met
	case availability.Missed:
		return report.Missed
	}
	return report.NoData
}

// wholeSeconds is the time that the service was there, of which availability is
// the share; nil where outages that count in part leave a fraction.
func wholeSeconds(f avail.Figures) *int64 {
	up := f.Agreed - f.Down
	if f.Lost != "" {
		lost, ok := new(big.Rat).SetString(f.Lost)
		if !ok || !lost.IsInt() {
			return nil
		}
		up = f.Agreed - lost.Num().Int64()
	}
	return &up
}

func exactly(n int64) *string {
	s := decimal(n)
	return &s
}

// inMinutes writes seconds in minutes, with up to six places.
func inMinutes(seconds int64) string {
	s := big.NewRat(seconds, 60).FloatString(6)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// className is a class of durations as names have it: below-300s, 300s-1800s,
// from-14400s.
func className(c availability.Class) string {
	switch {
	case c.From == 0:
		return fmt.Sprintf("below-%ds", c.Below)
	case c.Below == 0:
		return fmt.Sprintf("from-%ds", c.From)
	}
	return fmt.Sprintf("%ds-%ds", c.From, c.Below)
}

// classTitle words a class of durations.
func classTitle(c availability.Class) text.Text {
	switch {
	case c.From == 0:
		return text.F("shorter than %s", "kürzer als %s", report.Lasting(c.Below))
	case c.Below == 0:
		return text.F("%s or longer", "%s oder länger", report.Lasting(c.From))
	}
	return text.F("%s to below %s", "%s bis unter %s", report.Lasting(c.From), report.Lasting(c.Below))
}
