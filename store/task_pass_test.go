package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// waiting is a run whose first round asks.
func waitingTask(t *testing.T) (*Store, run.Run, task.Task) {
	t.Helper()
	s := declaringStore(t)
	apply1(t, s, declared, house()...)
	r, _, err := s.Begin(t.Context(), declared, NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2016-03"}, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(t, err)
	return s, r, ask(t, s, declared, run.Step{Run: r.ID, Round: 1})
}

// A pass that was made for an answer is worth nothing with another one: who
// takes the message on its way can't change what it says. One that is carried
// may name its outcome.
func TestAPassIsForItsAnswer(t *testing.T) {
	s, r, a := waitingTask(t)
	anton := person.Actor{Person: "anton"}
	said := task.Message{Task: a.ID, Outcome: task.Reject, Comment: "a figure is wrong"}
	bound := func() Pass {
		p, err := s.IssuePass(t.Context(), anton, declared, PassFor{Kind: PassDecide, Run: r.ID, Task: a.ID, Content: a.Hash, Answer: said.Answer()})
		require.NoError(t, err)
		require.Empty(t, p.Secret)
		return p
	}
	carried := func(o task.Outcome) Pass {
		p, err := s.IssuePass(t.Context(), anton, declared, PassFor{Kind: PassDecide, Run: r.ID, Task: a.ID, Content: a.Hash, Outcome: o})
		require.NoError(t, err)
		return p
	}
	var hash string
	p := bound()
	require.NoError(t, s.db.Get(&hash, "SELECT hash FROM pass WHERE id = $1", p.ID))
	for name, m := range map[string]task.Message{
		"another outcome":                 {Pass: p.ID, Outcome: task.Approve, Comment: said.Comment},
		"another comment":                 {Pass: bound().ID, Outcome: task.Reject, Comment: "a figure is wrong."},
		"no comment":                      {Pass: bound().ID, Outcome: task.Reject},
		"the hash of a secret":            {Pass: hash, Outcome: task.Reject, Comment: said.Comment},
		"the ID of one that is carried":   {Pass: carried("").ID, Outcome: task.Reject, Comment: said.Comment},
		"another outcome than it names":   {Pass: carried(task.Reject).Secret, Outcome: task.Approve},
		"changes, where it names reject":  {Pass: carried(task.Reject).Secret, Outcome: task.RequestChanges},
		"a comment that is much too long": {Pass: carried("").Secret, Outcome: task.Reject, Comment: string(make([]byte, 50_000))},
	} {
		m.Task = a.ID
		_, refused, err := s.Decide(t.Context(), declared.Add(time.Minute), name, m)
		require.NoError(t, err, name)
		require.NotNil(t, refused, name)
		require.NotEmpty(t, refused.Message.De, name)
	}
	p = bound()
	said.Pass = p.Presented()
	d, refused, err := s.Decide(t.Context(), declared.Add(time.Minute), p.ID, said)
	require.NoError(t, err)
	require.Nil(t, refused)
	require.Equal(t, task.Reject, d.Outcome)
}

// What fields say in an answer that is refused is on record, whatever it is:
// JSON holds numbers and depths that PostgreSQL doesn't. An error would be tried
// again while every other answer to the run waits, and would leave the pass as
// it was.
func TestRefusedFieldsAreOnRecordWhateverTheyAre(t *testing.T) {
	s, r, a := waitingTask(t)
	p, err := s.IssuePass(t.Context(), person.Actor{Person: "anton"}, declared, PassFor{Kind: PassDecide, Run: r.ID, Task: a.ID, Content: a.Hash})
	require.NoError(t, err)
	deep := strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000)
	for i, pass := range []string{"pass_made-up", p.Secret, p.Secret} {
		m := task.Message{Task: a.ID, Pass: pass, Outcome: task.Approve, Fields: task.Values{"great": json.RawMessage("1e999999"), "deep": json.RawMessage(deep),
			"text": json.RawMessage(`"a\u0000b pass_0123456789abcdef"`), "\x00": json.RawMessage("1")}}
		_, refused, err := s.Decide(t.Context(), declared.Add(time.Minute), fmt.Sprint("signal ", i), m)
		require.NoError(t, err)
		require.NotNil(t, refused)
	}
	_, refused, err := s.Decide(t.Context(), declared.Add(time.Minute), "another", task.Message{Task: a.ID, Pass: p.Secret, Outcome: task.Approve})
	require.NoError(t, err)
	require.Equal(t, fault.Forbidden, refused.Code, "any presentation spends it")
	trail, _, err := s.Audit(t.Context(), Trail{Object: "task/" + a.ID}, Page{})
	require.NoError(t, err)
	kept := 0
	for _, e := range trail {
		if strings.Contains(string(e.After), `"great":"1e999999"`) {
			kept++
			require.NotContains(t, string(e.After), "pass_0123")
		}
	}
	require.Equal(t, 3, kept)
}

// A run shows all of its tasks, however many rounds they took.
func TestARunShowsAllOfItsTasks(t *testing.T) {
	s, r, _ := waitingTask(t)
	_, err := s.db.Exec(`INSERT INTO task (id, run, round, step, kind, state, outcomes, hash, opened_at, due_at, remind_at, escalate_at)
		SELECT 'x~' || n, $1, 1, 'x-' || n, 'record', 'open', '["done"]', 'x', $2, $2, $2, $2 FROM generate_series(1, 600) n`, r.ID, declared)
	require.NoError(t, err)
	shown, err := s.Run(t.Context(), r.ID)
	require.NoError(t, err)
	require.Len(t, shown.Tasks, 601)
}

// Each end follows from what is on record, whoever asks for it.
func TestAnEndFollowsFromTheRecord(t *testing.T) {
	s, r, a := waitingTask(t)
	ctx := t.Context()
	refusedEnds := func(but ...run.State) {
		t.Helper()
		for _, state := range []run.State{run.Published, run.Rejected, run.Cancelled, run.Provisional, run.Waiting, "perhaps"} {
			if len(but) > 0 && state == but[0] {
				continue
			}
			for round := range 3 {
				err := s.End(ctx, declared, run.End{Run: r.ID, Round: round, State: state})
				require.True(t, fault.Is(err, fault.Conflict), "%s in round %d: %v", state, round, err)
				require.NotEqual(t, fault.As(err).Message.En, fault.As(err).Message.De)
			}
		}
		now, err := s.Run(ctx, r.ID)
		require.NoError(t, err)
		require.True(t, now.State.Live())
	}
	refusedEnds()
	require.Nil(t, decide(t, s, declared, person.Actor{Person: "anton"}, a, task.RequestChanges, "once more"))
	refusedEnds()

	second := run.Step{Run: r.ID, Round: 2}
	require.NoError(t, s.Enter(ctx, second, run.Drafting))
	for name, wrong := range map[string]func(*task.Task){
		"another content":       func(k *task.Task) { k.Hash = "another" },
		"fewer outcomes":        func(k *task.Task) { k.Outcomes = []task.Outcome{task.Approve} },
		"the round before":      func(k *task.Task) { k.ID, k.Step = k.ID+"2", "approval2" },
		"another kind":          func(k *task.Task) { k.Kind = "perhaps" },
		"a round still to come": func(k *task.Task) { k.Round = 3 },
	} {
		k := approval(second, draft(t, s, declared, second), declared)
		wrong(&k)
		require.True(t, fault.Is(errOf(s.OpenTask(ctx, k)), fault.Conflict), name)
	}
	b := ask(t, s, declared, second)
	refusedEnds()
	// What was approved and then changed, by whoever can, isn't published.
	require.Nil(t, decide(t, s, declared, person.Actor{Person: "anton"}, b, task.Approve, ""))
	refusedEnds(run.Published)
	pgtest.Tamper(t, s.DB(), `UPDATE draft SET document = replace(document, '"run"', '"ran"') WHERE round = 2`)
	refusedEnds()
	pgtest.Tamper(t, s.DB(), `UPDATE draft SET document = replace(document, '"ran"', '"run"') WHERE round = 2`)
	require.NoError(t, s.End(ctx, declared, run.End{Run: r.ID, Round: 2, State: run.Published}))
	entries, _, err := s.Audit(ctx, Trail{Object: "run/" + r.ID}, Page{Limit: 500})
	require.NoError(t, err)
	require.Equal(t, "run.published", entries[len(entries)-1].Action)
	require.Equal(t, "end.refused", entries[len(entries)-2].Action)
}
