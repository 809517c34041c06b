package main

import (
	"fmt"
	"strings"
)

// The services of a small organisation, for tests that need many runs: all
// belong to one person and are approved by either of two.
var services = []string{"mail", "payments", "printing", "storage", "telephony", "wiki"}

// asOf is up to when their tickets were read; months are those that end
// before, the oldest first.
const asOf = "2026-11-01T00:00:00Z"

func months() []string {
	var all []string
	for year := 2018; year <= 2026; year++ {
		for month := 1; month <= 12 && (year < 2026 || month <= 10); month++ {
			all = append(all, fmt.Sprintf("%d-%02d", year, month))
		}
	}
	return all
}

type people struct{ admin, owner, first, second, auditor string } // tokens

// settle declares the organisation, with a few tickets for each service.
func (e *engine) settle() people { return e.settleWith(services) }

func (e *engine) settleWith(services []string, approvers ...string) people {
	e.Helper()
	admin := e.token("admin-token")
	var b strings.Builder
	persons := [][2]string{{"owner", "process-owner"}, {"first", "approver"}, {"second", "approver"}, {"auditor", "auditor"}}
	for _, name := range approvers {
		persons = append(persons, [2]string{name, "approver"})
	}
	for _, p := range persons {
		fmt.Fprintf(&b, "apiVersion: turnus/v1\nkind: Person\nmetadata: {name: %s}\nspec: {roles: [%s]}\n---\n", p[0], p[1])
	}
	b.WriteString("apiVersion: turnus/v1\nkind: Mapping\nmetadata: {name: plain}\nspec: {number: Key, opened: Created, stopped: Resolved, fields: {priority: Priority}}\n")
	for _, s := range services {
		fmt.Fprintf(&b, "---\napiVersion: turnus/v1\nkind: Service\nmetadata: {name: %s}\nspec: {owner: owner, approvers: [%s], calendar: 24x7}\n", s, strings.Join(append([]string{"first", "second"}, approvers...), ", "))
		fmt.Fprintf(&b, "---\napiVersion: turnus/v1\nkind: Agreement\nmetadata: {name: %[1]s-sla}\nspec:\n  service: %[1]s\n  customer: all\n  valid: {from: \"2017-01-01\"}\n  targets:\n"+
			"    - {name: high, measure: resolution, where: {priority: [high]}, within: PT8H, calendar: 24x7, attain: 90}\n"+
			"  workload: [{name: tickets, per: month, limit: 100}]\n", s)
	}
	e.ask(200, admin, "POST", "/v1/apply", b.String())
	for _, s := range services {
		var f strings.Builder
		f.WriteString("Key,Created,Resolved,Priority\n")
		for i, m := range months() {
			for day := range 1 + i%4 {
				fmt.Fprintf(&f, "%[1]s-%[2]d-%[3]d,%[4]s-0%[5]dT09:00:00Z,%[4]s-0%[5]dT1%[3]d:30:00Z,high\n", s, i, day*3, m, day+1)
			}
		}
		e.ask(200, admin, "POST", "/v1/services/"+s+"/tickets?format=csv&mapping=plain&as_of="+asOf, strings.NewReader(f.String()))
	}
	token := func(person string) string {
		return e.ask(201, admin, "POST", "/v1/persons/"+person+"/tokens", object{})["token"].(string)
	}
	return people{admin, token("owner"), token("first"), token("second"), token("auditor")}
}
