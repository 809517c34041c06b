package sla

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/ticket"
)

// Explain computes the figures as Derive does, in the same pass and with the
// same code, and tells of each ticket, in their order, how it came to count or
// not. An error of tell ends it.
func Explain(f Frozen, tickets iter.Seq2[ticket.Version, error], tell func(TicketReceipt) error) (Totals, error) {
	x := &explainer{tell: tell, asked: map[asked]bool{}}
	r, err := derive(f, tickets, x, listerOf(f))
	return Totals{r, x.void()}, err
}

// Bounds of what is listed of one ticket. A clock that would need more spans
// of its calendar than are left is listed by states alone (Segment.Closed).
const (
	maxSpans    = 20_000  // of open time: 80 years of working days
	maxSegments = 200_000 // all of a ticket
)

// explainer watches a derivation. It looks on and changes nothing.
type explainer struct {
	tell     func(TicketReceipt) error
	told     []told // of the ticket at hand, one a status
	workload []WorkloadReceipt
	first    bool           // month of the ticket at hand
	asked    map[asked]bool // sub-periods of which tickets count only if they weren't too many
	wall     *wall
	spans    int // that may still be listed
	segments int // likewise
	err      error
}

// asked is a sub-period under a version of an agreement.
type asked struct {
	under *terms
	start int64
}

// told is what is known of the ticket at hand under one target.
type told struct {
	counts    []CountReceipt
	subperiod *time.Time
	matched   bool // at the end of a month of the period
	done      bool // as of the last look
	before    int64
	carried   int64
	isBefore  bool
	isCarry   bool
}

// begin forgets the ticket before.
func (x *explainer) begin(d *derivation) {
	x.told = x.told[:0]
	for range d.status {
		x.told = append(x.told, told{})
	}
	x.first, x.wall = true, &d.wall
	x.workload, x.spans, x.segments, x.err = nil, maxSpans, maxSegments, nil
}

// matched looks at a month's end when it is known which targets the fields
// select: a decision that came along shows here, and at the first one the
// volumes that the ticket adds to.
func (x *explainer) matched(d *derivation, k known, i int) {
	before := k.Opened.Unix() < d.from
	for _, t := range d.terms {
		if !x.first || before && len(t.voids) == 0 || !t.where.matches(k) {
			continue
		}
		w := WorkloadReceipt{Agreement: t.contract.name, Version: t.Version}
		if !before {
			w.End = instant(d.ends[i])
		}
		x.workload = append(x.workload, w)
	}
	x.first = false
	for j := range d.status {
		s, t := &d.status[j], &x.told[j]
		t.matched = t.matched || s.matched && (d.ends[i] > d.from || i == len(d.ends)-1)
		if s.done && !t.done {
			t.done, t.isCarry, t.carried = true, true, d.ends[i]
		}
	}
}

// month looks at a month's end when it has been counted.
func (x *explainer) month(d *derivation, i int) {
	for j := range d.status {
		s, t := &d.status[j], &x.told[j]
		if s.done && !t.done && d.ends[i] <= d.from {
			t.isBefore, t.before = true, d.ends[i]
		}
		t.done = s.done
	}
}

// count notes what a month's end adds to the figures under a target.
func (x *explainer) count(d *derivation, s *status, l line, k known, i int, over, decided, reopened, open bool) {
	c := CountReceipt{End: instant(d.ends[i]), Reopened: reopened, Open: open, Undecided: open && !s.done}
	if decided {
		c.Decided = Met
		if over {
			c.Decided = Breached
		}
		switch claim := k.field("made_sla"); {
		case strings.EqualFold(claim, "true"):
			c.Claim = Met
		case strings.EqualFold(claim, "false"):
			c.Claim = Breached
		}
	}
	end := d.ends[i]
	if !l.open() {
		end = l[len(l)-1].at
	}
	c.Clock = clockOf(s.cal, l, end, s.within, s.spec.Reopen)
	c.Clock.Segments = x.list(s.cal, l, end, s.spec.Reopen)
	x.segments -= len(c.Clock.Segments) + len(c.Clock.Cycles)
	// The figures take short cuts; a receipt that doesn't bear them out is none.
	if (c.Clock.Verdict == Breached) != over && x.err == nil {
		x.err = fmt.Errorf("sla: ticket %s, target %s: the clock says %s and the figures don't", k.Number, s.spec.Name, c.Clock.Verdict)
	}
	for j := range d.status {
		if &d.status[j] == s {
			t := &x.told[j]
			t.counts = append(t.counts, c)
			if s.to != s.figures && s.exclusion == nil {
				start := d.wall.start(s.terms.finest, k.Opened.Unix())
				x.asked[asked{s.terms, start}] = true
				at := instant(start)
				t.subperiod = &at
			}
		}
	}
}

// void says which of the sub-periods that were asked about had too many
// tickets, when all are counted.
func (x *explainer) void() (all []Void) {
	for a := range x.asked {
		for _, l := range a.under.voids {
			n := a.under.contract.volumes[l.per][x.wall.start(l.per, a.start)]
			if n > l.most {
				all = append(all, Void{a.under.Name, a.under.Version, instant(a.start), perOf(l.per), n, l.most})
			}
		}
	}
	slices.SortFunc(all, func(a, b Void) int {
		return cmp.Or(cmp.Compare(a.Agreement, b.Agreement), cmp.Compare(a.Version, b.Version), a.Subperiod.Compare(b.Subperiod),
			cmp.Compare(a.Per, b.Per), cmp.Compare(a.Limit, b.Limit))
	})
	return all
}

// perOf is the inverse of unitOf.
func perOf(u unit) string {
	return [...]string{month: agreement.PerMonth, day: agreement.PerDay, hour: agreement.PerHour}[u]
}

// list gives a line's segments, or where they would be too many its states.
func (x *explainer) list(cal *calendar.Calendar, l line, end int64, reopen agreement.Reopen) []Segment {
	if x.segments < 0 {
		return nil
	}
	n := 0
	for range cal.Open(instant(l[0].at), instant(end)) {
		if n++; n > x.spans {
			return states(cal, l, end, reopen)
		}
	}
	x.spans -= n
	return segments(cal, l, end, reopen)
}

// states are the segments of a line without those of closed time, which each
// says by its sum.
func states(cal *calendar.Calendar, l line, end int64, reopen agreement.Reopen) []Segment {
	out := []Segment{}
	all := cycle{l, end, l.open()}
	for i, c := range l {
		s := Segment{From: instant(c.at), To: instant(all.until(i)), Kind: all.kind(i, reopen)}
		if !s.From.Before(s.To) {
			continue
		}
		s.Closed = s.To.Unix() - s.From.Unix() - cal.Seconds(s.From, s.To)
		out = append(out, s)
	}
	return out
}

// ticket tells of the ticket at hand.
func (x *explainer) ticket(d *derivation, v *ticket.Version) error {
	if x.err != nil {
		return x.err
	}
	if x.segments < 0 {
		return fault.Invalidf("tickets."+v.Number, "its receipt would hold more than %d segments of time",
			"Sein Beleg enthielte mehr als %d Zeitabschnitte.", maxSegments)
	}
	r := TicketReceipt{Number: v.Number, Import: v.Import, Opened: instant(v.Opened.Unix()), Hash: v.Hash,
		Flagged: v.Flagged, Fields: set(v.Fields), Events: inSeconds(v.Events)}
	if v.Opened.Unix() >= d.to {
		r.Reason = OpenedLater
		return x.tell(r)
	}
	r.Workload = x.workload
	for j := range d.status {
		if t := &x.told[j]; t.matched {
			r.Targets = append(r.Targets, t.receipt(&d.status[j]))
		}
	}
	switch {
	case len(d.terms) == 0:
		r.Reason = NoAgreement
	case len(r.Targets) == 0:
		r.Reason = NotSelected
	}
	return x.tell(r)
}

func (t *told) receipt(s *status) TargetReceipt {
	r := TargetReceipt{Agreement: s.terms.Name, Version: s.terms.Version, Target: s.spec.Name, Subperiod: t.subperiod, Counts: t.counts}
	if s.exclusion != nil {
		r.Exclusion = s.exclusion.ID
	}
	if t.isBefore {
		at := instant(t.before)
		r.DecidedBefore = &at
	}
	if t.isCarry {
		at := instant(t.carried)
		r.Carried = &at
	}
	switch {
	case len(t.counts) > 0:
	case t.isCarry:
		r.Reason = OtherTarget
	case t.done:
		r.Reason = EarlierMonth
	default:
		r.Reason = LeftUndecided
	}
	return r
}

// set gives the fields that have a value.
func set(fields map[string]string) map[string]string {
	for _, v := range fields {
		if v == "" {
			some := map[string]string{}
			for name, v := range fields {
				if v != "" {
					some[name] = v
				}
			}
			return some
		}
	}
	return fields
}

// inSeconds gives the events with their instants as clocks take them: in UTC,
// cut to seconds.
func inSeconds(events []ticket.Event) []ticket.Event {
	for i, e := range events {
		if e.At.Location() != time.UTC || e.At.Nanosecond() != 0 {
			all := append([]ticket.Event{}, events...)
			for ; i < len(all); i++ {
				all[i].At = instant(all[i].At.Unix())
			}
			return all
		}
	}
	return events
}
