package declaration

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
	"turnus/itsm/mapping"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/slo"
)

// Kind is a row of the table of kinds: what there is to know of one.
type Kind struct {
	resource.Kind
	Plural     string // as a path segment, as in /v1/calendars/office
	APIVersion string // under which it is declared

	Decided Decided // when it needs an approval: then it is proposed, and holds once it is approved
	Shared  bool    // everybody who reads resources reads it, not those alone whose service it is about
	Single  bool    // there is one at most
	Stays   bool    // it isn't retired: it ends as it says itself, or stays on record

	Spec
}

// Decided says when what is declared of a kind needs an approval.
type Decided int

// When it does: never; where it would change what published reports stand on;
// always.
const (
	Never Decided = iota
	WherePublished
	Always
)

// Spec is what a kind declares.
type Spec struct {
	Type       reflect.Type
	check      func(json.RawMessage) error // as it comes in: the faults have fields below spec
	references func(json.RawMessage) ([]resource.Reference, error)
	approvers  func(json.RawMessage) error // nil for what no run can be about
}

// Kinds is the table of kinds, in the order in which they may refer to each
// other. A kind is one row and its type.
func Kinds() []Kind {
	const turnus, openSLO = resource.APIVersion, resource.OpenSLO
	return []Kind{
		{Kind: resource.Calendar, Plural: "calendars", APIVersion: turnus, Decided: WherePublished, Shared: true, Spec: specOf(func(d calendar.Declaration) error { return compiles(calendar.Compile)(d.Spec) }, nil)},
		{Kind: resource.Person, Plural: "persons", APIVersion: turnus, Spec: specOf(checkPerson, nil)},
		{Kind: resource.Organisation, Plural: "organisations", APIVersion: turnus, Shared: true, Single: true, Spec: scopeOf[agreement.OrganisationSpec]()},
		{Kind: resource.Service, Plural: "services", APIVersion: turnus, Decided: WherePublished, Spec: scopeOf[agreement.ServiceSpec]()},
		{Kind: resource.Agreement, Plural: "agreements", APIVersion: turnus, Decided: WherePublished, Spec: specOf(agreement.Spec.Check, agreement.Spec.References)},
		{Kind: resource.Mapping, Plural: "mappings", APIVersion: turnus, Shared: true, Spec: specOf(mapping.Spec.Check, nil)},
		{Kind: resource.SLI, Plural: "slis", APIVersion: openSLO, Spec: specOf(slo.IndicatorSpec.Check, nil)},
		{Kind: resource.SLO, Plural: "slos", APIVersion: openSLO, Spec: specOf(compiles(slo.Compile), slo.Spec.References)},
		{Kind: resource.ContinuityPlan, Plural: "continuity-plans", APIVersion: turnus, Decided: Always, Spec: specOf(continuity.Plan.Check, continuity.Plan.References)},
		{Kind: resource.Interval, Plural: "intervals", APIVersion: turnus, Decided: Always, Stays: true, Spec: specOf(planning.Spec.Check, referencesOfInterval)},
		// A waiver stays on record, whatever becomes of what it is about.
		{Kind: resource.Waiver, Plural: "waivers", APIVersion: turnus, Decided: Always, Stays: true, Spec: specOf(planning.WaiverSpec.Check, nil)},
	}
}

// Find gives the row of a kind; false for one that there isn't.
func Find(k resource.Kind) (Kind, bool) {
	all := Kinds()
	i := slices.IndexFunc(all, func(row Kind) bool { return row.Kind == k })
	if i < 0 {
		return Kind{}, false
	}
	return all[i], true
}

// Approval says when a kind needs one; of what is no kind never.
func Approval(k resource.Kind) Decided {
	row, _ := Find(k)
	return row.Decided
}

// Singular is the kind as a part of an operation's name, as in get-calendar.
func (k Kind) Singular() string { return strings.ToLower(string(k.Kind)) }

// OfService says that its spec names the service that it belongs to.
func (k Kind) OfService() bool {
	f, ok := k.Type.FieldByName("Service")
	return ok && f.Type.Kind() == reflect.String
}

// IsScope says that runs can be about it.
func (k Kind) IsScope() bool { return k.approvers != nil }

// specOf is the spec of a kind: its type, what that can't say by itself, and
// what it names.
func specOf[T any](check func(T) error, references func(T) []resource.Reference) Spec {
	return Spec{
		Type: reflect.TypeFor[T](),
		check: func(spec json.RawMessage) error {
			s, err := resource.Decode[T]("spec", spec)
			if err != nil {
				return err
			}
			return Below("spec", check(s))
		},
		references: func(spec json.RawMessage) ([]resource.Reference, error) {
			if references == nil {
				return nil, nil
			}
			var s T
			err := json.Unmarshal(spec, &s)
			return references(s), err
		},
	}
}

// scope is what the kinds have in common that runs can be about.
type scope interface {
	Check() error
	References() []resource.Reference
	CheckApprovers() error
}

func scopeOf[T scope]() Spec {
	spec := specOf(T.Check, T.References)
	spec.approvers = func(b json.RawMessage) error {
		var s T
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		return Below("spec", s.CheckApprovers())
	}
	return spec
}

// checkPerson is a person's own check, and that of the services named there,
// which needn't be declared: whoever sees one goes on when it is retired.
func checkPerson(s person.Spec) error {
	var faults fault.List
	faults.Add(s.Check())
	if s.Sees != nil {
		for i, name := range s.Sees.Services {
			if name != person.EveryService {
				faults.Add(resource.CheckName(fmt.Sprintf("sees.services[%d]", i), name))
			}
		}
	}
	return faults.Err()
}

// compiles is the check of a spec that can be made ready.
func compiles[T, Ready any](compile func(T) (Ready, error)) func(T) error {
	return func(s T) error {
		_, err := compile(s)
		return err
	}
}

// referencesOfInterval are its calendar and its scope, whose kind the process
// says.
func referencesOfInterval(s planning.Spec) []resource.Reference {
	about := resource.Service
	if p, ok := process.Find(s.Process); ok && p.Scope == process.OfOrganisation {
		about = resource.Organisation
	}
	return []resource.Reference{
		{Field: "scope", Ref: about.Ref(s.Scope)},
		{Field: "calendar", Ref: resource.Calendar.Ref(s.Calendar)},
	}
}
