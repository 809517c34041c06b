// Package mapping holds what a Mapping resource declares: what the columns of a
// file mean, of whatever dataset it is.
//
// It may import itsm/dataset, itsm/ticket and itsm/fault.
//
//	if err := spec.Check(); err != nil { … }  // all that is wrong with it
//	if err := spec.CheckAbout(d); err != nil { … } // it is about another dataset
package mapping

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
)

// Spec is the spec of a Mapping resource. One about tickets says what
// ticket.Mapping has; any other one has columns and values beside how the table
// is written.
type Spec struct {
	Dataset string                         `json:"dataset,omitempty"` // left out: tickets
	Columns map[string]string              `json:"columns,omitempty"` // what is wanted to the column of the file that holds it
	Values  map[string]map[string][]string `json:"values,omitempty"`  // of a column of states: what one means to how the file says it
	ticket.Mapping
}

// Bounds of what a mapping lists.
const (
	maxValues     = 200
	maxValueBytes = 1000
	maxColumn     = 1000 // bytes of a column's name
)

// About is the name of the dataset that it is about.
func (s Spec) About() string { return cmp.Or(s.Dataset, dataset.Tickets) }

// CheckAbout refuses a mapping that is about another dataset than a file.
func (s Spec) CheckAbout(d dataset.Dataset) error {
	if s.About() == d.Name {
		return nil
	}
	is := text.Same(s.About())
	if about, err := dataset.Find(s.About()); err == nil {
		is = about.Title
	}
	return fault.Invalidf("mapping", "this mapping is about %s and the file about %s: name one with dataset: %s",
		"Diese Zuordnung betrifft %s, die Datei %s: Eine mit dataset: %s angeben.", lower(is), lower(d.Title), d.Name)
}

// lower is a title within a sentence: in English, nouns are small.
func lower(t text.Text) text.Text { return text.New(strings.ToLower(t.En), t.De) }

// Check says everything that is wrong with a mapping by itself; whether its
// columns exist shows when a file is read.
func (s Spec) Check() error {
	if s.About() != dataset.Tickets {
		return s.checkColumns()
	}
	var all fault.List
	for field, given := range map[string]bool{"columns": s.Columns != nil, "values": s.Values != nil} {
		if given {
			all.Say(field, "this belongs to a mapping of another dataset: of tickets, number, opened, stopped and the others stand by themselves",
				"Das gehört zu einer Zuordnung einer anderen Datenart: Für Tickets stehen number, opened, stopped und die übrigen für sich.")
		}
	}
	slices.SortFunc(all, func(a, b error) int { return strings.Compare(fault.As(a).Field, fault.As(b).Field) })
	for _, f := range fault.All(s.Mapping.Check()) {
		all.Add(f)
	}
	return all.Err()
}

// checkColumns checks a mapping that isn't about tickets.
func (s Spec) checkColumns() error {
	d, err := dataset.Find(s.Dataset)
	if err != nil {
		return err
	}
	var all fault.List
	for _, f := range fault.All(s.Table.Check()) {
		all.Add(f)
	}
	for _, of := range []struct {
		name  string
		given bool
	}{{"number", s.Number != ""}, {"opened", s.Opened != ""}, {"stopped", s.Stopped != ""}, {"responded", s.Responded != ""}, {"state", s.State != ""},
		{"changed", s.Changed != ""}, {"states", s.States != nil}, {"delivery", s.Delivery != ""}, {"fields", s.Fields != nil}} {
		if of.given {
			all.Say(of.name, "this belongs to a mapping about tickets: one about %[1]s has columns, named %[2]s",
				"Das gehört zu einer Zuordnung für Tickets: Eine für %[1]s hat columns mit den Namen %[2]s.", lower(d.Title), names(d))
		}
	}
	taken := map[string]string{} // a column that holds instants to what it is taken for
	for _, name := range slices.Sorted(maps.Keys(s.Columns)) {
		column := s.Columns[name]
		m, known := find(d, name)
		at := "columns." + name
		switch {
		case !known:
			all.Say(at, "%.40q is nothing that %s have; there are: %s", "%.40q gibt es für %s nicht; es gibt: %s.", name, lower(d.Title), names(d))
		case strings.TrimSpace(column) == "":
			all.Say(at, "name the column that holds it", "Die Spalte fehlt: Angeben, in welcher es steht.")
		case len(column) > maxColumn:
			all.Say(at, "the name of a column has %d bytes at most", "Der Name der Spalte ist zu lang: Höchstens %d Byte angeben.", maxColumn)
		case m.Instant && taken[strings.TrimSpace(column)] != "":
			all.Say(at, "%s and %s are taken from one column, %.80q, so that no time lies between them: name a column of its own for each",
				"%s und %s kommen aus einer Spalte, %.80q, sodass dazwischen keine Zeit liegt: Für jedes eine eigene Spalte angeben.", taken[strings.TrimSpace(column)], name, column)
		case m.Instant:
			taken[strings.TrimSpace(column)] = name
		}
	}
	for _, m := range d.Columns {
		if _, given := s.Columns[m.Name]; m.Needed && !given {
			all.Say("columns."+m.Name, "name the column that holds it", "Die Spalte fehlt: Angeben, in welcher es steht.")
		}
	}
	s.checkValues(d, &all)
	return all.Err()
}

func (s Spec) checkValues(d dataset.Dataset, all *fault.List) {
	for _, name := range slices.Sorted(maps.Keys(s.Values)) {
		at := "values." + name
		m, _ := find(d, name)
		switch {
		case m.Values == nil:
			all.Say(at, "no values are named for it; for %s there are values of: %s", "Dafür werden keine Werte angegeben; für %s gibt es Werte von: %s.", lower(d.Title), valued(d))
			continue
		case s.Columns[name] == "":
			all.Say(at, "name its column, too, below columns", "Auch seine Spalte angeben, unter columns.")
		}
		means := map[string]string{}
		for _, meaning := range slices.Sorted(maps.Keys(s.Values[name])) {
			if !slices.Contains(m.Values, meaning) {
				all.Say(at+"."+meaning, "%.40q is nothing that it can mean; there is: %s", "%.40q ist keine seiner Bedeutungen; es gibt: %s.", meaning, strings.Join(m.Values, ", "))
				continue
			}
			said := s.Values[name][meaning]
			if len(said) == 0 || len(said) > maxValues {
				all.Say(at+"."+meaning, "list 1 to %d values, as they stand in the file", "1 bis %d Werte angeben, wie sie in der Datei stehen.", maxValues)
				continue
			}
			for _, v := range said {
				v = strings.TrimSpace(v)
				switch other, twice := means[v]; {
				case len(v) > maxValueBytes:
					all.Say(at+"."+meaning, "a value has %d bytes at most", "Ein Wert ist zu lang: Höchstens %d Byte angeben.", maxValueBytes)
				case twice:
					all.Say(at+"."+meaning, "%.40q already means %s", "%.40q bedeutet bereits %s.", v, other)
				default:
					means[v] = meaning
				}
			}
		}
	}
}

// find gives what a dataset can have of a name.
func find(d dataset.Dataset, name string) (dataset.Mapped, bool) {
	i := slices.IndexFunc(d.Columns, func(m dataset.Mapped) bool { return m.Name == name })
	if i < 0 {
		return dataset.Mapped{}, false
	}
	return d.Columns[i], true
}

// names lists what a mapping may name, and says what it has to.
func names(d dataset.Dataset) text.Text {
	var all []text.Text
	for _, m := range d.Columns {
		name := text.Same(m.Name)
		if m.Needed {
			name = text.F("%s (needed)", "%s (nötig)", m.Name)
		}
		all = append(all, name)
	}
	return text.Join(all, ", ")
}

func valued(d dataset.Dataset) text.Text {
	var all []string
	for _, m := range d.Columns {
		if m.Values != nil {
			all = append(all, m.Name)
		}
	}
	if all == nil {
		return text.New("nothing", "nichts")
	}
	return text.Same(strings.Join(all, ", "))
}
