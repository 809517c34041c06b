package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
)

// resumed is the page that gives back what was typed before the sign-in, or in
// the other language.
type resumed struct {
	Address string // where the form goes on
	Counts  bool   // there, it is carried out at once
	Typed   []typedIn
	Hidden  url.Values
}

// typedIn is one field of a form, and what was typed into it.
type typedIn struct {
	Title  text.Text
	Values []text.Text
}

// resume goes on where a form was left: with what was typed, if it was the same
// person's; nothing is sent by itself.
func (v *visit) resume(s store.Session, back, kept string, head text.Text) error {
	id, sealed, found := strings.Cut(kept, ".")
	if !found {
		return v.to(v.shownAt(back))
	}
	seal, err := v.Store.SealOf(v.r.Context(), s.Person, id)
	if fault.Is(err, fault.NotFound) {
		return v.to(v.shownAt(back)) // somebody else's
	}
	if err != nil {
		return err
	}
	typed, ok := unseal(seal, sealed, back)
	if !ok {
		return v.to(v.shownAt(back))
	}
	v.session, v.lang = &s, v.languageOf(s)
	v.api = v.Client(v.w, v.r, s.Actor, v.lang)
	address := v.checkedAt(back)
	return v.show(http.StatusOK, "resume", head, resumed{address, !strings.HasSuffix(address, "/check"), allTyped(typed), typed})
}

// checkedAt is where a form goes on that was sent to an address: where it is shown
// once more before it counts, it is so again.
func (p *Pages) checkedAt(path string) string {
	before := strings.TrimSuffix(path, "/done")
	for _, at := range []string{before + "/check", before + "/new/check"} {
		if p.has(http.MethodPost, at) {
			return at
		}
	}
	return path
}

// allTyped are what people typed or chose, without what a form carries besides.
func allTyped(form url.Values) (all []typedIn) {
	for _, name := range slices.Sorted(maps.Keys(form)) {
		e := typedIn{Title: fieldTitle(name)}
		for _, value := range form[name] {
			switch {
			case name == "outcome":
				e.Values = append(e.Values, task.Outcome(value).Title())
			case value != "":
				e.Values = append(e.Values, text.Same(value))
			}
		}
		if len(e.Values) > 0 && !slices.Contains([]string{"once", "hash", "return", fieldFrom}, name) {
			all = append(all, e)
		}
	}
	return all
}

// fieldTitle names a field of a form.
func fieldTitle(name string) text.Text {
	switch name {
	case "outcome":
		return text.New("Answer", "Antwort")
	case "comment":
		return text.New("Comment", "Kommentar")
	case "reason":
		return text.New("Reason", "Grund")
	case "detail":
		return text.New("What happened", "Sachverhalt")
	case "evidence":
		return text.New("Evidence", "Nachweis")
	case "title":
		return text.New("Title", "Titel")
	case "tickets":
		return text.New("Tickets", "Tickets")
	case "process":
		return text.New("Process", "Prozess")
	case "scope", "service":
		return text.New("Service", "Service")
	case "period":
		return text.New("Period", "Periode")
	case "under":
		return text.New("Counts under", "Gilt für")
	case "type":
		return text.New("Type", "Art")
	case "severity":
		return text.New("Severity", "Schweregrad")
	}
	return text.Same(strings.TrimPrefix(name, inField))
}
