package ticket

import (
	"bytes"
	"slices"
)

// Kept is what an import said of a ticket, where the version that it made, if it
// made one, doesn't tell.
type Kept struct {
	SameAs  int64  // the import whose version has the content that the rows make by themselves; 0: none
	Rows    []byte // else the rows (PackRows); nil: all were rejected
	Flagged bool   // rows of the ticket were rejected, and stand in neither
}

// Keep says what has to be kept of what an import said (Rows, not Content)
// besides the version that Step made of it, so that Version.Said and Kept.Said
// give it back; nil: nothing. known is what Step was given, the rest what it
// answered.
//
// It comes back as far as Step can tell: rows that were rejected whatever is
// known leave their flag, the rest gives the same versions and counts.
func Keep(known *Known, s Said, next *Known, outcomes []Outcome, changed bool) *Kept {
	if next == nil {
		return nil // on nothing it is nothing, and a withdrawal never adds to what was known
	}
	own := next // what the rows make by themselves, its flag aside
	if known != nil && (s.Union || s.loses(known)) {
		v, out := Merge(nil, s.Rows, s.Union)
		own, outcomes = &Known{Version: v, Packed: Pack(v.Events)}, out
	}
	flagged := s.Flagged
	taken := 0
	for i, o := range outcomes {
		switch {
		case o.Reject == nil:
			taken++
		case !s.Union || s.Rows[i].At.Before(s.Rows[i].Opened): // what goes back in time is known from the others
			flagged = true
		}
	}
	if taken == 0 {
		return &Kept{Flagged: flagged}
	}
	// Of more changes than a ticket may have, the order of the file says which
	// are taken.
	few := known == nil || !s.Union || len(known.Events)+len(s.Rows) <= MaxChanges
	if few && own.tells(s, taken) {
		made := func(k *Known) bool { return k == own || k.Hash == own.Hash && bytes.Equal(k.Packed, own.Packed) }
		switch {
		case changed && made(next) && next.said() == flagged:
			return nil
		case changed && made(next):
			return &Kept{SameAs: next.Import, Flagged: flagged}
		case known != nil && made(known):
			return &Kept{SameAs: known.Import, Flagged: flagged}
		}
	}
	return &Kept{Rows: PackRows(s.Rows), Flagged: flagged}
}

// tells reports whether the rows can be found again in the version that they
// make by themselves.
func (v *Version) tells(s Said, taken int) bool {
	if !s.Union {
		return v.taken() == taken
	}
	return !slices.ContainsFunc(s.Rows, func(r Row) bool { return !r.Opened.Equal(v.Opened) })
}

// said is the flag that an import gave, where its version is made of its rows
// alone. Rows that go back in time are in the version, and flag it anew.
func (v *Version) said() bool {
	return v.Flagged && !slices.ContainsFunc(v.Events, func(e Event) bool { return e.Void })
}

// Said is what was said where nothing was kept besides this version; import,
// as-of and union are the caller's to set.
func (v *Version) Said() Said { return Said{Content: v, Flagged: v.said()} }

// Said is what was said: sameAs is the version that SameAs names. Import, as-of
// and union are the caller's to set. Damaged rows are an error.
func (k *Kept) Said(number string, sameAs *Version) (Said, error) {
	s := Said{Flagged: k.Flagged, Content: sameAs}
	var err error
	if k.Rows != nil {
		s.Rows, err = UnpackRows(k.Rows, number)
	}
	return s, err
}
