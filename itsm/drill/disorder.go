package drill

import (
	"slices"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/text"
)

// disorder.go finds entries in another order than the plan's, or than a drill has: one
// of them may be wrong. They aren't refused when they are made: what was entered before
// may be what is wrong, whoever enters something corrects nothing of others, and in
// earnest people may have begun before the plan says so. The conductor is told of them
// with the evaluation and with each correction, and the approver by the report.

// Disorder is something that is entered as earlier than what it comes after.
type Disorder struct {
	First, Then Dated
}

// Dated is something that happened.
type Dated struct {
	What text.Text
	At   time.Time
	Step string // whose end it is, of the script
}

// InWords says which of both is entered as earlier, in a time zone.
func (d Disorder) InWords(zone *time.Location) text.Text {
	return text.F("%s (%s) is entered as earlier than %s (%s)", "%s (%s) ist früher eingetragen als %s (%s)",
		d.Then.What, calendar.InWords(d.Then.At.In(zone)), d.First.What, calendar.InWords(d.First.At.In(zone)))
}

// Disorders are the entries of a drill that stand in another order than its plan, or
// than any drill has: full capacity before the minimum level, a step before one that
// it depends on, the way back before the end.
func (h Happened) Disorders(p continuity.Plan, t continuity.Type) (all []Disorder) {
	event := func(e continuity.Event) Dated {
		return Dated{What: text.F("“%s”", "„%s“", t.EventTitle(e)), At: h.At(e)}
	}
	check := func(first, then Dated) {
		if !first.At.IsZero() && !then.At.IsZero() && then.At.Truncate(time.Second).Before(first.At.Truncate(time.Second)) {
			all = append(all, Disorder{first, then})
		}
	}
	check(event(continuity.Technical), event(continuity.Full))
	h.eachAfter(p.Steps, h.Steps, check, func(x Tracked) Dated {
		return Dated{What: text.F("the end of step %d", "das Ende von Schritt %d", x.Number), Step: x.Name}
	})
	back := func(x Tracked) Dated {
		return Dated{What: text.F("the end of step back %d", "das Ende von Schritt %d der Rückkehr", x.Number)}
	}
	for _, x := range h.Return {
		if x.correctable() && x.Ended != nil {
			ended := back(x)
			ended.At = *x.Ended
			check(event(continuity.Ended), ended)
			check(ended, event(continuity.Normal))
		}
	}
	h.eachAfter(p.Return, h.Return, check, back)
	check(event(continuity.Ended), event(continuity.Normal))
	return all
}

// eachAfter checks the ends of steps against those that they depend on. One that was
// let go on without them came after none, and one that is left out stands for what it
// depends on.
func (h Happened) eachAfter(planned []continuity.Step, tracked []Tracked, check func(first, then Dated), of func(Tracked) Dated) {
	ended, after, leftOut := map[string]Dated{}, map[string][]string{}, map[string]bool{}
	for i, x := range tracked {
		if i >= len(planned) {
			break
		}
		after[x.Name], leftOut[x.Name] = planned[i].After, x.State == LeftOut
		if at := h.Finished(planned[i], x); x.correctable() && at != nil {
			d := of(x)
			d.At = *at
			ended[x.Name] = d
		}
	}
	for _, x := range tracked {
		then, there := ended[x.Name]
		if !there || x.Let {
			continue
		}
		seen := map[string]bool{}
		var look func(names []string)
		look = func(names []string) {
			for _, name := range names {
				first, there := ended[name]
				switch {
				case seen[name]:
				case there:
					check(first, then)
				case leftOut[name]:
					look(after[name])
				}
				seen[name] = true
			}
		}
		look(after[x.Name])
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

// withDisorders adds to a question which entries to look at.
func (r Record) withDisorders(s *Script, q text.Text) text.Text {
	all := s.Disorders(r.Plan.Spec, r.Setup.Type)
	if len(all) == 0 {
		return q
	}
	return text.F("%s\nEntered in another order than planned: %s. Where one of them is wrong, correct it.",
		"%s\nIn anderer Reihenfolge eingetragen als geplant: %s. Ist einer der Einträge falsch, ist er zu berichtigen.", q, ListDisorders(all, r.Zone))
}

// disordered are the steps of the script, by their places, that the evaluation has
// corrected since their ends are in disorder; those that mark an event have it as that.
func (s *Script) disordered(r Record) (all []int) {
	disorders := s.Disorders(r.Plan.Spec, r.Setup.Type)
	for i, t := range s.Steps {
		if r.Plan.Spec.Steps[i].Marks == "" && slices.ContainsFunc(disorders, func(d Disorder) bool { return d.First.Step == t.Name || d.Then.Step == t.Name }) {
			all = append(all, i)
		}
	}
	return all
}
