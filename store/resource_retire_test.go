package store

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/slo"
)

func TestRetireRefusesWhatIsInUse(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, append(house(), agreementDoc("gold", "2016-01-01", "", ""))...)
	requireFault(t, s.Retire(ctx, root, declared, resource.Person, "olga"), fault.Conflict, "Service/desk")
	requireFault(t, s.Retire(ctx, root, declared, resource.Person, "anton"), fault.Conflict, "Service/desk")
	requireFault(t, s.Retire(ctx, root, declared, resource.Calendar, "office"), fault.Conflict, "Service/desk")
	requireFault(t, s.Retire(ctx, root, declared, resource.Service, "desk"), fault.Conflict, "Agreement/gold")
	requireFault(t, s.Retire(ctx, root, declared, resource.Person, "nobody"), fault.NotFound)
	requireFault(t, s.Retire(ctx, root, declared, resource.Person, "a\x00"), fault.NotFound)

	require.NoError(t, s.Retire(ctx, root, declared, resource.Agreement, "gold"))
	_, err := s.db.ExecContext(ctx, `INSERT INTO run (id, process, scope, about, period, attempt, state, input, created_at)
		VALUES ('sla-report/desk/2016-03', 'sla-report', 'desk', 'desk', '2016-03', 1, 'waiting', '{}', now())`)
	require.NoError(t, err)
	requireFault(t, s.Retire(ctx, root, declared, resource.Service, "desk"), fault.Conflict, "sla-report/desk/2016-03")
	_, err = s.db.ExecContext(ctx, `UPDATE run SET state = 'published', ended_at = now()`)
	require.NoError(t, err)

	// From the top down everything can go.
	require.NoError(t, s.Retire(ctx, root, declared, resource.Service, "desk"))
	require.NoError(t, s.Retire(ctx, root, declared, resource.Calendar, "office"))
	require.NoError(t, s.Retire(ctx, root, declared, resource.Person, "olga"))
	requireFault(t, s.Retire(ctx, root, declared, resource.Person, "olga"), fault.NotFound)

	entries, _, err := s.Audit(ctx, Trail{Object: "Person/olga"}, Page{})
	require.NoError(t, err)
	require.Equal(t, "resource.retired", entries[1].Action)
}

// What the organisation names is in use, as what a service names is.
func TestRetireRefusesWhatTheOrganisationUses(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, append(house()[1:], organisationDoc("north", "olga", "office"))...)
	requireFault(t, s.Retire(ctx, root, declared, resource.Calendar, "office"), fault.Conflict, "Organisation/north")
	requireFault(t, s.Retire(ctx, root, declared, resource.Person, "olga"), fault.Conflict, "Organisation/north")
	requireFault(t, s.Retire(ctx, root, declared, resource.Person, "anton"), fault.Conflict, "Organisation/north")
	begun := func(id, state string, ended any) {
		_, err := s.db.ExecContext(ctx, `INSERT INTO run (id, process, scope, service, about_kind, about, period, attempt, state, input, created_at, ended_at)
			VALUES ($1, 'review', 'north', '', 'Organisation', 'north', $1, 1, $2, '{}', now(), $3)`, id, state, ended)
		require.NoError(t, err)
	}
	begun("review/north/2025", "published", declared)
	begun("review/north/2026", "waiting", nil)
	err := s.Retire(ctx, root, declared, resource.Organisation, "north")
	requireFault(t, err, fault.Conflict, "in use by review/north/2026: ")
	_, err = s.db.ExecContext(ctx, `UPDATE run SET state = 'published', ended_at = now() WHERE ended_at IS NULL`)
	require.NoError(t, err)
	require.NoError(t, s.Retire(ctx, root, declared, resource.Organisation, "north"))
	require.NoError(t, s.Retire(ctx, root, declared, resource.Calendar, "office"))
}

// Objectives of OpenSLO are declared, changed and retired like everything else.
func TestObjectivesAreResources(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	first := sloDoc("search", "quick", "{'op':'lt','value':500,'target':0.99}")
	first.Metadata.Labels = map[string]json.RawMessage{"team": json.RawMessage(`["a", "b"]`)}
	first.Metadata.Annotations = map[string]string{"example.org/x": "y"}
	apply1(t, s, declared, append(house(), first, sliDoc("quick"))...)
	require.Equal(t, Unchanged, apply1(t, s, declared, first)[0].Change)

	kept, err := Current[slo.Spec](ctx, s, resource.SLO, "search")
	require.NoError(t, err)
	require.Equal(t, resource.OpenSLO, kept.APIVersion)
	require.JSONEq(t, `["a","b"]`, string(kept.Metadata.Labels["team"]))
	require.Equal(t, first.Metadata.Annotations, kept.Metadata.Annotations)
	c, err := slo.Compile(kept.Spec)
	require.NoError(t, err)
	require.Equal(t, "99.000000", c.Objectives[0].Target.Percent())

	requireFault(t, s.Retire(ctx, root, declared, resource.SLI, "quick"), fault.Conflict, "SLO/search")
	requireFault(t, s.Retire(ctx, root, declared, resource.Service, "desk"), fault.Conflict, "SLO/search")
	changed := apply1(t, s, declared.Add(time.Hour), sloDoc("search", "quick", "{'op':'lt','value':500,'target':0.999}"))[0]
	require.Equal(t, Changed, changed.Change)
	require.Equal(t, 2, changed.After.Version)
	_, v, err := validAt[slo.Spec](t, s, resource.SLO.Ref("search"), declared)
	require.NoError(t, err)
	require.Equal(t, 1, v.Version, "an objective as it was holds for the time before")

	require.NoError(t, s.Retire(ctx, root, declared, resource.SLO, "search"))
	require.NoError(t, s.Retire(ctx, root, declared, resource.SLI, "quick"))
	require.NoError(t, s.Retire(ctx, root, declared, resource.Service, "desk"))
}

func TestRetiredHoldsUntilThen(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, officeDoc("Europe/Berlin"))
	gone := declared.Add(time.Hour)
	require.NoError(t, s.Retire(ctx, root, gone, resource.Calendar, "office"))
	_, _, err := validAt[calendar.Spec](t, s, resource.Calendar.Ref("office"), gone)
	requireFault(t, err, fault.NotFound)
	_, v, err := validAt[calendar.Spec](t, s, resource.Calendar.Ref("office"), gone.Add(-time.Microsecond))
	require.NoError(t, err)
	require.Equal(t, 1, v.Version)

	// The same again is another version, from then on.
	back := gone.Add(time.Hour)
	c := apply1(t, s, back, officeDoc("Europe/Berlin"))[0]
	require.Equal(t, Created, c.Change)
	require.Equal(t, 3, c.After.Version)
	_, _, err = validAt[calendar.Spec](t, s, resource.Calendar.Ref("office"), back.Add(-time.Microsecond))
	requireFault(t, err, fault.NotFound)
	_, v, err = validAt[calendar.Spec](t, s, resource.Calendar.Ref("office"), back)
	require.NoError(t, err)
	require.Equal(t, 3, v.Version)
	list, _, err := s.Versions(ctx, Sight{All: true}, resource.Calendar, "office", Page{})
	require.NoError(t, err)
	require.Len(t, list, 3)
	require.True(t, list[1].Retired)
}

func TestRetiredAgreementStaysForWhatWasBefore(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, append(house(), agreementDoc("gold", "2016-01-01", "", ""))...)
	require.NoError(t, s.Retire(ctx, root, declared, resource.Agreement, "gold"))
	list, err := agreementsOf(t, s, "desk", declared.AddDate(1, 0, 0))
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, declared, *list[0].ValidTo, "it ended when it was retired")

	// What follows may begin on the next day, and not a day earlier.
	_, err = s.Apply(ctx, root, declared, []resource.Raw{agreementDoc("silver", "2026-11-23", "", "")}, false)
	requireFault(t, err, fault.Invalid, `"gold" and "silver"`)
	apply1(t, s, declared, agreementDoc("silver", "2026-11-24", "", ""))
}

func TestCalendarOfATargetIsInUseWhileItCounts(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	with := func(name, from, calendar string) resource.Raw {
		return doc(resource.Agreement, name, fmt.Sprintf(`{'service':'desk','valid':{'from':'%s'},'targets':[
			{'name':'p1','measure':'resolution','within':'PT4H','calendar':'%s','attain':95}]}`, from, calendar))
	}
	night := officeDoc("Europe/Berlin")
	night.Metadata.Name = "night"
	apply1(t, s, declared, append(house(), night, with("gold", "2016-01-01", "night"))...)
	requireFault(t, s.Retire(ctx, root, declared, resource.Calendar, "night"), fault.Conflict, "Agreement/gold")

	apply1(t, s, declared, with("gold", "2026-12-01", "24x7"))
	requireFault(t, s.Retire(ctx, root, declared, resource.Calendar, "night"), fault.Conflict, "Agreement/gold")
	require.NoError(t, s.Retire(ctx, root, declared.AddDate(0, 1, 0), resource.Calendar, "night"), "nothing counts in it any more")
}

// An agreement keeps its service while one of its versions holds, or will, and
// not afterwards.
func TestAServiceIsInUseWhileAnAgreementHolds(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, append(house(), agreementDoc("gold", "2016-01-01", "2026-12-31", ""))...)
	requireFault(t, s.Retire(ctx, root, declared, resource.Service, "desk"), fault.Conflict, "Agreement/gold")
	apply1(t, s, declared, agreementDoc("gold", "2027-01-01", "2027-06-30", ""))
	requireFault(t, s.Retire(ctx, root, declared.AddDate(0, 4, 0), resource.Service, "desk"), fault.Conflict, "Agreement/gold")
	require.NoError(t, s.Retire(ctx, root, declared.AddDate(1, 0, 0), resource.Service, "desk"))
	require.NoError(t, s.Retire(ctx, root, declared.AddDate(1, 0, 0), resource.Calendar, "office"))
	require.NoError(t, s.Retire(ctx, root, declared.AddDate(1, 0, 0), resource.Agreement, "gold"), "it can still go")
}

func TestLastAdministratorStays(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, personDoc("root", person.Administrator))
	requireFault(t, s.Retire(ctx, root, declared, resource.Person, "root"), fault.Conflict, "administrator")
	_, err := s.Apply(ctx, root, declared, []resource.Raw{personDoc("root", person.Viewer)}, false)
	requireFault(t, err, fault.Conflict, "administrator")
	_, err = s.Apply(ctx, root, declared, []resource.Raw{personDoc("root", person.Viewer)}, true)
	requireFault(t, err, fault.Conflict)

	// Handed over in one call.
	apply1(t, s, declared, personDoc("root", person.Viewer), personDoc("ada", person.Administrator))
	require.NoError(t, s.Retire(ctx, root, declared, resource.Person, "root"))
	requireFault(t, s.Retire(ctx, root, declared, resource.Person, "ada"), fault.Conflict)
}

// Two who retire each other at once: one of them stays.
func TestAdministratorsWhoRetireEachOther(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, personDoc("ada", person.Administrator), personDoc("bob", person.Administrator))
	errs := make(chan error, 2)
	for _, n := range []string{"ada", "bob"} {
		go func() { errs <- s.Retire(ctx, root, declared, resource.Person, n) }()
	}
	a, b := <-errs, <-errs
	require.True(t, (a == nil) != (b == nil), "%v, %v", a, b)
}
