package verify_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/report/verify"
)

// What a set says of the register is drafted anew word by word with the rest.
func TestVerifyWithTheRegister(t *testing.T) {
	f := frozenMarch()
	f.Agreements[0].Spec.Targets[2].Attain = "60"
	due := calendar.Date{Year: 2026, Month: 3, Day: 31}
	f.Register = &improvement.Extract{Findings: []improvement.Progress{{Finding: 12, Key: "missed-target/payments/desk/response", Title: text.New("Target missed", "Ziel verfehlt"),
		Severity: improvement.Major, State: improvement.InWork, Seen: 2, Actions: []improvement.ActionLine{{ID: "12.1", Title: "Add a person", Owner: "anna", State: improvement.ActionOpen, Due: due, OriginalDue: due}}}}}
	b := export(t, f, march())
	require.Contains(t, string(b), `"en":"12: in work"`)
	v, err := verify.Receipt(bytes.NewReader(b))
	require.NoError(t, err)
	require.Empty(t, v.Differences)
	require.True(t, v.Words)

	v, err = verify.Receipt(bytes.NewReader(bytes.Replace(b, []byte(`"en":"12: in work"`), []byte(`"en":"12: closed "`), 1)))
	require.NoError(t, err)
	require.False(t, v.Identical)
}
