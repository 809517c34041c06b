package calendar

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
)

// Each region of which holidays are known has a name in both languages.
func TestRegionsHaveNames(t *testing.T) {
	for _, code := range Regions() {
		require.NotEqual(t, text.Same(code), InRegion(code), code)
	}
	require.Len(t, places(), len(Regions()), "no name without a region")
	require.Equal(t, text.New("in Saarland", "im Saarland"), InRegion("DE-SL"))
	require.Equal(t, text.Same("XX"), InRegion("XX"))
}
