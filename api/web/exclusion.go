package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"turnus/client"
	"turnus/itsm/agreement"
	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/report/rules"
)

// exclusionsShown is how many a page lists.
const exclusionsShown = 50

// exclusions is a list of a service's exclusions.
type exclusions struct {
	Service string
	Lines   []excluded
	Next    string
	Owns    bool
}

// excluded is an exclusion as it is shown, with a withdrawal that is being made.
type excluded struct {
	agreement.Exclusion
	Owns     bool
	Withdraw bool   // its page asks for that
	Typed    string // why
	Zone     string // of the service
	Wrong    *client.Problem
}

// Why it was proposed, in words.
func (e excluded) Why() text.Text { return rules.Excluded(e.Reason) }

// Path is the address of its page.
func (e excluded) Path() string {
	return servicePath(e.Service, "exclusions", strconv.FormatInt(e.ID, 10))
}

// Under what it counts, in words.
func (e excluded) Under() text.Text {
	switch {
	case e.Agreement == "":
		return text.New("every agreement", "alle Vereinbarungen")
	case e.Target == "":
		return text.F("%s, every target", "%s, alle Ziele", e.Agreement)
	}
	return text.F("%s, target %s", "%s, Ziel %s", e.Agreement, e.Target)
}

func showExclusions(v *visit) error {
	name := v.param("service")
	all, next, err := v.api.ExclusionsPart(v.r.Context(), name, v.query("after"), exclusionsShown)
	if err != nil {
		return err
	}
	zones, err := v.zonesOf(name)
	if err != nil {
		return err
	}
	list := exclusions{Service: name, Owns: v.owns()}
	for _, e := range all {
		list.Lines = append(list.Lines, excluded{Exclusion: e, Zone: zones[name]})
	}
	if next != "" {
		list.Next = servicePath(name, "exclusions") + "?" + url.Values{"after": {next}}.Encode()
	}
	return v.show(http.StatusOK, "exclusions", text.F("Exclusions of %s", "Ausschlüsse von %s", name), list)
}

// owns says that the visitor owns the service that an address names. Where that
// can't be read they don't: the API decides when they do something.
func (v *visit) owns() bool {
	service, err := v.serviceAt()
	return err == nil && service != nil && service.Spec.Owner == v.session.Person
}

// excluding is a proposal on its way.
type excluding struct {
	Service    string
	Numbers    string // of the tickets, as they were typed
	Typed      client.Exclusion
	Agreements []client.Resource[agreement.Spec]
	Under      string // agreement, or agreement/target, as it was chosen
	Wrong      *client.Problem
}

// Reasons are those that there are, with their words.
func (excluding) Reasons() (all []reasonChoice) {
	for _, r := range agreement.ExclusionReasons() {
		all = append(all, reasonChoice{r, rules.Excluded(r)})
	}
	return all
}

type reasonChoice struct {
	Reason agreement.ExclusionReason
	Title  text.Text
}

// Shown is the proposal as a list shows it.
func (e excluding) Shown() excluded {
	return excluded{Exclusion: agreement.Exclusion{Service: e.Service, Tickets: e.Typed.Tickets, Agreement: e.Typed.Agreement, Target: e.Typed.Target,
		Reason: e.Typed.Reason, Detail: e.Typed.Detail, Evidence: e.Typed.Evidence}}
}

// excluding reads what a form says.
func (v *visit) excluding() excluding {
	e := excluding{Service: v.param("service"), Numbers: v.form("tickets"), Under: v.form("under")}
	under, target, _ := strings.Cut(e.Under, "/")
	e.Typed = client.Exclusion{Agreement: under, Target: target, Reason: agreement.ExclusionReason(v.form("reason")), Detail: v.form("detail"), Evidence: v.form("evidence")}
	for _, n := range strings.FieldsFunc(e.Numbers, func(r rune) bool { return r == '\n' || r == ',' || r == ';' }) {
		if n = strings.TrimSpace(n); n != "" {
			e.Typed.Tickets = append(e.Typed.Tickets, n)
		}
	}
	return e
}

func (v *visit) showExcluding(status int, e excluding) (err error) {
	if e.Agreements, _, err = client.ResourcesPart[agreement.Spec](v.r.Context(), v.api, "agreements", e.Service, "", 100); err != nil {
		return err
	}
	return v.show(status, "exclusion-new", text.New("Leave tickets out of the figures", "Tickets von der Wertung ausschließen"), e)
}

// askExclusion asks for a proposal, or shows again what was typed.
func askExclusion(v *visit) error { return v.showExcluding(http.StatusOK, v.excluding()) }

// checkExclusion repeats a proposal before it counts.
func checkExclusion(v *visit) error {
	e := v.excluding()
	if err := e.Shown().Check(); err != nil {
		if e.Wrong = v.mend(err); e.Wrong == nil {
			return err
		}
		return v.showExcluding(http.StatusUnprocessableEntity, e)
	}
	return v.show(http.StatusOK, "exclusion-check", text.New("Check the exclusion", "Ausschluss prüfen"), e)
}

// propose makes the proposal: it counts in the reports to come.
func propose(v *visit) error {
	e := v.excluding()
	done, err := v.api.Exclude(v.once(), e.Service, e.Typed)
	if err == nil {
		return v.to(excluded{Exclusion: done}.Path())
	}
	if e.Wrong = v.mend(err); e.Wrong == nil {
		return err
	}
	return v.showExcluding(e.Wrong.Status, e)
}

// exclusionAt reads the exclusion that an address names.
func (v *visit) exclusionAt() (excluded, error) {
	id, err := strconv.ParseInt(v.param("exclusion"), 10, 64)
	if err != nil || id < 1 {
		return excluded{}, fault.New(fault.NotFound, text.F("There is no exclusion %.20s.", "Den Ausschluss %.20s gibt es nicht.", v.param("exclusion")))
	}
	e, err := v.api.ExclusionByID(v.r.Context(), v.param("service"), id)
	if err != nil {
		return excluded{}, err
	}
	zones, err := v.zonesOf(e.Service)
	return excluded{Exclusion: e, Zone: zones[e.Service]}, err
}

func exclusionTitle(e excluded) text.Text {
	if e.Withdraw {
		return text.F("Withdraw exclusion %d?", "Ausschluss %d zurückziehen?", e.ID)
	}
	return text.F("Exclusion %d", "Ausschluss %d", e.ID)
}

// showExclusion shows one, and on the page for that asks why it shall end.
func showExclusion(v *visit) error {
	e, err := v.exclusionAt()
	if err != nil {
		return err
	}
	e.Owns, e.Withdraw = v.owns(), strings.HasSuffix(v.r.URL.Path, "/withdraw") && e.Withdrawn == nil
	return v.show(http.StatusOK, "exclusion", exclusionTitle(e), e)
}

// withdrawExclusion ends one for the reports to come.
func withdrawExclusion(v *visit) error {
	e, err := v.exclusionAt()
	if err != nil {
		return err
	}
	e.Typed = v.form("reason")
	if _, err = v.api.Withdraw(v.once(), e.Service, e.ID, e.Typed); err == nil {
		return v.to(e.Path())
	}
	if e.Wrong = v.mend(err); e.Wrong == nil {
		return err
	}
	e.Owns, e.Withdraw = true, true
	return v.show(e.Wrong.Status, "exclusion", exclusionTitle(e), e)
}
