//go:build sample

package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"turnus/itsm/process"
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

// PolicyReviewDraft asks for statements, inspections and readers, then has
// some inspections checked, and drafts what was answered.
func (s *Set) PolicyReviewDraft(ctx context.Context, st run.Step) (workflows.Drafted, error) {
	r, err := s.store.Run(ctx, st.Run)
	if err != nil {
		return workflows.Drafted{}, err
	}
	answers := map[string]task.Decision{}
	for _, d := range r.Decisions {
		if d.Round == st.Round {
			_, step, _ := strings.Cut(d.Task, fmt.Sprintf("~%d.", st.Round))
			answers[step] = d
		}
	}
	var ask []task.Question
	several := func(step string, n int, add func(int, *task.Question)) {
		for i := range n {
			q := task.Question{Step: fmt.Sprintf("%s-%d", step, i+1)}
			add(i, &q)
			ask = append(ask, q)
		}
	}
	switch {
	case answers[process.PolicyStatement+"-1"].Task == "":
		named := func(i int, q *task.Question) {
			q.Persons = []string{fmt.Sprintf("person-%d", i+1), fmt.Sprintf("person-%d", i%policyReaders+1)}
		}
		several(process.PolicyStatement, policyStatements, named)
		several(process.PolicyRecord, policyInspections, func(i int, q *task.Question) {
			q.Title = text.F("Inspection %d", "Begehung %d", i+1)
		})
		several(process.PolicyRead, policyReaders, named)
		return workflows.Drafted{Ask: ask}, nil
	case answers[process.PolicyCheck+"-1"].Task == "":
		several(process.PolicyCheck, policyChecks, func(i int, q *task.Question) {
			of := answers[fmt.Sprintf("%s-%d", process.PolicyRecord, i+1)]
			q.Basis = of.Hash
			q.Text = text.F("Recorded by %s: %s.", "Eingetragen von %s: %s.", of.Person, of.Fields.Text("result"))
		})
		return workflows.Drafted{Ask: ask}, nil
	}
	return s.draft(ctx, st, func() (content, error) {
		w := report.Write(report.Document{Run: st.Run, Process: process.Sample, Scope: r.Scope, Period: r.Period, From: r.Created, To: r.Created, Zone: "UTC",
			Title: text.New("Policy review", "Überprüfung der Leitlinie"), Subject: text.Same(r.Scope), Figures: []report.Figure{}, ComputedAt: r.Created})
		t := w.Section("Answers", "Antworten").Table("", "").Left("Step", "Schritt").Left("Person", "Person").Left("Answer", "Antwort").Left("Fields", "Felder")
		for _, d := range r.Decisions {
			if d.Round != st.Round {
				continue
			}
			var fields []string
			for name, value := range d.Fields {
				fields = append(fields, name+"="+string(value))
			}
			slices.Sort(fields)
			t.Row(report.Name(d.Task), report.Name(d.Person), report.Words(d.Outcome.Title()), report.Name(strings.Join(fields, ", ")))
		}
		return content{Document: w.Document()}, nil
	})
}
