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

	"turnus/client"
	"turnus/itsm/improvement"
)

// Findings as people open, list and show them; a wrong call says what would be
// right, before the server is asked.
func TestFindingsFromTheCommandLine(t *testing.T) {
	organised(t)
	code, _, errOut := turnus(t, organisation, "apply", "-f", "-")
	require.Equal(t, 0, code, errOut)
	open := func(args ...string) (int, string, string) {
		t.Helper()
		return turnus(t, "", append([]string{"findings", "open", "--service", "desk", "--title", "Access list not reviewed"}, args...)...)
	}
	nonconformity := []string{"--type", "nonconformity", "--severity", "major", "--detail", "Not since May.", "--source", "audit", "--source-name", "2026-2", "--key", "access"}
	code, out, errOut := open(nonconformity...)
	require.Equal(t, 0, code, errOut)
	require.Equal(t, "finding 1: nonconformity, open, seen 1\n", out)
	nonconformity[len(nonconformity)-3] = "2026-3"
	code, out, errOut = open(nonconformity...)
	require.Equal(t, 0, code, errOut)
	require.Equal(t, "finding 1: nonconformity, open, seen 2\n", out)
	code, _, errOut = open("--type", "opportunity")
	require.Equal(t, 0, code, errOut)

	code, out, errOut = turnus(t, "", "findings")
	require.Equal(t, 0, code, errOut)
	require.Regexp(t, `^ID +TYPE +STATE +SEVERITY +SEEN +SERVICE +LAST +TITLE\n`+
		`2 +opportunity +open +minor +1 +desk +\S+Z +Access list not reviewed\n1 +nonconformity +open +major +2 +desk +\S+Z +Access list not reviewed\n$`, out)
	for query, found := range map[string]int{"--type opportunity": 1, "--severity major": 1, "--state closed": 0, "--state all": 2, "--kind reported": 2, "--escalated": 0} {
		code, out, errOut = turnus(t, "", append([]string{"findings", "--service", "desk", "--json"}, strings.Fields(query)...)...)
		require.Equal(t, 0, code, errOut)
		var list []any
		require.NoError(t, json.Unmarshal([]byte(out), &list))
		require.Len(t, list, found, query)
	}
	code, out, errOut = turnus(t, "", "findings", "show", "1")
	require.Equal(t, 0, code, errOut)
	require.Regexp(t, `(?s)^Access list not reviewed\n\nfinding +1\n.*found by +admin\n.*detail +Not since May\.\n.*SEEN +SOURCE +NAME.*audit +2026-2 +admin.*audit +2026-3 +admin`, out)
	code, out, errOut = turnus(t, "", "findings", "show", "1", "--json")
	require.Equal(t, 0, code, errOut)
	var f client.SeenFinding
	require.NoError(t, json.Unmarshal([]byte(out), &f))
	require.Len(t, f.Sightings, 2)

	dir := t.TempDir()
	note := filepath.Join(dir, "note.txt")
	require.NoError(t, os.WriteFile(note, []byte("the list of May\n"), 0o600))
	code, out, errOut = open("--type", "opportunity", "--file", note)
	require.Equal(t, 0, code, errOut)
	require.Equal(t, "finding 3: opportunity, open, seen 1\n", out)
	_, out, _ = turnus(t, "", "findings", "show", "3")
	sum := regexp.MustCompile(`note\.txt +text/plain +16 +admin +\S+ +([0-9a-f]{64})`).FindStringSubmatch(out)
	require.NotNil(t, sum, out)
	code, _, errOut = turnus(t, "", "findings", "show", "3", "--file", sum[1], "-o", filepath.Join(dir, "again.txt"))
	require.Equal(t, 0, code, errOut)
	again, err := os.ReadFile(filepath.Join(dir, "again.txt"))
	require.NoError(t, err)
	require.Equal(t, "the list of May\n", string(again))
	code, _, errOut = open("--type", "opportunity", "--file", filepath.Join(dir, "none.txt"))
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "finding 4 is on record, without")

	for message, args := range map[string][]string{
		"needs --file SHA256 and -o":    {"findings", "show", "1", "--file", "x"},
		"nonconformity needs evidence":  {"findings", "open", "--type", "nonconformity", "--title", "x"},
		"isn't a type of finding":       {"findings", "open", "--type", "idea", "--title", "x"},
		"isn't the number of a finding": {"findings", "show", "one"},
		`"0" isn't the number of`:       {"findings", "decline", "0", "--reason", "x"},
		"--reason is empty":             {"findings", "decline", "1", "--reason", " "},
	} {
		code, out, errOut = turnus(t, "", args...)
		require.Equal(t, 2, code, errOut)
		require.Empty(t, out)
		require.Contains(t, errOut, message)
	}
	code, _, errOut = turnus(t, "", "findings", "--kind", "misssed-target")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, words(improvement.Kinds(), ", "))
	code, _, errOut = turnus(t, "", "findings", "show", "9")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "There is no finding 9.")
}

// An improvement that has begun is found on any later day, under the day on
// which it began.
func TestFindingBegunBefore(t *testing.T) {
	s := organised(t)
	code, _, errOut := turnus(t, organisation, "apply", "-f", "-")
	require.Equal(t, 0, code, errOut)
	for _, statement := range []string{
		`INSERT INTO run (id, process, scope, service, about_kind, about, about_version, owner, period, attempt, state, input, created_at, started_by)
			VALUES ('improvement/1/2026-11-01', 'improvement', '1', 'desk', 'Service', 'desk', 1, 'owner', '2026-11-01', 1, 'waiting', '{}', now(), 'owner')`,
		`INSERT INTO finding (kind, service, about, object, title, at, state, run) VALUES ('reported', 'desk', 'desk', 'service/desk', '{"en":"x"}', now(), 'planned', 'improvement/1/2026-11-01')`,
	} {
		_, err := s.DB().Exec(statement)
		require.NoError(t, err, statement)
	}
	_, token, err := s.FirstToken(t.Context(), time.Now(), "owner", time.Hour)
	require.NoError(t, err)
	t.Setenv("TURNUS_TOKEN", token)
	code, out, errOut := turnus(t, "", "findings", "begin", "1")
	require.Equal(t, 0, code, errOut)
	require.Equal(t, "improvement/1/2026-11-01\n", out)
}

// What has ended can't be declined any more, and nothing is begun for that.
func TestDecliningWhatHasEnded(t *testing.T) {
	s := organised(t)
	_, err := s.DB().Exec(`INSERT INTO finding (kind, service, about, object, title, at, state, ended_at) VALUES ('reported', 'desk', 'desk', 'service/desk', '{"en":"x"}', now(), 'closed', now())`)
	require.NoError(t, err)
	code, out, errOut := turnus(t, "", "findings", "decline", "1", "--reason", "nothing is wrong")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, errOut, "finding 1 is closed")
}

// Actions, those that are due first, with how often their due date moved.
func TestActionsFromTheCommandLine(t *testing.T) {
	s := organised(t)
	for _, statement := range []string{
		`INSERT INTO finding (kind, service, about, object, title, at) VALUES ('reported', 'desk', 'desk', 'service/desk', '{"en":"x"}', now())`,
		`INSERT INTO run (id, process, scope, service, about_kind, about, about_version, owner, period, attempt, state, input, created_at, started_by)
			VALUES ('improvement/1/2026-11-01', 'improvement', '1', 'desk', 'Service', 'desk', 1, 'owner', '2026-11-01', 1, 'waiting', '{}', now(), 'owner')`,
		`INSERT INTO action (finding, number, run, round, plan, owner, original_due, due, moves, state) VALUES
			(1, 1, 'improvement/1/2026-11-01', 1, '{"number":1,"title":"A rota"}', 'ada', '2026-11-10', '2026-11-20', 1, 'open'),
			(1, 2, 'improvement/1/2026-11-01', 1, '{"number":2,"title":"A second line"}', 'bob', '2099-01-01', '2099-01-01', 0, 'open')`,
	} {
		_, err := s.DB().Exec(statement)
		require.NoError(t, err, statement)
	}
	code, out, errOut := turnus(t, "", "actions")
	require.Equal(t, 0, code, errOut)
	require.Regexp(t, `^ID +STATE +OWNER +DUE +ORIGINAL-DUE +MOVES +SERVICE +TITLE\n`+
		`1\.1 +open +ada +2026-11-20 +2026-11-10 +1 +desk +A rota\n1\.2 +open +bob +2099-01-01 +2099-01-01 +0 +desk +A second line\n$`, out)
	for query, shown := range map[string][]string{"--overdue": {"1.1"}, "--owner bob": {"1.2"}, "--mine": {}, "--state done": {}, "--finding 1 --most 1": {"1.1"}} {
		code, out, errOut = turnus(t, "", append([]string{"actions", "--json"}, strings.Fields(query)...)...)
		require.Equal(t, 0, code, errOut)
		var list []struct{ ID string }
		require.NoError(t, json.Unmarshal([]byte(out), &list))
		ids := []string{}
		for _, a := range list {
			ids = append(ids, a.ID)
		}
		require.Equal(t, shown, ids, query)
	}
}
