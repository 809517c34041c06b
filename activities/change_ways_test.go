package activities_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/store"
)

const deskInBerlin = "{apiVersion: turnus/v1, kind: Service, metadata: {name: desk}, spec: {owner: olga, approvers: [max], calendar: 24x7, zone: Europe/Berlin}}\n---\n"

// An agreement changes no published month undecided because its service comes in
// the same call: with another zone, or again after it was retired.
func TestAServiceInTheSameCallHidesNoPublishedMonth(t *testing.T) {
	p := newPublished(t)
	tokyo := strings.Replace(deskInBerlin, "Europe/Berlin", "Asia/Tokyo", 1)
	may := strings.Replace(terms(9, ""), `from: "2026-01-01"`, `from: "2026-05-01"`, 1) // in Tokyo that is April still
	_, err := p.apply(admin, tokyo+may)
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
	require.ErrorContains(t, err, "Agreement/gold: Published reports of the service desk stand on this")
	_, err = p.apply(admin, deskInBerlin+may)
	require.NoError(t, err, "the service is as it was")

	for _, k := range []resource.Kind{resource.Agreement, resource.Service} {
		require.NoError(t, p.store.Retire(t.Context(), admin, p.now, k, map[resource.Kind]string{resource.Agreement: "gold", resource.Service: "desk"}[k]))
	}
	_, err = p.apply(admin, deskInBerlin+terms(9, ""))
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
	_, err = p.apply(admin, deskInBerlin)
	require.NoError(t, err)
	_, err = p.apply(admin, terms(9, ""))
	require.True(t, fault.Is(err, fault.Forbidden), "%v", err)
}

// Another zone from now on moves no end of an agreement that lies in a published
// month.
func TestAnotherZoneMovesNoEndThatHasPassed(t *testing.T) {
	p := newPublishedOf(t, strings.Replace(terms(4, ""), `from: "2026-01-01"`, `from: "2026-01-01", to: "2026-04-30"`, 1))
	ends := func() string {
		d, err := p.store.Declared(t.Context(), resource.Service.Ref("desk"))
		require.NoError(t, err)
		all, err := d.Agreements(p.now)
		require.NoError(t, err)
		return all[0].ValidTo.Format(time.RFC3339)
	}
	require.Equal(t, "2026-04-30T22:00:00Z", ends())
	_, err := p.apply(admin, strings.Replace(deskInBerlin, "Europe/Berlin", "Asia/Tokyo", 1))
	require.NoError(t, err, "from now on")
	require.Equal(t, "2026-04-30T22:00:00Z", ends())
}

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
