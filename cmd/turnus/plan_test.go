package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
)

// The last six months are of the past, so that their slots are due.
func monthly(t *testing.T) (file, from string) {
	now := time.Now().UTC()
	from = time.Date(now.Year(), now.Month()-6, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	file = filepath.Join(t.TempDir(), "plan.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
apiVersion: turnus/v1
kind: Interval
metadata: {name: monthly}
spec:
  process: sla-report
  scope: desk
  rule: {day: 1, of: month, at: "06:00"}
  adjust: none
  events: [major-change]
  reason: The customer reads it in the first week.
  valid: {from: "`+from+`"}
`), 0o600))
	return file, from
}

// The plan from the command line: previewed, proposed, in force, paused and
// resumed, missed and backfilled.
func TestPlan(t *testing.T) {
	s := organised(t)
	code, _, errOut := turnus(t, organisation, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	file, from := monthly(t)
	code, out, errOut := turnus(t, "", "plan", "-f", file)
	require.Zero(t, code, errOut)
	require.Regexp(t, `^SLOT +DUE +INTERVAL\nsla-report/desk/\d{4}-\d\d +\S+Z +monthly\n`, out)
	require.InDelta(t, 14, strings.Count(out, "\n"), 1, "thirteen months ahead") // one more or less at a month's end
	code, out, _ = turnus(t, "", "plan", "-f", file, "--from", from)
	require.Zero(t, code)
	require.InDelta(t, 21, strings.Count(out, "\n"), 1)

	for _, who := range []string{"owner", "manager"} {
		_, secret, err := s.FirstToken(t.Context(), time.Now(), who, time.Hour)
		require.NoError(t, err)
		t.Setenv(strings.ToUpper(who), secret)
	}
	t.Setenv("TURNUS_TOKEN", os.Getenv("OWNER"))
	code, out, errOut = turnus(t, "", "apply", "-f", file, "--dry-run")
	require.Zero(t, code, errOut)
	require.Regexp(t, `(?s)^proposed Interval/monthly\n.*  \+ +process: sla-report\n`, out)
	code, out, errOut = turnus(t, "", "apply", "-f", file)
	require.Zero(t, code, errOut)
	m := regexp.MustCompile(`^proposed Interval/monthly  (change-approval/interval-monthly/\S+)\n$`).FindStringSubmatch(out)
	require.NotNil(t, m, out)
	code, again, _ := turnus(t, "", "apply", "-f", file)
	require.Zero(t, code)
	require.Equal(t, out, again, "it waits already")
	code, out, _ = turnus(t, "", "plan", "ledger", "--json")
	require.Zero(t, code)
	require.JSONEq(t, `[]`, out)
	storetest.Enact(t, s, time.Now(), "manager", m[1])
	require.NoError(t, s.FallDue(t.Context(), time.Now()))

	code, out, errOut = turnus(t, "", "plan", "--service", "desk", "--process", "sla-report", "--state", "due", "--json")
	require.Zero(t, code, errOut)
	var due []struct{ Process, Scope, Period, State string }
	require.NoError(t, json.Unmarshal([]byte(out), &due))
	require.GreaterOrEqual(t, len(due), 6)
	code, out, _ = turnus(t, "", "plan", "--to", from)
	require.Zero(t, code)
	require.Equal(t, "SLOT  DUE  STATE  RUN  REASON\n", out)

	slot := "sla-report/desk/" + due[0].Period
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"pause", "monthly", "--reason", "we move"}, `^paused Interval/monthly since \S+Z by owner: we move\n$`},
		{[]string{"resume", "monthly", "--reason", "we moved"}, `^running Interval/monthly\n$`},
		{[]string{"miss", slot, "--reason", "no data of that month"}, `^missed ` + slot + `\n$`},
		{[]string{"ledger"}, `(?m)^monthly +sla-report +desk +\d+ +0 +0 +1 +0 +\d+ *$`},
		{[]string{"backfill", "monthly", "--from", due[0].Period + "-01", "--to", time.Now().UTC().Format(time.DateOnly), "--reason", "found it"}, `(?m)^` + slot + ` +\S+Z +due *$`},
		{[]string{"event", "major-change", "--service", "desk", "--detail", "a new ticket system"}, `(?m)^sla-report/desk/\d{4}-\d\d +\S+Z +due`},
	} {
		code, out, errOut := turnus(t, "", append([]string{"plan"}, step.args...)...)
		require.Zero(t, code, "%v: %s", step.args, errOut)
		require.Regexp(t, step.want, out)
	}
	code, _, errOut = turnus(t, "", "plan", "event", "invocation", "--service", "desk", "--detail", "a fire")
	require.Zero(t, code)
	require.Contains(t, errOut, "no interval of desk names invocation")
	code, _, errOut = turnus(t, "", "plan", "start", slot)
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "no imported data")

	t.Setenv("TURNUS_TOKEN", os.Getenv("MANAGER"))
	code, _, errOut = turnus(t, "", "plan", "pause", "monthly", "--reason", "x")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "Not permitted")
	code, out, _ = turnus(t, "", "plan", "--state", "open")
	require.Zero(t, code)
	require.InDelta(t, 21, strings.Count(out, "\n"), 1)

	// What is missed and waived afterwards shows as both.
	t.Setenv("TURNUS_TOKEN", os.Getenv("OWNER"))
	code, _, errOut = turnus(t, "", "plan", "miss", slot, "--reason", "no data after all")
	require.Zero(t, code, errOut)
	code, out, errOut = turnus(t, `{apiVersion: turnus/v1, kind: Waiver, metadata: {name: first}, spec: {process: sla-report, scope: desk, periods: ["`+due[0].Period+`"], reason: out of use}}`, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	storetest.Enact(t, s, time.Now(), "manager", regexp.MustCompile(`change-approval/\S+`).FindString(out))
	_, out, _ = turnus(t, "", "plan", "--state", "waived")
	require.Regexp(t, `(?m)^`+slot+` +\S+Z +missed, then waived +out of use$`, out)
	_, out, _ = turnus(t, "", "plan", "ledger")
	require.Regexp(t, `(?m) 0 +1 +\d+ +1 waived after the tolerance; 1 missed, then waived$`, out)
}
