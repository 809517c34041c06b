package web

import (
	"net/http"

	"turnus/client"
	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
)

// actionView is an action as pages show it.
type actionView struct {
	improvement.ActionLine
	Late bool // open past its due date
	Mine bool
}

// Moved says how often its due date was moved, and from where.
func (a actionView) Moved() text.Text {
	if a.Moves == 1 {
		return text.F("moved once, from %s", "einmal verschoben, ursprünglich %s", a.OriginalDue.InWords())
	}
	return text.F("moved %d times, from %s", "%d-mal verschoben, ursprünglich %s", a.Moves, a.OriginalDue.InWords())
}

func (v *visit) actionViews(all []improvement.ActionLine) []actionView {
	today, views := calendar.DateOf(v.Now().UTC()), make([]actionView, len(all))
	for i, a := range all {
		views[i] = actionView{a, a.Overdue(today), a.Owner == v.session.Person}
	}
	return views
}

// actionList is one's own open actions, and those that one sees.
type actionList struct {
	Mine   []actionView
	Of     client.ActionsOf
	All    []actionView
	Next   string
	Narrow bool // something is selected
}

// States are those of actions.
func (actionList) States() []improvement.ActionState { return improvement.ActionStates() }

func showActions(v *visit) error {
	ctx, q := v.r.Context(), v.r.URL.Query()
	l := actionList{Of: client.ActionsOf{Owner: q.Get("owner"), State: q.Get("state"), Overdue: q.Get("overdue") != ""}}
	l.Narrow = l.Of != client.ActionsOf{}
	if q.Get("after") == "" && !l.Narrow {
		mine, err := v.api.Actions(ctx, client.ActionsOf{Mine: true, State: string(improvement.ActionOpen)}, actionsMost)
		if err != nil {
			return err
		}
		l.Mine = v.actionViews(mine)
	}
	all, next, err := v.api.ActionsPart(ctx, l.Of, q.Get("after"), actionsMost)
	if err != nil {
		return err
	}
	l.All = v.actionViews(all)
	if next != "" {
		q.Set("after", next)
		l.Next = "/actions?" + q.Encode()
	}
	return v.show(http.StatusOK, "actions", text.New("Actions", "Maßnahmen"), l)
}
