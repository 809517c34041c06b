package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/canonical"
	"turnus/report"
	"turnus/report/receipt"
)

// As a user would: every figure of the demo's report is verified from its
// exported receipts, in an empty directory, when the server is gone.
func TestReceiptsOfTheDemo(t *testing.T) {
	e := newEngine(t, "--demo")
	e.start()
	require.Eventually(t, func() bool { return strings.Contains(e.log.String(), "each person's token is in") }, time.Minute, 50*time.Millisecond)
	const run = "sla-report/service-desk/2016-03"
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("TURNUS_URL", e.url)
	as := func(person string) { t.Setenv("TURNUS_TOKEN", e.token("demo-tokens/"+person)) }
	as("service-manager")
	task := e.asked(e.token("demo-tokens/service-manager"), run, "approval")["id"].(string)

	export := func(name string) {
		code, out, errOut := turnus(t, "", "report", run, "--receipts", "-o", name)
		require.Equal(t, 0, code, errOut)
		require.Empty(t, out)
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.EqualValues(t, 0o600, info.Mode().Perm(), "tickets are in it")
	}
	export("draft.json")
	code, _, errOut := turnus(t, "", "decide", task, "approve", "--comment", "as agreed")
	require.Equal(t, 0, code, errOut)
	e.await(e.token("demo-tokens/auditor"), run, "published")
	as("auditor")
	export("published.json")
	export("again.json")
	code, body, errOut := turnus(t, "", "report", run)
	require.Equal(t, 0, code, errOut)
	var rep report.Report
	require.NoError(t, json.Unmarshal([]byte(body), &rep))
	lists := t.TempDir()
	list := filepath.Join(lists, "tickets.json")
	code, _, errOut = turnus(t, "", "report", run, "--tickets", "-o", list)
	require.Equal(t, 0, code, errOut)
	tickets, err := os.ReadFile(list)
	require.NoError(t, err)
	require.Equal(t, rep.TicketList.SHA256, canonical.Sum(tickets), "the report names the hash of the file")
	info, err := os.Stat(list)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	code, table, errOut := turnus(t, "", "report", run, "--tickets", "--format", "csv", "--lang", "de")
	require.Equal(t, 0, code, errOut)
	require.EqualValues(t, rep.TicketList.Rows+1, strings.Count(table, "\r\n"))
	require.True(t, strings.HasPrefix(table, "\ufeffTicket;Vereinbarung;"), table[:40])
	as("viewer")
	for _, what := range []string{"--receipts", "--tickets"} {
		code, _, errOut = turnus(t, "", "report", run, what, "-o", "viewer.json")
		require.Equal(t, 1, code)
		require.Contains(t, errOut, "Not permitted")
	}
	e.stop()

	require.NoError(t, os.Unsetenv("TURNUS_TOKEN"))
	empty := t.TempDir()
	require.NoError(t, os.Rename("published.json", filepath.Join(empty, "published.json")))
	t.Chdir(empty)
	code, out, errOut := turnus(t, "", "verify", "receipt", "published.json")
	require.Equal(t, 0, code, out+errOut)
	require.Contains(t, out, "of "+run+", version 1")
	require.Contains(t, out, "report: content hash "+rep.Hash)
	require.NotContains(t, out, "not compared with their hashes", "what was agreed is in it as it was declared")
	var decided struct{ Decisions []struct{ Hash string } }
	require.NoError(t, json.Unmarshal([]byte(body), &decided))
	code, out, errOut = turnus(t, "", "verify", "receipt", "published.json", "--hash", decided.Decisions[len(decided.Decisions)-1].Hash)
	require.Equal(t, 0, code, out+errOut)
	require.NotContains(t, out, "not compared")

	b, err := os.ReadFile("published.json")
	require.NoError(t, err)
	x, err := receipt.Open(strings.NewReader(string(b)))
	require.NoError(t, err)
	require.Equal(t, rep.Figures, x.Head.Figures)
	same, err := os.ReadFile(filepath.Join(dir, "again.json"))
	require.NoError(t, err)
	require.Equal(t, b, same, "byte for byte, each time")
	draft, err := os.ReadFile(filepath.Join(dir, "draft.json"))
	require.NoError(t, err)
	require.NotEqual(t, b, draft, "it wasn't published yet")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 2)

	// One event of one ticket, an hour later.
	i := strings.Index(string(b), `"events":[{"at":"2016-03-`) + len(`"events":[{"at":"2016-03-01T`)
	b[i+1] ^= 1
	require.NoError(t, os.WriteFile("published.json", b, 0o600))
	code, out, _ = turnus(t, "", "verify", "receipt", "published.json")
	require.Equal(t, 1, code)
	require.Contains(t, out, "].hash: the file says")
	require.NoError(t, os.WriteFile("published.json", b[:len(b)-1], 0o600))
	code, _, errOut = turnus(t, "", "verify", "receipt", "published.json")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "it isn't complete")
}
