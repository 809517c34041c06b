package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"turnus/client"
	"turnus/itsm/fault"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
)

// visit is one request for a page: who is there, in which language, and the API
// in their name.
type visit struct {
	*Pages
	w       http.ResponseWriter
	r       *http.Request
	param   func(string) string // part of the address
	session *store.Session      // nil: nobody is signed in
	ended   *store.Session      // that the cookie names, where it has ended
	lang    text.Lang
	api     *client.Client
	counts  *task.Counts // once they were read
}

// policy lets a page use what comes from this address alone.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const (
	maxForm   = 1 << 20       // of what a form without a file sends
	maxSignIn = 2*maxForm + 1 // of the one that signs in, with what such a form had sealed
	maxLeft   = 32 << 20      // of a form with files that is read for what was typed
	maxReturn = 2000          // of an address to return to
)

// serve is what all pages have in common: where the request came from, who sent
// it, in which language it is answered, and how an error is shown.
func (p *Pages) serve(pg page) func(http.ResponseWriter, *http.Request, func(string) string) {
	return func(w http.ResponseWriter, r *http.Request, param func(string) string) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		v := &visit{Pages: p, w: w, r: r, param: param, lang: p.asked(r)}
		err := v.arrive(pg)
		if err == nil {
			err = pg.handle(v)
		}
		if err != nil {
			if v.isUpload() && (v.session != nil || v.ended != nil) {
				v.takeRest()
			}
			v.fail(err)
		}
	}
}

// arrive finds out who visits, and refuses what no page of ours has sent.
func (v *visit) arrive(pg page) error {
	if err := v.secured(); err != nil {
		return err
	}
	if c, err := v.r.Cookie(v.cookieName()); err == nil {
		s, err := v.Store.Session(v.r.Context(), v.Now(), c.Value)
		switch {
		case err == nil:
			v.session = &s
		case fault.Is(err, fault.Unauthenticated):
			if s.ID != "" {
				v.ended = &s
			}
		default:
			return err
		}
	}
	if v.session != nil {
		v.lang = v.languageOf(*v.session)
		v.api = v.Client(v.w, v.r, v.session.Actor, v.lang)
	}
	if v.r.Method == http.MethodPost {
		if err := v.sameOrigin(); err != nil {
			return err
		}
		if err := v.readForm(pg); err != nil {
			return err
		}
	}
	if v.session == nil && !pg.public {
		return store.SignedOut()
	}
	return nil
}

// readForm reads a form without files; one with files its page reads by itself,
// once it is known whose it is.
func (v *visit) readForm(pg page) error {
	if strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/") {
		if v.ended != nil { // of nobody's nothing is kept
			return v.readTyped()
		}
		return nil
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, cmp.Or(pg.most, maxForm))
	if err := v.r.ParseForm(); err != nil {
		return unreadable(err)
	}
	return v.sentBy(v.form(fieldFrom))
}

// sentBy refuses a form that was shown to somebody else than who sends it now:
// another tab has signed them in. Where nobody is signed in, what was typed
// goes on, sealed.
func (v *visit) sentBy(shown string) error {
	if shown == "" || v.session == nil || shown == v.session.Person {
		return nil
	}
	return fault.New(fault.Conflict, text.F(
		"This form was opened by %s, and %s is signed in now. Nothing was done. Open the page again, or sign in as %s; going back shows what was typed.",
		"Dieses Formular wurde von %s geöffnet, angemeldet ist jetzt %s. Es wurde nichts ausgeführt. Die Seite erneut öffnen oder als %s anmelden; beim Zurückgehen stehen die Eingaben noch da.",
		shown, v.session.Person, shown))
}

// sameOrigin refuses forms that another site's page sent. A browser says where
// a form comes from; whoever carries a session and doesn't is none.
func (v *visit) sameOrigin() error {
	h := v.r.Header
	err := v.origins.Check(v.r)
	if err == nil && h.Get("Origin") == "" && h.Get("Sec-Fetch-Site") == "" && v.hasCookie() {
		err = errors.New("neither Origin nor Sec-Fetch-Site")
	}
	if err != nil {
		return fault.New(fault.Forbidden, text.New(
			"This form didn't come from a page of Turnus, or the browser doesn't say so. Nothing was done. Open the page again and send the form from there.",
			"Dieses Formular stammt nicht von einer Seite von Turnus, oder der Browser gibt es nicht an. Es wurde nichts ausgeführt. Die Seite erneut öffnen und das Formular dort absenden."))
	}
	return nil
}

func (v *visit) hasCookie() bool {
	_, err := v.r.Cookie(v.cookieName())
	return err == nil
}

func unreadable(err error) error {
	if fault.As(err) != nil { // why nothing more is taken
		return err
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.Invalid, text.F("What was sent is larger than %d bytes. Nothing was done.", "Die gesendeten Angaben sind größer als %d Byte. Es wurde nichts ausgeführt.", large.Limit))
	}
	return fault.New(fault.Malformed, text.New("The form can't be read. Nothing was done: open the page again.", "Das Formular ist nicht lesbar. Es wurde nichts ausgeführt: Die Seite erneut öffnen."))
}

// form is a value that was typed, as people write it: without the spaces around
// it, and with line ends of one kind.
func (v *visit) form(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(v.r.PostFormValue(name), "\r\n", "\n"))
}

// query is a value in the address.
func (v *visit) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

// to sends the browser to another page of ours, by GET.
func (v *visit) to(path string) error {
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// local is an address to return to, if it is one of ours; else the inbox.
func local(address string) string {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxReturn || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(address, "/") ||
		strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return address
}

// resumes is the address at which a form is taken up whose session had ended:
// that of a decision where it is repeated before it counts.
func (v *visit) resumes() string {
	if before, ok := strings.CutSuffix(v.r.URL.EscapedPath(), "/done"); ok {
		return before + "/check"
	}
	return v.r.URL.EscapedPath()
}

// once is the context of what a form does: sent twice it is done once.
func (v *visit) once() context.Context { return client.Once(v.r.Context(), v.form("once")) }
