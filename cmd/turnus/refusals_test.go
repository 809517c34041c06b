package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// as issues a token for a person; the commands use it from then on.
func as(t *testing.T, name string) {
	t.Helper()
	code, out, errOut := turnus(t, "", "token", name)
	require.Zero(t, code, errOut)
	t.Setenv("TURNUS_TOKEN", strings.TrimSpace(out))
}

// A mistyped process is answered with those that there are.
func TestStartOfAnUnknownProcess(t *testing.T) {
	organised(t)
	code, _, errOut := turnus(t, organisation, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	as(t, "owner")
	code, out, errOut := turnus(t, "", "start", "sla-reprot", "--service", "desk", "--period", "2026-10")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, errOut, `There is no process "sla-reprot"; there are: sla-report.`)
}
