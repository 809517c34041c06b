package availabilityreview_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/reviewtest"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/continuity"
	"turnus/itsm/text"
	"turnus/report"
)

// Nothing of another customer's agreement, nor of outages that the service tells
// of, comes with the section of one.
func TestAnExtractHoldsNothingOfOthers(t *testing.T) {
	const others = "othersword"
	f, data := reviewtest.Frozen("2026-06", reviewtest.Target("shop", "")), june()
	mine := f.Agreements[0].Name
	f.Title = text.Same("Shop")
	f.Agreements = append(f.Agreements, reviewtest.Agreement(others, 1, reviewtest.Target(others, "")))
	f.Objectives = nil
	for i := range data.Outages {
		data.Outages[i].Component, data.Outages[i].Cause = others, others
	}
	drill := touching(continuity.Component, "2026-06-20 02:00", "2026-06-20 06:00")
	drill.Run, drill.Touched, drill.Maintenance, drill.Title = "continuity-drill/"+others+"/2026-06-20", others, others, text.Same(others)
	f.Drills = []avail.Drill{drill}
	d, _ := drafted(t, f, data)
	require.NotEmpty(t, section(t, d, touchedEn))
	whole, err := json.Marshal(d)
	require.NoError(t, err)
	require.Greater(t, strings.Count(string(whole), others), 20)
	x, err := report.Extract(report.Report{Document: d}, []string{"shop"}, []string{mine})
	require.NoError(t, err)
	b, err := json.Marshal(x)
	require.NoError(t, err)
	require.NotContains(t, string(b), others)
	require.Len(t, x.Sections, 1)
	require.NotEmpty(t, x.Figures)
}
