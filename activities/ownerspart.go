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
	planOf    = ".plan." // and the plan's name
)

// asked is what the owner is asked about in one round.
type asked struct {
	findings []report.Finding
	all      int  // that there are
	review   bool // for cause and measure of each, and not only what outages say about continuity plans
}

// askedAbout are of all findings those that one task has room for: nobody answers
// more, and the report has all of them.
func askedAbout(found []report.Finding, review bool) asked {
	a := asked{review: review}
	fields := 0
	for _, f := range found {
		if !review && len(f.Plans) == 0 {
			continue
		}
		a.all++
		if fields += len(a.fields(f, nil)); fields <= task.MaxFields {
			a.findings = append(a.findings, f)
		}
	}
	return a
}

// ownersPart gives what the owner said in this round to what was found, or the
// question that asks for it, with what they said the last time. Where there is
// nothing to ask nobody is asked.
func (s *Set) ownersPart(ctx context.Context, st run.Step, found []report.Finding, review bool) ([]report.Answer, []task.Question, error) {
	asked := askedAbout(found, review)
	if len(asked.findings) == 0 {
		return nil, nil, nil
	}
	said, err := s.store.Decision(ctx, run.TaskID(st.Run, st.Round, process.Findings))
	if err != nil {
		return nil, nil, err
	}
	if said != nil {
		return asked.answers(*said), nil, nil
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
	return nil, []task.Question{asked.question(before)}, nil
}

// question asks for cause and measure of each finding, or why there is none, and
// for what an outage says about continuity plans.
func (a asked) question(before task.Values) task.Question {
	q := task.Question{Step: process.Findings, Text: text.N(a.all,
		text.New("The figures of this period give one finding. Give its cause and the measure taken, or say why there is none. The report is drafted with it.",
			"Die Zahlen dieser Periode ergeben einen Befund. Ursache und Maßnahme angeben oder begründen, warum es keine gibt. Der Bericht wird damit erstellt."),
		text.F("The figures of this period give %d findings. Give the cause of each and the measure taken, or say why there is none. The report is drafted with it.",
			"Die Zahlen dieser Periode ergeben %d Befunde. Zu jedem Ursache und Maßnahme angeben oder begründen, warum es keine gibt. Der Bericht wird damit erstellt.", a.all))}
	if !a.review {
		q.Text = text.New("Outages of this period may prove, or disprove, what a continuity plan of the service agrees. Decide what each says. The report is drafted with it.",
			"Ausfälle dieser Periode können belegen oder widerlegen, was ein Notfallplan des Service vorgibt. Zu jedem entscheiden, was er aussagt. Der Bericht wird damit erstellt.")
	}
	for _, f := range a.findings {
		q.Fields = append(q.Fields, a.fields(f, before)...)
	}
	return q
}

// fields are those that ask about a finding.
func (a asked) fields(f report.Finding, before task.Values) (all []task.Field) {
	name := fieldOf(f)
	add := func(part, unless string, required bool, title, help text.Text) {
		all = append(all, task.Field{Name: name + part, Title: title, Help: help, Type: task.TextField, Required: required, Unless: unless, Value: before[name+part]})
	}
	if a.review {
		add(causeOf, name+noneFor, true, text.F("%s: cause", "%s: Ursache", f.Title), f.Detail)
		add(measureOf, name+noneFor, true, text.F("%s: measure", "%s: Maßnahme", f.Title), text.Text{})
		add(noneFor, "", false, text.F("%s: why there is no measure", "%s: Warum es keine Maßnahme gibt", f.Title),
			text.New("Instead of cause and measure.", "Anstelle von Ursache und Maßnahme."))
	}
	for _, p := range f.Plans {
		option := func(s report.Says) task.Option { return task.Option{Value: string(s), Title: s.Title()} }
		all = append(all, task.Field{Name: name + planOf + p.Plan, Type: task.ChoiceField, Required: true, Value: before[name+planOf+p.Plan],
			Title: text.F("%s: what it says about the continuity plan %s", "%s: Was er über den Notfallplan %s aussagt", f.Title, p.Title),
			Help: text.F("It lasted %[1]s; version %[2]d of the plan agrees a recovery time (RTO) of %[3]s at most. Taken alone, it %[4]s. It says nothing where the service wasn't recovered by the plan.",
				"Dauer: %[1]s. Version %[2]d des Plans gibt eine Wiederanlaufzeit (RTO) von höchstens %[3]s vor. Für sich genommen: %[4]s. Er sagt nichts aus, wenn der Service nicht nach dem Plan wiederhergestellt wurde.",
				report.Lasting(p.Seconds), p.Version, p.Agreed(), p.Says.Title()),
			Options: []task.Option{option(p.Says), option(report.SaysNothing)}})
	}
	return all
}

// answers are what the owner said to each finding.
func (a asked) answers(d task.Decision) []report.Answer {
	var all []report.Answer
	for _, f := range a.findings {
		name := fieldOf(f)
		answer := report.Answer{Key: f.Key, Title: f.Title, Cause: d.Fields.Text(name + causeOf), Measure: d.Fields.Text(name + measureOf),
			None: d.Fields.Text(name + noneFor), By: d.Person, At: d.At.UTC()}
		for _, p := range f.Plans {
			p.Says = report.Says(d.Fields.Text(name + planOf + p.Plan))
			answer.Plans = append(answer.Plans, p)
		}
		all = append(all, answer)
	}
	return all
}

// fieldOf is what the names of a finding's fields begin with.
func fieldOf(f report.Finding) string { return strings.ReplaceAll(f.Key, "/", ".") }
