package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/improvement"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
)

// Whatever the owner is asked first in a round, they read what was found, what
// didn't work, and what changes were requested.
func TestWhatTheOwnerIsTold(t *testing.T) {
	var said store.Improving
	said.Finding = improvement.Finding{ID: 7, Title: text.New("Calls are missed", "Anrufe gehen verloren"), Detail: "Three on Monday.", Seen: 2}
	said.Cycles = []improvement.Cycle{{Actions: []improvement.Tracked{
		{ID: "7.1", Action: improvement.Action{Title: "A rota"}, State: improvement.ActionIneffective},
		{ID: "7.2", Action: improvement.Action{Title: "A list"}, State: improvement.ActionEffective}}}}
	said.Last = &task.Decision{Outcome: task.RequestChanges, Person: "mia", Comment: "Judge the benefit first."}
	require.Equal(t, text.New(
		"Finding 7: Calls are missed\nThree on Monday.\nIt was seen 2 times.\nAction 7.1 didn't work: A rota\nChanges were requested by mia: Judge the benefit first.",
		"Befund 7: Anrufe gehen verloren\nThree on Monday.\nEr wurde 2-mal festgestellt.\nMaßnahme 7.1 war nicht wirksam: A rota\nÄnderungen verlangt von mia: Judge the benefit first."),
		aboutFinding(said))

	said.Last.Outcome = task.Approve
	require.NotContains(t, aboutFinding(said).En, "requested")
}

// What Turnus had to say of what it found, the owner is told, too: how long an
// outage lasted, and why.
func TestTheOwnerIsToldWhatTurnusFound(t *testing.T) {
	var said store.Improving
	said.Finding = improvement.Finding{ID: 8, Title: text.New("Unplanned outage of web", "Ungeplanter Ausfall von web"),
		Note: text.New("Length: 90 min.", "Dauer: 90\u202fmin."), Seen: 1}
	require.Equal(t, text.New("Finding 8: Unplanned outage of web\nLength: 90 min.", "Befund 8: Ungeplanter Ausfall von web\nDauer: 90\u202fmin."), aboutFinding(said))
}
