package temporal

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/iancoleman/strcase"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/primitives"
)

// services are what one server consists of; the frontend comes first.
var services = []primitives.ServiceName{
	primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
}

// shards suit one machine (512 measured slower); the number is fixed when the
// database is made.
const shards = 64

// The databases, and how many connections each service may hold to each: four
// services, so at most 96 of PostgreSQL's 200.
const (
	stateDatabase      = "temporal"
	visibilityDatabase = "temporal_visibility"
	stateConns         = 16
	visibilityConns    = 8
)

// Temporal ends a workflow whose history comes to 50 MB or 51,200 events. So
// that nobody ends one by signals, each is bounded, which leaves room for a
// comment of 10,000 characters however it is encoded, and so is their number:
// with what a run does about each (some 12 events), they stay well below.
const (
	largestSignal = 128 << 10 // bytes of the whole request
	mostSignals   = 300       // to one execution
)

// dynamic keeps the server small: one partition a task queue (4 measured
// slower on one machine), and caches for some thousand open runs.
var dynamic = dynamicconfig.StaticClient{
	dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
	dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
	dynamicconfig.HistoryCacheHostLevelMaxSize.Key():        4096,
	dynamicconfig.EventsHostLevelCacheMaxSizeBytes.Key():    32 << 20,
	dynamicconfig.NamespaceCacheRefreshInterval.Key():       time.Second,
	dynamicconfig.MaximumSignalsPerExecution.Key():          mostSignals,
}

func serverConfig(cfg Config, ports []int) *config.Config {
	const name = "active"
	c := &config.Config{
		Global: config.Global{Membership: config.Membership{MaxJoinDuration: 10 * time.Second, BroadcastAddress: "127.0.0.1"}},
		Persistence: config.Persistence{
			DefaultStore: stateDatabase, VisibilityStore: visibilityDatabase, NumHistoryShards: shards,
			DataStores: map[string]config.DataStore{
				stateDatabase:      {SQL: database(cfg, stateDatabase, stateConns)},
				visibilityDatabase: {SQL: database(cfg, visibilityDatabase, visibilityConns)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10, MasterClusterName: name, CurrentClusterName: name,
			ClusterInformation: map[string]cluster.ClusterInformation{
				name: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: loopback(ports[0])},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services:            map[string]config.Service{},
		Archival: config.Archival{
			History: config.HistoryArchival{State: config.ArchivalDisabled}, Visibility: config.VisibilityArchival{State: config.ArchivalDisabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: config.ArchivalDisabled},
		}},
		PublicClient: config.PublicClient{HostPort: loopback(ports[0])},
	}
	for i, service := range services {
		c.Services[string(service)] = config.Service{RPC: config.RPC{GRPCPort: ports[i], BindOnIP: "127.0.0.1"}}
	}
	return c
}

// database describes one of the two databases to the server, which opens a
// pool of its own to it for each service.
func database(cfg Config, name string, conns int) *config.SQL {
	return &config.SQL{
		PluginName: postgresql.PluginNamePGX, DatabaseName: name,
		ConnectAddr: "-", ConnectProtocol: "-", // the address is in the URL
		Connect: func(*config.SQL) (*sqlx.DB, error) {
			// Opened without a first ping: while PostgreSQL is away the pool
			// stands, and works again as soon as it is back.
			c, err := pgx.ParseConfig(cfg.URL(name))
			if err != nil {
				return nil, err
			}
			db := sqlx.NewDb(stdlib.OpenDB(*c, stdlib.OptionAfterConnect(durationsAsIntegers)), "pgx")
			db.SetMaxOpenConns(conns)
			db.SetMaxIdleConns(conns) // one that is closed forgets its statements
			db.SetConnMaxIdleTime(time.Minute)
			db.MapperFunc(strcase.ToSnake) // how the server names its columns
			return db, nil
		},
	}
}

// durationsAsIntegers makes a connection take a time.Duration as the bigint of
// nanoseconds that the server's tables have.
func durationsAsIntegers(_ context.Context, c *pgx.Conn) error {
	c.TypeMap().RegisterDefaultPgType(time.Duration(0), "int8")
	return nil
}

// freePorts are loopback ports that nobody uses at this moment, all different;
// the first is the given one, unless that is 0.
func freePorts(first, n int) ([]int, error) {
	ports := make([]int, n)
	ports[0] = first
	for i, port := range ports {
		l, err := net.Listen("tcp", loopback(port))
		if err != nil {
			return nil, err
		}
		defer l.Close() // not before all are found
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

func loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
