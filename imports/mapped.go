package imports

import (
	"maps"
	"slices"
	"strings"
	"time"

	"turnus/itsm/ticket"
)

// ticketColumns is a mapping as it is applied to a file of tickets: where its
// columns are, -1 for those that it doesn't name.
type ticketColumns struct {
	number, opened, stopped, responded, state, changed int
	fields                                             []field

	stops map[string]bool // the states that stop; nil: the mapping has none, and the column stopped says it
}

// mapped reads any table with a mapping: one row a ticket, or with state and
// changed one row a change.
func mapped(t *table, m ticket.Mapping) (parser[ticket.Row], error) {
	names := slices.Sorted(maps.Keys(m.Fields))
	all := []wanted{{"number", m.Number}, {"opened", m.Opened}, {"stopped", m.Stopped}, {"responded", m.Responded},
		{"state", m.State}, {"changed", m.Changed}}
	own := len(all)
	for _, name := range names {
		all = append(all, wanted{"fields." + name, m.Fields[name]})
	}
	at, err := t.columns("mapping", all)
	if err != nil {
		return nil, err
	}
	p := ticketColumns{number: at[0], opened: at[1], stopped: at[2], responded: at[3], state: at[4], changed: at[5]}
	for i, name := range names {
		p.fields = append(p.fields, field{name, at[own+i]})
	}
	if p.opened == p.changed {
		p.opened = -1 // the first change is the opening
	}
	if m.States != nil {
		p.stops = make(map[string]bool, len(m.States.Stop))
		for _, state := range m.States.Stop {
			p.stops[state] = true
		}
	}
	t.number = p.number
	return p.row, nil
}

func (m *ticketColumns) row(t *table, c []string) (ticket.Row, error) {
	r := ticket.Row{Row: t.row, Number: strings.TrimSpace(c[m.number]), Change: m.changed >= 0}
	if why := t.checkNumber(r.Number, m.number); why != nil {
		return r, why
	}
	err := m.begin(t, c, &r)
	if err == nil {
		err = m.inState(t, c, &r)
	}
	if err == nil {
		err = m.end(t, c, &r)
	}
	if err == nil {
		r.Fields, err = t.fields(r.Number, m.fields, c)
	}
	return r, err
}

// begin reads when the ticket was opened, and when this change was.
func (m *ticketColumns) begin(t *table, c []string, r *ticket.Row) error {
	if m.opened >= 0 {
		opened, err := m.instant(t, c, r, m.opened, true)
		if err != nil {
			return err
		}
		r.Opened, r.At = *opened, *opened
	}
	if m.changed >= 0 {
		changed, err := m.instant(t, c, r, m.changed, true)
		if err != nil {
			return err
		}
		r.At = *changed
	}
	return nil
}

// inState reads the state.
func (m *ticketColumns) inState(t *table, c []string, r *ticket.Row) error {
	if m.state < 0 {
		return nil
	}
	r.State = strings.TrimSpace(c[m.state])
	if r.State == "-100" || r.State == "" && (r.Change || m.stops != nil) {
		return t.reject(r.Number, t.heading[m.state], r.State, noState, noStateDe)
	}
	if len(r.State) > ticket.MaxValue {
		return t.reject(r.Number, t.heading[m.state], r.State, "longer than %d bytes", "länger als %d Byte", ticket.MaxValue)
	}
	return nil
}

// end reads when the ticket stopped and when somebody reacted, and settles what
// follows from that.
func (m *ticketColumns) end(t *table, c []string, r *ticket.Row) (err error) {
	// In a state that runs or pauses a ticket is open, whatever else its row says.
	if m.stops == nil || m.stops[r.State] {
		if r.StoppedAt, err = m.instant(t, c, r, m.stopped, false); err != nil {
			return err
		}
	}
	if m.stops[r.State] {
		switch {
		case r.Change && (r.StoppedAt == nil || r.StoppedAt.After(r.At)):
			at := r.At
			r.StoppedAt = &at
		case r.StoppedAt == nil:
			return t.reject(r.Number, t.heading[m.stopped], "", "in the state %.60q a ticket is stopped, and the instant is missing here",
				"im Status %.60q ist ein Ticket beendet, und der Zeitpunkt fehlt hier", r.State)
		}
	}
	if r.Responded, err = m.instant(t, c, r, m.responded, false); err != nil {
		return err
	}
	if m.opened < 0 {
		r.Opened = r.At
	}
	for _, other := range []*time.Time{r.StoppedAt, r.Responded} {
		switch {
		case other == nil:
		case m.opened < 0 && other.Before(r.Opened):
			r.Opened = *other // the ticket was there then
		case !r.Change && other.After(r.At):
			r.At = *other // the newest thing that the row knows
		}
	}
	r.Stopped = r.StoppedAt != nil && !r.StoppedAt.After(r.At)
	return nil
}

// instant reads the one in a column, which may be left out, or empty unless it
// is needed. One before the opening is the end before the start.
func (m *ticketColumns) instant(t *table, c []string, r *ticket.Row, column int, needed bool) (*time.Time, error) {
	when, why := t.instant(c, r.Number, column, needed)
	switch {
	case why != nil:
		return nil, why
	case when != nil && m.opened >= 0 && column != m.opened && when.Before(r.Opened):
		// Which opening isn't said, so that all of a file count as one reason.
		return nil, t.reject(r.Number, t.heading[column], strings.TrimSpace(c[column]), "end before start: this lies before the ticket was opened",
			"Ende vor Anfang: das liegt vor dem Öffnen des Tickets")
	}
	return when, nil
}
