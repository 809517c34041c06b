package activities_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/continuity"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/store"
)

const recovery = `
apiVersion: turnus/v1
kind: ContinuityPlan
metadata: {name: desk-region}
spec:
  service: desk
  scenario: The region is gone.
  invocation: The owner says so after 30 minutes.
  offsite: Printed, in the safe.
  business: bea
  objectives: {rto: PT3H, rto_from: disruption, rpo: PT1H, mbco_pct: "60", mtpd: PT8H}
  backup: {every: PT1H, takes: PT15M}
  dependencies: [{service: network}]
  contacts: [{name: Provider, person: ines, role: hosting, by: [phone +49 30 1234]}]
  steps:
    - {name: restore, title: Restore the data, owner: uwe, takes: PT1H}
    - {name: open, title: Open the service, owner: uwe, takes: PT30M, after: [restore], marks: mbco_technical}
  return: [{name: back, title: Go back, owner: uwe, takes: PT2H}]
`

// recovering is a service without anything published, and those whom its plan
// names.
func recovering(t *testing.T) *published {
	p := &published{T: t, store: store.New(pgtest.New(t)), now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)}
	p.set = activities.New(p.store, nil, func() time.Time { return p.now })
	yaml := changing + `{apiVersion: turnus/v1, kind: Service, metadata: {name: network}, spec: {owner: otto, approvers: [max], calendar: 24x7}}`
	for _, who := range []string{"bea", "uwe", "ines"} {
		yaml += "\n---\n{apiVersion: turnus/v1, kind: Person, metadata: {name: " + who + "}, spec: {roles: []}}"
	}
	_, err := p.apply(admin, yaml)
	require.NoError(t, err)
	return p
}

// proposes proposes a version of the plan, and has its document drafted.
func (p *published) proposes(replaced ...string) (string, report.Document) {
	p.Helper()
	c, err := p.apply(owner, strings.NewReplacer(replaced...).Replace(recovery))
	require.NoError(p, err)
	require.Equal(p, store.Proposed, c[0].Change)
	_, err = p.set.ChangeDraft(p.Context(), run.Step{Run: c[0].Run, Round: 1})
	require.NoError(p, err)
	r, err := p.store.Report(p.Context(), c[0].Run)
	require.NoError(p, err)
	return c[0].Run, r.Document
}

// doubts are the findings about the plan, newest last, each with type and state.
func (p *published) doubts() (all []string, findings []improvement.Finding) {
	p.Helper()
	findings, _, err := p.store.Findings(p.Context(), store.Findings{State: "all", Sight: store.Sight{All: true}}, store.Page{})
	require.NoError(p, err)
	for i := len(findings) - 1; i >= 0; i-- {
		f := findings[i]
		require.Equal(p, []any{improvement.ContinuityPlan, "ContinuityPlan/desk-region", "desk"}, []any{f.Kind, f.Object, f.Service})
		all = append(all, strings.Fields(strings.TrimPrefix(f.Title.En, "Continuity plan desk-region: "))[1]+" "+string(f.Type)+" "+string(f.State))
	}
	return all, findings
}

var region = resource.ContinuityPlan.Ref("desk-region")

// The owner proposes a plan, an approver decides on a document that says what is
// in doubt; in force, that is a finding, which a version without it mends.
func TestAContinuityPlanIsDecided(t *testing.T) {
	p := recovering(t)
	for who, by := range map[string]person.Actor{"otto": {Person: "otto", Roles: owner.Roles}, "admin": admin} {
		_, err := p.apply(by, recovery)
		require.True(t, fault.Is(err, fault.Forbidden), "%v", err)
		require.ErrorContains(t, err, who+" doesn't own the service desk")
	}
	id, d := p.proposes()
	require.Equal(t, "change-approval/continuityplan-desk-region/2026-05-04", id)
	require.Len(t, d.Notes, 2)
	found, err := p.apply(owner, recovery)
	require.NoError(t, err)
	require.Len(t, found[0].Warnings, 2)
	require.Equal(t, dataset.Warning{Code: dataset.DoubtfulPlan, Detail: d.Notes[1].Text}, found[0].Warnings[1])
	require.Equal(t, id, found[0].Run, "it waits already")
	_, err = p.apply(owner, strings.Replace(recovery, "PT1H, takes: PT15M", "PT2H, takes: PT15M", 1))
	require.True(t, fault.Is(err, fault.Conflict), "another one waits: %v", err)
	_, err = p.store.Resource(t.Context(), region.Kind, region.Name)
	require.True(t, fault.Is(err, fault.NotFound), "nothing holds before somebody has decided")
	require.True(t, fault.Is(p.store.Enact(t.Context(), p.now, id), fault.Conflict), "nobody has approved it")
	all, _ := p.doubts()
	require.Empty(t, all)

	require.NoError(t, p.approve(id))
	require.Equal(t, 1, p.version(region).Version)
	plan, err := store.Current[continuity.Plan](t.Context(), p.store, region.Kind, region.Name)
	require.NoError(t, err)
	require.Equal(t, "phone +49 30 1234", plan.Spec.Contacts[0].By[0])
	all, findings := p.doubts()
	require.Equal(t, []string{"backup nonconformity open", "RTO opportunity open"}, all)
	require.Equal(t, improvement.Source{Kind: improvement.FromRun, Name: id, Round: 1}, findings[0].Source)
	require.Equal(t, "Notfallplan desk-region: Vom Service network, der zuerst verfügbar sein muss, ist kein RTO bekannt: Ob das RTO von 3\u202fh damit zu halten ist, lässt sich nicht sagen.", findings[0].Title.De)
	again, err := p.apply(owner, recovery)
	require.NoError(t, err)
	require.Equal(t, store.Unchanged, again[0].Change)

	// What is in doubt still joins, what isn't is mended.
	p.now = p.now.Add(24 * time.Hour)
	id, d = p.proposes("{service: network}", "{service: network, rto: PT1H, rto_from: disruption}", "rto: PT3H", "rto: PT4H")
	require.Equal(t, text.New("Change of a continuity plan", "Änderung eines Notfallplans"), d.Title)
	require.NoError(t, p.approve(id))
	require.Equal(t, 2, p.version(region).Version)
	all, findings = p.doubts()
	require.Equal(t, []string{"backup nonconformity open", "RTO opportunity closed"}, all)
	require.Equal(t, 2, findings[1].Seen)
	p.now = p.now.Add(24 * time.Hour)
	id, _ = p.proposes("{every: PT1H", "{every: PT30M", "{service: network}", "{service: network, rto: PT1H, rto_from: disruption}")
	require.NoError(t, p.approve(id))
	all, _ = p.doubts()
	require.Equal(t, []string{"backup nonconformity closed", "RTO opportunity closed"}, all)
	require.NoError(t, p.store.Retire(t.Context(), admin, p.now, region.Kind, region.Name))
}

// Rejected, a plan stays as it is, and nothing is found.
func TestARejectedContinuityPlan(t *testing.T) {
	p := recovering(t)
	id, _ := p.proposes()
	storetest.End(t, p.store, p.now, "max", "olga", id, run.Rejected)
	require.True(t, fault.Is(p.store.Enact(t.Context(), p.now, id), fault.Conflict))
	all, _ := p.doubts()
	require.Empty(t, all)
}

// Whom a plan names is there when it is declared. They may leave all the same;
// the next version then names somebody else.
func TestPersonsOfAContinuityPlanMayLeave(t *testing.T) {
	p := recovering(t)
	_, err := p.apply(owner, strings.NewReplacer("owner: uwe", "owner: nobody", "person: ines", "person: no-one", "network", "nowhere").Replace(recovery))
	require.Error(t, err)
	var fields []string
	for _, f := range fault.All(err) {
		fields = append(fields, f.Field)
	}
	require.Equal(t, []string{"ContinuityPlan/desk-region spec.dependencies[0].service", "ContinuityPlan/desk-region spec.contacts[0].person",
		"ContinuityPlan/desk-region spec.steps[0].owner", "ContinuityPlan/desk-region spec.steps[1].owner", "ContinuityPlan/desk-region spec.return[0].owner"}, fields)
	id, _ := p.proposes()
	require.NoError(t, p.approve(id))
	for _, who := range []string{"uwe", "bea", "ines"} {
		require.NoError(t, p.store.Retire(t.Context(), admin, p.now, resource.Person, who))
	}
	_, err = p.apply(owner, strings.Replace(recovery, "PT3H", "PT4H", 1))
	require.ErrorContains(t, err, `spec.business: There is no Person "bea"`)
	for _, service := range []string{"desk", "network"} {
		err = p.store.Retire(t.Context(), admin, p.now, resource.Service, service)
		require.True(t, fault.Is(err, fault.Conflict), "%v", err)
		require.ErrorContains(t, err, "ContinuityPlan/desk-region")
	}
	require.NoError(t, p.store.Retire(t.Context(), admin, p.now, region.Kind, region.Name))
	require.NoError(t, p.store.Retire(t.Context(), admin, p.now, resource.Service, "network"))
	all, _ := p.doubts()
	require.Equal(t, []string{"backup nonconformity closed", "RTO opportunity closed"}, all, "what isn't in force is in no doubt")
}

// A person who left while the proposal waited is missed when it is put in force.
func TestSomebodyLeavesBeforeThePlanIsApproved(t *testing.T) {
	p := recovering(t)
	id, _ := p.proposes()
	require.NoError(t, p.store.Retire(t.Context(), admin, p.now, resource.Person, "uwe"))
	err := p.approve(id)
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	require.ErrorContains(t, err, `spec.steps[0].owner: There is no Person "uwe"`)
	all, _ := p.doubts()
	require.Empty(t, all)
}

// A plan stays with its service, and while something drills it or decides on it.
func TestAContinuityPlanInUse(t *testing.T) {
	p := recovering(t)
	id, _ := p.proposes()
	require.NoError(t, p.approve(id))
	_, err := p.apply(admin, `{apiVersion: turnus/v1, kind: Service, metadata: {name: mail}, spec: {owner: olga, approvers: [max], calendar: 24x7}}`)
	require.NoError(t, err)
	_, err = p.apply(owner, strings.Replace(recovery, "service: desk", "service: mail", 1))
	require.ErrorContains(t, err, `spec.service: A plan stays with its service, which is "desk"`)

	p.now = p.now.Add(24 * time.Hour)
	id, _ = p.proposes("PT3H", "PT4H")
	err = p.store.Retire(t.Context(), admin, p.now, region.Kind, region.Name)
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
	require.ErrorContains(t, err, "is in use by "+id)
	storetest.End(t, p.store, p.now, "max", "olga", id, run.Rejected)

	_, err = p.store.DB().ExecContext(t.Context(), `INSERT INTO run (id, process, scope, service, about_kind, about, period, attempt, state, input, created_at)
		VALUES ('continuity-drill/desk-region/2026-06-01', 'continuity-drill', 'desk-region', 'desk', 'Service', 'desk', '2026-06-01', 1, 'waiting', '{}', now())`)
	require.NoError(t, err)
	err = p.store.Retire(t.Context(), admin, p.now, region.Kind, region.Name)
	require.ErrorContains(t, err, "is in use by continuity-drill/desk-region/2026-06-01")
	_, err = p.store.DB().ExecContext(t.Context(), `UPDATE run SET state = 'failed', ended_at = now() WHERE process = 'continuity-drill'`)
	require.NoError(t, err)
	require.NoError(t, p.store.Retire(t.Context(), admin, p.now, region.Kind, region.Name))

	// Under the same name it may come back, as a further version.
	p.now = p.now.Add(24 * time.Hour)
	id, d := p.proposes()
	require.Equal(t, "Continuity plan", d.Title.En)
	require.NoError(t, p.approve(id))
	require.Equal(t, 3, p.version(region).Version)
}
