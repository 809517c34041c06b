package process

import (
	"turnus/itsm/calendar"
	"turnus/itsm/person"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Improvement is the process in which a finding is dealt with.
const Improvement = "improvement"

// The steps of an improvement, besides the approval.
const (
	ImprovementCorrection = "correction" // of a nonconformity: what was done at once, and whether it occurs elsewhere
	ImprovementMerit      = "merit"      // of an opportunity: benefit, cost, risk, fit
	ImprovementPlan       = "plan"       // root cause and actions
	ImprovementAction     = "action"     // one action, by its owner; action-1-2 after its due date was moved once
	ImprovementCheck      = "check"      // whether the action of the same number worked
)

// improvement deals with one finding. Nothing closes without evidence that it
// worked, or a second person's word that no cause needs removing.
func improvement() Process {
	field := func(name, en, de string, t task.FieldType, required bool) task.Field {
		return task.Field{Name: name, Title: text.New(en, de), Type: t, Required: required}
	}
	return Process{
		Name: Improvement, Title: text.New("Continual improvement", "Fortlaufende Verbesserung"), Clauses: []string{"10.1", "10.2"},
		Scope: OfFinding, Grain: calendar.Day, Starters: []person.Role{person.ProcessOwner},
		Steps: []Step{{
			Name: ImprovementCorrection, Title: text.New("Correction", "Sofortmaßnahme"), Kind: task.Record,
			Outcomes: []task.Outcome{task.Done, task.Decline}, For: task.Owner,
			Fields: []task.Field{
				field("correction", "What was done at once", "Was sofort getan wurde", task.TextField, true),
				field("elsewhere", "Does it occur elsewhere? What was looked at", "Tritt es auch an anderer Stelle auf? Was geprüft wurde", task.TextField, true),
				field("evidence", "Evidence", "Nachweis", task.FileField, false),
			},
		}, {
			Name: ImprovementMerit, Title: text.New("Is it worth doing?", "Lohnt sich die Verbesserung?"), Kind: task.Review,
			Outcomes: []task.Outcome{task.Done, task.Decline}, For: task.Owner,
			Fields: []task.Field{
				field("benefit", "Benefit", "Nutzen", task.TextField, true),
				field("cost", "Cost", "Aufwand", task.TextField, true),
				field("risk", "Risk", "Risiko", task.TextField, true),
				field("fit", "Fit with the objectives", "Beitrag zu den Zielen", task.TextField, true),
			},
		}, {
			Name: ImprovementPlan, Title: text.New("Root cause and actions", "Grundursache und Maßnahmen"), Kind: task.Supply, For: task.Owner,
			Outcomes: []task.Outcome{task.Done, task.Decline},
		}, {
			Name: ImprovementAction, Many: true, Title: text.New("Action", "Maßnahme"), Kind: task.Record, For: task.Persons,
			Outcomes: []task.Outcome{task.Done, task.Postpone}, Timing: task.Timing{EscalateTo: task.Approvers}, Dated: true,
		}, {
			Name: ImprovementCheck, Many: true, Title: text.New("Did the action work?", "War die Maßnahme wirksam?"), Kind: task.Check, For: task.Approvers,
			Apart: ImprovementAction,
		}, approval(carriesOut())},
	}
}
