package dataset

import (
	"encoding/json"
	"time"

	"turnus/itsm/text"
)

// Import is a numbered, append-only intake of a file, or the withdrawal of one.
type Import struct {
	ID      int64     `json:"id" db:"id"` // 0: a dry run, which has none
	Dataset string    `json:"dataset" db:"dataset"`
	Service string    `json:"service" db:"service"`
	Format  string    `json:"format" db:"format"`
	File    File      `json:"file" db:"-"`
	Mapping *Mapping  `json:"mapping,omitempty" db:"-"`
	Zone    string    `json:"zone" db:"zone"` // of local times; empty: 0.1.0 didn't keep it
	AsOf    time.Time `json:"as_of" db:"as_of"`
	Derived bool      `json:"as_of_derived" db:"as_of_derived"` // nobody said it: as-of is the newest instant in the file, or of maintenance the import's own

	Since  *time.Time `json:"since,omitempty" db:"since"`    // from when on its source was kept, where somebody said so
	Oldest time.Time  `json:"oldest" db:"oldest"`            // from when on the dataset is known: of tickets the oldest opening
	First  *time.Time `json:"first,omitempty" db:"first_at"` // of the rows that make sense: the oldest opening, start or sample
	Last   *time.Time `json:"last,omitempty" db:"last_at"`   // and the newest change, end or sample

	Read      int64 `json:"read" db:"rows_read"` // = loaded + unchanged + older + rejected, in source rows
	Loaded    int64 `json:"loaded" db:"rows_loaded"`
	Unchanged int64 `json:"unchanged" db:"rows_unchanged"`
	Older     int64 `json:"older" db:"rows_older"` // rows that lose against what a source that was read later has said
	Rejected  int64 `json:"rejected" db:"rows_rejected"`
	Tickets   int64 `json:"tickets" db:"tickets_changed"` // keys of which something else is known then: tickets, outages, days of probes
	New       int64 `json:"new" db:"tickets_new"`         // those of them that weren't known

	Warnings []Warning `json:"warnings" db:"-"`
	Accepted string    `json:"accepted,omitempty" db:"accepted"` // why it was taken though it is implausible

	By          string    `json:"by" db:"person"`
	At          time.Time `json:"at" db:"at"`
	TokenIssuer string    `json:"token_issuer,omitempty" db:"token_issuer"` // who issued the token with which it was loaded

	Withdraws   int64  `json:"withdraws,omitempty" db:"withdraws"`       // this is the withdrawal of that import
	WithdrawnBy int64  `json:"withdrawn_by,omitempty" db:"withdrawn_by"` // the withdrawal that took it back
	Run         string `json:"run,omitempty" db:"run"`                   // of a withdrawal: which decided on it
	Reason      string `json:"reason,omitempty" db:"reason"`             // of a withdrawal
}

// File is what is known of the file itself.
type File struct {
	Name   string `json:"name"`   // as its sender calls it, without folders; may be empty
	Bytes  int64  `json:"bytes"`  // as it was sent
	SHA256 string `json:"sha256"` // of those bytes, hexadecimal; empty: 0.1.0 didn't keep it
}

// Mapping is the one that a file was read with.
type Mapping struct {
	Name    string          `json:"name"`
	Version int             `json:"version"` // 0: it isn't declared
	Hash    string          `json:"hash"`    // of its spec in canonical form, SHA-256, hexadecimal
	Spec    json.RawMessage `json:"spec,omitempty"`
	Ready   bool            `json:"ready,omitempty"`  // it comes with Turnus
	Change  string          `json:"change,omitempty"` // created, changed: the import declared it
}

// Warning is what a person should know about an import, or about what figures
// stand on.
type Warning struct {
	Code   string     `json:"code"`
	Detail text.Text  `json:"detail"`
	From   *time.Time `json:"from,omitempty"` // where it concerns a span: [From, To)
	To     *time.Time `json:"to,omitempty"`
	Refuse bool       `json:"refuse,omitempty"` // the import was refused for this, unless somebody accepted it

	Against int64 `json:"against,omitempty"` // the import that it is about, and with whose withdrawal it ends
}

// Codes of warnings for which an import is refused, unless it is accepted.
const (
	ManyRejected = "many-rejected"      // more than 5 % of the rows
	Unfinished   = "unfinished"         // the file ends in the midst of a row or a quote
	FarAsOf      = "as-of-out-of-reach" // few rows reach the derived as-of, beyond a gap
	FewerRows    = "fewer-rows"         // a full delivery has lost rows
	NoDuration   = "no-duration"        // nothing but tickets that stop when they open
)

// Codes of other warnings.
const (
	NoFinalNewline  = "no-final-newline"  // whether the last row is whole can't be seen
	UnnamedState    = "unnamed-state"     // no list of running, pausing or stopping states has it
	UnagreedPause   = "unagreed-pause"    // the mapping calls a state a pause, and no agreement does
	UnknownSight    = "unknown-sight"     // a person sees a service, or a customer, that there isn't
	DoubtfulPlan    = "doubtful-plan"     // what a continuity plan agrees doesn't fit together, or can't be told
	UnknownValue    = "unknown-value"     // an agreement names a value that no ticket has
	NoHistory       = "no-history"        // an agreement pauses, and no import tells when tickets were in which state
	FewRows         = "few-rows"          // a day or a month has far fewer rows than those before
	NoAgreement     = "no-agreement"      // tickets under no agreement
	NoTarget        = "no-target"         // tickets under no target
	ZeroDuration    = "zero-duration"     // tickets that stop when they open
	OlderRows       = "older-rows"        // rows lose against what a source has said that was read later
	Duplicates      = "duplicates"        // rows that stand in the file more than once
	EarlyDays       = "early-days"        // all rows lie on the first twelve days of months
	OtherZone       = "other-zone"        // local times are of another zone than those before
	EndlessRule     = "endless-rule"      // a rule of windows goes on after the last one that is taken
	FreeTime        = "free-time"         // events of a calendar are marked as free time, and count as maintenance
	WholeDays       = "whole-days"        // events of a calendar have no time of day, and count as maintenance
	OneColumn       = "one-column"        // a mapping takes several instants from one column
	Differing       = "differing"         // samples of one probe and instant say different things
	OtherDensity    = "other-density"     // samples come more or less often than was agreed
	NumbersAsNames  = "numbers-as-names"  // the users of outages are numbers in the place of names
	SharedReference = "shared-reference"  // rows have one reference and say different things: all of them count
	LateSince       = "late-since"        // rows lie before the instant from which on their source is said to have been kept
	ShareForPercent = "share-for-percent" // an agreement's percentage is below 1
)

// Reject is a source row that makes no sense, kept with its reason. Iterators
// of rows yield it as an error; it never stops the rest.
type Reject struct {
	Row    int64     `json:"row" db:"row"`
	Number string    `json:"number" db:"number"` // the key that the row belongs to, where known
	Column string    `json:"column" db:"column_name"`
	Value  string    `json:"value" db:"value"`
	Reason text.Text `json:"reason" db:"-"`
}

// Error is the reason in English.
func (r *Reject) Error() string { return r.Column + ": " + r.Reason.String() }

// RejectsByCause counts rejected source rows.
type RejectsByCause struct {
	Column string    `json:"column"`
	Reason text.Text `json:"reason"`
	Rows   int64     `json:"rows"`
}
