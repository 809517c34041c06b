package ticket

import (
	"bytes"
	"time"
)

// Said is what one import said of one ticket.
type Said struct {
	Import  int64
	AsOf    time.Time // up to when its source was read
	Union   bool      // its rows join what is known; else they replace it
	Rows    []Row     // in the order of the file, all of the ticket
	Content *Version  // instead of Rows: what they make by themselves
	Flagged bool      // other rows of the ticket were rejected
}

// Known is what is known of a ticket: its newest version.
type Known struct {
	Version           // Import: which wrote it
	Packed  []byte    // its events
	AsOf    time.Time // up to when the source was read that said it
	SaidBy  int64     // the import with that as-of; another one than Import where a withdrawal wrote the version
}

// Step makes what is known of a ticket (nil: nothing) of what was known and what
// an import said, and tells what became of each of its rows. It says changed
// where that is another version, which then is the import's.
//
// Rows that would replace what a source has said that was read later lose: they
// are older, and their rejects flag nothing.
func Step(known *Known, s Said) (next *Known, outcomes []Outcome, changed bool) {
	var stored *Version
	if known != nil {
		stored = &known.Version
	}
	v, outcomes := s.onto(stored)
	if s.loses(known) {
		for i, o := range outcomes {
			outcomes[i].Older = o.Loaded()
		}
		return known, outcomes, false
	}
	v.Flagged = v.Flagged || s.Flagged
	if len(v.Events) == 0 {
		return nil, outcomes, false // every row was rejected
	}
	packed := Pack(v.Events)
	if known != nil && v.Flagged == known.Flagged && v.Hash == known.Hash && bytes.Equal(packed, known.Packed) {
		return known, outcomes, false
	}
	if v.First.IsZero() { // as it was stored, but for the flag
		v.Settle()
	}
	v.Import = s.Import
	return &Known{Version: v, Packed: packed, AsOf: s.AsOf, SaidBy: s.Import}, outcomes, true
}

// loses says that what is known comes from a source that was read later, and
// that the rows would replace it.
func (s *Said) loses(known *Known) bool { return known != nil && !s.Union && known.AsOf.After(s.AsOf) }

// Fold is what imports say of a ticket in their order; nil: nothing.
func Fold(all []Said) *Known {
	var known *Known
	for _, s := range all {
		known, _, _ = Step(known, s)
	}
	return known
}

// onto merges what was said into a stored version.
func (s *Said) onto(stored *Version) (Version, []Outcome) {
	switch {
	case s.Content == nil:
		return Merge(stored, s.Rows, s.Union)
	case s.Union:
		return Merge(stored, s.Content.rows(), true)
	}
	v := *s.Content
	out := make([]Outcome, v.taken())
	if v.Flagged = false; stored != nil {
		v.Flagged = stored.Flagged
		for i := range out {
			out[i].Unchanged = stored.Hash == v.Hash
		}
	}
	return v, out
}

// rows are the ones that make this version by union.
func (v *Version) rows() []Row {
	rows := make([]Row, 0, len(v.Events))
	for _, e := range expand(v.Events, 0) {
		r := Row{Number: v.Number, Seq: e.Seq, Opened: v.Events[0].At, At: e.At, State: e.State, Stopped: e.Stopped, Fields: e.all}
		if e.Responded {
			r.Responded = &r.At
		}
		rows = append(rows, r)
	}
	return rows
}

// taken is how many rows make this version by replacing, unless one of them
// names an end that has no row of its own.
func (v *Version) taken() int {
	n := 0
	for _, e := range v.Events[1:] {
		if !e.Responded {
			n++
		}
	}
	return max(n, 1)
}
