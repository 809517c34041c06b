package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// request is what is known about a request on its way: the log line and the
// problem document are made of it.
type request struct {
	id        string
	lang      text.Lang // English, where none was asked for
	asked     bool      // for that language
	operation string
	accept    string // the formats that the client takes
	actor     person.Actor
	run       string // its ID, where the request is about one
	once      string // names the request to its repeat; empty without an Idempotency-Key
	trial     bool   // it changes nothing: its answer isn't kept for a repeat, which gets it anew
	path      string // as it may be shown
	cause     error  // of a 5xx, for the log only
}

type requestKey struct{}

// requestOf is the request that a context belongs to.
func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{lang: text.En}
}

// actorOf is the person whom the request's token names.
func actorOf(ctx context.Context) person.Actor { return requestOf(ctx).actor }

// observe comes before everything else: it gives the request its ID and language, sets
// the headers that every answer has, refuses addresses that can't be read,
// catches panics, and writes one line into the log.
func (s *server) observe(echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		began := s.Now()
		in := c.Request()
		r := &request{id: requestID(in), operation: "none", path: shownPath(in.URL.Path)}
		r.lang, r.asked = accepted(in)
		r.actor, _ = insider(in.Context())
		out := in.WithContext(context.WithValue(in.Context(), requestKey{}, r))
		method := in.Method
		if method == http.MethodHead {
			out.Method = http.MethodGet // net/http leaves the body out by itself
		}
		// Routed by the decoded path: %7E in a task's ID is a tilde.
		u := *in.URL
		u.RawPath = ""
		out.URL = &u
		c.SetRequest(out)
		secure(c.Response().Header(), r, out.URL.Path)

		defer func() {
			if p := recover(); p != nil {
				if cause, ok := p.(error); ok && errors.Is(cause, http.ErrAbortHandler) {
					panic(p)
				}
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
			if err != nil {
				s.unrouted(err, c)
				err = nil
			}
			took := s.Now().Sub(began)
			s.metrics.observe(r.operation, c.Response().Status, took)
			s.line(r, method, c.Response().Status, took.Milliseconds())
		}()
		if err := readable(out.URL); err != nil {
			return err
		}
		if err := readAway(c); err != nil {
			return err
		}
		// Echo would route by the request as it came, so we route ourselves.
		c.Echo().Router().Find(out.Method, out.URL.Path, c)
		return c.Handler()(c)
	}
}

// readAway takes the body of a request whose operation doesn't look for one, so
// that nothing waits for it later: the server would, before it answers.
func readAway(c echo.Context) error {
	in := c.Request()
	if in.Method != http.MethodGet && in.Method != http.MethodDelete || in.ContentLength == 0 {
		return nil
	}
	unwanted(c)
	n, err := io.Copy(io.Discard, io.LimitReader(in.Body, largeBody+1))
	switch {
	case err != nil:
		return unread(err)
	case n > largeBody:
		return fault.New(tooLarge, text.F("The body is larger than %d bytes.", "Der Inhalt ist größer als %d Byte.", largeBody))
	}
	_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Time{}) // not every transport has deadlines
	return nil
}

// line writes the request's line into the log: no token, no body, no query.
func (s *server) line(r *request, method string, status int, ms int64) {
	attrs := []slog.Attr{
		slog.String("request", r.id), slog.String("operation", r.operation), slog.String("method", method),
		slog.String("path", strings.ToValidUTF8(r.path, "?")), slog.Int("status", status), slog.Int64("ms", ms),
	}
	if r.actor.Person != "" {
		attrs = append(attrs, slog.String("person", r.actor.Person))
	}
	if r.run != "" {
		attrs = append(attrs, slog.String("run", r.run))
	}
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
		if status == http.StatusServiceUnavailable {
			level = slog.LevelWarn
		}
		if r.cause != nil {
			attrs = append(attrs, slog.String("error", withCause(r.cause)))
		}
	}
	s.Log.LogAttrs(context.Background(), level, "request", attrs...)
}

// withCause is an error with what a fault keeps for the log.
func withCause(err error) string {
	if f := fault.As(err); f != nil && f.Cause != nil {
		return f.Error() + " (" + f.Cause.Error() + ")"
	}
	return err.Error()
}

// secure sets the headers that every answer has. A report's page sets a policy
// of its own, which permits its style.
func secure(h http.Header, r *request, path string) {
	h.Set("X-Request-Id", r.id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Add("Vary", "Accept-Language")
	if strings.HasPrefix(path, "/v1/") {
		h.Set("Cache-Control", "no-store")
	}
}

var sane = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); sane.MatchString(id) {
		return id
	}
	return uuid.NewString()
}

var languages = language.NewMatcher([]language.Tag{language.English, language.German})

// accepted is the language that a client asks for; English, and asked is false,
// if it asks for none that there is.
func accepted(r *http.Request) (lang text.Lang, asked bool) {
	want := r.Header.Get("Accept-Language")
	if want == "" || len(want) > 1000 {
		return text.En, false
	}
	tags, _, err := language.ParseAcceptLanguage(want)
	if err != nil {
		return text.En, false
	}
	_, i, sure := languages.Match(tags...)
	if i == 1 {
		return text.De, true
	}
	return text.En, sure > language.No
}

// languageFor is the language in which something about a scope is given: the
// one that is named, or that the request asks for, or else the scope's.
func (s *server) languageFor(ctx context.Context, named string, about resource.Ref) (text.Lang, error) {
	switch r := requestOf(ctx); {
	case named != "":
		return text.Lang(named), nil
	case r.asked:
		return r.lang, nil
	}
	scope, err := s.Store.ScopeAbout(ctx, about)
	if fault.Is(err, fault.NotFound) { // it was retired since
		return text.En, nil
	}
	return scope.Language, err
}

// readable refuses addresses with NUL characters or invalid UTF-8: PostgreSQL
// can't take them, and no name has them.
func readable(u *url.URL) error {
	bad := fault.New(fault.Malformed, text.New("The address can't be read: it must be UTF-8 without NUL characters, percent-encoded.",
		"Die Adresse ist nicht lesbar: UTF-8 ohne NUL-Zeichen, prozentkodiert."))
	if !clean(u.Path) {
		return bad
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return bad.Because(err)
	}
	for k, vs := range q {
		if !clean(k) || !clean(strings.Join(vs, "")) {
			return bad
		}
	}
	return nil
}

// clean says that a text is valid UTF-8 without NUL characters.
func clean(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
