package activities_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/rulechange"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/store"
	"turnus/workflows"
)

const changing = `
{apiVersion: turnus/v1, kind: Person, metadata: {name: olga}, spec: {roles: [process-owner]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: otto}, spec: {roles: [process-owner]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: max}, spec: {roles: [approver]}}
---
{apiVersion: turnus/v1, kind: Calendar, metadata: {name: office}, spec: {zone: Europe/Berlin, hours: {mon: ["08:00-18:00"], tue: ["08:00-18:00"], wed: ["08:00-18:00"], thu: ["08:00-18:00"], fri: ["08:00-18:00"]}}}
---
{apiVersion: turnus/v1, kind: Service, metadata: {name: desk, displayName: {en: Service desk, de: Servicedesk}}, spec: {owner: olga, approvers: [max], calendar: 24x7, zone: Europe/Berlin}}
---
`

// terms is the agreement, within so many hours.
func terms(hours int, more string) string {
	return fmt.Sprintf(`
apiVersion: turnus/v1
kind: Agreement
metadata: {name: gold}
spec:
  service: desk
  valid: {from: "2026-01-01"}
  targets: [{name: fix, measure: resolution, within: PT%dH, calendar: 24x7, attain: 95}]
  credits: {fee: {amount: "1000.00", currency: EUR}, tiers: [{below: "95", credit: "10"}]}
%s`, hours, more)
}

// published is a service of which four months are published.
type published struct {
	*testing.T
	store *store.Store
	set   *activities.Set
	now   time.Time
}

var (
	admin = person.Actor{Person: "admin", Roles: []person.Role{person.Administrator}}
	owner = person.Actor{Person: "olga", Roles: []person.Role{person.ProcessOwner}}
)

func newPublished(t *testing.T) *published { return newPublishedOf(t, terms(4, "")) }

func newPublishedOf(t *testing.T, agreements string) *published {
	p := &published{T: t, store: store.New(pgtest.New(t)), now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)}
	p.set = activities.New(p.store, nil, func() time.Time { return p.now })
	_, err := p.apply(admin, changing+agreements)
	require.NoError(t, err)
	p.load("desk", 4)
	return p
}

// load imports some months of a service, and publishes them.
func (p *published) load(service string, months int) {
	p.Helper()
	_, err := p.store.Import(p.Context(), store.Intake{Service: service, Format: "csv", AsOf: p.now, Now: p.now, By: "olga"}, func(yield func(ticket.Row, error) bool) {
		n := int64(0)
		for month := 1; month <= months; month++ {
			for i, hours := range []int{1, 3, 9} { // one in three is late, until 9 hours are enough
				n++
				at := time.Date(2026, time.Month(month), 5+i, 8, 0, 0, 0, time.UTC)
				stop := at.Add(time.Duration(hours) * time.Hour)
				yield(ticket.Row{Row: n, Number: fmt.Sprintf("M%d-%d", month, i), Opened: at, At: at, State: "Active", StoppedAt: &stop}, nil)
			}
		}
	}, nil)
	require.NoError(p, err)
	for month := 1; month <= months; month++ {
		p.publish(service, fmt.Sprintf("2026-%02d", month), false)
	}
}

func (p *published) apply(by person.Actor, yaml string) ([]store.Change, error) {
	docs, err := imports.Resources([]byte(yaml))
	require.NoError(p, err)
	return p.store.Apply(p.Context(), by, p.now, docs, false)
}

// publish drafts a month and has it approved; it gives what the round stood on.
func (p *published) publish(service, period string, again bool) (report.Report, sla.Frozen) {
	p.Helper()
	k := run.Key{Process: "sla-report", Scope: service, Period: period}
	r, created, err := p.store.Begin(p.Context(), p.now, store.NewRun{Key: k, Owner: "olga", By: owner, Again: again, Reason: "a rule was corrected"})
	require.NoError(p, err)
	require.True(p, created)
	st := run.Step{Run: r.ID, Round: 1}
	_, err = p.set.SLAReportCollect(p.Context(), workflows.Freezing{Input: run.Input{Run: r.ID, Key: k}, Round: 1})
	require.NoError(p, err)
	_, err = p.set.SLAReportDraft(p.Context(), st)
	require.NoError(p, err)
	storetest.End(p, p.store, p.now, "max", "olga", r.ID, run.Published)
	rep, err := p.store.Report(p.Context(), r.ID)
	require.NoError(p, err)
	f, err := store.Frozen[sla.Frozen](p.Context(), p.store, st)
	require.NoError(p, err)
	return rep, f
}

// draft drafts the document about a proposal, and gives it with what it shows.
func (p *published) draft(id string) (report.Document, rulechange.Change) {
	p.Helper()
	st := run.Step{Run: id, Round: 1}
	_, err := p.set.ChangeDraft(p.Context(), st)
	require.NoError(p, err)
	rep, err := p.store.Report(p.Context(), id)
	require.NoError(p, err)
	c, err := store.Frozen[rulechange.Change](p.Context(), p.store, st)
	require.NoError(p, err)
	return rep.Document, c
}

func (p *published) approve(id string) error {
	p.Helper()
	storetest.Decide(p, p.store, p.now, "max", run.Step{Run: id, Round: 1}, task.Approve)
	if _, err := p.set.ChangeEnact(p.Context(), run.Step{Run: id, Round: 1}); err != nil {
		storetest.End(p, p.store, p.now, "max", "olga", id, run.Failed)
		return err
	}
	storetest.End(p, p.store, p.now, "max", "olga", id, run.Published)
	return nil
}

func (p *published) version(k resource.Ref) resource.Version {
	p.Helper()
	v, err := p.store.Resource(p.Context(), k.Kind, k.Name)
	require.NoError(p, err)
	return v
}

var gold = resource.Agreement.Ref("gold")

// An administrator doesn't change an agreement under published months: that is
// refused with the owner's name, and with it everything else in the call. The
// owner proposes it, an approver decides on what it would have made of the last
// three months, and a restatement comes to exactly that.
func TestAnAgreementUnderPublishedMonthsIsDecided(t *testing.T) {
	p := newPublished(t)
	_, err := p.apply(admin, terms(9, "")+"\n---\n{apiVersion: turnus/v1, kind: Person, metadata: {name: nora}, spec: {roles: [approver]}}")
	require.True(t, fault.Is(err, fault.Forbidden), "%v", err)
	require.ErrorContains(t, err, "its owner, olga, proposes a change")
	require.Equal(t, "Agreement/gold", fault.As(err).Field)
	require.Contains(t, fault.As(err).Message.De, "Die dafür verantwortliche Person, olga, schlägt eine Änderung vor")
	require.Equal(t, 1, p.version(gold).Version)
	_, err = p.store.Resource(t.Context(), resource.Person, "nora")
	require.True(t, fault.Is(err, fault.NotFound), "all or none")
	other := person.Actor{Person: "otto", Roles: owner.Roles}
	_, err = p.apply(other, terms(9, ""))
	require.True(t, fault.Is(err, fault.Forbidden), "%v", err)

	changes, err := p.apply(owner, terms(9, ""))
	require.NoError(t, err)
	require.Equal(t, store.Proposed, changes[0].Change)
	id := changes[0].Run
	require.Equal(t, "change-approval/agreement-gold/2026-05-04", id)
	found, err := p.apply(owner, terms(9, ""))
	require.NoError(t, err)
	require.Equal(t, id, found[0].Run, "it waits already")
	_, err = p.apply(owner, terms(10, ""))
	require.True(t, fault.Is(err, fault.Conflict), "another one waits: %v", err)
	require.Equal(t, 1, p.version(gold).Version, "nothing holds before somebody has decided")

	d, c := p.draft(id)
	require.Equal(t, text.New("Change of an agreement", "Änderung einer Vereinbarung"), d.Title)
	require.Equal(t, 4, c.Services[0].Published)
	var months []string
	for _, m := range c.Services[0].Months {
		months = append(months, m.Period)
		require.Equal(t, []rulechange.TargetChange{{Agreement: "gold", Target: "fix",
			Then: &rulechange.Attained{Met: 2, Decided: 3, Attain: "95", Verdict: string(sla.Missed)},
			New:  &rulechange.Attained{Met: 3, Decided: 3, Attain: "95", Verdict: string(sla.Met)}}}, m.Targets)
		require.Equal(t, "10", *m.Credits[0].Then.Percent)
		require.Equal(t, "0", *m.Credits[0].New.Percent)
	}
	require.Equal(t, []string{"2026-02", "2026-03", "2026-04"}, months)
	require.Len(t, d.Sections[0].Tables[0].Rows, 1, "only what differs")
	row := d.Sections[0].Tables[0].Rows[0]
	require.Equal(t, "Ziel fix: innerhalb von", row[0].Text.De)
	require.Equal(t, []int64{9 * 3600, 4 * 3600}, []int64{*row[1].Seconds, *row[2].Seconds})

	require.NoError(t, p.approve(id))
	v := p.version(gold)
	require.Equal(t, []any{2, "olga", "2025-12-31 23:00"}, []any{v.Version, v.By, v.ValidFrom.Format("2006-01-02 15:04")})
	again, err := p.apply(owner, terms(9, ""))
	require.NoError(t, err)
	require.Equal(t, store.Unchanged, again[0].Change)
	again, err = p.apply(admin, terms(9, ""))
	require.NoError(t, err, "an administrator may apply everything once more")
	require.Equal(t, store.Unchanged, again[0].Change)

	old, _, err := p.store.Published(t.Context(), run.Key{Process: "sla-report", Scope: "desk", Period: "2026-04"})
	require.NoError(t, err)
	require.Equal(t, 1, old.Version, "what is published stays")
	rep, f := p.publish("desk", "2026-04", true)
	require.Equal(t, 2, rep.Version)
	for _, x := range rep.Figures {
		if x.Name == "fix.met" {
			require.Equal(t, "3", *x.Value, "as the approver was shown")
		}
	}
	require.Len(t, f.Agreements, 2)
	require.Nil(t, f.Agreements[0].Decided)
	require.Equal(t, &sla.Decided{Run: id, By: []string{"max"}, At: p.now}, f.Agreements[1].Decided)
}

// What reaches no published month is declared as before, by administrators
// alone.
func TestWhatReachesNoPublishedMonthIsDeclared(t *testing.T) {
	p := newPublished(t)
	later := strings.Replace(terms(9, ""), `from: "2026-01-01"`, `from: "2026-05-01"`, 1)
	_, err := p.apply(owner, later)
	require.True(t, fault.Is(err, fault.Forbidden), "%v", err)
	require.ErrorContains(t, err, "Administrators declare this")
	changes, err := p.apply(admin, later)
	require.NoError(t, err)
	require.Equal(t, store.Changed, changes[0].Change)

	back := strings.Replace(terms(8, ""), `from: "2026-01-01"`, `from: "2026-04-30"`, 1)
	_, err = p.apply(admin, back)
	require.True(t, fault.Is(err, fault.Forbidden), "a day of April is published: %v", err)
	fresh := strings.NewReplacer("name: gold", "name: silver", "service: desk", "service: desk\n  where: {priority: [low]}").Replace(back)
	_, err = p.apply(admin, fresh)
	require.True(t, fault.Is(err, fault.Forbidden), "a new one, too: %v", err)
	// A calendar holds from now on, and no published month begins later.
	changes, err = p.apply(admin, strings.Replace(changing, "08:00-18:00", "07:00-18:00", 1))
	require.NoError(t, err)
	require.Equal(t, store.Changed, changes[3].Change)
	// Nothing is published of another service.
	_, err = p.apply(admin, strings.NewReplacer("name: desk", "name: mail", "service: desk", "service: mail", "name: gold", "name: mail").Replace(changing+terms(4, "")))
	require.NoError(t, err)
	_, err = p.apply(admin, strings.NewReplacer("service: desk", "service: mail", "name: gold", "name: mail").Replace(terms(9, "")))
	require.NoError(t, err)
}

// calendarFrom is the office with a holiday on 7 April, which counts for periods
// from a date on.
func calendarFrom(from string) string {
	return strings.Replace(strings.Split(changing, "---\n")[3], "spec: {zone", `spec: {valid: {from: "`+from+`"}, holidays: {dates: ["2026-04-07"]}, zone`, 1)
}

// A calendar that corrects the past is decided by all services together whose
// published months it would change: one person owns them.
func TestACalendarThatCorrectsPublishedMonthsIsDecided(t *testing.T) {
	office := strings.Replace(terms(4, ""), "calendar: 24x7", "calendar: office", 1)
	p := newPublishedOf(t, office)
	mail := strings.NewReplacer("service: desk", "service: mail", "name: gold", "name: mail")
	_, err := p.apply(admin, "{apiVersion: turnus/v1, kind: Service, metadata: {name: mail}, spec: {owner: otto, approvers: [max], calendar: office}}\n---\n"+mail.Replace(office))
	require.NoError(t, err)
	p.load("mail", 3)

	changes, err := p.apply(admin, calendarFrom("2026-05-01"))
	require.NoError(t, err, "no published month begins then")
	require.Equal(t, store.Changed, changes[0].Change)
	_, err = p.apply(admin, calendarFrom("2026-06-01"))
	require.ErrorContains(t, err, "Calendar/office spec.valid.from: 2026-06-01 is still to come")

	back := calendarFrom("2026-03-01")
	for _, by := range []person.Actor{admin, owner} {
		_, err = p.apply(by, back)
		require.True(t, fault.Is(err, fault.Forbidden), "%v", err)
		require.ErrorContains(t, err, "desk (olga), mail (otto)")
	}
	_, err = p.apply(admin, "{apiVersion: turnus/v1, kind: Service, metadata: {name: mail}, spec: {owner: olga, approvers: [max], calendar: office}}")
	require.NoError(t, err, "who owns a service stays an administrator's")
	changes, err = p.apply(owner, back)
	require.NoError(t, err)
	require.Equal(t, "change-approval/calendar-office/2026-05-04", changes[0].Run)

	d, c := p.draft(changes[0].Run)
	require.Equal(t, "Änderung eines Kalenders", d.Title.De)
	var said []string
	for _, s := range c.Services {
		for _, m := range s.Months {
			said = append(said, fmt.Sprintf("%s %s %d→%d", s.Service, m.Period, m.Targets[0].Then.Met, m.Targets[0].New.Met))
		}
	}
	require.Equal(t, []string{"desk 2026-02 3→3", "desk 2026-03 3→3", "desk 2026-04 2→3", "mail 2026-01 2→2", "mail 2026-02 3→3", "mail 2026-03 3→3"}, said)
	require.Contains(t, d.Sections[1].Paragraphs, text.New("March 2026: the same figures under the new rules.", "März 2026: nach den neuen Regeln dieselben Zahlen."))

	require.NoError(t, p.approve(changes[0].Run))
	require.Equal(t, "2026-03-01", p.version(resource.Calendar.Ref("office")).ValidFrom.Format("2006-01-02"))
	rep, _ := p.publish("desk", "2026-04", true)
	for _, x := range rep.Figures {
		if x.Name == "fix.met" {
			require.Equal(t, "3", *x.Value)
		}
	}
}

// A service whose calendar or zone is corrected is decided; the rest of it isn't.
func TestAServicesCalendarIsDecided(t *testing.T) {
	p := newPublished(t)
	desk := func(more string) string {
		return "{apiVersion: turnus/v1, kind: Service, metadata: {name: desk}, spec: {owner: olga, approvers: [max], " + more + "}}"
	}
	_, err := p.apply(admin, desk(`calendar: 24x7, zone: Europe/Berlin, language: de, valid: {from: "2026-02-01"}`))
	require.NoError(t, err)
	utc := desk(`calendar: 24x7, zone: Asia/Tokyo, valid: {from: "2026-04-01"}`)
	_, err = p.apply(admin, utc)
	require.True(t, fault.Is(err, fault.Forbidden), "%v", err)
	changes, err := p.apply(owner, utc)
	require.NoError(t, err)
	_, c := p.draft(changes[0].Run)
	for _, m := range c.Services[0].Months { // April begins and ends earlier, with the same tickets
		require.True(t, m.Why.IsZero(), "%s", m.Why)
		require.True(t, m.Same())
	}
	_, err = p.apply(admin, desk(`calendar: 24x7, zone: Asia/Tokyo`))
	require.NoError(t, err, "from now on")
}

// An owner proposes an agreement with the customer's consent whether or not
// anything is published, and so one that is in force already: then that version
// is decided, under the hash with which it was declared.
func TestConsent(t *testing.T) {
	p := newPublished(t)
	consent := func(s string) string { return "  consent: " + s }
	_, err := p.apply(owner, strings.NewReplacer("service: desk", "service: mail", "name: gold", "name: mail").Replace(terms(4, consent("C-7"))))
	require.True(t, fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Invalid), "%v", err)
	_, err = p.apply(admin, "{apiVersion: turnus/v1, kind: Service, metadata: {name: mail}, spec: {owner: olga, approvers: [max], calendar: 24x7}}")
	require.NoError(t, err)
	mail := strings.NewReplacer("service: desk", "service: mail", "name: gold", "name: mail").Replace(terms(4, consent("C-7")))
	ref := resource.Agreement.Ref("mail")

	other := person.Actor{Person: "otto", Roles: owner.Roles}
	_, err = p.apply(other, mail)
	require.True(t, fault.Is(err, fault.Forbidden), "%v", err)
	changes, err := p.apply(owner, mail)
	require.NoError(t, err)
	require.Equal(t, store.Proposed, changes[0].Change)
	d, _ := p.draft(changes[0].Run)
	require.Contains(t, d.Sections[0].Paragraphs, text.New("Customer's consent: C-7.", "Zustimmung des Kunden: C-7."))
	require.Contains(t, d.Sections[1].Paragraphs, text.New("No report of this service is published yet.", "Für diesen Service ist noch kein Bericht veröffentlicht."))
	require.NoError(t, p.approve(changes[0].Run))
	require.Equal(t, 1, p.version(ref).Version)

	// An administrator declares one with a consent all the same; then its owner
	// has it decided.
	gone := strings.Replace(mail, "C-7", "C-8", 1)
	changes, err = p.apply(admin, gone)
	require.NoError(t, err)
	require.Equal(t, store.Changed, changes[0].Change)
	declared := p.version(ref)
	changes, err = p.apply(owner, gone)
	require.NoError(t, err)
	require.Equal(t, store.Proposed, changes[0].Change)
	d, c := p.draft(changes[0].Run)
	require.True(t, c.Declared)
	require.Empty(t, d.Sections[0].Tables)
	require.NoError(t, p.approve(changes[0].Run))
	require.Equal(t, declared, p.version(ref), "it needs no version of its own")
	all, err := p.store.Declared(t.Context(), resource.Service.Ref("mail"))
	require.NoError(t, err)
	require.Equal(t, &sla.Decided{Run: "change-approval/agreement-mail/2026-05-04", By: []string{"max"}, At: p.now}, all.Decided("mail", 1))
	require.Equal(t, &sla.Decided{Run: "change-approval/agreement-mail/2026-05-04.2", By: []string{"max"}, At: p.now}, all.Decided("mail", 2))
	changes, err = p.apply(owner, gone)
	require.NoError(t, err)
	require.Equal(t, store.Unchanged, changes[0].Change)

	// The consent alone, under published months.
	changes, err = p.apply(owner, terms(4, consent("C-1")))
	require.NoError(t, err)
	_, c = p.draft(changes[0].Run)
	for _, m := range c.Services[0].Months {
		require.True(t, m.Same())
	}
}

// What was changed meanwhile isn't overwritten: the run ends as failed, and says
// so.
func TestWhatHasChangedSinceIsntOverwritten(t *testing.T) {
	p := newPublished(t)
	changes, err := p.apply(owner, terms(9, ""))
	require.NoError(t, err)
	p.draft(changes[0].Run)
	_, err = p.apply(admin, strings.Replace(terms(5, ""), `from: "2026-01-01"`, `from: "2026-06-01"`, 1))
	require.NoError(t, err)
	err = p.approve(changes[0].Run)
	require.ErrorContains(t, err, "Agreement/gold has been changed since this was proposed: it has version 2 by now, and the proposal changes version 1")
	require.Equal(t, 2, p.version(gold).Version)
}

// What an approver is shown of a month is what its restatement comes to, whatever
// is changed; the tickets are those that were known when it was published.
func TestWhatIsShownIsWhatARestatementGives(t *testing.T) {
	change := func(from, to string) string { return strings.Replace(terms(4, ""), from, to, 1) }
	for name, to := range map[string]string{
		"attainment": change("attain: 95", "attain: 60"),
		"tickets":    change("calendar: 24x7,", "calendar: 24x7, where: {state: [none]},"),
		"span":       change(`from: "2026-01-01"`, `from: "2026-01-01", to: "2026-03-06"`),
		"backdated":  change(`from: "2026-01-01"`, `from: "2025-01-01"`),
		"voids":      terms(4, "  workload: [{name: tickets, per: month, limit: 2, voids: true}]"),
		"target": strings.Replace(change("  targets: [", "  targets: [{name: first, measure: response, within: PT2H, calendar: office, attain: 50}, "),
			`credit: "10"}]`, `credit: "10"}], several: sum`, 1),
		"credits": change(`credit: "10"`, `credit: "15"`),
	} {
		t.Run(name, func(t *testing.T) {
			p := newPublished(t)
			changes, err := p.apply(owner, to)
			require.NoError(t, err)
			_, c := p.draft(changes[0].Run)
			require.NoError(t, p.approve(changes[0].Run))
			for _, m := range c.Services[0].Months {
				require.True(t, m.Why.IsZero(), "%s", m.Why)
				rep, _ := p.publish("desk", m.Period, true)
				figures := map[string]report.Figure{}
				for _, x := range rep.Figures {
					figures[x.Name] = x
				}
				for _, x := range m.Targets {
					f, there := figures[x.Target+".attainment"]
					require.Equal(t, x.New != nil, there, x.Target)
					if there {
						require.Equal(t, []any{x.New.Met, x.New.Decided, x.New.Verdict}, []any{*f.Numerator, *f.Denominator, string(f.Verdict)}, "%s %s", m.Period, x.Target)
					}
				}
				for _, x := range m.Credits {
					require.Equal(t, figures["credit"].Value, x.New.Amount, "%s", m.Period)
				}
			}
		})
	}
}

// A month whose records were altered isn't computed anew, and says why; the
// others are.
func TestAMonthThatCantBeComputedAnewSaysWhy(t *testing.T) {
	p := newPublished(t)
	changes, err := p.apply(owner, terms(9, ""))
	require.NoError(t, err)
	pgtest.Tamper(t, p.store.DB(), `UPDATE ticket_version SET fields = fields || '{"state":"altered"}', hash = repeat('0', 64) WHERE number = 'M3-1'`)
	d, c := p.draft(changes[0].Run)
	var said []bool
	for _, m := range c.Services[0].Months {
		said = append(said, m.Why.IsZero())
	}
	require.Equal(t, []bool{true, false, true}, said)
	require.Contains(t, c.Services[0].Months[1].Why.De, "Ticket M3-1 ist nicht mehr so")
	require.Contains(t, d.Summary[1].Note.De, "ein Monat nicht neu berechenbar")
}

// Nor does the rest of a call bring an agreement under published months: not by
// the zone that it gives the service, and not by a service that comes back.
func TestTheRestOfACallBringsNoAgreementUnderPublishedMonths(t *testing.T) {
	p := newPublished(t)
	may := strings.Replace(terms(9, ""), `from: "2026-01-01"`, `from: "2026-05-01"`, 1)
	east := "{apiVersion: turnus/v1, kind: Service, metadata: {name: desk}, spec: {owner: olga, approvers: [max], calendar: 24x7, zone: Asia/Tokyo}}\n---\n"
	_, err := p.apply(admin, east+may)
	require.True(t, fault.Is(err, fault.Forbidden), "the first of May begins earlier there: %v", err)
	require.ErrorContains(t, err, "as the rest of this call would have it")

	require.NoError(t, p.store.Retire(t.Context(), admin, p.now, resource.Agreement, "gold"))
	require.NoError(t, p.store.Retire(t.Context(), admin, p.now, resource.Service, "desk"))
	_, err = p.apply(admin, changing+terms(9, ""))
	require.True(t, fault.Is(err, fault.Forbidden), "%v", err)
	_, err = p.apply(admin, changing)
	require.NoError(t, err)
	_, err = p.apply(admin, terms(9, ""))
	require.True(t, fault.Is(err, fault.Forbidden), "%v", err)
	changes, err := p.apply(owner, terms(9, ""))
	require.NoError(t, err)
	p.draft(changes[0].Run)
	require.NoError(t, p.approve(changes[0].Run))
	require.Equal(t, 3, p.version(gold).Version, "behind the one that was retired")
}
