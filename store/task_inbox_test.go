package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
)

// A page of the inbox asks the database as often for 40 tasks as for one, and
// says of each task what a look at it says.
func TestAPageOfTheInboxAsksForPeopleOnce(t *testing.T) {
	db, sent := pgtest.Counted(t, pgtest.New(t))
	s := New(db)
	db.SetMaxOpenConns(1) // a further one would begin with messages of its own
	docs := []resource.Raw{personDoc("olga", person.ProcessOwner), officeDoc("Europe/Berlin")}
	for _, a := range []string{"anton", "ada", "alf"} {
		docs = append(docs, personDoc(a, person.Approver))
	}
	services := 8
	for i := range services {
		d := serviceOf("olga", "anton", "ada", "alf")
		d.Metadata.Name = fmt.Sprintf("s%d", i)
		docs = append(docs, d)
	}
	apply1(t, s, declared, docs...)
	const tasks = 40
	for i := range tasks {
		k := run.Key{Process: "sla-report", Scope: fmt.Sprintf("s%d", i%services), Period: fmt.Sprintf("20%d-03", 10+i/services)}
		r, _, err := s.Begin(t.Context(), declared, NewRun{Key: k, Owner: "olga", By: person.Actor{Person: "olga", Issuer: []string{"ada", "alf"}[i%2]}})
		require.NoError(t, err)
		ask(t, s, declared.Add(time.Duration(i)*time.Minute), run.Step{Run: r.ID, Round: 1})
	}
	asks := func(limit int) int {
		before := sent("")
		list, _, err := s.Tasks(t.Context(), Tasks{State: "open", Sees: "anton"}, Page{Limit: limit})
		require.NoError(t, err)
		asked := sent("") - before
		require.Len(t, list, limit)
		for i, shown := range list {
			require.Equal(t, [][]string{{"anton", "alf"}, {"anton", "ada"}}[i%2], shown.Approvers, "who issued the starter's token doesn't decide")
			alone, err := s.Task(t.Context(), shown.ID)
			require.NoError(t, err)
			require.Equal(t, alone, shown)
		}
		return asked
	}
	require.Equal(t, asks(1), asks(tasks))

	// A service that has gone leaves the owner of the start, and nobody who decides.
	pgtest.Tamper(t, db, "UPDATE resource SET retired = true WHERE kind = 'Service' AND name = 's0'")
	list, _, err := s.Tasks(t.Context(), Tasks{State: "open"}, Page{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, []string{}, list[0].Approvers)
	p, err := s.PeopleOf(t.Context(), list[0])
	require.NoError(t, err)
	require.Equal(t, "olga", p.Owner)
}
