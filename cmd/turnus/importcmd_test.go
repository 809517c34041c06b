package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/deploy"
	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
)

const (
	keyedTickets = "Key,Opened,Done\nA-1,2026-10-01T08:00:00Z,2026-10-01T09:00:00Z\nA-2,2026-10-02T08:00:00Z,\n"
	halfTickets  = "Key,Opened,Done\nB-1,2026-10-01T08:00:00Z,2026-10-01T09:00:00Z\nB-2,nonsense,\n"
)

// desk is an API with a service, and a directory with files of tickets; it gives
// a command line that imports them.
func desk(t *testing.T, files map[string]string) (importing func(args ...string) (code int, out, errOut string)) {
	organised(t)
	code, _, errOut := turnus(t, organisation, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	t.Chdir(t.TempDir())
	files["map.yaml"] = "# what the columns mean\nnumber: Key\nopened: Opened\nstopped: Done\n"
	for name, content := range files {
		require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
	}
	return func(args ...string) (int, string, string) {
		return turnus(t, "", append(append([]string{"import", "tickets"}, args...), "--service", "desk", "--mapping", "map.yaml")...)
	}
}

// A file is tried, and the command that the dry run ends with loads it.
func TestATrialEndsWithTheImport(t *testing.T) {
	importing := desk(t, map[string]string{"my file's.csv": halfTickets})
	code, out, errOut := importing("my file's.csv", "--zone", "Europe/Berlin", "--dry-run")
	require.Zero(t, code, errOut)
	require.Empty(t, errOut)
	require.Contains(t, out, "dry run, nothing was changed: 2 rows read = 1 loaded + 0 unchanged + 0 older + 1 rejected; 1 tickets would change, 1 of them new\n")
	for _, part := range []string{
		`\nfile +my file's.csv, 76 bytes\nSHA-256 +[0-9a-f]{64}\nmapping +map, not declared in this form, hash [0-9a-f]{64}\nzone +Europe/Berlin\nas of +2026-10-01T09:00:00Z, the newest change in the file\n`,
		`\nKey +number +0 +B-1 \(1\), B-2 \(1\)\n`, `\nDone +stopped +1 +`,
		`\nREJECTED +COLUMN +FIRST ROW +REASON\n1 +Opened +2 +`,
		`\nrefused many-rejected: `, `\nit would be refused; if it is right as it is, say why:\n`,
	} {
		require.Regexp(t, part, out)
	}
	again := out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]
	require.Equal(t, `  turnus import tickets 'my file'\''s.csv' --mapping map.yaml --service desk --zone Europe/Berlin --accept REASON`+"\n", again)
	code, out, _ = importing("my file's.csv", "--dry-run", "--accept", "the rest is lost")
	require.Zero(t, code)
	require.Contains(t, out, "but for the reason that is given:\n  turnus import tickets 'my file'\\''s.csv' --accept 'the rest is lost' --mapping map.yaml --service desk\n")
	code, out, _ = turnus(t, "", "imports", "--service", "desk")
	require.Zero(t, code)
	require.Equal(t, 1, strings.Count(out, "\n"), "the heading alone")

	code, out, errOut = importing("my file's.csv", "--zone", "Europe/Berlin")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, errOut, "turnus: Not plausible: many-rejected: 1 of 2 rows")
	require.Contains(t, errOut, "--accept REASON")
	code, out, errOut = importing("my file's.csv", "--zone", "Europe/Berlin", "--accept", "the rest is lost")
	require.Zero(t, code, errOut)
	require.Equal(t, "import 2: 2 rows read = 1 loaded + 0 unchanged + 0 older + 1 rejected; 1 tickets changed\n", out)
	require.Contains(t, errOut, "created Mapping/map\n")
	require.Contains(t, errOut, "warning many-rejected: 1 of 2 rows")
	require.Contains(t, errOut, "turnus import rejects 2")

	code, out, errOut = turnus(t, "", "imports", "show", "2")
	require.Zero(t, code, errOut)
	for _, part := range []string{`import +2 of desk, in force\n`, `mapping +map, version 1, hash`, `\naccepted +the rest is lost\n`, `\nby +admin\n`, `\nwarning many-rejected: `} {
		require.Regexp(t, part, out)
	}
	code, out, _ = turnus(t, "", "imports", "--service", "desk")
	require.Zero(t, code)
	require.Regexp(t, `\n2 +in force +tickets +csv +my file's.csv +2026-10-01T09:00:00Z +2 +1 +0 +0 +1 +1 +`, out)
	code, out, _ = turnus(t, "", "imports", "show", "2", "--json")
	require.Zero(t, code)
	var shown dataset.Import
	require.NoError(t, json.Unmarshal([]byte(out), &shown))
	require.Equal(t, "my file's.csv", shown.File.Name)
}

// Several files are loaded one after the other, up to the first that isn't taken.
func TestSeveralFiles(t *testing.T) {
	importing := desk(t, map[string]string{"a.csv": keyedTickets, "b.csv": halfTickets, "c.csv": keyedTickets})
	code, out, errOut := importing("a.csv", "b.csv", "c.csv")
	require.Equal(t, 1, code)
	require.Equal(t, "import 1: 2 rows read = 2 loaded + 0 unchanged + 0 older + 0 rejected; 2 tickets changed\n", out)
	require.Contains(t, errOut, "turnus: b.csv: Not plausible: many-rejected")
	require.Contains(t, errOut, "\nloaded before it: a.csv (import 1)\nnot begun: c.csv\n")
	code, _, errOut = importing("a.csv", "missing.csv")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "missing.csv: open missing.csv")

	code, out, errOut = importing("a.csv", "c.csv", "--json")
	require.Zero(t, code, errOut)
	in := json.NewDecoder(strings.NewReader(out))
	for range 2 {
		var i dataset.Import
		require.NoError(t, in.Decode(&i))
		require.EqualValues(t, 2, i.Unchanged)
	}
	code, out, errOut = importing("a.csv", "b.csv", "--dry-run")
	require.Zero(t, code, errOut)
	require.Equal(t, 2, strings.Count(out, "dry run, nothing was changed"))
}

// Rows that an earlier source tells of what a later one has told are older, and
// a trial names them.
func TestOlderRowsAreNamed(t *testing.T) {
	importing := desk(t, map[string]string{"new.csv": keyedTickets, "old.csv": "Key,Opened,Done\nA-1,2026-10-01T08:00:00Z,\n"})
	code, _, errOut := importing("new.csv", "--as-of", "2026-10-20T00:00:00Z")
	require.Zero(t, code, errOut)
	code, out, errOut := importing("old.csv", "--as-of", "2026-10-10T00:00:00Z", "--dry-run")
	require.Zero(t, code, errOut)
	require.Regexp(t, `\nOLDER +ROWS +THAN IMPORT +AS OF\nA-1 +1 +1 +2026-10-20T00:00:00Z\n`, out)
	code, out, errOut = importing("old.csv", "--as-of", "2026-10-10T00:00:00Z")
	require.Zero(t, code, errOut)
	require.Contains(t, out, "= 0 loaded + 0 unchanged + 1 older + 0 rejected; 0 tickets changed\n")
}

// A ticket is shown with its history and its versions.
func TestATicketOnTheCommandLine(t *testing.T) {
	importing := desk(t, map[string]string{"one.csv": "Key,Opened,Done\n\"A/1 ü\",2026-10-01T08:00:00Z,\nA-2,2026-10-01T08:00:00Z,2026-10-01T09:00:00Z\n",
		"two.csv": "Key,Opened,Done\n\"A/1 ü\",2026-10-01T08:00:00Z,2026-10-05T09:00:00Z\n"})
	for _, file := range []string{"one.csv", "two.csv"} {
		code, _, errOut := importing(file)
		require.Zero(t, code, errOut)
	}
	code, _, errOut := turnus(t, "", "ticket", "A/1 ü", "--service", "desk")
	require.Equal(t, 1, code, "administrators see no tickets")
	require.Contains(t, errOut, "Not permitted")
	_, token, _ := turnus(t, "", "token", "owner")
	t.Setenv("TURNUS_TOKEN", strings.TrimSpace(token))
	code, out, errOut := turnus(t, "", "ticket", "A/1 ü", "--service", "desk")
	require.Zero(t, code, errOut)
	for _, part := range []string{`^ticket +A/1 ü of desk\nstate +stopped 2026-10-05T09:00:00Z\nopened +2026-10-01T08:00:00Z\n`,
		`\n2026-10-05T09:00:00Z +stopped`, `\n2 +.* +stopped 2026-10-05T09:00:00Z +2 +no +[0-9a-f]{64}\n1 +.* +open +1 +no`} {
		require.Regexp(t, part, out)
	}
	code, out, _ = turnus(t, "", "ticket", "A/1 ü", "--service", "desk", "--json")
	require.Zero(t, code)
	var shown ticket.Record
	require.NoError(t, json.Unmarshal([]byte(out), &shown))
	require.Len(t, shown.Versions, 2)
	code, _, errOut = turnus(t, "", "ticket", "A-9", "--service", "desk")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, `desk has no ticket "A-9"`)
}

// What --mapping takes: a file before a name, a directory never.
func TestWhatAMappingIsGivenAs(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("jira", 0o700))
	require.NoError(t, os.WriteFile("desk", []byte(`{"kind":"Mapping","metadata":{"name":"other"},"spec":{"number":"Nr"}}`), 0o600))
	require.NoError(t, os.WriteFile("My Map.yaml", []byte("number: Nr\n"), 0o600))
	require.NoError(t, os.WriteFile("empty.yaml", nil, 0o600))
	require.NoError(t, os.WriteFile("service.yaml", []byte("kind: Service\n"), 0o600))
	for given, want := range map[string][2]string{
		"jira": {"jira", ""}, "declared": {"declared", ""}, "desk": {"", `{"kind":"Mapping","metadata":{"name":"other"},"spec":{"number":"Nr"}}`}, "My Map.yaml": {"my-map", `{"number":"Nr"}`},
	} {
		name, inline, err := mappingGiven(given)
		require.NoError(t, err)
		require.Equal(t, want, [2]string{name, string(inline)}, given)
	}
	for given, says := range map[string]string{"empty.yaml": "is empty", "service.yaml": "a Service, where a Mapping is needed", "./missing.yaml": "no such file", filepath.Join("jira", "x"): "no such file"} {
		_, _, err := mappingGiven(given)
		require.ErrorContains(t, err, says, given)
	}
}

// The ready mappings are listed, and printed so that they can be changed; a file
// is read with one by its name, and nothing is declared by that.
func TestReadyMappings(t *testing.T) {
	export, err := os.ReadFile("../../deploy/mappings/testdata/jira.csv")
	require.NoError(t, err)
	desk(t, map[string]string{"export.csv": string(export)})
	code, out, errOut := turnus(t, "", "import", "mappings")
	require.Zero(t, code, errOut)
	require.Regexp(t, `(?m)^jira +tickets +Jira Service Management +Issue key, Created, Resolved, Status$`, out)
	require.Regexp(t, `(?m)^zabbix +outages +Zabbix's list of problems +Host, Time, Recovery time, Problem, Severity$`, out)
	code, shown, _ := turnus(t, "", "import", "mappings", "--show", "jira")
	require.Zero(t, code)
	doc, _ := deploy.Mapping("jira")
	require.Equal(t, string(doc), shown)

	code, out, errOut = turnus(t, "", "import", "tickets", "export.csv", "--service", "desk", "--mapping", "jira", "--dry-run")
	require.Zero(t, code, errOut)
	require.Regexp(t, `mapping +jira, ready, hash`, out)
	code, _, errOut = turnus(t, "", "import", "tickets", "export.csv", "--service", "desk", "--mapping", "jira")
	require.Zero(t, code, errOut)
	require.NotContains(t, errOut, "Mapping/")
	code, _, errOut = turnus(t, shown, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	code, _, errOut = turnus(t, "", "import", "tickets", "export.csv", "--service", "desk", "--mapping", "jira")
	require.Zero(t, code, errOut)
	_, out, _ = turnus(t, "", "imports", "show", "2")
	require.Regexp(t, `mapping +jira, version 1, hash`, out, "a declared one comes first")
}

// An owner proposes to withdraw an import; the run that decides is printed.
func TestWithdrawingOnTheCommandLine(t *testing.T) {
	importing := desk(t, map[string]string{"a.csv": keyedTickets})
	code, _, errOut := importing("a.csv")
	require.Zero(t, code, errOut)
	code, _, errOut = turnus(t, "", "import", "withdraw", "1", "--reason", "the wrong file")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "Not permitted")
	_, token, _ := turnus(t, "", "token", "owner")
	t.Setenv("TURNUS_TOKEN", strings.TrimSpace(token))
	code, out, errOut := turnus(t, "", "import", "withdraw", "1", "--reason", "the wrong file")
	require.Zero(t, code, errOut)
	require.Regexp(t, `^change-approval/import-1/\S+\n$`, out)
	code, again, _ := turnus(t, "", "import", "withdraw", "1", "--reason", "the wrong file")
	require.Zero(t, code)
	require.Equal(t, out, again)
	code, _, errOut = turnus(t, "", "import", "withdraw", "7", "--reason", "the wrong file")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "There is no import 7")
}

// What is applied and hardly meant so is said on stderr.
func TestApplyWarnsOnTheCommandLine(t *testing.T) {
	organised(t)
	const flat = "apiVersion: turnus/v1\nkind: Mapping\nmetadata: {name: flat}\nspec: {number: Key, opened: Time, stopped: Time}\n"
	code, out, errOut := turnus(t, flat, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	require.Equal(t, "created Mapping/flat\n", out)
	require.Regexp(t, `^warning one-column: Mapping/flat: opened and stopped .*\n$`, errOut)

	code, _, errOut = turnus(t, organisation, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	const share = "apiVersion: turnus/v1\nkind: Agreement\nmetadata: {name: desk-2030}\nspec: {service: desk, valid: {from: \"2030-01-01\"}, " +
		"targets: [{name: there, measure: availability, calendar: office, attain: 0.995}]}\n"
	code, out, errOut = turnus(t, share, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	require.Equal(t, "created Agreement/desk-2030\n", out)
	require.Regexp(t, `^warning share-for-percent: .*there/?.*attain is 0\.995.*\n$`, errOut)
}

// What a dry run says of who decided what a state does to the clocks.
func TestWhatAStateDoesIsSaidBy(t *testing.T) {
	require.Equal(t, "desk/high", saidBy(dataset.StateUse{Named: true, Pauses: []string{"desk/high"}}))
	require.Equal(t, "no agreement pauses in it", saidBy(dataset.StateUse{Named: true, Idle: true}))
	require.Equal(t, "the mapping or the format", saidBy(dataset.StateUse{Named: true}))
	require.Equal(t, "nothing names it", saidBy(dataset.StateUse{}))
}

// What isn't tickets is named as what it is, in a trial, in what it did, and
// where it is shown.
func TestImportsOfAvailability(t *testing.T) {
	desk(t, map[string]string{"record.yaml": "dataset: outages\ncolumns: {reference: Ref, start: From, end: To}\n",
		"record.csv": "Ref,From,To\nI-1,2026-10-01T08:00:00Z,2026-10-01T09:00:00Z\nI-2,2026-10-02T08:00:00Z,-\n",
		"plan.ics":   "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261010T010000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"})
	outages := func(more ...string) (int, string, string) {
		return turnus(t, "", append([]string{"import", "outages", "record.csv", "--service", "desk", "--mapping", "record.yaml"}, more...)...)
	}
	code, out, errOut := outages("--since", "2026-09-01T00:00:00Z", "--dry-run")
	require.Zero(t, code, errOut)
	require.Contains(t, out, "2 rows read = 2 loaded + 0 unchanged + 0 older + 0 rejected; 2 outages would change, 2 of them new\n")
	require.Regexp(t, `(?m)^From +start +0 +`, out)
	require.Contains(t, out, "oldest instant")
	require.NotContains(t, strings.ToLower(out), "ticket")
	require.Contains(t, out, "  turnus import outages record.csv --mapping record.yaml --service desk --since 2026-09-01T00:00:00Z\n")
	code, out, errOut = outages("--since", "2026-09-01T00:00:00Z")
	require.Zero(t, code, errOut)
	require.Equal(t, "import 1: 2 rows read = 2 loaded + 0 unchanged + 0 older + 0 rejected; 2 outages changed\n", out)
	code, out, _ = turnus(t, "", "imports", "show", "1")
	require.Zero(t, code)
	require.Regexp(t, `(?m)^outages +2 changed, 2 of them new$`, out)
	require.Regexp(t, `(?m)^kept since +2026-09-01T00:00:00Z$`, out)

	code, out, errOut = turnus(t, "", "import", "maintenance", "plan.ics", "--service", "desk", "--format", "icalendar")
	require.Zero(t, code, errOut)
	require.Contains(t, out, "; 1 maintenance events changed\n")
	code, out, _ = turnus(t, "", "imports", "show", "2")
	require.Zero(t, code)
	require.Regexp(t, `(?m)^as of .*, now$`, out)
	require.NotContains(t, out, "kept since")
	code, out, errOut = outages("--dry-run")
	require.Zero(t, code, errOut)
	require.Regexp(t, `(?m)^kept since +not said \(--since\): time before the oldest start is without data, unless another import said it$`, out)
	code, _, errOut = turnus(t, "", "import", "maintenance", "plan.ics", "--service", "desk", "--mapping", "record.yaml")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "this mapping is about outages and the file about maintenance")
	code, _, errOut = outages("--since", "yesterday")
	require.Equal(t, 2, code)
	require.Contains(t, errOut, `--since "yesterday" isn't an instant`)
	code, _, _ = turnus(t, "", "import", "probes", "plan.ics", "--service", "desk", "--format", "upptime", "--since", "2026-09-01T00:00:00Z")
	require.Equal(t, 2, code, "probes have no such flag")
}

// Whoever loads samples sees which probes the file names: in a trial, and when it
// is done.
func TestProbesOfAFileAreNamed(t *testing.T) {
	file := "author_date\tstate\tsite\n2026-10-01T08:00:00Z\tup\twiki\n2026-10-01T08:05:00Z\tup\twiki\n"
	for i := range 11 {
		file += fmt.Sprintf("2026-10-01T08:00:00Z\tup\tsite %02d\n", i)
	}
	desk(t, map[string]string{"seen.tsv": file})
	probes := func(more ...string) (int, string, string) {
		return turnus(t, "", append([]string{"import", "probes", "seen.tsv", "--service", "desk", "--format", "upptime"}, more...)...)
	}
	code, out, errOut := probes("--dry-run")
	require.Zero(t, code, errOut)
	require.Regexp(t, `(?m)^COMPONENT +PROBE +SAMPLES *\nsite 00 +- +1\n`, out)
	require.Contains(t, out, "\nand 2 more\n")
	code, out, errOut = probes()
	require.Zero(t, code, errOut)
	require.Equal(t, "import 1: 13 rows read = 13 loaded + 0 unchanged + 0 older + 0 rejected; 12 days of probes changed\n", out)
	require.Contains(t, errOut, "samples of: site 00 (1), site 01 (1), ")
	require.Contains(t, errOut, "site 09 (1), 2 more\n")
	require.Equal(t, "web/bern (5), no name (1)", probesIn(dataset.Profile{Probes: []dataset.ProbeUse{{Component: "web", Probe: "bern", Samples: 5}, {Samples: 1}}}))
}
