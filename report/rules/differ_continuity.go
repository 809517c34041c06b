package rules

import (
	"slices"
	"strings"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/text"
	"turnus/report"
)

// OfContinuityPlan says where two versions of a continuity plan differ: nil is
// none. How contacts are reached isn't said, but that it changes: a document is
// read by more people than that is for.
func OfContinuityPlan(before, now *continuity.Plan) []Difference {
	var d differences
	var was, is continuity.Plan
	if before != nil {
		was = *before
	}
	if now != nil {
		is = *now
	}
	said := func(item text.Text, of func(continuity.Plan) string) {
		d.words(item, text.Same(of(was)), text.Same(of(is)))
	}
	said(text.New("Service", "Service"), func(p continuity.Plan) string { return p.Service })
	said(text.New("Scenario", "Szenario"), func(p continuity.Plan) string { return p.Scenario })
	said(text.New("Invocation", "Auslösung"), func(p continuity.Plan) string { return p.Invocation })
	said(text.New("Where it is read otherwise", "Anderweitig zu lesen"), func(p continuity.Plan) string { return p.Offsite })
	said(text.New("Confirms for the business", "Bestätigt für den Fachbereich"), func(p continuity.Plan) string { return p.Business })
	before1, now1 := Objectives(was.Objectives), Objectives(is.Objectives)
	for i, o := range now1 {
		d.words(o.Title, before1[i].Agreed, o.Agreed)
	}
	d.words(text.New("Impact analysis", "Business-Impact-Analyse"), impact(was.Impact), impact(is.Impact))
	d.words(text.New("Backup", "Datensicherung"), backup(was.Backup), backup(is.Backup))
	dependency := func(x continuity.Dependency) string { return x.Service }
	each(&d, text.New("Dependency", "Abhängigkeit"), was.Dependencies, is.Dependencies, dependency, depends)
	contact := func(x continuity.Contact) string { return x.Role + "\n" + x.Name }
	d.contacts(was.Contacts, is.Contacts, contact)
	step := func(s continuity.Step) string { return s.Name }
	each(&d, text.New("Step", "Schritt"), was.Steps, is.Steps, step, stepped)
	each(&d, text.New("Step back", "Schritt der Rückführung"), was.Return, is.Return, step, stepped)
	role := func(x continuity.Contact) string { return x.Role }
	order(&d, text.New("Order of calling", "Reihenfolge der Alarmierung"), was.Contacts, is.Contacts, contact, role)
	order(&d, text.New("Order of the steps", "Reihenfolge der Schritte"), was.Steps, is.Steps, step, step)
	order(&d, text.New("Order of the steps back", "Reihenfolge der Rückführung"), was.Return, is.Return, step, step)
	return d
}

// order says where those that both have stand in another order.
func order[T any](d *differences, item text.Text, before, now []T, key, shown func(T) string) {
	of := func(all, other []T) (keys, words []string) {
		for _, x := range all {
			if slices.ContainsFunc(other, func(o T) bool { return key(o) == key(x) }) {
				keys, words = append(keys, key(x)), append(words, shown(x))
			}
		}
		return keys, words
	}
	was, former := of(before, now)
	is, words := of(now, before)
	if !slices.Equal(was, is) {
		d.words(item, text.Same(strings.Join(former, ", ")), text.Same(strings.Join(words, ", ")))
	}
}

// Objective of a continuity plan, in words; without Agreed it isn't one.
type Objective struct{ Title, Agreed text.Text }

// Objectives are those that a plan may agree, in the order in which one reads
// them.
func Objectives(a continuity.Agreed) []Objective {
	lasting := func(d *agreement.Duration) text.Text {
		if d == nil {
			return text.Text{}
		}
		return d.InWords()
	}
	percent := func(x *agreement.Decimal) text.Text {
		if x == nil {
			return text.Text{}
		}
		return text.F("%s\u202f%%", "%s\u202f%%", report.Decimal(string(*x)))
	}
	rto := text.Text{}
	if a.RTO != nil {
		rto = text.F("%s from: %s", "%s ab: %s", a.RTO.InWords(), continuity.Event(a.From))
	}
	return []Objective{
		{text.New("RTO: to the confirmed minimum level", "RTO: bis zum bestätigten Wiederanlauf"), rto},
		{text.New("RPO: age of the data that comes back", "RPO: Alter der wiederhergestellten Daten"), lasting(a.RPO)},
		{text.New("MBCO: minimum level", "MBCO: Mindest-Notbetriebsniveau"), percent(a.MBCO)},
		{text.New("MTPD: when the impact can't be borne any more", "MTPD: ab wann die Folgen nicht mehr tragbar sind"), lasting(a.MTPD)},
		{text.New("MTW: to normal operation", "MTW: bis zum Normalbetrieb"), lasting(a.MTW)},
		{text.New("WRT: to catch up", "WRT: zum Nacharbeiten"), lasting(a.WRT)},
		{text.New("Contacts to be reached", "Zu erreichende Kontakte"), percent(a.Contacts)},
		{text.New("To the decision", "Bis zur Entscheidung"), lasting(a.Decide)},
	}
}

// each compares what has names: what is added, what goes, and what is said
// otherwise.
func each[T any](d *differences, item text.Text, before, now []T, name func(T) string, words func(T) text.Text) {
	in := func(all []T, wanted string) text.Text {
		if i := slices.IndexFunc(all, func(x T) bool { return name(x) == wanted }); i >= 0 {
			return words(all[i])
		}
		return text.Text{}
	}
	for _, x := range now {
		d.words(text.F("%s %s", "%s %s", item, name(x)), in(before, name(x)), words(x))
	}
	for _, x := range before {
		if in(now, name(x)).IsZero() {
			d.words(text.F("%s %s", "%s %s", item, name(x)), words(x), text.Text{})
		}
	}
}

func depends(x continuity.Dependency) text.Text {
	if x.RTO == nil {
		return text.New("RTO unknown", "RTO unbekannt")
	}
	return text.F("RTO %s from: %s", "RTO %s ab: %s", x.RTO.InWords(), continuity.Event(x.From))
}

func backup(b *continuity.Backup) text.Text {
	if b == nil {
		return text.Text{}
	}
	return text.F("every %s, takes %s", "alle %s, Dauer %s", b.Every.InWords(), b.Takes.InWords())
}

// impact names the levels of each category, step by step.
func impact(x *continuity.Impact) text.Text {
	if x == nil {
		return text.Text{}
	}
	all := []text.Text{text.F("unacceptable from level %d", "nicht mehr tragbar ab Stufe %d", x.Unacceptable)}
	for _, c := range x.Categories {
		levels := make([]text.Text, len(x.Steps))
		for i, step := range x.Steps {
			level := text.New("unknown", "unbekannt")
			if n, known := c.At(step); known {
				level = report.Number(int64(n))
			}
			levels[i] = text.F("%s at %s", "%s nach %s", level, step.InWords())
		}
		all = append(all, text.F("%s: %s", "%s: %s", c.Name, text.Join(levels, ", ")))
	}
	return text.Join(all, "; ")
}

// stepped says who does a step, for how long, after what, and how.
func stepped(s continuity.Step) text.Text {
	all := []text.Text{text.Same(s.Title), text.Same(s.Owner), s.Takes.InWords()}
	if len(s.After) > 0 {
		all = append(all, text.F("after %s", "nach %s", strings.Join(s.After, ", ")))
	}
	if s.Marks != "" {
		all = append(all, text.F("marks: %s", "kennzeichnet: %s", s.Marks))
	}
	if s.Text != "" {
		all = append(all, text.Same(s.Text))
	}
	return text.Join(all, "; ")
}

// contacts compares them by what they are called for.
func (d *differences) contacts(before, now []continuity.Contact, key func(continuity.Contact) string) {
	words := func(x continuity.Contact) text.Text {
		ways := int64(len(x.By))
		t := text.N(ways, text.New("one way to reach them", "ein Weg, sie zu erreichen"), text.F("%s ways to reach them", "%s Wege, sie zu erreichen", report.Number(ways)))
		if x.Within != nil {
			t = text.F("%s; within %s from: %s", "%s; innerhalb von %s ab: %s", t, x.Within.InWords(), x.From)
		}
		return t
	}
	in := func(all []continuity.Contact, x continuity.Contact) *continuity.Contact {
		if i := slices.IndexFunc(all, func(other continuity.Contact) bool { return key(other) == key(x) }); i >= 0 {
			return &all[i]
		}
		return nil
	}
	for _, x := range now {
		item, was := text.F("Contact for: %s", "Kontakt für: %s", x.Role), in(before, x)
		switch {
		case was == nil:
			*d = append(*d, Difference{item, report.Words(none()), report.Words(words(x))})
		case words(*was) == words(x) && (was.Person != x.Person || !slices.Equal(was.By, x.By)):
			*d = append(*d, Difference{item, report.Words(words(*was)), report.Words(text.F("%s, reached otherwise than before", "%s, anders erreichbar als bisher", words(x)))})
		default:
			d.words(item, words(*was), words(x))
		}
	}
	for _, x := range before {
		if in(now, x) == nil {
			d.words(text.F("Contact for: %s", "Kontakt für: %s", x.Role), words(x), text.Text{})
		}
	}
}
