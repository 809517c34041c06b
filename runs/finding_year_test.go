package runs_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/store"
)

// A year goes by in which nobody begins what was found: by its severity each
// finding is reminded of once and escalates once, and none is closed.
func TestAYearOfFindingsThatNobodyBegins(t *testing.T) {
	h := newHouse(t, yearFrom.AddDate(0, 0, 3).Add(9*time.Hour), service("desk", "berlin", "")...) // a Monday
	severities := []improvement.Severity{improvement.Critical, improvement.Major, improvement.Minor}
	for _, severity := range severities {
		_, err := h.store.ReportFinding(t.Context(), person.Actor{Person: "olga"}, h.now, improvement.Report{Type: improvement.Nonconformity, Severity: severity,
			Service: "desk", Title: "Callers wait", Detail: "seen", Source: improvement.Source{Kind: improvement.FromPerson}}, resource.Service.Ref("desk"), "")
		require.NoError(t, err)
	}
	for h.now = h.now.Add(3 * time.Hour); h.now.Before(yearTo); h.now = h.now.AddDate(0, 0, 1) {
		h.wake()
	}
	entries, _, err := h.store.Audit(t.Context(), store.Trail{Object: "finding/"}, store.Page{Limit: 100})
	require.NoError(t, err)
	var told []string
	for _, e := range entries {
		if e.Action != "finding.opened" {
			told = append(told, fmt.Sprintf("%s %s %s", e.At.UTC().Format("01-02"), e.Action, e.Object))
		}
	}
	require.ElementsMatch(t, []string{
		"01-05 finding.reminded finding/1", "01-06 finding.escalated finding/1",
		"01-07 finding.reminded finding/2", "01-11 finding.escalated finding/2",
		"01-18 finding.reminded finding/3", "02-01 finding.escalated finding/3",
	}, told)
	states, escalated, err := h.store.FindingCounts(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"open": 3}, states)
	require.EqualValues(t, 3, escalated)
}
