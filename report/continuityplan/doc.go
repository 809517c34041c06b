// Package continuityplan writes continuity plans as they are taken out of
// Turnus, to be kept where they can be read when it can't be reached (ISO/IEC
// 20000-1, 8.7.2): as one page without scripts or outside resources, to be read
// on a screen and to be printed, and as plain text. Both say the same. It may
// import report/rules and itsm.
//
//	err := continuityplan.HTML(w, continuityplan.Export{At: now, Zone: zone, Plans: plans}, text.De)
package continuityplan

import (
	"time"

	"turnus/itsm/continuity"
	"turnus/itsm/text"
)

// Export is what is taken out of Turnus, and when.
type Export struct {
	At    time.Time
	Zone  *time.Location
	Plans []Plan
}

// Plan is one that is in force.
type Plan struct {
	Name    string
	Title   text.Text
	Version int
	Hash    string
	Since   time.Time
	Service text.Text
	Spec    continuity.Plan
	People  map[string]text.Text // by name, as they are called
}

// person is what somebody is called, or their name where nothing is known.
func (p Plan) person(name string) text.Text {
	if t, ok := p.People[name]; ok {
		return t
	}
	return text.Same(name)
}
