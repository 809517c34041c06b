// Package report is the model of what a run publishes: a document that is
// independent of language and medium, with figures that say how they came
// about. It may import itsm.
package report

import (
	"time"

	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Document is the content of a report, in both languages at once. Its hash is
// what approvers decide on; state, version, decisions and the hash itself are
// added when it is rendered (Record).
type Document struct {
	Run         string     `json:"run"`
	Process     string     `json:"process"`
	Scope       string     `json:"scope"`
	Period      string     `json:"period"`
	From        time.Time  `json:"from"`
	To          time.Time  `json:"to"` // exclusive
	Zone        string     `json:"zone"`
	Title       text.Text  `json:"title"`   // of the report: SLA report
	Subject     text.Text  `json:"subject"` // what it is about: the service
	Provisional bool       `json:"provisional"`
	Notice      text.Text  `json:"notice,omitzero"` // stands on every page: why it is provisional
	Notes       []Note     `json:"notes,omitempty"` // what to know before any figure is read, the most serious first
	Summary     []Tile     `json:"summary"`
	Sections    []Section  `json:"sections"`
	Figures     []Figure   `json:"figures"`
	Sources     []Source   `json:"sources"`
	Restates    *Restated  `json:"restates,omitempty"` // the version that this one takes the place of
	ComputedAt  time.Time  `json:"computed_at"`
	Answers     []Answer   `json:"answers,omitempty"`  // what the owner said to its findings, before it was drafted
	Evidence    []Evidence `json:"evidence,omitempty"` // what outages say about continuity plans
	Wording     int        `json:"wording,omitempty"`  // of its process's room, counted up when words change; 0: as 0.1.0 had them

	TicketList *TicketList `json:"ticket_list,omitempty"` // of the tickets that it names, in a file of its own
	Findings   []Finding   `json:"findings,omitempty"`    // what it finds beyond its figures: publishing puts each into the register
}

// Note is one thing that a reader should know before any figure: one sentence
// or two, with numbers.
type Note struct {
	Text text.Text `json:"text"`
	Tone Tone      `json:"tone"` // bad: what may make figures wrong, or read wrong
}

// TicketList is what a report says of the list of all tickets that it counts as
// breached or leaves out.
type TicketList struct {
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // of the list in JSON, hexadecimal
}

// Tile is a headline of the summary: one value with its verdict.
type Tile struct {
	Label text.Text `json:"label"`
	Value Cell      `json:"value"`
	Note  text.Text `json:"note,omitzero"`
	Tone  Tone      `json:"tone,omitempty"`
}

// Section of a document.
type Section struct {
	Title      text.Text   `json:"title"`
	Paragraphs []text.Text `json:"paragraphs,omitempty"`
	Timelines  []Timeline  `json:"timelines,omitempty"`
	Tables     []Table     `json:"tables,omitempty"`
	Charts     []Chart     `json:"charts,omitempty"`
	Agreement  string      `json:"agreement,omitempty"` // that it is about alone: it goes into an extract for its customer
}

// Table of a section; every row has as many cells as there are columns.
type Table struct {
	Caption text.Text `json:"caption,omitzero"`
	Columns []Column  `json:"columns"`
	Rows    [][]Cell  `json:"rows"`
}

// Column of a table; figures are set right.
type Column struct {
	Title text.Text `json:"title"`
	Right bool      `json:"right,omitempty"`
}

// Cell is a typed value; rendering writes it in the reader's language. Exactly
// one of the members is set, AtLeast and Link aside; none is an empty cell.
type Cell struct {
	Text    *text.Text `json:"text,omitempty"`
	Count   *int64     `json:"count,omitempty"`
	Ratio   *Ratio     `json:"ratio,omitempty"`   // shown as per cent with two decimals
	Percent string     `json:"percent,omitempty"` // an exact decimal as agreed: 99.9
	Seconds *int64     `json:"seconds,omitempty"` // shown as 4 h 30 min
	At      *time.Time `json:"at,omitempty"`      // shown in the document's zone
	Verdict *Judgement `json:"verdict,omitempty"`
	AtLeast bool       `json:"at_least,omitempty"` // the duration goes on
	Link    string     `json:"link,omitempty"`     // of a text: where more is found; https
}

// Ratio keeps numerator and denominator, so that nothing is rounded but what
// is shown. A denominator of 0 is not applicable, never 0 % or 100 %.
type Ratio struct {
	Num int64 `json:"num"`
	Den int64 `json:"den"`
}

// Judgement is a word with a tone.
type Judgement struct {
	Text text.Text `json:"text"`
	Tone Tone      `json:"tone"`
}

// Tone says how a reader should take a value; never by colour alone.
type Tone string

// The tones.
const (
	Good    Tone = "good"
	Bad     Tone = "bad"
	Neutral Tone = "neutral"
)

// Source is something the figures stand on, in its version.
type Source struct {
	Kind    SourceKind `json:"kind"`
	Name    string     `json:"name"`
	Version string     `json:"version"`
	Hash    string     `json:"hash,omitempty"`
}

// Record is what is known about a document besides its content.
type Record struct {
	Hash       string          `json:"hash"`
	State      string          `json:"state"`   // of the run
	Version    int             `json:"version"` // 0: not published
	Published  *time.Time      `json:"published,omitempty"`
	StartedBy  string          `json:"started_by"`
	Issuer     string          `json:"token_issuer,omitempty"`
	Owner      string          `json:"owner"`
	About      resource.Ref    `json:"-"` // what the run is about: who sees a draft follows from it
	Decisions  []task.Decision `json:"decisions"`
	DraftRound int             `json:"round"`

	Reason  string               `json:"reason,omitempty"`        // why there is another attempt
	Outcome text.Text            `json:"outcome_reason,omitzero"` // why the run ended as it did
	Persons map[string]text.Text `json:"persons,omitempty"`       // display names, where known

	Superseded int `json:"superseded,omitempty"` // the version in force, if it isn't this one

	Receipts string `json:"receipts,omitempty"` // where those of all figures are found

	Stale   []task.StalePart `json:"stale,omitempty"`   // of a draft that waits: what has changed that it stands on
	Tickets string           `json:"tickets,omitempty"` // where the list of breached and excluded tickets is found

	Extract *Extracted `json:"extract,omitempty"` // it isn't the whole
}

// Report is a document with its record, as the API answers it.
type Report struct {
	Record
	Document
}
