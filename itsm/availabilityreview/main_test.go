package availabilityreview_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/availability"
	"turnus/itsm/availabilityreview"
	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/uptime"
	"turnus/itsm/versions"
)

const zone = "Europe/Berlin"

func berlin() *time.Location {
	z, err := calendar.Zone(zone)
	if err != nil {
		panic(err)
	}
	return z
}

// at reads an instant: RFC 3339, or as in 2026-06-10 10:00 on Berlin's clock.
func at(s string) time.Time {
	x, err := time.Parse(time.RFC3339, s)
	if err != nil {
		x, err = time.ParseInLocation("2006-01-02 15:04", s, berlin())
	}
	if err != nil {
		panic(err)
	}
	return x.UTC()
}

// data is what is known of the datasets.
type data struct {
	outages []uptime.Outage
	windows []uptime.Planned
	days    []uptime.Day
}

// source gives it in the order of keys.
func (d data) source() availabilityreview.Source {
	return availabilityreview.Source{
		Outages: grouped(d.outages, uptime.Outage.Key),
		Windows: grouped(d.windows, func(p uptime.Planned) string { return p.Key() }),
		Days: func(yield func(dataset.Keyed[uptime.Day], error) bool) {
			days := slices.Clone(d.days)
			slices.SortFunc(days, func(a, b uptime.Day) int { return cmp.Compare(dayKey(a), dayKey(b)) })
			for _, x := range days {
				if !yield(dataset.Keyed[uptime.Day]{Key: dayKey(x), Is: x}, nil) {
					return
				}
			}
		},
	}
}

func dayKey(d uptime.Day) string {
	at, err := time.Parse(time.DateOnly, d.Date)
	if err != nil {
		return d.Date
	}
	return uptime.Sample{Component: d.Component, Probe: d.Probe, At: at}.Key()
}

func grouped[T any](all []T, key func(T) string) iter.Seq2[dataset.Keyed[[]T], error] {
	byKey := map[string][]T{}
	for _, x := range all {
		byKey[key(x)] = append(byKey[key(x)], x)
	}
	var keys []string
	for k := range byKey {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return func(yield func(dataset.Keyed[[]T], error) bool) {
		for _, k := range keys {
			if !yield(dataset.Keyed[[]T]{Key: k, Is: byKey[k]}, nil) {
				return
			}
		}
	}
}

// frozen is a set about a period in Berlin, for which all is known, with an
// agreement that has a target as JSON says it, over what every target has.
func frozen(t require.TestingT, period string, targets ...string) availabilityreview.Frozen {
	p, err := calendar.ParsePeriod(period)
	require.NoError(t, err)
	from, to := p.Bounds(berlin())
	f := availabilityreview.Frozen{
		Service: "shop", Period: period, From: from.UTC(), To: to.UTC(), Zone: zone, AsOf: to.AddDate(0, 0, 3).UTC(),
		Reads: availabilityreview.Span{From: from.AddDate(0, -1, 0).UTC(), To: to.AddDate(0, 0, 2).UTC()},
	}
	for _, name := range availabilityreview.Datasets() {
		f.Data = append(f.Data, availabilityreview.Data{Dataset: name, Since: from.AddDate(-1, 0, 0).UTC(), AsOf: f.AsOf, Import: 1})
	}
	f.Agreements = []versions.Agreement{version(t, 1, targets...)}
	return f
}

func version(t require.TestingT, n int, targets ...string) versions.Agreement {
	a := versions.Agreement{Name: "shop-sla", Version: n, ValidFrom: at("2020-01-01T00:00:00Z"), Spec: agreement.Spec{Service: "shop"}}
	for i, s := range targets {
		fields := map[string]json.RawMessage{}
		for _, part := range []string{fmt.Sprintf(`{"name":"t%d","measure":"availability","calendar":"24x7","attain":99.8}`, i+1), s} {
			require.NoError(t, json.Unmarshal([]byte(part), &fields))
		}
		b, err := json.Marshal(fields)
		require.NoError(t, err)
		target := agreement.Target{}
		require.NoError(t, json.Unmarshal(b, &target))
		a.Spec.Targets = append(a.Spec.Targets, target)
	}
	return a
}

func derive(t require.TestingT, f availabilityreview.Frozen, d data) availabilityreview.Result {
	r, err := availabilityreview.Derive(f, d.source())
	require.NoError(t, err)
	return r
}

// only is the one target of a result.
func only(t testing.TB, r availabilityreview.Result) availabilityreview.TargetResult {
	t.Helper()
	require.Len(t, r.Agreements, 1)
	require.Len(t, r.Agreements[0].Targets, 1)
	return r.Agreements[0].Targets[0]
}

func out(from, to string) uptime.Outage { return uptime.Outage{From: at(from), To: at(to)} }

// window was announced a month before it begins.
func window(uid, from, to string) uptime.Planned {
	return uptime.Planned{Window: uptime.Window{UID: uid, From: at(from), To: at(to)}, Since: at(from).AddDate(0, -1, 0), Told: true}
}

// samples are those of a probe at these intervals from an instant on, up but where
// it is said that they aren't.
func samples(component, probe string, from, to time.Time, every int64, is func(time.Time) availability.Answer) (days []uptime.Day) {
	for x := from; x.Before(to); x = x.Add(time.Duration(every) * time.Second) {
		a := availability.AnswerUp
		if is != nil {
			a = is(x)
		}
		if a == "" {
			continue
		}
		date := x.UTC().Format(time.DateOnly)
		if n := len(days); n == 0 || days[n-1].Date != date {
			days = append(days, uptime.Day{Component: component, Probe: probe, Date: date})
		}
		d := &days[len(days)-1]
		if n := len(d.Runs) - 1; n >= 0 && d.Runs[n].Is == a && d.Runs[n].At.Unix()+d.Runs[n].N*every == x.Unix() {
			d.Runs[n].N++
			d.Runs[n].Every = every
			continue
		}
		d.Runs = append(d.Runs, uptime.Run{At: x.UTC(), N: 1, Is: a})
	}
	return days
}

// down is an answer within spans, up else.
func down(spans ...uptime.Outage) func(time.Time) availability.Answer {
	return func(x time.Time) availability.Answer {
		for _, s := range spans {
			if !x.Before(s.From) && x.Before(s.To) {
				return availability.AnswerDown
			}
		}
		return availability.AnswerUp
	}
}

func pct(s *string) string {
	if s == nil {
		return "n/a"
	}
	return *s
}

func secs(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}
