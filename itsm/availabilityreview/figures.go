package availabilityreview

import (
	"math/big"
	"slices"

	"turnus/itsm/availability"
	"turnus/itsm/calendar"
	"turnus/itsm/interval"
)

// sums are what adds up of a target's figures.
type sums struct {
	availability.Sums
	classes    []availability.Class
	asked      bool // about users
	low, high  int64
	userAgreed int64
}

func (s *sums) add(o sums) {
	s.Sums = s.Plus(o.Sums)
	if s.classes == nil {
		s.classes = slices.Clone(o.classes)
	} else {
		for i := range o.classes {
			s.classes[i].Failures += o.classes[i].Failures
		}
	}
	s.asked = s.asked || o.asked
	s.low, s.high, s.userAgreed = s.low+o.low, s.high+o.high, s.userAgreed+o.userAgreed
}

// figures divides the sums, and holds them against a percentage.
func (s sums) figures(attain, floor string) (Figures, availability.Verdict, error) {
	q, err := s.Divide(attain, floor)
	if err != nil {
		return Figures{}, "", err
	}
	f := Figures{
		Agreed: s.Agreed, Measured: s.Measured, Down: s.Down, Lost: s.LostSeconds(), Maintenance: s.Maintenance, Excused: s.Excused, Unknown: s.Unknown,
		Failures: s.Failures, Restored: s.Restored, Restoring: s.Restoring, Classes: s.classes,
		Availability: q.Availability, Coverage: q.Coverage, Reliable: q.Reliable, MTRS: q.MTRS, MTBF: q.MTBF, MTBSI: q.MTBSI,
	}
	if f.Classes == nil {
		f.Classes = []availability.Class{}
	}
	if s.asked {
		f.LostLow, f.LostHigh, f.UserAgreed = &s.low, &s.high, s.userAgreed
		if s.userAgreed > 0 && q.Availability != nil {
			f.UserLow, f.UserHigh = percent(s.userAgreed-s.high, s.userAgreed), percent(s.userAgreed-s.low, s.userAgreed)
		}
	}
	return f, q.Verdict, nil
}

func percent(part, whole int64) *string {
	s := availability.Percent(part, whole, 6)
	return &s
}

// measure counts what data says in a span of the period in which the terms count,
// of which something is known.
func (t *terms) measure(d *derivation, s interval.Span, of source) (sums, []availability.Segment, error) {
	outs, unknown := t.ask(of)
	c := availability.Case{
		Period: availability.Window{From: instant(s.From), To: instant(s.To)}, Policy: availability.Policy(t.Maintenance),
		Unknown: windowsOf(unknown), Floor: string(t.Coverage), Target: string(t.Attain), Population: t.Population,
	}
	if d.known < s.To {
		c.AsOf = instant(d.known)
	}
	for _, o := range outs {
		c.Outages = append(c.Outages, t.outage(o))
	}
	for _, m := range t.excused {
		c.Maintenance = append(c.Maintenance, availability.Maintenance{From: instant(m.From), To: instant(m.To)})
	}
	r, err := availability.Derive(t.cal, c)
	if err != nil {
		return sums{}, nil, err
	}
	x := sums{Sums: r.Sums, classes: r.Classes}
	if u := r.Users; u != nil {
		x.asked, x.low, x.high, x.userAgreed = true, u.LostLow, u.LostHigh, u.Population*r.Agreed
	}
	return x, r.Segments, nil
}

// judging holds what was measured against each percentage that was agreed in it.
type judging struct {
	all    sums
	floor  string // of coverage; of the newest version
	attain []*big.Rat
	under  []sums // each of these percentages
}

func (j *judging) add(t *terms, s sums) {
	j.all.add(s)
	if j.floor == "" {
		j.floor = string(t.Coverage)
	}
	attain, ok := new(big.Rat).SetString(string(t.Attain))
	if !ok {
		return // refused where it is measured
	}
	for i, a := range j.attain {
		if a.Cmp(attain) == 0 {
			j.under[i].add(s)
			return
		}
	}
	var own sums
	own.add(s)
	j.attain, j.under = append(j.attain, attain), append(j.under, own)
}

// figures gives those of all parts together, and the verdict: missed where the
// parts under one percentage are, met only where none is without data.
func (j *judging) figures() (Figures, availability.Verdict, error) {
	floor := j.floor
	if floor == "" {
		floor = "0" // nothing was agreed, and so nothing measured
	}
	f, _, err := j.all.figures("0", floor)
	verdict := availability.NotApplicable
	for i, s := range j.under {
		if err != nil {
			break
		}
		var v availability.Verdict
		_, v, err = s.figures(j.attain[i].FloatString(18), floor)
		verdict = worse(verdict, v)
	}
	return f, verdict, err
}

// worse orders verdicts: missed, no data, met, not applicable.
func worse(a, b availability.Verdict) availability.Verdict {
	order := []availability.Verdict{availability.Missed, availability.NoData, availability.Met, availability.NotApplicable}
	if slices.Index(order, a) < slices.Index(order, b) {
		return a
	}
	return b
}

// whole makes the segments of parts those of a period: in order, without gaps.
func (d *derivation) whole(parts []availability.Segment) []availability.Segment {
	slices.SortStableFunc(parts, func(a, b availability.Segment) int { return a.From.Compare(b.From) })
	list := []availability.Segment{}
	add := func(from, to int64, kind availability.Kind, weight string) {
		switch n := len(list) - 1; {
		case from >= to:
		case n >= 0 && list[n].Kind == kind && list[n].Weight == weight:
			list[n].To = instant(to)
		default:
			list = append(list, availability.Segment{From: instant(from), To: instant(to), Kind: kind, Weight: weight})
		}
	}
	at := d.period.From
	gap := func(to int64) {
		known := max(min(to, d.known), at)
		add(at, known, availability.KindOutside, "")
		add(known, to, availability.KindAhead, "")
	}
	for _, s := range parts {
		gap(s.From.Unix())
		add(s.From.Unix(), s.To.Unix(), s.Kind, s.Weight)
		at = s.To.Unix()
	}
	gap(d.period.To)
	return list
}

// open gives the hours of a calendar within a span.
func open(cal *calendar.Calendar, s interval.Span) interval.Set {
	return slices.Collect(cal.Open(instant(s.From), instant(s.To)))
}
