// Package uptime holds what imports tell about the availability of a service:
// records of outages, windows of maintenance, and samples of probes; how each is
// packed, and what is known of it where several imports said something.
//
// It may import itsm/availability, itsm/dataset, itsm/packed and itsm/text.
package uptime

import (
	"strings"
	"time"

	"turnus/itsm/availability"
)

// Outage is a row of an outage record.
type Outage struct {
	Reference string    `json:"reference,omitempty"` // of the source
	Component string    `json:"component,omitempty"` // the part of the service that was concerned; empty: all of it
	From      time.Time `json:"from"`
	To        time.Time `json:"to,omitzero"` // zero: not over when the source was read
	Cause     string    `json:"cause,omitempty"`
	Severity  string    `json:"severity,omitempty"`
	Gone      string    `json:"gone,omitempty"`     // the share that was gone, a decimal above 0 and up to 1; empty: all
	Users     []string  `json:"users,omitempty"`    // those concerned, by name
	Affected  *int64    `json:"affected,omitempty"` // or their number; neither: not known
	Row       int64     `json:"-"`                  // of the file
}

// Key tells which rows are about the same outage.
func (o Outage) Key() string {
	if o.Reference != "" {
		return referenced + o.Reference
	}
	return key(o.Component, o.From.UTC().Format(time.RFC3339))
}

// Window is an announced window of maintenance, or one occurrence of a rule.
type Window struct {
	UID       string    `json:"uid"`                 // of the event in its calendar, or the reference of a table's row
	Original  time.Time `json:"original,omitzero"`   // of an occurrence: where its rule puts it
	Component string    `json:"component,omitempty"` // the part of the service that it is about; empty: all of it
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Announced time.Time `json:"announced,omitzero"` // as it stands; zero: the source doesn't say, and the import's instant counts
	Summary   string    `json:"summary,omitempty"`
	Cancelled bool      `json:"cancelled,omitempty"`
	Adjusted  bool      `json:"adjusted,omitempty"` // its local time doesn't exist, and was read with the offset before the clock change
	Row       int64     `json:"-"`
}

// Key tells which rows are about the same event: a source says all of its
// occurrences together.
func (w Window) Key() string { return w.UID }

// Unreferenced is the UID of a table's row that has no reference.
func (w Window) Unreferenced() string {
	return strings.TrimSpace(w.Component + " " + w.From.UTC().Format(time.RFC3339))
}

// Sample is what a probe saw of a component at an instant.
type Sample struct {
	Component string
	Probe     string
	At        time.Time // whole seconds
	Is        availability.Answer
	Row       int64
}

// Key tells which samples are kept together: those of one probe, of one component,
// on one date in UTC. In the order of keys the dates of a probe follow each other.
func (s Sample) Key() string { return key(s.Component, s.Probe, s.At.UTC().Format(time.DateOnly)) }

// referenced begins the key of an outage with a reference, and separator is in
// that of any other.
const referenced = "#"

// separator stands between the parts of a key; no part has it.
const separator = "\x1f"

func key(parts ...string) string { return strings.Join(parts, separator) }

// Day is what is known of a probe's samples of a component on one date in UTC.
type Day struct {
	Component string `json:"component,omitempty"`
	Probe     string `json:"probe,omitempty"`
	Date      string `json:"date"`
	Runs      []Run  `json:"runs"`
}

// Run is several samples with the same answer, the same time apart.
type Run struct {
	At    time.Time           `json:"at"` // of the first
	Every int64               `json:"every_s,omitempty"`
	N     int64               `json:"n"`
	Is    availability.Answer `json:"is"`
}
