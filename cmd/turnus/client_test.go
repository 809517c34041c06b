package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	temporal "go.temporal.io/sdk/client"

	"turnus/api"
	"turnus/internal/pgtest"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/runs"
	"turnus/store"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// turnus runs a command line as a person would.
func turnus(t *testing.T, stdin string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = execute(context.Background(), root(), args, strings.NewReader(stdin), &o, &e)
	return code, o.String(), e.String()
}

// organised is an API with an administrator, whose token the commands use.
func organised(t *testing.T) *store.Store {
	s := store.New(pgtest.New(t))
	admin := resource.Raw{APIVersion: resource.APIVersion, Kind: resource.Person,
		Metadata: resource.Metadata{Name: "admin"}, Spec: json.RawMessage(`{"roles":["administrator"]}`)}
	_, err := s.Apply(t.Context(), person.Actor{Person: person.System}, time.Now(), []resource.Raw{admin}, false)
	require.NoError(t, err)
	_, token, err := s.FirstToken(t.Context(), time.Now(), "admin", time.Hour)
	require.NoError(t, err)
	away, err := temporal.NewLazyClient(temporal.Options{HostPort: "127.0.0.1:1", Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(away.Close)
	r := runs.New(runs.Config{Store: s, Temporal: away, Namespace: namespace, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	srv := httptest.NewServer(api.New(api.Config{Store: s, Runs: r, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Ready: func(context.Context) error { return nil }}))
	t.Cleanup(srv.Close)
	t.Setenv("TURNUS_URL", srv.URL)
	t.Setenv("TURNUS_TOKEN", token)
	return s
}

const organisation = `
apiVersion: turnus/v1
kind: Calendar
metadata: {name: office}
spec: {zone: Europe/Berlin, hours: {mon: ["08:00-18:00"]}}
---
apiVersion: turnus/v1
kind: Person
metadata: {name: owner}
spec: {roles: [process-owner]}
---
apiVersion: turnus/v1
kind: Person
metadata: {name: manager}
spec: {roles: [approver]}
---
apiVersion: turnus/v1
kind: Service
metadata: {name: desk}
spec: {owner: owner, approvers: [manager], calendar: office}
`

func TestWrongUsageIsExit2(t *testing.T) {
	t.Setenv("TURNUS_TOKEN", "x")
	for _, args := range [][]string{
		{"nonsense"}, {}, {"import"}, {"import", "nonsense"}, {"apply"}, {"apply", "--nonsense"}, {"cancel", "a/b/2026"},
		{"decide", "one"}, {"tasks", "a", "--mine"}, {"tasks", "--file", "x", "-o", "x"}, {"tasks", "a", "--file", "x"}, {"decide", "a", "done", "--field", "x"}, {"decide", "a", "done", "--file", "=x"},
		{"decide", "a", "done", "--field", "x=1", "--field", "x=2"}, {"decide", "a", "done", "--field", "x=1", "--file", "x=2"}, {"start", "sla-report", "--period", "2026-10"}, {"start", "sla-report", "--service", "a", "--scope", "b", "--period", "2026"},
		{"start", "sla-report", "--service", "a", "--period", "2026", "--again"}, {"import", "tickets", "f", "--service", "a"},
		{"report", "a/b/2026", "--format", "doc"}, {"report", "a"}, {"report", "a/b/2026", "--receipts", "--format", "html"},
		{"report", "a/b/2026", "--tickets", "--receipts"}, {"report", "a/b/2026", "--tickets", "--format", "html"}, {"report", "a/b/2026", "--tickets", "--lang", "de"},
		{"report", "a/b/2026", "--format", "csv"},
		{"report", "a/b/2026", "--receipts", "--lang", "de"}, {"verify"}, {"verify", "receipt"}, {"verify", "nonsense", "x"},
		{"audit", "--since", "yesterday"}, {"import", "rejects", "x"},
		{"plan", "nonsense"}, {"plan", "--from", "lately"}, {"plan", "--state", "late"}, {"plan", "-f", "x", "--state", "open"},
		{"plan", "pause", "x"}, {"plan", "miss", "a/b/2026.2", "--reason", "x"}, {"plan", "miss", "a", "--reason", "x"},
		{"plan", "backfill", "x", "--from", "2026", "--to", "2026-12-31", "--reason", "x"},
		{"plan", "event", "fire", "--service", "x", "--detail", "x"}, {"plan", "start", "a/b/2026", "--again"},
		{"imports"}, {"imports", "show", "x"}, {"imports", "show", "0"}, {"import", "withdraw", "1"}, {"import", "withdraw", "x", "--reason", "y"},
		{"import", "tickets", "f", "--service", "a", "--format", "csv", "--accept", " "}, {"import", "tickets", "--service", "a", "--format", "csv"},
		{"import", "mappings", "--show", "../demo/service"}, {"ticket", "1"}, {"ticket", "--service", "a"},
		{"import", "holidays", "f"}, {"import", "holidays", "f", "--calendar", "a", "--from", "lately"},
		{"improvement", "--from", "lately"}, {"improvement", "--to", "2026-02-30"}, {"improvement", "x"},
	} {
		code, out, errOut := turnus(t, "", args...)
		require.Equal(t, 2, code, "%v: %s", args, errOut)
		require.Empty(t, out, "%v", args)
		require.Regexp(t, `^turnus: .+\n$`, errOut, "%v: one line", args)
	}
	code, out, _ := turnus(t, "", "--help")
	require.Zero(t, code)
	require.Contains(t, out, "apply")
}

func TestRefusalsAreExit1(t *testing.T) {
	t.Setenv("TURNUS_TOKEN", "")
	code, _, errOut := turnus(t, "", "tasks")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "TURNUS_TOKEN is not set")

	organised(t)
	t.Setenv("TURNUS_TOKEN", "wrong")
	code, _, errOut = turnus(t, "", "tasks")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "Not signed in")

	code, _, errOut = turnus(t, "", "apply", "-f", filepath.Join(t.TempDir(), "missing.yaml"))
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "missing.yaml")
}

func TestApplyTokenImport(t *testing.T) {
	organised(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.yaml"), []byte(organisation), 0o600))

	code, out, errOut := turnus(t, "", "apply", "-f", dir, "--dry-run")
	require.Zero(t, code, errOut)
	require.Contains(t, out, "created Service/desk\n")
	require.Contains(t, out, "  +   calendar: office\n")
	code, out, errOut = turnus(t, organisation, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	require.Equal(t, "created Calendar/office\ncreated Person/owner\ncreated Person/manager\ncreated Service/desk\n", out, "the dry run changed nothing")
	changed := strings.Replace(organisation, "18:00", "17:00", 1)
	code, out, _ = turnus(t, changed, "apply", "-f", "-", "--dry-run")
	require.Zero(t, code)
	require.Regexp(t, `(?s)^changed Calendar/office\n  - .*18:00\n  \+ .*17:00\nunchanged Person/owner`, out)

	code, _, errOut = turnus(t, "apiVersion: turnus/v1\nkind: Service\nmetadata: {name: x}\nspec: {owner: nobody}\n", "apply", "-f", "-")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "Not acceptable")

	code, out, errOut = turnus(t, "", "token", "owner")
	require.Zero(t, code, errOut)
	token := strings.TrimSpace(out)
	require.NotContains(t, token, " ")
	_, listed, _ := turnus(t, "", "token", "owner", "--list")
	require.NotContains(t, listed, token)

	csv := filepath.Join(dir, "tickets.csv")
	require.NoError(t, os.WriteFile(csv, []byte("Key;Opened;Done\nA-1;2026-10-01T08:00:00Z;2026-10-01T09:00:00Z\nA-2;nonsense;\n"), 0o600))
	mapping := filepath.Join(dir, "My Mapping.json")
	require.NoError(t, os.WriteFile(mapping, []byte(`{"number":"Key","opened":"Opened","stopped":"Done"}`), 0o600))
	t.Setenv("TURNUS_TOKEN", token)
	code, _, errOut = turnus(t, "", "import", "tickets", csv, "--service", "desk", "--format", "csv", "--mapping", mapping)
	require.Equal(t, 1, code, "owners declare no mappings: %s", errOut)
}

func TestImportWithMapping(t *testing.T) {
	organised(t)
	code, _, errOut := turnus(t, organisation, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	dir := t.TempDir()
	csv := filepath.Join(dir, "tickets.csv")
	require.NoError(t, os.WriteFile(csv, []byte("Key;Opened;Done\nA-1;2026-10-01T08:00:00Z;2026-10-01T09:00:00Z\nA-2;nonsense;\n"), 0o600))
	mapping := filepath.Join(dir, "My Mapping.json")
	require.NoError(t, os.WriteFile(mapping, []byte(`{"number":"Key","opened":"Opened","stopped":"Done"}`), 0o600))

	importing := []string{"import", "tickets", csv, "--service", "desk", "--format", "csv", "--mapping", mapping, "--as-of", "2026-11-01T00:00:00Z", "--accept", "half of it is enough"}
	code, out, errOut := turnus(t, "", importing...)
	require.Zero(t, code, errOut)
	require.Equal(t, "import 1: 2 rows read = 1 loaded + 0 unchanged + 0 older + 1 rejected; 1 tickets changed\n", out)
	require.Contains(t, errOut, "created Mapping/my-mapping")
	code, out, _ = turnus(t, "", append(importing, "--json")...)
	require.Zero(t, code)
	var again struct{ Read, Loaded, Unchanged, Rejected int64 }
	require.NoError(t, json.Unmarshal([]byte(out), &again))
	require.Equal(t, struct{ Read, Loaded, Unchanged, Rejected int64 }{2, 0, 1, 1}, again)

	code, out, _ = turnus(t, "", "import", "rejects", "1")
	require.Zero(t, code)
	require.Contains(t, out, "nonsense")
	code, _, errOut = turnus(t, "", "import", "tickets", csv, "--service", "nothing", "--format", "csv")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "Not found")
	code, out, _ = turnus(t, "", "persons")
	require.Zero(t, code)
	require.Contains(t, out, "process-owner")
}

func TestImportHolidays(t *testing.T) {
	organised(t)
	code, _, errOut := turnus(t, organisation, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	file := filepath.Join(t.TempDir(), "holidays.ics")
	require.NoError(t, os.WriteFile(file, []byte("BEGIN:VCALENDAR\nVERSION:2.0\n"+
		"BEGIN:VEVENT\nDTSTART:20281225\nSUMMARY:Christmas Day\nDESCRIPTION:Public holiday\nEND:VEVENT\n"+
		"BEGIN:VEVENT\nDTSTART:20280214\nSUMMARY:Valentine's Day\nDESCRIPTION:Observance\\nTo hide observances\nEND:VEVENT\nEND:VCALENDAR\n"), 0o600))
	importing := []string{"import", "holidays", file, "--calendar", "office", "--from", "2028", "--to", "2028"}

	code, dry, errOut := turnus(t, "", append(importing, "--dry-run")...)
	require.Zero(t, code, errOut)
	require.Contains(t, errOut, "nothing was changed")
	code, out, errOut := turnus(t, "", importing...)
	require.Zero(t, code, errOut)
	require.Equal(t, dry, out)
	require.Contains(t, out, "changed Calendar/office: 1 dates added, 0 there already, 1 entries left out\n")
	require.Regexp(t, `added +2028-12-25 +Christmas Day`, out)
	require.Regexp(t, `left out +2028-02-14 +Valentine's Day +it is marked "Observance": no public holiday \(line 8\)`, out)
	require.Contains(t, errOut, "--all takes")

	code, out, _ = turnus(t, "", append(importing, "--json", "--all")...)
	require.Zero(t, code)
	var got struct {
		Change  string
		Version int
		Added   []struct{ Date string }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	require.Equal(t, "changed", got.Change)
	require.Equal(t, 3, got.Version)
	require.Len(t, got.Added, 1)

	code, _, errOut = turnus(t, "nonsense", "import", "holidays", "-", "--calendar", "office")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "isn't iCalendar")
}
