package drill

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
)

func findingOf(d report.Document, key string) *report.Finding {
	for i, f := range d.Findings {
		if f.Key == "payments-site-loss/"+key {
			return &d.Findings[i]
		}
	}
	return nil
}

// Who was reached too late, not at all, or when nobody knows is one finding, with
// each; the verdict isn't touched.
func TestContactsReachedTooLate(t *testing.T) {
	f := passed()
	require.Nil(t, findingOf(drafted(t, f), "calls-late"))
	verdict := f.Happened.Result.Overall
	for i, from := range map[int]continuity.Event{1: continuity.Disruption, 2: continuity.Disruption, 3: continuity.Detected} {
		within := minutes(10)
		f.Plan.Spec.Contacts[i].Within, f.Plan.Spec.Contacts[i].From = &within, from
	}
	f.Happened.Calls[1].When = nil
	d := drafted(t, evaluated(f))
	got := findingOf(d, "calls-late")
	require.NotNil(t, got)
	require.Equal(t, text.New("Storage supplier (within 10\u202fmin of “disruption”: not known); Head of payments (within 10\u202fmin of “disruption”: late, by 12\u202fmin); Press office (within 10\u202fmin of “detected”: not reached).",
		"Storage supplier (innerhalb von 10\u202fmin nach „Störung“: nicht bekannt); Head of payments (innerhalb von 10\u202fmin nach „Störung“: verspätet, um 12\u202fmin); Press office (innerhalb von 10\u202fmin nach „erkannt“: nicht erreicht)."), got.Detail)
	require.Equal(t, verdict, f.Happened.Result.Overall)
}

// MTW is held against full capacity, else against the return to normal operation;
// what exceeds it is found, and so is what nobody knows, but of an abort.
func TestTimeToNormalOperation(t *testing.T) {
	f := passed()
	require.Nil(t, findingOf(drafted(t, f), "mtw"))
	hour := minutes(60)
	f.Plan.Spec.Objectives.MTW = &hour
	d := drafted(t, evaluated(f))
	require.Contains(t, findingOf(d, "mtw").Detail.En, "Until full capacity: late, by ")
	require.Contains(t, findingOf(d, "mtw").Detail.De, "Bis zur vollen Kapazität: verspätet, um ")
	marked := func(x report.Document) (all []string) {
		for _, m := range section(t, x, "Timeline").Timelines[0].Marks {
			all = append(all, m.Title.En)
		}
		return all
	}
	require.Subset(t, marked(d), []string{"RTO", "MTPD", "MTW", "decision due"})
	for _, s := range []bool{false, true} {
		f.Happened.Timeline = nil
		f.Happened.Abort = nil
		if s {
			f.Happened.Abort = &drill.Abort{Reason: "x", When: in(30), At: in(30), By: "carla"}
		}
		require.Equal(t, s, findingOf(drafted(t, f), "mtw") == nil, "nobody knows, unless that follows from the abort")
	}
}

// The approver reads first what is entered in another order than planned.
func TestEntriesInAnotherOrderThanPlanned(t *testing.T) {
	f := passed()
	f.Happened.Return[0].Ended = on(10)
	d := drafted(t, f)
	require.Equal(t, report.Bad, d.Notes[0].Tone)
	require.Contains(t, d.Notes[0].Text.En, "Entered in another order than planned: the end of step back 1 (5 October 2026, 10:10")
	require.Contains(t, d.Notes[0].Text.De, "das Ende von Schritt 1 der Rückkehr (05.10.2026, 10:10")
}

// A service that was back to normal days after MTW exceeded it, also where the
// invocation was aborted and full capacity wasn't entered before: full capacity
// can't have been there sooner than anybody says.
func TestAnAbortDoesNotHideThatMTWWasExceeded(t *testing.T) {
	f := invokedInVain() // MTW: 48 h
	f.Plan.Spec.Steps[6].Marks = continuity.Full
	f.Happened.Steps[6].State = "cancelled"
	normal := event(continuity.Normal, 5*24*60, 5*24*60+1, "frida", "")
	f.Happened.Timeline = append(f.Happened.Timeline, normal)
	require.NotNil(t, findingOf(drafted(t, evaluated(f)), "mtw"))
}

// The same time stands once in the report, with the same length.
func TestFullCapacityHasOneLength(t *testing.T) {
	f := passed()
	h := f.Happened
	for i := range h.Timeline {
		switch h.Timeline[i].Event {
		case continuity.Disruption:
			h.Timeline[i].When = h.Timeline[i].When.Add(900 * time.Millisecond)
		case continuity.Full: // 4 h 4 min 59.2 s later
			h.Timeline[i].When = h.Timeline[i].When.Add(100 * time.Millisecond)
		}
	}
	d := drafted(t, evaluated(f))
	var figure string
	for _, x := range d.Figures {
		if x.Name == "full" {
			figure = *x.Value
		}
	}
	require.Equal(t, "14699", figure)
	var length *int64
	for _, x := range section(t, d, "What was proved").Tables[1].Rows {
		if x[0].Text.En == "Until full capacity" {
			length = x[2].Seconds
		}
	}
	require.EqualValues(t, 14699, *length)
}

// A drill that was aborted before a contact's time had run out didn't miss it.
func TestAnAbortBeforeADeadlineOfAContact(t *testing.T) {
	f := aborted() // after 90 min
	two := minutes(120)
	f.Plan.Spec.Contacts[3].Within, f.Plan.Spec.Contacts[3].From = &two, continuity.Disruption // not reached by then
	require.Nil(t, findingOf(drafted(t, evaluated(f)), "calls-late"))
}
