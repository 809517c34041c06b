package improvement_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/improvement"
	"turnus/itsm/text"
)

// Whoever is asked reads each fact on a line of its own, and whoever checks is
// told of all the evidence, and of where its file lies.
func TestQuestionsOfAnAction(t *testing.T) {
	at := time.Date(2026, 10, 5, 23, 30, 0, 0, time.UTC)
	a := improvement.Tracked{Action: improvement.Action{Number: 2, Title: "A rota", Owner: "ada", Due: date("2026-10-01"), Measure: "calls missed", Sense: improvement.AtMost, Target: "2.5"},
		ID: "7.2", DueNow: date("2026-10-06"), Moves: []improvement.Move{{}},
		Done: &improvement.Done{Evidence: "The rota is on the wall.", Link: "https://wiki.example.org/rota", File: "ab12", By: "ada", At: at}}
	f := improvement.Finding{ID: 7, Title: text.New("Calls are missed", "Anrufe gehen verloren")}
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)

	require.Equal(t, "Zu Befund 7: Anrufe gehen verloren\nDanach wird gemessen: calls missed, höchstens 2,5.\n"+
		"Der Fälligkeitstermin wurde einmal verschoben, ursprünglich 01.10.2026.", improvement.AskAction(a, f, berlin).Text.De)

	require.Equal(t, "For finding 7: Calls are missed\nMeasured is: calls missed, target: at most 2.5.\nDone on 6 October 2026 by ada: The rota is on the wall.\n"+
		"Link to the evidence: https://wiki.example.org/rota\nEvidence as a file, sent to action-2-2 (SHA-256): ab12\nApril says 2.",
		improvement.AskCheck(a, f, &improvement.Measured{Words: text.Same("April says 2.")}, berlin).Text.En)
	a.Done.Link, a.Done.File = "", ""
	require.Equal(t, "Zu Befund 7: Anrufe gehen verloren\nGemessen wird: calls missed, Ziel: höchstens 2,5.\nUmgesetzt am 06.10.2026 von ada: The rota is on the wall.",
		improvement.AskCheck(a, f, nil, berlin).Text.De)
}
