package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/text"
)

// Codes that only HTTP knows, beside those of itsm/fault.
const (
	methodNotAllowed fault.Code = "method-not-allowed"
	notAcceptable    fault.Code = "not-acceptable"
	tooSlow          fault.Code = "too-slow"
	tooLarge         fault.Code = "too-large"
	unsupported      fault.Code = "unsupported-media-type"
	notOffered       fault.Code = "not-offered"
)

// statuses is the one place that maps a code to HTTP.
var statuses = map[fault.Code]struct {
	status int
	title  text.Text
}{
	fault.Malformed:       {http.StatusBadRequest, text.New("Can't be read", "Nicht lesbar")},
	fault.Unauthenticated: {http.StatusUnauthorized, text.New("Not signed in", "Nicht angemeldet")},
	fault.Forbidden:       {http.StatusForbidden, text.New("Not permitted", "Nicht erlaubt")},
	fault.NotFound:        {http.StatusNotFound, text.New("Not found", "Nicht gefunden")},
	methodNotAllowed:      {http.StatusMethodNotAllowed, text.New("Method not allowed", "Methode nicht erlaubt")},
	notAcceptable:         {http.StatusNotAcceptable, text.New("No such format", "Format gibt es nicht")},
	tooSlow:               {http.StatusRequestTimeout, text.New("Too slow", "Zu langsam")},
	fault.Conflict:        {http.StatusConflict, text.New("Conflict", "Konflikt")},
	tooLarge:              {http.StatusRequestEntityTooLarge, text.New("Too large", "Zu groß")},
	unsupported:           {http.StatusUnsupportedMediaType, text.New("Unknown media type", "Unbekannter Medientyp")},
	fault.Invalid:         {http.StatusUnprocessableEntity, text.New("Not acceptable as it is", "So nicht annehmbar")},
	fault.Implausible:     {http.StatusUnprocessableEntity, text.New("Not plausible", "Nicht plausibel")},
	fault.Internal:        {http.StatusInternalServerError, text.New("Internal error", "Interner Fehler")},
	notOffered:            {http.StatusNotImplemented, text.New("Not offered here", "Hier nicht möglich")},
	fault.Unavailable:     {http.StatusServiceUnavailable, text.New("Not available just now", "Gerade nicht verfügbar")},
}

// codeOf is the inverse, for what huma and Echo refuse by themselves; they find
// nothing implausible.
func codeOf(status int) fault.Code {
	for c, s := range statuses {
		if s.status == status && c != fault.Implausible {
			return c
		}
	}
	if status < 500 {
		return fault.Malformed
	}
	return fault.Internal
}

// Problem is an RFC 9457 problem document.
type Problem struct {
	Type     string   `json:"type" doc:"A URI that names the kind of problem."`
	Title    string   `json:"title" doc:"The kind of problem in words."`
	Status   int      `json:"status" doc:"The HTTP status."`
	Detail   string   `json:"detail" doc:"What was wrong, and what would be right."`
	Code     string   `json:"code" doc:"The kind of problem for programs, as in not-found."`
	Instance string   `json:"instance,omitempty" doc:"Names the request, as the log does."`
	Errors   []Detail `json:"errors,omitempty" doc:"Where exactly; each error by itself."`

	lang text.Lang
}

// Detail is one of several errors.
type Detail struct {
	Location string `json:"location,omitempty" doc:"The field, as in body.period or spec.targets[0].within."`
	Row      int64  `json:"row,omitempty" doc:"The row of a file, counted from 1."`
	Code     string `json:"code,omitempty" doc:"Of what is implausible: which reason, for programs, as in many-rejected."`
	Message  string `json:"message"`
	Value    any    `json:"value,omitempty" doc:"The value that was given."`
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	h.Set("Content-Language", string(p.lang))
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="turnus"`)
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "5")
	}
	return h
}

// problem answers any error. What isn't a fault is internal: it is logged with
// the request, and its text is not shown.
func problem(ctx context.Context, err error) *Problem {
	r := requestOf(ctx)
	var done *Problem
	if errors.As(err, &done) {
		return done
	}
	faults := fault.All(err)
	switch {
	case len(faults) > 0:
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		faults = []*fault.Error{fault.New(fault.Unavailable, text.New("This took too long: try again shortly.",
			"Das hat zu lange gedauert: In Kürze erneut versuchen."))}
	default:
		faults = []*fault.Error{fault.New(fault.Internal, text.Text{})}
	}
	first := faults[0]
	if _, known := statuses[first.Code]; !known {
		first = fault.New(fault.Internal, text.Text{})
	}
	if first.Code == fault.Internal {
		faults = faults[:1]
		first = fault.New(fault.Internal, text.F(
			"Something went wrong on our side. The log has more under request %s.",
			"Interner Fehler. Näheres steht im Protokoll unter der Anfrage %s.", r.id))
	}
	if first.Code == fault.Internal || first.Code == fault.Unavailable {
		r.cause = err
	}
	p := blank(r, first.Code)
	p.Detail = first.Message.In(r.lang)
	if len(faults) > 1 {
		p.Detail = text.F("%d errors, each listed below.", "%d Fehler, unten einzeln genannt.", len(faults)).In(r.lang)
	}
	if len(faults) > fault.Most {
		p.Detail = text.F("%d errors, the first %d listed below.", "%d Fehler, die ersten %d unten einzeln genannt.", len(faults), fault.Most).In(r.lang)
		faults = faults[:fault.Most]
	}
	for _, f := range faults {
		if len(faults) > 1 || f.Field != "" || f.Row > 0 || f.Reason != "" {
			p.Errors = append(p.Errors, Detail{Location: f.Field, Row: f.Row, Code: f.Reason, Message: f.Message.In(r.lang)})
		}
	}
	return p
}

// blank is a problem document without its detail.
func blank(r *request, c fault.Code) *Problem {
	s := statuses[c]
	return &Problem{
		Type: "urn:turnus:problem:" + string(c), Title: s.title.In(r.lang), Status: s.status, Code: string(c),
		Instance: "urn:turnus:request:" + r.id, lang: r.lang,
	}
}

// translated turns huma's own refusals into ours, on their way out.
func translated(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	r := requestOf(ctx.Context())
	p := blank(r, codeOf(m.Status))
	if p.Status >= 500 {
		r.cause = fmt.Errorf("%s: %v", m.Detail, m.Errors)
		p.Detail = problem(ctx.Context(), errors.New(m.Detail)).Detail
	} else {
		p.Detail = inWords(m.Detail, r.lang)
		for _, e := range m.Errors[:min(len(m.Errors), fault.Most)] {
			if e != nil {
				p.Errors = append(p.Errors, Detail{Location: short(e.Location, maxLocation), Message: inWords(e.Message, r.lang), Value: shown(e.Value)})
			}
		}
		if len(p.Errors) == 1 && p.Errors[0].Message != "" {
			p.Detail = p.Errors[0].Message
			if _, page := insider(ctx.Context()); !page && p.Errors[0].Location != "" { // on a page it stands at its field
				p.Detail = p.Errors[0].Location + ": " + p.Detail
			}
		}
	}
	ctx.SetHeader("Content-Language", string(r.lang))
	return p, nil
}

// shown is a value as it may be echoed: short, and no more than a scalar.
func shown(v any) any {
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil
		}
		return short(v, 80)
	case bool, float64, int, int64:
		return v
	}
	return nil
}

// maxLocation is the length of a place that is echoed.
const maxLocation = 200

// short is a text, or so many characters of it.
func short(s string, most int) string {
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most]) + "…"
	}
	return s
}

// write answers with a problem before the operation itself is reached.
func (p *Problem) write(ctx huma.Context) {
	for k, v := range p.GetHeaders() {
		ctx.SetHeader(k, v[0])
	}
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p) // the client may be gone
}

// fail answers with a problem where no operation is concerned.
func fail(c echo.Context, err error) {
	if c.Response().Committed {
		requestOf(c.Request().Context()).cause = err
		return
	}
	p := problem(c.Request().Context(), err)
	for k, v := range p.GetHeaders() {
		c.Response().Header().Set(k, v[0])
	}
	b, _ := json.Marshal(p)                    // strings and numbers
	_ = c.Blob(p.Status, p.ContentType(""), b) // the client may be gone
}

// unrouted answers what no operation is registered for, and what Echo refuses.
func (s *server) unrouted(err error, c echo.Context) {
	var he *echo.HTTPError
	if errors.As(err, &he) {
		path := requestOf(c.Request().Context()).path
		var stranger error
		if strings.HasPrefix(path, "/v1/") {
			stranger = s.authenticate(c.Request())
		}
		switch {
		case stranger != nil:
			err = stranger
		case he.Code == http.StatusMethodNotAllowed:
			allow := c.Response().Header().Get(echo.HeaderAllow)
			err = fault.New(methodNotAllowed, text.F("%s doesn't go here: %s does.", "Methode %s nicht erlaubt, möglich: %s.", c.Request().Method, allow))
		case he.Code == http.StatusNotFound:
			err = nothingAt(path)
		default:
			code := codeOf(he.Code)
			err = fault.New(code, statuses[code].title).Because(err)
		}
	}
	unwanted(c)
	if s.pages != nil && !c.Response().Committed && forPage(c.Request(), requestOf(c.Request().Context()).path) {
		s.showRefusal(c, err, he)
		return
	}
	fail(c, err)
}

var startPath = regexp.MustCompile(`^/v1/processes/([^/]+)/runs$`)

// nothingAt says what is wrong with a path that no operation has. Each process
// has a path of its own for its starts, so a mistyped name has none.
func nothingAt(path string) error {
	if m := startPath.FindStringSubmatch(path); m != nil {
		if _, err := process.FindStarted(m[1]); err != nil {
			return err
		}
	}
	return fault.New(fault.NotFound, text.F("There is nothing at %.200q. /openapi.json lists what there is.",
		"Unter %.200q gibt es nichts. /openapi.json nennt, was es gibt.", path))
}

// notReady keeps why work isn't accepted yet for the log.
func notReady(err error) error {
	if fault.As(err) != nil {
		return err
	}
	return fault.New(fault.Unavailable, text.New("Not ready yet: still starting, or a part is away. Try again shortly.",
		"Noch nicht bereit: Turnus startet gerade oder ein Teil fehlt. In Kürze erneut versuchen.")).Because(err)
}
