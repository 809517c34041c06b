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

// A view names at most so much, each once, and a language is one that there is.
func TestCheckView(t *testing.T) {
	many := make([]string, 501)
	for i := range many {
		many[i] = strings.Repeat("x", i+1)
	}
	for _, ok := range []person.View{{}, {Services: []string{"desk", "*"}, Customers: []string{"Shop & Söhne", "mill"}}, {Services: many[:500]}} {
		require.NoError(t, person.Spec{Sees: &ok, Language: "de"}.Check())
	}
	for field, v := range map[string]person.View{
		"sees.services": {Services: many}, "sees.customers": {Customers: many}, "sees.services[1]": {Services: []string{"desk", "desk"}},
		"sees.customers[2]": {Customers: []string{"a", "b", "a"}}, "sees.customers[0]": {Customers: []string{" "}}, "sees.customers[1]": {Customers: []string{"a", strings.Repeat("x", 201)}},
	} {
		faults := fault.All(person.Spec{Sees: &v}.Check())
		require.NotEmpty(t, faults, field)
		require.Equal(t, field, faults[0].Field)
		require.NotEmpty(t, faults[0].Message.De)
	}
	faults := fault.All(person.Spec{Language: "fr"}.Check())
	require.Len(t, faults, 1)
	require.Equal(t, "language", faults[0].Field)
	require.Contains(t, faults[0].Message.De, "„fr“ ist keine Sprache von Turnus")
}
