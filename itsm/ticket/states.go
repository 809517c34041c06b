package ticket

import (
	"fmt"
	"slices"
	"strings"

	"turnus/itsm/fault"
)

// What a state does to the clock.
const (
	Runs   = "run"
	Pauses = "pause"
	Stops  = "stop"
)

// maxStates bounds the lists of a mapping together.
const maxStates = 1000

// lists are the states in the order in which they are looked at.
func (s *States) lists() []struct {
	does   string
	states []string
} {
	return []struct {
		does   string
		states []string
	}{{Runs, s.Run}, {Pauses, s.Pause}, {Stops, s.Stop}}
}

// Does says what a state does to the clock, and whether a list names it: one
// that none names runs. Spaces around it don't count, everything else does.
func (s *States) Does(state string) (does string, named bool) {
	if s == nil {
		return Runs, false
	}
	state = strings.TrimSpace(state)
	for _, l := range s.lists() {
		if slices.ContainsFunc(l.states, func(one string) bool { return strings.TrimSpace(one) == state }) {
			return l.does, true
		}
	}
	return Runs, false
}

// check says what is wrong with the lists.
func (s *States) check() []error {
	if len(s.Run)+len(s.Pause)+len(s.Stop) > maxStates {
		return []error{fault.Invalidf("states", "these are more than %d states: leave those out that run, since a state in no list runs",
			"Das sind mehr als %d Status: Die weglassen, in denen die Uhr läuft; ein Status in keiner Liste läuft.", maxStates)}
	}
	var all fault.List
	if len(s.Stop) == 0 {
		all.Say("states.stop", "name the states in which a ticket is resolved or closed: without one no ticket ever ends",
			"Die Status angeben, in denen ein Ticket gelöst oder geschlossen ist: Ohne einen endet kein Ticket.")
	}
	first := map[string]string{} // where a state is named
	for _, l := range s.lists() {
		for i, state := range l.states {
			place := fmt.Sprintf("states.%s[%d]", l.does, i)
			state = strings.TrimSpace(state)
			switch before, twice := first[state]; {
			case state == "":
				all.Say(place, "a state has a name here", "Hier fehlt der Name eines Status.")
			case len(state) > MaxValue:
				all.Say(place, "this state is longer than %d bytes: no file has one that long", "Dieser Status ist länger als %d Byte; so lang ist keiner in einer Datei.", MaxValue)
			case twice:
				all.Say(place, "%.60q stands in %s already: a state either runs, pauses or stops, so name it once",
					"%.60q steht schon in %s: Ein Status lässt die Uhr laufen, hält sie an oder beendet sie; ihn nur einmal angeben.", state, before)
			default:
				first[state] = place
			}
		}
	}
	return all
}
