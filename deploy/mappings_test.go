package deploy_test

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/deploy"
	"turnus/imports"
	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/mapping"
	"turnus/itsm/resource"
)

// Each ready mapping reads a file of the shape that its source exports, written
// with what such files have in them: marks of order, headings that stand there
// several times, quotation marks and line breaks in cells, empty cells, names
// with umlauts. Instants are local in Berlin.
func TestReadyMappings(t *testing.T) {
	zone, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	read := map[string]struct {
		tickets []string          // number, opened, responded, stopped in UTC
		fields  map[string]string // of the first ticket
		rejects []string          // row, column and the start of the reason
	}{
		"jira": {tickets: []string{
			"PAY-101 2026-03-02T07:05:00Z - 2026-03-02T10:42:00Z",
			"PAY-102 2026-03-02T11:00:00Z - -",
			"PAY-103 2026-03-28T22:59:00Z - 2026-03-29T01:01:00Z", // over the change to summer time
		}, fields: map[string]string{"priority": "Highest", "type": "[System] Incident", "resolution": "Done"}},
		"servicenow": {tickets: []string{
			"INC0010001 2026-03-02T07:05:12Z - 2026-03-02T10:42:00Z",
			"INC0010002 2026-03-02T08:00:00Z - -", // reopened
			"INC0010003 2026-03-02T08:30:00Z - -",
			"INC0010005 2026-03-29T00:30:00Z - 2026-03-29T01:30:00Z",
		}, fields: map[string]string{"priority": "3 - Moderate", "category": "hardware",
			"assignment_group": "Vor-Ort-Service Köln"},
			rejects: []string{"INC0010004 resolved_at: in the state \"Canceled\" a ticket is stopped"}},
		"glpi": {tickets: []string{
			"9\u00a0998 2026-03-02T07:05:00Z - 2026-03-02T10:42:00Z",
			"9\u00a0999 2026-03-02T08:00:00Z - -",
			"10\u00a0000 2026-03-02T08:30:00Z - -", // reopened
		}, fields: map[string]string{"priority": "Medium", "category": "Hardware > Bildschirm"}},
		"zammad": {tickets: []string{
			"20260302000011 2026-03-02T07:05:00Z 2026-03-02T07:15:00Z 2026-03-02T10:42:10Z",
			"20260302000028 2026-03-02T08:00:00Z - -", // reopened
			"20260302000035 2026-03-02T08:30:00Z 2026-03-02T08:40:00Z -",
		}, fields: map[string]string{"priority": "2 normal", "group": "Service Desk", "channel": "email",
			"customer": "Müller & Söhne"},
			rejects: []string{"20260302000042 Closed At: in the state \"merged\" a ticket is stopped", " #: the ticket's number is missing",
				" #: the ticket's number is missing", "Timezone: Europe/Berlin Created At: an instant is missing"}},
		"znuny": {tickets: []string{
			"2026030210000011 2026-03-02T07:05:00Z 2026-03-02T07:15:00Z 2026-03-02T10:42:10Z",
			"2026030210000029 2026-03-02T08:00:00Z - -", // reopened
			"2026030210000037 2026-03-02T08:30:00Z 2026-03-02T08:40:00Z -",
		}, fields: map[string]string{"priority": "3 normal", "queue": "Service Desk::1st Level", "customer": "mueller"},
			rejects: []string{"2026030210000045 Closed: in the state \"merged\" a ticket is stopped"}},
	}
	for _, name := range deploy.Mappings() {
		m := readyMapping(t, name)
		require.Contains(t, append(slices.Collect(maps.Keys(read)), "zabbix"), name, "it is read in a test")
		if m.About() != dataset.Tickets {
			continue
		}
		t.Run(name, func(t *testing.T) {
			require.Empty(t, m.Warnings())
			f, err := os.Open("mappings/testdata/" + name + ".csv")
			require.NoError(t, err)
			defer f.Close()
			content := dataset.Content{Count: true}
			o := imports.TicketOptions{Format: dataset.CSV, Mapping: m.Mapping, Zone: zone, Now: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), Content: &content}
			var got, rejects []string
			var first map[string]string
			for row, err := range imports.Tickets(f, o) {
				var why *dataset.Reject
				if errors.As(err, &why) {
					rejects = append(rejects, why.Number+" "+why.Error())
					continue
				}
				require.NoError(t, err)
				if first == nil {
					first = row.Fields
				}
				got = append(got, strings.Join([]string{row.Number, utc(&row.Opened), utc(row.Responded), utc(row.StoppedAt)}, " "))
			}
			want := read[name]
			require.Equal(t, want.tickets, got)
			require.Equal(t, want.fields, first)
			require.Len(t, rejects, len(want.rejects))
			for i, r := range want.rejects {
				require.True(t, strings.HasPrefix(rejects[i], r), rejects[i])
			}
			require.Equal(t, dataset.End{Row: int64(len(got) + len(rejects))}, content.End, "the file is whole")
			used := 0
			for _, c := range content.Columns {
				if c.Use != "" {
					used++
				}
			}
			require.GreaterOrEqual(t, used, 5)
		})
	}
}

// A monitor's list of problems is a record of outages.
func TestReadyMappingsOfOutages(t *testing.T) {
	zone, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	f, err := os.Open("mappings/testdata/zabbix.csv")
	require.NoError(t, err)
	defer f.Close()
	var got []string
	for o, err := range imports.Outages(f, imports.Options{Format: dataset.CSV, Mapping: readyMapping(t, "zabbix"), Zone: zone, Now: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}) {
		require.NoError(t, err)
		to := "-"
		if !o.To.IsZero() {
			to = utc(&o.To)
		}
		got = append(got, strings.Join([]string{o.Component, utc(&o.From), to, o.Cause, o.Severity}, " | "))
	}
	require.Equal(t, []string{
		`web-köln | 2026-03-29T00:30:00Z | 2026-03-29T01:30:00Z | Web scenario "Shop" fails | High`, // over the change to summer time
		`db | 2026-03-31T21:10:05Z | - | No ICMP ping, 3 times | Disaster`,
	}, got)
}

func utc(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.UTC().Format(time.RFC3339)
}

// readyMapping reads the document as it would be applied.
func readyMapping(t *testing.T, name string) mapping.Spec {
	t.Helper()
	doc, ok := deploy.Mapping(name)
	require.True(t, ok)
	require.Contains(t, string(doc), "# Traps\n", "how to export, and what to look at")
	require.Contains(t, string(doc), "# Export: ")
	all, err := imports.Resources(doc)
	require.NoError(t, err)
	require.Len(t, all, 1)
	r := all[0]
	require.NoError(t, declaration.Check(r))
	require.Equal(t, resource.Mapping, r.Kind)
	require.Equal(t, name, r.Metadata.Name, "as its file is called")
	require.NotEmpty(t, r.Metadata.DisplayName.De)
	return strict[mapping.Spec](t, r.Spec)
}

// A name finds a ready mapping, and nothing beside it.
func TestNoOtherFileIsAMapping(t *testing.T) {
	for _, name := range []string{"", "otrs", "jira.yaml", "../demo/service", "../mappings/jira", "/jira", "README.md", "testdata/jira"} {
		doc, ok := deploy.Mapping(name)
		require.False(t, ok, name)
		require.Empty(t, doc, name)
	}
	require.Equal(t, []string{"glpi", "jira", "servicenow", "zabbix", "zammad", "znuny"}, deploy.Mappings())
	readme, err := os.ReadFile("mappings/README.md")
	require.NoError(t, err)
	for _, name := range deploy.Mappings() {
		require.Contains(t, string(readme), "["+name+"]("+name+".yaml)")
	}
}
