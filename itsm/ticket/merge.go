package ticket

import (
	"cmp"
	"slices"
	"time"

	"turnus/itsm/dataset"
)

// Outcome says what became of one source row.
type Outcome struct {
	Unchanged bool            // it was stored before
	Older     bool            // it loses against what a source that was read later has said
	Reject    *dataset.Reject // it makes no sense beside the others
}

// Loaded says that the row is new, and taken.
func (o Outcome) Loaded() bool { return !o.Unchanged && !o.Older && o.Reject == nil }

// Loaded counts the rows that are new, and taken.
func Loaded(outcomes []Outcome) (n int64) {
	for _, o := range outcomes {
		if o.Loaded() {
			n++
		}
	}
	return n
}

// entry is an event on its way into a version, with all its fields.
type entry struct {
	Event
	all map[string]string
}

// Merge makes a ticket's next version of the stored one (nil: none) and the
// new rows of one file in its order, all of one number, and says what became of
// each row. A version without events has nothing worth keeping.
//
// With union the rows join the stored ones by sequence number and instant, in
// the order of the sequence, then of the file; an instant lower than that of
// the row before is a reject. Else they replace what is stored, in the order of
// their instants; those at one instant in that of the file, which may have the
// newest first.
func Merge(stored *Version, rows []Row, union bool) (Version, []Outcome) {
	out := make([]Outcome, len(rows))
	var v Version
	if stored != nil {
		v = *stored
	}
	if len(rows) == 0 {
		return v, out
	}
	v.Number = rows[0].Number
	column := "changed"
	if union {
		column = "sys_updated_at"
	}
	for i := range rows {
		if r := &rows[i]; r.At.Before(r.Opened) {
			out[i].Reject = r.rejected(column, r.At.UTC().Format(time.RFC3339),
				"this change lies before the ticket was opened", "diese Änderung liegt vor dem Öffnen des Tickets")
		}
	}
	if union {
		v = join(v, rows, out)
	} else {
		v = replace(v, rows, out)
	}
	v.Flagged = v.Flagged || slices.ContainsFunc(out, func(o Outcome) bool { return o.Reject != nil })
	return v, out
}

// join is the union of stored and new rows.
func join(v Version, rows []Row, out []Outcome) Version {
	type key struct{ seq, at int64 }
	known := make(map[key]int, len(v.Events)+len(rows)) // to the place among the entries
	entries := 0
	if len(v.Events) > 0 {
		entries = len(v.Events) - 1 // without the opening
		for i, e := range v.Events[1:] {
			known[key{e.Seq, e.At.Unix()}] = i
		}
	}
	opened := v.Opened
	var fresh []entry
	place := make([]int, len(rows)) // of each row among the entries
	for i := range rows {
		r := &rows[i]
		place[i] = -1
		if out[i].Reject != nil {
			continue
		}
		k := key{r.Seq, r.At.Unix()}
		if at, ok := known[k]; ok {
			place[i], out[i].Unchanged = at, true
			continue
		}
		if entries+len(fresh) >= MaxChanges {
			out[i].Reject = r.TooMany()
			continue
		}
		if opened.IsZero() || r.Opened.Before(opened) {
			opened = r.Opened
		}
		place[i] = entries + len(fresh)
		known[k] = place[i]
		fresh = append(fresh, entry{all: r.Fields, Event: Event{At: r.At, Seq: r.Seq, State: r.State,
			Stopped: r.Stopped, Responded: r.Responded != nil}})
	}
	if len(known) == 0 {
		return v
	}
	var es []entry
	if len(v.Events) > 0 {
		es = expand(v.Events, len(fresh))
	}
	es = append(es, fresh...)
	order := make([]int, len(es))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(es[a].Seq, es[b].Seq) })
	// An instant is held against the row before, whether that one is taken or
	// not: one wrong row doesn't condemn all that follow.
	var before time.Time
	for _, i := range order {
		e := &es[i]
		if e.Void = e.At.Before(before); e.Void {
			v.Flagged = true
			for j, k := range place {
				if k == i {
					out[j] = Outcome{Reject: backInTime(&rows[j])}
				}
			}
		}
		before = e.At
	}
	if len(fresh) == 0 {
		return v
	}
	ordered := make([]entry, len(es))
	for j, i := range order {
		ordered[j] = es[i]
	}
	return v.written(opened, ordered[0].all, ordered)
}

func backInTime(r *Row) *dataset.Reject {
	return r.rejected("sys_updated_at", r.At.UTC().Format(time.RFC3339),
		"this change goes back in time: it is earlier than the one before it",
		"diese Änderung geht in der Zeit zurück: sie ist früher als die vor ihr")
}

// TooMany rejects a row beyond MaxChanges of its ticket.
func (r *Row) TooMany() *dataset.Reject {
	return r.rejected("number", r.Number, "this ticket has more than %d changes; further ones aren't taken",
		"dieses Ticket hat mehr als %d Änderungen; weitere werden nicht übernommen", MaxChanges)
}

// replace makes the ticket anew.
func replace(v Version, rows []Row, out []Outcome) Version {
	var opened time.Time
	es := make([]entry, 0, len(rows)+2) // room for a stop and a reaction
	var fields map[string]string
	add := func(at time.Time, r *Row, stopped bool) {
		es = append(es, entry{all: r.Fields, Event: Event{At: at, State: r.State, Stopped: stopped}})
	}
	taken := 0
	for i := range rows {
		r := &rows[i]
		switch {
		case out[i].Reject != nil:
			continue
		case taken > 0 && !r.Change:
			out[i].Reject = r.rejected("number", r.Number, "this ticket's number stands in an earlier row already",
				"die Nummer dieses Tickets steht schon in einer früheren Zeile")
			continue
		case taken >= MaxChanges:
			out[i].Reject = r.TooMany()
			continue
		}
		if taken++; taken == 1 {
			fields = r.Fields
		}
		if opened.IsZero() || r.Opened.Before(opened) {
			opened = r.Opened
		}
		if r.Change {
			add(r.At, r, r.StoppedAt != nil && !r.StoppedAt.After(r.At))
		}
	}
	if taken == 0 {
		return v
	}
	if newestFirst(es) {
		slices.Reverse(es)
	}
	// A row may name an instant at which the ticket stopped that has no row of
	// its own.
	for i := range rows {
		r := &rows[i]
		if out[i].Reject != nil || r.StoppedAt == nil {
			continue
		}
		if !slices.ContainsFunc(es, func(e entry) bool { return e.Stopped && e.At.Equal(*r.StoppedAt) }) {
			add(*r.StoppedAt, r, true)
		}
	}
	slices.SortStableFunc(es, func(a, b entry) int { return a.At.Compare(b.At) })
	es = responded(es, rows, out)
	if len(es) > 0 {
		fields = es[0].all
	}
	next := v.written(opened, fields, es)
	if next.Hash == v.Hash {
		for i := range out {
			out[i].Unchanged = out[i].Reject == nil
		}
	}
	return next
}

// newestFirst says that a file has a ticket's changes in the opposite order, so
// that of those at one instant the later one in the file came first.
func newestFirst(es []entry) bool {
	return len(es) > 1 && es[0].At.After(es[len(es)-1].At) &&
		slices.IsSortedFunc(es, func(a, b entry) int { return b.At.Compare(a.At) })
}

// responded puts the earliest reaction that a row names into its place, in the
// state of that moment.
func responded(es []entry, rows []Row, out []Outcome) []entry {
	var first *Row
	for i := range rows {
		r := &rows[i]
		if out[i].Reject == nil && r.Responded != nil && (first == nil || r.Responded.Before(*first.Responded)) {
			first = r
		}
	}
	if first == nil {
		return es
	}
	at := slices.IndexFunc(es, func(e entry) bool { return e.At.After(*first.Responded) })
	if at < 0 {
		at = len(es)
	}
	e := entry{all: first.Fields, Event: Event{At: *first.Responded, Responded: true}}
	if at > 0 {
		e.State, e.Stopped, e.all = es[at-1].State, es[at-1].Stopped, es[at-1].all
	} else if len(es) > 0 {
		e.all = es[0].all
	}
	return slices.Insert(es, at, e)
}
