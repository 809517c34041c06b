package store

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/task"
)

func (i firstRound) leaves(who string) {
	require.NoError(i, i.s.tx(i.Context(), func(tx *sqlx.Tx) error {
		return insertVersion(i.Context(), tx, resource.Version{Resource: personDoc(who), Version: 2, Retired: true, At: declared})
	}))
}

// An action whose owners have all left is for the service's owner, who answers it;
// as long as one of them is there, it is theirs.
func TestAnActionWhoseOwnersHaveLeft(t *testing.T) {
	i := newImproving(t)
	a, err := i.ask(improvement.ActionStep(1, 0), askedOf("anna", "bert"))
	require.NoError(t, err)
	is := func(eligible ...string) {
		t.Helper()
		p, err := i.s.PeopleOf(t.Context(), a)
		require.NoError(t, err)
		require.Equal(t, eligible, p.Eligible())
		for _, who := range []string{"olga", "anna", "bert", "carl"} {
			may := p.May(who) == nil
			n, err := i.s.CountTasks(t.Context(), who, declared.Add(time.Hour))
			require.NoError(t, err)
			waits := 0
			if who == "olga" && !may {
				waits = 1
			}
			list, _, err := i.s.Tasks(t.Context(), Tasks{Mine: who, State: "open"}, Page{})
			require.NoError(t, err)
			if !may {
				require.Equal(t, task.Counts{Waiting: waits}, n, who)
				require.Empty(t, list, who)
				continue
			}
			require.Equal(t, task.Counts{Open: 1, Overdue: 1}, n, who)
			require.Len(t, list, 1, who)
			require.Equal(t, eligible, list[0].Approvers, who)
		}
	}
	done := task.Message{Outcome: task.Done, Fields: given("evidence", "e")}
	is("anna", "bert")
	i.leaves("anna")
	is("bert")
	require.Equal(t, fault.Forbidden, i.answer(person.Actor{Person: "olga"}, a, done, true).Code)
	i.leaves("bert")
	is("olga")

	require.Equal(t, fault.Forbidden, i.answer(person.Actor{Person: "carl"}, a, done, true).Code)
	require.Nil(t, i.answer(person.Actor{Person: "olga"}, a, done, true))
}
