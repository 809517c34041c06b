package task_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/task"
)

func TestWhoMayDecide(t *testing.T) {
	able := person.Spec{Roles: []person.Role{person.Approver}}
	p := task.People{
		Approvers: []string{"anton", "starter", "owner", "before", "proposer", "viewer", "left"},
		Specs: map[string]person.Spec{"anton": able, "starter": able, "owner": able, "before": able, "proposer": able,
			"viewer": {Roles: []person.Role{person.Viewer}}, "stranger": able},
		StartedBy: "starter", Owners: []string{"owner", "before"}, Proposers: []string{"former", "proposer"},
	}
	require.Equal(t, []string{"anton"}, p.Eligible())
	for who, why := range map[string]string{
		"stranger": "isn't an approver", "viewer": "doesn't have the role", "left": "doesn't have the role", "starter": "started this run",
		"owner": "owns the service", "before": "owns the service", "proposer": "proposed an exclusion", "": "isn't an approver",
	} {
		err := p.May(who)
		require.True(t, fault.Is(err, fault.Forbidden), who)
		require.ErrorContains(t, err, why, who)
		require.NotEqual(t, fault.As(err).Message.En, fault.As(err).Message.De)
		require.ErrorContains(t, p.MayWith(who, "root"), why, "whoever issued the token")
	}
	for _, issuer := range []string{"", "root", "anton", "stranger"} {
		require.NoError(t, p.MayWith("anton", issuer), issuer)
	}
	for issuer, why := range map[string]string{"starter": "started this run", "owner": "owns the service", "former": "who proposed an exclusion"} {
		err := p.MayWith("anton", issuer)
		require.True(t, fault.Is(err, fault.Forbidden), issuer)
		require.ErrorContains(t, err, why)
		require.ErrorContains(t, err, issuer)
		require.Contains(t, fault.As(err).Message.De, issuer)
	}
	// A slot starts runs in nobody's name.
	p.StartedBy = ""
	require.ErrorContains(t, p.May(""), "isn't an approver")
}
