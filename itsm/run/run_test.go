package run_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
)

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"sla-report/payments/2026-10", "sla-report/payments/2026-10.2", "a/b/c.1", "a/b/c.02", "//", "a/b/c.99999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, attempt, err := run.ParseID(s)
		if err == nil {
			require.Equal(t, s, k.ID(attempt))
		}
	})
}
