package imports

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"turnus/itsm/ticket"
)

// Columns of an audit log that every row needs, and what they are taken for.
var auditColumns = []wanted{{"number", "number"}, {"state", "incident_state"}, {"order", "sys_mod_count"},
	{"opened", "opened_at"}, {"changed", "sys_updated_at"}}

// auditFields are the columns that are kept where a file has them: what an
// agreement's where may name, and what the source claims. Persons (caller_id,
// opened_by, assigned_to, resolved_by, sys_updated_by …) are left in the
// source: no figure needs them.
var auditFields = []string{
	"priority", "impact", "urgency", "category", "subcategory", "contact_type", "location", "company",
	"business_service", "assignment_group", "cmdb_ci", "u_symptom", "vendor", "closed_code", "made_sla",
}

// audit reads an audit log: each row a ticket after one change.
//
// The first row in another state than New is taken as the first reaction: in
// ServiceNow somebody has taken the ticket up then.
func audit(t *table) (parser[ticket.Row], error) {
	at, err := t.columns("", auditColumns)
	if err != nil {
		return nil, err
	}
	number, state, seq, openedAt, updated := at[0], at[1], at[2], at[3], at[4]
	t.number = number
	var fields []field
	for _, name := range auditFields {
		if i := slices.Index(t.heading, name); i >= 0 {
			fields = append(fields, field{name, i})
			t.uses[i] = append(t.uses[i], "fields."+name)
		}
	}
	var last struct { // rows of one ticket repeat their opening
		cell string
		at   time.Time
	}
	return func(t *table, c []string) (ticket.Row, error) {
		r := ticket.Row{Row: t.row, Number: known(c[number]), State: known(c[state])}
		if why := t.checkNumber(r.Number, number); why != nil {
			return r, why
		}
		bad := func(column int, en, de string, args ...any) (ticket.Row, error) {
			return r, t.reject(r.Number, t.heading[column], c[column], en, de, args...)
		}
		var ok bool
		if c[openedAt] == last.cell && last.cell != "" {
			r.Opened = last.at
		} else if r.Opened, ok = dayFirst(known(c[openedAt]), t.zone); !ok {
			return bad(openedAt, "this isn't an instant like 29/2/2016 01:16", "das ist kein Zeitpunkt wie 29/2/2016 01:16")
		} else {
			last.cell, last.at = strings.Clone(c[openedAt]), r.Opened
		}
		if r.At, ok = dayFirst(known(c[updated]), t.zone); !ok {
			return bad(updated, "this isn't an instant like 29/2/2016 01:16", "das ist kein Zeitpunkt wie 29/2/2016 01:16")
		}
		switch {
		case t.future(r.Opened):
			return bad(openedAt, toCome, toComeDe)
		case t.future(r.At):
			return bad(updated, toCome, toComeDe)
		}
		if r.At.Before(r.Opened) {
			return bad(updated, "this change lies before the ticket was opened", "diese Änderung liegt vor dem Öffnen des Tickets")
		}
		var err error
		if r.Seq, err = strconv.ParseInt(known(c[seq]), 10, 64); err != nil || r.Seq < 0 || r.Seq > 1<<40 {
			return bad(seq, "this isn't a count: the rows of a ticket are in its order", "das ist keine Anzahl: sie ordnet die Zeilen eines Tickets")
		}
		if r.State == "" || r.State[0] == '-' {
			return bad(state, noState, noStateDe)
		}
		r.Stopped = r.State == "Resolved" || r.State == "Closed"
		if r.State != "New" {
			r.Responded = &r.At
		}
		if len(r.State) > ticket.MaxValue {
			return bad(state, "longer than %d bytes", "länger als %d Byte", ticket.MaxValue)
		}
		r.Fields, err = t.fields(r.Number, fields, c)
		return r, err
	}, nil
}

// field is a ticket's field and its column.
type field struct {
	name   string
	column int
}

// fields collects those that have a value.
func (t *table) fields(number string, fields []field, c []string) (map[string]string, error) {
	m := make(map[string]string, len(fields))
	size := 0
	for _, f := range fields {
		v := known(c[f.column])
		if len(v) > ticket.MaxValue {
			return nil, t.reject(number, t.heading[f.column], v, "longer than %d bytes", "länger als %d Byte", ticket.MaxValue)
		}
		if size += len(v); size > ticket.MaxFields {
			return nil, t.reject(number, t.heading[f.column], v, "up to here the row's fields hold more than %d bytes",
				"bis hierher haben die Felder der Zeile mehr als %d Byte", ticket.MaxFields)
		}
		if v != "" {
			m[f.name] = v
		}
	}
	return m, nil
}

// checkNumber refuses a row without a usable number.
func (t *table) checkNumber(number string, column int) error {
	switch {
	case number == "":
		return t.reject("", t.heading[column], "", "the ticket's number is missing", "die Nummer des Tickets fehlt")
	case len(number) > ticket.MaxNumber:
		return t.reject("", t.heading[column], number, "longer than %d bytes", "länger als %d Byte", ticket.MaxNumber)
	}
	return nil
}

// known is a cell's text; empty and ? are the source's null.
func known(cell string) string {
	cell = strings.TrimSpace(cell)
	if cell == "?" {
		return ""
	}
	return cell
}
