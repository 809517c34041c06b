package availabilityreview_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/availability"
	"turnus/itsm/availabilityreview"
	"turnus/itsm/calendar"
)

// Each minute says what it is, by the definitions and without any set operation.
func TestAgainstCountingMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, d := drawn(t)
		f = part(t, f, rapid.SampledFrom([]string{"2026-03-01", "2026-02-28", "2026-03-29", "2026-03-31", "2026-10-25", "2026-11-01", "2026-11-02", "2026-03"}).Draw(t, "period"))
		r := derive(t, f, d)
		for _, a := range r.Agreements {
			for _, x := range a.Targets {
				o := oracle{Frozen: f, data: d}
				for at := f.From; at.Before(f.To); at = at.Add(time.Minute) {
					if v := o.inForce(at, x.Target.Name); v != nil {
						o.count(at, *v)
					}
				}
				require.Equal(t, o.sum, map[availability.Kind]int64{"agreed": x.Sum.Agreed, "down": x.Sum.Down, "unknown": x.Sum.Unknown,
					"maintenance": x.Sum.Maintenance, "excused": x.Sum.Excused}, "%s", x.Target.Name)
			}
		}
	})
}

// oracle sums seconds.
type oracle struct {
	availabilityreview.Frozen
	data
	sum   map[availability.Kind]int64
	seen  map[string]availability.Observed // by target
	hours *calendar.Calendar
}

// inForce is the target of the version in force at an instant.
func (o *oracle) inForce(at time.Time, name string) *agreement.Target {
	for _, v := range slices.Backward(o.Agreements) {
		if at.Before(v.ValidFrom) || v.ValidTo != nil && !at.Before(*v.ValidTo) {
			continue
		}
		for i := range v.Spec.Targets {
			if v.Spec.Targets[i].Name == name {
				return &v.Spec.Targets[i]
			}
		}
	}
	return nil
}

func (o *oracle) count(at time.Time, x agreement.Target) {
	if o.sum == nil {
		o.sum = map[availability.Kind]int64{"agreed": 0, "down": 0, "unknown": 0, "maintenance": 0, "excused": 0}
		o.seen = map[string]availability.Observed{}
		o.hours, _ = calendar.Compile(o.Calendars[0].Spec)
	}
	a := x.Availability
	in := func(from, to time.Time) bool { return !at.Before(from) && at.Before(to) }
	concerns := func(component string) bool {
		return a.Component == "" || component == "" || component == a.Component
	}
	if x.Calendar == "office" && o.hours.Seconds(at, at.Add(time.Minute)) == 0 {
		return
	}
	recorded, planned := false, false
	for _, r := range o.outages {
		recorded = recorded || concerns(r.Component) && in(r.From, r.To)
	}
	for _, w := range o.windows {
		if w.Cancelled || !concerns(w.Component) || !in(w.From, w.To) {
			continue
		}
		intime := func(since, from time.Time) bool {
			return !since.After(from.Add(-time.Duration(a.Notice) * time.Second))
		}
		planned = planned || intime(w.Since, w.From)
		for _, b := range w.Before {
			planned = planned || intime(b.Since, b.From) && in(b.From, b.To)
		}
	}
	kept := !at.Before(o.Dataset("outages").Since)
	down, blind := o.look(at, x)
	var isDown, known bool
	switch a.Counts {
	case agreement.CountOutages:
		isDown, known = recorded, kept
	case agreement.CountProbes:
		isDown, known = down || blind && recorded, !blind
	case agreement.CountEither:
		isDown, known = down || recorded, !blind || kept
	}
	switch {
	case planned:
		o.sum["maintenance"] += 60
		if isDown {
			o.sum["excused"] += 60
		}
		if a.Maintenance == agreement.MaintenanceExcused {
			o.sum["agreed"] += 60
		}
	case isDown:
		o.sum["agreed"] += 60
		o.sum["down"] += 60
	case known:
		o.sum["agreed"] += 60
	default:
		o.sum["unknown"] += 60
	}
}

// look says what all samples of the target's probes tell of an instant.
func (o *oracle) look(at time.Time, x agreement.Target) (down, blind bool) {
	a := x.Availability
	key := fmt.Sprint(a.Component, *a.Probes)
	seen, ok := o.seen[key]
	if !ok {
		var list []availability.Sample
		for _, d := range o.days {
			if a.Component != "" && d.Component != a.Component {
				continue
			}
			for _, r := range d.Runs {
				for k := range r.N {
					list = append(list, availability.Sample{At: r.At.Add(time.Duration(k*r.Every) * time.Second), Probe: d.Component + "/" + d.Probe, Is: r.Is})
				}
			}
		}
		var err error
		seen, err = availability.Observe(list, availability.Sampling{Every: int64(a.Probes.Every), Gap: int64(a.Probes.Gap), Failures: a.Probes.Failures, Quorum: a.Probes.Quorum},
			availability.Window{From: o.Reads.From, To: o.Reads.To})
		if err != nil {
			panic(err)
		}
		o.seen[key] = seen
	}
	for _, s := range seen.Outages {
		down = down || !at.Before(s.From) && at.Before(s.To)
	}
	for _, s := range seen.Unknown {
		blind = blind || !at.Before(s.From) && at.Before(s.To)
	}
	return down, blind
}
