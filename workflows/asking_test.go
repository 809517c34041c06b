package workflows_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/workflows"
)

// Where one of several questions can't be asked, nobody has to answer the
// others before the run says so.
func TestWhatCannotBeAskedEndsTheRunAtOnce(t *testing.T) {
	for name, bad := range map[string]task.Question{
		"a step that the process doesn't have": {Step: "unheard-of"},
		"the same step twice":                  {Step: process.Findings},
		"a field that can't be asked for":      {Step: process.Changes, Fields: []task.Field{{Name: "x", Type: "perhaps"}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, false, organisation)
			h.env.OnActivity("SLAReportDraft", mock.Anything, mock.Anything).Return(func(context.Context, run.Step) (workflows.Drafted, error) {
				return workflows.Drafted{Ask: []task.Question{{Step: process.Findings}, bad}}, nil
			})
			r := h.run()
			require.Error(t, h.env.GetWorkflowError())
			require.Equal(t, run.Failed, r.State)
			require.NotEmpty(t, r.Outcome.De)
			for _, a := range r.Tasks {
				require.Equal(t, task.Closed, a.State)
			}
		})
	}
}
