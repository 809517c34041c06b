package temporal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	uiapi "github.com/temporalio/ui-server/v2/server/api"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/route"
	"github.com/temporalio/ui-server/v2/ui"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// UI is Temporal's Web UI on a loopback port: it shows, and changes nothing.
type UI struct {
	server  *http.Server
	conn    *grpc.ClientConn
	address string
	guard   guard
}

// UIConfig says what the Web UI needs.
type UIConfig struct {
	Port   int            // on loopback; 0: one that is free
	Where  string         // where its URL will stand, for those who come without the secret
	Hidden *regexp.Regexp // what it must not show, as in pass_…: the part behind the first _ is masked
}

// StartUI serves the Web UI of a server, on loopback. Its own server isn't
// used: that ends the process when it can't listen, lets some write actions
// through (see readOnly), asks the net for news, and reads its certificate
// once.
func StartUI(s *Server, c UIConfig) (*UI, error) {
	cfg, err := uiconfig.NewConfigProviderWithRefresh(&uiconfig.Config{
		TemporalGRPCAddress: s.Address(), DefaultNamespace: s.namespace,
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
	conn, err := grpc.NewClient(s.Address(), grpc.WithTransportCredentials(credentials.NewTLS(s.clientTLS(webUI))),
		grpc.WithUnaryInterceptor(masking(c.Hidden)), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(largestAnswer)))
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", loopback(c.Port))
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("Temporal's Web UI can't listen on %s (%w): take another port with --ui-port, or switch it off with --ui=false", loopback(c.Port), err)
	}
	u := &UI{conn: conn, address: listener.Addr().String()}
	u.guard = newGuard(u.address, c.Where)
	e := echo.New()
	e.Pre(onlyLocal, middleware.SecureWithConfig(secured), u.guard.middleware, readOnly)
	e.Use(middleware.Recover(), middleware.Gzip())
	answers := e.Group("/api/v1")
	answers.GET("/settings", uiapi.GetSettings(cfg))
	answers.GET("/ui-extensions", uiapi.GetUIExtensions(cfg, nil)) // there are none
	answers.GET(uiapi.WorkflowRawHistoryUrl, uiapi.WorkflowRawHistoryHandler(workflowservice.NewWorkflowServiceClient(conn)))
	answers.Match([]string{http.MethodGet, http.MethodPost}, "/*", uiapi.TemporalAPIHandler(cfg, nil, conn))
	if err := route.SetUIRoutes(e, "", assets, cfg); err != nil {
		return nil, errors.Join(err, listener.Close(), conn.Close())
	}
	u.server = &http.Server{
		Handler: e, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute,
		MaxHeaderBytes: 32 << 10,
	}
	go u.server.Serve(listener) //nolint:errcheck // it ends with Stop
	return u, nil
}

// largestAnswer of Temporal's that the Web UI takes, in bytes.
const largestAnswer = 64 << 20

var secured = middleware.SecureConfig{
	XSSProtection: "0", ContentTypeNosniff: "nosniff", XFrameOptions: "SAMEORIGIN", ReferrerPolicy: "same-origin",
}

// URL is the address that lets in whoever opens it: it holds the secret.
func (u *UI) URL() string {
	return (&url.URL{Scheme: "http", Host: u.address, Path: "/", RawQuery: url.Values{secretParam: {u.guard.secret}}.Encode()}).String()
}

// Address is where the UI listens, as host:port on loopback.
func (u *UI) Address() string { return u.address }

// Stop ends the UI; what it was answering is cut off when ctx ends.
func (u *UI) Stop(ctx context.Context) error {
	err := u.server.Shutdown(ctx)
	if err != nil {
		err = u.server.Close()
	}
	return errors.Join(err, u.conn.Close())
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
// sla-report/query/2026-10.
func readOnly(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodPost && isQuery(r.URL.EscapedPath()) {
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
