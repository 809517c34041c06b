package availabilityreview

import (
	"math/big"

	"turnus/itsm/availability"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/text"
	"turnus/report"
)

// summary gives the headlines. Percentages are never added up or averaged: of
// several targets that which leaves least of its budget stands for all.
func summary(w *report.Writer, r avail.Result, looked investigations) {
	var met, missed, silent, unreliable int64
	var worst, longest, least *avail.TargetResult
	var ofWorst, ofLongest, ofLeast text.Text
	eachTarget(r, func(a avail.AgreementResult, t avail.TargetResult) {
		switch t.Verdict {
		case availability.Met:
			met++
		case availability.Missed:
			missed++
		default:
			silent++
		}
		if t.Sum.Availability != nil && !t.Sum.Reliable {
			unreliable++
		}
		if t.Sum.Availability != nil && (worst == nil || margin(t).Cmp(margin(*worst)) < 0) {
			worst, ofWorst = &t, targetName(r, a, t)
		}
		if t.Sum.Availability != nil && (longest == nil || t.Sum.Down > longest.Sum.Down) {
			longest, ofLongest = &t, targetName(r, a, t)
		}
		if t.Sum.Coverage != nil && (least == nil || rat(*t.Sum.Coverage).Cmp(rat(*least.Sum.Coverage)) < 0) {
			least, ofLeast = &t, targetName(r, a, t)
		}
	})
	all := met + missed + silent
	if met+missed == 0 {
		w.Tile("Targets met", "Ziele erreicht", report.Nothing()).Say("nothing to hold against them", "nichts zu vergleichen")
	} else {
		tile := w.Tile("Targets met", "Ziele erreicht", report.Say("%d of %d", "%d von %d", met, all)).Say("%d missed", "%d verfehlt", missed)
		if silent > 0 {
			tile.Say("%s; %d without a result", "%s; %d ohne Ergebnis", tile.Note, silent)
		}
		if unreliable > 0 {
			tile.Say("%s; %d not reliable", "%s; %d nicht belastbar", tile.Note, unreliable)
		}
		if missed > 0 || silent+unreliable == 0 {
			tile.Judge(missed == 0)
		}
	}
	several := all > 1
	of := func(name, said text.Text) text.Text {
		if several {
			return text.F("%s; %s", "%s; %s", name, said)
		}
		return said
	}
	if worst == nil {
		w.Tile("Availability", "Verfügbarkeit", report.Nothing()).Say("nothing is known", "keine Daten")
	} else {
		label := [2]string{"Availability", "Verfügbarkeit"}
		if several {
			label = [2]string{"Furthest below target, or nearest", "Am weitesten unter oder am nächsten am Ziel"}
		}
		w.Tile(label[0], label[1], share(worst.Sum.Availability, worst.Target.Attain.String())).
			Say("%s", "%s", of(ofWorst, text.F("agreed %s\u202f%%", "vereinbart %s\u202f%%", report.Decimal(worst.Target.Attain.String())))).Judge(worst.Verdict != availability.Missed)
	}
	if longest == nil {
		w.Tile("Downtime", "Ausfallzeit", report.Nothing()).Say("nothing is known", "keine Daten")
	} else {
		label := [2]string{"Downtime in agreed time", "Ausfallzeit in vereinbarter Zeit"}
		if several {
			label = [2]string{"Most downtime in agreed time", "Längste Ausfallzeit in vereinbarter Zeit"}
		}
		w.Tile(label[0], label[1], report.Seconds(longest.Sum.Down)).Say("%s", "%s", of(ofLongest, text.F("of %s", "von %s", report.Lasting(longest.Sum.Agreed))))
	}
	outageTiles(w, r, looked)
	if least == nil {
		w.Tile("Coverage", "Datenabdeckung", report.Nothing()).Say("no agreed time", "keine vereinbarte Zeit")
		return
	}
	label := [2]string{"Coverage", "Datenabdeckung"}
	if several {
		label = [2]string{"Least coverage", "Geringste Datenabdeckung"}
	}
	w.Tile(label[0], label[1], share(least.Sum.Coverage, "")).
		Say("%s", "%s", of(ofLeast, text.F("without data: %s", "ohne Daten: %s", report.Lasting(least.Sum.Unknown)))).Judge(least.Sum.Reliable)
}

// outageTiles count unplanned outages, and those that nobody has investigated.
func outageTiles(w *report.Writer, r avail.Result, looked investigations) {
	var begun, open int64
	for _, o := range r.Outages {
		if o.Begins {
			begun++
		}
		if o.Open {
			open++
		}
	}
	tile := w.Tile("Unplanned outages", "Ungeplante Ausfälle", report.Count(begun)).Say("begun in the period", "in der Periode begonnen")
	if open > 0 {
		tile.Say("%s; not over: %s", "%s; nicht beendet: %s", tile.Note, report.Number(open)).Judge(false)
	}
	missing, asked := looked.missing(r)
	if asked == 0 {
		w.Tile("Investigations missing", "Fehlende Untersuchungen", report.Nothing()).Say("no unplanned outage", "kein ungeplanter Ausfall")
		return
	}
	w.Tile("Investigations missing", "Fehlende Untersuchungen", report.Count(missing)).Say("%s", "%s", text.N(asked, text.New("of one outage", "von einem Ausfall"), text.F("of %s outages", "von %s Ausfällen", report.Number(asked)))).Judge(missing == 0)
}

// margin is how far a target is above what was agreed, in shares of what may be
// missing; below it is negative.
func margin(t avail.TargetResult) *big.Rat {
	got, agreed := rat(*t.Sum.Availability), rat(t.Target.Attain.String())
	left := new(big.Rat).Sub(big.NewRat(100, 1), agreed)
	above := new(big.Rat).Sub(got, agreed)
	if left.Sign() <= 0 {
		return above
	}
	return above.Quo(above, left)
}

// rat reads an exact decimal; what isn't one is 0.
func rat(s string) *big.Rat {
	if r, ok := new(big.Rat).SetString(s); ok {
		return r
	}
	return new(big.Rat)
}

// inError says that the agreed value lies within the sampling error of a target.
func inError(t avail.TargetResult) bool {
	s := t.Sampling
	if s.Low == nil || s.High == nil || s.Error == 0 {
		return false
	}
	agreed := rat(t.Target.Attain.String())
	return rat(*s.Low).Cmp(agreed) < 0 && rat(*s.High).Cmp(agreed) >= 0
}

// ratTo writes a fraction with so many places.
func ratTo(num, den int64, places int) string { return big.NewRat(num, den).FloatString(places) }

// shareOf reads an exact decimal that may be missing; then it is 0.
func shareOf(s *string) *big.Rat {
	if s == nil {
		return new(big.Rat)
	}
	return rat(*s)
}
