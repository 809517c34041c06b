package sla

import (
	"slices"

	"turnus/itsm/agreement"
	"turnus/itsm/ticket"
)

// known is a ticket as it was known before an instant: its first n events.
type known struct {
	*ticket.Version
	n    int
	memo *memo // nil: each value is looked up
}

// memo keeps the values of the fields that conditions name, since many targets
// ask for few fields.
type memo struct {
	columns map[string]int
	values  []string // by column
	looked  []bool
}

// column gives a field's place.
func (m *memo) column(name string) int {
	i, ok := m.columns[name]
	if !ok {
		i = len(m.values)
		m.columns[name] = i
		m.values, m.looked = append(m.values, ""), append(m.looked, false)
	}
	return i
}

// knownAt gives what was known of a ticket, and makes the memo that of it.
func (m *memo) knownAt(v *ticket.Version, at int64) known {
	n := len(v.Events)
	for n > 0 && v.Events[n-1].At.Unix() >= at {
		n--
	}
	clear(m.looked)
	return known{v, n, m}
}

// value gives the field of a condition.
func (k known) value(c *condition) string {
	m := k.memo
	if m == nil {
		return k.field(c.field)
	}
	if !m.looked[c.column] {
		m.looked[c.column], m.values[c.column] = true, k.field(c.field)
	}
	return m.values[c.column]
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
	column int // in the memo
	values []string
}

func (m *memo) compileWhere(w agreement.Where) where {
	var all where
	for field, values := range w {
		all = append(all, condition{field, m.column(field), values})
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
	for i := range w {
		if c := &w[i]; !slices.Contains(c.values, k.value(c)) {
			return false
		}
	}
	return true
}

// newly says of a ticket that matches whether it didn't before its last event.
// It looks only at the fields that this event changes, so that a walk through a
// history takes no longer than the history is.
func (w where) newly(k known) bool {
	changes := k.Events[k.n-1].Fields
	if len(changes) == 0 {
		return false
	}
	for i := range w {
		c := &w[i]
		if _, ok := changes[c.field]; ok && !slices.Contains(c.values, (known{k.Version, k.n - 1, nil}).field(c.field)) {
			return true
		}
	}
	return false
}
