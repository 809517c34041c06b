package imports

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/dataset"
)

// A shared calendar has vacations and reminders beside maintenance: they count,
// and the import says so.
func TestEventsThatArePerhapsNoMaintenance(t *testing.T) {
	said := func(events ...string) []dataset.Warning {
		var content dataset.Content
		_, _, err := windowsIn(t, ics(events...), inCalendar(&content))
		require.NoError(t, err)
		return content.Warnings
	}
	patch := "UID:a|SUMMARY:Patches|TRANSP:OPAQUE|DTSTART:20260315T010000Z|DURATION:PT1H"
	require.Empty(t, said(patch))
	require.Empty(t, said("UID:b|STATUS:CANCELLED|SUMMARY:Urlaub|TRANSP:TRANSPARENT|DTSTART;VALUE=DATE:20260316"), "it takes no time")

	one := said(patch, "UID:b|SUMMARY:Urlaub \"Anna\"|TRANSP:transparent|DTSTART:20260316T010000Z|DURATION:PT1H")
	require.Len(t, one, 1)
	require.Equal(t, dataset.FreeTime, one[0].Code)
	require.Contains(t, one[0].Detail.En, `One event ("Urlaub \"Anna\"") is marked as free time`)
	require.Contains(t, one[0].Detail.De, `Ein Ereignis („Urlaub "Anna"“) ist als frei gekennzeichnet`)

	both := said(patch, "UID:b|SUMMARY:"+strings.Repeat("Urlaub ", 30)+"|TRANSP:TRANSPARENT|DTSTART;VALUE=DATE:20260316|RRULE:FREQ=DAILY;COUNT=5",
		"UID:only-a-uid|DTSTART;VALUE=DATE:20260401|DTEND;VALUE=DATE:20260403", "DTSTART;VALUE=DATE:20260401")
	require.Len(t, both, 2, "what is rejected counts nowhere")
	require.Equal(t, []string{dataset.FreeTime, dataset.WholeDays}, []string{both[0].Code, both[1].Code})
	require.Contains(t, both[0].Detail.En, "One event")
	require.Contains(t, both[1].Detail.En, `2 events, the first of them "Urlaub Urlaub`)
	require.Contains(t, both[1].Detail.De, "2 Ereignisse, als erstes „Urlaub Urlaub")
	require.Less(t, len(both[1].Detail.En), 300)
	require.Contains(t, said("UID:only-a-uid|DTSTART;VALUE=DATE:20260401")[0].Detail.En, `One event ("only-a-uid")`)
}

// An event that is rejected is called by its summary, else by its UID.
func TestWhatARejectedEventIsCalled(t *testing.T) {
	for event, called := range map[string]string{
		"UID:a|SUMMARY:Patches|DURATION:PT1H":   "Patches",
		"UID:a|DURATION:PT1H":                   "a",
		"DTSTART:20260315T010000Z|DURATION:P1D": "",
	} {
		for _, err := range Windows(strings.NewReader(ics(event)), inCalendar(nil)) {
			var why *dataset.Reject
			require.True(t, errors.As(err, &why), event)
			require.Equal(t, [2]string{"VEVENT", called}, [2]string{why.Column, why.Value})
		}
	}
}
