package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/store"
)

const (
	ticketsOf = "/v1/services/payments/tickets"
	keyed     = `{"number":"Key","opened":"Opened","stopped":"Done"}`
	sound     = "Key,Opened,Done\nA-1,2026-10-01T08:00:00Z,2026-10-01T09:00:00Z\nA-2,2026-10-02T08:00:00Z,\n"
	half      = "Key,Opened,Done\nA-1,2026-10-01T08:00:00Z,2026-10-01T09:00:00Z\nA-2,nonsense,\n" // a row of two is rejected
)

// csvOf is where a table is sent to; parameters come in pairs.
func csvOf(pairs ...string) string {
	q := url.Values{"format": {"csv"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return ticketsOf + "?" + q.Encode()
}

func (h *house) imported(t *testing.T, who, path, file string) (p dataset.Profile) {
	t.Helper()
	w := h.as(t, who, "POST", path, file)
	require.Equal(t, 200, w.Code, w.Body)
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
	return p
}

func (h *house) declareMapping(t *testing.T, name, spec string) {
	t.Helper()
	w := h.as(t, "admin", "PUT", "/v1/mappings/"+name, `{"apiVersion":"turnus/v1","kind":"Mapping","metadata":{"name":"`+name+`"},"spec":`+spec+`}`)
	require.Contains(t, []int{200, 201}, w.Code, w.Body)
}

// count asks the database.
func (h *house) count(t *testing.T, query string) (n int) {
	t.Helper()
	require.NoError(t, h.store.DB().QueryRow(query).Scan(&n))
	return n
}

// Where an import came from is on it, in lists, and in the audit trail: of the
// file as it was sent, and of the mapping in its version.
func TestWhatIsKnownOfAnImport(t *testing.T) {
	h := newHouse(t)
	h.declareMapping(t, "desk", `{"number":"Key","opened":"Opened","stopped":"Opened"}`)
	h.declareMapping(t, "desk", keyed)
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err := zip.Write([]byte(sound))
	require.NoError(t, err)
	require.NoError(t, zip.Close())

	got := h.imported(t, "owner", csvOf("mapping", "desk", "zone", "Europe/Vienna", "filename", "C:\\exports\\Ti\u202eckets\n2026.csv.gz"), packed.String())
	sum := sha256.Sum256(packed.Bytes())
	require.Equal(t, dataset.File{Name: "Tickets 2026.csv.gz", Bytes: int64(packed.Len()), SHA256: hex.EncodeToString(sum[:])}, got.File)
	require.Equal(t, "desk", got.Mapping.Name)
	require.Equal(t, 2, got.Mapping.Version)
	require.JSONEq(t, keyed, string(got.Mapping.Spec))
	require.Equal(t, canonical.Sum(got.Mapping.Spec), got.Mapping.Hash)
	require.Empty(t, got.Mapping.Change)
	require.Equal(t, [4]string{"Europe/Vienna", "csv", "tickets", "owner"}, [4]string{got.Zone, got.Format, got.Dataset, got.By})
	require.True(t, got.Derived)
	require.Equal(t, [5]int64{2, 2, 0, 0, 0}, [5]int64{got.Read, got.Loaded, got.Unchanged, got.Older, got.Rejected})
	require.Empty(t, got.Columns, "what a dry run is for")
	w := h.as(t, "owner", "POST", csvOf("mapping", "desk", "zone", "Europe/Vienna"), packed.String())
	require.NotContains(t, w.Body.String(), "dry_run")
	require.Contains(t, w.Body.String(), `"warnings":[`)
	require.Contains(t, w.Body.String(), `"unchanged":2`)

	one := h.as(t, "auditor", "GET", "/v1/imports/1", "")
	require.Equal(t, 200, one.Code, one.Body)
	var shown dataset.Import
	require.NoError(t, json.Unmarshal(one.Body.Bytes(), &shown))
	require.Equal(t, got.Import, shown)
	trail, _, err := h.store.Audit(t.Context(), store.Trail{Person: "owner", Object: "service/payments"}, store.Page{})
	require.NoError(t, err)
	require.Equal(t, "tickets.imported", trail[0].Action)
	var recorded dataset.Import
	require.NoError(t, json.Unmarshal(trail[0].After, &recorded))
	require.Equal(t, got.File, recorded.File)
	require.Equal(t, got.Mapping.Hash, recorded.Mapping.Hash)
}

// The name of a file is no path, gives no commands, and isn't too long.
func TestNamesOfFiles(t *testing.T) {
	for given, kept := range map[string]string{
		"": "", "a.csv": "a.csv", "/etc/passwd": "passwd", `..\..\a.csv`: "a.csv", "dir/": "", " \x1b[31ma\tb.csv ": "[31ma b.csv",
		strings.Repeat("x", 300): strings.Repeat("x", 200), strings.Repeat("ü", 150): strings.Repeat("ü", 100), "x" + strings.Repeat("ü", 150): "x" + strings.Repeat("ü", 99),
	} {
		require.Equal(t, kept, baseName(given), given)
	}
}

// What isn't plausible is refused: each reason is said with its code, in the
// language of whoever asks, and nothing is stored. A person takes it with a
// reason, which stays on record.
func TestImplausibleFiles(t *testing.T) {
	h := newHouse(t)
	h.declareMapping(t, "desk", keyed)
	w := h.as(t, "owner", "POST", csvOf("mapping", "desk"), half)
	require.Equal(t, 422, w.Code, w.Body)
	p := problemIn(t, w)
	require.Equal(t, "implausible", p.Code)
	require.Len(t, p.Errors, 1)
	require.Equal(t, dataset.ManyRejected, p.Errors[0].Code)
	require.Equal(t, p.Detail, p.Errors[0].Message)
	require.Contains(t, problemIn(t, h.as(t, "owner", "POST", csvOf("mapping", "desk"), half, "Accept-Language", "de")).Detail, "abgewiesen")
	several := problemIn(t, h.as(t, "owner", "POST", csvOf("mapping", "desk"),
		"Key,Opened,Done\nA-1,2026-10-01T08:00:00Z,2026-10-01T08:00:00Z\nA-2,nonsense,\n"))
	require.Len(t, several.Errors, 2)
	require.Equal(t, dataset.NoDuration, several.Errors[1].Code)
	require.Contains(t, h.as(t, "owner", "GET", "/v1/services/payments/imports", "").Body.String(), `"items":[]`)
	require.Zero(t, h.count(t, `SELECT count(*) FROM ticket_version`)+h.count(t, `SELECT count(*) FROM import_reject`))
	require.Equal(t, 3, h.count(t, `SELECT count(*) FROM audit WHERE action = 'import.refused'`))

	for _, blank := range []string{"", " ", "\t\n", "\u202e\x1b "} {
		w := h.as(t, "owner", "POST", csvOf("mapping", "desk", "accept", blank), sound)
		require.Equal(t, 422, w.Code, "%q: %s", blank, w.Body)
		p := problemIn(t, w)
		require.Equal(t, "invalid", p.Code)
		require.Equal(t, "accept", p.Errors[0].Location)
		require.Contains(t, p.Detail, "needs a reason")
	}
	require.Equal(t, 422, h.as(t, "owner", "POST", csvOf("mapping", "desk", "accept", strings.Repeat("x", 1001)), sound).Code)

	got := h.imported(t, "owner", csvOf("mapping", "desk", "accept", "the old system wrote that"), half)
	require.Equal(t, "the old system wrote that", got.Accepted)
	require.True(t, got.Warnings[0].Refuse)
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/imports/"+fmt.Sprint(got.ID), "").Body.String(), `"accepted":"the old system wrote that"`)
	plain := h.imported(t, "owner", csvOf("mapping", "desk", "accept", "to be safe"), sound)
	require.Empty(t, plain.Accepted, "there was nothing to accept")
}

// A dry run answers with what an import would do and what the file holds, and
// changes nothing: no number is drawn, no mapping declared.
func TestDryRuns(t *testing.T) {
	h := newHouse(t)
	try := csvOf("dry_run", "true", "mapping", "mine", "inline_mapping", keyed, "filename", "half.csv")
	p := h.imported(t, "owner", try, half)
	require.True(t, p.DryRun)
	require.Zero(t, p.ID)
	require.Equal(t, "half.csv", p.File.Name)
	require.Equal(t, dataset.Mapping{Name: "mine", Hash: p.Mapping.Hash, Spec: json.RawMessage(keyed)}, *p.Mapping)
	require.Equal(t, [4]int64{2, 1, 1, 1}, [4]int64{p.Read, p.Loaded, p.Rejected, p.New})
	require.Equal(t, dataset.ManyRejected, p.Warnings[0].Code)
	require.True(t, p.Warnings[0].Refuse, "says what would refuse it")
	require.Len(t, p.Rejects, 1)
	require.Equal(t, "Opened", p.Rejects[0].Column)
	require.Len(t, p.Columns, 3)
	require.Equal(t, dataset.Column{Name: "Done", Use: "stopped", Empty: 1, Values: []dataset.Value{{Value: "2026-10-01T09:00:00Z", Rows: 1}}}, p.Columns[2])

	require.Zero(t, h.count(t, `SELECT count(*) FROM import`)+h.count(t, `SELECT count(*) FROM ticket_version`)+h.count(t, `SELECT count(*) FROM resource WHERE kind = 'Mapping'`))
	require.Zero(t, h.count(t, `SELECT count(*) FROM audit WHERE action LIKE 'import.%' OR action LIKE 'tickets.%'`))
	for range 2 { // a repeat is carried out anew: what the file holds isn't kept
		w := h.as(t, "owner", "POST", try, half, "Idempotency-Key", "k")
		require.Equal(t, 200, w.Code, w.Body)
		require.Empty(t, w.Header().Get("Idempotency-Replayed"))
		require.Zero(t, h.count(t, `SELECT count(*) FROM idempotency`))
	}
	h.declareMapping(t, "mine", keyed)
	require.EqualValues(t, 1, h.imported(t, "owner", csvOf("mapping", "mine"), sound).ID)
	require.Equal(t, 1, h.imported(t, "owner", try, sound).Mapping.Version, "as it is declared")
	require.Equal(t, 403, h.as(t, "other-owner", "POST", try, half).Code)
}

// A mapping that comes with the file is declared with the import: by whoever may
// declare, and not at all where the import fails.
func TestInlineMappings(t *testing.T) {
	h := newHouse(t)
	inline := func(pairs ...string) string {
		return csvOf(append([]string{"mapping", "mine", "inline_mapping", keyed}, pairs...)...)
	}
	there := func() int { return h.as(t, "auditor", "GET", "/v1/mappings/mine", "").Code }

	w := h.as(t, "owner", "POST", inline(), sound)
	require.Equal(t, 403, w.Code, w.Body)
	require.Contains(t, problemIn(t, w).Detail, "turnus apply -f FILE")
	require.Equal(t, 1, h.count(t, `SELECT count(*) FROM audit WHERE action = 'import-tickets.refused'`))
	require.Equal(t, 422, h.as(t, "admin", "POST", inline(), half).Code, "refused for its rows")
	require.Equal(t, 422, h.as(t, "admin", "POST", inline(), "Nr,Von\n1,2\n").Code, "another file")
	require.Equal(t, 404, there(), "what failed has declared nothing")

	got := h.imported(t, "admin", inline(), sound)
	require.Equal(t, 1, got.Mapping.Version)
	require.Equal(t, store.Created, got.Mapping.Change)
	require.Equal(t, 200, there())
	require.Equal(t, 1, h.count(t, `SELECT count(*) FROM audit WHERE action = 'resource.created' AND object = 'Mapping/mine' AND actor = 'admin'`))
	again := h.imported(t, "owner", inline(), sound)
	require.Equal(t, 1, again.Mapping.Version, "as it is declared it is anybody's who imports")
	require.Empty(t, again.Mapping.Change)

	other := `{"apiVersion":"turnus/v1","kind":"Mapping","metadata":{"name":"mine"},"spec":{"number":"Key","opened":"Opened","stopped":"Done","fields":{"done":"Done"}}}`
	changed := h.imported(t, "admin", csvOf("inline_mapping", other), sound)
	require.Equal(t, 2, changed.Mapping.Version)
	require.Equal(t, store.Changed, changed.Mapping.Change)
}

// What can't be a mapping is refused where it stands, before the file is read.
func TestInlineMappingsThatArentOne(t *testing.T) {
	h := newHouse(t)
	of := func(kind, name, spec string) string {
		return `{"apiVersion":"turnus/v1","kind":"` + kind + `","metadata":{"name":"` + name + `"},"spec":` + spec + `}`
	}
	for name, c := range map[string]struct{ mapping, inline, at, says string }{
		"no JSON":         {"mine", "number: Key", "inline_mapping", "isn't an object in JSON"},
		"several":         {"", "[" + of("Mapping", "a", keyed) + "]", "inline_mapping", "isn't an object in JSON"},
		"another kind":    {"", of("Calendar", "a", `{"zone":"UTC"}`), "inline_mapping", `kind "Calendar"`},
		"a list as one":   {"", `{"kind":"Mapping","items":[]}`, "inline_mapping", ""},
		"nothing":         {"mine", "null", "inline_mapping", ""},
		"another name":    {"b", of("Mapping", "a", keyed), "mapping", `called "a"`},
		"no name":         {"", keyed, "mapping", "give it a name"},
		"a strange name":  {`a"},"x`, keyed, "inline_mapping", "isn't a name"},
		"unknown field":   {"mine", `{"number":"Key","opened":"Opened","stopped":"Done","nonsense":1}`, "inline_mapping Mapping/mine spec.nonsense", "no such field"},
		"no columns":      {"mine", `{}`, "inline_mapping Mapping/mine spec.number", "name the column"},
		"two keys":        {"mine", `{"number":"Key","number":"Nr","opened":"Opened","stopped":"Done"}`, "inline_mapping", ""},
		"no mapping":      {"nothing", "", "mapping", `no mapping "nothing"`},
		"a name too long": {strings.Repeat("x", 101), "", "query.mapping", "100"},
		"far too much":    {"mine", `{"number":"` + strings.Repeat("x", 12000) + `"}`, "query.inline_mapping", "12000"},
	} {
		pairs := []string{"mapping", c.mapping, "dry_run", "true"}
		if c.inline != "" {
			pairs = append(pairs, "inline_mapping", c.inline)
		}
		w := h.as(t, "owner", "POST", csvOf(pairs...), sound)
		require.Contains(t, []int{400, 422}, w.Code, "%s: %s", name, w.Body)
		p := problemIn(t, w)
		require.True(t, strings.HasPrefix(p.Errors[0].Location, c.at), "%s: %s", name, w.Body)
		require.Contains(t, p.Errors[0].Message, c.says, name)
		require.NotEmpty(t, problemIn(t, h.as(t, "owner", "POST", csvOf(pairs...), sound, "Accept-Language", "de")).Detail)
	}
}

// Applying says what is valid and hardly meant so.
func TestApplyWarns(t *testing.T) {
	h := newHouse(t)
	h.declareMapping(t, "desk", `{"number":"Key","opened":"Opened","stopped":"Done","fields":{"priority":"Prio"}}`)
	h.imported(t, "owner", csvOf("mapping", "desk"), "Key,Opened,Done,Prio\nA-1,2026-10-01T08:00:00Z,2026-10-01T09:00:00Z,High\n")
	mapping := `{"apiVersion":"turnus/v1","kind":"Mapping","metadata":{"name":"flat"},"spec":{"number":"Key","opened":"Time","stopped":"Time"}}`
	agreed := `{"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"gold"},"spec":{"service":"payments","valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","where":{"priority":["Hig"]},"within":"PT4H","calendar":"office","attain":95}]}}`
	for _, path := range []string{"/v1/apply?dry_run=true", "/v1/apply", "/v1/apply"} { // the last time unchanged
		w := h.as(t, "admin", "POST", path, "["+mapping+","+agreed+"]")
		require.Equal(t, 200, w.Code, w.Body)
		var list struct{ Items []store.Change }
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &list))
		require.Equal(t, dataset.OneColumn, list.Items[0].Warnings[0].Code)
		require.Len(t, list.Items[1].Warnings, 1)
		require.Equal(t, dataset.UnknownValue, list.Items[1].Warnings[0].Code)
		require.Contains(t, list.Items[1].Warnings[0].Detail.En, `Is "High" meant?`)
	}
	w := h.as(t, "admin", "PUT", "/v1/mappings/flat", mapping)
	require.Contains(t, w.Body.String(), `"warnings":[{"code":"one-column"`)
	w = h.as(t, "owner", "POST", csvOf("mapping", "flat"), "Key,Time\nA-2,2026-10-01T08:00:00Z\n")
	require.Equal(t, 422, w.Code, "and the import refuses: %s", w.Body)
	require.Equal(t, "mapping.stopped", problemIn(t, w).Errors[0].Location)
}

// The owner proposes to withdraw an import, and is told which run decides; the
// same again finds it, and nobody else proposes.
func TestWithdrawingAnImport(t *testing.T) {
	h := newHouse(t)
	h.declareMapping(t, "desk", keyed)
	h.imported(t, "admin", csvOf("mapping", "desk"), sound)
	const path, reason = "/v1/imports/1/withdraw", `{"reason":"the wrong export"}`
	for who, status := range map[string]int{"other-owner": 403, "admin": 403, "approver": 403, "auditor": 403} {
		require.Equal(t, status, h.as(t, who, "POST", path, reason).Code, who)
	}
	require.Equal(t, 404, h.as(t, "owner", "POST", "/v1/imports/9/withdraw", reason).Code)
	for _, body := range []string{`{}`, `{"reason":""}`, `{"reason":"  "}`, `{"reason":"` + strings.Repeat("x", 1001) + `"}`} {
		w := h.as(t, "owner", "POST", path, body)
		require.Equal(t, 422, w.Code, w.Body)
		require.Regexp(t, "^body", problemIn(t, w).Errors[0].Location)
	}
	for range 2 {
		w := h.as(t, "owner", "POST", path, reason)
		require.Equal(t, 202, w.Code, w.Body)
		var got Started
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		require.Regexp(t, `^change-approval/import-1/`, got.ID)
		require.Equal(t, "/v1/runs/"+got.ID, got.Href)
		require.Equal(t, got.Href, w.Header().Get("Location"))
		require.Equal(t, 200, h.as(t, "owner", "GET", got.Href, "").Code)
	}
	require.Equal(t, 1, h.count(t, `SELECT count(*) FROM run`))
	require.Equal(t, 409, h.as(t, "owner", "POST", path, `{"reason":"another one"}`).Code, "one waits")
	require.Equal(t, 1, h.count(t, `SELECT count(*) FROM audit WHERE action = 'withdraw-import.refused' AND actor = 'other-owner'`))
}

// A mapping that takes several instants from one column is refused before a file
// is read, and that is on record; a trial isn't.
func TestAMappingWithoutTimeBetweenIsOnRecord(t *testing.T) {
	h := newHouse(t)
	one := `{"number":"Key","opened":"Opened","stopped":"Opened"}`
	count := func() int {
		return h.count(t, `SELECT count(*) FROM audit WHERE action = 'import.refused' AND object LIKE 'service/%' AND after::text LIKE '%mapping.%'`)
	}
	require.Equal(t, 422, h.as(t, "admin", "POST", csvOf("mapping", "one", "inline_mapping", one, "dry_run", "true"), sound).Code)
	require.Zero(t, count())
	require.Equal(t, 422, h.as(t, "admin", "POST", csvOf("mapping", "one", "inline_mapping", one), sound).Code)
	require.Equal(t, 1, count())
}
