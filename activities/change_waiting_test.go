package activities_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/store"
)

// What a proposal names that waits for its decision stays as the approver looks
// at it: a calendar that nothing else has in force isn't corrected meanwhile.
func TestACalendarBehindAProposalStays(t *testing.T) {
	p := newPublished(t)
	_, err := p.apply(admin, strings.Replace(calendarFrom("2026-01-01"), "name: office", "name: spare", 1))
	require.NoError(t, err, "nothing stands on it")
	changes, err := p.apply(owner, strings.Replace(terms(9, ""), "calendar: 24x7", "calendar: spare", 1))
	require.NoError(t, err)
	require.Equal(t, store.Proposed, changes[0].Change)
	other := strings.NewReplacer("name: office", "name: spare", "2026-04-07", "2026-04-08").Replace(calendarFrom("2026-01-01"))
	_, err = p.apply(admin, other)
	require.True(t, fault.Is(err, fault.Forbidden), "%v", err)
	require.NoError(t, p.approve(changes[0].Run))
}
