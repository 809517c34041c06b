package drill

import (
	"fmt"
	"strconv"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// calls.go is about the call tree: whom it reached, as the caller enters it and as
// it is corrected.

func callField(i int, part string) string { return fmt.Sprintf("contact.%d.%s", i, part) }

func (r Record) askCalls() task.Question {
	q := task.Question{Step: process.DrillCalls, Persons: r.conductors(), Text: r.about()}
	for i, c := range r.Plan.Spec.Contacts {
		reached := yesOrNo(callField(i+1, "reached"), "", "")
		reached.Title = text.F("%s (%s) reached?", "%s (%s) erreicht?", c.Name, c.Role)
		reached.Help = text.Join(ways(c.By), "; ")
		at := task.Field{Name: callField(i+1, "at"), Type: task.InstantField, If: reached.Name, Title: text.F("%s: reached at", "%s: erreicht am", c.Name)}
		at.Help = text.New("With its zone. Left empty, the report can't say when that was.", "Mit Zeitzone. Ohne Angabe nennt der Bericht keinen Zeitpunkt.")
		if c.Within != nil && c.From != "" {
			at.Help = text.F("With its zone. Due within %s of “%s”; left empty, it isn't shown to be in time.", "Mit Zeitzone. Frist: innerhalb von %s nach „%s“; ohne Angabe ist sie nicht nachgewiesen.",
				c.Within.InWords(), r.Setup.Type.EventTitle(c.From))
		}
		by := task.Field{Name: callField(i+1, "by"), Type: task.TextField, If: reached.Name, Title: text.F("%s: by what", "%s: auf welchem Weg", c.Name), Max: "200"}
		q.Fields = append(q.Fields, reached, at, by)
	}
	return q
}

func ways(all []string) (list []text.Text) {
	for _, w := range all {
		list = append(list, text.Same(w))
	}
	return list
}

func readCalls(contacts []continuity.Contact, d task.Decision) []Call {
	all := make([]Call, len(contacts))
	for i, c := range contacts {
		entered := d.At.UTC()
		all[i] = Call{Name: c.Name, Caller: d.Person, Entered: &entered,
			Reach: Reach{Reached: d.Fields.Text(callField(i+1, "reached")) == "yes", When: instant(d.Fields, callField(i+1, "at")), By: d.Fields.Text(callField(i+1, "by"))}}
	}
	return all
}

// correctedCall are the fields by which a call is entered anew; the instant is in
// a field of its own. With s the contacts stand with what is entered of them.
func (r Record) correctedCall(with task.Outcome, s *Script) []task.Field {
	if len(r.Plan.Spec.Contacts) == 0 {
		return nil
	}
	contact := field("contact", task.ChoiceField, false, "Contact of the call tree", "Kontakt der Alarmierung")
	contact.Help = text.New("To correct a call, instead of an event or a step.", "Zum Berichtigen einer Alarmierung, anstelle von Ereignis oder Schritt.")
	for i, c := range r.Plan.Spec.Contacts {
		option := task.Option{Value: strconv.Itoa(i + 1), Title: text.F("%d: %s", "%d: %s", i+1, c.Name)}
		if s != nil {
			option.Title = text.F("%s: entered is %s", "%s: eingetragen ist %s", option.Title, s.Calls[i].InWords(r.Zone))
		}
		contact.Options = append(contact.Options, option)
	}
	reached := yesOrNo("reached", "Was that contact reached?", "Wurde dieser Kontakt erreicht?")
	reached.If = contact.Name
	by := field("by", task.TextField, false, "By what that contact was reached", "Auf welchem Weg dieser Kontakt erreicht wurde")
	by.If, by.Max = contact.Name, "200"
	fields := []task.Field{contact, reached, by}
	for i := range fields {
		fields[i].With = with
	}
	return fields
}

// contact is the place of the contact that an answer names by its number; behind
// the last one where there is none.
func (r Record) contact(number string) int {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return len(r.Plan.Spec.Contacts)
	}
	return n - 1
}

// anew is what an answer makes of the call: instant and way stay as they are
// entered where it gives none, unless it says the opposite.
func (c Call) anew(v task.Values) Reach {
	is := Reach{Reached: v.Text("reached") == "yes", When: instant(v, "at"), By: v.Text("by")}
	if is.Reached != c.Reached {
		return is
	}
	if is.When == nil {
		is.When = c.When
	}
	if is.By == "" {
		is.By = c.By
	}
	return is
}

// correct has a call have come to something else.
func (c *Call) correct(is Reach, d task.Decision, reason string, round int) {
	c.Corrections = append(c.Corrections, CallCorrection{Was: c.Reach, Is: is, Reason: reason, By: d.Person, At: d.At.UTC(), Round: round})
	c.Reach = is
}

// Equal says whether both say the same.
func (x Reach) Equal(y Reach) bool {
	same := x.When == nil && y.When == nil || sameInstant(x.When, y.When)
	return same && x.Reached == y.Reached && x.By == y.By
}

// InWords says whether, when and how, in a time zone.
func (x Reach) InWords(zone *time.Location) text.Text {
	words := text.New("reached", "erreicht")
	if !x.Reached {
		words = text.New("not reached", "nicht erreicht")
	}
	if x.When != nil {
		words = text.F("%s, %s", "%s, %s", words, calendar.InWords(x.When.In(zone)))
	}
	if x.By != "" {
		words = text.F("%s, %s", "%s, %s", words, x.By)
	}
	return words
}

// checkCall refuses to correct a call that wasn't entered, or to what is entered.
func (r Record) checkCall(v task.Values) error {
	calls, i := Follow(r).Calls, r.contact(v.Text("contact"))
	switch {
	case len(calls) == 0:
		return fault.Invalidf("fields.contact", "The calls aren't entered yet: enter this one with them.", "Die Alarmierung ist noch nicht eingetragen: Diesen Kontakt dort mit eintragen.")
	case i >= len(calls):
		return fault.Invalidf("fields.contact", "Say which contact this is about.", "Angeben, um welchen Kontakt es geht.")
	case calls[i].anew(v).Equal(calls[i].Reach):
		return fault.Invalidf("fields.reached", "%s is what is entered already: give what is right, or correct something else.",
			"%s ist schon so eingetragen: Das Richtige angeben oder etwas anderes berichtigen.", text.F("%s: %s", "%s: %s", calls[i].Name, calls[i].InWords(r.Zone)))
	}
	return nil
}
