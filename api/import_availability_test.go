package api

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/dataset"
)

const (
	outageColumns = `{"dataset":"outages","columns":{"reference":"Ref","start":"From","end":"To"}}`
	probeColumns  = `{"dataset":"probes","columns":{"at":"At","is":"Is","component":"Part"}}`
	anOutage      = "Ref,From,To\nI-1,2026-10-01T08:00:00Z,2026-10-01T09:00:00Z\n"
)

// sentTo is where a file of a dataset is sent to; parameters come in pairs.
func sentTo(of, format string, pairs ...string) string {
	q := url.Values{"format": {format}}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "/v1/services/payments/" + of + "?" + q.Encode()
}

// Each dataset of availability is loaded, and says what it holds; the same file
// again changes nothing.
func TestImportsOfAvailability(t *testing.T) {
	h := newHouse(t)
	h.declareMapping(t, "record", outageColumns)
	h.declareMapping(t, "monitor", probeColumns)
	for _, c := range []struct {
		path, file string
		of, format string
		read, keys int64
		warning    string
	}{
		{sentTo("outages", "csv", "mapping", "record", "since", "2026-09-01T00:00:00Z"), anOutage, "outages", "csv", 1, 1, ""},
		{sentTo("maintenance", "icalendar"), "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Patches\r\nDTSTART:20261010T010000Z\r\nDURATION:PT1H\r\n" +
			"CREATED:20261001T000000Z\r\nRRULE:FREQ=MONTHLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "maintenance", "icalendar", 15, 1, dataset.EndlessRule},
		{sentTo("probes", "csv", "mapping", "monitor"), "At,Is,Part\n2026-10-01T08:00:00Z,up,web\n2026-10-01T08:01:00Z,down,web\n2026-10-02T08:00:00Z,up,web\n", "probes", "csv", 3, 2, ""},
		{sentTo("probes", "prometheus"), `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"instance":"web"},"values":[[1790848800,"1"],[1790848860,"NaN"]]}]}}`, "probes", "prometheus", 2, 1, ""},
		{sentTo("probes", "upptime"), "author_date\tstate\tsite\n2026-10-03T08:00:00Z\tup\twiki\n", "probes", "upptime", 1, 1, ""},
	} {
		tried := h.imported(t, "owner", c.path+"&dry_run=true", c.file)
		require.True(t, tried.DryRun, c.path)
		require.Equal(t, [3]int64{c.read, c.read, c.keys}, [3]int64{tried.Read, tried.Loaded, tried.Tickets}, c.path)
		got := h.imported(t, "owner", c.path, c.file)
		require.Equal(t, [2]string{c.of, c.format}, [2]string{got.Dataset, got.Format})
		require.Equal(t, [4]int64{c.read, c.read, 0, c.keys}, [4]int64{got.Read, got.Loaded, got.Rejected, got.Tickets}, c.path)
		require.Equal(t, tried.Probes, got.Probes, c.path)
		require.Equal(t, c.of == dataset.Probes, len(got.Probes) > 0, c.path)
		if c.warning != "" {
			require.NotEmpty(t, got.Warnings)
			require.Equal(t, c.warning, got.Warnings[len(got.Warnings)-1].Code)
		}
		again := h.imported(t, "owner", c.path, c.file)
		require.Equal(t, [3]int64{c.read, c.read, 0}, [3]int64{again.Read, again.Unchanged, again.Tickets}, c.path)
	}
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/imports/1", "").Body.String(), `"since":"2026-09-01T00:00:00Z"`)
	require.Equal(t, 403, h.as(t, "other-owner", "POST", sentTo("probes", "prometheus"), "{}").Code)
}

// What a file can't be read with is refused before or while it is read, with the
// place, and nothing of it is stored.
func TestImportsOfAvailabilityThatAreRefused(t *testing.T) {
	h := newHouse(t)
	h.declareMapping(t, "record", outageColumns)
	h.declareMapping(t, "desk", keyed)
	for _, c := range []struct{ path, file, at, says string }{
		{sentTo("outages", "csv", "mapping", "desk"), anOutage, "mapping", "this mapping is about tickets and the file about outages"},
		{csvOf("mapping", "record"), sound, "mapping", "this mapping is about outages and the file about tickets"},
		{sentTo("outages", "csv"), anOutage, "mapping", "needs a mapping that says which columns hold start and end"},
		{sentTo("outages", "icalendar"), anOutage, "format", "isn't a format of"},
		{sentTo("maintenance", "icalendar", "mapping", "record"), "", "mapping", "this mapping is about outages and the file about maintenance"},
		{sentTo("outages", "csv", "mapping", "record", "since", "2027-09-01T00:00:00Z"), anOutage, "since", "lies after"},
		{sentTo("probes", "upptime", "since", "2026-09-01T00:00:00Z"), "", "since", "leave this out"},
		{sentTo("probes", "prometheus"), `{"status":"error","error":"query timed out"}`, "", "query timed out"},
		{sentTo("maintenance", "icalendar"), "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261010T010000Z\r\n", "", "cut off"},
		{sentTo("outages", "csv", "mapping", "mine", "inline_mapping", `{"dataset":"outages","columns":{"start":"From"}}`, "dry_run", "true"), anOutage, "inline_mapping Mapping/mine spec.columns.end", "name the column"},
	} {
		w := h.as(t, "owner", "POST", c.path, c.file)
		require.Contains(t, []int{400, 422}, w.Code, "%s: %s", c.path, w.Body)
		p := problemIn(t, w)
		require.Contains(t, p.Detail, c.says, c.path)
		if c.at != "" {
			require.True(t, strings.HasPrefix(p.Errors[0].Location, c.at), "%s: %s", c.path, w.Body)
		}
		require.NotEqual(t, p.Detail, problemIn(t, h.as(t, "owner", "POST", c.path, c.file, "Accept-Language", "de")).Detail)
	}
	require.Zero(t, h.count(t, `SELECT count(*) FROM import`)+h.count(t, `SELECT count(*) FROM said`))
}
