package api

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
)

func FuzzAccept(f *testing.F) {
	for _, s := range []string{"", "*/*", "text/html;q=0.5, application/pdf", "text/*;q=NaN", ";;,", "application/json;q=\x00"} {
		f.Add(s)
	}
	offers := []string{"application/json", "text/html", "application/pdf"}
	f.Fuzz(func(t *testing.T, header string) {
		got, err := negotiate(header, offers...)
		require.Equal(t, err == nil, slices.Contains(offers, got))
		if err != nil {
			require.True(t, fault.Is(err, notAcceptable))
		}
	})
}
