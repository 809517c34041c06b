package report

import (
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/text"
)

// Finding is what a report finds, and what the owner is asked about before it is
// drafted: a missed target, a limit exceeded, an unplanned outage.
type Finding struct {
	Key    string    `json:"key"`            // stable from round to round: agreement/target
	Kind   string    `json:"kind,omitempty"` // as the register has it, of what no figure shows
	Title  text.Text `json:"title"`
	Detail text.Text `json:"detail"`           // what was measured, and what was agreed
	Figure string    `json:"figure,omitempty"` // the name of the figure that shows it

	Plans []Evidence `json:"plans,omitempty"` // what an outage says about them by its length
}

// Says is what an outage says about a continuity plan's recovery time.
type Says string

// What it can say; SaysNothing is for a person to decide.
const (
	Proves      Says = "proves"
	Disproves   Says = "disproves"
	SaysNothing Says = "nothing"
)

// Evidence is what an outage says about the recovery time of a continuity plan: of a
// finding by its length, of an answer as the owner decided.
type Evidence struct {
	Plan    string    `json:"plan"`
	Title   text.Text `json:"title"`
	Version int       `json:"version"`
	RTO     string    `json:"rto"` // as agreed: a duration
	Begun   time.Time `json:"begun"`
	Seconds int64     `json:"seconds"` // that it lasted, or has lasted
	Says    Says      `json:"says"`
}

// Title is what it says, for people.
func (s Says) Title() text.Text {
	switch s {
	case Proves:
		return text.New("proves the recovery time", "belegt die Wiederanlaufzeit")
	case Disproves:
		return text.New("disproves the recovery time", "widerlegt die Wiederanlaufzeit")
	case SaysNothing:
		return text.New("says nothing about the plan", "sagt nichts über den Plan aus")
	}
	return text.Same(string(s))
}

// Agreed is the recovery time in words.
func (e Evidence) Agreed() text.Text {
	d, err := agreement.ParseDuration(e.RTO)
	if err != nil {
		return text.Same(e.RTO)
	}
	return d.InWords()
}

// Told says that the owner gave a cause, a measure, or why there is none.
func (a Answer) Told() bool { return a.Cause+a.Measure+a.None != "" }

// Answer is what the owner said to a finding: its cause and the measure taken,
// or why there is none.
type Answer struct {
	Key     string     `json:"key"` // of the finding
	Title   text.Text  `json:"title"`
	Cause   string     `json:"cause,omitempty"`
	Measure string     `json:"measure,omitempty"`
	None    string     `json:"none,omitempty"` // why there is no cause or measure to name
	By      string     `json:"by"`             // a person's name
	At      time.Time  `json:"at"`
	Plans   []Evidence `json:"plans,omitempty"` // what they decided about them
}

// Answers adds the section of what the owner said; nothing where nobody was
// asked.
func (w *Writer) Answers(answers []Answer) {
	s := w.Section("Causes and measures", "Ursachen und Maßnahmen")
	t := s.Table("", "").Left("Finding", "Befund").Left("Cause", "Ursache").Left("Measure", "Maßnahme").
		Left("Answered by", "Angegeben von").Left("Answered at", "Angegeben am")
	for _, a := range answers {
		if !a.Told() { // asked about something else alone
			continue
		}
		cause, measure := Name("–"), Name("–")
		if a.Cause != "" {
			cause = Name(a.Cause)
		}
		switch {
		case a.Measure != "":
			measure = Name(a.Measure)
		case a.None != "":
			measure = Say("none: %s", "keine: %s", a.None)
		}
		t.Row(Words(a.Title), cause, measure, Name(a.By), At(a.At))
	}
	if !s.Empty() {
		s.Say("Before this report was drafted, those responsible for the service were asked for the cause of each finding and the measure taken.",
			"Vor der Erstellung dieses Berichts haben die Serviceverantwortlichen zu jedem Befund Ursache und Maßnahme angegeben.")
	}
}
