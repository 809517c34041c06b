package api

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// No request, however broken, gives a 500: generated over all operations of
// the document. TURNUS_BROKEN says how many for each; 60 if it doesn't.
func TestNoBrokenRequestGivesA500(t *testing.T) {
	n := 60
	if v, err := strconv.Atoi(os.Getenv("TURNUS_BROKEN")); err == nil {
		n = v
	}
	h := newHouse(t)
	for _, op := range operations(t) {
		t.Run(op.id, func(t *testing.T) {
			g := &breaker{rand.New(rand.NewPCG(1, uint64(len(op.id)))), op}
			for i := range n {
				r, what := g.request()
				r.Header.Set("Authorization", "Bearer "+h.tokens[breakerOf(op.id)])
				if i%20 == 0 {
					r.Header.Set("Authorization", g.text())
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				require.NotEqual(t, 500, w.Code, "%s\n%s", what, w.Body)
				if w.Code >= 400 {
					problemIn(t, w)
				}
			}
		})
	}
}

// breakerOf is who sends the broken requests: somebody whom the operation
// serves.
func breakerOf(id string) string {
	switch id {
	case "start-sla-report", "start-availability-review", "start-improvement", "start-continuity-drill", "cancel-run":
		return "owner"
	case "decide-task", "issue-pass":
		return "approver"
	case "list-audit", "get-receipts", "get-ticket":
		return "auditor"
	case "propose-exclusion", "withdraw-exclusion", "withdraw-import", "pause-interval", "resume-interval", "backfill-interval", "miss-slot", "start-slot", "report-event", "put-interval", "put-waiver", "put-continuityplan":
		return "owner"
	}
	return "admin"
}

// breaker makes requests that nobody should send.
type breaker struct {
	*rand.Rand
	op described
}

func (g *breaker) pick(s ...string) string { return s[g.IntN(len(s))] }

func (g *breaker) text() string {
	switch g.IntN(12) {
	case 0:
		return ""
	case 1:
		return "a\x00b"
	case 2:
		return "\xff\xfe\xc3"
	case 3:
		return strings.Repeat("x", 1+g.IntN(6000))
	case 4:
		return g.pick("../../etc/passwd", "%00", "%2e%2e", "a/b/c", "'; DROP TABLE run; --", "{}", "null", "\u202e\u0000", "😀")
	case 5:
		return g.pick("-1", "0", "99999999999999999999", "1e400", "NaN", "0x10", "9223372036854775808")
	case 6:
		return g.pick("0000-00-00T00:00:00Z", "9999-12-31T23:59:59Z", "2026-13-01", "0001-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "2026-10-05T24:00:00+99:99")
	case 7:
		b := make([]byte, g.IntN(40))
		for i := range b {
			b[i] = byte(g.IntN(256))
		}
		return string(b)
	case 8:
		return g.pick("WyJhIl0", "W10", "WyIiLCIiXQ", "WyJcdTAwMDAiXQ", "WyJhIiwiYiJd", "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OSJd") // cursors
	}
	return g.pick("payments", "sla-report", "1999-01", "9", "true", "csv", "Europe/Berlin", "nobody", "servicenow-audit", "open")
}

func (g *breaker) value(depth int) string {
	switch g.IntN(9) {
	case 0:
		return "null"
	case 1:
		return g.pick("true", "false")
	case 2:
		return g.pick("0", "-1", "1e999", "12345678901234567890", "0.1")
	case 3:
		if depth < 4 {
			return "[" + g.value(depth+1) + "," + g.value(depth+1) + "]"
		}
	case 4:
		if depth < 4 {
			return `{"a":` + g.value(depth+1) + `,"` + "k" + `":` + g.value(depth+1) + "}"
		}
	case 5:
		return `"` + g.pick(`\u0000`, `\ud800`, "\xff", `\u202e`, "\x00", strings.Repeat("y", 5000)) + `"`
	}
	return fmt.Sprintf("%q", g.pick("payments", "approve", "1999-01", "Calendar", "turnus/v1", "office", ""))
}

func (g *breaker) body() string {
	_, good := example(g.op)
	fields := []string{"apiVersion", "kind", "metadata", "spec", "extra"}
	if p, ok := g.op.body["properties"].(map[string]any); ok {
		for k := range p {
			fields = append(fields, k)
		}
	}
	switch g.IntN(12) {
	case 0:
		return ""
	case 1:
		return good[:len(good)/2]
	case 2:
		return good + good
	case 3:
		return strings.Repeat("[", 20000)
	case 4:
		return strings.Repeat("{\"a\":", 5000) + "1" + strings.Repeat("}", 5000)
	case 5:
		return `{"x":"` + strings.Repeat("z", maxBody) + `"}`
	case 6:
		return g.text()
	case 7:
		return strings.Replace(good, "payments", g.pick(`\u0000`, "\x00", "\xff", `\ud800`), 1)
	case 8:
		return "a: &a [*a, *a]\n---\n- x: {y: !!binary zzz}\n" + g.text()
	case 9:
		return "\xef\xbb\xbf" + good
	}
	var b strings.Builder
	b.WriteString("{")
	for i := range 1 + g.IntN(6) {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "%q:%s", fields[g.IntN(len(fields))], g.value(0))
	}
	return b.String() + "}"
}

func (g *breaker) request() (*http.Request, string) {
	path, good := example(g.op)
	at, query, _ := strings.Cut(path, "?")
	if g.IntN(3) == 0 { // another path
		segments := strings.Split(g.op.path, "/")
		for i, s := range segments {
			if strings.HasPrefix(s, "{") {
				segments[i] = g.text()
			}
		}
		at = strings.Join(segments, "/")
	}
	if g.IntN(2) == 0 { // other parameters
		q := url.Values{}
		for name := range g.op.query {
			if g.IntN(2) == 0 {
				q.Set(name, g.text())
			}
		}
		if g.IntN(6) == 0 {
			q.Set(g.text(), g.text())
		}
		query = q.Encode()
		if g.IntN(6) == 0 {
			query = g.pick("%zz", "a=%ff", "limit=%00", ";;;", "limit=1&limit=x", "&&==", "a%00=1")
		}
	}
	body := good
	if g.op.types != nil && g.IntN(4) > 0 {
		body = g.body()
	}
	r := httptest.NewRequest(g.op.method, "/", strings.NewReader(body))
	r.URL = &url.URL{Path: at, RawQuery: query}
	if g.IntN(3) == 0 {
		r.Header.Set("Content-Type", g.pick("application/json", "text/plain", "application/yaml", "a;b+c", "application/json; charset=\xff", "", "multipart/form-data", "+", g.text()))
	} else if len(g.op.types) > 0 {
		r.Header.Set("Content-Type", g.op.types[g.IntN(len(g.op.types))])
	}
	for _, name := range []string{"Accept", "Accept-Language", "Idempotency-Key", "X-Request-Id", "Content-Encoding"} {
		if g.IntN(6) == 0 {
			r.Header.Set(name, g.text())
		}
	}
	return r, fmt.Sprintf("%s %q ? %q\n%v\n%.300q", g.op.method, at, query, r.Header, body)
}

// A body that is cut off, or chunked wrongly, is the sender's fault: 400.
func TestCutOffBodies(t *testing.T) {
	h := newHouse(t)
	srv := httptest.NewUnstartedServer(h)
	srv.Config = Server(h, "")
	srv.Start()
	defer srv.Close()
	for _, op := range operations(t) {
		if op.types == nil {
			continue
		}
		path, body := example(op)
		who := breakerOf(op.id)
		if op.id == "send-task-file" { // asks for a task before anything is read
			path, who = "/v1/tasks/"+h.asking(t, evidence()).ID+"/files?name=a.txt", "owner"
		}
		if op.id == "send-finding-file" {
			found := h.opened(t, "admin", `{"type":"opportunity","service":"payments","title":"a test"}`)
			path = fmt.Sprintf("/v1/findings/%d/files?name=a.txt", found.ID)
		}
		for what, raw := range map[string]string{
			"cut off":           "Content-Length: 5000\r\n\r\n" + body,
			"cut off in chunks": "Transfer-Encoding: chunked\r\n\r\n5\r\n12",
			"no chunks":         "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
		} {
			answer := overTheWire(t, srv.Listener.Addr().String(),
				op.method+" "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "+h.tokens[who]+"\r\n"+raw)
			require.Regexp(t, `^HTTP/1.1 400 `, answer, "%s %s", op.id, what)
			require.Contains(t, answer, "application/problem+json", "%s %s", op.id, what)
		}
	}
}

// overTheWire sends bytes, closes that direction, and gives what comes back.
func overTheWire(t *testing.T, addr, request string) string {
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, request)
	require.NoError(t, err)
	require.NoError(t, c.(*net.TCPConn).CloseWrite())
	require.NoError(t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
	b, err := io.ReadAll(c)
	require.NoError(t, err)
	return string(b)
}
