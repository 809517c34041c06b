package ticket

import (
	"strings"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// shared are fields that a mapping takes from one column, though no ticket's
// number is an instant, and no time lies between instants that are one.
type shared struct {
	column string
	fields []string
}

// shares lists them. A ticket's fields may be taken from any column; so may
// opened and stopped from that of the change, where the states say which
// changes open and stop.
func (m Mapping) shares() []shared {
	var all []shared
next:
	for _, f := range []struct{ name, column string }{{"number", m.Number}, {"changed", m.Changed}, {"opened", m.Opened},
		{"responded", m.Responded}, {"stopped", m.Stopped}} {
		column := strings.TrimSpace(f.column)
		if column == "" || m.FollowsStates() && (f.name == "opened" || f.name == "stopped") && column == strings.TrimSpace(m.Changed) {
			continue
		}
		for i := range all {
			if all[i].column == column {
				all[i].fields = append(all[i].fields, f.name)
				continue next
			}
		}
		all = append(all, shared{column, []string{f.name}})
	}
	some := all[:0]
	for _, s := range all {
		if len(s.fields) > 1 {
			some = append(some, s)
		}
	}
	return some
}

// said says what is wrong with it, and what would be right for this mapping.
func (m Mapping) said(s shared) text.Text {
	fields := text.List(s.fields)
	switch {
	case s.fields[0] == "number":
		return text.F("%s are taken from one column, %.80q: a ticket's number is no instant, so name the column that holds it",
			"%s kommen aus einer Spalte, %.80q: Die Nummer eines Tickets ist kein Zeitpunkt; die Spalte angeben, in der sie steht.", fields, s.column)
	case m.States != nil:
		return text.F("%s are taken from one column, %.80q, so that no time lies between them: name a column of its own for each, or leave out what the file doesn't tell",
			"%s kommen aus einer Spalte, %.80q, sodass dazwischen keine Zeit liegt: Für jedes eine eigene Spalte angeben oder weglassen, was die Datei nicht sagt.", fields, s.column)
	}
	return text.F("%s are taken from one column, %.80q, so that no time lies between them: name a column of its own for each, "+
		"or, where the file has one row a change of state, say in states which states stop a ticket, and leave opened and stopped out",
		"%s kommen aus einer Spalte, %.80q, sodass dazwischen keine Zeit liegt: Für jedes eine eigene Spalte angeben "+
			"oder, wenn die Datei eine Zeile je Statuswechsel hat, in states angeben, welche Status ein Ticket beenden, und opened und stopped weglassen.",
		fields, s.column)
}

// CheckColumns refuses to read a file with a mapping that takes several
// instants from one column. Check lets it pass, since what is declared stays
// valid; see Warnings.
func (m Mapping) CheckColumns() error {
	var all fault.List
	for _, s := range m.shares() {
		all.Add(fault.New(fault.Invalid, m.said(s)).At(s.fields[len(s.fields)-1]))
	}
	return all.Err()
}

// Warnings says what makes a mapping that is valid useless for an import.
func (m Mapping) Warnings() []dataset.Warning {
	var all []dataset.Warning
	for _, s := range m.shares() {
		all = append(all, dataset.Warning{Code: dataset.OneColumn, Detail: m.said(s)})
	}
	return all
}
