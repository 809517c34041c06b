// Package reviewtest makes what availability reviews stand on, for tests: sets with
// agreements and objectives as they are declared, and the data that was known.
//
//	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", `{"attain":99.5}`))
//	d := reviewtest.Data{Outages: []uptime.Outage{reviewtest.Out("2026-06-10 10:00", "2026-06-10 11:30")}}
//	r, err := avail.Derive(d.Freeze(f), d.Source())
package reviewtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"turnus/itsm/agreement"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/resource"
	"turnus/itsm/slo"
	"turnus/itsm/text"
	"turnus/itsm/versions"
)

// Zone of all sets.
const Zone = "Europe/Berlin"

// At reads an instant: RFC 3339, or Berlin's wall clock as in 2026-06-10 10:00.
func At(s string) time.Time {
	x, err := time.Parse(time.RFC3339, s)
	if err != nil {
		zone, _ := calendar.Zone(Zone)
		x, err = time.ParseInLocation("2006-01-02 15:04", s, zone)
	}
	return must(x, err).UTC()
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Target is one about availability around the clock, 99.8 %, with what JSON says of
// it.
func Target(name, spec string) (t agreement.Target) {
	whole := map[string]any{"name": name, "measure": "availability", "calendar": calendar.AlwaysOpen, "attain": 99.8}
	if err := json.Unmarshal([]byte(cmp.Or(spec, "{}")), &whole); err != nil {
		panic(err)
	}
	if err := json.Unmarshal(must(json.Marshal(whole)), &t); err != nil {
		panic(err)
	}
	return t
}

// Frozen is a set about a period, for which all is known, with one agreement.
func Frozen(period string, targets ...agreement.Target) avail.Frozen {
	p := must(calendar.ParsePeriod(period))
	from, to := p.Bounds(must(calendar.Zone(Zone)))
	f := avail.Frozen{
		Run: "availability-review/shop/" + period, Round: 1, Service: "shop", Title: text.New("Online shop", "Onlineshop"), Period: period,
		From: from.UTC(), To: to.UTC(), Zone: Zone, TZData: calendar.TZData, At: to.UTC().Add(54 * time.Hour), AsOf: to.UTC().Add(48 * time.Hour),
		Agreements: []versions.Agreement{Agreement("shop-2026", 1, targets...)},
	}
	f.Reads = avail.ReadsFor(f)
	for i, name := range avail.Datasets() {
		id := int64(i + 1)
		f.Import = id
		f.Data = append(f.Data, avail.Data{Dataset: name, Since: from.UTC().AddDate(-1, 0, 0), AsOf: f.AsOf, Import: id, RowsRead: 40, Imports: []dataset.Import{{
			ID: id, Dataset: name, Service: "shop", Format: "csv", AsOf: f.AsOf, By: "owner", At: f.AsOf, Zone: Zone, Warnings: []dataset.Warning{},
			File: dataset.File{Name: name + ".csv", Bytes: 4711, SHA256: canonical.Sum([]byte(name))}}}})
	}
	return f
}

// Agreement is one version of an agreement, as it was declared.
func Agreement(name string, version int, targets ...agreement.Target) versions.Agreement {
	a := versions.Agreement{Name: name, Version: version, Title: text.New("Shop 2026", "Shop 2026"), ValidFrom: At("2025-12-31T23:00:00Z"),
		Spec: agreement.Spec{Service: "shop", Customer: "retail", Valid: agreement.Valid{From: calendar.Date{Year: 2026, Month: 1, Day: 1}}, Consent: "signed on 2025-12-01", Targets: targets}}
	a.Declared, a.Hash = declared(resource.Agreement, name, a.Title, &a.Spec)
	a.Decided = &versions.Decided{Run: "change-approval/shop/2025-12-01", By: []string{"manager"}, At: At("2025-12-01T09:00:00Z")}
	return a
}

// Objective is an SLO that counts the answers of probes, as it was declared.
func Objective(name string, method slo.Method, goal string) avail.Objective {
	o := avail.Objective{Name: name, Title: text.New("Reachable", "Erreichbar"), Version: 1}
	metric := `{"metricSource":{"type":"turnus","spec":{"dataset":"probes"}}}`
	spec := fmt.Sprintf(`{"service":"shop","budgetingMethod":%q,"timeWindow":[{"duration":"28d","isRolling":true}],
		"indicator":{"metadata":{"name":"reachable"},"spec":{"ratioMetric":{"good":%[2]s,"total":%[2]s}}},"objectives":[%[3]s]}`, method, metric, goal)
	if err := json.Unmarshal([]byte(spec), &o.Spec); err != nil {
		panic(err)
	}
	o.Declared, o.Hash = declared(resource.SLO, name, o.Title, &o.Spec)
	return o
}

// declared is the document of a spec, with its hash; the spec becomes what is read
// back from it.
func declared[T any](kind resource.Kind, name string, title text.Text, spec *T) (*resource.Raw, string) {
	d := &resource.Raw{APIVersion: resource.APIVersion, Kind: kind, Metadata: resource.Metadata{Name: name, DisplayName: title}, Spec: must(canonical.JSON(spec))}
	if err := json.Unmarshal(d.Spec, spec); err != nil {
		panic(err)
	}
	return d, must(canonical.Hash(d))
}

// sorted are the keys of a map in the order of their bytes.
func sorted[T any](m map[string][]T) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
