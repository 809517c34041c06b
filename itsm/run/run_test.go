package run_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
	"turnus/itsm/task"
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

// Every state has a word in both languages.
func TestStatesHaveTitles(t *testing.T) {
	for _, s := range []run.State{run.Collecting, run.Drafting, run.Waiting, run.Published, run.Rejected, run.Cancelled, run.Failed, run.Provisional} {
		require.NotEqual(t, s.Title().En, s.Title().De, string(s))
	}
	for _, o := range task.Approval.Outcomes() {
		require.NotEqual(t, o.Title().En, o.Title().De, string(o))
	}
}
