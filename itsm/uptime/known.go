package uptime

import (
	"fmt"
	"slices"
	"time"

	"turnus/itsm/dataset"
)

// Planned is what is known of a window of maintenance.
type Planned struct {
	Window
	Since  time.Time `json:"since"`            // from when on it stands as it does: as the source says, or when the import came
	Told   bool      `json:"told"`             // the source says so
	Before []Form    `json:"before,omitempty"` // how it stood before, the oldest first
}

// Form is how a window stood until it was changed.
type Form struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Since time.Time `json:"since"`
}

// maxForms is how many earlier forms of a window are kept, the newest.
const maxForms = 20

// WindowsKnown is what is known of an event: each occurrence as the newest import
// said it, and how it stood before.
//
// Occurrences are the same by where their rule puts them, windows without a rule
// by their time, and those that were moved by their place among the rest. A
// window stands as it does since the earliest instant at which it was announced
// so, without a change since; that only its summary changed is none. What stood
// before a cancellation, or about another component, was taken back then.
func WindowsKnown(key string, said []dataset.Said) ([]Planned, error) {
	said = newestLast(said)
	var known []Planned
	var traces []trace
	for i := len(said) - 1; i >= 0; i-- {
		list, err := unsay(said[i].Data, readWindow)
		if err != nil {
			return nil, damaged(key, said[i], err)
		}
		if known == nil {
			known = make([]Planned, len(list))
			traces = make([]trace, len(list))
			for n, w := range list {
				w.UID = key
				known[n].Window = w
				known[n].Since, known[n].Told = since(w, said[i])
				traces[n].is = w
			}
			continue
		}
		match(traces, list)
		for n := range traces {
			traces[n].follow(&known[n], said[i])
		}
	}
	for n := range known {
		slices.Reverse(known[n].Before)
	}
	return known, nil
}

// since says from when on an import tells of a window, and whether the source
// says so.
func since(w Window, s dataset.Said) (at time.Time, told bool) {
	if w.Announced.IsZero() {
		return s.At.UTC(), false
	}
	return w.Announced, true
}

// trace follows a window back through the imports.
type trace struct {
	is    Window  // as the import said it that was read before
	was   *Window // as this import says it; nil: it doesn't
	ended bool    // what was said before doesn't matter any more
}

// identity tells which windows of an event are the same one in another import.
type identity struct{ original, from, to int64 }

func identify(w Window) identity {
	if !w.Original.IsZero() {
		return identity{original: w.Original.Unix()}
	}
	return identity{from: w.From.Unix(), to: w.To.Unix()}
}

// match finds each window in what an earlier import said.
func match(traces []trace, list []Window) {
	places := map[identity][]int{}
	for i, w := range list {
		id := identify(w)
		places[id] = append(places[id], i)
	}
	taken := make([]bool, len(list))
	for n := range traces {
		t := &traces[n]
		t.was = nil
		if id := identify(t.is); len(places[id]) > 0 {
			i := places[id][0]
			places[id] = places[id][1:]
			t.was, taken[i] = &list[i], true
		}
	}
	next := 0
	for n := range traces {
		t := &traces[n]
		if t.was != nil || !t.is.Original.IsZero() {
			continue
		}
		for next < len(list) && (taken[next] || !list[next].Original.IsZero()) {
			next++
		}
		if next < len(list) {
			t.was = &list[next]
			next++
		}
	}
}

// follow puts down how a window stood in an earlier import.
func (t *trace) follow(p *Planned, s dataset.Said) {
	if t.was == nil || t.ended {
		return
	}
	was := *t.was
	at, told := since(was, s)
	switch {
	case was.Component != t.is.Component || was.Cancelled && !t.is.Cancelled:
		t.ended = true
		return
	case was.Cancelled != t.is.Cancelled || !was.From.Equal(t.is.From) || !was.To.Equal(t.is.To):
		if len(p.Before) == maxForms {
			t.ended = true
			return
		}
		p.Before = append(p.Before, Form{From: was.From, To: was.To, Since: at})
	case len(p.Before) > 0:
		if form := &p.Before[len(p.Before)-1]; at.Before(form.Since) {
			form.Since = at
		}
	case at.Before(p.Since):
		p.Since, p.Told = at, told
	}
	t.is = was
}

// newestLast orders what imports said; the list that it is given stays as it is.
func newestLast(said []dataset.Said) []dataset.Said {
	if len(said) < 2 {
		return said
	}
	return slices.SortedFunc(slices.Values(said), func(a, b dataset.Said) int {
		switch {
		case a.Before(b):
			return -1
		case b.Before(a):
			return 1
		}
		return 0
	})
}

func damaged(key string, s dataset.Said, err error) error {
	return fmt.Errorf("uptime: what import %d said of %q: %w", s.Import, key, err)
}
