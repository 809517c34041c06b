package improvement_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/improvement"
)

func TestEachKindHasATitle(t *testing.T) {
	for _, k := range improvement.Kinds() {
		title := improvement.KindTitle(k)
		require.NotEqual(t, title.En, title.De, k)
	}
}
