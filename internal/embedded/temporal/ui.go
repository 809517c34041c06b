package temporal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/route"
	"github.com/temporalio/ui-server/v2/ui"
)

// UI is Temporal's Web UI on a loopback port: it shows, and changes nothing.
type UI struct {
	server  *http.Server
	address string
}

// StartUI serves the Web UI of the Temporal at address, on loopback; port 0
// takes a free one. Its own server isn't used: that ends the process when it
// can't listen, and lets some write actions through (see readOnly).
func StartUI(address, namespace string, port int) (*UI, error) {
	cfg, err := uiconfig.NewConfigProviderWithRefresh(&uiconfig.Config{
		TemporalGRPCAddress: address, DefaultNamespace: namespace,
		EnableUI: true, HideLogs: true, DisableNewsFetch: true,
		DisableWriteActions: true, WorkflowTerminateDisabled: true, WorkflowCancelDisabled: true,
		WorkflowSignalDisabled: true, WorkflowUpdateDisabled: true, WorkflowResetDisabled: true,
		WorkflowPauseDisabled: true, BatchActionsDisabled: true, StartWorkflowDisabled: true, ActivityCommandsDisabled: true,
	})
	if err != nil {
		return nil, err
	}
	assets, err := ui.Assets()
	if err != nil {
		return nil, err
	}
	if assets, err = fs.Sub(assets, "local"); err != nil {
		return nil, err
	}
	e := echo.New()
	e.Pre(onlyLocal, readOnly)
	e.Use(middleware.Recover(), middleware.Gzip(), middleware.Secure())
	if err := errors.Join(route.SetAPIRoutes(e, cfg, nil), route.SetUIRoutes(e, "", assets, cfg)); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", loopback(port))
	if err != nil {
		return nil, fmt.Errorf("Temporal's Web UI can't listen on %s (%w): take another port with --ui-port, or switch it off with --ui=false", loopback(port), err)
	}
	u := &UI{address: listener.Addr().String(), server: &http.Server{
		Handler: e, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute,
		MaxHeaderBytes: 32 << 10,
	}}
	go u.server.Serve(listener) //nolint:errcheck // it ends with Stop
	return u, nil
}

// Address is where the UI listens, as host:port on loopback.
func (u *UI) Address() string { return u.address }

// Stop ends the UI; what it was answering is cut off when ctx ends.
func (u *UI) Stop(ctx context.Context) error {
	if err := u.server.Shutdown(ctx); err != nil {
		return u.server.Close()
	}
	return nil
}

// onlyLocal refuses names that merely resolve to loopback: through one of its
// own, a page somewhere on the net could read what the UI shows.
func onlyLocal(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		host := c.Request().Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if ip := net.ParseIP(strings.Trim(host, "[]")); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return echo.NewHTTPError(http.StatusMisdirectedRequest, "ask for 127.0.0.1 or localhost")
		}
		return next(c)
	}
}

// readOnly refuses whatever isn't reading. The UI's own switch looks for
// "/query/" in the unescaped path, which a workflow's ID may hold, as in
// sla-report/query/2026-10; and its news come from the net.
func readOnly(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		switch {
		case r.URL.Path == "/api/v1/releases":
			return echo.ErrNotFound
		case r.Method == http.MethodGet, r.Method == http.MethodHead, r.Method == http.MethodPost && isQuery(r.URL.EscapedPath()):
			return next(c)
		}
		return echo.NewHTTPError(http.StatusMethodNotAllowed, "this view changes nothing: decide and cancel through Turnus")
	}
}

// isQuery says whether a path asks a workflow for something, as its call stack:
// /api/v1/namespaces/N/workflows/ID/query/TYPE.
func isQuery(escaped string) bool {
	p := strings.Split(escaped, "/")
	return len(p) == 9 && p[1] == "api" && p[2] == "v1" && p[3] == "namespaces" && p[5] == "workflows" && p[7] == "query"
}
