package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/task"
	"turnus/itsm/text"
)

// To whom a task of named persons was escalated depends on whether any of them was
// there, which the task doesn't say.
func TestWhomATaskWasEscalatedTo(t *testing.T) {
	at := time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC)
	for who, to := range map[task.Who]text.Text{
		task.Holders: task.Owner.Title(),
		task.Persons: {},
	} {
		all := asking(task.Task{For: task.For{Who: who}, Escalated: &at, EscalateTo: task.Owner})
		require.Equal(t, to, all[len(all)-1].Why, who)
	}
}
