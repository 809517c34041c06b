package report

import (
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/text"
)

// Says is what an outage says about a continuity plan's recovery time.
type Says string

// What it can say; SaysNothing is for a person to decide.
const (
	Proves      Says = "proves"
	Disproves   Says = "disproves"
	SaysNothing Says = "nothing"
)

// MaxEvidence is how much of a period a person is asked to decide on: where probes
// see a service come and go, its outages are too many. A task has room for four times
// as many fields, so that findings have their place beside it.
const MaxEvidence = 75

// Evidence is what an outage says about the recovery time of a continuity plan: by
// its length, and as the owner decided before the report was drafted.
type Evidence struct {
	Outage  string     `json:"outage"` // the key of its finding, in whichever report
	Title   text.Text  `json:"title"`  // of the outage
	Plan    string     `json:"plan"`
	Called  text.Text  `json:"called"` // the plan's title
	Version int        `json:"version"`
	RTO     string     `json:"rto"` // as agreed: a duration
	Begun   time.Time  `json:"begun"`
	Seconds int64      `json:"seconds"` // that it lasted
	Says    Says       `json:"says"`    // by its length
	Decided Says       `json:"decided,omitempty"`
	By      string     `json:"by,omitempty"` // a person's name
	At      *time.Time `json:"at,omitempty"`
}

// Title is what it says, for people.
func (s Says) Title() text.Text {
	switch s {
	case "":
		return text.New("not decided", "nicht entschieden")
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
