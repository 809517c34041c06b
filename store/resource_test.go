package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/agreement"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// What the tests of declared things share: a house with a service desk.

var (
	declared = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	root     = person.Actor{Person: "root", Roles: []person.Role{person.Administrator}, Token: "t-root"}
)

func declaringStore(t *testing.T) *Store {
	t.Helper()
	return New(pgtest.New(t))
}

// doc is a resource; its spec is JSON with single quotes for double ones.
func doc(k resource.Kind, name, spec string) resource.Raw {
	row, _ := declaration.Find(k)
	return resource.Raw{APIVersion: row.APIVersion, Kind: k, Metadata: resource.Metadata{Name: name},
		Spec: json.RawMessage(strings.ReplaceAll(spec, "'", `"`))}
}

func personDoc(name string, roles ...person.Role) resource.Raw {
	b, _ := json.Marshal(person.Spec{Roles: append([]person.Role{}, roles...)})
	return doc(resource.Person, name, string(b))
}

func officeDoc(zone string) resource.Raw {
	return doc(resource.Calendar, "office", `{'zone':'`+zone+`','hours':{'mon':['08:00-18:00']}}`)
}

func deskDoc() resource.Raw {
	return doc(resource.Service, "desk", `{'owner':'olga','approvers':['anton'],'calendar':'office'}`)
}

func organisationDoc(name, owner, calendar string) resource.Raw {
	return doc(resource.Organisation, name, fmt.Sprintf(`{'owner':'%s','approvers':['anton'],'calendar':'%s'}`, owner, calendar))
}

// agreementDoc is an agreement about the desk.
func agreementDoc(name, from, to, where string) resource.Raw {
	if to != "" {
		to = `,'to':'` + to + `'`
	}
	if where == "" {
		where = "{}"
	}
	return doc(resource.Agreement, name, fmt.Sprintf(`{'service':'desk','valid':{'from':'%s'%s},'where':%s,'targets':[
		{'name':'p1','measure':'resolution','within':'PT4H','calendar':'24x7','attain':95}]}`, from, to, where))
}

// sloDoc is an objective of the desk, held against a declared indicator.
func sloDoc(name, indicator, goal string) resource.Raw {
	return doc(resource.SLO, name, fmt.Sprintf(`{'service':'desk','indicatorRef':'%s','timeWindow':[{'duration':'30d','isRolling':true}],
		'budgetingMethod':'Occurrences','objectives':[%s]}`, indicator, goal))
}

func sliDoc(name string) resource.Raw {
	return doc(resource.SLI, name, `{'thresholdMetric':{'metricSource':{'type':'Any'}}}`)
}

// house is everything that a service needs, with the service.
func house() []resource.Raw {
	return []resource.Raw{
		deskDoc(), officeDoc("Europe/Berlin"),
		personDoc("root", person.Administrator), personDoc("olga", person.ProcessOwner), personDoc("anton", person.Approver),
	}
}

func apply1(t *testing.T, s *Store, at time.Time, docs ...resource.Raw) []Change {
	t.Helper()
	changes, err := s.Apply(t.Context(), root, at, docs, false)
	require.NoError(t, err)
	return changes
}

func requireFault(t *testing.T, err error, c fault.Code, parts ...string) {
	t.Helper()
	require.Error(t, err)
	require.True(t, fault.Is(err, c), "%T %v", err, err)
	for _, p := range parts {
		require.ErrorContains(t, err, p)
	}
	for _, f := range fault.All(err) {
		require.NotEmpty(t, f.Message.De)
		require.NotContains(t, f.Message.En+f.Message.De, "%!")
	}
}

func TestApplyTakesDocumentsInAnyOrderAndIsIdempotent(t *testing.T) {
	s := declaringStore(t)
	docs := append([]resource.Raw{agreementDoc("gold", "2016-01-01", "", "")}, house()...)
	changes := apply1(t, s, declared, docs...)
	require.Len(t, changes, 6)
	for i, c := range changes {
		require.Equal(t, Created, c.Change)
		require.Equal(t, docs[i].Metadata.Name, c.Name, "in the order of the documents")
		require.Nil(t, c.Before)
		require.Equal(t, 1, c.After.Version)
	}
	entries, _, err := s.Audit(t.Context(), Trail{}, Page{})
	require.NoError(t, err)
	require.Len(t, entries, 6)

	for _, c := range apply1(t, s, declared.Add(time.Hour), docs...) {
		require.Equal(t, Unchanged, c.Change)
		require.Equal(t, 1, c.After.Version)
		require.Equal(t, declared, c.After.At)
	}
	entries, _, err = s.Audit(t.Context(), Trail{}, Page{})
	require.NoError(t, err)
	require.Len(t, entries, 6, "what doesn't change isn't on record")

	desk, err := Current[agreement.ServiceSpec](t.Context(), s, resource.Service, "desk")
	require.NoError(t, err)
	require.Equal(t, agreement.ServiceSpec{ScopeSpec: agreement.ScopeSpec{Owner: "olga", Approvers: []string{"anton"}, Calendar: "office"}}, desk.Spec)
}

func textOf(s string) text.Text { return text.Same(s) }
