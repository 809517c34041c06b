package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"turnus/itsm/declaration"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

func inboxPages() []page {
	return []page{{method: "GET", path: "/", name: "inbox", handle: showInbox}}
}

const (
	inboxPart  = 100 // tasks on a page
	inboxPlain = 20  // up to so many nobody needs to choose among them
)

// inbox is what waits for the visitor, and for others of what is theirs.
type inbox struct {
	Overdue, Due, Others []entry
	Counts               task.Counts
	Kind, Process        string // that were chosen; empty: all
	Kinds                []choice
	Processes            []choice
	Choosing             bool   // there is enough to choose from
	More                 string // the address of the next part
	Part                 bool   // this isn't the first part
	Next                 *upcoming
}

// choice is one of what a list can be narrowed to.
type choice struct {
	Value string
	Title text.Text
	Now   bool // it was chosen
}

// upcoming is the next slot of the plan.
type upcoming struct {
	What text.Text
	Due  time.Time
	Zone string
}

// entry is a task in a list.
type entry struct {
	task.Task
	Process process.Process
	Key     run.Key
	Now     time.Time
	Late    bool
}

func (v *visit) entryOf(t task.Task) entry {
	key, _, _ := run.ParseID(t.Run) // tasks belong to runs
	p, ok := process.Find(key.Process)
	if !ok {
		p.Title = text.Same(key.Process)
	}
	return entry{t, p, key, v.Now(), t.Due.Before(v.Now())}
}

// About is what the task's run is about.
func (e entry) About() text.Text {
	about := e.Subject
	if about.IsZero() { // it has gone
		about = text.Same(e.Key.Scope)
	}
	switch e.Process.Scope {
	case process.OfFinding:
		return text.F("finding %s, %s", "Befund %s, %s", e.Key.Scope, about)
	case process.OfChange:
		return text.F("%s (%s)", "%s (%s)", changed(e.Key.Scope), about)
	}
	return about
}

// changed names what a run would change, by its scope: a resource that is declared,
// or what nobody declares, as the withdrawal of an import.
func changed(scope string) text.Text {
	kind, name, _ := strings.Cut(scope, "-")
	for _, k := range declaration.Kinds() {
		if k.Singular() == kind {
			return text.F("%s %s", "%s %s", report.SourceKind(k.Kind).Title(), name)
		}
	}
	if title := report.SourceKind(kind).Title(); title != text.Same(kind) {
		return text.F("%s %s", "%s %s", title, name)
	}
	return text.Same(scope)
}

// Is what kind of run asks.
func (e entry) Is() text.Text {
	if e.Process.Scope == process.OfChange { // its title has the approval in it
		return text.New("Change of", "Änderung:")
	}
	return e.Process.Title
}

// Where names the round that asks: process, what it is about, period, round.
func (e entry) Where() text.Text {
	return text.F("%s %s, %s, round %d", "%s %s, %s, Runde %d", e.Is(), e.About(), report.Period(e.Key.Period), e.Round)
}

// Heading is the task as a question.
func (e entry) Heading() text.Text {
	switch {
	case e.Kind == task.Approval:
		return text.F("%s %s", "%s %s", e.Kind.Question(), e.Where())
	case strings.HasSuffix(e.Title.En, "?"):
		return text.F("%s %s", "%s %s", e.Title, e.Where())
	}
	return text.F("%s %s: %s", "%s %s: %s", e.Kind.Question(), e.Title, e.Where())
}

// Asks is the question without what it is about, for a list that says that
// beside it.
func (e entry) Asks() text.Text {
	switch {
	case e.Kind == task.Approval:
		return e.Kind.Question()
	case strings.HasSuffix(e.Title.En, "?"):
		return e.Title
	}
	return text.F("%s %s", "%s %s", e.Kind.Question(), e.Title)
}

// Until is when it is due, to the minute.
func (e entry) Until() time.Time { return e.Due.Truncate(time.Minute) }

// When says when it is due, as seen from now.
func (e entry) When() text.Text { return dueIn(e.Due, e.Now) }

// Says is the verdict of the draft that is to be decided on; nothing where there
// is none.
func (e entry) Says() text.Text {
	switch v := e.Verdict; {
	case v == nil || v.Judged == 0:
		return text.Text{}
	case v.Missed == 0:
		return text.N(v.Judged, text.New("the target is met", "Ziel erreicht"),
			text.F("all %d targets and limits kept", "alle %d Ziele und Grenzen eingehalten", v.Judged))
	default:
		return text.F("%d of %d targets and limits not kept", "%d von %d Zielen und Grenzen nicht eingehalten", v.Missed, v.Judged)
	}
}

// Missed says that the draft misses something.
func (e entry) Missed() bool { return e.Verdict != nil && e.Verdict.Missed > 0 }

func showInbox(v *visit) error {
	ctx, q := v.r.Context(), v.r.URL.Query()
	in := inbox{Kind: known(q.Get("kind"), kindChoices()), Process: known(q.Get("process"), processChoices()), Part: q.Get("after") != ""}
	in.Kinds, in.Processes = chosen(kindChoices(), in.Kind), chosen(processChoices(), in.Process)
	all, next, err := v.api.TaskPage(ctx, task.Kind(in.Kind), in.Process, q.Get("after"), inboxPart)
	if err != nil {
		return err
	}
	if in.Counts, err = v.countTasks(); err != nil {
		return err
	}
	if next != "" {
		in.More = "/?" + url.Values{"kind": {in.Kind}, "process": {in.Process}, "after": {next}}.Encode()
	}
	in.Choosing = in.Counts.Open+in.Counts.Waiting > inboxPlain || in.Kind+in.Process != ""
	for _, t := range all {
		e := v.entryOf(t)
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
	if in.Counts.Open == 0 {
		if in.Next, err = v.upcoming(); err != nil {
			return err
		}
	}
	return v.show(http.StatusOK, "inbox", text.New("Inbox", "Aufgaben"), in)
}

// upcoming is the next slot of the plan; nil where there is none.
func (v *visit) upcoming() (*upcoming, error) {
	s, err := v.api.NextSlot(v.r.Context(), v.Now())
	if err != nil || s == nil {
		return nil, err
	}
	return &upcoming{slotTitle(*s), s.Due, s.Zone}, nil
}

func slotTitle(s planning.Slot) text.Text {
	p, ok := process.Find(s.Process)
	if !ok {
		p.Title = text.Same(s.Process)
	}
	return text.F("%s %s, %s", "%s %s, %s", p.Title, s.Scope, report.Period(s.Period))
}

func kindChoices() (all []choice) {
	for _, k := range task.Kinds() {
		all = append(all, choice{Value: string(k), Title: sentence(k.Title())})
	}
	return all
}

func processChoices() (all []choice) {
	for _, p := range process.Catalogue() {
		all = append(all, choice{Value: p.Name, Title: p.Title})
	}
	return all
}

// known is a value if it is one of the choices; else empty.
func known(value string, of []choice) string {
	if slices.ContainsFunc(of, func(c choice) bool { return c.Value == value }) {
		return value
	}
	return ""
}

func chosen(of []choice, value string) []choice {
	for i := range of {
		of[i].Now = of[i].Value == value
	}
	return of
}

// sentence is a text that begins as a sentence does.
func sentence(t text.Text) text.Text {
	upper := func(s string) string {
		r, n := utf8.DecodeRuneInString(s)
		return string(unicode.ToUpper(r)) + s[n:]
	}
	return text.New(upper(t.In(text.En)), upper(t.In(text.De)))
}
