package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
)

func declaredNow(t *testing.T, s *Store, about resource.Ref) Declared {
	t.Helper()
	d, err := s.Declared(t.Context(), about)
	require.NoError(t, err)
	return d
}

func validAt[T any](t *testing.T, s *Store, of resource.Ref, at time.Time) (resource.Resource[T], resource.Version, error) {
	t.Helper()
	return ValidAt[T](declaredNow(t, s, of), of, at)
}

func agreementsOf(t *testing.T, s *Store, service string, before time.Time) ([]resource.Version, error) {
	t.Helper()
	return declaredNow(t, s, resource.Service.Ref(service)).Agreements(before, nil)
}

// All that a round about a service stands on is there: calendars that only a
// target names, or that only an earlier version named, and nothing of others.
func TestWhatIsDeclaredAboutAService(t *testing.T) {
	s := declaringStore(t)
	night := doc(resource.Calendar, "night", `{'zone':'Asia/Tokyo','hours':{'mon':['01:00-02:00']}}`)
	early := doc(resource.Calendar, "early", `{'zone':'Asia/Tokyo','hours':{'mon':['05:00-06:00']}}`)
	apply1(t, s, declared, append(house(), night, early,
		doc(resource.Calendar, "other", `{'zone':'Asia/Tokyo','hours':{'mon':['05:00-06:00']}}`),
		doc(resource.Service, "shop", `{'owner':'olga','approvers':['anton'],'calendar':'other'}`),
		doc(resource.Agreement, "desk", `{'service':'desk','valid':{'from':'2016-01-01'},'targets':[
			{'name':'p1','measure':'response','within':'PT1H','calendar':'early','attain':99}]}`))...)
	apply1(t, s, declared.Add(time.Hour), doc(resource.Agreement, "desk", `{'service':'desk','valid':{'from':'2026-12-01'},'targets':[
		{'name':'p1','measure':'response','within':'PT1H','calendar':'24x7','attain':99},
		{'name':'p2','measure':'response','within':'PT2H','calendar':'night','attain':99}]}`))
	d := declaredNow(t, s, resource.Service.Ref("desk"))
	var all []string
	for _, v := range d.versions {
		all = append(all, v.of.String())
	}
	require.Equal(t, []string{"Agreement/desk", "Agreement/desk", "Calendar/early", "Calendar/night", "Calendar/office", "Service/desk"}, all)
	list, err := d.Agreements(endOfTime, nil)
	require.NoError(t, err)
	require.Equal(t, []int{1, 2}, []int{list[0].Version, list[1].Version})

	d = declaredNow(t, s, resource.Service.Ref("moon"))
	_, err = d.Agreements(endOfTime, nil)
	requireFault(t, err, fault.NotFound, "Service", "moon")
	_, err = Newest[struct{}](d, resource.Service.Ref("moon"))
	requireFault(t, err, fault.NotFound, "Service", "moon")
}

// A version whose document was altered in the database is the one that holds all
// the same, so that whoever holds it against its hash finds that: an earlier one
// in its place would be intact.
func TestAnAlteredVersionIsFoundAltered(t *testing.T) {
	s := declaringStore(t)
	apply1(t, s, declared, append(house(), agreementDoc("gold", "2016-01-01", "", ""))...)
	later := declared.Add(time.Hour)
	apply1(t, s, later, officeDoc("Asia/Tokyo"), agreementDoc("gold", "2016-01-01", "2030-12-31", ""))
	pgtest.Tamper(t, s.db.DB, `UPDATE resource SET document = jsonb_set(jsonb_set(document, '{metadata,name}', '"other"'), '{kind}', '"Person"')
		WHERE version = 2 AND kind IN ('Calendar', 'Agreement')`)
	d := declaredNow(t, s, resource.Service.Ref("desk"))
	_, v, err := ValidAt[calendar.Spec](d, resource.Calendar.Ref("office"), later)
	require.NoError(t, err)
	require.Equal(t, 2, v.Version)
	require.False(t, v.Intact())
	list, err := d.Agreements(endOfTime, nil)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.False(t, list[1].Intact())
}
