package slareport

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// Nothing of another customer's agreement, nor of whatever the service has of its
// own, comes with the section of one.
func TestAnExtractHoldsNothingOfOthers(t *testing.T) {
	const others = "othersword"
	f, r := frozenMarch(), resultMarch()
	f.Title = text.Same("Desk")
	f.Agreements = append(f.Agreements, sla.Agreement{Name: others, Title: text.Same(others), Version: 1, Hash: others, Spec: agreement.Spec{Service: "service-desk", Customer: others}})
	f.Calendars[0].Name = others
	f.Rejects[0].Reason = text.Same(others)
	f.TZData = others
	more := resultMarch().Agreements[0]
	more.Name, more.Title, more.Customer = others, text.Same(others), others
	for i := range more.Targets {
		more.Targets[i].Target.Name = others + more.Targets[i].Target.Name
		more.Targets[i].Worst = []sla.Worst{{Number: others}}
	}
	for i := range more.Workload {
		more.Workload[i].Limit.Name = others
	}
	r.Agreements = append(r.Agreements, more)
	d := document(f, r)
	whole, err := json.Marshal(d)
	require.NoError(t, err)
	require.Greater(t, strings.Count(string(whole), others), 50)
	x, err := report.Extract(report.Report{Document: d}, []string{"internal-users"}, []string{"service-desk-2016"})
	require.NoError(t, err)
	b, err := json.Marshal(x)
	require.NoError(t, err)
	require.NotContains(t, string(b), others)
	require.Len(t, x.Sections, 1)
	require.Equal(t, "Results: Service desk 2016", x.Sections[0].Title.En)
	require.Len(t, x.Figures, len(Figures(resultMarch())))
}
