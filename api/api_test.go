package api

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"turnus/internal/pgtest"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/runs"
	"turnus/store"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func testClock() time.Time { return testNow }

var testNow = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// newAPI builds the API on a store; nil serves for what needs none.
func newAPI(t testing.TB, s *store.Store) *echo.Echo {
	return newAPIWith(t, s, slog.New(slog.NewTextHandler(io.Discard, nil)))
}

// newAPIWith has a Temporal that is away: what comes as far as that is
// unavailable, and everything before it is as it always is.
func newAPIWith(t testing.TB, s *store.Store, log *slog.Logger) *echo.Echo {
	return New(Config{Store: s, Runs: runsAway(t, s, log), Now: testClock, Log: log,
		Ready: func(context.Context) error { return nil }, Version: "test"})
}

func runsAway(t testing.TB, s *store.Store, log *slog.Logger) *runs.Runs {
	away, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(away.Close)
	return runs.New(runs.Config{Store: s, Temporal: away, Namespace: "turnus", Now: testClock, Log: log})
}

// house is an API on a database with an organisation in it.
type house struct {
	*echo.Echo
	store  *store.Store
	tokens map[string]string // by person
}

// organisation has two services. Who owns one of them sees what is published of
// the other: so they are refused what they may not, while others aren't told that
// it is there (access_views_test.go).
const organisation = `[
 {"apiVersion":"turnus/v1","kind":"Calendar","metadata":{"name":"office"},"spec":{"zone":"Europe/Berlin","hours":{"mon":["08:00-18:00"]}}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"admin"},"spec":{"roles":["administrator"]}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"owner"},"spec":{"roles":["process-owner"],"sees":{"services":["mail"]}}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"other-owner"},"spec":{"roles":["process-owner"],"sees":{"services":["payments"]}}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"approver"},"spec":{"roles":["approver"]}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"auditor"},"spec":{"roles":["auditor"]}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"viewer"},"spec":{"roles":["viewer"],"sees":{"services":["*"]}}},
 {"apiVersion":"turnus/v1","kind":"Service","metadata":{"name":"payments"},"spec":{"owner":"owner","approvers":["approver"],"calendar":"office"}},
 {"apiVersion":"turnus/v1","kind":"Service","metadata":{"name":"mail"},"spec":{"owner":"other-owner","approvers":["approver"],"calendar":"office"}}
]`

func newHouse(t testing.TB) *house {
	t.Helper()
	s := store.New(pgtest.New(t))
	var docs []resource.Raw
	require.NoError(t, json.Unmarshal([]byte(organisation), &docs))
	_, err := s.Apply(t.Context(), person.Actor{Person: person.System}, testNow, docs, false)
	require.NoError(t, err)
	h := &house{Echo: newAPI(t, s), store: s, tokens: map[string]string{}}
	for _, d := range docs {
		if d.Kind == resource.Person {
			_, secret, err := s.FirstToken(t.Context(), testNow, d.Metadata.Name, time.Hour)
			require.NoError(t, err)
			h.tokens[d.Metadata.Name] = secret
		}
	}
	return h
}

// as makes a request in somebody's name; headers come in pairs.
func (h *house) as(t testing.TB, who, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	if who != "" {
		headers = append(headers, "Authorization", "Bearer "+h.tokens[who])
	}
	return do(t, h.Echo, method, path, body, headers)
}

func do(_ testing.TB, e *echo.Echo, method, path, body string, headers []string) *httptest.ResponseRecorder {
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, path, in)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

// problemIn reads an answer that must be a problem document.
func problemIn(t testing.TB, w *httptest.ResponseRecorder) Problem {
	t.Helper()
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"), w.Body.String())
	var p Problem
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
	require.Equal(t, w.Code, p.Status)
	require.NotEmpty(t, p.Title)
	require.NotEmpty(t, p.Detail)
	require.NotEmpty(t, p.Code)
	if w.Header().Get("Idempotency-Replayed") == "" {
		require.Equal(t, "urn:turnus:request:"+w.Header().Get("X-Request-Id"), p.Instance)
	}
	return p
}
