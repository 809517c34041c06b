package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/runs"
)

// backedBy serves an API that has a source of backups, with little patience.
func backedBy(t *testing.T, source func(context.Context, io.Writer) error) (h *house, ask func(who string) (*http.Response, error)) {
	h = newHouse(t)
	h.Echo = New(Config{Store: h.store, Runs: &runs.Runs{}, Now: testClock, Log: slog.New(slog.DiscardHandler),
		Ready: func(context.Context) error { return nil }, Backup: source})
	srv := httptest.NewUnstartedServer(h)
	srv.Config = Server(h, "")
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	srv.Start()
	t.Cleanup(srv.Close)
	return h, func(who string) (*http.Response, error) {
		r, err := http.NewRequest(http.MethodGet, srv.URL+"/v1/backup", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+h.tokens[who])
		res, err := http.DefaultClient.Do(r)
		if err == nil {
			t.Cleanup(func() { res.Body.Close() })
		}
		return res, err
	}
}

// actions are what the audit trail has of backups.
func (h *house) actions(t *testing.T) string {
	return h.as(t, "auditor", "GET", "/v1/audit?object=backup", "").Body.String()
}

// A backup takes longer than other requests may.
func TestBackupTakesItsTime(t *testing.T) {
	h, ask := backedBy(t, func(ctx context.Context, w io.Writer) error {
		for range 3 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(300 * time.Millisecond):
			}
			if _, err := io.WriteString(w, "part "); err != nil {
				return err
			}
		}
		return nil
	})
	res, err := ask("admin") //nolint:bodyclose // at the end of the test
	require.NoError(t, err)
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, "part part part ", string(b))
	require.Equal(t, "application/gzip", res.Header.Get("Content-Type"))
	trail := h.actions(t)
	require.Contains(t, trail, `"action":"backup.begun"`)
	require.Contains(t, trail, `"action":"backup.taken"`)
	require.Contains(t, trail, `"bytes":15`)
}

// One that breaks off is never taken for a whole one, and one that doesn't
// begin says so.
func TestBackupThatFails(t *testing.T) {
	h, ask := backedBy(t, func(_ context.Context, w io.Writer) error {
		_, err := w.Write(make([]byte, 1<<20))
		return errors.Join(err, errors.New("secret: the disk is gone"))
	})
	res, err := ask("admin") //nolint:bodyclose // at the end of the test
	require.NoError(t, err)
	_, err = io.ReadAll(res.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Eventually(t, func() bool { return h.has(t, `"action":"backup.failed"`) }, 5*time.Second, 10*time.Millisecond)
	require.False(t, h.has(t, "backup.taken"))

	h, ask = backedBy(t, func(context.Context, io.Writer) error {
		time.Sleep(300 * time.Millisecond) // longer than an answer may take
		return errors.New("secret: it is away")
	})
	res, err = ask("admin") //nolint:bodyclose // at the end of the test
	require.NoError(t, err)
	require.Equal(t, 503, res.StatusCode)
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Contains(t, string(b), "could not begin")
	require.NotContains(t, string(b), "secret")
	require.True(t, h.has(t, "backup.failed"))
}

func (h *house) has(t *testing.T, what string) bool { return strings.Contains(h.actions(t), what) }

// One at a time; one whose client goes away ends, and another can begin.
func TestOneBackupAtATime(t *testing.T) {
	begun, ended := make(chan struct{}, 9), make(chan error, 9)
	_, ask := backedBy(t, func(ctx context.Context, w io.Writer) error {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			return err
		}
		begun <- struct{}{}
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	})
	first, err := ask("admin") //nolint:bodyclose // at the end of the test
	require.NoError(t, err)
	<-begun
	second, err := ask("admin") //nolint:bodyclose // at the end of the test
	require.NoError(t, err)
	require.Equal(t, 409, second.StatusCode)
	first.Body.Close()
	require.ErrorIs(t, <-ended, context.Canceled)
	require.Eventually(t, func() bool {
		third, err := ask("admin") //nolint:bodyclose // at the end of the test
		return err == nil && third.StatusCode == http.StatusOK
	}, 5*time.Second, 10*time.Millisecond)
}

// Whoever fetches a backup at less than the least pace is cut off, so that
// another can begin.
func TestABackupThatIsTakenSlowly(t *testing.T) {
	h, srv, _ := overSlowLines(t, time.Second)
	ended := make(chan error, 1)
	h.Echo = New(Config{Store: h.store, Runs: &runs.Runs{}, Now: testClock, Log: slog.New(slog.DiscardHandler), pace: time.Second,
		Backup: func(_ context.Context, w io.Writer) error {
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					ended <- err
					return err
				}
			}
		}})
	srv.Config.Handler = h
	c := dialled(t, srv, "GET /v1/backup HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+h.tokens["admin"]+"\r\n\r\n")
	for {
		select {
		case err := <-ended:
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			require.Eventually(t, func() bool { return h.has(t, "backup.failed") }, 5*time.Second, 10*time.Millisecond)
			return
		case <-time.After(50 * time.Millisecond): // steady, and slow
			_, err := io.ReadFull(c, make([]byte, 100))
			require.NoError(t, err)
		}
	}
}

// Beside a database of one's own there is nothing to copy.
func TestNoBackupFromHere(t *testing.T) {
	h := newHouse(t)
	w := h.as(t, "admin", "GET", "/v1/backup", "")
	require.Equal(t, 501, w.Code)
	require.Contains(t, problemIn(t, w).Detail, "database of your own")
	require.Contains(t, problemIn(t, h.as(t, "admin", "GET", "/v1/backup", "", "Accept-Language", "de")).Detail, "eigenen Datenbank")
}
