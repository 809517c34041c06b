package continuity

import "turnus/itsm/text"

// Invocation is a plan that is invoked in earnest: no type of drill, although it
// runs as one does.
const Invocation Type = "invocation"

// Outage is a service that wasn't there, and of which somebody decided that it
// proves or disproves the recovery time: no run of its own, and known by its
// length alone.
const Outage Type = "outage"

// InEarnest says that it is of a real incident: no exercise.
func (t Type) InEarnest() bool { return t == Invocation || t == Outage }

// Plannable are the types of drill, and the invocation.
func Plannable() []Type { return append(Types(), Invocation) }

// AsDrill is the type of drill that proves as much: what was recovered in earnest
// proves no less than a full interruption.
func (t Type) AsDrill() Type {
	if t.InEarnest() {
		return FullInterruption
	}
	return t
}

// Noun is what a run of the type is called. Both words are feminine in German, so
// that either fits into the same sentence.
func (t Type) Noun() text.Text {
	if t == Invocation {
		return text.New("invocation", "Notfallbewältigung")
	}
	return text.New("drill", "Übung")
}

// EventTitle is an event in words, as a run of the type has it.
func (t Type) EventTitle(e Event) text.Text {
	if t == Invocation && e == Ended {
		return text.New("invocation ended", "Notfallbewältigung beendet")
	}
	return e.Title()
}
