package drill

import (
	"fmt"
	"slices"
	"strings"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// maxInstead is how many people may be substituted in one drill: a plan of which
// more are away isn't drilled as it is.
const maxInstead = 5

// maxOthers is how many people may take part in a drill besides those whom its plan
// names.
const maxOthers = 50

func insteadField(i int, part string) string { return fmt.Sprintf("instead.%d.%s", i, part) }

// AskPlan asks the owner how a drill is planned, with what was planned before. begun
// is the day of the run, not that of the question, which would be another one over
// midnight.
func AskPlan(plan PlanVersion, date, begun calendar.Date, retests *Retested, proposed task.Values, requested text.Text) task.Question {
	q := task.Question{Step: process.DrillPlan, Text: text.F("Continuity plan %s, version %d: %s", "Notfallplan %s, Version %d: %s", plan.Title, plan.Version, plan.Spec.Scenario)}
	if retests != nil {
		q.Text = text.F("%s\nThis repeats %s, which didn't pass: a type no weaker than %s proves what failed there.",
			"%s\nWiederholt wird %s; diese Übung wurde nicht bestanden. Was dort nicht bestanden wurde, belegt nur eine Übungsart, die nicht schwächer ist als %s.", q.Text, retests.Run, retests.Type)
	}
	if !requested.IsZero() {
		q.Text = text.F("%s\nChanges were requested: %s", "%s\nVerlangte Änderungen: %s", q.Text, requested)
	}
	if date.Before(begun) {
		date = begun
	}
	kind := task.Field{Name: "type", Title: text.New("Type of drill", "Übungsart"), Type: task.ChoiceField, Required: true,
		Help: text.New("A real invocation is no drill, and runs the same way: it is confirmed by an approval, too, and what happened before that counts at its instants.",
			"Ein Ernstfall ist keine Übung, verläuft aber ebenso: Auch er wird durch eine Freigabe bestätigt; was davor geschah, zählt mit dem Zeitpunkt des Geschehens.")}
	for _, t := range continuity.Plannable() {
		kind.Options = append(kind.Options, task.Option{Value: string(t), Title: t.Title()})
	}
	field := func(name string, t task.FieldType, required bool, en, de string) task.Field {
		return task.Field{Name: name, Type: t, Required: required, Title: text.New(en, de)}
	}
	with := func(f task.Field, en, de string) task.Field {
		f.Help = text.New(en, de)
		return f
	}
	ofDrills := func(name, en, de string) task.Field {
		return with(field(name, task.TextField, false, en, de), "Required of a drill; of a real invocation it needn't be known.", "Bei einer Übung Pflicht; bei einem Ernstfall muss das nicht bekannt sein.")
	}
	on := field("date", task.DateField, true, "Date of the drill", "Datum der Übung")
	on.Value, on.Min = quoted(date.String()), begun.String()
	scenario := field("scenario", task.TextField, true, "Scenario", "Szenario")
	scenario.Value = quoted(plan.Spec.Scenario)
	maintenance := with(field("maintenance", task.TextField, false, "Announced maintenance window that it lies in", "Angekündigtes Wartungsfenster, in dem sie liegt"),
		"Its reference, or the UID of its event. Plan and report say what is on record of it; an outage of production outside of announced maintenance counts in the availability review.", "Seine Kennung oder die UID seines Termins. Übungsplan und Übungsbericht sagen, was dazu vorliegt; ein Ausfall der Produktion außerhalb angekündigter Wartung zählt im Verfügbarkeitsbericht.")
	maintenance.If, maintenance.Max = "production", "200"
	q.Fields = []task.Field{kind, on, scenario,
		with(field("conductor", task.PersonField, true, "Conductor", "Übungsleitung"), "Whoever conducts the drill doesn't decide on it.", "Wer die Übung leitet, entscheidet nicht über sie."),
		field("deputy", task.PersonField, false, "Deputy of the conductor", "Stellvertretung der Übungsleitung"),
		with(field("participants", task.TextField, false, "Further participants", "Weitere Teilnehmende"), "By name, with blanks between them: whoever takes part besides the conductors and those whom the plan needs. They are told of the drill.",
			"Nach Namen, durch Leerzeichen getrennt: wer außer der Leitung und den im Plan benötigten Personen teilnimmt. Sie werden benachrichtigt."),
		ofDrills("risk", "Risk of the drill", "Risiko der Übung"),
		ofDrills("rollback", "How it is taken back", "Wie sie zurückgenommen wird"),
		ofDrills("stop", "When it is aborted", "Wann sie abgebrochen wird"),
		with(field("production", task.TextField, false, "What production it touches", "Welche Produktion sie berührt"), "Leave this empty where it touches none; a real invocation always does.", "Leer lassen, wenn sie keine berührt; ein Ernstfall berührt sie immer."),
		maintenance,
		with(field("left-out", task.TextField, false, "Steps that aren't part of it", "Schritte, die nicht dazugehören"),
			"By name, with blanks between them; of component tests alone.", "Nach Namen, durch Leerzeichen getrennt; nur bei Funktionstests."),
	}
	for i := 1; i <= maxInstead; i++ {
		of := task.Field{Name: insteadField(i, "of"), Type: task.TextField, Max: "100", Title: text.F("Absent person %d", "Abwesende Person %d", i),
			Help: text.New("Whoever the plan names for steps and who can't.", "Wen der Plan für Schritte nennt und wer verhindert ist.")}
		by := task.Field{Name: insteadField(i, "by"), Type: task.PersonField, Required: true, If: of.Name, Title: text.F("Substitute %d", "Vertretung %d", i)}
		q.Fields = append(q.Fields, of, by)
	}
	for i, f := range q.Fields {
		if v, ok := proposed[f.Name]; ok {
			q.Fields[i].Value = v
		}
	}
	return q
}

// listed are the names in a text, with blanks or commas between them.
func listed(s string) []string { return strings.Fields(strings.ReplaceAll(s, ",", " ")) }

// ReadSetup is how a drill is planned, by what the owner answered. Faults name
// fields.NAME. Whether the persons are still there isn't looked up.
func ReadSetup(plan continuity.Plan, retests *Retested, d task.Decision) (Setup, error) {
	v := d.Fields
	s := Setup{Type: continuity.Type(v.Text("type")), Scenario: v.Text("scenario"), Conductor: v.Text("conductor"), Deputy: v.Text("deputy"),
		Production: v.Text("production"), Maintenance: v.Text("maintenance"), Risk: v.Text("risk"), Rollback: v.Text("rollback"), Stop: v.Text("stop"),
		Others: listed(v.Text("participants")), LeftOut: listed(v.Text("left-out")), By: d.Person, Said: d.At.UTC()}
	var faults fault.List
	date, err := calendar.ParseDate(v.Text("date"))
	if s.Date = date; err != nil {
		faults.Add(fault.As(err).At("fields.date"))
	}
	if s.Deputy == s.Conductor {
		faults.Say("fields.deputy", "%s conducts the drill already: name somebody else, or nobody.", "%s leitet die Übung schon: Jemand anderen angeben oder leer lassen.", s.Deputy)
	}
	s.checkEarnest(&faults)
	if len(s.Others) > maxOthers {
		faults.Say("fields.participants", "%d persons are more than the %d that may be named: name those who have to be told.", "%d Personen sind mehr als die %d, die genannt werden können: Die nennen, die benachrichtigt werden müssen.", len(s.Others), maxOthers)
	}
	for _, field := range []string{"conductor", "deputy"} {
		if who := v.Text(field); who == plan.Business && s.Type.Measures() {
			faults.Say("fields."+field, "%s confirms for the business what others restore, and conducts nothing: name somebody else.",
				"%s bestätigt für den Fachbereich, was andere wiederherstellen, und leitet die Übung nicht: Jemand anderen angeben.", who)
		}
	}
	for i := 1; i <= maxInstead; i++ {
		x := Substitute{Of: v.Text(insteadField(i, "of")), By: v.Text(insteadField(i, "by"))}
		if x.Of == "" {
			continue
		}
		at := "fields." + insteadField(i, "of")
		switch {
		case !slices.ContainsFunc(slices.Concat(plan.Steps, plan.Return), func(p continuity.Step) bool { return p.Owner == x.Of }):
			faults.Say(at, "%q carries out no step of the plan: give the name of one who does.", "%q ist für keinen Schritt des Plans zuständig: Den Namen einer zuständigen Person angeben.", x.Of)
		case slices.ContainsFunc(s.Instead, func(o Substitute) bool { return o.Of == x.Of }):
			faults.Say(at, "%s is substituted already.", "%s wird schon vertreten.", x.Of)
		case x.By == plan.Business && s.Type.Measures():
			faults.Say("fields."+insteadField(i, "by"), "%s confirms for the business what others restored, and carries out no step.",
				"%s bestätigt für den Fachbereich, was andere wiederherstellen, und übernimmt keinen Schritt.", x.By)
		}
		s.Instead = append(s.Instead, x)
	}
	for i := 1; i <= maxInstead; i++ {
		by := v.Text(insteadField(i, "by"))
		if slices.ContainsFunc(s.Instead, func(o Substitute) bool { return o.Of == by }) {
			faults.Say("fields."+insteadField(i, "by"), "%s is absent, too: name somebody who can.", "%s ist ebenfalls verhindert: Jemand anderen angeben.", by)
		}
	}
	if len(s.LeftOut) > 0 && s.Type != continuity.Component {
		faults.Say("fields.left-out", "Only a component test leaves steps of the plan out: clear this, or choose that type.",
			"Nur ein Funktionstest lässt Schritte des Plans aus: Leeren oder diese Übungsart wählen.")
	}
	for _, name := range s.LeftOut {
		if !slices.ContainsFunc(plan.Steps, func(p continuity.Step) bool { return p.Name == name }) {
			faults.Say("fields.left-out", "The plan has no step %.80q.", "Der Plan hat keinen Schritt %.80q.", name)
		} else if retests != nil && !slices.Contains(retests.LeftOut, name) {
			faults.Say("fields.left-out", "%[1]q was part of %[2]s, which is repeated: without it, nothing would be proved that failed there.",
				"%[1]q gehörte zu %[2]s und wird hier wiederholt: Ohne diesen Schritt wäre nicht belegt, was dort nicht bestanden wurde.", name, retests.Run)
		}
	}
	if s.Type == continuity.CallTree && plan.Objectives.Contacts == nil && plan.Objectives.Decide == nil ||
		s.Type == continuity.Staff && plan.Objectives.Decide == nil && plan.Objectives.Contacts == nil {
		faults.Say("fields.type", "The plan agrees on no contacts_pct and no decide: such a drill has nothing to be judged by.",
			"Der Plan vereinbart weder contacts_pct noch decide: Eine solche Übung lässt sich an nichts messen.")
	}
	if o := plan.Objectives; s.Type.Discussed() && o.RTO == nil && o.RPO == nil && o.MBCO == nil {
		faults.Say("fields.type", "The plan agrees on no rto, no rpo and no mbco_pct: there is nothing that a discussion could estimate.",
			"Der Plan vereinbart weder rto noch rpo noch mbco_pct: Eine Besprechung hätte nichts zu schätzen.")
	}
	if retests != nil && !s.Type.NoWeakerThan(retests.Type) {
		faults.Say("fields.type", "A %[1]s is weaker than the %[2]s that it repeats, and proves nothing that failed there: choose a type no weaker.",
			"Die Übungsart %[1]s ist schwächer als die wiederholte, %[2]s, und belegt nichts, was dort nicht bestanden wurde: Eine nicht schwächere wählen.", s.Type, retests.Type)
	}
	return s, faults.Err()
}
