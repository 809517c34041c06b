package imports

import (
	"strings"
	"time"
	"unicode/utf8"

	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/mapping"
	"turnus/itsm/text"
)

// OptionsOf say how a file is to be read.
type OptionsOf[Mapping any] struct {
	Format  string
	Zone    *time.Location   // of local times; nil: UTC
	Mapping Mapping          // csv: what the columns mean; else only separator and encoding count, where the format is a table
	Now     time.Time        // what is later makes no sense; zero: nothing is
	Content *dataset.Content // filled with what is found out about the file; may be nil
}

// Options say how a file of outages, maintenance or probes is to be read.
type Options = OptionsOf[mapping.Spec]

// checkOptions refuses options that no file of a dataset can be read with.
func checkOptions(name string, o Options) error {
	d, err := dataset.Find(name)
	if err != nil {
		return err
	}
	format, err := d.Format(o.Format)
	if err != nil {
		return err
	}
	given := o.Mapping.Dataset != "" || o.Mapping.Number != "" || o.Mapping.Columns != nil
	switch {
	case !format.Mapped && given:
		return fault.Invalidf("mapping", "a file in the format %s says itself what it means: leave the mapping out",
			"Eine Datei im Format %s sagt selbst, was sie bedeutet: Die Zuordnung weglassen.", format.Name)
	case !format.Mapped:
		return nil
	case !given:
		return fault.Invalidf("mapping", "a %s file needs a mapping that says which columns hold %s",
			"Eine %s-Datei braucht eine Zuordnung, die sagt, in welchen Spalten %s stehen.", strings.ToUpper(o.Format), needed(d))
	}
	if err := o.Mapping.CheckAbout(d); err != nil {
		return err
	}
	return declaration.Below("mapping", o.Mapping.Check())
}

// needed lists what a mapping of a dataset has to name.
func needed(d dataset.Dataset) text.Text {
	var names []text.Text
	for _, m := range d.Columns {
		if m.Needed {
			names = append(names, text.Same(m.Name))
		}
	}
	last := len(names) - 1
	return text.F("%s and %s", "%s und %s", text.Join(names[:last], ", "), names[last])
}

// named finds the columns of what a mapping names; of what it doesn't the place
// is -1.
func (t *table) named(m mapping.Spec, names ...string) (map[string]int, error) {
	all := make([]wanted, len(names))
	for i, name := range names {
		all[i] = wanted{name, m.Columns[name]}
	}
	places, err := t.columns("mapping.columns", all)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(names))
	for i, name := range names {
		at[name] = places[i]
	}
	return at, nil
}

// Bounds of what a row may hold, in bytes.
const (
	maxKey  = 200   // of a reference, a component, a probe
	maxText = 1_000 // of any other text
)

// text gives the cell of a column that may be left out; empty and ? are none.
func (t *table) text(c []string, number string, column, most int) (string, error) {
	if column < 0 {
		return "", nil
	}
	v := known(c[column])
	if len(v) > most {
		return "", t.reject(number, t.heading[column], v, "longer than %d bytes", "länger als %d Byte", most)
	}
	return v, nil
}

// key gives a text by which rows are told apart.
func (t *table) key(c []string, number string, column int) (string, error) {
	v, err := t.text(c, number, column, maxKey)
	if err == nil && !plain(v) {
		return "", t.reject(number, t.heading[column], v, "a control character or a line break isn't part of a name", "ein Steuerzeichen oder Zeilenumbruch gehört nicht in einen Namen")
	}
	return v, err
}

// plain says that a text is one line that a display shows and doesn't obey.
func plain(s string) bool { return utf8.ValidString(s) && text.Line(s) == s }

// earliest is the first instant that makes sense: one before it is a year of two
// digits where four are read, or an empty cell's.
var earliest = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)

const tooEarly, tooEarlyDe = "this instant lies before 1970: look at how the file writes years", "dieser Zeitpunkt liegt vor 1970: prüfen, wie die Datei Jahre schreibt"

// span reads where a row begins and ends; it never ends before it begins. The
// end is the zero time where its cell is empty or a dash.
func (t *table) span(c []string, number string, start, end int) (from, to time.Time, err error) {
	first, err := t.moment(c, number, start, true)
	if err != nil {
		return from, to, err
	}
	if first.Before(earliest) {
		return from, to, t.reject(number, t.heading[start], strings.TrimSpace(c[start]), tooEarly, tooEarlyDe)
	}
	cell := strings.TrimSpace(c[end])
	if strings.Trim(cell, "-–—?") == "" {
		return first.UTC(), to, nil
	}
	last, err := t.moment(c, number, end, true)
	switch {
	case err != nil:
		return from, to, err
	case last.Before(*first):
		return from, to, t.reject(number, t.heading[end], cell, "end before start: it ends before it starts", "Ende vor Anfang: es endet, bevor es beginnt")
	case last.Equal(*first):
		return from, to, t.reject(number, t.heading[end], cell, "start and end are the same instant: no time lies between them", "Anfang und Ende sind derselbe Zeitpunkt: dazwischen liegt keine Zeit")
	}
	return first.UTC(), last.UTC(), nil
}

// meanings says what the cells of a column mean: as a mapping says or, where it
// says nothing, as is usual, whether in capitals or not.
func meanings(m mapping.Spec, name string, usual map[string][]string) func(cell string) (meaning string, ok bool) {
	lists, exact := m.Values[name]
	if !exact {
		lists = usual
	}
	of := map[string]string{}
	for meaning, values := range lists {
		for _, v := range values {
			of[strings.TrimSpace(v)] = meaning
		}
	}
	return func(cell string) (string, bool) {
		meaning, ok := of[cell]
		if !ok && !exact {
			meaning, ok = of[strings.ToLower(cell)]
		}
		return meaning, ok
	}
}
