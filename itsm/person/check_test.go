package person_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/person"
)

func TestCheck(t *testing.T) {
	for email, ok := range map[string]bool{
		"": true, "jo@example.org": true, "jo.doe+x@sub.example.org": true,
		"jo": false, "jo@": false, "@example.org": false, "Jo <jo@example.org>": false, "jo@example.org, x@example.org": false,
		"jo@example.org\r\nBcc: x@example.org": false, " jo@example.org": false, strings.Repeat("a", 250) + "@example.org": false,
	} {
		require.Equal(t, ok, person.Spec{Email: email}.Check() == nil, "%q", email)
	}
	require.NoError(t, person.Spec{Roles: []person.Role{person.Administrator, person.ProcessOwner, person.Auditor, person.Viewer}}.Check())
	require.NoError(t, person.Spec{Roles: []person.Role{person.Approver, person.ProcessOwner, person.Auditor, person.Viewer}}.Check())
	pair := fault.All(person.Spec{Roles: person.Roles()}.Check())
	require.Len(t, pair, 1, "administrator and approver at once")
	require.Equal(t, "roles", pair[0].Field)
	require.Contains(t, pair[0].Message.En, "administrator and approver don't go together")
	require.Contains(t, pair[0].Message.De, "administrator und approver schließen einander aus")
	all := fault.All(person.Spec{Roles: []person.Role{"boss", person.Viewer, person.Viewer}}.Check())
	require.Len(t, all, 2)
	require.Equal(t, "roles[0]", all[0].Field)
	require.Contains(t, all[0].Message.En, "administrator")
	require.Equal(t, "roles[2]", all[1].Field)
	require.Error(t, person.CheckName("metadata.name", person.System))
}
