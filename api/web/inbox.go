package web

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

func inboxPages() []page {
	return []page{{method: "GET", path: "/", name: "inbox", handle: showInbox}}
}

// inbox is what waits for the visitor, and for others of what is theirs.
type inbox struct {
	Overdue, Due, Others []entry
	Counts               task.Counts
}

// entry is a task in a list.
type entry struct {
	task.Task
	Process, Scope, Period string
	Late                   bool
}

func entryOf(t task.Task, now time.Time) entry {
	key, _, _ := run.ParseID(t.Run) // tasks belong to runs
	return entry{t, key.Process, key.Scope, key.Period, t.Due.Before(now)}
}

func showInbox(v *visit) error {
	counts, err := v.countTasks()
	if err != nil {
		return err
	}
	all, err := v.api.Tasks(v.r.Context(), string(task.Open), false)
	if err != nil {
		return err
	}
	in := inbox{Counts: counts}
	for _, t := range all {
		e := entryOf(t, v.Now())
		switch {
		case !slices.Contains(t.Approvers, v.session.Person):
			in.Others = append(in.Others, e)
		case e.Late:
			in.Overdue = append(in.Overdue, e)
		default:
			in.Due = append(in.Due, e)
		}
	}
	for _, list := range [][]entry{in.Overdue, in.Due, in.Others} {
		slices.SortStableFunc(list, func(a, b entry) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID)) })
	}
	return v.show(http.StatusOK, "inbox", text.New("Inbox", "Aufgaben"), in)
}
