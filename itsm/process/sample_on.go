//go:build sample

package process

import (
	"turnus/itsm/calendar"
	"turnus/itsm/person"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Sample is a process that exists in tests only (build tag sample): it shows
// that a process about the organisation, with steps of each kind, needs its own
// files and its entry.
const Sample = "policy-review"

// The steps of a policy review, besides the approval.
const (
	PolicyStatement = "statement" // each department hands in what it does
	PolicyRecord    = "record"    // what an inspection found
	PolicyRead      = "read"      // that the policy was read
	PolicyCheck     = "check"     // of an inspection, by somebody else
)

func samples() []Process {
	field := func(name, en, de string, t task.FieldType, required bool) task.Field {
		return task.Field{Name: name, Title: text.New(en, de), Type: t, Required: required}
	}
	result := field("result", "Result", "Ergebnis", task.ChoiceField, true)
	result.Options = []task.Option{{Value: "kept", Title: text.New("kept", "eingehalten")}, {Value: "not-kept", Title: text.New("not kept", "nicht eingehalten")}}
	share := field("share", "Share of the staff that was trained, per cent", "Anteil der geschulten Personen in Prozent", task.DecimalField, true)
	share.Min, share.Max = "0", "100"
	staff := field("staff", "Staff", "Personen", task.IntegerField, true)
	staff.Min = "1"
	return []Process{{
		Name: Sample, Title: text.New("Policy review", "Überprüfung der Leitlinie"), Clauses: []string{"5.2", "9.3"},
		Scope: OfOrganisation, Grain: calendar.Day, Starters: []person.Role{person.ProcessOwner}, Interval: "day -1 of year",
		Steps: []Step{{
			Name: PolicyStatement, Many: true, Title: text.New("What is done for the policy", "Was für die Leitlinie getan wird"), Kind: task.Supply, For: task.Persons,
			Fields: []task.Field{field("statement", "Statement", "Stellungnahme", task.TextField, true), staff, share,
				field("evidence", "Evidence", "Nachweis", task.FileField, false)},
			Timing: task.Timing{Days: 5, Remind: 2, Escalate: 1},
		}, {
			Name: PolicyRecord, Many: true, Title: text.New("Inspection", "Begehung"), Kind: task.Record, For: task.Holders, Role: person.Auditor,
			Fields: []task.Field{field("at", "Begun at", "Begonnen am", task.InstantField, true), field("took", "Duration", "Dauer", task.DurationField, true),
				field("guide", "Guided by", "Begleitet von", task.PersonField, false), result},
		}, {
			Name: PolicyRead, Many: true, Title: text.New("Policy read", "Leitlinie gelesen"), Kind: task.Acknowledge, For: task.Persons,
			Timing: task.Timing{Days: 2, Remind: 1, EscalateTo: task.Approvers},
		}, {
			Name: PolicyCheck, Many: true, Title: text.New("Does the inspection's result hold?", "Trifft das Ergebnis der Begehung zu?"), Kind: task.Check,
			For: task.Holders, Role: person.Auditor, Apart: PolicyRecord,
		}, approval(publishes())},
	}}
}
