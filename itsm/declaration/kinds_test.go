package declaration_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
)

// Every name of a kind has a row, and what stands in paths and operations is
// nobody else's.
func TestEachKindIsOneRow(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../resource/resource.go", nil, 0)
	require.NoError(t, err)
	var named []string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if id, ok := v.Type.(*ast.Ident); ok && id.Name == "Kind" {
				name, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				require.NoError(t, err)
				named = append(named, name)
			}
		}
		return true
	})
	require.NotEmpty(t, named)

	var rows []string
	taken := map[string]bool{}
	types := map[reflect.Type]bool{}
	for _, k := range declaration.Kinds() {
		rows = append(rows, string(k.Kind))
		require.NoError(t, resource.CheckName("", k.Plural))
		for _, word := range []string{k.Plural, k.Singular()} {
			require.False(t, taken[word], word)
			taken[word] = true
		}
		require.Contains(t, []string{resource.APIVersion, resource.OpenSLO}, k.APIVersion)
		require.Equal(t, reflect.Struct, k.Type.Kind(), k.Kind)
		require.False(t, types[k.Type], "%s has the type of another kind", k.Kind)
		types[k.Type] = true

		found, ok := declaration.Find(k.Kind)
		require.True(t, ok)
		require.Equal(t, k.Plural, found.Plural)
	}
	require.ElementsMatch(t, named, rows)
	_, ok := declaration.Find("Pod")
	require.False(t, ok)
}

// Each kind reads its spec: a field that it doesn't have is refused by name, and
// so is a spec that isn't there.
func TestEachKindReadsItsSpec(t *testing.T) {
	for _, k := range declaration.Kinds() {
		r := resource.Raw{APIVersion: k.APIVersion, Kind: k.Kind, Metadata: resource.Metadata{Name: "x"}, Spec: json.RawMessage(`{"nonsense":1}`)}
		require.ErrorContains(t, declaration.Check(r), string(k.Kind)+"/x spec.nonsense: There is no such field; there are: ", k.Kind)
		r.Spec = nil
		require.ErrorContains(t, declaration.Check(r), string(k.Kind)+"/x spec: This is missing.", k.Kind)
		r.APIVersion = "v0"
		require.ErrorContains(t, declaration.Check(r), `apiVersion: "v0" isn't known here: use `+k.APIVersion, k.Kind)
	}
}

// What isn't a kind is refused once, with those that there are.
func TestAnUnknownKindNamesThoseThatThereAre(t *testing.T) {
	err := declaration.Check(resource.Raw{APIVersion: "v1", Kind: "Pod", Metadata: resource.Metadata{Name: "x"}, Spec: json.RawMessage(`{}`)})
	all := fault.All(err)
	require.Len(t, all, 1)
	require.Equal(t, "kind", all[0].Field)
	for _, k := range declaration.Kinds() {
		require.Contains(t, all[0].Message.En, string(k.Kind))
		require.Contains(t, all[0].Message.De, string(k.Kind))
	}
}

func TestReferences(t *testing.T) {
	scope := `{"owner":"o","approvers":["a","b"],"calendar":"office"}`
	named := []resource.Reference{
		{Field: "owner", Ref: resource.Person.Ref("o"), Role: person.ProcessOwner},
		{Field: "approvers[0]", Ref: resource.Person.Ref("a"), Role: person.Approver},
		{Field: "approvers[1]", Ref: resource.Person.Ref("b"), Role: person.Approver},
		{Field: "calendar", Ref: resource.Calendar.Ref("office")},
	}
	for _, c := range []struct {
		kind resource.Kind
		spec string
		want []resource.Reference
	}{
		{resource.Service, scope, named},
		{resource.Organisation, scope, named},
		{resource.Service, strings.ReplaceAll(scope, "office", "24x7"), named[:3]},
		{resource.Agreement, `{"service":"s","targets":[{"calendar":"24x7"},{"calendar":"office"}]}`, []resource.Reference{
			{Field: "service", Ref: resource.Service.Ref("s")}, {Field: "targets[1].calendar", Ref: resource.Calendar.Ref("office")}}},
		{resource.SLO, `{"service":"s","indicatorRef":"i"}`, []resource.Reference{
			{Field: "service", Ref: resource.Service.Ref("s")}, {Field: "indicatorRef", Ref: resource.SLI.Ref("i")}}},
		{resource.SLO, `{"service":"s","indicator":{}}`, []resource.Reference{{Field: "service", Ref: resource.Service.Ref("s")}}},
		{resource.Interval, `{"process":"sla-report","scope":"s","calendar":"office"}`, []resource.Reference{
			{Field: "scope", Ref: resource.Service.Ref("s")}, {Field: "calendar", Ref: resource.Calendar.Ref("office")}}},
		{resource.Interval, `{"process":"sla-report","scope":"s"}`, []resource.Reference{{Field: "scope", Ref: resource.Service.Ref("s")}}},
		{resource.Waiver, `{"process":"sla-report","scope":"s"}`, nil},
		{resource.Calendar, `{"zone":"Europe/Berlin"}`, nil},
		{"Pod", `{}`, nil},
	} {
		refs, err := declaration.References(resource.Raw{Kind: c.kind, Spec: json.RawMessage(c.spec)})
		require.NoError(t, err)
		require.Equal(t, c.want, refs, "%s %s", c.kind, c.spec)
	}
}

// Every kind that a run can be about wants somebody who can decide; the others
// aren't asked.
func TestCheckApprovers(t *testing.T) {
	for _, k := range declaration.Kinds() {
		_, about := reflect.New(k.Type).Interface().(interface{ CheckApprovers() error })
		err := declaration.CheckApprovers(resource.Raw{Kind: k.Kind, Metadata: resource.Metadata{Name: "x"}, Spec: json.RawMessage(`{}`)})
		if !about {
			require.NoError(t, err, k.Kind)
			continue
		}
		require.ErrorContains(t, err, string(k.Kind)+"/x spec.approvers: An approver is needed", k.Kind)
	}
	_, is := any(agreement.ServiceSpec{}).(interface{ CheckApprovers() error })
	require.True(t, is)
}

// A plan that is wrong in several ways is told of all of them at once, also of a
// step that names no owner.
func TestAPlanIsToldEachViolationAtOnce(t *testing.T) {
	r := resource.Raw{APIVersion: resource.APIVersion, Kind: resource.ContinuityPlan, Metadata: resource.Metadata{Name: "x"}, Spec: json.RawMessage(`{
		"service": "desk", "scenario": "a", "invocation": "b", "offsite": "c", "business": "bea",
		"objectives": {"rto": "PT8H", "rto_from": "disruption", "mtpd": "PT8H"},
		"contacts": [{"name": "d", "role": "e", "by": ["phone"], "within": "PT1H"}],
		"steps": [{"name": "one", "title": "f", "takes": "PT1H", "after": ["two"], "marks": "mbco_technical"}, {"name": "two", "title": "g", "owner": "uwe", "takes": "PT1H", "after": ["one"]}],
		"return": [{"name": "three", "title": "h", "owner": "uwe", "takes": "PT1H"}]}`)}
	err := declaration.Check(r)
	for _, violation := range []string{
		"spec.objectives.rto: The RTO, PT8H, isn't below the MTPD", "spec.contacts[0].from: This is missing", "spec.steps[0].owner: This is missing: name the person",
		"These steps wait for each other, each for the next one named: one → two → one",
	} {
		require.ErrorContains(t, err, violation)
	}
}
