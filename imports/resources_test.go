package imports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// contract is the example that CONTRACT.md gives.
const contract = `
apiVersion: turnus/v1
kind: Calendar
metadata: {name: office, displayName: {en: Office hours, de: Bürozeiten}}
spec:
  zone: Europe/Berlin
  hours: {mon: ["08:00-18:00"], tue: ["08:00-18:00"], wed: ["08:00-18:00"], thu: ["08:00-18:00"], fri: ["08:00-16:00"]}
  holidays: {region: DE-BE}                  # and/or dates: ["2026-12-24"]
  special: [{date: "2026-12-31", hours: ["08:00-12:00"]}]
---
apiVersion: turnus/v1
kind: Person
metadata: {name: desk-owner, displayName: {en: Owner of the service desk, de: Verantwortliche Person Service Desk}}
spec: {email: desk-owner@example.org, roles: [process-owner]}
---
apiVersion: turnus/v1
kind: Service
metadata: {name: service-desk}
spec: {owner: desk-owner, approvers: [service-manager], calendar: office}
---
apiVersion: turnus/v1
kind: Agreement
metadata: {name: service-desk-2016}
spec:
  service: service-desk
  customer: retail
  valid: {from: "2016-01-01"}
  targets:
    - {name: p1-resolution, measure: resolution, where: {priority: ["1 - Critical"]}, within: PT4H, calendar: 24x7, attain: 95, pause: [Awaiting User Info], reopen: continue, weight: 0.5}
    - {name: p3-resolution, measure: resolution, where: {priority: ["3 - Moderate"]}, within: PT24H, calendar: office, attain: 90, pause: [Awaiting User Info, Awaiting Vendor], reopen: continue, weight: 0.5}
  workload: [{name: tickets, per: month, limit: 9000}]
---
apiVersion: turnus/v1
kind: Mapping
metadata: {name: jira-export}
spec:
  separator: ";"                       # , ; or \t; found out if left out
  encoding: windows-1252               # or utf-8, the default
  time: "02.01.2006 15:04"             # Go's reference time; RFC 3339 if left out
  number: Key
  opened: Created
  stopped: Resolved                    # an empty cell: still open
  responded: First response            # optional
  state: Status                        # optional; with one row a change, changed names its instant
  changed: Updated
  fields: {priority: Priority, customer: Organization}
`

func TestResourcesReadsTheContract(t *testing.T) {
	raws, err := Resources([]byte(contract))
	require.NoError(t, err)
	require.Len(t, raws, 5)
	require.Equal(t, text.New("Office hours", "Bürozeiten"), raws[0].Metadata.DisplayName)
	var a agreement.Spec
	require.NoError(t, json.Unmarshal(raws[3].Spec, &a))
	require.Equal(t, agreement.Duration(4*3600), a.Targets[0].Within)
	require.Equal(t, json.Number("0.5"), a.Targets[0].Weight)
	require.Equal(t, agreement.Retroactive, a.Targets[0].OnChange)
	require.Equal(t, int64(9000), a.Workload[0].Limit)
	require.NotContains(t, string(raws[3].Spec), "on_change", "defaults are for reading")
}

// anAgreement is one whose valid, target and the rest a test chooses.
func anAgreement(valid, target, rest string) string {
	return fmt.Sprintf(`apiVersion: turnus/v1
kind: Agreement
metadata: {name: gold}
spec:
  service: desk
  valid: %s
  targets: [{name: p1, measure: resolution, within: PT4H, calendar: 24x7, %s}]
%s`, valid, target, rest)
}

func TestResourcesTakesYAMLAsItWasWritten(t *testing.T) {
	read := func(t *testing.T, doc string) agreement.Spec {
		t.Helper()
		raws, err := Resources([]byte(doc))
		require.NoError(t, err)
		var a agreement.Spec
		require.NoError(t, json.Unmarshal(raws[0].Spec, &a))
		return a
	}
	t.Run("a date without quotes", func(t *testing.T) {
		a := read(t, anAgreement("{from: 2016-01-01, to: 2016-12-31}", "attain: 95", ""))
		require.Equal(t, "2016-01-01", a.Valid.From.String())
		require.Equal(t, "2016-12-31", a.Valid.To.String())
	})
	for _, n := range []string{"95", "99.9", "99.90", "99.999999", "100", "100.0", "0.000001"} {
		t.Run("exactly "+n, func(t *testing.T) {
			require.Equal(t, json.Number(n), read(t, anAgreement("{from: 2016-01-01}", "attain: "+n, "")).Targets[0].Attain)
		})
	}
	t.Run("on, off, yes, no are words", func(t *testing.T) {
		a := read(t, anAgreement("{from: 2016-01-01}", "attain: 95, pause: [on, off, yes, no, y, n], where: {on: [no], NO: [on]}", ""))
		require.Equal(t, []string{"on", "off", "yes", "no", "y", "n"}, a.Targets[0].Pause)
		require.Equal(t, agreement.Where{"on": {"no"}, "NO": {"on"}}, a.Targets[0].Where)
	})
	t.Run("times of day aren't numbers to the base of 60", func(t *testing.T) {
		a := read(t, anAgreement("{from: 2016-01-01}", "attain: 95, pause: [12:30:00, 22:22]", ""))
		require.Equal(t, []string{"12:30:00", "22:22"}, a.Targets[0].Pause)
	})
	t.Run("anchors", func(t *testing.T) {
		a := read(t, anAgreement("{from: 2016-01-01}", "attain: 95, pause: &p [A], where: {state: *p}", ""))
		require.Equal(t, agreement.Where{"state": {"A"}}, a.Targets[0].Where)
	})
}

func TestResourcesReadsJSON(t *testing.T) {
	const one = `{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"p%d","displayName":"\ud83d\ude00"},"spec":{"roles":["viewer"]}}`
	a, b := fmt.Sprintf(one, 1), fmt.Sprintf(one, 2)
	for name, in := range map[string]string{
		"array": "[" + a + "," + b + "]",
		"items": `{"kind":"List","items":[` + a + "," + b + "]}",
		"YAML":  a + "\n---\n" + b,
		"tabs":  "[\n\t" + a + ",\n\t" + b + "\n]",
		"BOM":   "\uFEFF[" + a + "," + b + "]",
	} {
		if name == "YAML" { // which knows no surrogates
			in = strings.ReplaceAll(in, `\ud83d\ude00`, "😀")
		}
		raws, err := Resources([]byte(in))
		require.NoError(t, err, name)
		require.Len(t, raws, 2, name)
		require.Equal(t, "p2", raws[1].Metadata.Name, name)
		require.Equal(t, "😀", raws[1].Metadata.DisplayName.De, name)
	}
	raws, err := Resources([]byte(a))
	require.NoError(t, err)
	require.Len(t, raws, 1)
}

func TestResourcesRefuses(t *testing.T) {
	person := func(rest string) string {
		return "apiVersion: turnus/v1\nkind: Person\nmetadata: {name: jo}\n" + rest
	}
	target := func(s string) string { return anAgreement("{from: 2016-01-01}", s, "") }
	for _, c := range []struct {
		name, in string
		code     fault.Code
		says     []string
	}{
		{"nothing", "", fault.Malformed, []string{"no document"}},
		{"comments only", "# nothing\n---\n---\n", fault.Malformed, []string{"no document"}},
		{"an empty list", "[]", fault.Malformed, []string{"no document"}},
		{"no YAML", "a: [", fault.Malformed, []string{"isn't YAML", "line 1"}},
		{"NUL", person("spec: {roles: []}\x00"), fault.Malformed, []string{"UTF-8"}},
		{"not UTF-8", person("spec: {roles: [\"\xff\"]}"), fault.Malformed, []string{"UTF-8"}},
		{"NUL as an escape", person(`spec: {roles: [], email: "a\0b"}`), fault.Invalid, []string{"Person/jo spec.email", "NUL"}},
		{"NUL in a key", person(`spec: {roles: [], "a\0b": 1}`), fault.Invalid, []string{"Person/jo spec", "NUL"}},
		{"NUL in JSON", `{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"jo"},"spec":{"roles":[],"email":"a\u0000"}}`, fault.Invalid, []string{"spec.email", "NUL"}},
		{"a text", "hello", fault.Invalid, []string{"document 1", "apiVersion, kind, metadata and spec"}},
		{"a list in YAML", "- a\n- b\n", fault.Invalid, []string{"document 1"}},
		{"no name", "apiVersion: turnus/v1\nkind: Person\nspec: {roles: []}\n", fault.Invalid, []string{"document 1 metadata: This is missing"}},
		{"a bad name", "apiVersion: turnus/v1\nkind: Person\nmetadata: {name: Jo}\nspec: {roles: []}\n", fault.Invalid, []string{"document 1 metadata.name", `"Jo" isn't a name`}},
		{"a name that is taken", "apiVersion: turnus/v1\nkind: Person\nmetadata: {name: turnus}\nspec: {roles: []}\n", fault.Invalid, []string{"Person/turnus metadata.name", "another name"}},
		{"a number as name", "apiVersion: turnus/v1\nkind: Person\nmetadata: {name: 7}\nspec: {roles: []}\n", fault.Invalid, []string{"metadata.name", "the number 7", "in quotes"}},
		{"no kind of ours", "apiVersion: turnus/v1\nkind: Pod\nmetadata: {name: x}\nspec: {}\n", fault.Invalid, []string{"document 1 kind", "Calendar, Person, Organisation, Service, Agreement, Mapping, SLI, SLO"}},
		{"another version", "apiVersion: v1\nkind: Person\nmetadata: {name: x}\nspec: {roles: []}\n", fault.Invalid, []string{"Person/x apiVersion", "turnus/v1"}},
		{"an unknown field", person("spec: {roles: [], emial: x}"), fault.Invalid, []string{"Person/jo spec.emial", "no such field", "email, roles"}},
		{"another case", person("spec: {Roles: []}"), fault.Invalid, []string{"Person/jo spec.Roles", "Person/jo spec.roles: This is missing"}},
		{"an unknown field outside", person("spec: {roles: []}\nstatus: ok"), fault.Invalid, []string{"Person/jo status"}},
		{"a key twice", person("spec: {roles: [], roles: []}"), fault.Invalid, []string{"Person/jo spec.roles", "more than once"}},
		{"a key twice in JSON", `{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"jo"},"spec":{"roles":["viewer"],"roles":["administrator"]}}`, fault.Invalid, []string{"document 1 spec.roles", "more than once"}},
		{"a field without value", person("spec: {roles: }"), fault.Invalid, []string{"spec.roles", "empty"}},
		{"an empty value in where", target("attain: 95, where: {priority: }"), fault.Invalid, []string{"Agreement/gold spec.targets[0].where.priority", "empty"}},
		{"a text for a list", person("spec: {roles: viewer}"), fault.Invalid, []string{"spec.roles", `the text "viewer"`, "a list"}},
		{"a number in a list of texts", target("attain: 95, where: {priority: [1]}"), fault.Invalid, []string{"spec.targets[0].where.priority[0]", "the number 1", "in quotes"}},
		{"true for a text", target("attain: 95, pause: [true]"), fault.Invalid, []string{"spec.targets[0].pause[0]", "true, without quotes"}},
		{"a quoted number", target(`attain: "95"`), fault.Invalid, []string{"spec.targets[0].attain", "a number without quotes"}},
		{"a comma before decimals", target(`attain: "99,9"`), fault.Invalid, []string{"spec.targets[0].attain", `the text "99,9"; right would be a number with a point before its decimals, as in 99.9`}},
		{"a comma between braces", target(`attain: 99,9`), fault.Invalid, []string{"spec.targets[0].9", "what follows a comma is read as the next one", "as in 99.9"}},
		{"a comma and a per cent sign between braces", target(`attain: 99,9 %`), fault.Invalid, []string{`spec.targets[0]["9 %"]`, "as in 99.9"}},
		{"a comma in a share", target(`attain: "0,999"`), fault.Invalid, []string{"a number with a point before its decimals, as in 0.999"}},
		{"a per cent sign", target(`attain: "99,9 %"`), fault.Invalid, []string{"without any other sign than a point before its decimals"}},
		{"a per cent sign alone", target(`attain: 99.9%`), fault.Invalid, []string{"without any other sign than a point before its decimals"}},
		{"points between thousands", target(`attain: 95, weight: "1.234,5"`), fault.Invalid, []string{"without any other sign than a point before its decimals"}},
		{"a hexadecimal number", target(`attain: 0x5F`), fault.Invalid, []string{"spec.targets[0].attain", "digits only"}},
		{"infinity", target(`attain: .inf`), fault.Invalid, []string{"spec.targets[0].attain"}},
		{"an underscore", target(`attain: 95, weight: 1_0`), fault.Invalid, []string{"spec.targets[0].weight"}},
		{"an exponent", target(`attain: 9e1`), fault.Invalid, []string{"spec.targets[0].attain", "isn't a percentage"}},
		{"more than hundred", target(`attain: 100.000001`), fault.Invalid, []string{"spec.targets[0].attain", "up to 100"}},
		{"a broken duration", anAgreement("{from: 2016-01-01}", "attain: 95", "  workload: [{name: tickets, per: month, limit: 1.5}]"), fault.Invalid, []string{"spec.workload[0].limit", "whole number"}},
		{"a date that isn't", anAgreement("{from: 2016-02-30}", "attain: 95", ""), fault.Invalid, []string{"spec.valid.from", "YYYY-MM-DD"}},
		{"an instant for a date", anAgreement("{from: 2016-02-01T00:00:00Z}", "attain: 95", ""), fault.Invalid, []string{"spec.valid.from"}},
		{"a tag", person("spec: {roles: [!secret x]}"), fault.Invalid, []string{"spec.roles[0]", "!secret"}},
		{"binary", person("spec: {roles: [], email: !!binary aGVsbG8=}"), fault.Invalid, []string{"spec.email", "!!binary"}},
		{"a set", person("spec: {roles: !!set {a, b}}"), fault.Invalid, []string{"spec.roles", "!!set"}},
		{"merging", person("spec: {<<: {roles: []}}"), fault.Invalid, []string{"Person/jo spec", "<<"}},
		{"a list as a key", person("spec: {[a]: b}"), fault.Invalid, []string{"Person/jo spec", "name of a field"}},
		{"itself", person("spec: &a {roles: [*a]}"), fault.Invalid, []string{"levels deep"}},
		{"depth", person("spec: " + strings.Repeat("[", 100) + strings.Repeat("]", 100)), fault.Invalid, []string{"levels deep"}},
		{"great depth", person("spec: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000)), fault.Malformed, nil},
		{"depth in JSON", `{"spec":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}", fault.Invalid, []string{"levels deep"}},
		{"size", strings.Repeat("#", MaxResourceBytes+1), fault.Invalid, []string{"4194304"}},
		{"documents", strings.Repeat("---\na: b\n", MaxResources+1), fault.Invalid, []string{"10000 documents"}},
		{"documents in JSON", "[" + strings.Repeat("1,", MaxResources) + "1]", fault.Invalid, []string{"10000 documents"}},
		{"broken JSON", `{"apiVersion": "turnus/v1",`, fault.Malformed, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			raws, err := Resources([]byte(c.in))
			require.Error(t, err)
			require.Empty(t, raws)
			all := fault.All(err)
			require.NotEmpty(t, all, "%T %v", err, err)
			require.Equal(t, c.code, all[0].Code, "%v", err)
			for _, s := range c.says {
				require.ErrorContains(t, err, s)
			}
			for _, f := range all {
				require.NotContains(t, f.Message.En+f.Message.De, "%!")
				require.Less(t, len(f.Error()), 600)
			}
		})
	}
}

func TestResourcesSaysEverythingAtOnce(t *testing.T) {
	_, err := Resources([]byte(`
apiVersion: turnus/v1
kind: Agreement
metadata: {name: service-desk-2016}
spec:
  service: service-desk
  valid: {from: "2016-01-01"}
  targets:
    - {name: p1, measure: resolution, within: 4h, calendar: 24x7, attain: 95}
    - {name: p2, measure: resolution, within: PT4H, calendar: 24x7, atain: 95}
---
apiVersion: turnus/v1
kind: Person
metadata: {name: jo}
spec: {email: nowhere, roles: [boss, viewer, viewer]}
`))
	var fields []string
	for _, f := range fault.All(err) {
		fields = append(fields, f.Field)
	}
	require.Equal(t, []string{
		"Agreement/service-desk-2016 spec.targets[0].within",
		"Agreement/service-desk-2016 spec.targets[1].attain",
		"Agreement/service-desk-2016 spec.targets[1].atain",
		"Person/jo spec.email", "Person/jo spec.roles[0]", "Person/jo spec.roles[2]",
	}, fields)
}

func TestAliasesDontBlowUp(t *testing.T) {
	var b strings.Builder
	b.WriteString("apiVersion: turnus/v1\nkind: Person\nmetadata: {name: jo}\nspec:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "  a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	_, err := Resources([]byte(b.String()))
	require.ErrorContains(t, err, "aliases")
	require.True(t, fault.Is(err, fault.Invalid))
}

// Whatever texts an agreement holds, reading gives them back.
func TestResourcesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[^\x00]*[^\x00\s][^\x00]*`)
		want := agreement.Where{
			rapid.StringMatching(`[a-z_]{1,8}`).Draw(t, "field"): rapid.SliceOfN(word, 1, 3).Draw(t, "values"),
		}
		spec, err := json.Marshal(map[string]any{"service": "desk", "valid": map[string]string{"from": "2016-01-01"}, "where": want,
			"targets": []any{map[string]any{"name": "p1", "measure": "response", "within": "PT1S", "calendar": "24x7", "attain": json.Number("99.90")}}})
		require.NoError(t, err)
		doc := resource.Raw{APIVersion: resource.APIVersion, Kind: resource.Agreement, Metadata: resource.Metadata{Name: "a"}, Spec: spec}
		b, err := json.Marshal([]resource.Raw{doc})
		require.NoError(t, err)
		raws, err := Resources(b)
		require.NoError(t, err)
		var got agreement.Spec
		require.NoError(t, json.Unmarshal(raws[0].Spec, &got))
		require.Equal(t, want, got.Where)
		require.Equal(t, json.Number("99.90"), got.Targets[0].Attain)
	})
}

func FuzzResources(f *testing.F) {
	f.Add([]byte(contract))
	f.Add([]byte(`[{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"p"},"spec":{"roles":["viewer"]}}]`))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte(objective))
	f.Add(theirs(f, "timeslices-slo.yaml"))
	f.Add([]byte("? [a]\n: !!binary x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		raws, err := Resources(b)
		if err != nil {
			require.NotEmpty(t, fault.All(err), "%T %v", err, err)
			return
		}
		require.NotEmpty(t, raws)
		again, err := json.Marshal(raws)
		require.NoError(t, err)
		require.False(t, bytes.Contains(again, []byte(`\u0000`)))
		same, err := Resources(again)
		require.NoError(t, err)
		twice, err := json.Marshal(same) // in which an empty map and none are the same
		require.NoError(t, err)
		require.Equal(t, string(again), string(twice), "what is read can be read again")
	})
}
