// Package pgtest gives each test a PostgreSQL database of its own, migrated.
//
// One server runs for each test process: it starts with the first test that
// asks, in a temporary directory, and ends with the process, however that
// ends. Databases are copies of one migrated template.
//
//	func TestSomething(t *testing.T) {
//		db := pgtest.New(t)
//		…
//	}
//
// Tests write as the role that serves does, so that a right that it lacks shows
// here. What needs more asks for Owner, or for Tamper.
//
// A package may hand its TestMain to Main, which waits until the server is
// gone; nothing is left behind without it either.
package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/lib/pq"

	"turnus/internal/embedded/postgres"
	"turnus/internal/prepared"
	"turnus/migrations"
)

// server is the test process's one PostgreSQL: the one global that this
// package needs, as tests of a package share nothing else.
var server = sync.OnceValues(start)

var started atomic.Bool

type instance struct {
	*postgres.Server
	admin    *sql.DB
	serving  func(database string) string // addresses for the role that serves
	dir      string
	leash    io.Closer // when it closes, the guard removes server and directory
	guard    *exec.Cmd
	sequence atomic.Int64
}

// New gives a connection pool to a database of the test's own, for the role
// that serves.
func New(t testing.TB) *sql.DB {
	t.Helper()
	s, name := database(t, template)
	return open(t, s.serving(name))
}

// Owner gives the pool of its owner to the database that a pool is for.
func Owner(t testing.TB, db *sql.DB) *sql.DB {
	t.Helper()
	s, name := databaseOf(t, db)
	return open(t, s.URL(name))
}

func databaseOf(t testing.TB, db *sql.DB) (s *instance, name string) {
	t.Helper()
	s, err := server()
	if err == nil {
		err = db.QueryRowContext(t.Context(), `SELECT current_database()`).Scan(&name)
	}
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return s, name
}

// Tamper changes what nobody may change: it runs a statement as the server's
// superuser, without any trigger, in the database that a pool is for.
func Tamper(t testing.TB, db *sql.DB, statement string, args ...any) {
	t.Helper()
	tx, err := Owner(t, db).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if _, err = tx.ExecContext(t.Context(), `SET LOCAL session_replication_role = replica`); err == nil {
		_, err = tx.ExecContext(t.Context(), statement, args...)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
}

// Empty is New without the schema, for tests of the migrations.
func Empty(t testing.TB) *sql.DB {
	t.Helper()
	s, name := database(t, "template0")
	return open(t, s.URL(name))
}

// URL is the owner's address of a database of the test's own, for lib/pq and
// psql; each call makes another database.
func URL(t testing.TB) string {
	t.Helper()
	s, name := database(t, template)
	return s.URL(name)
}

func open(t testing.TB, url string) *sql.DB {
	t.Helper()
	c, err := pq.NewConnector(url + "&binary_parameters=yes")
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	db := sql.OpenDB(prepared.Connector(c)) // as store.Open has it
	t.Cleanup(func() { db.Close() })
	return db
}

// Main runs a package's tests and ends the process: func TestMain(m *testing.M) { pgtest.Main(m) }.
func Main(m *testing.M) {
	code := m.Run()
	if started.Load() {
		if s, err := server(); err == nil {
			s.end()
		}
	}
	os.Exit(code)
}

const template = "migrated"

func database(t testing.TB, from string) (s *instance, name string) {
	t.Helper()
	s, err := server()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	name = fmt.Sprintf("test_%d", s.sequence.Add(1))
	if _, err := s.admin.ExecContext(t.Context(), `CREATE DATABASE `+name+` TEMPLATE `+from); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		if _, err := s.admin.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	return s, name
}

func start() (_ *instance, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "turnus-pgtest-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { // as root, the server's user goes through
		return nil, err
	}
	s := &instance{dir: dir}
	if err := s.watch(); err != nil {
		return nil, err
	}
	started.Store(true)
	defer func() {
		if err != nil {
			s.end()
		}
	}()
	s.Server, err = postgres.Start(ctx, postgres.Config{Dir: filepath.Join(dir, "pg"), Fetch: true, Settings: map[string]string{
		// Test data need not survive a crash of the machine.
		"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
		"shared_buffers": "64MB", "autovacuum": "off",
	}})
	if err != nil {
		return nil, err
	}
	if err := s.CreateDatabase(ctx, template); err != nil {
		return nil, err
	}
	db, err := sql.Open("postgres", s.URL(template))
	if err != nil {
		return nil, err
	}
	err = migrations.Up(ctx, db)
	db.Close()
	if err != nil {
		return nil, err
	}
	if s.serving, err = s.Login(ctx, migrations.AppRole); err != nil {
		return nil, err
	}
	s.admin, err = sql.Open("postgres", s.URL("postgres"))
	return s, err
}

// watch starts the guard: a shell that reads from a pipe which this process
// holds open, and that ends the server and removes the directory as soon as
// the process is gone, killed or not.
func (s *instance) watch() error {
	const script = `cat >/dev/null
pid=$(head -n 1 "$1/pg/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
	kill -QUIT "$pid" 2>/dev/null
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
fi
for i in 1 2 3 4 5; do # an initdb that isn't done yet may still write
	rm -rf "$1" 2>/dev/null
	[ -e "$1" ] || break
	sleep 0.5
done`
	s.guard = exec.Command("/bin/sh", "-c", script, "pgtest-guard", s.dir)
	s.guard.Dir = "/"
	s.guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C isn't for it
	leash, err := s.guard.StdinPipe()
	if err != nil {
		return err
	}
	s.leash = leash
	return s.guard.Start()
}

// end stops the server and waits until nothing is left of it.
func (s *instance) end() {
	if s.admin != nil {
		s.admin.Close()
	}
	if s.Server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		s.Stop(ctx) //nolint:errcheck // the guard ends what is left
	}
	s.leash.Close()
	s.guard.Wait() //nolint:errcheck // it has no news for us
}
