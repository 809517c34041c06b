// Package ticket holds tickets as they were known: append-only versions, each
// with its history of states and fields.
//
// Formats turn a file into Rows (package imports), Merge turns the stored
// version and the new rows of one ticket into its next version, and Pack keeps
// a history small. It may import itsm/fault and itsm/text.
package ticket

import (
	"time"

	"turnus/itsm/text"
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

// Reject is a source row that makes no sense, kept with its reason. Iterators
// of rows yield it as an error; it never stops the rest.
type Reject struct {
	Row    int64     `json:"row" db:"row"`
	Number string    `json:"number" db:"number"` // the ticket, where known: it is flagged
	Column string    `json:"column" db:"column_name"`
	Value  string    `json:"value" db:"value"`
	Reason text.Text `json:"reason" db:"-"`
}

// Error is the reason in English.
func (r *Reject) Error() string { return r.Column + ": " + r.Reason.String() }

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

// Import is a numbered, append-only intake of a file.
type Import struct {
	ID        int64     `json:"id" db:"id"`
	Service   string    `json:"service" db:"service"`
	Format    string    `json:"format" db:"format"`
	AsOf      time.Time `json:"as_of" db:"as_of"`    // up to when the source was read
	Oldest    time.Time `json:"oldest" db:"oldest"`  // the oldest opening among the service's tickets
	Read      int64     `json:"read" db:"rows_read"` // = loaded + unchanged + rejected, in source rows
	Loaded    int64     `json:"loaded" db:"rows_loaded"`
	Unchanged int64     `json:"unchanged" db:"rows_unchanged"`
	Rejected  int64     `json:"rejected" db:"rows_rejected"`
	Tickets   int64     `json:"tickets" db:"tickets_changed"` // tickets that got another version
	By        string    `json:"by" db:"person"`
	At        time.Time `json:"at" db:"at"`

	TokenIssuer string `json:"token_issuer,omitempty" db:"token_issuer"` // who issued the token with which it was loaded
}

// Mapping is the spec of a Mapping resource: which columns of a CSV file mean
// what.
type Mapping struct {
	Separator string            `json:"separator,omitempty"` // , ; or tab; found out if left out
	Encoding  string            `json:"encoding,omitempty"`  // utf-8 (default) or windows-1252
	Time      string            `json:"time,omitempty"`      // Go's reference time; RFC 3339 if left out
	Number    string            `json:"number"`
	Opened    string            `json:"opened"`
	Stopped   string            `json:"stopped"` // an empty cell: still open
	Responded string            `json:"responded,omitempty"`
	State     string            `json:"state,omitempty"` // with one row a change, Changed names its instant
	Changed   string            `json:"changed,omitempty"`
	Fields    map[string]string `json:"fields,omitempty"` // a ticket's field to its column
}
