package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// Lists, pages and counts say of everybody what the rule says, of tasks for
// whomever, against whomever, and about whatever: also about what has gone, and
// of people who have left, whose tasks are the owner's.
func TestInboxesFollowTheRule(t *testing.T) {
	s := declaringStore(t)
	names := []string{"a", "b", "c", "d", "e", "f"}
	roles := []person.Role{person.Approver, person.ProcessOwner, person.Auditor}
	ways := []task.How{task.Any, task.Started, task.Owned, task.Proposed, task.Imported, task.Declared}
	insert := func(r require.TestingT, v resource.Version) {
		require.NoError(r, s.tx(t.Context(), func(tx *sqlx.Tx) error {
			err := tx.Get(&v.Version, `SELECT 1 + coalesce(max(version), 0) FROM resource WHERE kind = $1 AND name = $2`, string(v.Resource.Kind), v.Resource.Metadata.Name)
			return errors.Join(err, insertVersion(t.Context(), tx, v))
		}))
	}
	exec := func(r require.TestingT, statement string, args ...any) {
		_, err := s.db.Exec(statement, args...)
		require.NoError(r, err)
	}
	declares(t, s, root, declared.Add(-time.Hour), officeDoc("Europe/Berlin"))
	seen := map[string]int{} // how often somebody may, and may not, by whom it is for
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		somebody := rapid.SampledFrom(names)
		anybody := rapid.SampledFrom(append(names, "", "root", "root", "root"))
		chance := func(of int, what string) bool { return rapid.IntRange(1, of).Draw(r, what) == 1 }
		var left []string
		for _, p := range names {
			retired := chance(8, p+" has left")
			insert(r, resource.Version{Resource: personDoc(p, rapid.SliceOfNDistinct(rapid.SampledFrom(roles), 0, 3, rapid.ID[person.Role]).Draw(r, p+"'s roles")...),
				Retired: retired})
			if retired {
				left = append(left, p)
			}
		}
		about := resource.Ref{Kind: resource.Service, Name: fmt.Sprintf("s%d", n)}
		if chance(4, "about the organisation") {
			about = resource.Ref{Kind: resource.Organisation, Name: "us"}
		}
		declare := func(gone bool) {
			d := serviceOf(somebody.Draw(r, "owner"), rapid.SliceOfNDistinct(somebody, 1, 4, rapid.ID[string]).Draw(r, "approvers")...)
			d.Kind, d.Metadata.Name = about.Kind, about.Name
			insert(r, resource.Version{Resource: d, Retired: gone, By: anybody.Draw(r, "declarer"), TokenIssuer: anybody.Draw(r, "declarer's token")})
		}
		for range rapid.IntRange(1, 2).Draw(r, "versions before") {
			declare(false)
		}
		begun, _, err := s.Begin(t.Context(), declared, NewRun{Key: run.Key{Process: "sla-report", Scope: fmt.Sprintf("s%d", n), Period: "2016-03"}, About: about,
			Owner: somebody.Draw(r, "owner at the start"), By: person.Actor{Person: anybody.Draw(r, "starter"), Issuer: anybody.Draw(r, "starter's token")}})
		require.NoError(r, err)
		for range rapid.IntRange(0, 3).Draw(r, "involved") {
			exec(r, `INSERT INTO involvement VALUES ($1, 1, $2, $3, $4, 'x') ON CONFLICT DO NOTHING`, begun.ID, somebody.Draw(r, "involved"),
				string(rapid.SampledFrom(ways[3:]).Draw(r, "how")), rapid.Bool().Draw(r, "issued"))
		}
		var steps []string
		for i := range rapid.IntRange(1, 4).Draw(r, "tasks") {
			at := declared.Add(time.Duration(rapid.IntRange(0, 5).Draw(r, "opened")) * time.Hour)
			step := fmt.Sprintf("step%d", i)
			if i > 0 && chance(3, "asked again") {
				step = fmt.Sprintf("%s-%d", steps[0], i+1)
			}
			a := task.Task{ID: run.TaskID(begun.ID, 1, step), Run: begun.ID, Round: 1, Step: step, Kind: task.Check, Outcomes: []task.Outcome{task.Done},
				Opened: at, Due: at.Add(time.Hour), Remind: at, Escalate: at, EscalateTo: task.Owner,
				For:     task.For{Who: rapid.SampledFrom([]task.Who{task.Approvers, task.Owner, task.Persons, task.Holders}).Draw(r, "for")},
				Against: rapid.SliceOfNDistinct(rapid.SampledFrom(ways), 0, 3, rapid.ID[task.How]).Draw(r, "against"),
			}
			if len(steps) > 0 {
				a.Apart = strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(steps), 0, 2, rapid.ID[string]).Draw(r, "apart"), " ")
			}
			switch a.For.Who {
			case task.Persons:
				a.For.Persons = rapid.SliceOfNDistinct(somebody, 1, 3, rapid.ID[string]).Draw(r, "persons")
				if len(left) > 0 && chance(2, "all named have left") {
					a.For.Persons = left
				}
			case task.Holders:
				a.For.Role = rapid.SampledFrom(roles).Draw(r, "role")
			}
			steps = append(steps, step)
			require.NoError(r, s.tx(t.Context(), func(tx *sqlx.Tx) error { return errOf(insertTask(t.Context(), tx, a)) }))
			if chance(3, "answered") {
				who := somebody.Draw(r, "who answered")
				exec(r, `INSERT INTO pass (id, hash, kind, run, task, person, token, content, created_at, expires_at)
					VALUES ($1, $1, 'decide', $2, $1, $3, '', '', now(), now())`, a.ID, a.Run, who)
				exec(r, `INSERT INTO decision (task, run, round, person, outcome, comment, at, hash, token_issuer, pass)
					VALUES ($1, $2, 1, $3, 'done', '', now(), '', $4, $1)`, a.ID, a.Run, who, anybody.Draw(r, "their token"))
				exec(r, `UPDATE task SET state = 'decided', ended_at = now() WHERE id = $1`, a.ID)
			}
		}
		for range rapid.IntRange(0, 2).Draw(r, "versions after") {
			declare(chance(6, "gone"))
		}

		all, _, err := s.Tasks(t.Context(), Tasks{Run: begun.ID}, Page{})
		require.NoError(r, err)
		require.Len(r, all, len(steps))
		people := peopleOfEach(r, s, all)
		for _, p := range names {
			mine, _, err := s.Tasks(t.Context(), Tasks{Run: begun.ID, Mine: p}, Page{})
			require.NoError(r, err)
			for _, a := range all {
				may := people[a.ID].May(p)
				require.Equal(r, may == nil, slices.Contains(a.Approvers, p))
				require.Equal(r, may == nil, slices.ContainsFunc(mine, func(m task.Task) bool { return m.ID == a.ID }), "%s: %v: %+v, %+v", p, may, a, people[a.ID])
				seen[fmt.Sprint(a.For.Who, may == nil)]++
				if a.For.Who == task.Persons && !slices.Contains(a.For.Persons, p) && p == people[a.ID].Owner {
					seen[fmt.Sprint("owner of what is for persons ", may == nil)]++
				}
				for _, how := range people[a.ID].Involved {
					if how.Person == p && (how.How == task.Answered || how.How == task.Asked) {
						seen[fmt.Sprint(how.How, how.Issued, how.About != "task/"+run.TaskID(begun.ID, 1, a.Apart))]++ // of the step, or of it asked again
					}
				}
			}
		}
	})
	t.Logf("how often somebody might, and might not: %v", seen)

	// All that has come together, in pages, and counted.
	all := pagesOf(t, s, Tasks{}, 10)
	t.Logf("%d tasks", len(all))
	people := peopleOfEach(t, s, all)
	now := declared.Add(4 * time.Hour)
	var total task.Counts
	for _, p := range names {
		var counts task.Counts
		var mine, sees []string
		for _, a := range all {
			r, err := s.Run(t.Context(), a.Run)
			require.NoError(t, err)
			scope, there := s.ScopeAbout(t.Context(), r.About)
			owns, may := there == nil && scope.Owner == p, people[a.ID].May(p) == nil
			if may {
				mine = append(mine, a.ID)
			}
			if may || owns {
				sees = append(sees, a.ID)
			}
			if a.State != task.Open {
				continue
			}
			switch {
			case may && a.Due.Before(now):
				counts.Overdue++
				fallthrough
			case may:
				counts.Open++
			case owns || r.StartedBy == p:
				counts.Waiting++
			}
		}
		require.Equal(t, mine, idsOf(pagesOf(t, s, Tasks{Mine: p}, 7)), p)
		require.Equal(t, sees, idsOf(pagesOf(t, s, Tasks{Sees: p}, 7)), p)
		for _, state := range []task.State{task.Open, task.Decided} {
			of := slices.DeleteFunc(slices.Clone(all), func(a task.Task) bool { return a.State != state || !slices.Contains(sees, a.ID) })
			require.Equal(t, idsOf(of), idsOf(pagesOf(t, s, Tasks{Sees: p, State: string(state)}, 7)), p)
		}
		counted, err := s.CountTasks(t.Context(), p, now)
		require.NoError(t, err)
		require.Equal(t, counts, counted, p)
		total = task.Counts{Open: total.Open + counts.Open, Overdue: total.Overdue + counts.Overdue, Waiting: total.Waiting + counts.Waiting}
	}
	t.Logf("counted: %+v", total)
	require.Positive(t, total.Open)
	none, err := s.CountTasks(t.Context(), "nobody", now)
	require.NoError(t, err)
	require.Zero(t, none)
}

func peopleOfEach(t require.TestingT, s *Store, list []task.Task) map[string]task.People {
	all := map[string]task.People{}
	for _, a := range list {
		p, err := s.PeopleOf(context.Background(), a)
		require.NoError(t, err)
		all[a.ID] = p
	}
	return all
}

// pagesOf are all tasks of a list, taken a page at a time.
func pagesOf(t *testing.T, s *Store, f Tasks, limit int) (all []task.Task) {
	t.Helper()
	for cursor := ""; ; {
		list, next, err := s.Tasks(t.Context(), f, Page{Limit: limit, Cursor: cursor})
		require.NoError(t, err)
		all = append(all, list...)
		if next == "" {
			return all
		}
		cursor = next
	}
}

func idsOf(list []task.Task) (ids []string) {
	for _, t := range list {
		ids = append(ids, t.ID)
	}
	return ids
}
