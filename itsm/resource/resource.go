// Package resource holds the envelope of what people declare, in the shape of
// OpenSLO and Kubernetes, and reads it strictly. Each kind's spec lives with its
// subject; the table of kinds is in itsm/declaration.
//
// It may import itsm/canonical, itsm/fault, itsm/person and itsm/text.
//
//	spec, err := resource.Decode[calendar.Spec]("spec", document.Spec)
package resource

import (
	"encoding/json"
	"regexp"
	"time"

	"turnus/itsm/canonical"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/text"
)

// The versions of what can be declared: Turnus's own kinds, and OpenSLO's.
const (
	APIVersion = "turnus/v1"
	OpenSLO    = "openslo/v1"
)

// Kind names what is declared.
type Kind string

// The kinds. What there is to know of each is a row of declaration.Kinds.
const (
	Calendar     Kind = "Calendar"
	Person       Kind = "Person"
	Organisation Kind = "Organisation"
	Service      Kind = "Service"
	Agreement    Kind = "Agreement"
	Mapping      Kind = "Mapping"
	SLI          Kind = "SLI"
	SLO          Kind = "SLO"
	Interval     Kind = "Interval"
	Waiver       Kind = "Waiver"

	ContinuityPlan Kind = "ContinuityPlan"
)

// Reference is a name of another resource in a spec.
type Reference struct {
	Field string // below spec, as in targets[0].calendar
	Ref
	Role person.Role // that a person needs there; empty for what is no person, and for anybody

	// MayLeave says that it has to be there when this is declared, and isn't in use
	// by it: it may go although it is named.
	MayLeave bool
}

// Metadata names a resource. Labels (texts, or lists of them) and annotations
// are for other tools that read the same documents: they are kept, and mean
// nothing here.
type Metadata struct {
	Name        string                     `json:"name"`
	DisplayName text.Text                  `json:"displayName,omitzero"`
	Labels      map[string]json.RawMessage `json:"labels,omitempty"`
	Annotations map[string]string          `json:"annotations,omitempty"`
}

// Resource is one declared thing; Spec is the kind's own type.
type Resource[T any] struct {
	APIVersion string   `json:"apiVersion"`
	Kind       Kind     `json:"kind"`
	Metadata   Metadata `json:"metadata"`
	Spec       T        `json:"spec"`
}

// Title is the display name, or the name where there is none.
func (r Resource[T]) Title() text.Text {
	if r.Metadata.DisplayName.IsZero() {
		return text.Same(r.Metadata.Name)
	}
	return r.Metadata.DisplayName
}

// Raw is a resource whose spec isn't decoded yet.
type Raw = Resource[json.RawMessage]

// Version is one stored version of a resource. The first holds from the
// beginning of time (the zero instant); a later one from ValidFrom on, and of
// several that hold at an instant the one with the greatest number counts.
type Version struct {
	Resource  Raw        `json:"resource"`
	Version   int        `json:"version"`
	ValidFrom time.Time  `json:"valid_from"`
	ValidTo   *time.Time `json:"valid_to,omitempty"` // exclusive; agreements only, where a list fills it in
	Retired   bool       `json:"retired,omitempty"`
	Hash      string     `json:"hash"` // SHA-256 of the canonical JSON, hexadecimal
	At        time.Time  `json:"at"`
	By        string     `json:"by"` // a person, or "turnus"

	TokenIssuer string `json:"token_issuer,omitempty"` // who issued the token with which it was declared
}

// Intact says that a version's document is the one that its hash is over.
func (v Version) Intact() bool {
	hash, err := canonical.Hash(v.Resource)
	return err == nil && hash == v.Hash
}

var name = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// CheckName refuses what can't stand as a name in a run's ID or a path.
func CheckName(field, s string) error {
	if len(s) > 63 || !name.MatchString(s) {
		return fault.Invalidf(field,
			"%.80q isn't a name: use a-z, 0-9 and - inside, 63 characters at most",
			"%.80q ist kein Name: a-z, 0-9 und innen -, höchstens 63 Zeichen.", s)
	}
	return nil
}
