package agreement

import (
	"fmt"
	"slices"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// ScopeSpec is what every kind says that runs can be about: who is responsible
// for it, who decides on its runs, in whose hours and zone, and in which language
// whoever asks for none is told about it.
type ScopeSpec struct {
	Owner     string    `json:"owner"`              // a person with the role process-owner
	Approvers []string  `json:"approvers"`          // persons with the role approver
	Calendar  string    `json:"calendar"`           // a calendar, or 24x7
	Zone      string    `json:"zone,omitempty"`     // with 24x7 only: the zone; else the calendar's
	Language  text.Lang `json:"language,omitempty"` // en or de; default en
}

// OrganisationSpec is the spec of the Organisation resource: the provider of
// the services. There is one at most in an installation.
type OrganisationSpec struct {
	ScopeSpec
}

// ServiceSpec is the spec of a Service resource.
type ServiceSpec struct {
	ScopeSpec
	Review    Review          `json:"review,omitempty"`     // when the owner is asked before a draft; default never
	Valid     *calendar.Since `json:"valid,omitempty"`      // from when on this version counts; left out: from when it is declared
	TicketURL string          `json:"ticket_url,omitempty"` // where a ticket is read, with {number} in the place of its number; https
}

// Review says when the owner of a service is asked before a report about it is
// drafted.
type Review string

// ReviewFindings: where the figures give findings (a target missed, a limit
// exceeded).
const ReviewFindings Review = "findings"

// Check refuses what can't be by itself. Whether persons and calendar are there
// is looked up where they are.
func (s ScopeSpec) Check() error {
	var c checks
	c.Add(resource.CheckName("owner", s.Owner))
	for i, a := range s.Approvers {
		at := fmt.Sprintf("approvers[%d]", i)
		c.Add(resource.CheckName(at, a))
		if slices.Contains(s.Approvers[:i], a) {
			c.Say(at, "%q stands more than once.", "%q steht mehr als einmal da.", a)
		}
	}
	c.Add(resource.CheckName("calendar", s.Calendar))
	if s.Zone != "" && s.Calendar != calendar.AlwaysOpen {
		c.Say("zone", "The calendar names the zone already: leave this out, or use the calendar %s.",
			"Die Zone nennt schon der Kalender: Weglassen oder den Kalender %s verwenden.", calendar.AlwaysOpen)
	} else if s.Zone != "" {
		_, err := calendar.Zone(s.Zone)
		c.Add(err)
	}
	if s.Language != "" {
		oneOf(&c, "language", s.Language, text.En, text.De)
	}
	return c.Err()
}

// Check is that of every scope, and refuses a review that there isn't and an
// address of tickets that can't be one.
func (s ServiceSpec) Check() error {
	var c checks
	c.Add(s.ScopeSpec.Check())
	if s.Review != "" && s.Review != ReviewFindings {
		c.Say("review", "%.80q isn't known here: use %s, or leave this out for no review.",
			"%.80q ist hier nicht bekannt: %s verwenden oder für keine Prüfung weglassen.", string(s.Review), string(ReviewFindings))
	}
	if s.TicketURL != "" {
		c.Add(checkTicketURL(s.TicketURL))
	}
	return c.Err()
}

// References are owner, approvers and calendar.
func (s ScopeSpec) References() []resource.Reference {
	refs := []resource.Reference{{Field: "owner", Ref: resource.Person.Ref(s.Owner), Role: person.ProcessOwner}}
	for i, a := range s.Approvers {
		refs = append(refs, resource.Reference{Field: resource.Item("approvers", i), Ref: resource.Person.Ref(a), Role: person.Approver})
	}
	return append(refs, resource.Reference{Field: "calendar", Ref: resource.Calendar.Ref(s.Calendar)})
}

// CheckApprovers refuses a scope on whose runs nobody could ever decide: it
// names no approver, or its owner alone. Check doesn't look, since services that
// were declared so in 0.1.0 can still be applied as they are.
func (s ScopeSpec) CheckApprovers() error {
	switch {
	case len(s.Approvers) == 0:
		return fault.Invalidf("approvers", "An approver is needed who isn't the owner: name one at least.",
			"Die Freigabeberechtigten fehlen: Mindestens eine Person nennen, die nicht selbst verantwortlich ist.")
	case !slices.ContainsFunc(s.Approvers, func(a string) bool { return a != s.Owner }):
		return fault.Invalidf("approvers", "%q is the owner and doesn't decide on the runs (four eyes): name another approver, too.",
			"%q ist verantwortlich und entscheidet nicht über die Läufe (Vier-Augen-Prinzip): Weitere Freigabeberechtigte nennen.", s.Owner)
	}
	return nil
}

// AlwaysOpen is the calendar of what names 24x7, in its zone.
func (s ScopeSpec) AlwaysOpen() (*calendar.Calendar, error) {
	if s.Zone == "" {
		return calendar.AlwaysOpenIn(time.UTC), nil
	}
	zone, err := calendar.Zone(s.Zone)
	if err != nil {
		return nil, err
	}
	return calendar.AlwaysOpenIn(zone), nil
}
