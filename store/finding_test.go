package store

import (
	"strconv"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// finds puts on record what was seen, and gives the finding's number.
func finds(t *testing.T, s *Store, seen sighting) (id int64) {
	t.Helper()
	require.NoError(t, s.tx(t.Context(), func(tx *sqlx.Tx) (err error) {
		id, err = openFinding(t.Context(), tx, seen)
		return err
	}))
	return id
}

// A finding about somebody with two roles that don't go together lasts until
// one of them is gone, or the person is; it stays on record.
func TestAFindingAboutRolesLastsUntilItIsMended(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	declares(t, s, root, declared, personDoc("root", person.Administrator))
	for i, who := range []string{"ada", "bob"} {
		declares(t, s, root, declared, personDoc(who, person.Administrator, person.Approver))
		finds(t, s, sighting{Key: improvement.AdministratorApproves + "/Person/" + who, Place: "Person/" + who, Finding: improvement.Finding{
			Kind: improvement.AdministratorApproves, Object: "Person/" + who, Title: text.New("two", "zwei"), At: declared.Add(time.Duration(i))}})
	}
	finds(t, s, sighting{Finding: improvement.Finding{Kind: improvement.MissedSlot, About: resource.Service.Ref("desk"), Object: "Person/ada", Title: text.New("x", "y"), At: declared}})
	open := func() (objects []string) {
		t.Helper()
		list, _, err := s.Findings(ctx, Findings{Sight: Sight{All: true}}, Page{})
		require.NoError(t, err)
		for _, f := range list {
			objects = append(objects, f.Kind+" "+f.Object)
		}
		return objects
	}
	all := []string{"missed-slot Person/ada", "administrator-approves Person/bob", "administrator-approves Person/ada"}
	require.Equal(t, all, open())

	// The pair is refused, also as it is, and of what is refused nothing is mended.
	for _, who := range []string{"ada", "carl"} {
		_, err := s.Apply(ctx, root, declared, []resource.Raw{personDoc("bob", person.Approver), personDoc(who, person.Approver, person.Administrator)}, false)
		requireFault(t, err, fault.Invalid, "Person/"+who+" spec.roles", "don't go together")
	}
	_, err := s.Apply(ctx, root, declared, []resource.Raw{personDoc("bob", person.Approver)}, true)
	require.NoError(t, err)
	require.Equal(t, all, open(), "a dry run")

	apply1(t, s, declared, personDoc("bob", person.Approver))
	require.Equal(t, []string{all[0], all[2]}, open())
	apply1(t, s, declared, personDoc("bob", person.Viewer))
	require.NoError(t, s.Retire(ctx, root, declared, resource.Person, "ada"))
	require.Equal(t, all[:1], open())
	var rows, mended int
	require.NoError(t, s.db.QueryRow(`SELECT (SELECT count(*) FROM finding), (SELECT count(*) FROM finding_mended WHERE person = 'root')`).Scan(&rows, &mended))
	require.Equal(t, []int{3, 2}, []int{rows, mended})
}

// What is put right while its improvement goes on stays that improvement's; where
// that comes to nothing, the finding is closed all the same.
func TestWhatIsMendedMeanwhile(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	declares(t, s, root, declared, personDoc("root", person.Administrator))
	apply1(t, s, declared, house()...)
	apply1(t, s, declared, organisationDoc("acme", "olga", "office"))
	id := finds(t, s, sighting{Key: improvement.AdministratorApproves + "/Person/ada", Place: "Person/ada", Finding: improvement.Finding{
		Kind: improvement.AdministratorApproves, Object: "Person/ada", Title: text.New("two", "zwei"), At: declared}})
	r, _, err := s.Begin(ctx, declared, NewRun{Key: run.Key{Process: process.Improvement, Scope: strconv.FormatInt(id, 10), Period: "2026-11-23"},
		About: resource.Organisation.Ref("acme"), Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(t, err)
	apply1(t, s, declared, personDoc("ada", person.Approver))
	is := func(state improvement.State) {
		t.Helper()
		f, err := s.Finding(ctx, id)
		require.NoError(t, err)
		require.Equal(t, state, f.State)
		require.Equal(t, state.Ended(), f.Ended != nil)
	}
	is(improvement.Planned)
	require.NoError(t, s.End(ctx, declared, run.End{Run: r.ID, Round: 1, State: run.Failed}))
	is(improvement.Closed)
}
