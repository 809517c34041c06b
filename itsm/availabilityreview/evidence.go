package availabilityreview

import (
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/text"
)

// Plan is a version of one of the service's continuity plans that came into force
// before the end of the period and agrees a recovery time.
type Plan struct {
	Name    string             `json:"name"`
	Title   text.Text          `json:"title"`
	Version int                `json:"version"`
	Hash    string             `json:"hash"`
	From    time.Time          `json:"from"`
	To      time.Time          `json:"to,omitzero"` // exclusive; zero: no later version is known
	RTO     agreement.Duration `json:"rto"`
	Base    continuity.Base    `json:"rto_from"`
}

// Evidence is what the length of an outage says about a plan's recovery time
// (domain guide, 5.3). Whether the service was recovered by the plan at all, no
// data says: a person decides.
type Evidence struct {
	Plan   Plan
	Proves bool // else it disproves
}

// Evidence is what an outage that is over says about the plans that were in force
// when it began. It says nothing where it is longer than a recovery time that counts
// from the invocation, which may have come late: a run of that invocation tells it;
// nor where it may have been longer than anybody saw, and what was seen isn't too long.
func (f Frozen) Evidence(o Unplanned) (all []Evidence) {
	for _, p := range f.Plans {
		if o.From.Before(p.From) || !p.To.IsZero() && !o.From.Before(p.To) {
			continue
		}
		late := o.Seconds > p.RTO.Seconds()
		if late && p.Base == continuity.FromInvoked || !late && o.Unsure {
			continue
		}
		all = append(all, Evidence{Plan: p, Proves: !late})
	}
	return all
}
