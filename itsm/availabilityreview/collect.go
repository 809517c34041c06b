package availabilityreview

import (
	"cmp"
	"slices"
	"time"

	"turnus/itsm/availability"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/interval"
	"turnus/itsm/uptime"
)

// record is an outage as somebody recorded it.
type record struct {
	uptime.Outage
	span interval.Span
	open bool // it wasn't over when the source was read
}

// watching says which probes are watched, and how: those of a component, or all.
type watching struct {
	component string
	how       availability.Sampling // without quorum
}

// watch is what probes saw.
type watch struct {
	*availability.Watch
	samples, down, unknown int64    // in the period
	probes                 []string // that have any then
	pair                   string   // the component and probe at hand
	any                    bool
}

// collect reads the data of the set.
func (d *derivation) collect(from Source) error {
	if err := d.collectOutages(from); err != nil {
		return err
	}
	for k, err := range from.Windows {
		if err != nil {
			return err
		}
		for _, w := range k.Is {
			if w.To.Before(w.From) {
				return badData(dataset.Maintenance, k.Key)
			}
			d.planned = append(d.planned, w)
		}
	}
	slices.SortStableFunc(d.planned, func(a, b uptime.Planned) int {
		return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.UID, b.UID), a.Original.Compare(b.Original), cmp.Compare(a.Component, b.Component))
	})
	d.prepareTallies()
	return d.collectDays(from)
}

func (d *derivation) collectOutages(from Source) error {
	asOf := d.Dataset(dataset.Outages).AsOf.Unix()
	for k, err := range from.Outages {
		if err != nil {
			return err
		}
		for _, o := range k.Is {
			r := record{Outage: o, span: interval.Between(o.From, o.To)}
			if r.open = o.To.IsZero(); r.open {
				r.span.To = max(asOf, r.span.From)
			}
			if r.span.To < r.span.From || o.From.Year() < 1 || o.To.Year() > 9999 {
				return badData(dataset.Outages, k.Key)
			}
			if d.known < d.period.To && r.span.To >= d.known { // what is known ends before
				r.span.To, r.open = d.known, true
			}
			if !r.span.Empty() {
				d.records = append(d.records, r)
			}
		}
	}
	slices.SortStableFunc(d.records, func(a, b record) int {
		return cmp.Or(cmp.Compare(a.span.From, b.span.From), cmp.Compare(a.span.To, b.span.To), cmp.Compare(a.Component, b.Component),
			cmp.Compare(a.Reference, b.Reference), cmp.Compare(a.Cause, b.Cause))
	})
	return nil
}

// collectDays lets the watches see all samples, which come in the order of
// component, probe and time.
func (d *derivation) collectDays(from Source) error {
	last, component := "", ""
	var watches []*watch
	var tallies []*tally
	var runs []availability.Run
	for k, err := range from.Days {
		if err != nil {
			return err
		}
		if last == "" || k.Is.Component != component {
			component = k.Is.Component
			watches, tallies = d.concerned(component)
		}
		if k.Key <= last {
			return badData(dataset.Probes, k.Key)
		}
		last = k.Key
		if runs = runsOf(k.Is, runs[:0]); len(runs) == 0 {
			return badData(dataset.Probes, k.Key)
		}
		for _, w := range watches {
			if err := w.see(k.Is, runs, d.period); err != nil {
				return fault.As(err).At("probes." + k.Key)
			}
		}
		for _, t := range tallies {
			t.count(runs)
		}
	}
	for _, w := range d.watches {
		slices.Sort(w.probes)
		w.probes = slices.Compact(w.probes)
	}
	return nil
}

// concerned are the watches and tallies that a component's samples are for.
func (d *derivation) concerned(component string) (watches []*watch, tallies []*tally) {
	for of, w := range d.watches {
		if of.component == "" || of.component == component {
			watches = append(watches, w)
		}
	}
	for _, t := range d.tallies {
		if t.component == "" || t.component == component {
			tallies = append(tallies, t)
		}
	}
	return watches, tallies
}

// runsOf adds a day's runs to a list; none where they aren't of that day.
func runsOf(day uptime.Day, runs []availability.Run) []availability.Run {
	begins, err := time.Parse(time.DateOnly, day.Date)
	if err != nil {
		return nil
	}
	free := interval.Span{From: begins.Unix(), To: begins.Unix() + 86_400} // of the date, after the run before
	for _, r := range day.Runs {
		x := availability.Run{At: r.At.Unix(), Every: r.Every, N: r.N, Is: r.Is}
		if x.N < 1 || x.N > 86_400 || x.Every < 0 || x.Every > 86_400 || x.N > 1 && x.Every == 0 || !free.Contains(x.At) {
			return nil
		}
		last := x.At + (x.N-1)*x.Every
		if !free.Contains(last) {
			return nil
		}
		free.From = last + 1
		runs = append(runs, x)
	}
	return runs
}

// see takes a day of a probe.
func (w *watch) see(day uptime.Day, runs []availability.Run, period interval.Span) error {
	if pair := day.Component + "\x1f" + day.Probe; !w.any || pair != w.pair {
		w.Next()
		w.pair, w.any = pair, true
	}
	before := w.samples
	for _, r := range runs {
		if err := w.See(r); err != nil {
			return err
		}
		n := within(r, period)
		w.samples += n
		switch r.Is {
		case availability.AnswerDown:
			w.down += n
		case availability.AnswerUnknown:
			w.unknown += n
		}
	}
	name := cmp.Or(day.Component, day.Probe)
	if day.Component != "" && day.Probe != "" {
		name = day.Component + " · " + day.Probe
	}
	if k := len(w.probes); w.samples > before && (k == 0 || w.probes[k-1] != name) {
		w.probes = append(w.probes, name)
	}
	return nil
}

// within counts the samples of a run that lie in a span.
func within(r availability.Run, s interval.Span) int64 {
	before := func(at int64) int64 { // samples before an instant
		switch {
		case at <= r.At:
			return 0
		case r.N == 1 || r.Every == 0:
			return r.N
		}
		return min((at-r.At+r.Every-1)/r.Every, r.N)
	}
	return before(s.To) - before(s.From)
}

func badData(name, key string) error {
	return fault.Invalidf(name, "What is known of %.80q makes no sense: its times don't follow each other. Import it anew.",
		"Was über %.80q bekannt ist, ergibt keinen Sinn: Die Zeiten folgen nicht aufeinander. Neu importieren.", key)
}
