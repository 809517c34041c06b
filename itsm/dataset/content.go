package dataset

import (
	"time"

	"turnus/itsm/text"
)

// Content is what a reader finds out about a file besides its rows. It is
// complete when the last row was given out.
type Content struct {
	Separator string   `json:"separator,omitempty"` // of columns: , ; or tab
	Columns   []Column `json:"columns,omitempty"`   // in the order of the file; counted where a dry run asks for it
	End       End      `json:"end"`
	Count     bool     `json:"-"` // the reader counts the columns' values

	Warnings []Warning `json:"-"` // what the reader found besides
}

// End says how a file ends.
type End struct {
	Unfinished bool  `json:"unfinished,omitempty"` // in the midst of a row or a quote, which was rejected
	NoNewline  bool  `json:"no_newline,omitempty"` // the last row is whole as far as one can see, and no line break ends it
	Row        int64 `json:"row,omitempty"`        // of the last row
}

// Column is what the cells of one column hold.
type Column struct {
	Name   string  `json:"name"`
	Use    string  `json:"use,omitempty"` // what the mapping takes it for: opened, fields.priority; empty: nothing
	Empty  int64   `json:"empty"`
	Values []Value `json:"values"`         // the most frequent ones
	More   bool    `json:"more,omitempty"` // there are more different values than were counted
}

// Value is how often a value occurs.
type Value struct {
	Value string `json:"value"`
	Rows  int64  `json:"rows"`
}

// Profile is what a dry run answers besides the import that it would have been.
type Profile struct {
	Import
	DryRun   bool           `json:"dry_run,omitempty"`
	Columns  []Column       `json:"columns,omitempty"`
	States   []StateUse     `json:"states,omitempty"`
	Rejects  []RejectsByWhy `json:"rejects,omitempty"`    // the most frequent ones
	Outdated []Outdated     `json:"older_rows,omitempty"` // the first ones

	Probes     []ProbeUse `json:"probes,omitempty"`      // that samples are of, by component and probe: the first ones
	MoreProbes int64      `json:"more_probes,omitempty"` // that aren't listed
}

// ProbeUse says of how many instants a file has samples of a probe.
type ProbeUse struct {
	Component string `json:"component,omitempty"`
	Probe     string `json:"probe,omitempty"`
	Samples   int64  `json:"samples"`
}

// StateUse says what a state of the file does to the clocks.
type StateUse struct {
	State  string   `json:"state"`
	Rows   int64    `json:"rows"`
	Does   string   `json:"does"`             // run, pause or stop
	Named  bool     `json:"named"`            // a list names it; else it runs since nothing says otherwise
	Pauses []string `json:"pauses,omitempty"` // agreement/target whose pause list has it
	Idle   bool     `json:"idle,omitempty"`   // the mapping calls it a pause, and no agreement's pause list has it: it runs
}

// RejectsByWhy counts rejected rows.
type RejectsByWhy struct {
	Column string    `json:"column"`
	Reason text.Text `json:"reason"`
	Rows   int64     `json:"rows"`
	Row    int64     `json:"row"` // the first of them
}

// Outdated is a key whose rows lost against what a source that was read later
// has said.
type Outdated struct {
	Number string    `json:"number"`
	Rows   int64     `json:"rows"`
	Import int64     `json:"import"` // which said it
	AsOf   time.Time `json:"as_of"`  // of that import
}
