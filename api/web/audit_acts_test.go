package web

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/client"
)

// What is declared counts from then on, or says since when; one that was approved
// stands beside its run.
func TestWhatIsBackdated(t *testing.T) {
	for after, want := range map[string]string{
		`{"version": 1, "valid_from": "0001-01-01T00:00:00Z", "at": "2026-11-30T13:33:12Z", "resource": {}}`:                                     "",
		`{"version": 2, "valid_from": "2026-11-30T13:33:12Z", "at": "2026-11-30T13:33:12Z", "resource": {}}`:                                     "",
		`{"version": 1, "valid_from": "2016-01-01T00:00:00Z", "at": "2026-11-30T13:33:12Z", "resource": {}}`:                                     "Counts from 1 January 2016, 00:00\u00a0UTC, and was declared 30 November 2026, 13:33:12\u00a0UTC",
		`{"version": {"version": 2, "valid_from": "2026-10-01T00:00:00Z", "at": "2026-11-30T13:33:12Z"}, "run": "change-approval/x/2026-11-30"}`: "Counts from 1 October 2026, 00:00\u00a0UTC, and was declared 30 November 2026, 13:33:12\u00a0UTC",
		`{"version": {"version": 2, "valid_from": "2026-12-01T00:00:00Z", "at": "2026-11-30T13:33:12Z"}, "run": "change-approval/x/2026-11-30"}`: "",
		`[]`: "This entry can't be read: look at it itself",
	} {
		var e client.Entry
		e.Action, e.After = "resource.changed", json.RawMessage(after)
		what, ok := afterTheFact(e)
		require.Equal(t, want != "", ok, after)
		if ok {
			require.Equal(t, want, what.En, after)
		}
	}
}
