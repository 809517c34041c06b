package dataset

import (
	"slices"
	"strings"
	"time"

	"turnus/itsm/fault"
)

// Table says how a file with columns is written.
type Table struct {
	Separator string `json:"separator,omitempty"` // , ; or tab; found out if left out
	Encoding  string `json:"encoding,omitempty"`  // utf-8 (default) or windows-1252
	Time      string `json:"time,omitempty"`      // Go's reference time; RFC 3339 if left out
}

// maxLayout bounds a reference time: every instant of a file is read with it.
const maxLayout = 100

// Check says everything that is wrong with it: faults at separator, encoding and
// time.
func (t Table) Check() error {
	var all fault.List
	if !slices.Contains([]string{"", ",", ";", "\t"}, t.Separator) {
		all.Say("separator", "%.20q separates no columns: use , or ; or \\t, or leave it out to have it found out",
			"%.20q trennt keine Spalten: , oder ; oder \\t angeben oder weglassen, dann wird es herausgefunden.", t.Separator)
	}
	if !t.Windows1252() && !slices.Contains([]string{"", "utf-8", "utf8"}, strings.ToLower(t.Encoding)) {
		all.Say("encoding", "%.40q isn't read: use utf-8 or windows-1252", "%.40q wird nicht gelesen: utf-8 oder windows-1252 angeben", t.Encoding)
	}
	if len(t.Time) > maxLayout {
		all.Say("time", "a reference time has %d characters at most, as in 02.01.2006 15:04", "Diese Referenzzeit ist zu lang: Höchstens %d Zeichen angeben, etwa 02.01.2006 15:04.", maxLayout)
	} else if why := lost(t.Time); why != "" {
		all.Say("time", "%.60q doesn't give every instant: %s; write Go's reference time as the file writes instants, as in 02.01.2006 15:04",
			"%.60q ergibt nicht jeden Zeitpunkt (%s): Gos Referenzzeit so schreiben, wie die Datei Zeitpunkte schreibt, etwa 02.01.2006 15:04", t.Time, why)
	}
	return all.Err()
}

// Windows1252 says that files are in that encoding.
func (t Table) Windows1252() bool {
	return slices.Contains([]string{"windows-1252", "cp1252"}, strings.ToLower(t.Encoding))
}

// Layout is Go's reference time for the instants, and whether it says the
// offset; else they are local.
func (t Table) Layout() (layout string, offset bool) {
	if t.Time == "" {
		return time.RFC3339, true
	}
	return t.Time, strings.Contains(t.Time, "Z07") || strings.Contains(t.Time, "-07")
}

// lost says which part of an instant a reference time loses; empty: none.
func lost(layout string) string {
	if layout == "" {
		return ""
	}
	if strings.Contains(layout, "MST") {
		return "MST"
	}
	at := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, part := range []struct {
		what  string
		other time.Time
	}{{"2006", at.AddDate(1, 0, 0)}, {"01", at.AddDate(0, 1, 0)}, {"02", at.AddDate(0, 0, 1)},
		{"15", at.Add(12 * time.Hour)}, {"04", at.Add(time.Minute)}} {
		if at.Format(layout) == part.other.Format(layout) {
			return part.what
		}
	}
	if got, err := time.Parse(layout, at.Format(layout)); err != nil || got.Unix()/60 != at.Unix()/60 {
		return "2006-01-02 15:04"
	}
	return ""
}
