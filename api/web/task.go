package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"turnus/client"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/render"
)

const (
	sending      = 15 * time.Minute // that a form with files may take to come
	decidingTime = 45 * time.Second // longer than the API takes: what became of an answer is looked at afterwards
)

func taskPages() []page {
	return []page{
		{method: "GET", path: "/tasks/:task", name: "task", handle: showTask},
		{method: "POST", path: "/tasks/:task", name: "task", handle: editTask},
		{method: "POST", path: "/tasks/:task/check", name: "task-check", lasts: sending, handle: checkTask},
		{method: "POST", path: "/tasks/:task/done", name: "task-done", lasts: decidingTime, handle: decideTask},
		{method: "GET", path: "/tasks/:task/done", name: "task-done", handle: showDecided},
		{method: "GET", path: "/tasks/:task/files/:sum", name: "task-file", lasts: sending, handle: giveTaskFile},
	}
}

// asked is a task as its page asks it.
type asked struct {
	entry
	Run     *run.Run       // nil: the visitor doesn't see it
	Report  *report.Report // the draft that is to be decided on, if so
	Tiles   template.HTML  // of it, the most important
	Look    []attention    // what needs attention in it
	Changed *changes       // since the round before, or since it was read
	Past    []pastAnswer   // what was answered in this run, the latest first
	Typed   typed
	Groups  []group
	Folded  bool // there are many of them
	Wrong   []wrong
	May     bool // the visitor may answer it now
	Anew    bool // another round asks it: what is typed was typed for the one before
	Unsent  bool // what is typed wasn't taken, and can't be sent any more
	Kept    task.Decision
	Once    string // the form's name, where it is sent again
}

const maxTiles = 3

// askedAt reads what the page of a task shows.
func (v *visit) askedAt(id string) (asked, error) {
	t, err := v.api.Task(v.r.Context(), id)
	if err != nil {
		return asked{}, err
	}
	a := asked{entry: v.entryOf(t), May: t.State == task.Open && t.Barred.IsZero()}
	a.Typed = v.proposed(t)
	r, err := v.api.RunNewest(v.r.Context(), t.Run, tasksAtOnce)
	switch {
	case err == nil:
		a.Run, a.Past = &r, pastOf(r, t)
	case !hidden(err):
		return asked{}, err
	}
	if t.Kind != task.Approval || t.State == task.Closed {
		return a, nil
	}
	rep, err := v.api.ReportOfRound(v.r.Context(), t.Run, t.Round)
	if hidden(err) {
		return a, nil
	}
	if err != nil {
		return asked{}, err
	}
	a.Report, a.Look = &rep, lookAt(rep, t)
	if a.Tiles, err = v.tiles(rep); err != nil {
		return asked{}, err
	}
	a.Changed, err = v.changedBefore(rep, t.Round)
	return a, err
}

// hidden says that something isn't there, or isn't the visitor's to see.
func hidden(err error) bool {
	var p *client.Problem
	return errors.As(err, &p) && (p.Status == http.StatusNotFound || p.Status == http.StatusForbidden)
}

// tiles are those of a report that matter most: bad ones first.
func (v *visit) tiles(r report.Report) (template.HTML, error) {
	summary := slices.Clone(r.Summary)
	slices.SortStableFunc(summary, func(a, b report.Tile) int { return rank(a) - rank(b) })
	r.Summary = summary[:min(len(summary), maxTiles)]
	if len(r.Summary) == 0 {
		return "", nil
	}
	var b strings.Builder
	err := render.Tiles(&b, r, v.lang)
	return template.HTML(b.String()), err
}

func rank(t report.Tile) int {
	tone := t.Tone
	if t.Value.Verdict != nil {
		tone = t.Value.Verdict.Tone
	}
	if tone == report.Bad {
		return 0
	}
	return 1
}

// offer is an outcome as it stands for choice.
type offer struct {
	task.Outcome
	Label text.Text
	Now   bool
}

// Choices are the outcomes that the task offers.
func (a asked) Choices() (all []offer) {
	for _, o := range a.Outcomes {
		all = append(all, offer{o, sentence(o.Action()), o == a.Typed.Outcome})
	}
	return all
}

// Commented are the outcomes that need a comment, in words.
func (a asked) Commented() text.Text {
	var names []text.Text
	for _, o := range a.Outcomes {
		if o.NeedsComment() {
			names = append(names, text.F("%q", "%q", sentence(o.Action())))
		}
	}
	return text.Join(names, ", ")
}

// Label is the answer that was chosen, as an action.
func (a asked) Label() text.Text { return sentence(a.Typed.Outcome.Action()) }

// Button gives it.
func (a asked) Button() text.Text {
	action := a.Typed.Outcome.Action()
	return text.F("%s now", "Jetzt %s", text.New(a.Label().En, action.De))
}

// Files says that the form sends files.
func (a asked) Files() bool { return a.AsksForFiles() }

// Follows is what follows from the answer.
func (a asked) Follows() text.Text {
	s, _ := a.Process.Step(a.Step)
	return s.Follows(a.Kept.Outcome)
}

// Stands says which outcome could be given to a stale draft with a word of its
// own.
func (a asked) Stands() bool {
	return len(a.Stale) > 0 && slices.Contains(a.Outcomes, task.Approve)
}

// Next are the open tasks of the run.
func (a asked) Next() (open []task.Task) {
	if a.Run == nil {
		return nil
	}
	for _, t := range a.Run.Tasks {
		if t.State == task.Open {
			open = append(open, t)
		}
	}
	return open
}

// Unshown counts the open tasks of the run that aren't among these.
func (a asked) Unshown() int {
	if a.Run == nil || a.Run.LeftOut == nil {
		return 0
	}
	return a.Run.LeftOut.Open
}

// successor is the open task that asks in another round what a closed one asked.
func (a asked) successor() string {
	for _, t := range a.Next() {
		if t.Step == a.Step && t.Round > a.Round {
			return t.ID
		}
	}
	return ""
}

// Successor is its address.
func (a asked) Successor() string {
	if id := a.successor(); id != "" {
		return "/tasks/" + url.PathEscape(id)
	}
	return ""
}

// show writes the page of a task, with what was typed.
func (a asked) show(v *visit, status int) error {
	if err := a.build(v); err != nil {
		return err
	}
	return v.show(status, "task", a.Heading(), a)
}

func showTask(v *visit) error {
	a, err := v.askedAt(v.param("task"))
	if err != nil {
		return err
	}
	return a.show(v, http.StatusOK)
}

// editTask shows the question again with what was typed.
func editTask(v *visit) error {
	a, err := v.askedAt(v.param("task"))
	if err != nil {
		return err
	}
	a.Typed = v.typed()
	return a.show(v, http.StatusOK)
}

// checkTask repeats an answer before it counts.
func checkTask(v *visit) error {
	id := v.param("task")
	sent, bad, err := v.sendFiles(id)
	if err != nil {
		return err
	}
	a, err := v.askedAt(id)
	if err != nil {
		return err
	}
	a.Typed = v.typed()
	for name, sum := range sent {
		a.Typed.Fields[name] = sum
	}
	if len(bad) > 0 && a.May {
		for i, f := range a.Fields {
			if what, ok := bad[f.Name]; ok {
				a.Wrong = append(a.Wrong, wrong{idOf(i), what})
			}
		}
		return a.show(v, http.StatusUnprocessableEntity)
	}
	if a.May && a.CheckOffers(a.Typed.Outcome) != nil {
		a.Wrong = []wrong{{"outcome", text.New("No answer is chosen. Choose one.", "Es ist keine Antwort gewählt. Eine Antwort wählen.").In(v.lang)}}
		return a.show(v, http.StatusUnprocessableEntity)
	}
	if a.Kept, err = v.api.Try(v.r.Context(), id, v.answer(a.Task, a.Typed)); err != nil {
		return v.notTaken(a, err)
	}
	if a.State != task.Open { // it was given already, just so
		return v.to(doneAt(id))
	}
	return a.check(v, http.StatusOK)
}

// check writes the page that repeats an answer.
func (a asked) check(v *visit, status int) error {
	if a.Once == "" {
		a.Once = newKey()
	}
	if err := a.build(v); err != nil {
		return err
	}
	return v.show(status, "check", text.New("Check the answer", "Antwort prüfen"), a)
}

// decideTask gives the answer: from here on it counts.
func decideTask(v *visit) error {
	id := v.param("task")
	t, err := v.api.Task(v.r.Context(), id)
	if err != nil {
		return err
	}
	d, err := v.api.Decide(v.once(), id, v.answer(t, v.typed()))
	if err == nil {
		return v.to(doneAt(d.Task))
	}
	a, e := v.askedAt(id)
	if e != nil {
		return err
	}
	a.Typed = v.typed()
	return v.notTaken(a, err)
}

func doneAt(id string) string { return "/tasks/" + url.PathEscape(id) + "/done" }

func showDecided(v *visit) error {
	a, err := v.askedAt(v.param("task"))
	if err != nil {
		return err
	}
	if a.Decision == nil {
		return v.to("/tasks/" + url.PathEscape(a.ID))
	}
	done := decided{asked: a}
	mine, err := v.api.Tasks(v.r.Context(), string(task.Open), true)
	if err != nil {
		return err
	}
	done.Left = len(mine)
	if len(mine) > 0 {
		first := slices.MinFunc(mine, func(a, b task.Task) int { return a.Due.Compare(b.Due) })
		e := v.entryOf(first)
		done.Then = &e
	}
	return v.show(http.StatusOK, "done", text.New("Answer recorded", "Antwort aufgezeichnet"), done)
}

// decided is an answer on record, and what comes then.
type decided struct {
	asked
	Then *entry // the next task of the inbox
	Left int    // tasks in it
}

// Published says that the report of the run has been published.
func (d decided) Published() bool { return d.Run != nil && d.Run.State == run.Published }

func giveTaskFile(v *visit) error {
	res, err := v.api.OpenFile(v.r.Context(), v.param("task"), v.param("sum"))
	if err != nil {
		return err
	}
	return v.handOn(res, "")
}
