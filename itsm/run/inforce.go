package run

import (
	"encoding/json"
	"time"
)

// InForce is the report of a process, scope and period that was in force when
// a round was frozen: the round's document takes its place, and sets the
// figures that changed side by side. It is frozen with the round, so that the
// document can be drafted anew from the frozen set alone. The zero value says
// that nothing had been published; a set that lacks it altogether was frozen by
// 0.1.0, which read the report only when it drafted.
type InForce struct {
	Version   int             `json:"version"` // 0: none was in force
	Run       string          `json:"run,omitempty"`
	Hash      string          `json:"hash,omitempty"` // of its content
	Published time.Time       `json:"published,omitzero"`
	Figures   json.RawMessage `json:"figures,omitempty"` // of its document, as JSON
	Sources   json.RawMessage `json:"sources,omitempty"` // likewise: the versions of the rules that it stood on
	Import    int64           `json:"import,omitempty"`  // the newest one among its sources
}
