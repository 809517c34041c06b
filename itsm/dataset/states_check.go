package dataset

import (
	"fmt"
	"strings"

	"turnus/itsm/fault"
)

// Bounds of the lists of states.
const (
	maxStates = 1000 // in all lists
	maxState  = 1000 // bytes of a state
)

// Check says what is wrong with the lists, below the field states.
func (s States) Check() error {
	if len(s.Run)+len(s.Pause)+len(s.Stop) > maxStates {
		return fault.Invalidf("states", "these are more than %d states: leave those out that run, since a state in no list runs",
			"Das sind mehr als %d Status: Die weglassen, in denen die Uhr läuft; in einem Status, den keine Liste nennt, läuft sie.", maxStates)
	}
	var all fault.List
	if len(s.Stop) == 0 {
		all.Say("states.stop", "name the states in which a ticket is resolved or closed: without one no ticket ever ends",
			"Die Status angeben, in denen ein Ticket gelöst oder geschlossen ist: Ohne einen endet kein Ticket.")
	}
	first := map[string]string{} // where a state is named
	for _, l := range []struct {
		does   string
		states []string
	}{{Run, s.Run}, {Pause, s.Pause}, {Stop, s.Stop}} {
		for i, state := range l.states {
			place := fmt.Sprintf("states.%s[%d]", l.does, i)
			switch before, twice := first[state]; {
			case strings.TrimSpace(state) != state || state == "":
				all.Say(place, "write the state's name here, without spaces around it, not %.60q", "Hier den Namen des Status angeben, ohne Leerzeichen davor und danach, nicht %.60q.", state)
			case len(state) > maxState:
				all.Say(place, "this state is longer than %d bytes: no file has one that long", "Dieser Status ist länger als %d Byte; so lang ist keiner in einer Datei.", maxState)
			case twice:
				all.Say(place, "%.60q stands in %s already: a state either runs, pauses or stops, so name it once",
					"%.60q steht schon in %s: Ein Status lässt die Uhr laufen, hält sie an oder beendet sie; ihn nur einmal angeben.", state, before)
			default:
				first[state] = place
			}
		}
	}
	return all.Err()
}
