package store

import (
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/uptime"
)

// knowing is what is known of a key of a dataset, T, made of what imports said.
type knowing[T any] struct {
	name  string // of the dataset
	known func(key string, said []dataset.Said) (T, error)
	// within leaves what touches a span; false: nothing does.
	within func(t T, from, to time.Time) (T, bool)
	// each gives what is known one by one, as rows say it.
	each func(t T, see func(unit))
}

// unit is one thing that is known of a key, to be compared with others of it.
type unit struct {
	at int64
	is string
}

func knowingOutages() knowing[[]uptime.Outage] {
	return knowing[[]uptime.Outage]{name: dataset.Outages, known: uptime.OutagesKnown,
		within: func(all []uptime.Outage, from, to time.Time) (held []uptime.Outage, any bool) {
			for _, o := range all {
				if touches(o.From, o.To, from, to) {
					held = append(held, o)
				}
			}
			return held, len(held) > 0
		},
		each: func(all []uptime.Outage, see func(unit)) {
			for i := range all {
				see(unit{is: string(uptime.AppendOutage(nil, &all[i]))})
			}
		}}
}

// knowingWindows counts a window among those of a span also where it stood there
// before it was moved.
func knowingWindows() knowing[[]uptime.Planned] {
	return knowing[[]uptime.Planned]{name: dataset.Maintenance, known: uptime.WindowsKnown,
		within: func(all []uptime.Planned, from, to time.Time) (held []uptime.Planned, any bool) {
			for _, w := range all {
				in := touches(w.From, w.To, from, to)
				for _, f := range w.Before {
					in = in || touches(f.From, f.To, from, to)
				}
				if in {
					held = append(held, w)
				}
			}
			return held, len(held) > 0
		},
		each: func(all []uptime.Planned, see func(unit)) {
			for i := range all {
				see(unit{is: string(uptime.AppendWindow(nil, &all[i].Window))})
			}
		}}
}

func knowingDays() knowing[uptime.Day] {
	return knowing[uptime.Day]{name: dataset.Probes, known: uptime.DayKnown,
		within: func(d uptime.Day, _, _ time.Time) (uptime.Day, bool) { return d, len(d.Runs) > 0 },
		each: func(d uptime.Day, see func(unit)) {
			for _, r := range d.Runs {
				for i := range r.N {
					see(unit{r.At.Unix() + i*r.Every, string(r.Is)})
				}
			}
		}}
}

// touches says whether something that lasts from one instant to another, or for
// ever, has an instant in common with [since, until].
func touches(from, to, since, until time.Time) bool {
	return !from.After(until) && (to.IsZero() || !to.Before(since))
}
