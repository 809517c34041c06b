package dataset_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/dataset"
)

// agreedOn is an agreement with a target about availability for each of these
// rules.
func agreedOn(rules ...agreement.Availability) []dataset.Agreed {
	var spec agreement.Spec
	for i, a := range rules {
		spec.Targets = append(spec.Targets, agreement.Target{Name: string(rune('a' + i)), Measure: agreement.Available, Attain: json.Number("99"), Availability: &a})
	}
	return []dataset.Agreed{{Name: "shop-2026", Spec: spec}}
}

// What is spelt almost as a target's component counts under the whole service
// alone, in silence, unless it is said.
func TestComponentsThatAreAlmostAgreed(t *testing.T) {
	whole, web := agreement.Availability{Counts: agreement.CountOutages}, agreement.Availability{Counts: agreement.CountOutages, Component: "web"}
	w := dataset.Components(dataset.Outages, agreedOn(whole, web), []string{"", "Web", "mail", "web"}, false, 0)
	require.Len(t, w, 1)
	require.Equal(t, dataset.UnknownValue, w[0].Code)
	require.Contains(t, w[0].Detail.En, `the component "Web": only those about the whole service count it. Is "web" meant?`)
	require.Empty(t, dataset.Components(dataset.Outages, agreedOn(whole), []string{"Web"}, false, 0))
	require.Len(t, dataset.Components(dataset.Outages, agreedOn(web), []string{"Web"}, false, 0), 1, "said once")
}

// Samples count nowhere where no target says how they are read.
func TestSamplesThatNobodyReads(t *testing.T) {
	outages := agreement.Availability{Counts: agreement.CountOutages}
	w := dataset.Components(dataset.Probes, agreedOn(outages), []string{"web"}, false, 0)
	require.Len(t, w, 1)
	require.Equal(t, dataset.NoTarget, w[0].Code)
	require.Contains(t, w[0].Detail.De, "Keine Kennzahl wertet sie.")
	require.Empty(t, dataset.Components(dataset.Outages, agreedOn(outages), nil, false, 0))
	beside := outages
	beside.Probes = &agreement.Probing{Every: 60}
	require.Empty(t, dataset.Components(dataset.Probes, agreedOn(outages, beside), []string{"web"}, false, 0))
}
