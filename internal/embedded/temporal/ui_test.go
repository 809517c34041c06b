package temporal_test

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"turnus/internal/embedded/temporal"
)

// The Web UI shows a run, and whatever is sent through it changes nothing,
// whatever the run is called.
func TestUIShowsAndChangesNothing(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "turnus-temporal-")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	require.NoError(t, os.Chmod(dir, 0o711))
	e := up(t, dir)
	defer e.down(t)
	ui, err := temporal.StartUI(e.server.Address(), "turnus", 0)
	require.NoError(t, err)
	defer ui.Stop(t.Context())
	require.True(t, strings.HasPrefix(ui.Address(), "127.0.0.1:"))

	ask := func(method, path, host string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+ui.Address()+path, strings.NewReader("{}"))
		require.NoError(t, err)
		if host != "" {
			r.Host = host
		}
		a, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer a.Body.Close()
		b, err := io.ReadAll(a.Body)
		require.NoError(t, err)
		return a.StatusCode, string(b)
	}
	status, page := ask("GET", "/namespaces/turnus/workflows", "")
	require.Equal(t, 200, status)
	require.Contains(t, page, "<html")
	status, settings := ask("GET", "/api/v1/settings", "localhost")
	require.Equal(t, 200, status)
	require.Contains(t, settings, `"DisableWriteActions":true`)

	for _, id := range []string{"patient", "sla-report/query/2026-10"} {
		_, err = e.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: "q"}, hello, "patient")
		require.NoError(t, err)
		run := "/api/v1/namespaces/turnus/workflows/" + url.PathEscape(id)
		status, shown := ask("GET", run, "")
		require.Equal(t, 200, status, shown)
		require.Contains(t, shown, id)
		for _, deed := range []string{"/terminate", "/cancel", "/signal/go", "/reset", "/update/decide", "/pause"} {
			for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
				status, _ := ask(method, run+deed, "")
				require.Equal(t, http.StatusMethodNotAllowed, status, "%s %s", method, deed)
			}
		}
		status, answer := ask("POST", run+"/query/__stack_trace", "")
		require.Equal(t, 200, status, answer)
		seen, err := e.client.DescribeWorkflowExecution(t.Context(), id, "")
		require.NoError(t, err)
		require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, seen.GetWorkflowExecutionInfo().GetStatus())
	}
	status, _ = ask("DELETE", "/api/v1/namespaces/turnus", "")
	require.Equal(t, http.StatusMethodNotAllowed, status)
	status, _ = ask("GET", "/api/v1/settings", "turnus.example.org")
	require.Equal(t, http.StatusMisdirectedRequest, status, "names that merely resolve to loopback")
	status, _ = ask("GET", "/api/v1/releases", "")
	require.Equal(t, http.StatusNotFound, status, "it asks nobody on the net")
}
