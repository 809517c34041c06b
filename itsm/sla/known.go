package sla

import (
	"slices"

	"turnus/itsm/agreement"
	"turnus/itsm/ticket"
)

// known is a ticket as it was known before an instant: its first n events.
type known struct {
	*ticket.Version
	n int
}

func knownAt(v *ticket.Version, at int64) known {
	n := len(v.Events)
	for n > 0 && v.Events[n-1].At.Unix() >= at {
		n--
	}
	return known{v, n}
}

// field gives a field's value as it was then; of one that no event mentions,
// and so never changed, the value now.
func (k known) field(name string) string {
	if k.n == len(k.Events) {
		if v, ok := k.Fields[name]; ok {
			return v
		}
	}
	for i := k.n - 1; i >= 0; i-- {
		if v, ok := k.Events[i].Fields[name]; ok {
			return v
		}
	}
	for _, e := range k.Events[k.n:] {
		if _, ok := e.Fields[name]; ok {
			return "" // set only later
		}
	}
	return k.Fields[name]
}

// where is an agreement.Where in a fixed order, quick to walk.
type where []condition

type condition struct {
	field  string
	values []string
}

func compileWhere(w agreement.Where) where {
	var all where
	for field, values := range w {
		all = append(all, condition{field, values})
	}
	slices.SortFunc(all, func(a, b condition) int {
		if a.field < b.field {
			return -1
		}
		return 1
	})
	return all
}

func (w where) matches(k known) bool {
	for _, c := range w {
		if !slices.Contains(c.values, k.field(c.field)) {
			return false
		}
	}
	return true
}
