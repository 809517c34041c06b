package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"turnus/client"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// trouble is what an error page shows.
type trouble struct {
	Head   string
	Detail string
	Errors []string
	Number string // of the request, where people are to be asked
	Ours   bool   // nothing that the visitor could mend
	Sent   bool   // with a form
}

// fail shows an error. Whoever isn't signed in is asked to.
func (v *visit) fail(err error) {
	var p *client.Problem
	status, what := http.StatusInternalServerError, trouble{Number: v.w.Header().Get("X-Request-Id"), Sent: v.r.Method == http.MethodPost}
	switch f := fault.As(err); {
	case errors.As(err, &p) && v.r.Method == http.MethodGet && addressed(p):
		status, what.Head, what.Detail = p.Status, headOf(http.StatusNotFound).In(v.lang), nowhere().In(v.lang)
	case errors.As(err, &p):
		status, what.Head, what.Detail = p.Status, p.Title, p.Detail
		for _, e := range p.Errors {
			if e.Message != p.Detail {
				what.Errors = append(what.Errors, e.Message)
			}
		}
	case fault.Is(err, fault.Unavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		status = http.StatusServiceUnavailable
	case f != nil && f.Code != fault.Internal:
		status, what.Detail = statusOf(f.Code), f.Message.In(v.lang)
	}
	what.Ours = status >= http.StatusInternalServerError
	if status == http.StatusUnauthorized && v.session == nil && v.r.URL.Path != "/sign-in" {
		v.askWho()
		return
	}
	if what.Head == "" {
		what.Head = headOf(status).In(v.lang)
	}
	if err := v.show(status, "problem", text.Same(what.Head), what); err != nil {
		http.Error(v.w, what.Head, status)
	}
}

// nowhere says that an address leads to no page.
func nowhere() text.Text {
	return text.New("There is no page at this address. It may have been mistyped, or cut off in a message.",
		"Unter dieser Adresse gibt es keine Seite. Vielleicht ist sie falsch geschrieben oder in einer Nachricht abgeschnitten.")
}

// addressed says that the API refuses what came from a page's address: words
// about its parameters help nobody who didn't type them.
func addressed(p *client.Problem) bool {
	return p.Status == http.StatusUnprocessableEntity && len(p.Errors) > 0 && !slices.ContainsFunc(p.Errors, func(e client.Detail) bool {
		return e.Location != "cursor" && !strings.HasPrefix(e.Location, "path.") && !strings.HasPrefix(e.Location, "query.")
	})
}

// mend is why a form's deed wasn't done, where the form is shown again with it;
// nil, where nothing that was typed is at fault.
func (v *visit) mend(err error) *client.Problem {
	var p *client.Problem
	if errors.As(err, &p) {
		switch p.Status {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
			return nil
		}
		if p.Status >= http.StatusInternalServerError {
			return nil
		}
		return p
	}
	if f := fault.As(err); f != nil && (f.Code == fault.Invalid || f.Code == fault.Malformed) {
		wrong := v.faulty(err)
		wrong.Status = statusOf(f.Code)
		return wrong
	}
	return nil
}

// wrong is what is wrong in a form, and the ID of the field that it is about;
// empty if it is about none.
type wrong struct{ At, What string }

// otherFields are the fields of forms that are called otherwise than what the
// API calls them.
var otherFields = map[string]string{"agreement": "under", "target": "under"}

var fieldName = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// faults are what a refusal says of a form whose fields have the names of what
// they become.
func faults(p *client.Problem) (all []wrong) {
	said := false
	for _, e := range p.Errors {
		at, _, _ := strings.Cut(strings.TrimPrefix(e.Location, "body."), ".")
		at, _, _ = strings.Cut(at, "[")
		if at = cmp.Or(otherFields[at], at); !fieldName.MatchString(at) {
			at = ""
		}
		all = append(all, wrong{at, e.Message})
		said = said || e.Message == p.Detail
	}
	if p.Detail != "" && !said {
		all = slices.Insert(all, 0, wrong{"", p.Detail})
	}
	return all
}

// missing says what is wrong with a field, as the API would.
func missing(field, message string) *client.Problem {
	return &client.Problem{Status: http.StatusUnprocessableEntity, Detail: message, Errors: []client.Detail{{Location: "body." + field, Message: message}}}
}

// faulty says the faults of a form as the API would; err is one, or several.
func (v *visit) faulty(err error) *client.Problem {
	all := fault.All(err)
	if len(all) == 0 { // one of them is none: the first is said
		all = []*fault.Error{fault.As(err)}
	}
	p := missing(all[0].Field, all[0].Message.In(v.lang))
	for _, f := range all[1:] {
		p.Errors = append(p.Errors, missing(f.Field, f.Message.In(v.lang)).Errors...)
	}
	if len(all) > 1 {
		p.Detail = text.F("%d entries aren't right:", "%d Angaben stimmen nicht:", len(all)).In(v.lang)
	}
	return p
}

// Missing answers a browser that asks for what isn't there; where a form would
// go, it leads to the page with the form.
func (p *Pages) Missing(w http.ResponseWriter, r *http.Request) {
	p.serve(page{public: true, handle: func(v *visit) error {
		if r.Method == http.MethodGet && p.has(http.MethodPost, r.URL.EscapedPath()) {
			return v.to(p.shownAt(r.URL.EscapedPath()))
		}
		return fault.New(fault.NotFound, nowhere())
	}})(w, r, func(string) string { return "" })
}

// Refuse shows why a request for a page got nowhere.
func (p *Pages) Refuse(w http.ResponseWriter, r *http.Request, why error) {
	p.serve(page{public: true, handle: func(*visit) error { return why }})(w, r, func(string) string { return "" })
}

func statusOf(c fault.Code) int {
	switch c {
	case fault.Malformed:
		return http.StatusBadRequest
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

func headOf(status int) text.Text {
	switch status {
	case http.StatusForbidden:
		return text.New("Not permitted", "Nicht erlaubt")
	case http.StatusNotFound:
		return text.New("Not found", "Nicht gefunden")
	case http.StatusUnauthorized:
		return text.New("Not signed in", "Nicht angemeldet")
	case http.StatusServiceUnavailable:
		return text.New("Not available just now", "Gerade nicht verfügbar")
	case http.StatusInternalServerError:
		return text.New("Something went wrong", "Interner Fehler")
	}
	return text.New("Not possible as it is", "So nicht möglich")
}

// askWho sends whoever isn't signed in to where they sign in, and back from
// there. What was typed goes with them.
func (v *visit) askWho() {
	if v.r.Method == http.MethodGet {
		v.to("/sign-in?" + url.Values{"return": {v.r.URL.RequestURI()}}.Encode()) //nolint:errcheck // it never fails
		return
	}
	if err := v.show(http.StatusUnauthorized, "sign-in", signInTitle(), v.asking(text.Text{}, v.kept())); err != nil {
		http.Error(v.w, signInTitle().In(v.lang), http.StatusUnauthorized)
	}
}
