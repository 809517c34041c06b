//go:build sample

package activities

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/workflows"
)

// How many are asked for what at once, before the checks and the approval.
const (
	policyStatements  = 20
	policyInspections = 20
	policyReaders     = 10
	policyChecks      = 5
)

// policyFrozen is what a round stands on: the organisation as it is declared.
type policyFrozen struct {
	About resource.Ref `json:"about"`
	At    time.Time    `json:"at"`
}

// Basis implements store.Grounded.
func (f policyFrozen) Basis() task.Basis { return task.Basis{About: f.About, At: f.At} }

// PolicyReviewCollect freezes what a round stands on, and so begins it.
func (s *Set) PolicyReviewCollect(ctx context.Context, st run.Step) (struct{}, error) {
	_, err := freeze(ctx, s, st, func(run.Input) (policyFrozen, error) {
		scope, err := s.store.ScopeOfRun(ctx, st.Run)
		return policyFrozen{About: scope.About, At: s.now()}, err
	})
	return struct{}{}, err
}

// PolicyReviewDraft asks for statements, inspections and readers, then has
// some inspections checked, and drafts what was answered.
func (s *Set) PolicyReviewDraft(ctx context.Context, st run.Step) (workflows.Drafted, error) {
	if err := s.store.Enter(ctx, st, run.Drafting); err != nil {
		return workflows.Drafted{}, err
	}
	return s.draft(ctx, st, func() (content, error) {
		r, err := s.store.Run(ctx, st.Run)
		if err != nil {
			return content{}, err
		}
		answers := map[string]task.Decision{} // of the round, by step
		for _, d := range r.Decisions {
			if d.Round == st.Round {
				_, step, _ := strings.Cut(d.Task, fmt.Sprintf("~%d.", st.Round))
				answers[step] = d
			}
		}
		switch {
		case answers[process.PolicyStatement+"-1"].Task == "":
			return content{ask: policyQuestions()}, nil
		case answers[process.PolicyCheck+"-1"].Task == "":
			return content{ask: checksOf(answers)}, nil
		}
		return content{Document: policyDocument(r, answers)}, nil
	})
}

// several makes so many questions of one step.
func several(step string, n int, add func(int, *task.Question)) []task.Question {
	all := make([]task.Question, n)
	for i := range all {
		all[i].Step = fmt.Sprintf("%s-%d", step, i+1)
		add(i, &all[i])
	}
	return all
}

// policyQuestions are those that are asked at once.
func policyQuestions() []task.Question {
	named := func(i int, q *task.Question) {
		q.Persons = []string{fmt.Sprintf("person-%d", i+1), fmt.Sprintf("person-%d", i%policyReaders+1)}
	}
	return slices.Concat(several(process.PolicyStatement, policyStatements, named),
		several(process.PolicyRecord, policyInspections, func(i int, q *task.Question) {
			q.Title = text.F("Inspection %d", "Begehung %d", i+1)
		}),
		several(process.PolicyRead, policyReaders, named))
}

// checksOf asks whether some of the inspections hold, as they were recorded.
func checksOf(answers map[string]task.Decision) []task.Question {
	return several(process.PolicyCheck, policyChecks, func(i int, q *task.Question) {
		of := answers[fmt.Sprintf("%s-%d", process.PolicyRecord, i+1)]
		q.Basis = of.Answer()
		q.Text = text.F("Recorded by %s: %s.", "Eingetragen von %s: %s.", of.Person, of.Fields.Text("result"))
	})
}

// policyDocument lists what was answered in a round, by step.
func policyDocument(r run.Run, answers map[string]task.Decision) report.Document {
	w := report.Write(report.Document{Run: r.ID, Process: process.Sample, Scope: r.Scope, Period: r.Period, From: r.Created, To: r.Created, Zone: "UTC",
		Title: text.New("Policy review", "Überprüfung der Leitlinie"), Subject: text.Same(r.Scope), Figures: []report.Figure{}, ComputedAt: r.Created})
	t := w.Section("Answers", "Antworten").Table("", "").Left("Step", "Schritt").Left("Person", "Person").Left("Answer", "Antwort").Left("Fields", "Felder")
	for _, step := range slices.Sorted(maps.Keys(answers)) {
		d := answers[step]
		var fields []string
		for _, name := range slices.Sorted(maps.Keys(d.Fields)) {
			fields = append(fields, name+"="+string(d.Fields[name]))
		}
		t.Row(report.Name(d.Task), report.Name(d.Person), report.Words(d.Outcome.Title()), report.Name(strings.Join(fields, ", ")))
	}
	return w.Document()
}
