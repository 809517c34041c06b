package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/imports"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/store"
)

// An agreement under a published month goes its whole way: proposed, drafted,
// approved, in force; and one that was overtaken while it waited ends its run as
// failed, and says so.
func TestAnAgreementIsDecided(t *testing.T) {
	h := newHouse(t, false, organisation)
	h.decide(time.Hour, "max", 1, task.Approve)
	require.Equal(t, run.Published, h.run().State)

	agreed := organisation[strings.Index(organisation, "kind: Agreement")-len("apiVersion: turnus/v1\n"):]
	apply := func(by person.Actor, from, to string) store.Change {
		docs, err := imports.Resources([]byte(strings.Replace(agreed, from, to, 1)))
		require.NoError(t, err)
		changes, err := h.store.Apply(t.Context(), by, friday.Add(2*time.Hour), docs, false)
		require.NoError(t, err)
		return changes[0]
	}
	olga := person.Actor{Person: "olga", Roles: []person.Role{person.ProcessOwner}}
	propose := func(within string) {
		c := apply(olga, "PT4H", within)
		require.Equal(t, store.Proposed, c.Change)
		key, attempt, err := run.ParseID(c.Run)
		require.NoError(t, err)
		h.play(store.NewRun{Key: key}.Input(attempt))
	}
	version := func() int {
		v, err := h.store.Resource(t.Context(), resource.Agreement, "desk-2016")
		require.NoError(t, err)
		return v.Version
	}

	propose("PT9H")
	refused := h.decide(time.Hour, "olga", 1, task.Approve)
	h.decide(2*time.Hour, "max", 1, task.Approve)
	r := h.run()
	require.Error(t, refused.failed, "she proposed it")
	require.Equal(t, run.Published, r.State)
	require.Equal(t, 2, version())

	propose("PT10H")
	h.at(time.Hour, func() { apply(h.admin, `from: "2016-01-01"`, `from: "2016-05-01"`) })
	h.decide(2*time.Hour, "max", 1, task.Approve)
	r = h.run()
	require.Equal(t, run.Failed, r.State)
	require.Contains(t, r.Outcome.De, "Agreement/desk-2016 wurde seit dem Vorschlag geändert: Inzwischen gibt es Version 3, und der Vorschlag ändert Version 2.")
	require.Equal(t, 3, version())
}
