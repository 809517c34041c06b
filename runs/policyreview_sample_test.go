//go:build sample

package runs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/runs"
	"turnus/store"
)

// A process about the organisation is planned as one about a service is: its
// owner proposes, an approver of its decides, the slot falls due in its zone, the
// waker begins the run, and the ledger holds.
func TestAReviewOfTheOrganisationIsPlanned(t *testing.T) {
	h := newHouse(t, day("2027-01-10 12:00"), doc(resource.Organisation, "example", `{'owner':'olga','approvers':['anton'],'calendar':'berlin'}`))
	about := resource.Ref{Kind: resource.Organisation, Name: "example"}
	planned := func(kind resource.Kind, rest string) resource.Raw {
		return doc(kind, "policy", `{'process':'policy-review','scope':'example','reason':'clause 5.2',`+rest+`}`)
	}
	id, err := h.propose(planned(resource.Interval, `'rule':{'day':3,'of':'month','at':'06:00'},'tolerance':5,'valid':{'from':'2027-02-01'}`))
	require.NoError(t, err)
	decides, err := h.store.Run(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, about, decides.About, "whose approvers decide")
	require.Empty(t, decides.Service)
	require.NoError(t, h.enact(id))

	slots, _, err := h.store.Slots(t.Context(), store.Slots{Process: process.Sample, Sight: store.Sight{All: true}}, store.Page{Limit: 100})
	require.NoError(t, err)
	require.NotEmpty(t, slots)
	first := slots[0].Key
	require.Equal(t, run.Key{Process: process.Sample, Scope: "example", Period: "2027-02-02"}, first, "the day before")
	state := func() planning.State {
		s, err := h.store.Slot(t.Context(), first)
		require.NoError(t, err)
		return s.State
	}
	h.now = day("2027-02-03 04:59")
	h.wake()
	require.Equal(t, planning.Planned, state())
	h.now = day("2027-02-03 05:00") // six o'clock in Berlin
	h.wake()
	require.Equal(t, planning.InWork, state())
	r, err := h.store.Run(t.Context(), first.ID(1))
	require.NoError(t, err)
	require.Equal(t, about, r.About)
	require.Equal(t, "olga", r.Owner)
	require.Empty(t, r.StartedBy, "a slot")
	h.end(r.ID, run.Published)
	require.Equal(t, planning.Done, state())

	// A waiver, too, and what isn't the organisation's.
	h.inForce(doc(resource.Waiver, "policy", `{'process':'policy-review','scope':'example','periods':['2027-03-02'],'reason':'at rest'}`))
	s, err := h.store.Slot(t.Context(), run.Key{Process: process.Sample, Scope: "example", Period: "2027-03-02"})
	require.NoError(t, err)
	require.Equal(t, planning.Waived, s.State)
	h.apply(root, service("desk", "berlin", "")...)
	for _, refused := range []resource.Raw{
		doc(resource.Interval, "wrong", `{'process':'policy-review','scope':'desk','reason':'x','rule':{'day':3,'of':'month','at':'06:00'},'valid':{'from':'2027-02-01'}}`),
		interval("wrong", "example", good),
	} {
		_, err := h.propose(refused)
		require.True(t, fault.Is(err, fault.Invalid), "%v", err)
		require.Contains(t, fault.All(err)[0].Field, "scope")
	}
}

// Whoever declared the organisation doesn't approve, and a start that nobody
// could decide on says so of its approvers, in the field that was given.
func TestNobodyCouldDecideOnAReviewOfTheOrganisation(t *testing.T) {
	h := newHouse(t, day("2027-01-10 12:00"), doc(resource.Organisation, "example", `{'owner':'olga','approvers':['anton'],'calendar':'berlin'}`))
	anton := person.Actor{Person: "anton", Roles: []person.Role{person.Approver}}
	h.apply(anton, doc(resource.Organisation, "example", `{'owner':'olga','approvers':['anton'],'calendar':'24x7','zone':'Europe/Berlin'}`))
	_, _, err := h.runs.Start(t.Context(), olga, runs.Start{Process: process.Sample, Period: "2027-01-09"})
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	require.Equal(t, "scope", fault.As(err).Field)
	require.Contains(t, err.Error(), "anton declared Organisation/example")
	require.NotContains(t, strings.ToLower(fault.As(err).Message.En+fault.As(err).Message.De), "service", "it is about none")
}
