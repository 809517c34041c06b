package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// From the command line a finding is begun once, and declined in one call, begun
// or not: an approver has to agree.
func TestDecliningFindingsFromTheCommandLine(t *testing.T) {
	e := newEngine(t)
	e.start()
	admin := e.token("admin-token")
	e.ask(200, admin, "POST", "/v1/apply", organisation)
	token := func(person string) string {
		return e.ask(201, admin, "POST", "/v1/persons/"+person+"/tokens", object{})["token"].(string)
	}
	owner, manager := token("owner"), token("manager")
	t.Setenv("TURNUS_URL", e.url)
	t.Setenv("TURNUS_TOKEN", owner)
	run := func(want int, args ...string) string {
		t.Helper()
		code, out, errOut := turnus(t, "", append([]string{"findings"}, args...)...)
		require.Equal(t, want, code, errOut)
		return out + errOut
	}
	for range 2 {
		run(0, "open", "--service", "desk", "--type", "opportunity", "--title", "Fewer forms")
	}
	require.Regexp(t, `finding 1: declined by owner, with improvement/1/\S+; an approver has to agree\n`, run(0, "decline", "1", "--reason", "no longer used"))
	require.Contains(t, run(1, "decline", "1", "--reason", "again"), "just now")
	first := run(0, "begin", "2", "--wait")
	require.Regexp(t, `^improvement/2/\d{4}-\d{2}-\d{2}\n`, first)
	require.Equal(t, first, run(0, "begin", "2"), "the run that exists")
	run(0, "decline", "2", "--reason", "no longer used")
	for _, id := range []string{"1", "2"} {
		begun := e.ask(200, manager, "GET", "/v1/findings/"+id, nil)["run"].(string)
		approval := e.asked(manager, begun, "approval")
		e.ask(200, manager, "POST", "/v1/tasks/"+approval["id"].(string)+"/decision", object{"outcome": "approve"})
		e.await(owner, begun, "published")
		require.Equal(t, "declined", e.ask(200, owner, "GET", "/v1/findings/"+id, nil)["state"])
	}
	require.Contains(t, run(1, "decline", "2", "--reason", "again"), "finding 2 is declined")
}
