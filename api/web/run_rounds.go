package web

import (
	"encoding/json"
	"slices"
	"time"

	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// round is what happened in one round of a run, in its order.
type round struct {
	Number int
	Events []event
}

// event is one thing that happened to a run.
type event struct {
	At      time.Time
	What    text.Text
	Who     string      // did it; empty: nobody, or Turnus
	By      bool        // Turnus is named where nobody did it
	Of      text.Text   // the task that it belongs to
	Task    string      // whose page tells more
	Asked   []string    // who may answer
	Due     *time.Time  // the answer
	Comment string      // what somebody wrote
	Why     text.Text   // what Turnus says
	Values  []answered  // of the fields
	Hash    string      // of the content that it is about
	Token   text.Text   // who issued it
	Stale   []text.Text // what had changed
	File    *task.File
	Size    int64 // of it, in bytes
}

// answered is a field with what was said.
type answered struct{ Title, Value text.Text }

// roundsOf tells a run's history by its rounds.
func roundsOf(r run.Run) []round {
	rounds := make([]round, max(1, r.Round))
	for i := range rounds {
		rounds[i].Number = i + 1
	}
	add := func(n int, e event) {
		i := min(max(n, 1), len(rounds)) - 1
		rounds[i].Events = append(rounds[i].Events, e)
	}
	begun := event{At: r.Created, What: text.New("Started", "Gestartet"), Who: r.StartedBy, By: true, Comment: r.Reason}
	if r.StartedBy != "" {
		begun.Token = issued(r.TokenIssuer)
	}
	add(1, begun)
	for _, f := range r.Rounds {
		add(f.Round, event{At: f.Frozen, What: text.New("Data frozen", "Datenstand festgeschrieben")})
		if f.Drafted != nil {
			add(f.Round, event{At: *f.Drafted, What: text.New("Draft made", "Entwurf erstellt"), Hash: f.Hash})
		}
		if f.Refreshed != nil {
			add(f.Round, event{At: *f.Refreshed, What: text.New("Another round begun on what is known by then", "Neue Freigaberunde auf neuem Datenstand begonnen"), Who: f.By})
		}
	}
	tasks := map[string]task.Task{}
	for _, t := range r.Tasks {
		tasks[t.ID] = t
		for _, e := range asking(t) {
			add(t.Round, e)
		}
	}
	for _, d := range r.Decisions {
		add(d.Round, deciding(d, tasks[d.Task]))
	}
	if r.Ended != nil {
		add(r.Round, event{At: *r.Ended, What: text.F("Ended: %s", "Beendet: %s", r.State.Title()), Why: r.Outcome})
	}
	for i := range rounds {
		slices.SortStableFunc(rounds[i].Events, func(a, b event) int { return a.At.Compare(b.At) })
	}
	return rounds
}

// asking is what became of a task besides its answer.
func asking(t task.Task) []event {
	about := func(at time.Time, what text.Text) event { return event{At: at, What: what, Of: t.Title, Task: t.ID} }
	opened := about(t.Opened, text.New("Task opened", "Aufgabe gestellt"))
	opened.Hash = t.Hash
	if t.State == task.Open {
		opened.Asked, opened.Due = t.Approvers, &t.Due
	}
	all := []event{opened}
	for i := range t.Files {
		sent := about(t.Files[i].At, text.New("File sent", "Datei gesendet"))
		sent.Who, sent.File, sent.Size = t.Files[i].Person, &t.Files[i], int64(t.Files[i].Bytes)
		all = append(all, sent)
	}
	if t.Reminded != nil {
		all = append(all, about(*t.Reminded, text.New("Reminded", "Erinnert")))
	}
	if t.Escalated != nil {
		e := about(*t.Escalated, text.New("Escalated, since nobody had answered", "Eskaliert, da keine Antwort vorlag"))
		if t.For.Who != task.Persons { // once all of them have left it goes to others than the task says
			e.Why = t.EscalateTo.Title()
		}
		all = append(all, e)
	}
	if t.State == task.Closed && t.Ended != nil {
		all = append(all, about(*t.Ended, text.New("Closed without an answer", "Ohne Antwort geschlossen")))
	}
	return all
}

// deciding is an answer, with the words of its task's fields, as far as the task is
// shown.
func deciding(d task.Decision, t task.Task) event {
	e := event{At: d.At, What: text.F("Answer: %s", "Antwort: %s", d.Outcome.Title()), Who: d.Person, Task: d.Task, Comment: d.Comment, Hash: d.Hash, Token: issued(d.TokenIssuer)}
	for _, s := range d.Stale {
		e.Stale = append(e.Stale, s.Detail)
	}
	e.Of = t.Title
	for _, f := range t.Fields {
		if raw, ok := d.Fields[f.Name]; ok {
			e.Values = append(e.Values, answered{f.Title, valueOf(f, raw)})
		}
	}
	return e
}

// issued says who issued the token that somebody acted with.
func issued(by string) text.Text {
	if by == "" {
		return text.New("Token issued by the installation (first start)", "Token ausgestellt von der Installation (erster Start)")
	}
	return text.F("Token issued by %s", "Token ausgestellt von %s", by)
}

// valueOf is what a field was answered with, in words.
func valueOf(f task.Field, raw json.RawMessage) text.Text {
	var yes bool
	if json.Unmarshal(raw, &yes) == nil {
		if yes {
			return text.New("yes", "ja")
		}
		return text.New("no", "nein")
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return text.Same(string(raw)) // a number
	}
	for _, o := range f.Options {
		if o.Value == s {
			return o.Title
		}
	}
	return text.Same(s)
}
