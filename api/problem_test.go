package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

func TestFaultsBecomeProblems(t *testing.T) {
	ctx := context.WithValue(t.Context(), requestKey{}, &request{id: "r1", lang: text.De})
	for code, status := range map[fault.Code]int{
		fault.Unauthenticated: 401, fault.Malformed: 400, fault.Invalid: 422, fault.Implausible: 422, fault.NotFound: 404,
		fault.Conflict: 409, fault.Forbidden: 403, fault.Unavailable: 503, fault.Internal: 500, "new": 500,
	} {
		require.Equal(t, status, problem(ctx, fault.New(code, text.New("en", "de"))).Status, code)
	}

	p := problem(ctx, fault.Invalidf("period", "%q is wrong", "%q ist falsch", "x").InRow(3))
	require.Equal(t, `„x“ ist falsch`, p.Detail)
	require.Equal(t, []Detail{{Location: "period", Row: 3, Message: `„x“ ist falsch`}}, p.Errors)
	require.Equal(t, "de", p.GetHeaders().Get("Content-Language"))

	p = problem(ctx, errors.Join(fault.Invalidf("a", "x", "x"), fault.Invalidf("b", "y", "y")))
	require.Equal(t, 422, p.Status)
	require.Len(t, p.Errors, 2)

	p = problem(ctx, errors.New("secret: password is 1234"))
	require.Equal(t, 500, p.Status)
	require.NotContains(t, p.Detail, "secret")
	require.Contains(t, p.Detail, "r1")
	require.ErrorContains(t, requestOf(ctx).cause, "secret", "the log has it")

	require.Equal(t, "5", problem(ctx, context.DeadlineExceeded).GetHeaders().Get("Retry-After"))
}

// A table of what is refused before any operation, in both languages.
func TestRefusals(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		who, method, path, body string
		status                  int
		en, de                  string
		headers                 []string
	}{
		{"", "GET", "/nothing", "", 404, "There is nothing at", "gibt es nichts", nil},
		{"", "GET", "/v1/nothing", "", 401, "A token is needed", "Ein Token ist nötig", nil},
		{"viewer", "GET", "/v1/nothing", "", 404, "There is nothing at", "gibt es nichts", nil},
		{"", "POST", "/v1/processes/sla-reprot/runs", "{}", 401, "A token is needed", "Ein Token ist nötig", nil},
		{"viewer", "POST", "/v1/processes/sla-reprot/runs", "{}", 404, `There is no process "sla-reprot"; there are: sla-report, availability-review, improvement, continuity-drill.`, "Vorhanden sind: sla-report", nil},
		{"owner", "POST", "/v1/processes/change-approval/runs", "{}", 404, "begins by itself. Those that can be started: sla-report, availability-review, improvement, continuity-drill.", "lässt sich nicht starten", nil},
		{"viewer", "POST", "/v1/processes/sla-reprot/tasks", "{}", 404, "There is nothing at", "gibt es nichts", nil},
		{"viewer", "DELETE", "/v1/processes", "", 405, "GET", "nicht erlaubt, möglich: ", nil},
		{"", "POST", "/healthz", "", 405, "GET", "nicht erlaubt, möglich: ", nil},
		{"viewer", "GET", "/v1/runs?limit=501", "", 422, "500 at most", "höchstens 500", nil},
		{"viewer", "GET", "/v1/runs?limit=x", "", 422, "invalid integer", "wird eine ganze Zahl.", nil},
		{"viewer", "GET", "/v1/runs?stat=live", "", 422, "unknown query parameter", "Einen solchen Parameter gibt es nicht", nil},
		{"viewer", "GET", "/v1/runs?state=odd", "", 422, "one of", "einer dieser Werte", nil},
		{"viewer", "GET", "/v1/runs?service=%00", "", 400, "NUL", "NUL", nil},
		{"viewer", "GET", "/v1/runs?service=%ff", "", 400, "UTF-8", "UTF-8", nil},
		{"auditor", "GET", "/v1/audit?since=yesterday", "", 422, "RFC 3339", "RFC 3339", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", "", 400, "request body is required", "Inhalt der Anfrage fehlt", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", "{", 400, "isn't JSON", "kein JSON", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", "{}{}", 400, "isn't JSON", "kein JSON", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", "\xff", 400, "isn't UTF-8", "kein UTF-8", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", `{"service":"a"}`, 422, "period", "Das Feld period fehlt.", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", `{"period":"2026-10"}`, 422, "which service?", "Welcher Service?", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", `{"service":"a","period":"2026-10"}`, 404, `sla-report is about a service; there is no service "a"`, "betrifft einen Service", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", `{"service":"a","scope":"b","period":"2026-10"}`, 422, "differ", "unterscheiden sich", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", `{"service":"a","period":"2026-10","person":"b"}`, 422, "unexpected property", "Ein solches Feld gibt es nicht", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", `{"service":"a\u0000","period":"2026-10"}`, 422, "NUL", "NUL", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", `{"service":1,"period":"2026-10"}`, 422, "expected string", "wird eine Zeichenkette.", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", `{}`, 415, "application/json", "application/json", []string{"Content-Type", "text/plain"}},
		{"owner", "POST", "/v1/processes/sla-report/runs", `{"service":"` + strings.Repeat("x", maxBody) + `"}`, 413, "larger than", "größer als", nil},
		{"owner", "POST", "/v1/processes/sla-report/runs", `{}`, 422, "a key is", "Ein Schlüssel", []string{"Idempotency-Key", "a b"}},
		{"admin", "PUT", "/v1/calendars/b", `{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"b"},"spec":{"roles":["viewer"]}}`, 422, "isn't the kind", "nicht die Art", nil},
		{"auditor", "GET", "/v1/%70ersons/nob%6Fdy/t%6Fkens", "", 404, "nobody", "nobody", nil},
		{"admin", "PUT", "/v1/mappings/b", `{"apiVersion":"turnus/v1","kind":"Mapping","metadata":{"name":"b","displayName":"a\u0000"},"spec":{"number":"a","opened":"b","stopped":"c"}}`, 422, "NUL", "NUL", nil},
		{"admin", "PUT", "/v1/mappings/b", `{"apiVersion":"turnus/v1","kind":"Mapping","metadata":{"name":"b"},"spec":{"number":"a","opened":"b","stopped":"c","fields":{"a\u0000":"b"}}}`, 422, "NUL", "NUL", nil},
		{"viewer", "GET", "/v1/persons", "", 403, "for the roles", "steht den Rollen", nil},
	} {
		w := h.as(t, c.who, c.method, c.path, c.body, c.headers...)
		require.Equal(t, c.status, w.Code, "%s %s %.80s: %s", c.method, c.path, c.body, w.Body)
		p := problemIn(t, w)
		require.Contains(t, p.Detail, c.en, "%s %s %.80s", c.method, c.path, c.body)
		require.Equal(t, "en", w.Header().Get("Content-Language"))
		if c.status == 405 {
			require.NotEmpty(t, w.Header().Get("Allow"))
		}

		w = h.as(t, c.who, c.method, c.path, c.body, append(c.headers, "Accept-Language", "de-AT, en;q=0.5")...)
		require.Contains(t, problemIn(t, w).Detail, c.de, "%s %s %.80s", c.method, c.path, c.body)
		require.Equal(t, "de", w.Header().Get("Content-Language"))
	}
}

// What a run should be about is named by the field in which it was given.
func TestAStartNamesTheFieldAsItWasGiven(t *testing.T) {
	h := newHouse(t)
	for field, body := range map[string]string{"service": `{"service":"a","period":"2026-10"}`, "scope": `{"scope":"interval-a","period":"2026-10"}`} {
		w := h.as(t, "owner", "POST", "/v1/processes/sla-report/runs", body)
		require.Equal(t, 404, w.Code)
		require.Contains(t, w.Body.String(), `"location":"`+field+`"`)
	}
}

func TestHeadersAndLog(t *testing.T) {
	h := newHouse(t)
	var log bytes.Buffer
	e := newAPIWith(t, h.store, slog.New(slog.NewTextHandler(&log, nil)))
	w := do(t, e, "GET", "/v1/processes", "", []string{"Authorization", "bearer " + h.tokens["viewer"], "X-Request-Id", "my-id"})
	require.Equal(t, 200, w.Code)
	require.Equal(t, "my-id", w.Header().Get("X-Request-Id"))
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
	require.Contains(t, w.Body.String(), `"next":null`)
	require.Contains(t, w.Body.String(), `"starters":[]`, "a list is never null")
	require.Contains(t, log.String(), "request=my-id operation=list-processes method=GET path=/v1/processes status=200")
	require.Contains(t, log.String(), "person=viewer")

	w = do(t, e, "POST", "/v1/persons/owner/tokens", "", []string{"Authorization", "Bearer " + h.tokens["admin"], "X-Request-Id", "bad id\u00e4"})
	require.Equal(t, 201, w.Code, w.Body)
	require.NotEqual(t, "bad id\u00e4", w.Header().Get("X-Request-Id"))
	_, secret, _ := strings.Cut(w.Body.String(), `"token":"`)
	secret, _, _ = strings.Cut(secret, `"`)
	require.NotEmpty(t, secret)
	require.Equal(t, 200, do(t, e, "GET", "/v1/processes", "", []string{"Authorization", "Bearer " + secret}).Code)
	for _, hidden := range append([]string{secret}, h.tokens["admin"], h.tokens["viewer"]) {
		require.NotContains(t, log.String(), hidden)
	}

	w = do(t, e, "HEAD", "/healthz", "", nil)
	require.Equal(t, 200, w.Code)
	w = scrape(t, e)
	require.Contains(t, w.Body.String(), `turnus_http_requests_total{operation="issue-token",status="201"} 1`)
}

func TestReadinessAndCounts(t *testing.T) {
	var away error
	var counted error
	e := New(Config{Now: testClock, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Ready: func(context.Context) error { return away },
		Counts: func(context.Context) (Counts, error) {
			return Counts{OpenTasks: 3, Runs: map[run.State]int64{run.Waiting: 2}}, counted
		}})
	require.Equal(t, 200, do(t, e, "GET", "/readyz", "", nil).Code)
	require.Contains(t, scrape(t, e).Body.String(), "turnus_tasks_open 3")
	require.Contains(t, scrape(t, e).Body.String(), `turnus_runs{state="waiting"} 2`)
	counted = errors.New("away")
	require.NotContains(t, scrape(t, e).Body.String(), "turnus_tasks_open")
	away = errors.New("dial unix /somewhere: refused")
	w := do(t, e, "GET", "/readyz", "", nil)
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Equal(t, "5", w.Header().Get("Retry-After"))
	require.NotContains(t, problemIn(t, w).Detail, "somewhere")
}

// A panic is a 500 problem, and its text is in the log only.
func TestPanicsAreProblems(t *testing.T) {
	var log bytes.Buffer
	e := New(Config{Now: testClock, Log: slog.New(slog.NewTextHandler(&log, nil)), Ready: func(context.Context) error { panic("a secret") }})
	w := do(t, e, "GET", "/readyz", "", nil)
	require.Equal(t, 500, w.Code)
	require.NotContains(t, problemIn(t, w).Detail, "secret")
	require.Contains(t, log.String(), "a secret")
}
