package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/process"
)

// What a start is about is asked for by the kind of scope that its process has.
func TestScopesAreAskedForByKind(t *testing.T) {
	for _, c := range []struct {
		of    process.Scope
		body  StartBody
		scope string
		field string // of the fault
	}{
		{process.OfService, StartBody{Service: "desk"}, "desk", ""},
		{process.OfService, StartBody{Scope: "desk"}, "desk", ""},
		{process.OfService, StartBody{Service: "desk", Scope: "desk"}, "desk", ""},
		{process.OfService, StartBody{Service: "desk", Scope: "mail"}, "", "body.scope"},
		{process.OfService, StartBody{}, "", "body.service"},
		{process.OfOrganisation, StartBody{}, "", ""}, // there is one at most
		{process.OfOrganisation, StartBody{Scope: "acme"}, "acme", ""},
		{process.OfOrganisation, StartBody{Service: "acme"}, "", "body.service"},
	} {
		scope, err := c.body.scopeFor(process.Process{Name: "review", Scope: c.of})
		require.Equal(t, c.scope, scope)
		if c.field == "" {
			require.NoError(t, err)
			continue
		}
		require.True(t, fault.Is(err, fault.Invalid))
		require.Equal(t, c.field, fault.As(err).Field)
	}
}

// What there isn't is named by the field in which it was given.
func TestAnUnknownScopeIsNamedAsItWasGiven(t *testing.T) {
	h := newHouse(t)
	for _, field := range []string{"service", "scope"} {
		w := h.as(t, "owner", "POST", "/v1/processes/sla-report/runs", `{"`+field+`":"acme","period":"2026-10"}`)
		require.Equal(t, 404, w.Code)
		require.Equal(t, field, problemIn(t, w).Errors[0].Location)
	}
}
