package api

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"turnus/access"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// operation is a huma operation with what we do before and after it.
type operation struct {
	huma.Operation
	body   bodyKind
	secret bool          // the answer holds a secret: it isn't kept, and a repeat is refused
	lasts  time.Duration // at most; 0: as long as its kind of body permits
	most   int64         // bytes of a stream; 0: maxImport
}

// bodyKind says how an operation takes its body.
type bodyKind int

const (
	noBody    bodyKind = iota
	jsonBody           // typed by huma
	documents          // resources in JSON or YAML, read by package imports
	stream             // a file of any size, read by the operation itself
)

// checked is an input with rules beyond its types. They count as "a body that
// can't be read or lacks a field".
type checked interface{ check() error }

// register adds an operation. All of them come through here: a token and the
// roles first, then the body, then the operation itself.
func register[I, O any](s *server, op operation, handle func(context.Context, *I) (*O, error)) {
	rule, ok := s.rules[op.OperationID]
	if !ok {
		panic("api: " + op.OperationID + " has no entry in access.Operations")
	}
	if !rule.Public {
		op.Security = []map[string][]string{{"bearer": {}}}
	}
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["default"] = problemResponse(s.huma.OpenAPI().Components.Schemas)
	op.BodyReadTimeout = -1 // takeBody has read it by then
	op.MaxBodyBytes = maxApply + 1
	if op.most == 0 {
		op.most = maxImport
	}
	if op.Method == http.MethodPost {
		op.Parameters = append(op.Parameters, keyParameter())
	}
	op.Middlewares = append(op.Middlewares, s.signIn(op, rule), s.takeBody(op), s.once(op))
	huma.Register(s.huma, op.Operation, func(ctx context.Context, in *I) (*O, error) {
		if c, ok := any(in).(checked); ok {
			if err := s.checkInput(ctx, op, c); err != nil {
				return nil, problem(ctx, err)
			}
		}
		out, err := handle(ctx, in)
		if err != nil {
			return nil, problem(ctx, s.recordRefusal(ctx, err))
		}
		return out, nil
	})
}

// checkInput has an input checked. Resources may take much memory for a moment,
// so a few calls are read at a time, and none whose client has gone.
func (s *server) checkInput(ctx context.Context, op operation, in checked) error {
	if op.body == documents {
		leave, err := s.holdInMemory(ctx)
		if err != nil {
			return err
		}
		defer leave()
	}
	return in.check()
}

// holdInMemory waits until content may be held in memory, of which few calls do
// at a time, and gives what to call when it isn't any more.
func (s *server) holdInMemory(ctx context.Context) (leave func(), err error) {
	select {
	case s.reading <- struct{}{}:
		return func() { <-s.reading }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// caller is who makes a request, with what they may see and do.
func (s *server) caller(ctx context.Context) *access.Caller { return access.For(s.Store, actorOf(ctx)) }

// recordRefusal puts what package access refused on record, and gives any error
// back.
func (s *server) recordRefusal(ctx context.Context, why error) error {
	if !access.IsRefusal(why) {
		return why
	}
	r := requestOf(ctx)
	if err := s.Store.Refused(ctx, r.actor, s.Now(), r.operation+".refused", strings.TrimPrefix(r.path, "/v1/"), why); err != nil {
		return err
	}
	return why
}

// signIn names the operation, limits its time, and lets in whoever has a valid
// token and one of the roles: nothing is read for anybody else.
func (s *server) signIn(op operation, rule access.Rule) func(huma.Context, func(huma.Context)) {
	limit := requestTime
	switch {
	case op.lasts > 0:
		limit = op.lasts
	case op.body == stream:
		limit = importTime
	}
	return func(ctx huma.Context, next func(huma.Context)) {
		r := requestOf(ctx.Context())
		r.operation = op.OperationID
		// Only a report has several formats, and negotiates them itself; huma
		// stumbles over headers that nobody should send.
		header := humaecho.Unwrap(ctx).Request().Header
		r.accept = strings.Join(header.Values("Accept"), ",")
		header.Set("Accept", "application/json")
		timed, cancel := context.WithTimeout(ctx.Context(), limit)
		defer cancel()
		ctx = huma.WithContext(ctx, timed)
		if !rule.Public {
			err := s.authenticate(humaecho.Unwrap(ctx).Request().WithContext(timed))
			if err == nil {
				err = s.recordRefusal(timed, rule.Check(actorOf(timed)))
			}
			if err != nil {
				unwanted(humaecho.Unwrap(ctx))
				problem(timed, err).write(ctx)
				return
			}
		}
		next(ctx)
	}
}

// unwanted ends soon the wait for the body of a request that is refused without
// it: the server reads some of it before it answers, and meanwhile the connection
// counts as busy.
func unwanted(c echo.Context) {
	if c.Request().ContentLength != 0 {
		_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(unwantedTime)) // not every transport has deadlines
	}
}

var bearer = regexp.MustCompile(`^(?i:bearer) +([!-~]{1,512})$`)

// authenticate finds out who makes a request, from the token alone.
func (s *server) authenticate(in *http.Request) error {
	who := requestOf(in.Context())
	if who.actor.Person != "" {
		return nil
	}
	m := bearer.FindStringSubmatch(in.Header.Get("Authorization"))
	if m == nil {
		return fault.New(fault.Unauthenticated, text.New("A token is needed: send it as Authorization: Bearer TOKEN.",
			"Ein Token ist nötig: Als Authorization: Bearer TOKEN mitschicken."))
	}
	a, err := s.Store.Authenticate(in.Context(), s.Now(), m[1])
	if err != nil {
		return err
	}
	who.actor = a
	return nil
}
