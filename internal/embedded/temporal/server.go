// Package temporal runs a Temporal server inside this process: the one that
// `turnus up` brings along. All four services listen on loopback ports and
// speak mutual TLS, with certificates that it makes and renews (keys.go); what
// a certificate may call is in rights.go. State lies in the databases temporal
// and temporal_visibility of the PostgreSQL given, and Temporal's HTTP API is
// off. It imports nothing of ours, and only cmd/turnus and the end-to-end
// tests import it, so that no other test links that large server.
//
//	server, err := temporal.Start(ctx, temporal.Config{URL: database.URL, Namespace: "turnus", Dir: dir, Log: log})
//	if err != nil { … }
//	defer server.Stop(ctx)
//	… // connect to server.Address() with the files in dir/temporal-client
package temporal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Retention is how long Temporal keeps a workflow that has ended. What must
// outlive it is in Turnus's own database.
const Retention = 90 * 24 * time.Hour

// renewEvery is how often the clients' certificates are looked at.
const renewEvery = 12 * time.Hour

// Config says where the server keeps its state and what it is for.
type Config struct {
	URL       func(database string) string // address of a database, which the server makes if it isn't there
	Namespace string                       // registered if it isn't there
	Dir       string                       // where the clients' certificates are kept, made if they aren't there
	Port      int                          // of the frontend, on loopback; 0: one that is free

	// SignalGroup is the ID of a group that may read SignalDir; nil: none.
	SignalGroup *int
	// MaySignal says which signal may be sent to which workflow with the
	// certificate in SignalDir; nil: none.
	MaySignal func(workflow, signal string) bool

	Now func() time.Time // of certificates; nil: the clock
	Log *slog.Logger     // nil: silent
}

// Server is a running Temporal server.
type Server struct {
	internal  temporal.Server
	namespace string
	keys      *keys
	ports     []int
	failed    chan error
	stop      sync.Once
	silent    atomic.Bool
	stopping  chan struct{} // closed by Stop
}

// Start starts the server and returns once it accepts work for the namespace.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	k, err := openKeys(cfg.Dir, cfg.SignalGroup, cfg.Now)
	if err != nil {
		return nil, fmt.Errorf("Temporal's certificates can't be kept: %w", err)
	}
	if err := setUp(ctx, cfg); err != nil {
		return nil, fmt.Errorf("Temporal's databases can't be set up: %w", err)
	}
	for attempt := 1; ; attempt++ {
		s, err := launch(cfg, k)
		if err != nil && s != nil && s.internal != nil {
			s.Stop(ctx) //nolint:errcheck // why it didn't start is what counts
		}
		// Between choosing a port and listening on it, somebody may take it.
		if errors.Is(err, syscall.EADDRINUSE) && cfg.Port == 0 && attempt < 5 {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("Temporal doesn't start: %w", err)
		}
		if err := s.register(ctx, cfg.Namespace); err != nil {
			s.Stop(ctx) //nolint:errcheck // why it isn't ready is what counts
			return nil, fmt.Errorf("Temporal doesn't answer: %w", err)
		}
		if err := k.publish(s.Address()); err != nil {
			s.Stop(ctx) //nolint:errcheck // why it isn't ready is what counts
			return nil, fmt.Errorf("Temporal's address can't be written down: %w", err)
		}
		go s.keepRenewing(cfg.Log)
		return s, nil
	}
}

// Address is where the frontend listens, as host:port on loopback.
func (s *Server) Address() string { return loopback(s.ports[0]) }

// keepRenewing renews the clients' certificates in time, until Stop.
func (s *Server) keepRenewing(log *slog.Logger) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.stopping:
			return
		case <-tick.C:
			if err := s.keys.renew(); err != nil {
				log.Warn("the certificates of Temporal's clients can't be renewed; it is tried again", "error", err)
			}
		}
	}
}

// Failed gives the error if the server ends by itself, which nothing but a
// new start of the process repairs. PostgreSQL being away isn't such an error:
// the server goes on when it is back.
func (s *Server) Failed() <-chan error { return s.failed }

// Stop ends the server, or gives up waiting for it when ctx ends; its state is
// in PostgreSQL at any time.
func (s *Server) Stop(ctx context.Context) (err error) {
	done := make(chan error, 1)
	s.stop.Do(func() {
		s.silent.Store(true)
		close(s.stopping)
		go func() { done <- s.internal.Stop() }()
		select {
		case err = <-done:
		case <-ctx.Done():
			err = ctx.Err()
		}
	})
	return err
}

// launch builds and starts the server on ports that are free now.
func launch(cfg Config, k *keys) (*Server, error) {
	ports, err := freePorts(cfg.Port, len(services))
	if err != nil {
		return nil, err
	}
	own, err := newAuthority("Turnus: services of Temporal", cfg.Now)
	if err != nil {
		return nil, err
	}
	s := &Server{namespace: cfg.Namespace, keys: k, ports: ports, failed: make(chan error, 1), stopping: make(chan struct{})}
	logger := newLogger(cfg.Log, s.failed, &s.silent)
	hosts := map[primitives.ServiceName]static.Hosts{}
	for i, name := range services {
		hosts[name] = static.SingleLocalHost(loopback(ports[i]))
	}
	// Where it can't go on, the server logs and expects the process to end.
	// Our logger ends the goroutine only, so it gets one of its own.
	started := make(chan error, 1)
	go func() {
		err := errors.New("it gave up")
		defer func() { started <- err }()
		var server temporal.Server
		server, err = temporal.NewServer(
			temporal.ForServices(temporal.DefaultServices),
			temporal.WithConfig(serverConfig(cfg, ports)),
			temporal.WithDynamicConfigClient(dynamic),
			temporal.WithLogger(logger),
			temporal.WithCustomMetricsHandler(metrics.NoopMetricsHandler),
			// One process, so the members are known: without gossip it is
			// ready at once, and no member of a killed process is waited for.
			temporal.WithStaticHosts(hosts),
			temporal.WithTLSConfigFactory(serverTLS(own, k.clients)),
			temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return mapper{services: own, clients: k.clients} }),
			temporal.WithAuthorizer(rights{namespace: cfg.Namespace, maySignal: cfg.MaySignal}),
		)
		if err != nil {
			return // with an error, what NewServer returns is a nil that isn't nil
		}
		s.internal = server
		err = errors.New("it gave up") // unless Start comes back
		err = server.Start()
	}()
	err = <-started
	select {
	case fatal := <-s.failed:
		return s, fatal
	default:
		return s, err
	}
}

// register makes the namespace and waits until it can be used.
func (s *Server) register(ctx context.Context, namespace string) error {
	c, err := client.NewNamespaceClient(client.Options{
		HostPort: s.Address(), Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
		ConnectionOptions: client.ConnectionOptions{TLS: s.clientTLS(turnus)},
	})
	if err != nil {
		return err
	}
	defer c.Close()
	for {
		err := c.Register(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace:                        namespace,
			WorkflowExecutionRetentionPeriod: durationpb.New(Retention),
			HistoryArchivalState:             enumspb.ARCHIVAL_STATE_DISABLED,
			VisibilityArchivalState:          enumspb.ARCHIVAL_STATE_DISABLED,
		})
		var exists *serviceerror.NamespaceAlreadyExists
		if err == nil || errors.As(err, &exists) {
			if _, err = c.Describe(ctx, namespace); err == nil {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case fatal := <-s.failed:
			return fatal
		case <-time.After(50 * time.Millisecond):
		}
	}
}
