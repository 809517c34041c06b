// Package dataset is the table of what comes in from files: each kind of data
// with its formats, its key, and how a row replaces what is known. What is the
// same for all of them stands here: the import with its provenance and counts,
// rejects, warnings, what was found in a file, and what makes it implausible.
//
// It may import itsm/resource, itsm/task, itsm/fault and itsm/text.
//
//	d, err := dataset.Find("tickets")
//	f, err := d.Format("csv")
package dataset

import (
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// Dataset is one kind of data. Its readers are in package imports, its merge
// and its tables in package store.
type Dataset struct {
	Name    string        // plural, as in addresses and commands: tickets
	Title   text.Text     // plural
	About   resource.Kind // what an import is about
	Key     string        // what tells which rows belong together: the number of a ticket
	Formats []Format
	Covers  text.Text // what an import says a period is covered by
	Case    text.Text // what one of its keys is
	Cases   text.Text // what its keys are, plural, as counts name them
	Since   bool      // an import says from when on its source was kept: its rows don't tell
	Columns []Mapped  // what a mapping may name, where it isn't about tickets
}

// Mapped is what a column of a mapped file can hold.
type Mapped struct {
	Name    string
	Needed  bool
	Instant bool     // read as the mapping says that the file writes instants
	Values  []string // what its cells can mean, where a mapping may say how they say it
}

// Format is one way in which a dataset's files are written.
type Format struct {
	Name   string
	Title  text.Text
	Mapped bool    // needs a mapping that says what the columns mean
	Joins  bool    // rows join those stored under their key; else they replace them
	States *States // what the format itself says of states
}

// The formats of ticket files.
const (
	ServiceNowAudit = "servicenow-audit" // one row a change, as ServiceNow's audit log is exported
	CSV             = "csv"              // any table, with a mapping
)

// The formats of calendars and of samples.
const (
	ICalendar  = "icalendar"  // RFC 5545
	Prometheus = "prometheus" // the answer to a range query, as its HTTP API gives it in JSON
	Upptime    = "upptime"    // up and down observations of an Upptime monitor, as TSV
)

// The datasets.
const (
	Tickets     = "tickets"     // what a service desk has recorded
	Outages     = "outages"     // when a service wasn't there, as somebody recorded it
	Maintenance = "maintenance" // when it was announced not to be there
	Probes      = "probes"      // what probes saw of it
)

// All lists the datasets.
func All() []Dataset {
	return []Dataset{{
		Name: Tickets, Title: text.New("Tickets", "Tickets"), About: resource.Service, Key: "number",
		Formats: []Format{
			{Name: ServiceNowAudit, Title: text.New("ServiceNow's audit log, one row a change", "Änderungsprotokoll von ServiceNow, eine Zeile je Änderung"), Joins: true,
				States: &States{Run: []string{"New", "Active"}, Stop: []string{"Resolved", "Closed"}}},
			{Name: CSV, Title: text.New("a table with a mapping", "eine Tabelle mit Zuordnung"), Mapped: true},
		},
		Covers: text.New("from the oldest opening to the greatest as-of", "von der ältesten Eröffnung bis zum spätesten Stand"),
		Case:   text.New("ticket", "Ticket"), Cases: text.New("tickets", "Tickets"),
	}, {
		Name: Outages, Title: text.New("Outages", "Ausfälle"), About: resource.Service, Key: "reference",
		Formats: []Format{{Name: CSV, Title: text.New("a table with a mapping", "eine Tabelle mit Zuordnung"), Mapped: true}},
		Covers:  text.New("from when on the record was kept to the greatest as-of", "vom Beginn der Aufzeichnung bis zum spätesten Stand"),
		Case:    text.New("outage", "Ausfall"), Cases: text.New("outages", "Ausfälle"), Since: true,
		Columns: []Mapped{{Name: "reference"}, {Name: "component"}, {Name: "start", Needed: true, Instant: true}, {Name: "end", Needed: true, Instant: true}, {Name: "cause"},
			{Name: "severity"}, {Name: "gone"}, {Name: "users"}, {Name: "affected"}},
	}, {
		Name: Maintenance, Title: text.New("Maintenance", "Wartung"), About: resource.Service, Key: "uid",
		Formats: []Format{
			{Name: ICalendar, Title: text.New("an iCalendar file", "eine iCalendar-Datei")},
			{Name: CSV, Title: text.New("a table with a mapping", "eine Tabelle mit Zuordnung"), Mapped: true},
		},
		Covers: text.New("as far as windows were announced", "soweit Wartungsfenster angekündigt sind"),
		Case:   text.New("maintenance event", "Wartung"), Cases: text.New("maintenance events", "Wartungen"),
		Columns: []Mapped{{Name: "reference"}, {Name: "component"}, {Name: "start", Needed: true, Instant: true}, {Name: "end", Needed: true, Instant: true},
			{Name: "announced", Instant: true}, {Name: "summary"}, {Name: "status", Values: []string{"cancelled"}}},
	}, {
		Name: Probes, Title: text.New("Probe samples", "Messwerte"), About: resource.Service, Key: "probe",
		Formats: []Format{
			{Name: CSV, Title: text.New("a table with a mapping", "eine Tabelle mit Zuordnung"), Mapped: true, Joins: true},
			{Name: Prometheus, Title: text.New("the answer to a range query of Prometheus", "die Antwort auf eine Bereichsabfrage an Prometheus"), Joins: true},
			{Name: Upptime, Title: text.New("observations of an Upptime monitor", "Beobachtungen eines Upptime-Monitors"), Joins: true},
		},
		Covers: text.New("from the first sample to the greatest as-of", "vom ersten Messwert bis zum spätesten Stand"),
		Case:   text.New("day of probes", "Messtag"), Cases: text.New("days of probes", "Messtage"),
		Columns: []Mapped{{Name: "at", Needed: true, Instant: true}, {Name: "is", Needed: true, Values: []string{"up", "down", "unknown"}}, {Name: "component"}, {Name: "probe"}},
	}}
}

// Find gives a dataset by its name.
func Find(name string) (Dataset, error) {
	var names []string
	for _, d := range All() {
		if d.Name == name {
			return d, nil
		}
		names = append(names, d.Name)
	}
	return Dataset{}, fault.Invalidf("dataset", "%.40q isn't a dataset: there are %s", "%.40q ist keine Datenart: Es gibt %s.", name, strings.Join(names, ", "))
}

// Format gives one of the dataset's formats by its name.
func (d Dataset) Format(name string) (Format, error) {
	var names []string
	for _, f := range d.Formats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Format{}, fault.Invalidf("format", "%.40q isn't a format of %s: use %s", "%.40q ist kein Format für %s: %s angeben.",
		name, d.Title, strings.Join(names, ", "))
}
