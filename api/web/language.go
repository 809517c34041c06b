package web

import (
	"net/http"

	"golang.org/x/text/language"

	"turnus/itsm/text"
	"turnus/store"
)

const languageCookie = "turnus-language"

var languages = language.NewMatcher([]language.Tag{language.English, language.German})

// asked is the language of whoever isn't signed in: chosen before, or what the
// browser asks for.
func (p *Pages) asked(r *http.Request) text.Lang {
	if c, err := r.Cookie(languageCookie); err == nil && (c.Value == "de" || c.Value == "en") {
		return text.Lang(c.Value)
	}
	want := r.Header.Get("Accept-Language")
	if len(want) > 1000 {
		return text.En
	}
	tags, _, err := language.ParseAcceptLanguage(want)
	if err != nil {
		return text.En
	}
	if _, i, _ := languages.Match(tags...); i == 1 {
		return text.De
	}
	return text.En
}

// languageOf is the language of a session: chosen in it, or else its person's,
// or else what anybody gets.
func (v *visit) languageOf(s store.Session) text.Lang {
	switch {
	case s.Language != nil:
		return text.Lang(*s.Language)
	case s.Actor.Language != "":
		return s.Actor.Language
	}
	return v.lang
}

// chooseLanguage keeps the language that was chosen, and returns to the page.
func chooseLanguage(v *visit) error {
	lang := text.Lang(v.form("language"))
	if lang != text.De {
		lang = text.En
	}
	http.SetCookie(v.w, &http.Cookie{Name: languageCookie, Value: string(lang), Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, Secure: v.overTLS(), SameSite: http.SameSiteLaxMode})
	back, s := local(v.form("return")), v.session
	if s == nil {
		return v.to(back)
	}
	if err := v.Store.SpeakIn(v.r.Context(), s.ID, lang); err != nil {
		return err
	}
	if kept := v.r.PostFormValue("kept"); kept != "" {
		said := string(lang)
		s.Language = &said
		return v.resume(*s, back, kept, text.New("The page in English", "Die Seite auf Deutsch"))
	}
	return v.to(back)
}
