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
// are recorded with `go test ./cmd/turnus -run Histories -record 2`, beside
// those that are there, and never anew: each is what some version did.
func TestRecordedHistoriesAreReplayed(t *testing.T) {
	released := map[string]any{workflows.PlanKeepingName: workflows.PlanKeeping, workflows.WakingName: workflows.Waking}
	for _, p := range workflows.Catalogue() {
		if p.Name != neverReleased {
			released[p.Name] = p.Workflow
		}
	}
	for name, w := range released {
		r := worker.NewWorkflowReplayer()
		r.RegisterWorkflowWithOptions(w, workflow.RegisterOptions{Name: name})
		files, err := filepath.Glob(filepath.Join("testdata", "histories", name, "*.json"))
		require.NoError(t, err)
		require.NotEmpty(t, files, "%s has no recorded history", name)
		for _, f := range files {
			require.NoError(t, r.ReplayWorkflowHistoryFromJSONFile(quiet(), f), f)
		}
	}
}
