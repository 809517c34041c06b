package temporal

import (
	"context"
	"slices"
	"strings"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/server/common/api"
	"go.temporal.io/server/common/authorization"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/proto"
)

// Who a peer may be; who it is follows from its certificate alone. The clients
// have these names in certificates of the clients' authority. That of the
// services signs for the server itself only.
const (
	system  = "temporal"
	turnus  = "turnus"
	signals = "signal"
	webUI   = "web-ui"
)

// mapper says who a peer of the frontend is.
type mapper struct{ services, clients *authority }

// GetClaims implements authorization.ClaimMapper. Who isn't known gets none.
func (m mapper) GetClaims(info *authorization.AuthInfo) (*authorization.Claims, error) {
	if info.TLSConnection == nil || len(info.TLSConnection.State.VerifiedChains) != 1 {
		return nil, nil //nolint:nilnil // nobody
	}
	chain := info.TLSConnection.State.VerifiedChains[0]
	switch signer := chain[len(chain)-1]; {
	case signer.Equal(m.services.cert):
		return &authorization.Claims{Subject: system, AuthType: "mtls"}, nil
	case signer.Equal(m.clients.cert):
		return &authorization.Claims{Subject: chain[0].Subject.CommonName, AuthType: "mtls"}, nil
	}
	return nil, nil //nolint:nilnil // nobody
}

// rights say what a peer may call. What isn't named here is refused.
type rights struct {
	namespace string
	maySignal func(workflow, signal string) bool
}

// What everybody may call who gets a connection: it is what an SDK does with it.
var connecting = []string{api.WorkflowServicePrefix + "GetSystemInfo", healthpb.Health_Check_FullMethodName}

// What Turnus's own certificate may call besides everything on its namespace.
var ofTheCluster = []string{"GetClusterInfo"}

// What the Web UI may call on the namespace.
var reading = []string{
	"DescribeNamespace", "GetSearchAttributes", "ListSearchAttributes",
	"ListWorkflowExecutions", "ListOpenWorkflowExecutions", "ListClosedWorkflowExecutions", "ListArchivedWorkflowExecutions",
	"CountWorkflowExecutions", "DescribeWorkflowExecution", "GetWorkflowExecutionHistory", "GetWorkflowExecutionHistoryReverse", "QueryWorkflow",
	"ListSchedules", "CountSchedules", "DescribeSchedule", "ListScheduleMatchingTimes",
	"ListBatchOperations", "DescribeBatchOperation",
	"ListActivityExecutions", "CountActivityExecutions", "DescribeActivityExecution",
	"ListNexusOperationExecutions", "CountNexusOperationExecutions", "DescribeNexusOperationExecution",
	"DescribeTaskQueue", "ListTaskQueuePartitions", "GetWorkerBuildIdCompatibility", "GetWorkerVersioningRules", "GetWorkerTaskReachability",
	"ListWorkers", "CountWorkers", "DescribeWorker",
	"ListWorkerDeployments", "DescribeWorkerDeployment", "DescribeWorkerDeploymentVersion",
}

// What it may call of the cluster.
var readingTheCluster = []string{"GetClusterInfo", "ListNamespaces", "GetSearchAttributes"}

// Authorize implements authorization.Authorizer.
func (r rights) Authorize(_ context.Context, who *authorization.Claims, call *authorization.CallTarget) (authorization.Result, error) {
	if who != nil && r.permit(who.Subject, call) {
		return authorization.Result{Decision: authorization.DecisionAllow}, nil
	}
	return authorization.Result{Decision: authorization.DecisionDeny, Reason: "this certificate isn't for that"}, nil
}

func (r rights) permit(who string, call *authorization.CallTarget) bool {
	service, method := api.ServiceName(call.APIName), api.MethodName(call.APIName)
	ofWorkflows, here := service == api.WorkflowServicePrefix, call.Namespace == r.namespace
	switch who {
	case system:
		return true
	case turnus:
		return slices.Contains(connecting, call.APIName) || ofWorkflows && (here || call.Namespace == "" && slices.Contains(ofTheCluster, method))
	case signals:
		return slices.Contains(connecting, call.APIName) || ofWorkflows && here && method == "SignalWorkflowExecution" && r.permitSignal(call.Request)
	case webUI:
		return slices.Contains(connecting, call.APIName) ||
			(ofWorkflows || service == api.OperatorServicePrefix) && here && slices.Contains(reading, method) ||
			ofWorkflows && call.Namespace == "" && slices.Contains(readingTheCluster, method)
	}
	return false
}

// permitSignal refuses signals to Temporal's own workflows, whatever the rule
// for runs says: those to a schedule's rewrite what it starts. Large ones are
// refused, too: a few would end their workflow.
func (r rights) permitSignal(request any) bool {
	s, ok := request.(*workflowservice.SignalWorkflowExecutionRequest)
	if !ok || r.maySignal == nil || proto.Size(s) > largestSignal {
		return false
	}
	workflow := s.GetWorkflowExecution().GetWorkflowId()
	return !strings.HasPrefix(workflow, "temporal-sys-") && r.maySignal(workflow, s.GetSignalName())
}
