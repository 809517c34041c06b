package sla

import (
	"io"
	"iter"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/ticket"
)

// Derive computes the figures of a period from its tickets, one at a time: of
// each decided ticket and target it keeps the elapsed time, eight bytes, and
// nothing else grows with their number.
//
// What is known counts as of the ends of months, in the period's zone: a
// ticket belongs to the first month at whose end it is decided (stopped, or
// over its target), and so a longer period is the sum of its months. Of a
// provisional period only what lies before the as-of of its imports is known,
// and that instant stands for its end. Tickets opened at or after the end are
// ignored; an error of the iterator ends it.
//
// Where an agreement's workload limit voids targets, the tickets have to be all
// that were opened since Frozen.Reads says, those over before the period too. A
// set that lists its tickets (Frozen.Lists) is then read twice, since which of
// them count is known only after the last one.
func Derive(f Frozen, tickets iter.Seq2[ticket.Version, error]) (Result, error) {
	return derive(f, tickets, nil, listerOf(f))
}

// listerOf is the one that finds count and hash of the list, if there is one.
func listerOf(f Frozen) *lister {
	if !f.Lists {
		return nil
	}
	return newLister(f, io.Discard, nil)
}

// derive is Derive, with a look-out for receipts or without one, and with a list
// or without one.
func derive(f Frozen, tickets iter.Seq2[ticket.Version, error], x *explainer, list *lister) (r Result, err error) {
	d, err := newDerivation(f)
	if err != nil {
		return r, err
	}
	d.explainer = x
	if !d.voids {
		d.list = list
	}
	if err := d.all(tickets); err != nil {
		return r, err
	}
	r = d.result()
	if list == nil {
		return r, nil
	}
	if d.voids {
		list.knows(d)
		again, err := newDerivation(f)
		if err == nil {
			again.list = list
			err = again.all(tickets)
		}
		if err != nil {
			return r, err
		}
	}
	r.List, err = list.end()
	return r, err
}

// all takes all tickets.
func (d *derivation) all(tickets iter.Seq2[ticket.Version, error]) error {
	for v, err := range tickets {
		if err != nil {
			return err
		}
		d.take(&v)
		if d.explainer != nil {
			if err := d.explainer.ticket(d, &v); err != nil {
				return err
			}
		}
		if d.list != nil && d.list.err != nil {
			return d.list.err
		}
	}
	return nil
}

// derivation is the state of one Derive.
type derivation struct {
	explainer *explainer // nil: nobody asks for receipts
	list      *lister    // nil: nobody asks for a list

	from, to  int64 // to: the end, or up to when a provisional period is known
	end       int64 // of the period
	zone      *time.Location
	ends      []int64 // of months, from, and to, which is the last
	contracts []*contract
	wall      wall
	voids     bool // a workload limit voids targets

	exclusions []agreement.Exclusion // by ID
	excluded   map[string][]int      // by ticket; nil without any

	opened, unmatched, untargeted, flagged int64

	uncounted *Uncounted // nil: the set doesn't say
	since     int64      // the import that the report in force stood on; 0: none was
	changed   int64      // tickets that came or changed since

	terms  []*terms // in force for the ticket at hand
	status []status // of their targets, one after the other
	left   [2]bool  // by measure: it left a target under which it was decided
	memo   memo     // of its fields
}

// status of the ticket at hand under one target, as its months go by.
type status struct {
	*target
	to        *figures             // where it counts
	exclusion *agreement.Exclusion // that takes it out; nil: none
	line      line                 // all its changes of state, once they are asked for
	lined     bool
	matched   bool // its fields select the target, as known at the month's end
	was       bool // they did so a month before
	done      bool // it was decided, at an earlier month's end or at this one
}

// take adds a ticket to the figures.
func (d *derivation) take(v *ticket.Version) {
	opened := v.Opened.Unix()
	if opened >= d.to {
		return
	}
	d.begin(v, opened)
	x := d.explainer
	if x != nil {
		x.begin(d)
	}
	if d.list != nil {
		d.list.begin(d)
	}
	counts, selected := false, false
	first := d.endAfter(opened)
	for i := first; i < len(d.ends); i++ {
		k := d.memo.knownAt(v, d.ends[i])
		d.match(k, i == first)
		if x != nil {
			x.matched(d, k, i)
		}
		if i == first && opened >= d.from {
			d.countOpening(k, opened, d.ends[i])
		} else if i == first && d.voids {
			d.openedBefore(k, opened)
		}
		for j := range d.status {
			if !d.status[j].matched {
				continue
			}
			selected = selected || d.ends[i] > d.from || i == len(d.ends)-1
			if d.count(&d.status[j], k, i) {
				counts = true
			}
		}
		if x != nil {
			x.month(d, i)
		}
		if d.ends[i] > d.from && k.n == len(v.Events) && d.settled() {
			break // no later month has anything to add
		}
	}
	if counts && v.Flagged {
		d.flagged++
	}
	if d.list != nil {
		d.list.ticket(d, v)
	}
	if d.uncounted != nil {
		d.uncounted.look(d, v, selected)
		d.changed += one(d.since > 0 && v.Import > d.since)
	}
}

// settled says that the ticket at hand is decided and stopped under all targets
// that its fields select.
func (d *derivation) settled() bool {
	for i := range d.status {
		if s := &d.status[i]; s.matched && !(s.done && s.lined && !s.line.open()) {
			return false
		}
	}
	return true
}

// begin looks up the terms that were in force when the ticket was opened.
func (d *derivation) begin(v *ticket.Version, opened int64) {
	d.left = [2]bool{}
	n, same := 0, true
	for _, c := range d.contracts {
		t := c.inForce(opened)
		if t == nil {
			continue
		}
		if n == len(d.terms) || d.terms[n] != t {
			d.terms, same = append(d.terms[:n], t), false
		}
		n++
	}
	if !same || n < len(d.terms) {
		d.terms, d.status = d.terms[:n], d.status[:0]
		for _, t := range d.terms {
			for _, x := range t.targets {
				var buffer line // of a ticket before this one
				if n := len(d.status); n < cap(d.status) {
					buffer = d.status[:n+1][n].line
				}
				d.status = append(d.status, status{target: x, line: buffer})
			}
		}
	}
	for i := range d.status { // mostly the same targets as of the ticket before
		s := &d.status[i]
		s.to, s.exclusion, s.line = s.figures, nil, s.line[:0]
		s.lined, s.matched, s.was, s.done = false, false, false, false
	}
	if d.voids || d.excluded != nil {
		d.setAside(v, opened)
	}
}

// match says which targets the fields select. A decision goes along with the
// ticket from a target that its fields leave to one that they newly select.
func (d *derivation) match(k known, first bool) {
	rest := d.status
	for _, t := range d.terms {
		under := t.where.matches(k)
		for i := range t.targets {
			s := &rest[i]
			s.was, s.matched = s.matched, under && s.where.matches(k)
			if s.was && !s.matched && s.done {
				d.left[s.measure] = true
			}
		}
		rest = rest[len(t.targets):]
	}
	for i := range d.status {
		if s := &d.status[i]; !first && s.matched && !s.was && d.left[s.measure] {
			s.done = true
		}
	}
}

// count adds what a month's end shows of a ticket under a target that its
// fields select, and says whether the ticket was decided or is open here.
func (d *derivation) count(s *status, k known, i int) bool {
	end, inside, last := d.ends[i], d.ends[i] > d.from, i == len(d.ends)-1
	if !s.lined { // a ticket falls under few of the targets
		s.line, s.lined = s.lineOf(k.Version, s.line), true
	}
	l := s.lineAt(s.line, k, end)
	before, open := s.done, l.open()
	if !before && !open && !inside {
		s.done = true
		return false
	}
	reopened := before && inside && s.measure == resolution && l.reopened(d.ends[i-1])
	if before && !reopened && !(last && open) {
		return false
	}
	over, elapsed := s.over(l, end)
	f := s.to
	decided := !before && (over || !open)
	if decided {
		s.done = true
		if inside {
			f.decide(!over, k.field("made_sla"))
			if elapsed == uncounted {
				elapsed = s.elapsed(l, end)
			}
			f.took(k.Number, elapsed, s.within, open)
		}
	}
	if reopened {
		f.Reopened++
		f.ReopenedBreached += one(over)
	}
	if last && open {
		f.Open++
		f.OpenBreached += one(over)
		f.Undecided += one(!s.done)
	}
	if decided && inside || reopened || last && open {
		s.terms.used = true
		if d.explainer != nil {
			d.explainer.count(d, s, l, k, i, over, decided && inside, reopened, last && open)
		}
		if d.list != nil {
			d.list.count(d, s, k, over, decided && inside, reopened, last && open)
		}
	}
	return decided && inside || last && open
}
