package web

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"turnus/client"
	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

// manyGroups is how many groups of fields stand open on a page.
const manyGroups = 10

// input is one of a task's fields as a form asks for it.
type input struct {
	task.Field
	ID      string // of its input
	Label   text.Text
	Value   string // as typed
	Shown   text.Text
	Hints   []text.Text
	Wrong   string
	Options []choice
	Files   []sentTo // that fit it
	Least   string   // bound of an input, where browsers know it
	Most    string
}

// sentTo is a file that was sent to a task.
type sentTo struct {
	task.File
	Now  bool
	Size text.Text
}

// group is what belongs together of a task's fields.
type group struct {
	Title  text.Text
	Fields []input
	Filled int
	Open   bool
}

// idOf names the input of the field at an index: names of fields are made by
// processes, of what people named.
func idOf(i int) string { return fmt.Sprintf("field-%d", i+1) }

// build makes the fields of the form, in their groups.
func (a *asked) build(v *visit) error {
	wrongs := map[string]string{}
	for _, w := range a.Wrong {
		wrongs[w.At] = w.What
	}
	var people []choice
	for i, f := range a.Fields {
		if f.Type == task.PersonField && people == nil && a.May {
			var err error
			if people, err = v.people(); err != nil {
				return err
			}
		}
		built := a.field(i, f, people)
		built.Wrong = wrongs[built.ID]
		a.put(built)
	}
	a.Folded = len(a.Groups) > manyGroups
	for i := range a.Groups {
		g := &a.Groups[i]
		if len(a.Groups) > 1 {
			shorten(g)
		}
		wrong := slices.ContainsFunc(g.Fields, func(f input) bool { return f.Wrong != "" })
		g.Open = !a.Folded || wrong || i == 0 && len(a.Wrong) == 0
	}
	return nil
}

// put adds a field to its group: those that follow each other and whose names
// begin alike belong together.
func (a *asked) put(f input) {
	name := groupName(f.Name)
	if n := len(a.Groups); n == 0 || name == "" || groupName(a.Groups[n-1].Fields[0].Name) != name {
		if n > 0 && name == "" && groupName(a.Groups[n-1].Fields[0].Name) == "" {
			a.Groups[n-1].Fields = append(a.Groups[n-1].Fields, f)
		} else {
			a.Groups = append(a.Groups, group{Fields: []input{f}})
		}
	} else {
		a.Groups[n-1].Fields = append(a.Groups[n-1].Fields, f)
	}
	if f.Value != "" {
		a.Groups[len(a.Groups)-1].Filled++
	}
}

// groupName is what the names of fields that belong together begin with.
func groupName(name string) string {
	if i := strings.LastIndex(name, "."); i > 0 {
		return name[:i]
	}
	return ""
}

// shorten says in the title of a group what the titles of all its fields begin
// with, and leaves it out of theirs.
func shorten(g *group) {
	g.Title = text.New("Further", "Weiteres")
	if groupName(g.Fields[0].Name) == "" {
		g.Title = text.New("In general", "Allgemein")
	}
	first := g.Fields[0].Title
	en, de := prefixOf(first.En, strings.LastIndex), prefixOf(first.De, strings.LastIndex)
	if !g.begins(en, de) {
		en, de = prefixOf(first.En, strings.Index), prefixOf(first.De, strings.Index)
	}
	if en == "" || de == "" || !g.begins(en, de) {
		return
	}
	g.Title = text.New(strings.TrimSuffix(en, ": "), strings.TrimSuffix(de, ": "))
	for i := range g.Fields {
		f := &g.Fields[i]
		f.Label = sentence(text.New(strings.TrimPrefix(f.Title.En, en), strings.TrimPrefix(f.Title.De, de)))
		for j, h := range f.Hints { // that name another field of the group
			f.Hints[j] = text.New(strings.ReplaceAll(h.En, en, ""), strings.ReplaceAll(h.De, de, ""))
		}
	}
}

// prefixOf is a title up to a colon that is found in it.
func prefixOf(title string, colon func(s, of string) int) string {
	i := colon(title, ": ")
	if i < 0 {
		return ""
	}
	return title[:i+2]
}

// begins says that the titles of all fields begin so.
func (g *group) begins(en, de string) bool {
	return !slices.ContainsFunc(g.Fields, func(f input) bool { return !strings.HasPrefix(f.Title.En, en) || !strings.HasPrefix(f.Title.De, de) })
}

func (a *asked) field(i int, f task.Field, people []choice) input {
	b := input{Field: f, ID: idOf(i), Label: f.Title, Value: a.Typed.Fields[f.Name], Least: f.Min, Most: f.Max}
	switch f.Type {
	case task.ChoiceField:
		for _, o := range f.Options {
			b.Options = append(b.Options, choice{o.Value, o.Title, o.Value == b.Value})
		}
	case task.PersonField:
		b.Options = people
	case task.DateField:
		today := calendar.DateOf(a.Now.UTC()).String()
		for _, bound := range []*string{&b.Least, &b.Most} {
			if *bound == task.Today {
				*bound = today
			}
		}
	case task.FileField:
		for _, file := range a.Task.Files {
			if f.CheckFile(file) == nil {
				b.Files = append(b.Files, sentTo{file, file.SHA256 == b.Value, report.Number(int64(file.Bytes))})
			}
		}
	}
	b.Hints = a.hints(f, b)
	b.Shown = a.shown(f, b)
	if f.BoundsWith != "" { // browsers would hold them against every answer
		b.Least, b.Most = "", ""
	}
	return b
}

// hints say how a field is filled, and when.
func (a *asked) hints(f task.Field, b input) (all []text.Text) {
	say := func(en, de string, args ...any) { all = append(all, text.F(en, de, args...)) }
	if !f.Help.IsZero() {
		all = append(all, f.Help)
	}
	if f.With != "" {
		say("Only with %q.", "Nur bei %q.", sentence(f.With.Action()))
	}
	if f.If != "" {
		say("Only if this is filled: %s.", "Nur wenn dies ausgefüllt ist: %s.", a.titleOf(f.If))
	}
	if f.Unless != "" {
		say("Not where this is filled: %s.", "Entfällt, wenn dies ausgefüllt ist: %s.", a.titleOf(f.Unless))
	}
	switch f.Type {
	case task.DecimalField:
		say("With a decimal point, as in 12.50.", "Mit Dezimalpunkt, zum Beispiel 12.50.")
	case task.InstantField:
		say("Time zone: %s.", "Zeitzone: %s.", zoneOf(a.Zone).String())
	case task.DurationField:
		say("As in 4\u202fh 30\u202fmin, or 14 d.", "Zum Beispiel 4\u202fh 30\u202fmin oder 14 d.")
	}
	if limits := b.limits(f); !limits.IsZero() {
		if f.BoundsWith != "" {
			limits = text.F("With %q: %s", "Bei %q: %s", sentence(f.BoundsWith.Action()), limits)
		}
		all = append(all, limits)
	}
	return all
}

// limits are a field's bounds, in words.
func (b input) limits(f task.Field) text.Text {
	from, to := bound(f.Type, b.Least), bound(f.Type, b.Most)
	switch {
	case f.Type == task.FileField || f.Type == task.TextField && b.Most == "":
		return text.Text{}
	case f.Type == task.TextField:
		return text.F("%s characters at most.", "Höchstens %s Zeichen.", to)
	case b.Least != "" && b.Most != "":
		return text.F("%s to %s.", "%s bis %s.", from, to)
	case b.Least != "":
		return text.F("%s or more.", "Mindestens %s.", from)
	case b.Most != "":
		return text.F("%s at most.", "Höchstens %s.", to)
	}
	return text.Text{}
}

// bound is a bound as it is said.
func bound(of task.FieldType, s string) text.Text {
	switch of {
	case task.DateField:
		if d, err := calendar.ParseDate(s); err == nil {
			return d.InWords()
		}
	case task.DurationField:
		if d, err := agreement.ParseDuration(s); err == nil {
			return inDays(d.Seconds())
		}
	case task.InstantField:
		if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
			return calendar.InWords(at.UTC())
		}
	case task.TextField:
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return report.Number(n)
		}
	}
	return text.Same(s)
}

// inDays is a duration in words, in days where it is whole ones.
func inDays(seconds int64) text.Text {
	const day = 24 * 3600
	if seconds%day == 0 {
		return text.N(seconds/day, text.New("1 day", "1 Tag"), text.F("%d days", "%d Tage", seconds/day))
	}
	return report.Lasting(seconds)
}

func (a *asked) titleOf(name string) text.Text {
	for _, f := range a.Fields {
		if f.Name == name {
			return f.Title
		}
	}
	return text.Same(name)
}

// shown is a value as the page that repeats the answer says it.
func (a *asked) shown(f task.Field, b input) text.Text {
	raw, kept := a.Kept.Fields[f.Name]
	value := b.Value
	if kept {
		value = strings.Trim(string(raw), `"`)
		if s := a.Kept.Fields.Text(f.Name); s != "" {
			value = s
		}
	}
	switch f.Type {
	case task.ChoiceField:
		for _, o := range f.Options {
			if o.Value == value {
				return o.Title
			}
		}
	case task.FileField:
		for _, file := range a.Task.Files {
			if file.SHA256 == value {
				return text.Same(file.Name)
			}
		}
	case task.InstantField:
		if at, err := time.Parse(time.RFC3339Nano, value); err == nil {
			return calendar.InWords(at.In(zoneOf(a.Zone)))
		}
	case task.DateField, task.DurationField:
		return bound(f.Type, value)
	}
	return text.Same(value)
}

// people are those who may be named, if the visitor may know them.
func (v *visit) people() ([]choice, error) {
	all := []choice{}
	persons, err := v.api.Persons(v.r.Context())
	var p *client.Problem
	if errors.As(err, &p) && p.Status == 403 {
		return all, nil
	}
	for _, p := range persons {
		all = append(all, choice{Value: p.Metadata.Name, Title: p.Metadata.DisplayName})
	}
	return all, err
}
