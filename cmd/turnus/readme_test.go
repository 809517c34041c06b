package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// shellOf is what README has typed under a heading.
func shellOf(t *testing.T, heading string) (blocks []string) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(readme), "\n## "+heading+"\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(section, -1) {
		blocks = append(blocks, block[1])
	}
	return blocks
}

// What README says about one's own service works as it is written: from a trial
// over a mapping and a warning to the import, and to a report that waits for its
// approver; and from its outages to a review whose receipts are verified.
func TestReadmeForOnesOwnService(t *testing.T) {
	available := shellOf(t, "How available it was")
	require.Len(t, available, 2, "one's own service, and the demo's")
	script := strings.Join(append(shellOf(t, "Use it for your own service"), available[0]), "")
	require.Greater(t, strings.Count(script, "./turnus import tickets"), 2)

	e := newEngine(t)
	e.start()
	bin, err := binary()
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.Symlink(bin, filepath.Join(dir, "turnus")))
	c := exec.Command("bash", "-e", "-o", "pipefail", "-c", script)
	c.Dir, c.Env = dir, append(os.Environ(), "TURNUS_URL="+e.url, "DATA="+e.dir)
	b, err := c.CombinedOutput()
	out := string(b)
	require.NoError(t, err, out)

	trials := strings.Split(out, "dry run, nothing was changed: 10 rows read = 10 loaded")
	require.Len(t, trials, 3, out)
	require.Contains(t, trials[1], "warning unnamed-state")
	require.Contains(t, trials[1], `"On hold"`)
	require.NotContains(t, trials[2], "warning", "the mapping was put right")
	require.Contains(t, trials[2], "import 1: 10 rows read = 10 loaded + 0 unchanged + 0 older + 0 rejected; 4 tickets changed\n")
	require.Regexp(t, `mapping +payments-log, version 1, hash`, trials[2])
	require.Contains(t, trials[2], "\nwaiting\n")
	require.Regexp(t, `ticket +T-3 of payments\n`, trials[2])
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	require.NoError(t, err)
	require.Contains(t, string(page), "payments")

	require.Contains(t, out, "2 rows read = 2 loaded")
	require.Contains(t, out, "of availability-review/payments/2026-10")
	review, err := os.ReadFile(filepath.Join(dir, "availability.html"))
	require.NoError(t, err)
	for _, said := range []string{"payments", "Deployment", "99.526", "Database update"} {
		require.Contains(t, string(review), said)
	}
}

// patient is the command for somebody who types README's lines one after the other:
// what is asked next takes a moment, and what isn't asked yet is tried again.
const patient = `#!/bin/bash
for TRY in {1..120}; do
  "$TURNUS_BINARY" "$@" 2>"$0.said" && break
  CODE=$?
  [ "$1" = decide ] && grep -q "no task" "$0.said" || break
  sleep 0.5
done
cat "$0.said" >&2
exit ${CODE:-0}
`

// What README says about drills works as it is written, in the demo: a discussion,
// which proves nothing, and a component test that proves what the plan agrees on.
func TestReadmeForDrills(t *testing.T) {
	t.Parallel() // the lines that wait for what is asked next take most of it
	blocks := shellOf(t, "What was drilled")
	require.Len(t, blocks, 2, "a discussion, and a component test")
	e := newEngine(t, "--demo")
	e.start()
	e.eventually(3*time.Minute, "the demo is in place", func() bool {
		b, err := os.ReadFile(e.dir + "/" + demoMark)
		return err == nil && strings.TrimSpace(string(b)) == "done"
	})
	auditor := e.token("demo-tokens/auditor")
	for _, r := range e.all(auditor, "/v1/runs?process=change-approval") {
		e.asked(auditor, r["id"].(string), "approval")
	}
	bin, err := binary()
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "turnus"), []byte(patient), 0o755))
	c := exec.Command("bash", "-e", "-o", "pipefail", "-c", strings.Join(blocks, ""))
	c.Dir, c.Env = dir, append(os.Environ(), "TURNUS_BINARY="+bin, "TURNUS_URL="+e.url, "DATA="+e.dir)
	b, err := c.CombinedOutput()
	out := string(b)
	require.NoError(t, err, out)

	_, shown, found := strings.Cut(out, "\nSERVICE ")
	require.True(t, found, out)
	require.Equal(t, 5, strings.Count(shown, " never "), "after the discussion: %s", out)
	runs := e.all(auditor, "/v1/runs?process=continuity-drill")
	require.Len(t, runs, 2)
	for _, r := range runs {
		e.await(auditor, r["id"].(string), "published")
	}
	drilled := e.all(auditor, "/v1/coverage?service=service-desk")
	require.Len(t, drilled, 5)
	component := drilled[0]["run"].(string)
	for _, o := range drilled {
		require.Equal(t, []any{"proved", "component", component}, []any{o["state"], o["type"], o["run"]}, o["objective"])
	}
	verdicts, values := object{}, object{}
	for _, f := range e.ask(200, auditor, "GET", "/v1/runs/"+component+"/report", nil)["figures"].([]any) {
		f := f.(object)
		verdicts[f["name"].(string)], values[f["name"].(string)] = f["verdict"], f["value"]
	}
	for _, name := range []string{"rta", "rpa", "capacity", "contacts", "decide"} {
		require.Equal(t, "met", verdicts[name], name)
	}
	require.Equal(t, []any{"70", "80.000000"}, []any{values["capacity"], values["contacts"]}, "as they were entered: 70 per cent, and four of five")
	page, err := os.ReadFile(filepath.Join(dir, "drill.html"))
	require.NoError(t, err)
	require.Contains(t, string(page), "Two people on the call")
}
