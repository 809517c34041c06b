package workflows_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"turnus/workflows"
)

// What a released workflow did in a recorded history it does again. Histories
// are recorded with `go test ./cmd/turnus -run Histories -record`, and never
// anew once a version is released.
func TestRecordedHistoriesAreReplayed(t *testing.T) {
	for _, p := range workflows.Catalogue() {
		r := worker.NewWorkflowReplayer()
		r.RegisterWorkflowWithOptions(p.Workflow, workflow.RegisterOptions{Name: p.Name})
		files, err := filepath.Glob(filepath.Join("testdata", "histories", p.Name, "*.json"))
		require.NoError(t, err)
		require.NotEmpty(t, files, "the process %s has no recorded history", p.Name)
		for _, f := range files {
			require.NoError(t, r.ReplayWorkflowHistoryFromJSONFile(quiet(), f), f)
		}
	}
}
