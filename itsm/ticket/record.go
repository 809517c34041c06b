package ticket

import "time"

// Record is everything that is on record of a ticket.
type Record struct {
	Service  string     `json:"service"`
	Number   string     `json:"number"`
	Recorded            // as it is known now
	Versions []Recorded `json:"versions"` // newest first; the first one is as it is known now
}

// Recorded is a ticket as one import left it.
type Recorded struct {
	Import    int64             `json:"import"`
	At        time.Time         `json:"at"`                  // of that import
	AsOf      time.Time         `json:"as_of"`               // up to when the source was read that said this
	Opened    *time.Time        `json:"opened,omitempty"`    // nil: withdrawn
	Last      *time.Time        `json:"last,omitempty"`      // when it stopped; nil: it is open, or withdrawn
	Fields    map[string]string `json:"fields"`              // as after the last event
	Events    []Event           `json:"events"`              // in order; the first is the opening
	Flagged   bool              `json:"flagged"`             // rows of it were rejected
	Withdrawn bool              `json:"withdrawn,omitempty"` // the imports that spoke of it were withdrawn: it counts nowhere
	Hash      string            `json:"hash,omitempty"`      // SHA-256 of the content, hexadecimal
}

// NewRecorded is what a packed history tells, as it is shown; without one the
// ticket was withdrawn.
func NewRecorded(r Recorded, packed []byte) (Recorded, error) {
	r.Fields, r.Events = map[string]string{}, []Event{}
	if r.Withdrawn = len(packed) == 0; r.Withdrawn {
		r.Hash = ""
		return r, nil
	}
	var v Version
	if err := v.Read(packed); err != nil {
		return r, err
	}
	r.Opened, r.Fields, r.Events = &v.Opened, v.Fields, v.Events
	if !v.Last.Equal(Never()) {
		r.Last = &v.Last
	}
	return r, nil
}
