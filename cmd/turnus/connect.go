package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"turnus/itsm/fault"
	"turnus/migrations"
	"turnus/runs"
	"turnus/store"
	"turnus/worker"
)

// connection says where PostgreSQL and Temporal are, and how to be let in.
// Secrets come from files or the environment, and never get into a log.
type connection struct {
	databaseURL, passwordFile  string
	temporalAddress, namespace string
	tls                        bool
	cert, key, ca, serverName  string
	apiKeyFile, apiKey         string
}

// The settings that may come from the environment, too.
const (
	databaseEnv     = "TURNUS_DATABASE_URL"
	passwordFileEnv = "TURNUS_DATABASE_PASSWORD_FILE"
	addressEnv      = "TURNUS_TEMPORAL_ADDRESS"
	namespaceEnv    = "TURNUS_TEMPORAL_NAMESPACE"
	apiKeyEnv       = "TURNUS_TEMPORAL_API_KEY"
)

// flags declares the connection's flags.
func (c *connection) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.databaseURL, "database-url", "", "PostgreSQL, as postgres://USER@HOST/DATABASE (or "+databaseEnv+")")
	f.StringVar(&c.passwordFile, "database-password-file", "", "file with the password for the database (or "+passwordFileEnv+")")
	f.StringVar(&c.temporalAddress, "temporal-address", "", "Temporal's frontend, as host:port (or "+addressEnv+")")
	f.StringVar(&c.namespace, "temporal-namespace", "", "Temporal's namespace (or "+namespaceEnv+"; default "+namespace+")")
	f.BoolVar(&c.tls, "temporal-tls", false, "speak TLS to Temporal; follows from any of the flags below")
	f.StringVar(&c.cert, "temporal-tls-cert", "", "file with this client's certificate, in PEM; it, its key and the authority are read anew for each connection")
	f.StringVar(&c.key, "temporal-tls-key", "", "file with its key, in PEM")
	f.StringVar(&c.ca, "temporal-tls-ca", "", "file with the authority that signed Temporal's certificate, in PEM (default: the system's)")
	f.StringVar(&c.serverName, "temporal-tls-server-name", "", "name in Temporal's certificate, where it isn't the address's")
	f.StringVar(&c.apiKeyFile, "temporal-api-key-file", "", "file with an API key, read anew when it is used (or the key itself in "+apiKeyEnv+")")
}

// certificate is where the files of a client are in a directory of the
// embedded Temporal's.
func certificate(dir string) (cert, key, ca string) {
	return filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), filepath.Join(dir, "ca.pem")
}

// complete takes what the flags left open from the environment, and refuses
// what can't work.
func (c *connection) complete() error {
	for _, s := range []struct {
		value         *string
		env, fallback string
	}{
		{&c.databaseURL, databaseEnv, ""}, {&c.passwordFile, passwordFileEnv, ""}, {&c.temporalAddress, addressEnv, ""},
		{&c.namespace, namespaceEnv, namespace}, {&c.apiKey, apiKeyEnv, ""},
	} {
		if *s.value == "" {
			*s.value = os.Getenv(s.env)
		}
		if *s.value == "" {
			*s.value = s.fallback
		}
	}
	switch {
	case c.databaseURL == "":
		return misused("where is the database? --database-url postgres://USER@HOST/DATABASE, or %s", databaseEnv)
	case c.temporalAddress == "":
		return misused("where is Temporal? --temporal-address HOST:PORT, or %s", addressEnv)
	case (c.cert == "") != (c.key == ""):
		return misused("--temporal-tls-cert and --temporal-tls-key go together")
	}
	if c.apiKeyFile != "" {
		c.apiKey = ""
	}
	if c.passwordFile == "" {
		return nil
	}
	u, err := url.Parse(c.databaseURL)
	if err != nil || u.Host == "" && u.Query().Get("host") == "" {
		return misused("a password from a file needs the database's address as postgres://USER@HOST/DATABASE")
	}
	secret, err := os.ReadFile(c.passwordFile)
	if err != nil {
		return fmt.Errorf("the database's password can't be read: %w", err)
	}
	u.User = url.UserPassword(u.User.Username(), strings.TrimSpace(string(secret)))
	c.databaseURL = u.String()
	return nil
}

// options are what Temporal's client needs.
func (c *connection) options(log *slog.Logger) (client.Options, error) {
	o := client.Options{HostPort: c.temporalAddress, Namespace: c.namespace, Logger: worker.Logger(log.With("part", "temporal client"))}
	switch {
	case c.apiKeyFile != "":
		o.Credentials = client.NewAPIKeyDynamicCredentials(func(context.Context) (string, error) {
			key, err := os.ReadFile(c.apiKeyFile) // it may have been renewed
			return strings.TrimSpace(string(key)), err
		})
	case c.apiKey != "":
		o.Credentials = client.NewAPIKeyStaticCredentials(strings.TrimSpace(c.apiKey))
	}
	if !c.tls && o.Credentials == nil && c.cert+c.ca+c.serverName == "" {
		return o, nil
	}
	var err error
	o.ConnectionOptions, err = (&tlsFiles{cert: c.cert, key: c.key, ca: c.ca, serverName: c.serverName}).options()
	return o, err
}

// open connects to both, waits for either that isn't there yet, and refuses a
// schema or a Temporal that isn't this Turnus's.
func (c *connection) open(ctx context.Context, log *slog.Logger) (_ *parts, err error) {
	st, err := c.records(ctx)
	if err != nil {
		return nil, err
	}
	p := &parts{store: st, log: log}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if err := awaited(ctx, "the database", func(ctx context.Context) error { return migrations.Check(ctx, st.DB()) }); err != nil {
		return nil, err
	}
	o, err := c.options(log)
	if err != nil {
		return nil, err
	}
	return p, awaited(ctx, "Temporal on "+c.temporalAddress, func(ctx context.Context) error {
		if p.temporal == nil {
			t, err := client.DialContext(ctx, o)
			if err != nil {
				return err
			}
			p.temporal = t
			p.runs = runs.New(runs.Config{Store: st, Temporal: t, Namespace: c.namespace, Now: now, Log: log})
		}
		err := p.runs.Bind(ctx)
		var missing *serviceerror.NamespaceNotFound
		if errors.As(err, &missing) {
			return fmt.Errorf("Temporal on %s has no namespace %s: run turnus migrate", c.temporalAddress, c.namespace)
		}
		return c.explained(err)
	})
}

// explained says what would be right where Temporal lets this client in, but
// not into its namespace.
func (c *connection) explained(err error) error {
	var denied *serviceerror.PermissionDenied
	if !errors.As(err, &denied) {
		return err
	}
	return fmt.Errorf("Temporal on %s doesn't let this client into the namespace %s: give it the certificate or API key that is for it (--temporal-tls-cert, --temporal-api-key-file), or name another one with --temporal-namespace", c.temporalAddress, c.namespace)
}

// records opens the database, and waits until it answers.
func (c *connection) records(ctx context.Context) (st *store.Store, err error) {
	err = awaited(ctx, "the database", func(ctx context.Context) (err error) {
		st, err = store.Open(ctx, c.databaseURL)
		var malformed *url.Error // it repeats the address, password and all
		if errors.As(err, &malformed) {
			return fmt.Errorf("the database's address can't be read (%w): write it as postgres://USER@HOST/DATABASE", malformed.Err)
		}
		if err != nil && !isAway(err) {
			return fmt.Errorf("the database refuses: %w", err)
		}
		return err
	})
	return st, err
}

// How long one attempt takes, and how long the pauses between them are.
const (
	attemptTime = 5 * time.Second
	firstPause  = 100 * time.Millisecond
	lastPause   = 5 * time.Second
	repeatAfter = time.Minute // until it is said once more what is waited for
)

// awaited tries until it works, and waits for what isn't there yet; any other
// failure is final.
func awaited(ctx context.Context, what string, try func(context.Context) error) error {
	var told time.Time
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		attempt, cancel := context.WithTimeout(ctx, attemptTime)
		err := try(attempt)
		cancel()
		switch {
		case err == nil:
			if !told.IsZero() {
				say("Here is %s; going on", what)
			}
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case !isAway(err):
			return err
		}
		if time.Since(told) > repeatAfter {
			told = time.Now()
			say("Waiting for %s: %s", what, cause(err))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// isAway says whether an error means that something isn't there just now.
func isAway(err error) bool {
	var unavailable *serviceerror.Unavailable
	var slow *serviceerror.DeadlineExceeded
	var canceled *serviceerror.Canceled
	var busy *serviceerror.ResourceExhausted
	return fault.Is(err, fault.Unavailable) || store.Away(err) ||
		errors.As(err, &unavailable) || errors.As(err, &slow) || errors.As(err, &busy) || errors.As(err, &canceled) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// cause is the innermost reason, on one line.
func cause(err error) string {
	if f := fault.As(err); f != nil && f.Unwrap() != nil {
		err = f.Unwrap()
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}
