package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"turnus/client"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/text"
	"turnus/report"
)

func auditPages() []page {
	return []page{
		{method: "GET", path: "/audit", name: "audit", handle: forAuditors(showAudit)},
		{method: "GET", path: "/audit/slots", name: "audit-slots", handle: forAuditors(showAuditedSlots)},
		{method: "GET", path: "/audit/clauses", name: "audit-clauses", handle: forAuditors(showClauses)},
		{method: "GET", path: "/audit/acts", name: "audit-acts", handle: forAuditors(showActs)},
		{method: "GET", path: "/audit/runs/:process/:scope/:period", name: "audit-run", handle: forAuditors(showAuditedRun)},
		{method: "GET", path: "/audit/trail", name: "audit-trail", handle: forAuditors(showTrail)},
		{method: "GET", path: "/audit/trail.csv", name: "audit-csv", lasts: csvTime, handle: forAuditors(sendTrail)},
	}
}

// forAuditors shows a page to auditors, since the API reads the trail to nobody
// else.
func forAuditors(handle func(*visit) error) func(*visit) error {
	return func(v *visit) error {
		if !v.session.Actor.Has(person.Auditor) {
			return fault.New(fault.Forbidden, text.F("The pages of an audit are for the role auditor; %s doesn't have it.",
				"Die Seiten für Audits stehen der Rolle auditor zu; %s hat sie nicht.", v.session.Person))
		}
		return handle(v)
	}
}

// span is the dates that an audit looks at, both inclusive.
type span struct{ From, To calendar.Date }

// span reads the dates of an address; without any the year so far.
func (v *visit) span() (s span, err error) {
	s.To = calendar.DateOf(v.Now().UTC())
	s.From = calendar.Date{Year: s.To.Year, Month: time.January, Day: 1}
	for _, end := range []struct {
		name string
		date *calendar.Date
	}{{"from", &s.From}, {"to", &s.To}} {
		if typed := v.query(end.name); typed != "" {
			if err := end.date.UnmarshalText([]byte(typed)); err != nil {
				return s, fault.Invalidf(end.name, "%.40q isn't a date: write 2026-10-05.", "%.40q ist kein Datum: 2026-10-05 angeben.", typed)
			}
		}
	}
	if s.To.Before(s.From) {
		return s, fault.Invalidf("to", "The span ends before it begins: choose %s or later.", "Der Zeitraum endet, bevor er beginnt: Frühestens %s angeben.", s.From)
	}
	return s, nil
}

// spanned is a page about a span.
type spanned interface{ spanOf() span }

func (s span) spanOf() span { return s }

// spanForm asks for another one.
type spanForm struct {
	Action string // the address that it is asked at
	span
}

// next is the date after its last one.
func (s span) next() calendar.Date { return s.To.Add(1) }

// since and until are its ends, in UTC; the second one is exclusive.
func (s span) since() time.Time { return s.From.Start(time.UTC) }
func (s span) until() time.Time { return s.next().Start(time.UTC) }

// Words of the span.
func (s span) Words() text.Text {
	return text.F("%s to %s", "%s bis %s", report.Date(s.From), report.Date(s.To))
}

// query of an address that keeps the span; pairs are added.
func (s span) query(pairs ...string) string {
	q := url.Values{"from": {s.From.String()}, "to": {s.To.String()}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q.Encode()
}

// Query is that without any more.
func (s span) Query() string { return s.query() }

// audited is what was planned in a span, and what became of it.
type audited struct {
	span
	All   balance
	Lines []balance
}

// balance is one equation: planned = done + late + missed + waived + open.
type balance struct {
	client.Ledger
	span
	Title text.Text // of the process
}

// Holds says that the equation does.
func (b balance) Holds() bool { return b.Planned == b.Done+b.Late+b.Missed+b.Waived+b.Open }

// Address of its slots that are in a state; empty: all.
func (b balance) Address(state string) string {
	service := ""
	if p, ok := process.Find(b.Process); ok && p.Scope == process.OfService {
		service = b.Scope
	}
	return "/audit/slots?" + b.query("process", b.Process, "service", service, "state", state)
}

// part is one number of an equation.
type part struct {
	Count   int64
	Title   text.Text
	Address string
}

// Parts are what is planned comes to.
func (b balance) Parts() []part {
	return []part{
		{b.Done, text.New("done", "erledigt"), b.Address(string(planning.Done))},
		{b.Late, text.New("done late", "verspätet erledigt"), b.Address(string(planning.DoneLate))},
		{b.Missed, text.New("missed", "versäumt"), b.Address(string(planning.Missed))},
		{b.Waived, text.New("waived", "ausgesetzt"), b.Address(string(planning.Waived))},
		{b.Open, text.New("open", "offen"), b.Address("open")},
	}
}

func showAudit(v *visit) error {
	s, err := v.span()
	if err != nil {
		return err
	}
	ledgers, err := v.api.Ledgers(v.r.Context(), s.From.String(), s.next().String())
	if err != nil {
		return err
	}
	a := audited{span: s, All: balance{span: s}}
	for _, l := range ledgers {
		if l.Planned == 0 {
			continue
		}
		a.Lines = append(a.Lines, balance{l, s, processTitle(l.Process)})
		a.All.Add(l)
	}
	slices.SortStableFunc(a.Lines, func(x, y balance) int {
		return cmp.Or(cmp.Compare(x.Process, y.Process), cmp.Compare(x.Scope, y.Scope), cmp.Compare(x.Interval, y.Interval))
	})
	return v.show(http.StatusOK, "audit", text.New("Audit", "Audit"), a)
}

// slotsShown is how many slots a page lists.
const slotsShown = 100

// auditedSlots are the slots behind a number.
type auditedSlots struct {
	span
	State   text.Text // empty: all
	Process text.Text // empty: all
	Service string
	Lines   []planning.Slot
	Next    string
}

// Title of a process.
func (auditedSlots) TitleOf(name string) text.Text { return processTitle(name) }

func showAuditedSlots(v *visit) error {
	s, err := v.span()
	if err != nil {
		return err
	}
	want := client.Slots{From: s.From.String(), To: s.next().String(), Process: v.query("process"), Service: v.query("service"), State: v.query("state")}
	all, next, err := v.api.PlanPart(v.r.Context(), want, v.query("after"), slotsShown)
	if err != nil {
		return err
	}
	a := auditedSlots{span: s, Service: want.Service, Lines: all}
	switch {
	case want.State == "open":
		a.State = text.New("open", "offen")
	case want.State != "":
		a.State = planning.State(want.State).Title()
	}
	if want.Process != "" {
		a.Process = processTitle(want.Process)
	}
	if next != "" {
		a.Next = "/audit/slots?" + s.query("process", want.Process, "service", want.Service, "state", want.State, "after", next)
	}
	return v.show(http.StatusOK, "audit-slots", text.New("Slots", "Termine"), a)
}
