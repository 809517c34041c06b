package calc

import (
	"encoding/json"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// drill judges an exercise of a service's recovery. A member that stands twice
// is refused: which of two instants counts nobody could see.
func drill(line json.RawMessage) (any, error) {
	tree, err := resource.Tree(line)
	if err != nil {
		return nil, err
	}
	in, ok := tree.(map[string]any)
	if !ok {
		return nil, fault.New(fault.Malformed, text.New("a case is an object", "Ein Fall ist ein Objekt."))
	}
	r := members{err: &err}
	objectives, events := r.object(in, "objectives"), r.object(in, "events")
	d := continuity.Drill{Type: continuity.Type(r.text(in, "", "type"))}
	d.Objectives = continuity.Objectives{
		RTO: r.duration(objectives, "rto"), RPO: r.duration(objectives, "rpo"), Decide: r.duration(objectives, "decide"),
		MBCO: r.decimal(objectives, "objectives", "mbco_pct"), Contacts: r.decimal(objectives, "objectives", "contacts_pct"),
		Base: continuity.Base(r.text(objectives, "objectives", "rto_from")),
	}
	d.Capacity = r.decimal(in, "", "capacity_pct")
	e := &d.Events
	e.Disruption, e.Detected, e.Invoked, e.Decided = r.instant(events, "disruption"), r.instant(events, "detected"), r.instant(events, "invoked"), r.instant(events, "decided")
	e.Technical, e.Confirmed, e.Full, e.Ended = r.instant(events, "mbco_technical"), r.instant(events, "mbco_confirmed"), r.instant(events, "full"), r.instant(events, "ended")
	e.Snapshot, e.Backup = r.instant(events, "snapshot_of"), r.instant(events, "backup_finished")
	if c := r.object(in, "contacts"); c != nil {
		d.Contacts = &continuity.Contacts{Called: r.count(c, "called"), Reached: r.count(c, "reached")}
	}
	d.Skipped = r.list(in, "skipped")
	if err != nil {
		return nil, err
	}
	return continuity.Judge(d)
}

// members reads the members of objects; the first fault is kept.
type members struct{ err *error }

func (r members) fail(err error) {
	if *r.err == nil {
		*r.err = err
	}
}

func (r members) wrong(path, name, en, de string) {
	r.fail(fault.Invalidf(resource.Below(path, name), en, de))
}

func (r members) object(in map[string]any, name string) map[string]any {
	m, ok := in[name].(map[string]any)
	if !ok && in[name] != nil {
		r.wrong("", name, "An object has to stand here.", "Hier muss ein Objekt stehen.")
	}
	return m
}

func (r members) text(in map[string]any, path, name string) string {
	s, ok := in[name].(string)
	if !ok && in[name] != nil {
		r.wrong(path, name, "A text has to stand here.", "Hier muss ein Text stehen.")
	}
	return s
}

func (r members) duration(objectives map[string]any, name string) *agreement.Duration {
	if objectives[name] == nil {
		return nil
	}
	d, err := agreement.ParseDuration(r.text(objectives, "objectives", name))
	if err != nil {
		r.fail(fault.As(err).At("objectives." + name))
	}
	return &d
}

// decimal reads an exact number, in quotes or without.
func (r members) decimal(in map[string]any, path, name string) *agreement.Decimal {
	if in[name] == nil {
		return nil
	}
	n, ok := in[name].(json.Number)
	if !ok {
		n = json.Number(r.text(in, path, name))
	}
	d, err := agreement.ParseDecimal(n.String())
	if err != nil {
		r.fail(fault.As(err).At(resource.Below(path, name)))
	}
	return &d
}

func (r members) instant(events map[string]any, name string) time.Time {
	if events[name] == nil {
		return time.Time{}
	}
	s := r.text(events, "events", name)
	at, err := instant("events."+name, &s)
	if err != nil {
		r.fail(err)
	}
	return at
}

func (r members) count(in map[string]any, name string) int64 {
	number, _ := in[name].(json.Number)
	n, err := number.Int64()
	if err != nil {
		r.wrong("contacts", name, "A whole number has to stand here.", "Hier muss eine ganze Zahl stehen.")
	}
	return n
}

func (r members) list(in map[string]any, name string) (all []string) {
	list, ok := in[name].([]any)
	if !ok && in[name] != nil {
		r.wrong("", name, "A list has to stand here.", "Hier muss eine Liste stehen.")
	}
	for _, x := range list {
		s, ok := x.(string)
		if !ok {
			r.wrong("", name, "Each of the list has to be a text.", "Jeder Eintrag der Liste muss ein Text sein.")
		}
		all = append(all, s)
	}
	return all
}
