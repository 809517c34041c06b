package availabilityreview

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"turnus/itsm/agreement"
	"turnus/itsm/availability"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/interval"
	"turnus/itsm/versions"
)

// contract is an agreement in the versions that count in the period.
type contract struct {
	versions []*versions.Agreement // the newest first
	targets  []string              // by name, in the order of the newest version
	terms    map[string][]*terms   // of a target, the newest first
}

// terms are a target in one version of its agreement.
type terms struct {
	agreement.Target
	*agreement.Availability
	version int
	counts  interval.Set // when they do, in the period
	cal     *calendar.Calendar
	watch   *watch // nil: no probes were agreed

	said
	excused interval.Set // by maintenance
}

// agree makes agreements and calendars ready.
func (d *derivation) agree() error {
	if err := d.compile(); err != nil {
		return err
	}
	byName := map[string]*contract{}
	newest := make([]*versions.Agreement, len(d.Agreements))
	for i := range d.Agreements {
		newest[i] = &d.Agreements[i]
	}
	slices.SortStableFunc(newest, func(a, b *versions.Agreement) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(b.Version, a.Version))
	})
	taken := map[string]interval.Set{} // by newer versions
	for _, a := range newest {
		valid := interval.Span{From: a.ValidFrom.Unix(), To: math.MaxInt64}
		if a.ValidTo != nil {
			valid.To = a.ValidTo.Unix()
		}
		counts := interval.Set{valid.Clip(d.period)}.Minus(taken[a.Name])
		if len(counts) == 0 {
			continue
		}
		taken[a.Name] = taken[a.Name].Union(counts)
		c := byName[a.Name]
		if c == nil {
			c = &contract{terms: map[string][]*terms{}}
			byName[a.Name] = c
			d.contracts = append(d.contracts, c)
		}
		c.versions = append(c.versions, a)
		for _, t := range a.Spec.OfAvailability() {
			all, err := d.termsOf(t, counts)
			if err != nil {
				return fault.As(err).At("agreements." + a.Name + "." + t.Name)
			}
			for _, x := range all {
				x.version = a.Version
			}
			if c.terms[t.Name] == nil {
				c.targets = append(c.targets, t.Name)
			}
			c.terms[t.Name] = append(c.terms[t.Name], all...)
			d.terms = append(d.terms, all...)
		}
	}
	return nil
}

// hours are a calendar in the version that counts in a span.
type hours struct {
	interval.Span
	cal *calendar.Calendar
}

// compile makes the calendars ready: by name, the version of the last months first.
func (d *derivation) compile() error {
	d.calendars = map[string][]hours{calendar.AlwaysOpen: {{d.period, calendar.AlwaysOpenIn(d.zone)}}}
	for _, c := range d.Calendars {
		cal, err := calendar.Compile(c.Spec)
		if err != nil {
			return fmt.Errorf("calendar %s, version %d: %w", c.Name, c.Version, err)
		}
		now, before := hours{d.period, cal}, d.calendars[c.Name]
		if c.Since != "" {
			month, err := calendar.ParsePeriod(c.Since)
			if err != nil {
				return err
			}
			from, _ := month.Bounds(d.zone)
			now.From = from.Unix()
			if len(before) > 0 {
				before[0].To = now.From
			}
		}
		d.calendars[c.Name] = append([]hours{now}, before...)
	}
	return nil
}

// termsOf are a target's terms for the time in which a version of its agreement
// counts: one for each version of its calendar, the newest first.
func (d *derivation) termsOf(t agreement.Target, counts interval.Set) (all []*terms, err error) {
	for _, h := range d.calendars[t.Calendar] {
		if h.Empty() || len(counts.Intersect(interval.Set{h.Span})) == 0 {
			continue
		}
		x, err := d.newTerms(t, h.cal)
		if err != nil {
			return nil, err
		}
		x.counts = counts.Intersect(interval.Set{h.Span})
		all = append(all, x)
	}
	if len(all) == 0 {
		return nil, fault.Invalidf("calendar", "the calendar %.80q isn't among the frozen ones",
			"Der Kalender %.80q ist nicht unter den festgeschriebenen.", t.Calendar)
	}
	return all, nil
}

func (d *derivation) newTerms(t agreement.Target, cal *calendar.Calendar) (*terms, error) {
	x := &terms{Target: t, Availability: t.Availability, cal: cal}
	if x.Availability == nil {
		return nil, fault.Invalidf("availability", "a target about availability says how it is measured", "Ein Verfügbarkeitsziel sagt, wie es gemessen wird.")
	}
	switch x.Counts {
	case agreement.CountOutages, agreement.CountProbes, agreement.CountEither:
	default:
		return nil, fault.Invalidf("counts", "%.40q doesn't say what counts: use outages, probes or either",
			"%.40q sagt nicht, was zählt: outages, probes oder either angeben.", string(x.Counts))
	}
	if p := x.Probes; p != nil {
		of := watching{x.Component, availability.Sampling{Every: p.Every.Seconds(), Gap: p.Gap.Seconds(), Failures: p.Failures}}
		if d.watches[of] == nil {
			w, err := availability.NewWatch(of.how)
			if err != nil {
				return nil, err
			}
			d.watches[of] = &watch{Watch: w}
		}
		x.watch = d.watches[of]
	} else if x.Counts != agreement.CountOutages {
		return nil, fault.Invalidf("probes", "%s count, and how they are read isn't said", "%s zählen, und wie sie gelesen werden, fehlt.", string(x.Counts))
	}
	return x, nil
}

// concerns says whether what is about a component (empty: the whole service) is
// about the target.
func (t *terms) concerns(component string) bool {
	return t.Component == "" || component == "" || component == t.Component
}
