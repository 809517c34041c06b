package activities

import (
	"context"
	"slices"
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

// asked is what the owner is asked about in one round.
type asked struct {
	findings []report.Finding  // for cause and measure of each
	found    int               // that there are
	evidence []report.Evidence // for what each says about a continuity plan
}

// askedAbout are of all findings those that one task has room for beside the
// evidence: nobody answers more, and the report has all of them.
func askedAbout(findings []report.Finding, evidence []report.Evidence) asked {
	return asked{findings[:min(len(findings), (task.MaxFields-len(evidence))/3)], len(findings), evidence}
}

// owners is what the owner answered in a round, or the question that asks for it.
type owners struct {
	answers  []report.Answer
	evidence []report.Evidence
	ask      []task.Question
}

// ownersPart gives what the owner said in this round to what was found, and what
// they decided of evidence, or the question that asks for it, with what they said
// the last time. Where there is nothing to ask nobody is asked.
func (s *Set) ownersPart(ctx context.Context, st run.Step, findings []report.Finding, evidence []report.Evidence) (owners, error) {
	asked := askedAbout(findings, evidence)
	if len(asked.findings)+len(asked.evidence) == 0 {
		return owners{}, nil
	}
	said, err := s.store.Decision(ctx, run.TaskID(st.Run, st.Round, process.Findings))
	if err != nil {
		return owners{}, err
	}
	if said != nil {
		return owners{answers: asked.answers(*said), evidence: asked.decided(*said)}, nil
	}
	var before task.Values
	for round := st.Round - 1; round > 0 && before == nil; round-- {
		d, err := s.store.Decision(ctx, run.TaskID(st.Run, round, process.Findings))
		if err != nil {
			return owners{}, err
		}
		if d != nil {
			before = d.Fields
		}
	}
	return owners{ask: []task.Question{asked.question(before)}}, nil
}

// question asks for cause and measure of each finding, or why there is none, and
// for what each outage says about a continuity plan.
func (a asked) question(before task.Values) task.Question {
	q := task.Question{Step: process.Findings}
	var texts []text.Text
	if a.found > 0 {
		texts = append(texts, text.N(a.found,
			text.New("The figures of this period give one finding. Give its cause and the measure taken, or say why there is none.",
				"Die Zahlen dieser Periode ergeben einen Befund. Ursache und Maßnahme angeben oder begründen, warum es keine gibt."),
			text.F("The figures of this period give %d findings. Give the cause of each and the measure taken, or say why there is none.",
				"Die Zahlen dieser Periode ergeben %d Befunde. Zu jedem Ursache und Maßnahme angeben oder begründen, warum es keine gibt.", a.found)))
	}
	if len(a.evidence) > 0 {
		texts = append(texts, text.New("Outages that ended in this period may prove, or disprove, what a continuity plan of the service agrees. Decide what each says.",
			"Ausfälle, die in dieser Periode endeten, können belegen oder widerlegen, was ein Notfallplan des Service vorgibt. Zu jedem entscheiden, was er aussagt."))
	}
	q.Text = text.Join(append(texts, text.New("The report is drafted with it.", "Der Bericht wird damit erstellt.")), " ")
	for _, f := range a.findings {
		name := fieldOf(f.Key)
		add := func(part, unless string, required bool, title, help text.Text) {
			q.Fields = append(q.Fields, task.Field{Name: name + part, Title: title, Help: help, Type: task.TextField, Required: required, Unless: unless, Value: before[name+part]})
		}
		add(causeOf, name+noneFor, true, text.F("%s: cause", "%s: Ursache", f.Title), f.Detail)
		add(measureOf, name+noneFor, true, text.F("%s: measure", "%s: Maßnahme", f.Title), text.Text{})
		add(noneFor, "", false, text.F("%s: why there is no measure", "%s: Warum es keine Maßnahme gibt", f.Title),
			text.New("Instead of cause and measure.", "Anstelle von Ursache und Maßnahme."))
	}
	for _, e := range a.evidence {
		option := func(s report.Says) task.Option { return task.Option{Value: string(s), Title: s.Title()} }
		name := evidenceOf(e)
		f := task.Field{Name: name, Type: task.ChoiceField, Required: true,
			Title: text.F("%s: what it says about the continuity plan %s", "%s: Was er über den Notfallplan %s aussagt", e.Title, e.Called),
			Help: text.F("It lasted %[1]s; version %[2]d of the plan agrees a recovery time (RTO) of %[3]s at most. Taken alone, it %[4]s. It says nothing where the service wasn't recovered by the plan.",
				"Dauer: %[1]s. Version %[2]d des Plans gibt eine Wiederanlaufzeit (RTO) von höchstens %[3]s vor. Für sich genommen gilt: Der Ausfall %[4]s. Er sagt nichts aus, wenn der Service nicht nach dem Plan wiederhergestellt wurde.",
				report.Lasting(e.Seconds), e.Version, e.Agreed(), e.Says.Title()),
			Options: []task.Option{option(e.Says), option(report.SaysNothing)}}
		// What the length said before, it may not say any more.
		if slices.ContainsFunc(f.Options, func(o task.Option) bool { return o.Value == before.Text(name) }) {
			f.Value = before[name]
		}
		q.Fields = append(q.Fields, f)
	}
	return q
}

// answers are what the owner said to each finding.
func (a asked) answers(d task.Decision) []report.Answer {
	var all []report.Answer
	for _, f := range a.findings {
		name := fieldOf(f.Key)
		all = append(all, report.Answer{Key: f.Key, Title: f.Title, Cause: d.Fields.Text(name + causeOf), Measure: d.Fields.Text(name + measureOf),
			None: d.Fields.Text(name + noneFor), By: d.Person, At: d.At.UTC()})
	}
	return all
}

// decided is what the owner decided of evidence.
func (a asked) decided(d task.Decision) []report.Evidence {
	var all []report.Evidence
	at := d.At.UTC()
	for _, e := range a.evidence {
		e.Decided, e.By, e.At = report.Says(d.Fields.Text(evidenceOf(e))), d.Person, &at
		all = append(all, e)
	}
	return all
}

// fieldOf is what the names of a finding's fields begin with.
func fieldOf(key string) string { return strings.ReplaceAll(key, "/", ".") }

// evidenceOf is the name of the field that asks for what an outage says about a
// plan.
func evidenceOf(e report.Evidence) string { return fieldOf(e.Outage) + ".plan." + e.Plan }
