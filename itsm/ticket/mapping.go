package ticket

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"turnus/itsm/fault"
)

// maxLayout bounds a reference time: every instant of a file is read with it.
const maxLayout = 100

// Check says everything that is wrong with a mapping by itself; whether its
// columns exist shows when a file is read.
func (m Mapping) Check() error {
	var all []error
	bad := func(field, en, de string, args ...any) { all = append(all, fault.Invalidf(field, en, de, args...)) }
	if !slices.Contains([]string{"", ",", ";", "\t"}, m.Separator) {
		bad("separator", "%.20q separates no columns: use , or ; or \\t, or leave it out to have it found out",
			"%.20q trennt keine Spalten: , oder ; oder \\t angeben oder weglassen, dann wird es herausgefunden.", m.Separator)
	}
	if !m.Windows1252() && !slices.Contains([]string{"", "utf-8", "utf8"}, strings.ToLower(m.Encoding)) {
		bad("encoding", "%.40q isn't read: use utf-8 or windows-1252", "%.40q wird nicht gelesen: utf-8 oder windows-1252 angeben", m.Encoding)
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
	if len(m.Time) > maxLayout {
		bad("time", "a reference time has %d characters at most, as in 02.01.2006 15:04", "Diese Referenzzeit ist zu lang: Höchstens %d Zeichen angeben, etwa 02.01.2006 15:04.", maxLayout)
	} else if why := layout(m.Time); why != "" {
		bad("time", "%.60q doesn't give every instant: %s; write Go's reference time as the file writes instants, as in 02.01.2006 15:04",
			"%.60q ergibt nicht jeden Zeitpunkt (%s): Gos Referenzzeit so schreiben, wie die Datei Zeitpunkte schreibt, etwa 02.01.2006 15:04", m.Time, why)
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

// Windows1252 says that files are in that encoding.
func (m Mapping) Windows1252() bool {
	return slices.Contains([]string{"windows-1252", "cp1252"}, strings.ToLower(m.Encoding))
}

// Layout is Go's reference time for the instants, and whether it says the
// offset; else they are local.
func (m Mapping) Layout() (layout string, offset bool) {
	if m.Time == "" {
		return time.RFC3339, true
	}
	return m.Time, strings.Contains(m.Time, "Z07") || strings.Contains(m.Time, "-07")
}

// layout says which part of an instant a reference time loses; empty: none.
func layout(l string) string {
	if l == "" {
		return ""
	}
	if strings.Contains(l, "MST") {
		return "MST"
	}
	at := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, part := range []struct {
		what  string
		other time.Time
	}{{"2006", at.AddDate(1, 0, 0)}, {"01", at.AddDate(0, 1, 0)}, {"02", at.AddDate(0, 0, 1)},
		{"15", at.Add(12 * time.Hour)}, {"04", at.Add(time.Minute)}} {
		if at.Format(l) == part.other.Format(l) {
			return part.what
		}
	}
	if got, err := time.Parse(l, at.Format(l)); err != nil || got.Unix()/60 != at.Unix()/60 {
		return "2006-01-02 15:04"
	}
	return ""
}
