package temporal_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
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
	ui, err := temporal.StartUI(e.server, temporal.UIConfig{Where: "/the/file", Hidden: regexp.MustCompile(`pass_[0-9A-Za-z_-]{16,}`)})
	require.NoError(t, err)
	defer ui.Stop(t.Context())
	require.True(t, strings.HasPrefix(ui.Address(), "127.0.0.1:"))

	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(method, address, host string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader("{}"))
		require.NoError(t, err)
		if host != "" {
			r.Host = host
		}
		a, err := browser.Do(r)
		require.NoError(t, err)
		defer a.Body.Close()
		b, err := io.ReadAll(a.Body)
		require.NoError(t, err)
		return a, string(b)
	}
	ask := func(method, path, host string) (int, string) {
		t.Helper()
		a, body := send(method, "http://"+ui.Address()+path, host)
		return a.StatusCode, body
	}

	// Without the secret nothing is shown; with it, a cookie takes its place.
	for _, path := range []string{"/", "/?secret=", "/?secret=guessed", "/namespaces/turnus/workflows", "/api/v1/settings", "/api/v1/namespaces/turnus/workflows", "/_app/version.json"} {
		status, said := ask("GET", path, "")
		require.Equal(t, http.StatusUnauthorized, status, path)
		require.Contains(t, said, "/the/file")
		require.NotContains(t, said, "<")
	}
	address, err := url.Parse(ui.URL())
	require.NoError(t, err)
	secret := address.Query().Get("secret")
	require.GreaterOrEqual(t, len(secret), 26, "128 bits")
	status, _ := ask("GET", "/api/v1/settings?secret="+secret, "")
	require.Equal(t, http.StatusUnauthorized, status, "only a person's first page takes it")
	entered, _ := send("GET", ui.URL(), "")
	require.Equal(t, http.StatusSeeOther, entered.StatusCode)
	require.Equal(t, "/", entered.Header.Get("Location"))
	require.Equal(t, "no-referrer", entered.Header.Get("Referrer-Policy"))
	cookie := entered.Cookies()[0]
	require.True(t, cookie.HttpOnly && cookie.SameSite == http.SameSiteStrictMode && cookie.Path == "/")
	require.Contains(t, cookie.Name, address.Port(), "another installation on this machine has another")
	browser.Jar, err = cookiejar.New(nil)
	require.NoError(t, err)
	browser.Jar.SetCookies(address, []*http.Cookie{{Name: cookie.Name, Value: "guessed"}})
	status, _ = ask("GET", "/", "")
	require.Equal(t, http.StatusUnauthorized, status)
	browser.Jar.SetCookies(address, entered.Cookies())
	status, page := ask("GET", "/namespaces/turnus/workflows", "")
	require.Equal(t, 200, status)
	require.Contains(t, page, "<html")
	status, settings := ask("GET", "/api/v1/settings", "")
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

	// A pass that was signalled, or given to a workflow, is never shown,
	// wherever it stands in what Temporal answers.
	const pass, hidden = "pass_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY", "pass_***************"
	const id = "sla-report/payments/2026-10"
	run, err := e.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: "q", StaticSummary: "with " + pass,
		Memo: map[string]any{"pass": pass}}, hello, "patient")
	require.NoError(t, err)
	require.NoError(t, e.client.SignalWorkflow(t.Context(), id, "", "decide", map[string]string{"task": "t", "pass": pass}))
	require.NoError(t, e.client.SignalWorkflow(t.Context(), id, "", "decide "+pass, []byte("binary "+pass)))
	require.NoError(t, e.client.SignalWorkflow(t.Context(), id, "", "go", pass))
	var answer string
	require.NoError(t, run.Get(t.Context(), &answer))
	require.Equal(t, "hello patient "+pass, answer)
	at := "/api/v1/namespaces/turnus/workflows/" + url.PathEscape(id)
	for _, path := range []string{at, at + "/history", at + "/history-reverse", at + "/run/" + run.GetRunID() + "/history.json", "/api/v1/namespaces/turnus/workflows"} {
		status, shown := ask("GET", path, "")
		require.Equal(t, 200, status, shown)
		// What stands in payloads is base64, of which what it decodes to counts.
		plain := shown + string(base64Text.ReplaceAllFunc([]byte(shown), func(b []byte) []byte {
			decoded, err := base64.StdEncoding.DecodeString(string(bytes.Trim(b, `"`)))
			if err != nil {
				return b
			}
			return decoded
		}))
		require.False(t, strings.Contains(plain, "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY"), path)
		require.Contains(t, plain, hidden, path)
		if strings.Contains(path, "history") {
			require.Contains(t, plain, `{"pass":"`+hidden)
			require.Contains(t, plain, "binary "+hidden)
		}
	}
}

// base64Text is a text of JSON that may be base64.
var base64Text = regexp.MustCompile(`"[0-9A-Za-z+/]+=*"`)
