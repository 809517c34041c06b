package task

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Only an approval of what is stale needs to say so, with a comment, and by whom
// was shown what has changed; what is bound to one answer isn't worth another.
func TestCheckStale(t *testing.T) {
	changes := []StalePart{{"tickets", text.New("1 ticket changed", "1 Ticket hat sich geändert")}, {"agreement", text.New("agreement a", "Vereinbarung a")}}
	for name, c := range map[string]struct {
		changes []StalePart
		m       Message
		carried bool
		code    fault.Code
		says    string
	}{
		"nothing has changed": {nil, Message{Outcome: Approve}, true, "", ""},
		"unsaid":              {changes, Message{Outcome: Approve, Comment: "fine"}, false, fault.Conflict, `1 ticket changed; agreement a. The owner begins a new round with turnus refresh sla-report/desk/2016-03; "stale": true`},
		"without a comment":   {changes, Message{Outcome: Approve, Stale: true, Comment: " \n"}, false, fault.Invalid, "Say why"},
		"said":                {changes, Message{Outcome: Approve, Stale: true, Comment: "it is disputed"}, false, "", ""},
		"said by a signal":    {changes, Message{Outcome: Approve, Stale: true, Comment: "it is disputed"}, true, fault.Conflict, "A signal can't approve it"},
		"rejected":            {changes, Message{Outcome: Reject, Comment: "no"}, true, "", ""},
		"sent back":           {changes, Message{Outcome: RequestChanges, Comment: "no"}, false, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := CheckStale(c.changes, c.m, "sla-report/desk/2016-03", c.carried)
			if c.code == "" {
				require.NoError(t, err)
				return
			}
			require.True(t, fault.Is(err, c.code), "%v", err)
			require.Contains(t, fault.As(err).Message.En, c.says)
			require.Contains(t, fault.As(err).Message.De, "1 Ticket hat sich geändert; Vereinbarung a")
		})
	}
	plain, said := Message{Outcome: Approve, Comment: "x"}, Message{Outcome: Approve, Comment: "x", Stale: true}
	require.NotEqual(t, plain.Answer(), said.Answer())
}
