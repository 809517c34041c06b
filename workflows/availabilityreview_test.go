package workflows_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/imports"
	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/improvement"
	"turnus/itsm/mapping"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/uptime"
	"turnus/report"
	"turnus/report/receipt"
	"turnus/report/verify"
	"turnus/store"
)

// available is a shop that is to be there for all of the time; $target is what is
// agreed besides.
const available = `
{apiVersion: turnus/v1, kind: Person, metadata: {name: admin}, spec: {roles: [administrator]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: olga}, spec: {roles: [process-owner, approver]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: max}, spec: {roles: [approver]}}
---
{apiVersion: turnus/v1, kind: Service, metadata: {name: shop}, spec: {owner: olga, approvers: [max, olga], calendar: 24x7, zone: Europe/Berlin}}
---
apiVersion: turnus/v1
kind: Agreement
metadata: {name: gold}
spec:
  service: shop
  valid: {from: "2016-01-01"}
  targets: [{name: site, measure: availability, calendar: 24x7, attain: 99.8, availability: {$target}}]
`

// shop is a house that holds reviews of the shop.
type shop struct{ *house }

func newShop(t *testing.T, target, more string) shop {
	return shop{declared(t, strings.ReplaceAll(available, "$target", target)+more)}
}

// review records another attempt of a review, and starts it.
func (h shop) review(period string) {
	h.Helper()
	h.start(store.NewRun{Key: run.Key{Process: "availability-review", Scope: "shop", Period: period}, Again: true, Reason: "again", Owner: "olga", By: person.Actor{Person: "olga"}})
}

// published plays a review to its publication, and gives its report.
func (h shop) published(period string) report.Report {
	h.Helper()
	h.review(period)
	answer := h.decide(time.Hour, "max", 1, task.Approve)
	r := h.run()
	require.NoError(h, h.env.GetWorkflowError())
	require.NoError(h, answer.rejected)
	require.NoError(h, answer.failed)
	require.Equal(h, run.Published, r.State)
	rep, err := h.store.Report(h.Context(), r.ID)
	require.NoError(h, err)
	h.verified(rep)
	return rep
}

// verified writes the receipts of a report, and computes them anew from their file
// alone.
func (h shop) verified(r report.Report) {
	h.Helper()
	frozen, err := store.Frozen[json.RawMessage](h.Context(), h.store, run.Step{Run: r.Run, Round: r.DraftRound})
	require.NoError(h, err)
	p, ok := verify.Process(r.Process)
	require.True(h, ok)
	var file bytes.Buffer
	require.NoError(h, p.Write(&file, r, frozen, receipt.Source{
		Outages: func(of receipt.Known) iter.Seq2[dataset.Keyed[[]uptime.Outage], error] {
			return h.store.Outages(h.Context(), store.KnownSpan(of))
		},
		Windows: func(of receipt.Known) iter.Seq2[dataset.Keyed[[]uptime.Planned], error] {
			return h.store.Windows(h.Context(), store.KnownSpan(of))
		},
		Days: func(of receipt.Known) iter.Seq2[dataset.Keyed[uptime.Day], error] {
			return h.store.ProbeDays(h.Context(), store.KnownSpan(of))
		},
	}))
	result, err := verify.Receipt(bytes.NewReader(file.Bytes()))
	require.NoError(h, err)
	require.Empty(h, result.Differences)
}

func (h shop) intake(format string, asOf time.Time) store.Intake {
	return store.Intake{Service: "shop", Format: format, AsOf: asOf, Now: friday, By: "admin"}
}

// options read a table whose columns are called as what they hold.
func options(about, columns string) imports.Options {
	o := imports.Options{Format: "csv", Mapping: mapping.Spec{Dataset: about, Columns: map[string]string{}}, Now: friday}
	o.Zone, _ = calendar.Zone("Europe/Berlin")
	for _, c := range strings.Split(columns, ",") {
		o.Mapping.Columns[c] = c
	}
	if about == dataset.Probes {
		o.Mapping.Values = map[string]map[string][]string{"is": {"up": {"1"}, "down": {"0"}}}
	}
	return o
}

// summer is a local time in Berlin's summer.
var summer = regexp.MustCompile(`(\d{4}-\d\d-\d\d) (\d\d:\d\d)`)

// outages imports a record of outages: a table with a heading.
func (h shop) outages(table string) dataset.Import {
	h.Helper()
	table = summer.ReplaceAllString(table, "${1}T$2:00+02:00")
	columns, _, _ := strings.Cut(strings.TrimSpace(table), "\n")
	in := h.intake("csv", friday)
	in.Since = time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)
	p, err := h.store.ImportOutages(h.Context(), in, imports.Outages(strings.NewReader(strings.TrimSpace(table)+"\n"), options(dataset.Outages, columns)), nil)
	require.NoError(h, err)
	require.Zero(h, p.Rejected)
	return p.Import
}

func (h shop) windows(calendar string) dataset.Import {
	h.Helper()
	o := imports.Options{Format: "icalendar", Now: friday, Zone: options(dataset.Outages, "").Zone}
	p, err := h.store.ImportWindows(h.Context(), h.intake("icalendar", time.Time{}), imports.Windows(strings.NewReader(calendar), o), nil)
	require.NoError(h, err)
	require.Zero(h, p.Rejected)
	return p.Import
}

func (h shop) samples(table string) dataset.Import {
	h.Helper()
	columns, _, _ := strings.Cut(table, "\n")
	p, err := h.store.ImportSamples(h.Context(), h.intake("csv", friday), imports.Samples(strings.NewReader(table), options(dataset.Probes, columns)), nil)
	require.NoError(h, err)
	require.Zero(h, p.Rejected)
	return p.Import
}

// figures are those of a report, rounded as vectors are, by name.
func figures(r report.Report, names ...string) map[string]string {
	all := map[string]string{}
	for _, f := range r.Figures {
		for _, name := range names {
			if f.Name != name {
				continue
			}
			all[name] = "n/a"
			if f.Value != nil {
				all[name] = *f.Value
			}
			if f.Verdict != "" {
				all[name] += " " + string(f.Verdict)
			}
		}
	}
	return all
}

func TestV01AndItsReceipt(t *testing.T) {
	h := newShop(t, "", "")
	h.outages("reference,start,end\nA,2026-03-29T01:30:00+01:00,2026-03-29T03:30:00+02:00")
	r := h.published("2026-03")
	require.Equal(t, map[string]string{"site.availability": "99.865410 met", "site.agreed-time": fmt.Sprint(44_580 * 60), "site.downtime": "3600"},
		figures(r, "site.availability", "site.agreed-time", "site.downtime"))
}

const overrun = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:patch\r\nDTSTAMP:20260601T080000Z\r\n" +
	"DTSTART;TZID=Europe/Berlin:20260614T020000\r\nDTEND;TZID=Europe/Berlin:20260614T040000\r\nSUMMARY:Patches\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

const june = `reference,start,end,cause
A,2026-05-31 23:00,2026-06-01 01:00,power
B,2026-06-10 10:00,2026-06-10 11:30,disk
C,2026-06-10 11:00,2026-06-10 12:00,disk
D,2026-06-14 03:30,2026-06-14 04:45,patch
E,2026-06-30 23:30,2026-07-01 02:00,network`

func TestV04ItsReceiptAndItsFindings(t *testing.T) {
	h := newShop(t, "", "")
	h.windows(overrun)
	h.outages(june)
	r := h.published("2026-06")
	require.Equal(t, map[string]string{"site.availability": "99.408078 missed", "site.agreed-time": fmt.Sprint(43_080 * 60), "site.downtime": fmt.Sprint(255 * 60),
		"site.failures": "3", "site.mtrs": fmt.Sprint(105 * 60), "site.mtbf": "856500"},
		figures(r, "site.availability", "site.agreed-time", "site.downtime", "site.failures", "site.mtrs", "site.mtbf"))

	// Each outage asks for its investigation, once, whatever months it lies in.
	outages := func() (all []string) {
		found, _, err := h.store.Findings(t.Context(), store.Findings{Service: "shop", Sight: store.Sight{All: true}}, store.Page{})
		require.NoError(t, err)
		for _, f := range found {
			if f.Kind == improvement.UnplannedOutage {
				require.Equal(t, 1, f.Seen)
				all = append(all, f.Title.De)
			}
		}
		return all
	}
	require.Equal(t, []string{"Ungeplanter Ausfall vom 30.06.2026, 23:30\u00a0Uhr\u00a0MESZ", "Ungeplanter Ausfall vom 14.06.2026, 03:30\u00a0Uhr\u00a0MESZ",
		"Ungeplanter Ausfall vom 10.06.2026, 10:00\u00a0Uhr\u00a0MESZ"}, outages())
	h.published("2026-07")
	require.Len(t, outages(), 3)
	h.published("2026-Q2")
	require.Len(t, outages(), 4, "the one that began in May, of which no report has told")
}

func TestV11AndItsReceipt(t *testing.T) {
	h := newShop(t, "population: 200", "")
	users := func(from, to int) string {
		var all []string
		for i := from; i <= to; i++ {
			all = append(all, fmt.Sprint("u", i))
		}
		return strings.Join(all, ";")
	}
	bounds := []string{"site.user-minutes-low", "site.user-minutes-high", "site.user-availability-low"}
	h.outages("reference,start,end,users\nA,2026-06-10 10:00,2026-06-10 10:20," + users(1, 150) + "\nB,2026-06-10 10:10,2026-06-10 10:40," + users(101, 180))
	require.Equal(t, map[string]string{bounds[0]: "4900", bounds[1]: "4900", bounds[2]: "99.943287"}, figures(h.published("2026-06"), bounds...))

	h.outages("reference,start,end,affected\nA,2026-06-10 10:00,2026-06-10 10:20,150\nB,2026-06-10 10:10,2026-06-10 10:40,80")
	require.Equal(t, map[string]string{bounds[0]: "4600", bounds[1]: "5100"}, figures(h.published("2026-06"), bounds[:2]...))
}

func TestV12AndItsReceipt(t *testing.T) {
	const objective = `
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: %[1]s}
spec:
  service: shop
  budgetingMethod: %[2]s
  indicator: {metadata: {name: up}, spec: {ratioMetric: {good: {metricSource: {type: turnus, spec: {dataset: probes}}}, total: {metricSource: {type: turnus, spec: {dataset: probes}}}}}}
  timeWindow: [{duration: 1d, isRolling: true}]
  objectives: [{targetPercent: 99.5%[3]s}]
`
	h := newShop(t, "probes: {every: PT1S}", fmt.Sprintf(objective, "one", "Occurrences", "")+
		fmt.Sprintf(objective, "two", "Timeslices", ", timeSliceWindow: 1m, timeSliceTarget: 0.95")+fmt.Sprintf(objective, "three", "RatioTimeslices", ", timeSliceWindow: 1m"))
	var file strings.Builder
	file.WriteString("at,is,probe\n")
	at := time.Date(2026, 6, 10, 0, 0, 0, 0, time.UTC)
	for slice := range 1440 {
		n, bad := 100, 0
		switch {
		case slice >= 1430:
			n, bad = 2, 1
		case slice >= 1420:
			bad = 4
		}
		for i := range n {
			is := 1
			if i < bad {
				is = 0
			}
			fmt.Fprintf(&file, "%s,%d,p%d\n", at.Add(time.Duration(slice)*time.Minute+time.Duration(i/2)*time.Second).Format(time.RFC3339), is, i%2)
		}
	}
	h.samples(file.String())
	r := h.published("2026-06")
	values := map[string]string{}
	for _, f := range r.Figures {
		if f.Group.Kind == report.OfObjective && strings.HasSuffix(f.Name, ".value") && f.Value != nil {
			values[f.Group.Name] = *f.Value + " " + string(f.Verdict)
		}
	}
	require.Equal(t, map[string]string{"one": "99.965040 met", "two": "99.305556 missed", "three": "99.625000 met"}, values)
}
