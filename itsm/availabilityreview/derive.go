package availabilityreview

import (
	"slices"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/interval"
	"turnus/itsm/uptime"
)

// Derive computes the figures of a period. Outages and windows of maintenance are
// held in memory; of probes only when their answers change, whatever the number
// of samples. Each month is computed by itself, with the versions that count in
// it, and a longer period is the sum of its months. Errors are faults.
func Derive(f Frozen, from Source) (Result, error) {
	d, err := newDerivation(f)
	if err != nil {
		return Result{}, err
	}
	if err := d.collect(from); err != nil {
		return Result{}, err
	}
	for _, t := range d.terms {
		if err := t.study(d); err != nil {
			return Result{}, err
		}
	}
	var r Result
	happened := d.unplanned()
	if r.Agreements, err = d.agreements(happened); err != nil {
		return Result{}, err
	}
	r.Outages = d.listed(happened, r.Agreements)
	r.Windows = d.listWindows(happened)
	r.Drills = d.touched(r.Windows)
	if r.Objectives, err = d.objectives(happened); err != nil {
		return Result{}, err
	}
	return r, d.trends(&r)
}

// derivation is the state of one Derive. Instants are Unix seconds.
type derivation struct {
	Frozen
	zone      *time.Location
	period    interval.Span
	known     int64         // nothing is known from here on
	reads     interval.Span // the time about which there is data
	months    []month       // that have begun when it is known
	calendars map[string][]hours
	contracts []*contract   // by name
	terms     []*terms      // of all of them
	since     interval.Span // the time in which outages were on record

	records []record
	planned []uptime.Planned
	watches map[watching]*watch
	counted []counted // of the objectives
	tallies []*tally
}

// month is a month of the period, or the period itself where it is shorter.
type month struct {
	name string
	interval.Span
}

func newDerivation(f Frozen) (*derivation, error) {
	d := &derivation{Frozen: f, watches: map[watching]*watch{}}
	var err error
	if d.zone, err = calendar.Zone(f.Zone); err != nil {
		return nil, err
	}
	if err := d.split(); err != nil {
		return nil, err
	}
	d.known = f.AsOf.Unix()
	if f.AsOf.IsZero() {
		d.known = d.period.From
	}
	d.months = slices.DeleteFunc(d.months, func(m month) bool { return m.From >= d.known })
	d.reads = interval.Between(f.Reads.From, f.Reads.To)
	d.reads = interval.Span{From: min(d.reads.From, d.period.From), To: max(d.reads.To, d.period.To)}
	if f.Reads.From.IsZero() {
		d.reads.From = d.period.From
	}
	if o := f.Dataset(dataset.Outages); o.Import > 0 {
		d.since = interval.Between(o.Since, o.AsOf)
	}
	if err := d.agree(); err != nil {
		return nil, err
	}
	return d, nil
}

// split finds the months of the period.
func (d *derivation) split() error {
	p, err := calendar.ParsePeriod(d.Period)
	if err != nil {
		return err
	}
	d.period = interval.Between(d.From, d.To)
	if d.period.Empty() || d.period.Seconds() > longest {
		return notAPeriod()
	}
	if p.Grain == calendar.Day || p.Grain == calendar.Month {
		d.months = []month{{p.Name, d.period}}
		return nil
	}
	for first := p.First; first.Before(p.Next); {
		m := calendar.PeriodOf(first, calendar.Month)
		d.months = append(d.months, month{m.Name, interval.Between(m.Bounds(d.zone))})
		first = m.Next
	}
	if d.months[0].From != d.period.From || d.months[len(d.months)-1].To != d.period.To {
		return notAPeriod()
	}
	return nil
}

// longest is the longest period, a leap year.
const longest = 366*86_400 + 3600

func notAPeriod() error {
	return fault.Invalidf("period", "This period doesn't begin and end with its months: freeze it anew.",
		"Diese Periode beginnt und endet nicht mit ihren Monaten: Neu festschreiben.")
}
