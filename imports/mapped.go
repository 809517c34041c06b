package imports

import (
	"maps"
	"slices"
	"strings"
	"time"

	"turnus/itsm/ticket"
)

// mapped reads any table with a mapping: one row a ticket, or with state and
// changed one row a change.
func mapped(t *table, m ticket.Mapping) (func(*table, []string) (ticket.Row, error), error) {
	layout, offset := m.Layout()
	column := map[string]int{}
	for _, c := range []struct{ field, name string }{{"number", m.Number}, {"opened", m.Opened}, {"stopped", m.Stopped},
		{"responded", m.Responded}, {"state", m.State}, {"changed", m.Changed}} {
		column[c.field] = -1
		if c.name != "" {
			i, err := t.column("mapping."+c.field, c.name)
			if err != nil {
				return nil, err
			}
			column[c.field] = i
		}
	}
	var fields []field
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		i, err := t.column("mapping.fields."+name, m.Fields[name])
		if err != nil {
			return nil, err
		}
		fields = append(fields, field{name, i})
	}
	number, openedAt, stopped, responded, state, changed := column["number"], column["opened"], column["stopped"],
		column["responded"], column["state"], column["changed"]
	t.number = number
	return func(t *table, c []string) (ticket.Row, error) {
		r := ticket.Row{Row: t.row, Number: strings.TrimSpace(c[number]), Change: changed >= 0}
		if why := t.checkNumber(r.Number, number); why != nil {
			return r, why
		}
		// at reads the instant in a column that may be left out or empty; one
		// before the opening is the end before the start.
		at := func(column int, needed bool) (*time.Time, error) {
			if column < 0 {
				return nil, nil
			}
			cell := strings.TrimSpace(c[column])
			if cell == "" && !needed {
				return nil, nil
			}
			when, ok := instant(layout, offset, cell, t.zone)
			switch {
			case cell == "":
				return nil, t.reject(r.Number, t.heading[column], "", "an instant is missing here", "hier fehlt ein Zeitpunkt")
			case !ok:
				return nil, t.reject(r.Number, t.heading[column], cell, "this isn't an instant written like %s", "das ist kein Zeitpunkt, geschrieben wie %s", layout)
			case t.future(when):
				return nil, t.reject(r.Number, t.heading[column], cell, toCome, toComeDe)
			case column != openedAt && when.Before(r.Opened):
				return nil, t.reject(r.Number, t.heading[column], cell, "end before start: the ticket was opened %s",
					"Ende vor Anfang: das Ticket wurde %s geöffnet", strings.TrimSpace(c[openedAt]))
			}
			return &when, nil
		}
		opened, err := at(openedAt, true)
		if err != nil {
			return r, err
		}
		r.Opened, r.At = *opened, *opened
		if r.StoppedAt, err = at(stopped, false); err != nil {
			return r, err
		}
		if r.Responded, err = at(responded, false); err != nil {
			return r, err
		}
		if changed >= 0 {
			when, err := at(changed, true)
			if err != nil {
				return r, err
			}
			r.At = *when
		} else { // the newest thing that the row knows
			for _, other := range []*time.Time{r.StoppedAt, r.Responded} {
				if other != nil && other.After(r.At) {
					r.At = *other
				}
			}
		}
		r.Stopped = r.StoppedAt != nil && !r.StoppedAt.After(r.At)
		if state >= 0 {
			r.State = strings.TrimSpace(c[state])
			if r.State == "-100" || r.State == "" && r.Change {
				return r, t.reject(r.Number, t.heading[state], r.State, noState, noStateDe)
			}
			if len(r.State) > ticket.MaxValue {
				return r, t.reject(r.Number, t.heading[state], r.State, "longer than %d bytes", "länger als %d Byte", ticket.MaxValue)
			}
		}
		r.Fields, err = t.fields(r.Number, fields, c)
		return r, err
	}, nil
}
