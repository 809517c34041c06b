package postgres

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// releases are the versions that the library knows for each major one.
var releases = map[int]embeddedpostgres.PostgresVersion{
	15: embeddedpostgres.V15,
	16: embeddedpostgres.V16,
	17: embeddedpostgres.V17,
	18: embeddedpostgres.V18,
}

// fetchBinaries brings PostgreSQL's binaries into dir; want 0: version 17.
func fetchBinaries(ctx context.Context, dir string, want int) error {
	if want == 0 {
		want = 17
	}
	release, ok := releases[want]
	if !ok {
		return fmt.Errorf("version %d can't be fetched", want)
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	scratch := dir + ".tmp"
	defer os.RemoveAll(scratch)
	// The library can only start a whole server, which root may not. Its start
	// fetches and unpacks first, so we take that, and have its initdb refuse:
	// no server with its well-known password ever runs.
	server := embeddedpostgres.NewDatabase(embeddedpostgres.DefaultConfig().
		Version(release).
		Port(port).
		CachePath(filepath.Join(scratch, "cache")).
		RuntimePath(filepath.Join(scratch, "runtime")).
		DataPath(filepath.Join(scratch, "data")).
		BinariesPath(dir).
		Encoding("none").
		Logger(io.Discard))
	fetched := make(chan error, 1)
	go func() { fetched <- server.Start() }()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err = <-fetched:
	}
	if err == nil {
		err = server.Stop()
	}
	if newest(ctx, []string{filepath.Join(dir, "bin")}, want) != "" {
		return nil
	}
	if err == nil {
		return fmt.Errorf("what was fetched into %s doesn't run here", dir)
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("%s", first)
}

// freePort is a TCP port that nobody uses, which the library insists on.
func freePort() (uint32, error) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return uint32(l.Addr().(*net.TCPAddr).Port), nil
}
