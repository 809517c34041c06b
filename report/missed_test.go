package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
)

// A figure that doesn't keep to what was agreed says so in one line, and has the
// same key in each period.
func TestMisses(t *testing.T) {
	w := WriteFigures()
	gold := w.Of(Under("gold"))
	p1 := gold.Below("p1-resolution")
	p1.Share("attainment", "sla.attainment/1", 18, 85, "attainment", "Erfüllungsgrad").Against("95", Missed)
	p1.Share("attainment"+IfAll, "sla.attainment-all/1", 18, 86, "attainment", "Erfüllungsgrad").Against("95", Missed)
	p1.Share("kept", "x/1", 1, 1, "kept", "gehalten").Against("95", Met)
	gold.Count("workload.tickets", "sla.workload/1", InTickets, 1512, "Workload: tickets a month", "Aufkommen: Tickets je Monat").Against("1400", Missed)
	rounds := "94.999999"
	w.Value("availability", "x/1", InPercent, &rounds, 1, "Availability", "Verfügbarkeit").Against("95.0", Missed)
	whole := "95.000000" // an exact share a little below
	w.Value("edge", "x/1", InPercent, &whole, 1, "Edge", "Rand").Against("95", Missed)
	type miss struct {
		key   string
		above bool
		words text.Text
	}
	var got []miss
	for _, f := range Misses(w.Figures()) {
		got = append(got, miss{f.Key(), f.Above(), f.InWords()})
	}
	require.Equal(t, []miss{
		{"gold/p1-resolution", false, text.New("p1-resolution: attainment: 18 of 85, 21.18\u00a0%; agreed are 95\u00a0% (gold)", "p1-resolution: Erfüllungsgrad: 18 von 85, 21,18\u00a0%; vereinbart sind 95\u00a0% (gold)")},
		{"gold/workload.tickets", true, text.New("Workload: tickets a month: 1,512\u00a0tickets; the limit is 1,400\u00a0tickets (gold)", "Aufkommen: Tickets je Monat: 1.512\u00a0Tickets; die Grenze liegt bei 1.400\u00a0Tickets (gold)")},
		{"availability", false, text.New("Availability: 94.999999\u00a0%; agreed are 95.0\u00a0%", "Verfügbarkeit: 94,999999\u00a0%; vereinbart sind 95,0\u00a0%")},
		{"edge", false, text.New("Edge: 95.000000\u00a0%; agreed are 95\u00a0%", "Rand: 95,000000\u00a0%; vereinbart sind 95\u00a0%")},
	}, got)
}
