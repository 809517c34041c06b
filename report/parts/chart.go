package parts

import (
	"math/big"

	"turnus/itsm/stats"
	"turnus/itsm/text"
	"turnus/report"
)

// NoLimits says that there are too few values for a control chart.
func NoLimits() text.Text {
	return text.F("no control limits: %d periods with cases are needed before this one", "keine Eingriffsgrenzen: Dafür sind %d frühere Perioden mit Fällen nötig", stats.MinBaseline)
}

// Signals words what a control chart over some periods shows.
func Signals(chart stats.Chart, periods []string) text.Text {
	if len(chart.Signals) == 0 {
		return text.New("none", "keine")
	}
	var all []text.Text
	for _, rule := range []stats.Rule{stats.Outside, stats.OneSide, stats.Steady, stats.TwoOfThree} {
		var when []text.Text // the last period of each signal
		for _, s := range chart.Signals {
			if s.Rule == rule {
				when = append(when, report.ShortPeriod(periods[s.Points[len(s.Points)-1]]))
			}
		}
		if len(when) > 0 {
			all = append(all, text.F("%s (%s)", "%s (%s)", rule, text.Join(when, ", ")))
		}
	}
	return text.Join(all, "; ")
}

// AddLimits puts those of a control chart into a chart, of which its points
// begin at a place.
func AddLimits(c *report.Chart, since int, from *stats.Chart, write func(*big.Rat) *string) {
	if from == nil {
		return
	}
	c.Centre = write(from.Centre)
	for i, p := range from.Points {
		if p.Limits != nil {
			c.Points[since+i].Lower, c.Points[since+i].Upper = write(p.Limits.LowerShown), write(p.Limits.UpperShown)
		}
	}
	for _, s := range from.Signals {
		for _, i := range s.Points {
			c.Points[since+i].Signal = true
		}
	}
}
