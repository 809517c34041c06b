package process

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"turnus/itsm/canonical"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Step is one thing that a process asks of people, as it is declared. What a
// run asks follows from it, and from what the run found: see Ask.
type Step struct {
	Name     string // within a round
	Many     bool   // several in a round, named NAME-1, NAME-2 and so on; NAME-1-2 is the first once more, after it was postponed
	Recorded bool   // of several, the record says alone when one is asked for once more: its process's rules look there
	Title    text.Text
	Kind     task.Kind
	Outcomes []task.Outcome // those of its kind if left out
	For      task.Who
	Role     person.Role  // of those who hold one
	Against  []task.How   // four eyes: whoever is involved so doesn't answer
	Apart    string       // nor does whoever answered this step of the round, or was named for it; of several, the one of the same number
	ApartAll []string     // the same of several steps of the round, each under all of its numbers
	Fields   []task.Field // asked each time, before those that a run adds
	Timing   task.Timing
	Dated    bool // a run says when it is due, instead of Timing

	Then map[task.Outcome]text.Text // what follows from an answer, where it is more than Follows says of any
}

// The steps that processes share.
const (
	Approval = "approval" // of a round's draft
	Findings = "findings" // the owner's part: what they say to what was found, before it is drafted
	Changes  = "changes"  // what was asked for, before the next round
)

// approval asks those for a decision who had no part in the content.
func approval(then map[task.Outcome]text.Text) Step {
	return Step{Name: Approval, Title: text.New("Approve the content?", "Inhalt freigeben?"), Kind: task.Approval,
		For: task.Approvers, Against: []task.How{task.Any}, Then: then}
}

// ownersPart asks the owner for what they say to what was found, and to see to
// what was asked for.
func ownersPart() []Step {
	return []Step{{
		Name: Findings, Title: text.New("Cause and measure of each finding", "Ursache und Maßnahme zu jedem Befund"), Kind: task.Review, For: task.Owner,
	}, {
		Name: Changes, Title: text.New("Changes were requested", "Es wurden Änderungen verlangt"), Kind: task.Supply,
		Outcomes: []task.Outcome{task.Ready}, For: task.Owner,
	}}
}

// Step gives the declared step by whose name a run asks.
func (p Process) Step(name string) (Step, bool) {
	for _, s := range p.Steps {
		if n, _ := s.number(name); !s.Many && s.Name == name || s.Many && n != "" {
			return s, true
		}
	}
	return Step{}, false
}

// Offers are the outcomes that the step's tasks offer.
func (s Step) Offers() []task.Outcome {
	if len(s.Outcomes) > 0 {
		return s.Outcomes
	}
	return s.Kind.Outcomes()
}

// apartFrom is the step whose answer bars from answering the one of that name; or
// the steps, with blanks between them.
func (s Step) apartFrom(name string) string {
	if len(s.ApartAll) > 0 {
		return strings.Join(s.ApartAll, " ")
	}
	if s.Many && s.Apart != "" {
		n, _ := s.number(name)
		return s.Apart + "-" + n
	}
	return s.Apart
}

// Postponed is what has to have been postponed before the step is asked under
// that name: action-1-2 before action-1-3, action-1 before action-1-2; empty
// where it is asked for the first time, or its process's rules say when.
func (s Step) Postponed(name string) string {
	switch n, time := s.number(name); {
	case !s.Many || s.Recorded || time < 2:
		return ""
	case time == 2:
		return s.Name + "-" + n
	default:
		return fmt.Sprintf("%s-%s-%d", s.Name, n, time-1)
	}
}

var numbers = regexp.MustCompile(`^([1-9][0-9]{0,3})(?:-([1-9][0-9]{0,3}))?$`)

// number is what a step of several is told apart by, as in 3 of record-3, and
// the how many-th time it is asked, as in 2 of action-1-2; empty for another
// step's name.
func (s Step) number(name string) (n string, time int) {
	rest, ok := strings.CutPrefix(name, s.Name+"-")
	parts := numbers.FindStringSubmatch(rest)
	switch {
	case !ok || parts == nil || parts[2] == "1":
		return "", 0
	case parts[2] == "":
		return parts[1], 1
	}
	time, _ = strconv.Atoi(parts[2]) // four digits at most
	return parts[1], time
}

// Ask makes the task of a step from what is declared and what the run adds, so
// that nobody who reaches Temporal can ask otherwise. hash is that of the draft
// for an approval, to which a run adds nothing, since nothing of that would be
// bound; any other task is bound to what it asks itself. Instants are the
// caller's to set.
func Ask(st run.Step, name, hash string, q task.Question) (task.Task, Step, error) {
	key, _, err := run.ParseID(st.Run)
	if err != nil {
		return task.Task{}, Step{}, err
	}
	p, _ := Find(key.Process)
	s, ok := p.Step(name)
	if !ok {
		return task.Task{}, s, fault.New(fault.Conflict, text.F("%s asks for no step %.80q.", "%s fragt keinen Schritt %.80q ab.", key.Process, name))
	}
	if s.Kind == task.Approval && (!q.Title.IsZero() || !q.Text.IsZero() || len(q.Fields) > 0) {
		return task.Task{}, s, fault.New(fault.Conflict, text.F("%s asks for an approval as its process declares it: nothing is added.",
			"%s fragt die Freigabe so ab, wie der Prozess sie festlegt: Hinzugefügt wird nichts.", st.Run))
	}
	if q.Due != nil && !s.Dated {
		return task.Task{}, s, fault.New(fault.Conflict, text.F("%s asks for %s within the time that its process declares: no other date is named.",
			"%s fragt %s in der Frist ab, die der Prozess festlegt: Ein anderer Termin wird nicht genannt.", st.Run, name))
	}
	t := task.Task{ID: run.TaskID(st.Run, st.Round, name), Run: st.Run, Round: st.Round, Step: name, Kind: s.Kind, State: task.Open,
		Title: s.Title, Text: q.Text, Outcomes: s.Offers(), For: task.For{Who: s.For, Role: s.Role},
		Against: s.Against, Fields: slices.Concat(s.Fields, q.Fields), EscalateTo: s.Timing.EscalatesTo(task.For{Who: s.For})}
	if !q.Title.IsZero() {
		t.Title = q.Title
	}
	if s.For == task.Persons {
		for _, who := range q.Persons {
			if !slices.Contains(t.For.Persons, who) {
				t.For.Persons = append(t.For.Persons, who)
			}
		}
		if len(t.For.Persons) == 0 {
			return t, s, fmt.Errorf("%s: the question names nobody, and only persons who are named could answer it", name)
		}
	}
	t.Apart = s.apartFrom(name)
	if err := task.CheckFields(t.Fields, t.Outcomes); err != nil {
		return t, s, err
	}
	if t.Hash = hash; t.Kind != task.Approval {
		if t.Hash, err = askedHash(t, q.Basis); err != nil {
			return t, s, err
		}
	}
	return t, s, nil
}

// Declares says whether a task asks what the step declares, of those for whom
// it is.
func (s Step) Declares(t task.Task) bool {
	fields := slices.EqualFunc(s.Fields, t.Fields[:min(len(s.Fields), len(t.Fields))], func(a, b task.Field) bool {
		return a.Name == b.Name && a.Type == b.Type && a.Required == b.Required && a.Unless == b.Unless &&
			a.If == b.If && a.With == b.With && a.Min == b.Min && a.Max == b.Max && a.BoundsWith == b.BoundsWith
	})
	return s.Kind == t.Kind && slices.Equal(s.Offers(), t.Outcomes) && fields && s.apartFrom(t.Step) == t.Apart &&
		s.For == t.For.Who && s.Role == t.For.Role && slices.Equal(s.Against, t.Against)
}

// askedHash is the SHA-256 of what a task asks, and of what that stands on.
func askedHash(t task.Task, basis string) (string, error) {
	return canonical.Hash(struct {
		ID       string         `json:"id"`
		Kind     task.Kind      `json:"kind"`
		Title    text.Text      `json:"title"`
		Text     text.Text      `json:"text"`
		Outcomes []task.Outcome `json:"outcomes"`
		Fields   []task.Field   `json:"fields"`
		For      task.For       `json:"for"`
		Basis    string         `json:"basis"`
	}{t.ID, t.Kind, t.Title, t.Text, t.Outcomes, t.Fields, t.For, basis})
}
