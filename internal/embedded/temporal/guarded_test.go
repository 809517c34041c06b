package temporal_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/server/api/adminservice/v1"
	"go.temporal.io/server/api/historyservice/v1"
	"go.temporal.io/server/api/matchingservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"turnus/internal/embedded/temporal"
)

// method is one of a service's, as it can be called without its client.
type method struct {
	service, name string
	in, out       protoreflect.MessageType
	streams       bool
}

func (m method) path() string { return "/" + m.service + "/" + m.name }

// methods are all that these files' services have, from their descriptors.
func methods(t *testing.T, files ...protoreflect.FileDescriptor) (all []method) {
	t.Helper()
	kind := func(d protoreflect.MessageDescriptor) protoreflect.MessageType {
		k, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
		require.NoError(t, err)
		return k
	}
	for _, f := range files {
		for i := range f.Services().Len() {
			s := f.Services().Get(i)
			for j := range s.Methods().Len() {
				m := s.Methods().Get(j)
				all = append(all, method{service: string(s.FullName()), name: string(m.Name()), in: kind(m.Input()), out: kind(m.Output()),
					streams: m.IsStreamingClient() || m.IsStreamingServer()})
			}
		}
	}
	require.NotEmpty(t, all)
	return all
}

// call calls a method for a namespace and gives the code of its answer; that of
// a stream which isn't permitted comes without one.
func (m method) call(t *testing.T, conn *grpc.ClientConn, namespace string) codes.Code {
	t.Helper()
	err := m.try(t, conn, namespace)
	if m.streams && status.Convert(err).Message() == "Request unauthorized." {
		return codes.PermissionDenied
	}
	return status.Code(err)
}

func (m method) try(t *testing.T, conn *grpc.ClientConn, namespace string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	in, out := m.in.New(), m.out.New()
	fields := m.in.Descriptor().Fields()
	if f := fields.ByName("namespace"); f != nil && f.Kind() == protoreflect.StringKind {
		in.Set(f, protoreflect.ValueOfString(namespace))
	}
	if f := fields.ByName("task_token"); f != nil {
		in.Set(f, protoreflect.ValueOfBytes([]byte("token")))
	}
	if !m.streams {
		return conn.Invoke(ctx, m.path(), in.Interface(), out.Interface())
	}
	s, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, m.path())
	if err != nil {
		return err
	}
	_ = s.SendMsg(in.Interface()) // why it fails the answer says
	return s.RecvMsg(out.Interface())
}

// connect is a connection with the given TLS, or in plain text with none. It
// takes any server: what is tried is whether the server takes the client.
func connect(t *testing.T, address string, c *tls.Config) *grpc.ClientConn {
	t.Helper()
	creds := insecure.NewCredentials()
	if c != nil {
		c = c.Clone()
		c.InsecureSkipVerify = true
		creds = credentials.NewTLS(c)
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(creds))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn
}

// forged is a certificate with a name of ours, of an authority of somebody's.
func forged(t *testing.T, name string) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"Turnus"}, CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// Whoever reaches Temporal's ports gets no further without a certificate, and
// with one only as far as it is made for. One server, many tries.
func TestWhatACertificateIsGoodFor(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "turnus-temporal-")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	require.NoError(t, os.Chmod(dir, 0o711))
	e := up(t, dir)
	defer e.down(t)
	ours, signals, ui := certified(t, dir, temporal.ClientDir), certified(t, dir, temporal.SignalDir), e.server.ClientTLS(temporal.WebUI)
	frontend := e.server.Address()
	service := func(name string, files ...protoreflect.FileDescriptor) []method {
		all := methods(t, files...)
		require.Contains(t, all[0].service, name)
		return all
	}
	workflows := service("WorkflowService", workflowservice.File_temporal_api_workflowservice_v1_service_proto)
	others := slices.Concat(
		service("OperatorService", operatorservice.File_temporal_api_operatorservice_v1_service_proto),
		service("AdminService", adminservice.File_temporal_server_api_adminservice_v1_service_proto),
		service("HistoryService", historyservice.File_temporal_server_api_historyservice_v1_service_proto),
		service("MatchingService", matchingservice.File_temporal_server_api_matchingservice_v1_service_proto),
		service("ServerReflection", reflectionpb.File_grpc_reflection_v1_reflection_proto),
	)
	// Refused, or not served on this port at all.
	refused := []codes.Code{codes.PermissionDenied, codes.Unimplemented}

	t.Run("no port answers whom it doesn't know", func(t *testing.T) {
		health := method{"grpc.health.v1.Health", "Check", (&healthpb.HealthCheckRequest{}).ProtoReflect().Type(), (&healthpb.HealthCheckResponse{}).ProtoReflect().Type(), false}
		require.Equal(t, codes.OK, health.call(t, connect(t, frontend, ours), ""), "who is known is answered")
		tries := map[string]*tls.Config{"plain text": nil, "no certificate": {}}
		for _, name := range []string{"temporal", "turnus", "signal", "web-ui", "temporal-service"} {
			tries["forged "+name] = forged(t, name)
		}
		for i, port := range e.server.Ports() {
			address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
			listens, err := net.Dial("tcp", address)
			require.NoError(t, err)
			listens.Close()
			for name, c := range tries {
				require.Equal(t, codes.Unavailable, health.call(t, connect(t, address, c), ""), "%s on %s", name, address)
			}
			if i == 0 {
				continue
			}
			// History, matching and worker would obey whom they let in.
			for name, c := range map[string]*tls.Config{"Turnus's": ours, "the signals'": signals, "the Web UI's": ui} {
				conn := connect(t, address, c)
				require.Equal(t, codes.Unavailable, health.call(t, conn, ""), "%s on %s", name, address)
				require.Equal(t, codes.Unavailable, others[len(others)-2].call(t, conn, "turnus"), "%s on %s", name, address)
			}
		}
	})

	t.Run("signals decide on runs, and do nothing else", func(t *testing.T) {
		conn := connect(t, frontend, signals)
		for _, m := range append(workflows, others...) {
			code := m.call(t, conn, "turnus")
			switch m.name {
			case "GetSystemInfo":
				require.Equal(t, codes.OK, code)
			default: // SignalWorkflowExecution, too, without a run and a name
				require.Contains(t, refused, code, m.path())
			}
		}
		o := e.options(t)
		o.ConnectionOptions.TLS = signals
		c, err := client.Dial(o) // the SDK's way
		require.NoError(t, err)
		defer c.Close()
		_, err = c.CheckHealth(t.Context(), nil)
		require.NoError(t, err)
		for _, id := range []string{"sla-report/payments/2026-10", "patient"} {
			_, err = e.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: "q"}, hello, "patient")
			require.NoError(t, err)
		}
		require.NoError(t, c.SignalWorkflow(t.Context(), "sla-report/payments/2026-10", "", "decide", "a pass"))
		arrived := e.client.GetWorkflowHistory(t.Context(), "sla-report/payments/2026-10", "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		signalled := 0
		for arrived.HasNext() {
			event, err := arrived.Next()
			require.NoError(t, err)
			if event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED {
				signalled++
			}
		}
		require.Equal(t, 1, signalled)
		schedule, err := e.client.ScheduleClient().Create(t.Context(), client.ScheduleOptions{ID: "a/b/c",
			Action: &client.ScheduleWorkflowAction{ID: "scheduled", TaskQueue: "q", Workflow: hello, Args: []any{"scheduled"}}})
		require.NoError(t, err)
		for _, try := range []struct{ workflow, signal string }{
			{"patient", "decide"}, {"sla-report/payments/2026-10", "go"}, {"", "decide"}, {"sla-report/payments/2026-10", ""},
			{"temporal-sys-scheduler:a/b/c", "decide"}, {"temporal-sys-scheduler:a/b/c", "update"}, {"temporal-sys-scheduler:" + schedule.GetID(), "patch"},
		} {
			require.ErrorContains(t, c.SignalWorkflow(t.Context(), try.workflow, "", try.signal, nil), "unauthorized", "%v", try)
		}
		other := workflowservice.SignalWorkflowExecutionRequest{Namespace: "temporal-system", SignalName: "decide"}
		_, err = workflowservice.NewWorkflowServiceClient(conn).SignalWorkflowExecution(t.Context(), &other)
		require.Equal(t, codes.PermissionDenied, status.Code(err))
		require.NoError(t, schedule.Delete(t.Context()))
	})

	t.Run("signals end nothing, however many and large", func(t *testing.T) {
		o := e.options(t)
		o.ConnectionOptions.TLS = signals
		c, err := client.Dial(o)
		require.NoError(t, err)
		defer c.Close()
		const id = "sla-report/flooded/2026-10"
		_, err = e.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: "q"}, hello, "patient")
		require.NoError(t, err)
		require.NoError(t, c.SignalWorkflow(t.Context(), id, "", "decide", strings.Repeat("\u00e4", 40_000)), "as long as a comment may be")
		require.ErrorContains(t, c.SignalWorkflow(t.Context(), id, "", "decide", strings.Repeat("x", 200_000)), "unauthorized")
		var busy sync.WaitGroup
		for range 8 {
			busy.Go(func() {
				for range 100 {
					_ = c.SignalWorkflow(t.Context(), id, "", "decide", strings.Repeat("x", 125_000)) // refused in the end
				}
			})
		}
		busy.Wait()
		require.ErrorContains(t, c.SignalWorkflow(t.Context(), id, "", "decide", "more"), "limit")
		seen, err := e.client.DescribeWorkflowExecution(t.Context(), id, "")
		require.NoError(t, err)
		require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, seen.GetWorkflowExecutionInfo().GetStatus())
		require.Less(t, seen.GetWorkflowExecutionInfo().GetHistorySizeBytes(), int64(45<<20))
	})

	t.Run("the Web UI reads", func(t *testing.T) {
		conn := connect(t, frontend, ui)
		for _, m := range append(workflows, others...) {
			if !regexp.MustCompile(`^(Get|List|Describe|Count)|^QueryWorkflow$`).MatchString(m.name) || m.service != workflows[0].service && m.name != "ListSearchAttributes" {
				require.Contains(t, refused, m.call(t, conn, "turnus"), m.path())
			}
		}
		for _, m := range workflows {
			switch m.name {
			case "GetSystemInfo", "GetClusterInfo", "ListNamespaces":
				require.Equal(t, codes.OK, m.call(t, conn, ""), m.name)
			case "ListWorkflowExecutions", "CountWorkflowExecutions", "DescribeNamespace", "ListSchedules":
				require.Equal(t, codes.OK, m.call(t, conn, "turnus"), m.name)
				require.Equal(t, codes.PermissionDenied, m.call(t, conn, "temporal-system"), m.name)
			case "GetWorkflowExecutionHistory", "DescribeWorkflowExecution", "QueryWorkflow":
				require.NotContains(t, refused, m.call(t, conn, "turnus"), m.name)
			}
		}
	})

	t.Run("Turnus works on its namespace", func(t *testing.T) {
		conn := connect(t, frontend, ours)
		for _, m := range others {
			require.Contains(t, refused, m.call(t, conn, "turnus"), m.path())
		}
		for _, m := range workflows {
			if m.name != "GetSystemInfo" && m.name != "GetClusterInfo" { // which are of no namespace
				require.Contains(t, refused, m.call(t, conn, "temporal-system"), m.path())
			}
		}
	})

	t.Run("certificates are renewed while it runs", func(t *testing.T) {
		ask := func(c *tls.Config) (shown *x509.Certificate, err error) {
			c = c.Clone()
			c.ServerName, c.NextProtos = "localhost", []string{"h2"}
			c.Time = func() time.Time { return time.Now().Add(time.Duration(e.ahead.Load())) }
			conn, err := tls.Dial("tcp", frontend, c)
			if err != nil {
				return nil, err
			}
			defer conn.Close()
			if _, err = conn.Read(make([]byte, 1)); err != nil { // the server's first frame, or its refusal
				return nil, err
			}
			return conn.ConnectionState().PeerCertificates[0], nil
		}
		const day = 24 * time.Hour
		first, err := ask(ours)
		require.NoError(t, err)
		e.ahead.Store(int64(200 * day))
		same, err := ask(ours)
		require.NoError(t, err)
		require.Equal(t, first.SerialNumber, same.SerialNumber, "not yet")
		require.NoError(t, e.server.Renew())
		require.Equal(t, ours.Certificates[0].Certificate, certified(t, dir, temporal.ClientDir).Certificates[0].Certificate, "not yet")

		e.ahead.Store(int64(300 * day))
		another, err := ask(ours)
		require.NoError(t, err)
		require.NotEqual(t, first.SerialNumber, another.SerialNumber, "a third of its life was left")
		require.NoError(t, e.server.Renew())
		e.ahead.Store(int64(400 * day))
		_, err = ask(ours)
		require.ErrorContains(t, err, "certificate", "the old one has expired")
		for _, room := range []string{temporal.ClientDir, temporal.SignalDir} {
			_, err = ask(certified(t, dir, room))
			require.NoError(t, err, "the new one is taken")
		}
		e.run(t, "and the services go on")
		e.ahead.Store(0)
	})
}
