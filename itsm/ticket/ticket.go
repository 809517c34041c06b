// Package ticket holds tickets as they were known: append-only versions, each
// with its history of states and fields.
//
// Formats turn a file into Rows (package imports), Merge turns the stored
// version and the new rows of one ticket into its next version, and Pack keeps
// a history small. It may import itsm/dataset, itsm/fault and itsm/text.
package ticket

import (
	"time"

	"turnus/itsm/dataset"
)

// Never is the last instant of a ticket that is still open.
func Never() time.Time { return time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) }

// Row is one row of a source file: a ticket as it was after one change.
type Row struct {
	Row       int64 // counted from 1, without the heading
	Number    string
	Seq       int64 // order within the ticket, where the source says it
	Opened    time.Time
	At        time.Time // instant of the change
	State     string
	Stopped   bool              // the state stops the clock for good: resolved, closed
	StoppedAt *time.Time        // csv: when it stopped, where a column says so
	Responded *time.Time        // the first qualified human reaction
	Fields    map[string]string // what a where may name, and what the source claims
	Change    bool              // csv: one of several rows of its ticket, each a change
}

// Event is a change in a ticket's history.
type Event struct {
	At        time.Time         `json:"at"`
	Seq       int64             `json:"seq,omitempty"`
	State     string            `json:"state,omitempty"` // of the opening empty: no source says it
	Stopped   bool              `json:"stopped,omitempty"`
	Responded bool              `json:"responded,omitempty"` // this is the first reaction
	Fields    map[string]string `json:"fields,omitempty"`    // those that changed, empty: no longer set; at the first event all
	Void      bool              `json:"-"`                   // rejected, and kept to know it again; History leaves it out
}

// Version is a ticket as one import left it.
type Version struct {
	Service string
	Number  string
	Import  int64
	Opened  time.Time
	First   time.Time         // first event
	Last    time.Time         // last event, or Never while it is open
	Fields  map[string]string // as after the last event
	Flagged bool              // rows of it were rejected
	Hash    string            // SHA-256 of the content, hexadecimal
	Events  []Event           // in order; the first is the opening
}

// Mapping says which columns of a CSV file of tickets mean what.
type Mapping struct {
	dataset.Table
	Number    string            `json:"number,omitempty"`  // needed
	Opened    string            `json:"opened,omitempty"`  // with states and changed it may be left out: the first change
	Stopped   string            `json:"stopped,omitempty"` // an empty cell: still open; with states and changed it may be left out
	Responded string            `json:"responded,omitempty"`
	State     string            `json:"state,omitempty"` // with one row a change, Changed names its instant
	Changed   string            `json:"changed,omitempty"`
	States    *States           `json:"states,omitempty"`   // with them the state says whether a ticket is open
	Delivery  Delivery          `json:"delivery,omitempty"` // full: each file holds all tickets of its span
	Fields    map[string]string `json:"fields,omitempty"`   // a ticket's field to its column
}

// States say what the states of a source do to the clock.
type States = dataset.States

// Delivery says what a file holds.
type Delivery string

// The deliveries.
const (
	Changes Delivery = "changes" // what has changed (the default)
	Full    Delivery = "full"    // all tickets of its span
)
