package dataset

import (
	"slices"

	"turnus/itsm/text"
)

// States say what the states of a source do to the clock. A pause is one under
// agreements whose pause lists have the state.
type States struct {
	Run   []string `json:"run,omitempty"`
	Pause []string `json:"pause,omitempty"`
	Stop  []string `json:"stop,omitempty"` // resolved, closed
}

// What a state does to a clock.
const (
	Run   = "run"
	Pause = "pause"
	Stop  = "stop"
)

// UseStates says what each state of a file does, by what its mapping or format
// and the agreements say.
func UseStates(values []Value, lists States, agreed []Agreed) []StateUse {
	uses := make([]StateUse, 0, len(values))
	for _, v := range values {
		u := StateUse{State: v.Value, Rows: v.Rows, Does: Run}
		for _, a := range agreed {
			for _, t := range a.Spec.Targets {
				if name := a.Name + "/" + t.Name; slices.Contains(t.Pause, v.Value) && !slices.Contains(u.Pauses, name) {
					u.Does = Pause
					u.Pauses = append(u.Pauses, name)
				}
			}
		}
		if slices.Contains(lists.Stop, v.Value) {
			u.Does = Stop
		}
		u.Named = len(u.Pauses) > 0 || slices.Contains(slices.Concat(lists.Run, lists.Pause, lists.Stop), v.Value)
		u.Idle = u.Does == Run && slices.Contains(lists.Pause, v.Value)
		uses = append(uses, u)
	}
	return uses
}

// StateWarnings are about states of a file that no list names, and about those
// that are called pauses where no agreement lets them be one.
func StateWarnings(uses []StateUse) (list []Warning) {
	var unnamed, idle []string
	for _, u := range uses {
		switch {
		case !u.Named:
			unnamed = append(unnamed, u.State)
		case u.Idle:
			idle = append(idle, u.State)
		}
	}
	if len(unnamed) > 0 {
		list = append(list, Warning{Code: UnnamedState, Detail: text.F("No list of running, pausing or stopping states names %s: time in them counts.",
			"Keine Liste laufender, pausierender oder beendender Status nennt %s: Die Zeit darin zählt.", quoted(unnamed))})
	}
	if len(idle) > 0 {
		list = append(list, Warning{Code: UnagreedPause, Detail: text.F("The mapping calls %s a pause, and no agreement's pause list names it: time in it counts.",
			"Die Zuordnung nennt %s als Pause, aber keine Vereinbarung führt das unter pause: Die Zeit darin zählt.", quoted(idle))})
	}
	return list
}

// quoted lists words in quotation marks, ten at most.
func quoted(words []string) text.Text {
	var parts []text.Text
	for i, w := range words {
		if i == 10 {
			parts = append(parts, text.F("%d more", "%d weitere", len(words)-i))
			break
		}
		parts = append(parts, text.F("%.80q", "%.80q", w))
	}
	return text.Join(parts, ", ")
}
