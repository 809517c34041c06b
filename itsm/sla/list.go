package sla

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"iter"
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/canonical"
	"turnus/itsm/ticket"
)

// ListFormat names the form of a list of tickets in JSON, and its version.
const ListFormat = "turnus.tickets/1"

// Listed is a ticket that a report names under one target: breached, or taken
// out of the target's figures. It shows the clock as of the period's end.
type Listed struct {
	Number    string                    `json:"number"`
	Link      string                    `json:"link,omitempty"` // where the ticket is read
	Agreement string                    `json:"agreement"`
	Version   int                       `json:"version"`
	Target    string                    `json:"target"`
	Decided   Verdict                   `json:"decided,omitempty"` // met or breached, where this period decided
	Verdict   Verdict                   `json:"verdict"`           // met, breached or running
	Open      bool                      `json:"open,omitempty"`    // at the period's end
	Reopened  bool                      `json:"reopened,omitempty"`
	Reason    agreement.ExclusionReason `json:"reason,omitempty"`    // why it is excluded; empty: it isn't
	Exclusion int64                     `json:"exclusion,omitempty"` // its ID; 0: none, or the workload limit
	By        string                    `json:"by,omitempty"`        // who proposed the exclusion
	Elapsed   int64                     `json:"elapsed_s"`           // on the target's clock; of several cycles the longest
	Within    int64                     `json:"within_s"`            // agreed
	Opened    time.Time                 `json:"opened"`
	Stopped   *time.Time                `json:"stopped,omitempty"`   // when the target's clock did; nil: it goes on
	BreachAt  *time.Time                `json:"breach_at,omitempty"` // when the target's time was, or will be, over
	State     string                    `json:"state,omitempty"`     // at the period's end
	Import    int64                     `json:"import"`              // that brought this version
}

// Excluded says that the ticket is taken out of the target's figures.
func (l Listed) Excluded() bool { return l.Reason != "" }

// List is what a report says of its list of tickets.
type List struct {
	Rows     int64  `json:"rows"`     // a ticket has one for each target
	Breached int64  `json:"breached"` // tickets
	Excluded int64  `json:"excluded"` // tickets
	SHA256   string `json:"sha256"`   // of the list in JSON, hexadecimal
}

// ListTickets computes the figures as Derive does and tells of each breached and
// each excluded ticket, in the order of tickets, agreements and targets. An error
// of tell ends it.
func ListTickets(f Frozen, tickets iter.Seq2[ticket.Version, error], tell func(Listed) error) (Result, error) {
	return derive(f, tickets, nil, newLister(f, io.Discard, tell))
}

// WriteTickets computes the figures as Derive does and writes the list of
// breached and excluded tickets in JSON, whose hash is in the result.
func WriteTickets(w io.Writer, f Frozen, tickets iter.Seq2[ticket.Version, error]) (Result, error) {
	return derive(f, tickets, nil, newLister(f, w, nil))
}

// lister watches a derivation and lists tickets as it goes. It changes nothing.
type lister struct {
	frozen Frozen
	tell   func(Listed) error
	out    io.Writer
	sum    hash.Hash
	list   List
	buf    []byte
	err    error

	rows []listing // of the ticket at hand, one a status
	any  bool      // one of them stands
	void map[versionOf]*terms
}

// listing is what is known of the ticket at hand under one target.
type listing struct {
	on, open, reopened bool
	decided            Verdict
	reason             agreement.ExclusionReason
}

// versionOf names a version of an agreement.
type versionOf struct {
	agreement string
	version   int
}

func newLister(f Frozen, w io.Writer, tell func(Listed) error) *lister {
	x := &lister{frozen: f, tell: tell, sum: sha256.New()}
	x.out = io.MultiWriter(x.sum, w)
	head, err := canonical.Append(nil, struct {
		Format  string   `json:"format"`
		Period  string   `json:"period"`
		Round   int      `json:"round"`
		Run     string   `json:"run"`
		Service string   `json:"service"`
		Tickets []Listed `json:"tickets"`
	}{ListFormat, f.Period, f.Round, f.Run, f.Service, []Listed{}})
	if x.err = err; err == nil {
		_, x.err = x.out.Write(head[:len(head)-len("]}")])
	}
	return x
}

// knows takes over which sub-periods had too many tickets, from a derivation
// that has seen all of them.
func (x *lister) knows(d *derivation) {
	x.void = map[versionOf]*terms{}
	for _, c := range d.contracts {
		for _, t := range c.versions {
			x.void[versionOf{c.name, t.Version}] = t
		}
	}
}

// begin forgets the ticket before.
func (x *lister) begin(d *derivation) {
	x.any = false
	x.rows = slices.Grow(x.rows[:0], len(d.status))[:len(d.status)]
	clear(x.rows)
}

// count notes what a month's end adds to the figures under a target.
func (x *lister) count(d *derivation, s *status, k known, over, decided, reopened, open bool) {
	reason := x.excluded(d, s, k)
	for i := range d.status {
		if &d.status[i] != s {
			continue
		}
		r := &x.rows[i]
		if decided {
			r.decided = Met
			if over {
				r.decided = Breached
			}
		}
		r.reopened, r.open, r.reason = r.reopened || reopened, open, reason
		r.on = r.on || over || reason != ""
		x.any = x.any || r.on
	}
}

// excluded says why the ticket at hand doesn't count under a target; empty: it
// does.
func (x *lister) excluded(d *derivation, s *status, k known) agreement.ExclusionReason {
	switch {
	case s.to == s.figures:
	case s.exclusion != nil:
		return s.exclusion.Reason
	case x.void[versionOf{s.terms.Name, s.terms.Version}].overloaded(&d.wall, d.wall.start(s.terms.finest, k.Opened.Unix())):
		return Overload
	}
	return ""
}

// clock reads a target's clock at an instant.
func (r *Listed) clock(s *status, k known, end int64) {
	l := s.lineAt(s.line, k, end)
	r.Stopped = nil
	if !l.open() {
		end = l[len(l)-1].at
		stopped := instant(end)
		r.Stopped = &stopped
	}
	c := clockOf(s.cal, l, end, s.within, s.spec.Reopen)
	r.Verdict, r.BreachAt, r.Elapsed, r.Within = c.Verdict, c.BreachAt, s.elapsed(l, end), s.within
}

// ticket lists the ticket at hand.
func (x *lister) ticket(d *derivation, v *ticket.Version) {
	if !x.any {
		return
	}
	k := d.memo.knownAt(v, d.to)
	link := agreement.TicketLink(x.frozen.TicketURL, v.Number)
	var breached, excluded bool
	for i, known := range x.rows {
		if !known.on || x.err != nil {
			continue
		}
		s := &d.status[i]
		r := Listed{Number: v.Number, Link: link, Agreement: s.terms.Name, Version: s.terms.Version, Target: s.spec.Name,
			Decided: known.decided, Open: known.open, Reopened: known.reopened, Reason: known.reason,
			Opened: instant(v.Opened.Unix()), State: v.Events[k.n-1].State, Import: v.Import}
		r.clock(s, k, d.to)
		if e := s.exclusion; e != nil {
			r.Exclusion, r.By = e.ID, e.By
		}
		breached, excluded = breached || !r.Excluded(), excluded || r.Excluded()
		x.err = x.add(&r)
	}
	x.list.Breached += one(breached)
	x.list.Excluded += one(excluded)
}

func (x *lister) add(r *Listed) (err error) {
	x.buf = x.buf[:0]
	if x.list.Rows++; x.list.Rows > 1 {
		x.buf = append(x.buf, ',')
	}
	if x.buf, err = r.appendJSON(x.buf); err != nil {
		return err
	}
	if _, err = x.out.Write(x.buf); err != nil || x.tell == nil {
		return err
	}
	return x.tell(*r)
}

// end completes the list.
func (x *lister) end() (*List, error) {
	if x.err == nil {
		_, x.err = io.WriteString(x.out, "]}\n")
	}
	x.list.SHA256 = hex.EncodeToString(x.sum.Sum(nil))
	return &x.list, x.err
}
