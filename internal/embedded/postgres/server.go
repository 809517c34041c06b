package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/lib/pq"
)

// superuser owns the cluster and everything in it; Login makes other roles.
const superuser = "turnus"

// Config says where and how a server runs.
type Config struct {
	Dir      string            // directory of this server alone; made if it isn't there
	Log      *slog.Logger      // nil: silent
	Fetch    bool              // whether binaries may be fetched when the machine has none
	Settings map[string]string // server settings beyond, or instead of, ours
}

// Server is a PostgreSQL server that runs until Stop.
type Server struct {
	dir      string
	data     string
	sockets  string
	bin      string
	password string
	owner    owner
	settings map[string]string
	log      *slog.Logger

	mu       sync.Mutex
	process  *os.Process // the postmaster; nil while there is none
	exits    int         // how often it ended without being asked
	lastLog  int64       // where the log of the postmaster that ended last begins
	stopping chan struct{}
	done     chan struct{}
}

// Start starts a server and returns once it answers. Crash recovery may take
// long: ctx bounds the wait. An error names what has to be done.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, err
	}
	s := &Server{
		dir: dir, data: filepath.Join(dir, "data"), settings: settings(cfg.Settings), log: cfg.Log,
		stopping: make(chan struct{}), done: make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.prepare(ctx, cfg.Fetch); err != nil {
		return nil, err
	}
	go s.supervise()
	if err := s.ready(ctx, 0); err != nil {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		s.Stop(bounded) //nolint:errcheck // why it didn't start is what counts
		return nil, err
	}
	return s, nil
}

// prepare brings everything about that the postmaster needs.
func (s *Server) prepare(ctx context.Context, fetch bool) (err error) {
	if s.owner, err = serverOwner(); err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o711); err != nil {
		return err
	}
	if err := s.owner.canEnter(s.dir); err != nil {
		return err
	}
	if err := takeOver(ctx, s.data, s.log); err != nil {
		return err
	}
	if s.bin, err = binaries(ctx, s.data, filepath.Join(s.dir, "binaries"), fetch, s.log); err != nil {
		return err
	}
	if s.password, err = s.cluster(ctx); err != nil {
		return err
	}
	s.sockets, err = socketDir(s.data, s.owner)
	return err
}

// URL is the address of a database, for lib/pq and psql. It holds the
// password: it belongs neither into a log nor into a command line.
func (s *Server) URL(database string) string {
	return s.address(url.UserPassword(superuser, s.password), database)
}

func (s *Server) address(user *url.Userinfo, database string) string {
	u := url.URL{Scheme: "postgres", User: user, Path: "/" + database,
		RawQuery: url.Values{"host": {s.sockets}, "sslmode": {"disable"}}.Encode()}
	return u.String()
}

// Socket is the directory of the unix socket, and User and Password are what
// it asks for: for those who don't take a URL.
func (s *Server) Socket() string   { return s.sockets }
func (s *Server) User() string     { return superuser }
func (s *Server) Password() string { return s.password }

// CreateDatabase makes a database unless it exists.
func (s *Server) CreateDatabase(ctx context.Context, name string) error {
	db, err := sql.Open("postgres", s.URL("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	var exists bool
	err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = db.ExecContext(ctx, `CREATE DATABASE `+pq.QuoteIdentifier(name))
	return err
}

// Done is closed when the server has ended for good, which only Stop brings
// about: a postmaster that dies by itself is started again.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop ends the server and waits for it. Open connections are cut, what was
// committed stays. When ctx ends first, the server is made to stop at once and
// recovers at its next start.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	select {
	case <-s.stopping:
	default:
		close(s.stopping)
	}
	s.signal(syscall.SIGINT)
	s.mu.Unlock()
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
	}
	for _, sig := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		s.mu.Lock()
		s.signal(sig)
		s.mu.Unlock()
		select {
		case <-s.done:
			return fmt.Errorf("PostgreSQL had to be stopped hard: it recovers at its next start")
		case <-time.After(3 * time.Second):
		}
	}
	return fmt.Errorf("PostgreSQL doesn't stop")
}

// Steady does a step that stands on the server. If the postmaster dies in the
// midst of it, the step is done again once the server answers: it has to bear
// that. Any other error is the step's own.
func (s *Server) Steady(ctx context.Context, step func() error) error {
	for deaths := 1; ; deaths++ {
		before := s.deaths()
		err := step()
		if err == nil || ctx.Err() != nil || deaths > maxDeaths || !s.died(ctx, before) {
			return err
		}
		s.log.Warn("PostgreSQL died meanwhile: doing it again", "error", err)
		if err := s.ready(ctx, s.deaths()); err != nil {
			return err
		}
	}
}

// Bounds of a step that is done again.
const (
	maxDeaths = 5
	noticed   = time.Second // a broken connection is seen before the postmaster's end
)

// died waits a little whether the postmaster ends, or has ended, since it had
// done so a number of times.
func (s *Server) died(ctx context.Context, before int) bool {
	for end := time.Now().Add(noticed); s.deaths() == before; {
		if time.Now().After(end) || ctx.Err() != nil {
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
	return true
}

func (s *Server) deaths() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.exits
}

// signal reaches the postmaster, if there is one; s.mu is held.
func (s *Server) signal(sig syscall.Signal) {
	if s.process != nil {
		s.process.Signal(sig) //nolint:errcheck // it may have ended already
	}
}

// supervise runs the postmaster, and runs it again when it dies, until Stop.
func (s *Server) supervise() {
	// The postmaster gets a signal when the thread that started it ends, so
	// that it doesn't outlive a killed process: this thread is kept for it.
	runtime.LockOSThread()
	defer close(s.done)
	defer func() {
		if s.sockets != s.data {
			os.Remove(s.sockets) //nolint:errcheck // the next start uses what is left
		}
	}()
	go s.boundLog()
	pause := 100 * time.Millisecond
	for {
		began := time.Now()
		err := s.run()
		select {
		case <-s.stopping:
			return
		default:
		}
		if time.Since(began) > time.Minute {
			pause = 100 * time.Millisecond
		}
		s.log.Warn("PostgreSQL has ended by itself and is started again", "why", err, "log", s.logFile())
		select {
		case <-s.stopping:
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, 2*time.Second)
	}
}

// run starts one postmaster and returns when it has ended.
func (s *Server) run() error {
	logFile, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return s.exited(0, err)
	}
	defer logFile.Close()
	args := []string{"-D", s.data, "-c", "unix_socket_directories=" + quoteList(s.sockets)}
	for name, value := range s.settings {
		args = append(args, "-c", name+"="+value)
	}
	cmd := s.owner.command(filepath.Join(s.bin, "postgres"), args...)
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.SysProcAttr.Setpgid = true // Ctrl-C is for this process, which then stops the server in order
	dieWithParent(cmd.SysProcAttr)

	s.mu.Lock()
	select {
	case <-s.stopping:
		s.mu.Unlock()
		return nil
	default:
	}
	var begins int64
	if info, err := logFile.Stat(); err == nil {
		begins = info.Size()
	}
	err = cmd.Start()
	if err == nil {
		s.process = cmd.Process
	}
	s.mu.Unlock()
	if err == nil {
		err = cmd.Wait()
	}
	return s.exited(begins, err)
}

// exited notes that there is no postmaster any more, and where in the log
// stands what it said.
func (s *Server) exited(log int64, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process, s.lastLog = nil, log
	s.exits++
	return err
}

// ready waits until the server answers. After a crash, remains of the old
// server can hold its memory for a moment, and then the new one ends at once:
// that is worth some further attempts. before is how often it had ended by
// itself when the waiting begins.
func (s *Server) ready(ctx context.Context, before int) error {
	db, err := sql.Open("postgres", s.URL("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	began, told := time.Now(), false
	for {
		attempt, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := db.PingContext(attempt)
		cancel()
		if err == nil {
			return nil
		}
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("PostgreSQL doesn't answer (%w): %w; its log is %s", ctx.Err(), err, s.logFile())
		case s.deaths() > before && time.Since(began) > 8*time.Second:
			return fmt.Errorf("PostgreSQL doesn't start; it says:\n%s", s.logTail())
		case wrongPassword(err):
			return fmt.Errorf("PostgreSQL doesn't accept the password in %s: put back the one that belongs to %s", s.passwordFile(), s.data)
		case time.Since(began) > time.Minute && !recovering(err):
			return fmt.Errorf("PostgreSQL runs, but doesn't answer: %w; its log is %s", err, s.logFile())
		case !told && time.Since(began) > 10*time.Second:
			told = true
			s.log.Info("PostgreSQL is still starting; after a crash it recovers first", "log", s.logFile())
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// command runs a program as the owner of the cluster.
func (o owner) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = "/" // the working directory may be closed to the owner
	cmd.Env = append(os.Environ(), "LC_ALL=C", "PGDATA=", "TZ=UTC")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: o.credential()}
	return cmd
}
