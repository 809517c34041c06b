package drill

import (
	"encoding/json"
	"strings"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/process"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// ask.go words what a drill asks. A question follows from the record alone, so
// that it has the same hash whenever it is made.

func quoted(s string) json.RawMessage {
	b, _ := json.Marshal(s) // a string always marshals
	return b
}

func field(name string, t task.FieldType, required bool, en, de string) task.Field {
	return task.Field{Name: name, Type: t, Required: required, Title: text.New(en, de)}
}

// happened asks for the instant of happening; left out it is that of the entry.
func happened(name, en, de string) task.Field {
	f := field(name, task.InstantField, false, en, de)
	f.Help = text.New("With its zone. Left empty, the instant of this entry counts.", "Mit Zeitzone. Ohne Angabe zählt der Zeitpunkt dieses Eintrags.")
	return f
}

func yesOrNo(name, en, de string) task.Field {
	f := field(name, task.ChoiceField, true, en, de)
	f.Options = []task.Option{{Value: "yes", Title: text.New("yes", "ja")}, {Value: "no", Title: text.New("no", "nein")}}
	return f
}

// about names the drill in a question's text.
func (r Record) about() text.Text {
	return text.F("%s, plan %s: %s", "%s, Plan %s: %s", r.Setup.Type, r.Plan.Title, r.Setup.Scenario)
}

// offsite asks whether plan and contacts were read without Turnus.
func (r Record) offsite() task.Field {
	f := yesOrNo("offsite", "Were plan and contacts read where Turnus can't be reached?", "Wurden Plan und Kontakte dort gelesen, wo Turnus nicht erreichbar ist?")
	f.Help = text.F("According to the plan they are kept here: %s", "Laut Plan liegen sie hier: %s", r.Plan.Spec.Offsite)
	return f
}

func (r Record) askNotice(name, who string) task.Question {
	if r.Setup.Type == continuity.Invocation {
		return task.Question{Step: name, Persons: []string{who}, Text: text.F("%s\n%s leads the recovery.", "%s\nDen Wiederanlauf leitet %s.", r.about(), r.Setup.Conductor)}
	}
	return task.Question{Step: name, Persons: []string{who}, Text: text.F("%s\nOn %s. %s conducts it. It is aborted: %s", "%s\nAm %s. Übungsleitung: %s. Abgebrochen wird sie: %s",
		r.about(), r.Setup.Date.InWords(), r.Setup.Conductor, r.Setup.Stop)}
}

func (r Record) askBegin() task.Question {
	due := r.Setup.Date.Add(1).Start(r.Zone)
	start := field("disruption", task.InstantField, true, "Beginning of the scenario", "Beginn des Szenarios")
	start.Help = text.New("The instant of the disruption as it is agreed, with its zone: not that of the meeting.", "Der vereinbarte Zeitpunkt der Störung mit Zeitzone, nicht der Beginn der Besprechung.")
	if r.Setup.Type == continuity.Invocation {
		start.Title = text.New("Beginning of the disruption", "Beginn der Störung")
		start.Help = text.New("With its zone: when the service failed, not when that was noticed or the plan was invoked. It may lie before the approval.",
			"Mit Zeitzone: wann der Service ausfiel, nicht wann das bemerkt oder der Plan ausgelöst wurde. Der Zeitpunkt darf vor der Freigabe liegen.")
	}
	return task.Question{Step: process.DrillBegin, Persons: r.conductors(), Due: &due, Text: r.about(), Fields: []task.Field{start, r.offsite()}}
}

func (r Record) askStep(p progress) task.Question {
	due := p.since.Add(p.left)
	if p.State == Paused { // an interruption that lasts longer than the step should is looked at
		due = p.since.Add(p.expected())
	}
	q := task.Question{Step: p.name(), Persons: []string{p.Person}, Due: &due,
		Title: text.F("Step %d: %s", "Schritt %d: %s", p.Number, p.step.Title), Text: r.about()}
	if p.step.Text != "" {
		q.Text = text.F("%s\n%s", "%s\n%s", q.Text, p.step.Text)
	}
	if p.step.Marks != "" {
		q.Text = text.F("%s\nDone, it marks this event: %s.", "%s\nIst er erledigt, gilt dieses Ereignis als eingetreten: %s.", q.Text, p.step.Marks)
	}
	if p.Let {
		q.Text = text.F("%s\nSomething that it depends on didn't come about: the conductor lets it go on.", "%s\nEtwas, wovon er abhängt, blieb aus: Die Übungsleitung lässt ihn trotzdem beginnen.", q.Text)
	}
	if p.State == Paused {
		q.Title = text.F("Step %d is interrupted: %s", "Schritt %d ist unterbrochen: %s", p.Number, p.step.Title)
	}
	q.Fields = []task.Field{happened("at", "When it happened", "Zeitpunkt des Geschehens")}
	return q
}

func (r Record) askConfirm(who string, time int) task.Question {
	q := task.Question{Step: named(process.DrillConfirm, 1, time), Persons: []string{who}, Text: r.about(),
		Fields: []task.Field{happened("at", "Reached at", "Erreicht am")}}
	if least := r.Plan.Spec.Objectives.MBCO; least != nil {
		q.Text = text.F("%s\nThe minimum level is %s per cent of the normal capacity.", "%s\nDas Notbetriebsniveau beträgt %s Prozent der normalen Kapazität.", q.Text, text.Decimal(string(*least)))
	}
	return q
}

// correctable are the events whose instants the conductor may correct: what the
// business confirmed isn't among them. That the business corrects itself, when it
// is asked for the last time.
func correctable() []continuity.Event {
	return append([]continuity.Event{continuity.Disruption}, append(continuity.Markable(), continuity.Ended)...)
}

func eventField(e continuity.Event) string {
	return "event." + strings.ReplaceAll(string(e), "_", "-")
}

func (r Record) askConduct(s *Script, time int) task.Question {
	only := func(f task.Field, o task.Outcome) task.Field {
		f.With = o
		return f
	}
	order := only(field("order", task.ChoiceField, true, "Direction", "Anordnung"), task.Direct)
	event := only(field("event", task.ChoiceField, false, "Event", "Ereignis"), task.Direct)
	event.Help = text.New("To correct its instant.", "Zum Berichtigen seines Zeitpunkts.")
	for _, e := range correctable() {
		if e != continuity.Ended {
			event.Options = append(event.Options, task.Option{Value: string(e), Title: e.Title()})
		}
	}
	q := task.Question{Step: named(process.DrillConduct, 1, time), Persons: r.conductors(), Text: r.about()}
	orders := []Order{Correct}
	step := only(field("step", task.ChoiceField, false, "Step", "Schritt"), task.Direct)
	for _, p := range s.steps {
		if p.State != LeftOut {
			step.Options = append(step.Options, task.Option{Value: p.Name, Title: text.F("%d: %s", "%d: %s", p.Number, p.step.Title)})
		}
	}
	if len(step.Options) > 0 {
		orders = Orders()
	}
	for _, o := range orders {
		order.Options = append(order.Options, task.Option{Value: string(o), Title: o.Title()})
	}
	at := happened("at", "When it happened", "Zeitpunkt des Geschehens")
	at.Help = text.New("With its zone: of the end, of the abort, or of what is corrected, an event, the end of a step or a call. Left empty, the instant of this entry counts, and of a call the one that is entered.",
		"Mit Zeitzone: des Endes, des Abbruchs oder dessen, was berichtigt wird, ein Ereignis, das Ende eines Schritts oder eine Alarmierung. Ohne Angabe zählt der Zeitpunkt dieses Eintrags, bei einer Alarmierung der eingetragene.")
	q.Fields = []task.Field{order}
	if len(step.Options) > 0 {
		q.Fields = append(q.Fields, step, only(field("person", task.PersonField, false, "Person who takes the step or the confirmation over", "Person, die den Schritt oder die Bestätigung übernimmt"), task.Direct))
	}
	q.Fields = append(append(q.Fields, event), r.correctedCall(task.Direct, nil)...)
	q.Fields = append(q.Fields, at)
	return q
}

func (r Record) askBack(step continuity.Step, t Tracked) task.Question {
	due := t.Opened.Add(time.Duration(step.Takes.Seconds()) * time.Second)
	// The script is over, so that nobody gives the step to another person any more:
	// whoever conducts enters it where its owner can't.
	q := task.Question{Step: named(process.DrillBack, t.Number, 1), Persons: append([]string{t.Person}, r.conductors()...), Due: &due,
		Title: text.F("Step back %d: %s", "Schritt der Rückkehr %d: %s", t.Number, step.Title), Text: r.about(),
		Fields: []task.Field{happened("at", "When it happened", "Zeitpunkt des Geschehens")}}
	if step.Text != "" {
		q.Text = text.F("%s\n%s", "%s\n%s", q.Text, step.Text)
	}
	return q
}

func (r Record) askNormal(s *Script, said []task.Decision) task.Question {
	who, _ := r.business()
	q := task.Question{Step: named(process.DrillNormal, 1, len(said)+1), Persons: []string{who}, Text: r.about(),
		Fields: []task.Field{happened("at", "Normal again since", "Wieder normal seit")}}
	if n := len(said); n > 0 {
		q.Text = text.F("%s\nIt wasn't on %s: %s", "%s\nAm %s war das nicht der Fall: %s", q.Text, calendar.InWords(said[n-1].At.In(r.Zone)), said[n-1].Comment)
	}
	if !s.At(continuity.Confirmed).IsZero() {
		q.Fields = append(q.Fields, r.corrected(s, continuity.Confirmed), why())
	}
	return q
}

func (r Record) askDiscuss() task.Question {
	due := r.Setup.Date.Add(1).Start(r.Zone)
	capacity := field("capacity", task.DecimalField, false, "Expected capacity, per cent of the normal one", "Erwartete Kapazität in Prozent der normalen")
	capacity.Min, capacity.Max = "0", "100"
	expected := func(name, en, de string) task.Field {
		f := field(name, task.DurationField, false, en, de)
		f.Max = "P366D"
		return f
	}
	return task.Question{Step: process.DrillDiscuss, Persons: r.conductors(), Due: nil, Text: text.F("%s\nUntil %s.", "%s\nBis %s.", r.about(), calendar.InWords(due)),
		Fields: []task.Field{happened("held", "Held on", "Durchgeführt am"),
			expected("rta", "Expected time to the minimum level", "Erwartete Zeit bis zum Notbetriebsniveau"),
			expected("rpa", "Expected age of the data that comes back", "Erwartetes Alter der wiederhergestellten Daten"),
			capacity, field("notes", task.TextField, true, "What was discussed", "Was besprochen wurde"), r.offsite()}}
}

func (r Record) askEvaluate(s *Script) task.Question {
	q := task.Question{Step: process.DrillEvaluate, Persons: r.conductors(), Text: r.about()}
	if missing := r.missing(s.Happened); len(missing) > 0 {
		var titles []text.Text
		for _, e := range missing {
			titles = append(titles, r.Setup.Type.EventTitle(e))
		}
		q.Text = text.F("%s\nThe plan sets times that end with these events, or count from them, and nothing is entered of them: %s. Say below when they happened, if they did.",
			"%s\nDer Plan gibt Zeiten vor, die mit diesen Ereignissen enden oder ab ihnen zählen, und zu ihnen ist nichts eingetragen: %s. Sofern sie eingetreten sind, unten den Zeitpunkt angeben.", q.Text, text.Join(titles, ", "))
	}
	q.Text = r.withDisorders(s, q.Text)
	if r.Setup.Type == continuity.Invocation {
		q.Fields = askOfInvocation()
	}
	if r.Setup.Type.Measures() {
		snapshot := field("snapshot", task.InstantField, false, "Point in time that the restored data represents", "Zeitpunkt, dem die wiederhergestellten Daten entsprechen")
		snapshot.Help = text.New("Of several data stores the oldest; not the end of the backup.", "Von mehreren Datenbeständen der älteste; nicht das Ende der Sicherung.")
		capacity := field("capacity", task.DecimalField, false, "Measured capacity, per cent of the normal one", "Gemessene Kapazität in Prozent der normalen")
		capacity.Min, capacity.Max = "0", "1000"
		integrity := field("integrity", task.ChoiceField, true, "Was the data that came back checked by its content?", "Wurden die wiederhergestellten Daten inhaltlich geprüft?")
		for _, i := range []Integrity{Whole, Damaged, NotChecked, NoData} {
			integrity.Options = append(integrity.Options, task.Option{Value: string(i), Title: i.Title()})
		}
		q.Fields = append(q.Fields, snapshot, field("backup", task.InstantField, false, "End of the backup that was restored", "Ende der Sicherung, die wiederhergestellt wurde"), capacity, integrity)
	}
	for _, e := range correctable() {
		q.Fields = append(q.Fields, r.corrected(s, e))
	}
	q.Fields = append(q.Fields, r.correctedEntries(s)...)
	q.Fields = append(q.Fields, why(),
		field("evidence", task.TextField, false, "What shows it", "Woran sich das zeigt"),
		field("file", task.FileField, false, "Evidence as a file", "Nachweis als Datei"))
	return q
}

// missing are events of which nothing is entered, although the plan sets a time until
// them, or from them on: only the evaluation asks for those that no step marked.
func (r Record) missing(h Happened) (all []continuity.Event) {
	o, recovers := r.Plan.Spec.Objectives, r.Setup.Type.Measures()
	wanted := map[continuity.Event]bool{
		continuity.Decided: o.Decide != nil,
		continuity.Invoked: recovers && o.RTO != nil && o.From == continuity.FromInvoked,
		continuity.Full:    recovers && o.MTW != nil && marked(r.Plan.Spec, r.Setup, continuity.Full),
	}
	for _, c := range r.Plan.Spec.Contacts {
		if recovers || !ofRecovery(c.From) {
			wanted[c.From] = true
		}
	}
	for _, e := range correctable() {
		if wanted[e] && h.At(e).IsZero() {
			all = append(all, e)
		}
	}
	return all
}

// corrected asks for the instant at which an event really happened.
func (r Record) corrected(s *Script, e continuity.Event) task.Field {
	f := task.Field{Name: eventField(e), Type: task.InstantField, Title: text.F("Corrected instant: %s", "Berichtigter Zeitpunkt: %s", r.Setup.Type.EventTitle(e)),
		Help: text.New("Nothing is entered of it: give it where it happened.", "Dazu ist nichts eingetragen: Angeben, falls es eingetreten ist.")}
	if at := s.At(e); !at.IsZero() {
		f.Help = entry(calendar.InWords(at.In(r.Zone)))
	}
	return f
}

// entry is the help of a field by which what is entered may be corrected.
func entry(entered text.Text) text.Text {
	return text.F("Entered is %s. Leave this empty where that is right.", "Eingetragen ist %s. Leer lassen, wenn das stimmt.", entered)
}

func why() task.Field {
	return field("why", task.TextField, false, "Why instants are corrected", "Warum Zeitpunkte berichtigt werden")
}

func (r Record) askDebrief() task.Question {
	return task.Question{Step: process.DrillDebrief, Persons: r.conductors(), Text: r.about(), Fields: []task.Field{
		field("well", task.TextField, true, "What went well", "Was gut lief"),
		field("badly", task.TextField, true, "What didn't", "Was nicht gut lief"),
		field("lessons", task.TextField, true, "What follows from it", "Was daraus folgt")}}
}

func (r Record) askReview(result Result) task.Question {
	q := task.Question{Step: process.DrillReview, Text: text.F("%s\nVerdict: %s.", "%s\nErgebnis: %s.", r.about(), result.Overall),
		Fields: []task.Field{field("review", task.TextField, true, "", "")}}
	q.Fields[0].Title = text.F("How the %s is judged", "Wie die %s bewertet wird", r.Setup.Type.Noun())
	if result.Retest {
		f := field("retest", task.DateField, true, "To be repeated by", "Zu wiederholen bis")
		f.Min = r.Setup.Date.String()
		q.Fields = append(q.Fields, f)
	}
	return q
}
