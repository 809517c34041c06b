package workflows_test

import (
	"io"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	sdklog "go.temporal.io/sdk/log"

	"turnus/activities"
	"turnus/internal/pgtest"
	"turnus/itsm/process"
	"turnus/workflows"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func quiet() sdklog.Logger {
	return sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))
}

func cutAgreement(s string) (string, string, bool) {
	i := strings.LastIndex(s, "---")
	return s[:i], s[i:], i >= 0
}

// Each process of the catalogue has a workflow that runs it, and no other has.
func TestProcessesHaveWorkflows(t *testing.T) {
	var listed, run []string
	for _, p := range process.Catalogue() {
		listed = append(listed, p.Name)
	}
	for _, p := range workflows.Catalogue() {
		run = append(run, p.Name)
		require.NotNil(t, p.Workflow, p.Name)
	}
	require.ElementsMatch(t, listed, run)
}

// Every handle of the catalogue is served by a method of activities.Set with
// its name and types, and every method is some handle's.
func TestHandlesAreServed(t *testing.T) {
	served := map[string]bool{}
	set := reflect.TypeOf(&activities.Set{})
	for _, h := range workflows.Handles() {
		m, ok := set.MethodByName(h.Name())
		require.True(t, ok, "activities.Set has no method %s", h.Name())
		in, out := h.Types()
		require.Equal(t, reflect.TypeOf(in), m.Type.In(2), h.Name())
		require.Equal(t, reflect.TypeOf(out), m.Type.Out(0), h.Name())
		served[h.Name()] = true
	}
	for i := range set.NumMethod() {
		require.True(t, served[set.Method(i).Name], "no process calls %s", set.Method(i).Name)
	}
}
