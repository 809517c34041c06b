package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
	"turnus/itsm/task"
)

// What the business confirmed it alone corrects: where it leaves once it is asked,
// the owner stands in for it to say so, and not to correct it.
func TestNobodyCorrectsForABusinessThatHasLeft(t *testing.T) {
	h, begun, at := reported(t)
	early := begun.Add(25 * time.Minute).Format(time.RFC3339)
	h.says(at+time.Minute, "anna", 3, "correct-1", task.Correct, answers{"event": "mbco_confirmed"})
	h.at(at+2*time.Minute, func() { h.leaves("berta") })
	instead := h.says(at+3*time.Minute, "olga", 3, "correct-2", task.Correct, answers{"event": "mbco_confirmed", "at": early})
	h.says(at+4*time.Minute, "olga", 3, "correct-2", task.Done, nil)
	h.says(at+5*time.Minute, "anna", 3, "correct-1-2", task.Done, nil)
	h.says(at+30*time.Minute, "otto", 3, "approval", task.Approve, nil)
	require.Equal(t, run.Published, h.run().State)
	require.ErrorContains(t, instead.failed, "berta, who confirmed this for the business, has left")
	require.ErrorContains(t, instead.failed, "fields.event")
	require.Equal(t, []string{"pass"}, h.lines("SELECT overall FROM drill"))
}
