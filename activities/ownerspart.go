package activities

import (
	"context"
	"strings"

	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

// What the owner is asked about each finding: the last part of its fields' names.
const (
	causeOf   = ".cause"
	measureOf = ".measure"
	noneFor   = ".none"
)

// maxAsked is how many findings the owner is asked about in one round: nobody
// answers more, and the report has all of them.
const maxAsked = task.MaxFields / 3

// ownersPart gives what the owner said in this round to what was found, or the
// question that asks for it, with what they said the last time. Where nothing
// was found nobody is asked.
func (s *Set) ownersPart(ctx context.Context, st run.Step, found []report.Finding) ([]report.Answer, []task.Question, error) {
	if len(found) == 0 {
		return nil, nil, nil
	}
	asked := found[:min(len(found), maxAsked)]
	said, err := s.store.Decision(ctx, run.TaskID(st.Run, st.Round, process.Findings))
	if err != nil {
		return nil, nil, err
	}
	if said != nil {
		return answersTo(asked, *said), nil, nil
	}
	var before task.Values
	for round := st.Round - 1; round > 0 && before == nil; round-- {
		d, err := s.store.Decision(ctx, run.TaskID(st.Run, round, process.Findings))
		if err != nil {
			return nil, nil, err
		}
		if d != nil {
			before = d.Fields
		}
	}
	return nil, []task.Question{questionAbout(asked, len(found), before)}, nil
}

// questionAbout asks for cause and measure of each finding, or why there is none.
func questionAbout(asked []report.Finding, found int, before task.Values) task.Question {
	q := task.Question{Step: process.Findings, Text: text.N(found,
		text.New("The figures of this period give one finding. Give its cause and the measure taken, or say why there is none. The report is drafted with it.",
			"Die Zahlen dieser Periode ergeben einen Befund. Ursache und Maßnahme angeben oder begründen, warum es keine gibt. Der Bericht wird damit erstellt."),
		text.F("The figures of this period give %d findings. Give the cause of each and the measure taken, or say why there is none. The report is drafted with it.",
			"Die Zahlen dieser Periode ergeben %d Befunde. Zu jedem Ursache und Maßnahme angeben oder begründen, warum es keine gibt. Der Bericht wird damit erstellt.", found))}
	for _, f := range asked {
		name := fieldOf(f)
		add := func(part, unless string, required bool, title, help text.Text) {
			q.Fields = append(q.Fields, task.Field{Name: name + part, Title: title, Help: help, Type: task.TextField, Required: required, Unless: unless, Value: before[name+part]})
		}
		add(causeOf, name+noneFor, true, text.F("%s: cause", "%s: Ursache", f.Title), f.Detail)
		add(measureOf, name+noneFor, true, text.F("%s: measure", "%s: Maßnahme", f.Title), text.Text{})
		add(noneFor, "", false, text.F("%s: why there is no measure", "%s: Warum es keine Maßnahme gibt", f.Title),
			text.New("Instead of cause and measure.", "Anstelle von Ursache und Maßnahme."))
	}
	return q
}

// answersTo are what the owner said to each finding.
func answersTo(asked []report.Finding, d task.Decision) []report.Answer {
	var all []report.Answer
	for _, f := range asked {
		name := fieldOf(f)
		all = append(all, report.Answer{Key: f.Key, Title: f.Title, Cause: d.Fields.Text(name + causeOf), Measure: d.Fields.Text(name + measureOf),
			None: d.Fields.Text(name + noneFor), By: d.Person, At: d.At.UTC()})
	}
	return all
}

// fieldOf is what the names of a finding's fields begin with.
func fieldOf(f report.Finding) string { return strings.ReplaceAll(f.Key, "/", ".") }
