package continuity

import "slices"

// The objectives that a drill is judged by, by their names in `turnus calc drill`.
const (
	ObjectiveRTO      = "rto"
	ObjectiveRPO      = "rpo"
	ObjectiveMBCO     = "mbco_pct"
	ObjectiveContacts = "contacts_pct"
	ObjectiveDecide   = "decide"
)

// ObjectiveNames are all of them, in the order in which they are listed.
func ObjectiveNames() []string {
	return []string{ObjectiveRTO, ObjectiveRPO, ObjectiveMBCO, ObjectiveContacts, ObjectiveDecide}
}

// Proves says that a drill of the type can prove an objective: recovery by what
// recovers something, contacts and decision by what really calls and decides.
// What is talked through proves nothing.
func (t Type) Proves(objective string) bool {
	switch objective {
	case ObjectiveRTO:
		return t.Measures()
	case ObjectiveRPO, ObjectiveMBCO:
		return t.Measures() && t != Outage
	case ObjectiveContacts, ObjectiveDecide:
		return t.Measures() && t != Outage || t == CallTree || t == Staff
	}
	return false
}

// NoWeakerThan says that a drill of the type can lift what one of the other
// failed to prove: component < functional < parallel < full interruption = invocation,
// call tree and staff their own alone, and an estimate nothing.
func (t Type) NoWeakerThan(o Type) bool {
	switch {
	case !t.shows():
		return false
	case !o.shows():
		return true
	case t.Measures() && o.Measures():
		return t.strength() >= o.strength()
	}
	return t == o
}

// LateCalls names what a drill of the type finds of contacts that it reached late:
// what drills find that lift nothing of each other are findings of their own.
func (t Type) LateCalls() string {
	if t.Measures() {
		return "calls-late"
	}
	return "calls-late-" + string(t)
}

// shows says that there is an objective that a drill of the type can prove.
func (t Type) shows() bool {
	return slices.ContainsFunc(ObjectiveNames(), t.Proves)
}

// strength of a type that measures, among those.
func (t Type) strength() int {
	return slices.Index([]Type{Component, Functional, Parallel, FullInterruption}, t.AsDrill())
}
