package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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
