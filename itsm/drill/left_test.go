package drill_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
	"turnus/itsm/task"
)

// What a run leaves behind that is cancelled: at each point of a drill what was
// begun and not taken back, until the business has verified the return.
func TestWhatACancelledRunLeavesBehind(t *testing.T) {
	p := play(t, continuity.Component)
	left := func(begun, back string) {
		t.Helper()
		l := p.LeftBehind()
		require.NotNil(t, l)
		said := map[string]string{}
		for i, x := range l.Begun {
			said["begun"] += []string{"", "; "}[min(i, 1)] + x.En
		}
		for i, x := range l.Back {
			said["back"] += []string{"", "; "}[min(i, 1)] + x.En
		}
		require.Equal(t, begun, said["begun"])
		require.Equal(t, back, said["back"])
	}
	require.Nil(t, p.LeftBehind(), "nothing was begun")
	p.begin()
	left("Do invoke (open)", "Do sync; Do switch")
	p.done("step-1")
	p.say("step-2", task.Pause, "The key is missing.", nil)
	p.say("step-3", task.Skip, "Nobody is there.", nil)
	left("Do invoke (done); Do db (paused)", "Do sync; Do switch")
	require.Equal(t, "berta", p.LeftBehind().Verifies)
	p.direct("conduct-1", map[string]string{"order": "confirm-by", "person": "bruno"})
	require.Equal(t, "bruno", p.LeftBehind().Verifies)
	p.say("conduct-1-2", task.Abort, "Customers notice.", nil)
	left("Do invoke (done); Do db (cancelled)", "Do sync; Do switch")
	p.done("back-1")
	p.say("back-2", task.Failed, "The line is dead.", nil)
	left("Do invoke (done); Do db (cancelled)", "Do switch")
	p.say("normal-1", task.Fail, "The line is dead.", nil)
	require.NotNil(t, p.LeftBehind())
	p.say("normal-1-2", task.Pass, "", nil)
	require.Nil(t, p.LeftBehind(), "verified")

	for _, kind := range []continuity.Type{continuity.CallTree, continuity.Staff} {
		p = play(t, kind)
		p.begin()
		require.Nil(t, p.LeftBehind(), "%s recovers nothing", kind)
	}
}
