package improvement

import (
	"fmt"

	"turnus/itsm/calendar"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Bounds of what the fields take.
const (
	maxWhys     = 5
	yearsAhead  = 2 // that an action may be due in
	figureChars = 350
	titleChars  = 200
)

// noCause is the field that says why no cause needs removing, and so stands
// instead of cause and actions.
const noCause = "no-cause"

// PlanFields are those of the step `plan`: root cause, up to MaxActions actions,
// and what else must change; or why no cause needs removing. The actions' titles
// count from first, since a finding's actions are numbered through. proposed are
// earlier answers to the same fields.
func PlanFields(today calendar.Date, first int, proposed task.Values) []task.Field {
	fields := []task.Field{{Name: whyField(1), Title: text.New("Why 1: why did it happen?", "Warum 1: Warum kam es dazu?"), Type: task.TextField, Required: true, Unless: noCause}}
	for i := 2; i <= maxWhys; i++ {
		fields = append(fields, task.Field{Name: whyField(i), Title: text.F("Why %d: why was that so?", "Warum %d: Warum war das so?", i),
			Type: task.TextField, Unless: noCause})
	}
	fields = append(fields,
		task.Field{Name: "cause", Title: text.New("Root cause", "Grundursache"), Type: task.TextField, Required: true, Unless: noCause},
		task.Field{Name: noCause, Title: text.New("Why no cause needs removing", "Warum keine Ursache beseitigt werden muss"), Type: task.TextField,
			Help: text.New("Instead of cause and actions: the correction is enough by itself. A second person decides on that.",
				"Anstelle von Ursache und Maßnahmen: Die Sofortmaßnahme genügt. Darüber entscheidet eine zweite Person.")})
	for i := 1; i <= MaxActions; i++ {
		fields = append(fields, actionPlanFields(i, first+i-1, today)...)
	}
	change := func(name, en, de string) {
		fields = append(fields, task.Field{Name: "changes." + name, Title: text.New(en, de), Type: task.TextField})
	}
	change("documents", "Documents that must change", "Zu ändernde Dokumente")
	change("plans", "Plans that must change", "Zu ändernde Pläne")
	change("risks", "Risks that must be assessed anew", "Neu zu bewertende Risiken")
	change("agreements", "Agreements that must change", "Zu ändernde Vereinbarungen")
	for i, f := range fields {
		fields[i].Value = proposed[f.Name]
	}
	return fields
}

// actionPlanFields ask for the i-th action of a plan, which will have a number
// within its finding. The first is required unless no cause needs removing, the
// others are where they have a title.
func actionPlanFields(i, number int, today calendar.Date) []task.Field {
	of := func(name string) string { return actionField(i, name) }
	field := func(name string, t task.FieldType, en, de string) task.Field {
		f := task.Field{Name: of(name), Type: t, Required: i == 1 || name != "title", Title: text.F("Action %d: %s", "Maßnahme %d: %s", number, text.New(en, de))}
		switch {
		case i == 1:
			f.Unless = noCause
		case name == "title":
			f.Unless = noCause
		default:
			f.If = of("title")
		}
		return f
	}
	title := field("title", task.TextField, "what is done", "Was getan wird")
	title.Max = fmt.Sprint(titleChars)
	due := field("due", task.DateField, "due date", "Fälligkeit")
	due.Min, due.Max = task.Today, today.AddYears(yearsAhead).String()
	figure := field("figure", task.TextField, "published figure that shows whether it worked", "veröffentlichte Kennzahl, die die Wirksamkeit zeigt")
	figure.Required, figure.Max = false, fmt.Sprint(figureChars)
	figure.Help = text.New("PROCESS/AGREEMENT/FIGURE, as in sla-report/desk-2026/p1-resolution.attainment. Left empty, the value is given at the check, with a file.",
		"PROZESS/VEREINBARUNG/KENNZAHL, zum Beispiel sla-report/desk-2026/p1-resolution.attainment. Ohne Angabe wird der Wert bei der Wirksamkeitsprüfung mit einer Datei belegt.")
	sense := field("sense", task.ChoiceField, "the value has to be", "Der Wert soll betragen")
	for _, s := range Senses() {
		sense.Options = append(sense.Options, task.Option{Value: string(s), Title: s.Title()})
	}
	wait := field("wait", task.DurationField, "waiting time before the check", "Wartezeit bis zur Wirksamkeitsprüfung")
	wait.Min, wait.Max = "P0D", fmt.Sprintf("P%dD", LongestWait)
	return []task.Field{title,
		field("owner", task.PersonField, "who does it", "Zuständig"),
		due,
		field("measure", task.TextField, "what is measured", "Was gemessen wird"),
		figure, sense,
		field("target", task.DecimalField, "target", "Ziel"),
		wait}
}

func whyField(i int) string { return fmt.Sprintf("why.%d", i) }

// actionField names a field of a plan's i-th action.
func actionField(i int, name string) string { return fmt.Sprintf("action.%d.%s", i, name) }

// ActionFields are those of the step `action`: done, with evidence; or another
// due date, later than the one that it has now. Whether that is past already is
// looked at when it is answered: a question says the same on the next day.
func ActionFields(due calendar.Date) []task.Field {
	return []task.Field{
		{Name: "evidence", Title: text.New("What shows that it was done", "Woran sich die Umsetzung zeigt"), Type: task.TextField, Required: true, With: task.Done},
		{Name: "link", Title: text.New("Link to the evidence", "Link zum Nachweis"), Type: task.TextField, With: task.Done, Max: "2000",
			Help: text.New("An address that begins with https:// or http://.", "Eine Adresse, die mit https:// oder http:// beginnt.")},
		{Name: "file", Title: text.New("Evidence as a file", "Nachweis als Datei"), Type: task.FileField, With: task.Done},
		{Name: "due", Title: text.New("New due date", "Neue Fälligkeit"), Type: task.DateField, Required: true, With: task.Postpone,
			Min: due.Add(1).String(), Max: due.AddYears(yearsAhead).String()},
	}
}

// CheckFields are those of the step `check`: the value of an action's measure
// with the file that shows it, which passes only where it reaches the target;
// none where a published figure says it.
func CheckFields(a Action, m *Measured) []task.Field {
	if m != nil {
		return nil
	}
	value := task.Field{Name: "value", Title: text.F("Value: %s", "Wert: %s", a.Measure), Type: task.DecimalField, Required: true, BoundsWith: task.Pass,
		Help: text.F("The target is %s %s.", "Ziel: %s %s.", a.Sense, a.Target)}
	if a.Sense == AtMost {
		value.Max = a.Target
	} else {
		value.Min = a.Target
	}
	return []task.Field{value,
		{Name: "file", Title: text.New("What the value was taken from", "Herkunft des Werts"), Type: task.FileField, Required: true}}
}
