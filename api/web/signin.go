package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/store"
)

func signInPages() []page {
	return []page{
		{method: "GET", path: "/sign-in", name: "sign-in", public: true, handle: showSignIn},
		{method: "POST", path: "/sign-in", name: "sign-in", public: true, most: maxSignIn, handle: signIn},
		{method: "GET", path: "/sign-in/:admission", name: "admission", public: true, handle: showAdmission},
		{method: "POST", path: "/sign-in/:admission", name: "admission", public: true, handle: useAdmission},
		{method: "POST", path: "/sign-out", name: "sign-out", public: true, handle: signOut},
		{method: "POST", path: "/language", name: "language", public: true, most: maxSignIn, handle: chooseLanguage},
	}
}

func signInTitle() text.Text { return text.New("Sign in", "Anmelden") }

// signingIn is what the page that asks for a token shows.
type signingIn struct {
	Return string // where to go then
	Kept   string // what was typed before, sealed
	Error  string
	Ended  bool // a session has
	Sent   bool // with a form, which wasn't carried out
}

func (v *visit) asking(why text.Text, kept string) signingIn {
	s := signingIn{Return: v.r.URL.RequestURI(), Kept: kept, Error: why.In(v.lang), Ended: v.ended != nil}
	switch {
	case strings.HasPrefix(v.r.URL.Path, "/sign-in"):
		s.Return = v.r.FormValue("return")
	case v.r.Method != http.MethodGet:
		s.Return, s.Sent = v.resumes(), true
	}
	s.Return = local(s.Return)
	return s
}

func showSignIn(v *visit) error {
	if v.session != nil {
		return v.to(v.shownAt(local(v.r.URL.Query().Get("return"))))
	}
	return v.show(http.StatusOK, "sign-in", signInTitle(), v.asking(text.Text{}, ""))
}

// signIn opens a session with a token.
func signIn(v *visit) error {
	return v.enter(func() (store.Session, string, error) {
		return v.Store.OpenSession(v.r.Context(), v.Now(), v.form("token"))
	})
}

// enter opens a session, gives the browser its cookie in place of the one that
// it had, and goes on where it was. Who tries too often waits.
func (v *visit) enter(open func() (store.Session, string, error)) error {
	kept := v.r.PostFormValue("kept")
	if wait := v.guard.enter(v.Now(), v.visitor()); wait > 0 {
		v.w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		return v.show(http.StatusTooManyRequests, "sign-in", signInTitle(), v.asking(text.New(
			"Too many attempts to sign in have failed. Try again in a minute.",
			"Zu viele Anmeldeversuche sind fehlgeschlagen. In einer Minute erneut versuchen."), kept))
	}
	s, secret, err := open()
	if fault.Is(err, fault.Unauthenticated) {
		why := fault.As(err).Message
		if v.form("token") == "" && v.param("admission") == "" {
			why = text.New("The token is missing.", "Das Token fehlt.")
		}
		return v.show(http.StatusUnauthorized, "sign-in", signInTitle(), v.asking(why, kept))
	}
	v.guard.succeeded(v.visitor())
	if err != nil {
		return err
	}
	if v.session != nil {
		if err := v.Store.EndSession(v.r.Context(), v.session.Actor, v.Now(), v.session.ID); err != nil {
			return err
		}
	}
	v.setCookie(secret, s.Expires)
	return v.resume(s, local(v.form("return")), kept, text.New("You are signed in again", "Die Anmeldung ist erneuert"))
}

// admitted is what the page shows that an address for one person leads to.
type admitted struct{ Person, Address string }

// showAdmission asks whether to sign in: a mail reader that looks at the
// address, or a browser that loads it ahead, doesn't use it up.
func showAdmission(v *visit) error {
	name, err := v.Store.Admission(v.r.Context(), v.Now(), v.param("admission"))
	if fault.Is(err, fault.Unauthenticated) {
		return v.show(http.StatusUnauthorized, "sign-in", signInTitle(), v.asking(fault.As(err).Message, ""))
	}
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "admission", signInTitle(), admitted{name, v.r.URL.EscapedPath()})
}

func useAdmission(v *visit) error {
	return v.enter(func() (store.Session, string, error) {
		return v.Store.UseAdmission(v.r.Context(), v.Now(), v.param("admission"))
	})
}

// signOut ends the session. Its cookie stays: it opens nothing any more, and
// tells whose an entry was that another tab sends only now.
func signOut(v *visit) error {
	if v.session != nil {
		if err := v.Store.EndSession(v.r.Context(), v.session.Actor, v.Now(), v.session.ID); err != nil {
			return err
		}
	}
	v.w.Header().Set("Clear-Site-Data", `"cache"`) // going back shows nothing any more
	return v.to("/sign-in")
}

// setCookie gives the browser a session's cookie, for as long as what is typed
// in the session can be carried into the next one; when it ends the store says.
func (v *visit) setCookie(secret string, expires time.Time) {
	http.SetCookie(v.w, &http.Cookie{Name: v.cookieName(), Value: secret, Path: "/", Expires: expires.Add(store.SessionKept),
		HttpOnly: true, Secure: v.overTLS(), SameSite: http.SameSiteLaxMode})
}

// cookieName is that of the session's cookie: over TLS one that no other site
// and no unencrypted page can set. On the machine itself it holds the port,
// since browsers give cookies to all ports of a host.
func (v *visit) cookieName() string {
	if v.overTLS() {
		return "__Host-turnus"
	}
	return "turnus-" + (&url.URL{Host: v.host()}).Port()
}
