package web

import (
	"net/http"
	"time"

	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/store"
)

func signInPages() []page {
	return []page{
		{method: "GET", path: "/sign-in", name: "sign-in", public: true, handle: showSignIn},
		{method: "POST", path: "/sign-in", name: "sign-in", public: true, handle: signIn},
		{method: "GET", path: "/sign-in/:admission", name: "admission", public: true, handle: showAdmission},
		{method: "POST", path: "/sign-in/:admission", name: "admission", public: true, handle: useAdmission},
		{method: "POST", path: "/sign-out", name: "sign-out", public: true, handle: signOut},
		{method: "POST", path: "/language", name: "language", public: true, handle: chooseLanguage},
	}
}

func signInTitle() text.Text { return text.New("Sign in", "Anmelden") }

// signingIn is what the page that asks for a token shows.
type signingIn struct {
	Return string // where to go then
	Kept   string // what was typed before, sealed
	Error  string
	Again  bool // a session has ended
}

func (v *visit) asking(why, kept string) signingIn {
	back := v.r.URL.RequestURI()
	if v.r.URL.Path == "/sign-in" {
		back = v.r.FormValue("return")
	} else if v.r.Method != http.MethodGet {
		back = v.resumes()
	}
	return signingIn{Return: local(back), Kept: kept, Error: why, Again: v.ended != nil}
}

func showSignIn(v *visit) error {
	if v.session != nil {
		return v.to(local(v.r.URL.Query().Get("return")))
	}
	return v.show(http.StatusOK, "sign-in", signInTitle(), v.asking("", ""))
}

// signIn opens a session with a token. Who tries too often waits.
func signIn(v *visit) error {
	kept := v.r.PostFormValue("kept")
	if wait := v.guard.wait(v.Now(), v.visitor()); wait > 0 {
		v.w.Header().Set("Retry-After", "60")
		return v.show(http.StatusTooManyRequests, "sign-in", signInTitle(), v.asking(text.New(
			"Too many attempts to sign in have failed. Try again in a minute.",
			"Zu viele Anmeldeversuche sind fehlgeschlagen. In einer Minute erneut versuchen.").In(v.lang), kept))
	}
	s, secret, err := v.Store.OpenSession(v.r.Context(), v.Now(), v.form("token"))
	if fault.Is(err, fault.Unauthenticated) {
		v.guard.failed(v.Now(), v.visitor())
		why := fault.As(err).Message.In(v.lang)
		if v.form("token") == "" {
			why = text.New("The token is missing.", "Das Token fehlt.").In(v.lang)
		}
		return v.show(http.StatusUnauthorized, "sign-in", signInTitle(), v.asking(why, kept))
	}
	if err != nil {
		return err
	}
	v.signedIn(s, secret)
	return v.resume(s, local(v.form("return")), kept)
}

// admitted is what the page shows that an address for one person leads to.
type admitted struct{ Person, Address string }

// showAdmission asks whether to sign in: a mail reader that looks at the
// address, or a browser that loads it ahead, doesn't use it up.
func showAdmission(v *visit) error {
	name, err := v.Store.Admission(v.r.Context(), v.Now(), v.param("admission"))
	if fault.Is(err, fault.Unauthenticated) {
		return v.show(http.StatusUnauthorized, "sign-in", signInTitle(), signingIn{Return: "/", Error: fault.As(err).Message.In(v.lang)})
	}
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "admission", signInTitle(), admitted{name, v.r.URL.EscapedPath()})
}

func useAdmission(v *visit) error {
	s, secret, err := v.Store.UseAdmission(v.r.Context(), v.Now(), v.param("admission"))
	if fault.Is(err, fault.Unauthenticated) {
		return v.show(http.StatusUnauthorized, "sign-in", signInTitle(), signingIn{Return: "/", Error: fault.As(err).Message.In(v.lang)})
	}
	if err != nil {
		return err
	}
	v.signedIn(s, secret)
	return v.to("/")
}

// signedIn gives the browser its cookie, in place of the one that it had.
func (v *visit) signedIn(s store.Session, secret string) {
	v.setCookie(secret, s.Expires)
}

func signOut(v *visit) error {
	if v.session != nil {
		if err := v.Store.EndSession(v.r.Context(), v.session.Actor, v.Now(), v.session.ID); err != nil {
			return err
		}
	}
	v.setCookie("", time.Unix(1, 0))
	return v.to("/sign-in")
}

func (v *visit) setCookie(value string, expires time.Time) {
	http.SetCookie(v.w, &http.Cookie{Name: v.cookieName(), Value: value, Path: "/", Expires: expires,
		HttpOnly: true, Secure: v.overTLS(), SameSite: http.SameSiteLaxMode})
}

// cookieName is that of the session's cookie: over TLS one that no other site
// and no unencrypted page can set.
func (v *visit) cookieName() string {
	if v.overTLS() {
		return "__Host-turnus"
	}
	return "turnus"
}
