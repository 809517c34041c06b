package improvement

import (
	"strconv"
	"strings"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/process"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// ActionID names an action of a finding: FINDING.NUMBER.
func ActionID(finding int64, number int) string {
	return strconv.FormatInt(finding, 10) + "." + strconv.Itoa(number)
}

// ActionStep is the name of the step that asks for an action, or, after so many
// moves of its due date, for the rest of it.
func ActionStep(number, moves int) string {
	step := process.ImprovementAction + "-" + strconv.Itoa(number)
	if moves > 0 {
		step += "-" + strconv.Itoa(moves+1)
	}
	return step
}

// CheckStep is the name of the step that asks whether an action worked.
func CheckStep(number int) string { return process.ImprovementCheck + "-" + strconv.Itoa(number) }

// ActionIn is the number of the action that a step asks for, or checks; 0: none.
func ActionIn(step string) int {
	kind, rest, _ := strings.Cut(step, "-")
	if kind != process.ImprovementAction && kind != process.ImprovementCheck {
		return 0
	}
	first, _, _ := strings.Cut(rest, "-")
	n, err := strconv.Atoi(first)
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// MaxMoves is how often the due date of an action may be moved in one plan: a run
// takes so many answers, and no more.
const MaxMoves = 10

// MovesIn is how often the due date had been moved by when a step asks for its
// action.
func MovesIn(step string) int {
	parts := strings.Split(step, "-")
	if len(parts) != 3 {
		return 0
	}
	times, err := strconv.Atoi(parts[2])
	if err != nil {
		return 0
	}
	return times - 1
}

// CheckFrom is the instant from which an action that is done may be checked.
func (t Tracked) CheckFrom() time.Time {
	return t.Done.At.Add(time.Duration(t.Wait.Seconds()) * time.Second)
}

// AskAction asks the owner of an action for it, by the end of its due date.
func AskAction(t Tracked, f Finding, zone *time.Location) task.Question {
	due := t.DueNow.Add(1).Start(zone)
	q := task.Question{Step: ActionStep(t.Number, len(t.Moves)), Title: text.F("Action %s: %s", "Maßnahme %s: %s", t.ID, t.Title),
		Persons: []string{t.Owner}, Due: &due, Fields: ActionFields(t.DueNow),
		Text: text.F("For finding %d: %s\nAfterwards this is measured: %s, %s %s.", "Zu Befund %d: %s\nDanach wird gemessen: %s, %s %s.",
			f.ID, f.Title, t.Measure, t.Sense, text.Decimal(t.Target))}
	if n := len(t.Moves); n > 0 {
		q.Text = text.F("%s\nThe due date was moved %s, from %s.", "%s\nDer Fälligkeitstermin wurde %s verschoben, ursprünglich %s.", q.Text,
			text.N(n, text.New("once", "einmal"), text.F("%d times", "%d-mal", n)), t.Due.InWords())
	}
	return q
}

// AskCheck asks whether an action worked: by a value that whoever checks types
// in, or, with m, by the one that published reports give.
func AskCheck(t Tracked, f Finding, m *Measured, zone *time.Location) task.Question {
	q := task.Question{Step: CheckStep(t.Number), Title: text.F("Did action %s work? %s", "War Maßnahme %s wirksam? %s", t.ID, t.Title),
		Fields: CheckFields(t.Action, m),
		Text: text.F("For finding %d: %s\nMeasured is: %s, target: %s %s.\nDone on %s by %s: %s", "Zu Befund %d: %s\nGemessen wird: %s, Ziel: %s %s.\nUmgesetzt am %s von %s: %s",
			f.ID, f.Title, t.Measure, t.Sense, text.Decimal(t.Target), calendar.DateOf(t.Done.At.In(zone)).InWords(), t.Done.By, t.Done.Evidence)}
	if t.Done.Link != "" {
		q.Text = text.F("%s\nLink to the evidence: %s", "%s\nLink zum Nachweis: %s", q.Text, t.Done.Link)
	}
	if t.Done.File != "" {
		q.Text = text.F("%s\nEvidence as a file, sent to %s (SHA-256): %s", "%s\nNachweis als Datei, gesendet zu %s (SHA-256): %s", q.Text,
			ActionStep(t.Number, len(t.Moves)), t.Done.File)
	}
	if m != nil {
		q.Text = text.Join([]text.Text{q.Text, m.Words}, "\n")
	}
	return q
}

// ReadCheck is what was answered to a check. A value that was typed in counts
// as it stands: with pass it reaches the target, or the answer was refused.
func ReadCheck(t Tracked, d task.Decision) *Check {
	c := &Check{Effective: d.Outcome == task.Pass, Comment: d.Comment, File: d.Fields.Text("file"), By: d.Person, At: d.At.UTC()}
	if t.Check != nil {
		c.Measured = t.Check.Measured
		return c
	}
	c.Measured = Measured{Value: d.Fields.Text("value")}
	if v := exact(c.Measured.Value); v != nil {
		c.Measured.Reached = t.reached(v)
	}
	return c
}
