package sla

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
)

// contract is an agreement in all its versions.
type contract struct {
	name     string
	versions []*terms // the newest first
	figures  map[string]*figures
	workload map[int64]int64 // tickets opened in the period, by the month's end
	volumes  [3]volume       // likewise by the start of each unit that a limit needs, back to where the tickets begin; else nil
}

// terms are one version of an agreement.
type terms struct {
	Agreement
	from, to int64 // of the openings that it holds for
	where    where
	targets  []*target
	contract *contract
	used     bool // by a ticket that counts
	voids    []limit
	finest   unit // of these
}

// inForce gives the version for a ticket opened at an instant, or nil.
func (c *contract) inForce(opened int64) *terms {
	for _, t := range c.versions {
		if t.from <= opened && opened < t.to {
			return t
		}
	}
	return nil
}

func newDerivation(f Frozen) (*derivation, error) {
	zone, err := calendar.Zone(f.Zone)
	if err != nil {
		return nil, err
	}
	d := &derivation{from: f.From.Unix(), to: f.To.Unix(), end: f.To.Unix(), zone: zone, wall: wall{zone: zone},
		memo: memo{columns: map[string]int{}}}
	if f.Provisional {
		d.to = min(d.to, f.AsOf.Unix())
	}
	cals := map[string]*calendar.Calendar{calendar.AlwaysOpen: calendar.AlwaysOpenIn(zone)}
	for _, c := range f.Calendars {
		if cals[c.Name], err = calendar.Compile(c.Spec); err != nil {
			return nil, fmt.Errorf("calendar %s, version %d: %w", c.Name, c.Version, err)
		}
	}
	byName := map[string]*contract{}
	for _, a := range f.Agreements {
		c := byName[a.Name]
		if c == nil {
			c = &contract{name: a.Name, figures: map[string]*figures{}, workload: map[int64]int64{}}
			byName[a.Name] = c
			d.contracts = append(d.contracts, c)
		}
		t, err := c.terms(a, cals, &d.memo)
		if err != nil {
			return nil, err
		}
		c.versions = append(c.versions, t)
		d.voids = d.voids || len(t.voids) > 0
	}
	d.excludes(f.Exclusions)
	if f.Lists {
		d.uncounted = &Uncounted{}
		if f.InForce != nil {
			d.since = f.InForce.Import
		}
	}
	slices.SortFunc(d.contracts, func(a, b *contract) int { return cmp.Compare(a.name, b.name) })
	for _, c := range d.contracts {
		slices.SortFunc(c.versions, func(a, b *terms) int { return cmp.Compare(b.Version, a.Version) })
	}
	return d, nil
}

// terms makes a version ready.
func (c *contract) terms(a Agreement, cals map[string]*calendar.Calendar, m *memo) (*terms, error) {
	t := &terms{Agreement: a, from: a.ValidFrom.Unix(), to: math.MaxInt64, where: m.compileWhere(a.Spec.Where), contract: c}
	if a.ValidTo != nil {
		t.to = a.ValidTo.Unix()
	}
	for _, w := range a.Spec.Workload {
		if w.Name != "tickets" {
			return nil, fault.Invalidf("agreements."+a.Name+".workload", "%.40q isn't a workload: use tickets",
				"%.40q ist kein Aufkommen: tickets angeben.", w.Name)
		}
		u, ok := unitOf(w.Per)
		if !ok {
			return nil, fault.Invalidf("agreements."+a.Name+".workload", "%.40q can't have a limit: use month, day or hour",
				"%.40q kann keine Grenze haben: month, day oder hour angeben.", w.Per)
		}
		voids := w.Voids && w.Limit > 0
		if c.volumes[u] == nil && (voids || u != month) {
			c.volumes[u] = volume{}
		}
		if voids {
			t.voids, t.finest = append(t.voids, limit{u, w.Limit}), max(t.finest, u)
		}
	}
	if x := a.Spec.Credits; x != nil {
		if err := x.Check(a.Spec.OfTickets()); err != nil {
			return nil, fmt.Errorf("agreement %s, version %d: %w", a.Name, a.Version, err)
		}
	}
	for _, spec := range a.Spec.OfTickets() {
		field := "agreements." + a.Name + "." + spec.Name
		x := &target{terms: t, spec: spec, where: m.compileWhere(spec.Where), within: spec.Within.Seconds()}
		switch spec.Measure {
		case agreement.Response:
			x.measure = response
		case agreement.Resolution:
			x.measure = resolution
		default:
			return nil, fault.Invalidf(field+".measure", "%.40q isn't a measure: use response or resolution",
				"%.40q ist keine Messgröße: response oder resolution angeben.", string(spec.Measure))
		}
		if x.cal = cals[spec.Calendar]; x.cal == nil {
			return nil, fault.Invalidf(field+".calendar", "the calendar %.80q isn't among the frozen ones",
				"Der Kalender %.80q ist nicht unter den festgeschriebenen.", spec.Calendar)
		}
		if _, err := percentage(spec.Attain.String()); err != nil {
			return nil, err.At(field + ".attain")
		}
		if w := spec.Weight.String(); w != "" && weight(w) == nil {
			return nil, fault.Invalidf(field+".weight", "%.40s isn't a weight: use a decimal number, as in 0.5",
				"%.40s ist kein Gewicht: Eine Dezimalzahl angeben, etwa 0.5.", w)
		}
		if c.figures[spec.Name] == nil {
			c.figures[spec.Name] = &figures{}
		}
		x.figures = c.figures[spec.Name]
		t.targets = append(t.targets, x)
	}
	return t, nil
}

var decimal = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,18})?$`)

func percentage(s string) (*big.Rat, *fault.Error) {
	if !decimal.MatchString(s) {
		return nil, fault.Invalidf("", "%.40q isn't a percentage: use a decimal number, as in 99.5",
			"%.40q ist kein Prozentsatz: Eine Dezimalzahl angeben, etwa 99.5.", s)
	}
	r, _ := new(big.Rat).SetString(s)
	return r, nil
}

// endAfter gives the place of the first month's end after an instant. The list
// of ends grows back to the month of the oldest ticket.
func (d *derivation) endAfter(at int64) int {
	if len(d.ends) == 0 || at < d.ends[0] {
		d.ends = d.ends[:0]
		local := time.Unix(min(at, d.from), 0).In(d.zone)
		month := calendar.Date{Year: local.Year(), Month: local.Month(), Day: 1}
		for {
			start := month.Start(d.zone).Unix()
			if start >= d.to {
				break
			}
			d.ends = append(d.ends, start)
			if month.Month++; month.Month > time.December {
				month.Year, month.Month = month.Year+1, time.January
			}
		}
		if d.from < d.to {
			d.ends = append(d.ends, d.from) // a period may be shorter than a month
		}
		d.ends = append(d.ends, d.to)
		slices.Sort(d.ends)
		d.ends = slices.Compact(d.ends)
	}
	i, found := slices.BinarySearch(d.ends, at)
	return i + int(one(found))
}
