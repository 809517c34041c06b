// Package person says who may act: persons with roles, and the tokens by
// which the API knows them.
package person

import (
	"slices"
	"time"

	"turnus/itsm/text"
)

// Role is what a person may do; DECISIONS of the house: an administrator
// starts and decides nothing, an auditor reads everything and changes nothing.
type Role string

// The roles.
const (
	Administrator Role = "administrator"
	ProcessOwner  Role = "process-owner"
	Approver      Role = "approver"
	Auditor       Role = "auditor"
	Viewer        Role = "viewer"
)

// Roles lists every role.
func Roles() []Role { return []Role{Administrator, ProcessOwner, Approver, Auditor, Viewer} }

// System is the actor of what Turnus does by itself; no person may be named so.
const System = "turnus"

// Spec of a Person resource.
type Spec struct {
	Email    string    `json:"email,omitempty"`
	Roles    []Role    `json:"roles"`
	Sees     *View     `json:"sees,omitempty"`     // beyond what the roles and the services that name them give
	Language text.Lang `json:"language,omitempty"` // of pages; else what the browser asks for
}

// View is what somebody sees of what is published: of services that it names
// the whole, of customers the part that carries their agreements.
type View struct {
	Services  []string `json:"services,omitempty"` // EveryService: all, and what is about the organisation
	Customers []string `json:"customers,omitempty"`
}

// EveryService stands in a View for all services, and for the organisation.
const EveryService = "*"

// Has says whether a person has one of the roles.
func (s Spec) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(s.Roles, r) })
}

// Token is a bearer token as it may be shown: its secret is stored hashed and
// was printed once.
type Token struct {
	ID      string     `json:"id" db:"id"`
	Person  string     `json:"person" db:"person"`
	Issuer  string     `json:"issuer,omitempty" db:"issuer"` // a person; empty for those of the first start
	Created time.Time  `json:"created" db:"created_at"`
	Expires time.Time  `json:"expires" db:"expires_at"`
	Revoked *time.Time `json:"revoked,omitempty" db:"revoked_at"`
}

// Actor is whoever makes a request: a person as the token names them, with
// the roles as they are now.
type Actor struct {
	Person string
	Roles  []Role
	Token  string // ID of the token
	Issuer string // who issued that token
	Sees   View   // as it is now

	Language text.Lang // of pages, if the person has one
}

// Has says whether the actor has one of the roles.
func (a Actor) Has(roles ...Role) bool { return Spec{Roles: a.Roles}.Has(roles...) }
