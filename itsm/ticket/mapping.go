package ticket

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"turnus/itsm/fault"
)

// Check says everything that is wrong with a mapping by itself; whether its
// columns exist shows when a file is read.
func (m Mapping) Check() error {
	var all []error
	bad := func(field, en, de string, args ...any) { all = append(all, fault.Invalidf(field, en, de, args...)) }
	for _, f := range fault.All(m.Table.Check()) {
		all = append(all, f)
	}
	needed := map[string]string{"number": m.Number}
	if !m.FollowsStates() {
		needed["opened"], needed["stopped"] = m.Opened, m.Stopped
	}
	for field, column := range needed {
		if column == "" {
			bad(field, "name the column that holds it", "Die Spalte fehlt: Angeben, in welcher es steht.")
		}
	}
	if !slices.Contains([]Delivery{"", Changes, Full}, m.Delivery) {
		bad("delivery", "%.40q isn't a delivery: full (each file holds all tickets of its span) or changes (the default)",
			"%.40q gibt es hier nicht: full (jede Datei enthält alle Tickets ihres Zeitraums) oder changes (Standard) angeben.", m.Delivery)
	}
	if m.States != nil {
		for _, f := range fault.All(m.States.Check()) {
			all = append(all, f)
		}
		if m.State == "" {
			bad("state", "states says what a state does to the clock: name the state's column too",
				"states sagt, was ein Status mit der Uhr macht: Auch die Spalte des Status angeben.")
		}
	} else if m.Changed != "" && m.State == "" {
		bad("state", "changed names the instant of a change of state: name the state's column too",
			"changed nennt den Zeitpunkt einer Statusänderung: Auch die Spalte des Status angeben.")
	}
	if len(m.Fields) > 200 {
		bad("fields", "%d fields are too many: 200 at most", "%d Felder sind zu viele: höchstens 200", len(m.Fields))
		m.Fields = nil
	}
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		switch {
		case name == "" || utf8.RuneCountInString(name) > 100:
			bad("fields", "a field's name has 1 to 100 characters, not %.20q", "%.20q ist kein Name eines Feldes: 1 bis 100 Zeichen angeben.", name)
		case m.Fields[name] == "":
			bad("fields."+name, "name the column that holds it", "Die Spalte fehlt: Angeben, in welcher es steht.")
		}
	}
	slices.SortStableFunc(all, func(a, b error) int { return strings.Compare(fault.As(a).Field, fault.As(b).Field) })
	return errors.Join(all...)
}

// FollowsStates says that a file has a row for each change of state, and the
// states say when a ticket stops: then its opening is its first change unless
// opened is mapped, and stopped needs no column.
func (m Mapping) FollowsStates() bool { return m.States != nil && m.Changed != "" }
