package availability

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"time"

	"turnus/itsm/fault"
	"turnus/itsm/interval"
)

// longest is the longest period, about thirty years: it bounds the work.
const longest = 30 * 366 * 86_400

// mostUsers keeps a product of users and seconds within 63 bits.
const mostUsers = 1_000_000_000

// facts are a checked case, in Unix seconds.
type facts struct {
	period        interval.Span
	life          interval.Span // of the service
	known         int64         // nothing is known from here on
	outages       []outage      // those that are some, in order of time
	planned       interval.Set  // maintenance that excuses
	late          []int
	unknown       interval.Set
	target, floor *big.Rat
	bounds        []int64
}

type outage struct {
	interval.Span
	weight   int64 // millionths
	of       int   // place in the case
	open     bool
	cause    string
	users    []string // each once
	named    bool     // they are known
	affected *int64
}

// window is the time in which failures and restorations are counted.
func (f *facts) window() interval.Span {
	return f.period.Clip(f.life).Clip(interval.Span{From: math.MinInt64, To: f.known})
}

// check reads a case; the error is a fault with the field.
func (c Case) check() (*facts, error) {
	f := &facts{life: interval.Span{From: math.MinInt64, To: math.MaxInt64}, known: math.MaxInt64, bounds: c.Bounds}
	var err error
	if f.period, err = span("period", c.Period.From, c.Period.To); err != nil {
		return nil, err
	}
	switch {
	case f.period.Empty():
		return nil, fault.Invalidf("period.to", "the period has no time: it ends at the first instant after it",
			"Der Zeitraum ist leer: Er endet mit dem ersten Zeitpunkt danach.")
	case f.period.Seconds() > longest:
		return nil, fault.Invalidf("period.to", "the period is longer than 30 years: ask for a shorter one",
			"Der Zeitraum ist länger als 30 Jahre: Einen kürzeren angeben.")
	}
	if !c.Born.IsZero() {
		f.life.From = c.Born.Unix()
	}
	if !c.Retired.IsZero() {
		f.life.To = c.Retired.Unix()
	}
	if f.life.Empty() {
		return nil, fault.Invalidf("retired", "the service is retired before it is born", "Der Service endet, bevor er beginnt.")
	}
	if !c.AsOf.IsZero() {
		if f.known = c.AsOf.Unix(); f.known <= f.period.From {
			return nil, fault.Invalidf("as_of", "%s is not after the period's start: nothing is known yet",
				"%s liegt nicht nach dem Beginn des Zeitraums: Noch ist nichts bekannt.", rfc(c.AsOf))
		}
	}
	if f.target, err = percentage("target", c.Target); err != nil {
		return nil, err
	}
	floor := cmp.Or(c.Floor, "95")
	if f.floor, err = percentage("coverage_floor", floor); err != nil {
		return nil, err
	}
	if f.bounds == nil {
		f.bounds = []int64{300, 1800, 3600, 4 * 3600}
	}
	for i, b := range f.bounds {
		if b <= 0 || i > 0 && b <= f.bounds[i-1] {
			return nil, fault.Invalidf(at("duration_bounds_s", i, ""), "bounds are positive and rise", "Grenzen sind positiv und steigen an.")
		}
	}
	if c.Population < 0 || c.Population > mostUsers {
		return nil, fault.Invalidf("population", "a number of users from 0 to %d is needed", "Eine Anzahl von 0 bis %d ist nötig.", mostUsers)
	}
	if err := f.checkMaintenance(c); err != nil {
		return nil, err
	}
	for i, u := range c.Unknown {
		s, err := span(at("unknown", i, ""), u.From, u.To)
		if err != nil {
			return nil, err
		}
		f.unknown = append(f.unknown, s)
	}
	f.unknown = f.unknown.Union()
	for i, o := range c.Outages {
		x, err := f.outage(i, o, c)
		if err != nil {
			return nil, err
		}
		if !x.Empty() && x.weight > 0 {
			f.outages = append(f.outages, x)
		}
	}
	slices.SortStableFunc(f.outages, func(a, b outage) int { return cmp.Compare(a.From, b.From) })
	return f, nil
}

func (f *facts) checkMaintenance(c Case) error {
	switch c.Policy {
	case "", Excluded, Excused:
	default:
		return fault.Invalidf("maintenance_policy", "%.40q isn't a policy: use excluded or excused",
			"%.40q ist keine Regel für Wartung: excluded oder excused.", string(c.Policy))
	}
	if c.Notice < 0 || c.Notice > longest {
		return fault.Invalidf("notice_s", "a notice is from 0 to %d seconds", "Eine Ankündigungsfrist hat 0 bis %d Sekunden.", longest)
	}
	for i, m := range c.Maintenance {
		s, err := span(at("maintenance", i, ""), m.From, m.To)
		if err != nil {
			return err
		}
		switch {
		case m.Announced.IsZero() && c.Notice > 0:
			return missing(at("maintenance", i, ".announced"))
		case !m.Announced.IsZero() && m.Announced.Unix() > s.From-c.Notice:
			f.late = append(f.late, i)
		default:
			f.planned = append(f.planned, s)
		}
	}
	f.planned = f.planned.Union()
	return nil
}

func (f *facts) outage(i int, o Outage, c Case) (outage, error) {
	x := outage{weight: one, of: i, cause: o.Cause, named: o.Users != nil, affected: o.Affected,
		users: slices.Compact(slices.Sorted(slices.Values(o.Users)))}
	end := o.To
	if end.IsZero() {
		if c.AsOf.IsZero() {
			return x, fault.Invalidf(at("outages", i, ".to"), "the outage isn't over: say as_of up to when it is known",
				"Der Ausfall dauert an: as_of angeben, bis wann er bekannt ist.")
		}
		if x.open, end = true, c.AsOf; o.From.After(end) {
			return x, fault.Invalidf(at("outages", i, ".from"), "%s is after as_of, at %s", "%s liegt nach as_of um %s.", rfc(o.From), rfc(end))
		}
	}
	var err error
	if x.Span, err = span(at("outages", i, ""), o.From, end); err != nil {
		return x, err
	}
	if x.To > f.known {
		return x, fault.Invalidf(at("outages", i, ".to"), "%s is after as_of, at %s", "%s liegt nach as_of um %s.", rfc(o.To), rfc(c.AsOf))
	}
	if o.Weight != "" {
		if x.weight, err = weight(o.Weight); err != nil {
			return x, fault.As(err).At(at("outages", i, ".weight"))
		}
	}
	switch {
	case o.Users != nil && o.Affected != nil:
		return x, fault.Invalidf(at("outages", i, ".affected"), "give users by name or their number, not both",
			"Benutzer namentlich oder ihre Anzahl angeben, nicht beides.")
	case c.Population == 0:
	case int64(len(x.users)) > c.Population:
		return x, fault.Invalidf(at("outages", i, ".users"), "%d users are more than the population, %d",
			"%d Benutzer sind mehr als die Anzahl aller, %d.", len(x.users), c.Population)
	case o.Affected != nil && (*o.Affected < 0 || *o.Affected > c.Population):
		return x, fault.Invalidf(at("outages", i, ".affected"), "%d isn't from 0 to the population, %d",
			"%d liegt nicht zwischen 0 und der Anzahl der Benutzer, %d.", *o.Affected, c.Population)
	}
	return x, nil
}

// span reads two instants that stand in order.
func span(field string, from, to time.Time) (interval.Span, error) {
	s := interval.Between(from, to)
	switch {
	case from.IsZero():
		return s, missing(field + ".from")
	case to.IsZero():
		return s, missing(field + ".to")
	case from.Year() < 0 || to.Year() > 9999:
		return s, fault.Invalidf(field, "years from 0000 to 9999 can be used", "Jahre von 0000 bis 9999 sind möglich.")
	case s.To < s.From:
		return s, fault.Invalidf(field+".to", "%s is before its start, at %s", "%s liegt vor dem Beginn um %s.", rfc(to), rfc(from))
	}
	return s, nil
}

func missing(field string) *fault.Error {
	return fault.Invalidf(field, "an instant is missing: give it, as in 2026-10-05T08:00:00+02:00",
		"Ein Zeitpunkt fehlt: Angeben, etwa 2026-10-05T08:00:00+02:00.")
}

func at(list string, i int, field string) string { return fmt.Sprintf("%s[%d]%s", list, i, field) }

func rfc(t time.Time) string { return t.Format(time.RFC3339) }

func instant(at int64) time.Time { return time.Unix(at, 0).UTC() }
