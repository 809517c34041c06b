package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"turnus/client"
	"turnus/itsm/person"
	"turnus/itsm/text"
)

func personPages() []page {
	return []page{
		{method: "GET", path: "/me", name: "me", handle: showMe},
		{method: "POST", path: "/me/sign-out", name: "me-sign-out", handle: signOutEverywhere},
		{method: "POST", path: "/me/sessions/:session/end", name: "me-session", handle: endSession},
		{method: "POST", path: "/me/feeds", name: "me-feeds", handle: issueFeed},
		{method: "POST", path: "/me/feeds/:feed/withdraw", name: "me-feed", handle: withdrawFeed},
	}
}

// me is what the page about whoever is signed in shows.
type me struct {
	Who      *person.Actor
	Roles    []role
	Sessions []client.Session
	This     string // the session that asks
	Feeds    []client.Feed
	Address  string // of the feed that was issued just now
	Wrong    *client.Problem
}

// role is a role with its words.
type role struct {
	Role  person.Role
	Title text.Text
}

// roleTitles are the words for roles; in messages they stand as they are
// declared.
var roleTitles = map[person.Role]text.Text{
	person.Administrator: text.New("administers: declares people, services and agreements", "Administration: legt Personen, Services und Vereinbarungen an"),
	person.ProcessOwner:  text.New("owns services: starts runs, proposes changes", "Serviceverantwortung: startet Läufe, schlägt Änderungen vor"),
	person.Approver:      text.New("approves: decides on reports and changes", "Freigabe: entscheidet über Berichte und Änderungen"),
	person.Auditor:       text.New("audits: reads everything, changes nothing", "Audit: liest alles, ändert nichts"),
	person.Viewer:        text.New("reads what is published", "Lesen: sieht, was veröffentlicht ist"),
}

// All says that somebody sees what is published of every service.
func (m me) All() bool {
	return m.Who.Has(person.Administrator, person.Auditor) || slices.Contains(m.Who.Sees.Services, person.EveryService)
}

// Named says that somebody has to do with services that name them.
func (m me) Named() bool { return m.Who.Has(person.ProcessOwner, person.Approver) }

func showMe(v *visit) error { return v.showMe(http.StatusOK, "", nil) }

func (v *visit) showMe(status int, address string, wrong *client.Problem) error {
	m := me{Who: &v.session.Actor, This: v.session.ID, Address: address, Wrong: wrong}
	for _, r := range m.Who.Roles {
		m.Roles = append(m.Roles, role{r, roleTitles[r]})
	}
	var err error
	if m.Sessions, err = v.api.Sessions(v.r.Context()); err != nil {
		return err
	}
	for i, s := range m.Sessions { // to the minute is enough to tell them apart
		m.Sessions[i].Created, m.Sessions[i].Expires = s.Created.Truncate(time.Minute), s.Expires.Truncate(time.Minute)
	}
	feeds, err := v.api.Feeds(v.r.Context(), "")
	if err != nil {
		return err
	}
	for _, f := range feeds {
		if f.Withdrawn == nil {
			m.Feeds = append(m.Feeds, f)
		}
	}
	return v.show(status, "me", text.New("Your account", "Eigenes Konto"), m)
}

func endSession(v *visit) error {
	if err := v.api.EndSession(v.r.Context(), v.param("session")); err != nil {
		return err
	}
	return v.to("/me")
}

// signOutEverywhere ends all sessions, this one last.
func signOutEverywhere(v *visit) error {
	all, err := v.api.Sessions(v.r.Context())
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.ID != v.session.ID {
			if err := v.api.EndSession(v.r.Context(), s.ID); err != nil {
				return err
			}
		}
	}
	return signOut(v)
}

// issueFeed shows the new feed's address, this once: it is kept nowhere that it
// could be shown from again.
func issueFeed(v *visit) error {
	f, err := v.api.IssueFeed(v.once(), string(v.lang))
	if p, ok := err.(*client.Problem); ok && p.Status < http.StatusInternalServerError { //nolint:errorlint // the client's own, as it gives it
		return v.showMe(p.Status, "", p)
	}
	if err != nil {
		return err
	}
	u, err := url.Parse(f.Address)
	if err != nil {
		return err
	}
	return v.showMe(http.StatusOK, v.site()+u.RequestURI(), nil)
}

func withdrawFeed(v *visit) error {
	if err := v.api.WithdrawFeed(v.r.Context(), v.param("feed")); err != nil {
		return err
	}
	return v.to("/me")
}
