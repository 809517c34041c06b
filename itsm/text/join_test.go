package text_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
)

func TestJoin(t *testing.T) {
	require.Equal(t, text.Text{}, text.Join(nil, ", "))
	require.Equal(t, text.New("a; c", "b; c"), text.Join([]text.Text{text.New("a", "b"), {En: "c"}}, "; "))
}
