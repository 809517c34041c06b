package report

import (
	"time"

	"turnus/itsm/text"
)

// Finding is what a report finds, and what the owner is asked about before it is
// drafted: a missed target, a limit exceeded, an unplanned outage.
type Finding struct {
	Key    string    `json:"key"`            // stable from round to round: agreement/target
	Kind   string    `json:"kind,omitempty"` // as the register has it, of what no figure shows
	Of     string    `json:"of,omitempty"`   // the key of the outage that shows it, of what several may show
	Title  text.Text `json:"title"`
	Detail text.Text `json:"detail"`           // what was measured, and what was agreed
	Figure string    `json:"figure,omitempty"` // the name of the figure that shows it
}

// Told says that the owner gave a cause, a measure, or why there is none.
func (a Answer) Told() bool { return a.Cause+a.Measure+a.None != "" }

// Answer is what the owner said to a finding: its cause and the measure taken,
// or why there is none.
type Answer struct {
	Key     string    `json:"key"` // of the finding
	Title   text.Text `json:"title"`
	Cause   string    `json:"cause,omitempty"`
	Measure string    `json:"measure,omitempty"`
	None    string    `json:"none,omitempty"` // why there is no cause or measure to name
	By      string    `json:"by"`             // a person's name
	At      time.Time `json:"at"`
}

// Answers adds the section of what the owner said; nothing where nobody was
// asked.
func (w *Writer) Answers(answers []Answer) {
	s := w.Section("Causes and measures", "Ursachen und Maßnahmen")
	t := s.Table("", "").Left("Finding", "Befund").Left("Cause", "Ursache").Left("Measure", "Maßnahme").
		Left("Answered by", "Angegeben von").Left("Answered at", "Angegeben am")
	for _, a := range answers {
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
