package drill

import (
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/text"
)

// disorder.go finds entries that can't all be right, and that no verdict depends on.
// They aren't refused when they are made: what is entered last may be what is right,
// and whoever enters it corrects no entry of others. The conductor is told of them
// when they are asked for the evaluation and for corrections, and the report says
// first what is left.

// Disorder is something that is entered to have happened before what it comes after.
type Disorder struct {
	First, Then Dated
}

// Dated is something that happened.
type Dated struct {
	What text.Text
	At   time.Time
}

// InWords says what can't be, in a time zone.
func (d Disorder) InWords(zone *time.Location) text.Text {
	return text.F("%s (%s) is entered as earlier than %s (%s)", "%s (%s) ist früher eingetragen als %s (%s)",
		d.Then.What, calendar.InWords(d.Then.At.In(zone)), d.First.What, calendar.InWords(d.First.At.In(zone)))
}

// Disorders are the entries of a drill of a plan that can't have happened in the
// order of their instants: full capacity before the minimum level, a step before one
// that it depends on, the way back before the end.
func (h Happened) Disorders(p continuity.Plan, t continuity.Type) (all []Disorder) {
	event := func(e continuity.Event) Dated { return Dated{text.F("“%s”", "„%s“", t.EventTitle(e)), h.At(e)} }
	check := func(first, then Dated) {
		if !first.At.IsZero() && !then.At.IsZero() && then.At.Truncate(time.Second).Before(first.At.Truncate(time.Second)) {
			all = append(all, Disorder{first, then})
		}
	}
	check(event(continuity.Technical), event(continuity.Full))
	h.eachAfter(p.Steps, h.Steps, stepTitle, check)
	for i, x := range h.Return {
		if i < len(p.Return) && x.correctable() && x.Ended != nil {
			ended := Dated{backTitle(x.Number), *x.Ended}
			check(event(continuity.Ended), ended)
			check(ended, event(continuity.Normal))
		}
	}
	h.eachAfter(p.Return, h.Return, backTitle, check)
	check(event(continuity.Ended), event(continuity.Normal))
	return all
}

func stepTitle(n int) text.Text {
	return text.F("the end of step %d", "das Ende von Schritt %d", n)
}

func backTitle(n int) text.Text {
	return text.F("the end of step back %d", "das Ende von Schritt %d der Rückkehr", n)
}

// eachAfter checks the ends of steps against those that they depend on; one that was
// let go on without them came after none.
func (h Happened) eachAfter(planned []continuity.Step, tracked []Tracked, title func(number int) text.Text, check func(first, then Dated)) {
	ended := map[string]Dated{}
	for i, x := range tracked {
		if i >= len(planned) || !x.correctable() {
			continue
		}
		if at := h.Finished(planned[i], x); at != nil {
			ended[x.Name] = Dated{title(x.Number), *at}
		}
	}
	for i, x := range tracked {
		then, there := ended[x.Name]
		if !there || x.Let || i >= len(planned) {
			continue
		}
		for _, name := range planned[i].After {
			if first, there := ended[name]; there {
				check(first, then)
			}
		}
	}
}

// maxDisorders is how many of them are told at once.
const maxDisorders = 5

// ListDisorders words the first of them, and says how many more there are.
func ListDisorders(all []Disorder, zone *time.Location) text.Text {
	words := make([]text.Text, 0, maxDisorders+1)
	for _, d := range all[:min(len(all), maxDisorders)] {
		words = append(words, d.InWords(zone))
	}
	if n := len(all) - maxDisorders; n > 0 {
		words = append(words, text.F("and %d more", "und %d weitere", n))
	}
	return text.Join(words, "; ")
}

// withDisorders adds to a question what can't be as it is entered.
func (r Record) withDisorders(s *Script, q text.Text) text.Text {
	all := s.Disorders(r.Plan.Spec, r.Setup.Type)
	if len(all) == 0 {
		return q
	}
	return text.F("%s\nThis can't be as it is entered, and is to be corrected: %s.", "%s\nDas kann so nicht stimmen und ist zu berichtigen: %s.", q, ListDisorders(all, r.Zone))
}
