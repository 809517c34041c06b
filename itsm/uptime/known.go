package uptime

import (
	"time"
)

// Planned is what is known of a window of maintenance.
type Planned struct {
	Window
	Since  time.Time `json:"since"`            // from when on it stands as it does: as the source says, or when the import came
	Told   bool      `json:"told"`             // the source says so
	Before []Form    `json:"before,omitempty"` // how it stood before, the oldest first
}

// Form is how a window stood until it was changed.
type Form struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Since time.Time `json:"since"`
}
