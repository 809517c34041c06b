package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
)

func FuzzCursor(f *testing.F) {
	for _, s := range []string{"", "W10", "WyJhIiwiYiJd", "WyJcdTAwMDAiLCJiIl0", cursor("2026-11-23T09:00:00Z", "x")} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key, err := Page{Cursor: s}.after(2)
		if err != nil {
			require.True(t, fault.Is(err, fault.Invalid))
		} else if s != "" {
			require.Len(t, key, 2)
			again, err := Page{Cursor: cursor(key...)}.after(2)
			require.NoError(t, err)
			require.Equal(t, key, again)
		}
	})
}
