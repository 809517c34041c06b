package dataset_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/dataset"
)

// A target of 0.995 per cent is always met, and a least coverage of 0.95 per cent
// makes every figure reliable.
func TestSharesInThePlaceOfPercents(t *testing.T) {
	a := agreedOn(agreement.Availability{Coverage: "0.95"}, agreement.Availability{Coverage: "95"})[0]
	a.Spec.Targets[0].Attain, a.Spec.Targets[1].Attain = "0.995", "1"
	w := dataset.SharesForPercents(a)
	require.Len(t, w, 2)
	require.Equal(t, dataset.ShareForPercent, w[0].Code)
	require.Contains(t, w[0].Detail.En, "shop-2026/a: attain is 0.995, which is per cent")
	require.Contains(t, w[1].Detail.De, "availability.coverage ist 0.95, und das sind Prozent")
	a.Spec.Targets[0].Attain = "1e999999999"
	require.Len(t, dataset.SharesForPercents(a), 1, "what isn't a number of an agreement doesn't matter")
}
