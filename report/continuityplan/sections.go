package continuityplan

import (
	"slices"
	"strconv"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/text"
	"turnus/report/rules"
)

// section is a part of a plan as both formats write it.
type section struct {
	Title   text.Text
	Facts   []fact
	Entries []entry // numbered
	None    text.Text
}

// fact is a value with what it is; several lines where there are several.
type fact struct {
	Label text.Text
	Lines []text.Text
}

// entry is one of a numbered list: a contact, or a step with room for when it
// was begun and done.
type entry struct {
	Title text.Text
	Facts []fact
	Step  bool
}

func says(label text.Text, lines ...text.Text) fact { return fact{label, lines} }

// heading is what is on top of a plan.
func (p Plan) heading(e Export) []fact {
	at := func(t time.Time) text.Text { return calendar.InWords(t.In(e.Zone)) }
	return []fact{
		says(text.New("Service", "Service"), p.Service),
		says(text.New("Plan", "Plan"), text.Same(p.Name)),
		says(text.New("Version", "Version"), text.F("%d, in force since %s", "%d, in Kraft seit %s", p.Version, at(p.Since))),
		says(text.New("Content hash (SHA-256)", "Hashwert des Inhalts (SHA-256)"), text.Same(p.Hash)),
		says(text.New("Taken out of Turnus", "Aus Turnus exportiert"), at(e.At)),
	}
}

// sections are a plan in the order in which it is needed.
func (p Plan) sections() []section {
	s := p.Spec
	all := []section{
		{Title: text.New("When the plan is invoked", "Auslösung"), Facts: []fact{
			says(text.New("Scenario", "Szenario"), text.Same(s.Scenario)),
			says(text.New("Criteria", "Kriterien"), text.Same(s.Invocation)),
			says(text.New("Where plan and contacts are kept", "Ablageort von Plan und Kontakten"), text.Same(s.Offsite)),
			says(text.New("Confirms minimum level and return for the business", "Bestätigt Wiederanlauf und Rückkehr für den Fachbereich"), p.person(s.Business)),
		}},
		{Title: text.New("Objectives", "Ziele"), Facts: objectives(s.Objectives)},
		{Title: text.New("Contacts", "Kontakte"), Entries: p.contacts(), None: text.New("The plan names no contacts.", "Der Plan nennt keine Kontakte.")},
	}
	if more := requires(s); len(more) > 0 {
		all = append(all, section{Title: text.New("What has to be there first", "Voraussetzungen"), Facts: more})
	}
	return append(all,
		section{Title: text.New("Steps", "Schritte"), Entries: p.steps(s.Steps)},
		section{Title: text.New("Return to normal operation", "Rückkehr zum Normalbetrieb"), Entries: p.steps(s.Return)})
}

func objectives(a continuity.Agreed) (all []fact) {
	for _, o := range rules.Objectives(a) {
		if !o.Agreed.IsZero() {
			all = append(all, says(o.Title, o.Agreed))
		}
	}
	return all
}

func (p Plan) contacts() (all []entry) {
	for _, c := range p.Spec.Contacts {
		name := text.Same(c.Name)
		if c.Person != "" {
			if title := p.person(c.Person); title != name {
				name = text.F("%s (%s)", "%s (%s)", name, title)
			}
		}
		e := entry{Title: name, Facts: []fact{says(text.New("Called for", "Aufgabe"), text.Same(c.Role))}}
		var ways []text.Text
		for _, way := range c.By {
			ways = append(ways, text.Same(way))
		}
		e.Facts = append(e.Facts, says(text.New("Reached by", "Erreichbar über"), ways...))
		if c.Within != nil {
			within := c.Within.InWords()
			if c.From != "" {
				within = text.F("%s, counted from: %s", "%s, gezählt ab: %s", within, c.From)
			}
			e.Facts = append(e.Facts, says(text.New("To be reached within", "Zu erreichen innerhalb von"), within))
		}
		all = append(all, e)
	}
	return all
}

// requires is what recovery rests on.
func requires(s continuity.Plan) (all []fact) {
	var services []text.Text
	for _, d := range s.Dependencies {
		rto := text.New("RTO unknown", "RTO unbekannt")
		if d.RTO != nil {
			rto = text.F("RTO %s from: %s", "RTO %s ab: %s", d.RTO.InWords(), continuity.Event(d.From))
		}
		services = append(services, text.F("%s: %s", "%s: %s", d.Service, rto))
	}
	if len(services) > 0 {
		all = append(all, says(text.New("Services", "Services"), services...))
	}
	if b := s.Backup; b != nil {
		all = append(all, says(text.New("Backup", "Datensicherung"), text.F("every %s, restorable after %s", "alle %s, wiederherstellbar nach %s",
			b.Every.InWords(), b.Takes.InWords())))
	}
	return all
}

// steps are in the order of their dependencies, and named by their numbers in it.
func (p Plan) steps(steps []continuity.Step) (all []entry) {
	steps = continuity.InOrder(steps)
	for _, s := range steps {
		e := entry{Title: text.Same(s.Title), Step: true, Facts: []fact{
			says(text.New("Who", "Zuständig"), p.person(s.Owner)),
			says(text.New("Takes", "Dauer"), s.Takes.InWords()),
		}}
		var after []int
		for i, other := range steps {
			if slices.Contains(s.After, other.Name) {
				after = append(after, i+1)
			}
		}
		if len(after) > 0 {
			e.Facts = append(e.Facts, says(text.New("After", "Nach"), text.F("step %s", "Schritt %s", numbers(after))))
		}
		if s.Marks != "" {
			e.Facts = append(e.Facts, says(text.New("Then", "Danach gilt"), s.Marks.Title()))
		}
		if s.Text != "" {
			e.Facts = append(e.Facts, says(text.New("How", "Vorgehen"), text.Same(s.Text)))
		}
		all = append(all, e)
	}
	return all
}

func numbers(all []int) text.Text {
	words := make([]string, len(all))
	for i, n := range all {
		words[i] = strconv.Itoa(n)
	}
	return text.List(words)
}
