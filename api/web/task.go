package web

import (
	"net/http"
	"net/url"
	"slices"

	"turnus/client"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

func taskPages() []page {
	return []page{
		{method: "GET", path: "/tasks/:task", name: "task", handle: showTask},
		{method: "POST", path: "/tasks/:task", name: "task", handle: editTask},
		{method: "POST", path: "/tasks/:task/check", name: "task-check", handle: checkTask},
		{method: "POST", path: "/tasks/:task/done", name: "task-done", handle: decideTask},
		{method: "GET", path: "/tasks/:task/done", name: "task-done", handle: showDecided},
	}
}

// asked is a task as its page asks it.
type asked struct {
	entry
	Run     run.Run
	Report  *report.Report // the draft, where the task is about one
	Typed   client.Answer
	Mine    bool
	Answers []task.Decision
	Wrong   *client.Problem // why the answer wasn't taken
}

// Heading is the task's question.
func (a asked) Heading() text.Text { return a.Task.Title }

// askedAt reads what a task's page shows.
func (v *visit) askedAt() (asked, error) {
	t, err := v.api.Task(v.r.Context(), v.param("task"))
	if err != nil {
		return asked{}, err
	}
	a := asked{entry: entryOf(t, v.Now()), Mine: t.State == task.Open && slices.Contains(t.Approvers, v.session.Person)}
	if a.Run, err = v.api.Run(v.r.Context(), t.Run); err != nil {
		return asked{}, err
	}
	if r, err := v.api.ReportOf(v.r.Context(), t.Run); err == nil {
		a.Report = &r
	}
	return a, nil
}

func showTask(v *visit) error {
	a, err := v.askedAt()
	if err != nil {
		return err
	}
	a.Typed.Hash = a.Task.Hash
	return v.show(http.StatusOK, "task", a.Heading(), a)
}

// typed is the answer in a form.
func (v *visit) typed() client.Answer {
	return client.Answer{Outcome: task.Outcome(v.form("outcome")), Comment: v.form("comment"), Hash: v.form("hash"), Stale: v.form("stale") == "yes"}
}

// editTask shows the question again with what was typed.
func editTask(v *visit) error {
	a, err := v.askedAt()
	if err != nil {
		return err
	}
	a.Typed = v.typed()
	return v.show(http.StatusOK, "task", a.Heading(), a)
}

// checkTask repeats an answer before it counts.
func checkTask(v *visit) error {
	a, err := v.askedAt()
	if err != nil {
		return err
	}
	a.Typed = v.typed()
	if err := a.Task.CheckOffers(a.Typed.Outcome); err != nil {
		a.Wrong = &client.Problem{Detail: text.New("No answer is chosen. Choose one.", "Es ist keine Antwort gewählt. Eine Antwort wählen.").In(v.lang)}
		return v.show(http.StatusUnprocessableEntity, "task", a.Heading(), a)
	}
	return v.show(http.StatusOK, "check", text.New("Check the answer", "Antwort prüfen"), a)
}

// decideTask gives the answer: from here on it counts.
func decideTask(v *visit) error {
	d, err := v.api.Decide(v.once(), v.param("task"), v.typed())
	if err != nil {
		return v.notTaken(err)
	}
	return v.to("/tasks/" + url.PathEscape(d.Task) + "/done")
}

// notTaken shows the question again, with why and with what was typed.
func (v *visit) notTaken(err error) error {
	p, ok := err.(*client.Problem) //nolint:errorlint // the client's own, as it gives it
	if !ok || p.Status >= 500 {
		return err
	}
	a, e := v.askedAt()
	if e != nil {
		return err
	}
	a.Typed, a.Wrong = v.typed(), p
	return v.show(p.Status, "task", a.Heading(), a)
}

func showDecided(v *visit) error {
	a, err := v.askedAt()
	if err != nil {
		return err
	}
	for _, d := range a.Run.Decisions {
		if d.Task == a.Task.ID {
			a.Answers = append(a.Answers, d)
		}
	}
	if len(a.Answers) == 0 {
		return v.to("/tasks/" + url.PathEscape(a.Task.ID))
	}
	return v.show(http.StatusOK, "done", text.New("Answer recorded", "Antwort aufgezeichnet"), a)
}
