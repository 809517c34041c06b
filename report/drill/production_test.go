package drill

import (
	"testing"
	"turnus/itsm/continuity"
	"turnus/itsm/uptime"

	"github.com/stretchr/testify/require"

	"turnus/itsm/drill"
	"turnus/itsm/text"
)

// looked is a drill for which maintenance was looked up: windows of minutes after
// ten, as the case has them.
func looked(f drill.Frozen, windows ...drill.Window) drill.Frozen {
	f.Maintenance = &drill.Maintenance{Import: 3, Windows: windows}
	return f
}

func announced(uid string, from, to int) drill.Window {
	return drill.Window{UID: uid, From: in(from), To: in(to), Announced: ten.AddDate(0, 0, -20), Told: true}
}

// What a plan says of maintenance is what is on record of it.
func TestThePlanSaysWhatIsOnRecordOfMaintenance(t *testing.T) {
	const ref = "payments-2026-10-05"
	gone := announced(ref, 0, 400)
	gone.Cancelled = true
	by := announced(ref, 0, 400)
	by.Told, by.Component, by.Summary = false, "storage", "Exercise"
	unnamed := looked(planned())
	unnamed.Setup.Maintenance, unnamed.Maintenance = "", nil
	never := looked(planned())
	never.Maintenance.Import = 0
	for name, c := range map[string]struct {
		f    drill.Frozen
		want []text.Text
	}{
		"found": {looked(planned(), announced(ref, 0, 400)), []text.Text{
			text.New("* | Production | touched | maintenance window from 5 October 2026, 10:00\u00a0CEST to 5 October 2026, 16:40\u00a0CEST |", "* | Produktion | berührt | Wartungsfenster vom 05.10.2026, 10:00\u00a0Uhr\u00a0MESZ bis zum 05.10.2026, 16:40\u00a0Uhr\u00a0MESZ |"),
			text.New(`For the day of the drill, maintenance with the reference "payments-2026-10-05" is on record; an outage outside of it counts`, "Für den Tag der Übung liegt Wartung mit der Kennung „payments-2026-10-05“ vor; ein Ausfall außerhalb davon zählt"),
			text.New("Reference | From | To | Announced\npayments-2026-10-05 | 5 October 2026, 10:00", "Kennung | Von | Bis | Angekündigt\npayments-2026-10-05 | 05.10.2026, 10:00"),
			text.New("maintenance that was announced too late excuses nothing", "Zu spät angekündigte Wartung entschuldigt nichts")}},
		"several": {looked(planned(), announced(ref, 0, 60), announced(ref, 120, 400)), []text.Text{text.New("touched | 2 maintenance windows on that day |", "berührt | 2 Wartungsfenster an diesem Tag |")}},
		"by the import": {looked(planned(), by), []text.Text{
			text.New("Reference | Occasion | Component | From", "Kennung | Anlass | Komponente | Von"), text.New(", by the import", ", laut Import"),
			text.New("A window of a component excuses outages of that component alone.", "Ein Wartungsfenster einer Komponente entschuldigt nur Ausfälle dieser Komponente.")}},
		"not yet": {looked(planned()), []text.Text{
			text.New("touched | the maintenance window isn’t on record yet |", "berührt | Wartungsfenster liegt noch nicht vor |"),
			text.New(`A maintenance window with the reference "payments-2026-10-05" isn’t imported yet: until it is, an outage counts`, "Ein Wartungsfenster mit der Kennung „payments-2026-10-05“ ist noch nicht importiert: Bis dahin zählt ein Ausfall"),
			text.New("This is as it was on record on 21 September 2026", "Das ist der Stand vom 21.09.2026")}},
		"never": {never, []text.Text{text.New("No maintenance of this service was imported by 21 September 2026", "Bis zum 21.09.2026, 11:00\u00a0Uhr\u00a0MESZ war für diesen Service keine Wartung importiert.")}},
		"another day": {looked(planned(), announced(ref, 2880, 3000)), []text.Text{
			text.New("touched | the maintenance window is on another day |", "berührt | Wartungsfenster liegt an einem anderen Tag |"),
			text.New("is on record, but not for the day of the drill", "liegt vor, aber nicht für den Tag der Übung")}},
		"cancelled": {looked(planned(), gone), []text.Text{
			text.New("touched | the maintenance window was cancelled |", "berührt | Wartungsfenster abgesagt |"),
			text.New("was cancelled: an outage counts", "wurde abgesagt: Ein Ausfall zählt"), text.New("bad: cancelled", "bad: abgesagt")}},
		"none named": {unnamed, []text.Text{text.New("touched | no maintenance is named |", "berührt | keine Wartung genannt |")}},
	} {
		for _, l := range []text.Lang{text.En, text.De} {
			got := string(lines(drafted(t, c.f), l))
			for _, want := range c.want {
				require.Contains(t, got, want.In(l), name)
			}
			require.NotContains(t, got, text.New("announced as maintenance", "als Wartung angekündigt").In(l), name)
		}
	}
}

// A report says how much of the time lay in maintenance that is on record.
func TestTheReportSaysHowMuchLayInMaintenance(t *testing.T) {
	const ref = "payments-2026-10-05"
	never := looked(never())
	for name, c := range map[string]struct {
		f    drill.Frozen
		want []text.Text
	}{
		"inside": {looked(passed(), announced(ref, -10, 400)), []text.Text{
			text.New("Production was touched from the disruption, 5 October 2026, 10:00\u00a0CEST, until normal operation was verified, 5 October 2026, 16:10\u00a0CEST.",
				"Die Produktion wurde von der Störung (05.10.2026, 10:00\u00a0Uhr\u00a0MESZ) bis zur Prüfung des Normalbetriebs (05.10.2026, 16:10\u00a0Uhr\u00a0MESZ) berührt."),
			text.New("All of that time lies within maintenance that is on record.", "Dieser Zeitraum liegt vollständig in Wartungsfenstern, die vorliegen.")}},
		"in part": {looked(passed(), announced(ref, 0, 180)), []text.Text{
			text.New("Of these 6\u202fh 10\u202fmin, 3\u202fh 10\u202fmin lie outside of maintenance that is on record: an outage then counts", "Von diesen 6\u202fh 10\u202fmin liegen 3\u202fh 10\u202fmin außerhalb der Wartungsfenster, die vorliegen: Ein Ausfall in dieser Zeit zählt")}},
		"another": {looked(passed(), announced("W-7", -10, 400)), []text.Text{
			text.New(`A maintenance window with the reference "payments-2026-10-05", which was named for that, isn’t on record.`, "Das dafür genannte Wartungsfenster mit der Kennung „payments-2026-10-05“ liegt nicht vor."),
			text.New("All of that time lies within", "liegt vollständig in"), text.New("\nW-7 | ", "\nW-7 | ")}},
		"none": {looked(missed()), []text.Text{
			text.New("No announced maintenance was named for that.", "Eine angekündigte Wartung war dafür nicht genannt."),
			text.New("None of that time lies within maintenance that is on record: an outage in it counts", "Dieser Zeitraum liegt in keinem Wartungsfenster, das vorliegt: Ein Ausfall zählt")}},
		"aborted": {looked(aborted(), announced(ref, 0, 90)), []text.Text{
			text.New("to the end of the drill, 5 October 2026, 11:30\u00a0CEST; that operation was normal by then, nobody has verified.", "bis zum Ende der Übung (05.10.2026, 11:30\u00a0Uhr\u00a0MESZ) berührt; dass der Betrieb danach normal lief, hat niemand geprüft."),
			text.New("All of that time", "vollständig")}},
		"never begun": {never, []text.Text{text.New("Production was to be touched; the drill was given up before it began.", "Die Produktion sollte berührt werden; die Übung wurde vor ihrem Beginn aufgegeben.")}},
	} {
		for _, l := range []text.Lang{text.En, text.De} {
			got := string(lines(drafted(t, c.f), l))
			for _, want := range c.want {
				require.Contains(t, got, want.In(l), name)
			}
		}
	}
}

// Of an invocation nothing is claimed that would be looked up.
func TestAnInvocationIsNeverAnnounced(t *testing.T) {
	for _, f := range []drill.Frozen{invoking(), invoked()} {
		require.False(t, f.LooksUp())
		got := string(lines(drafted(t, f), text.En))
		require.Contains(t, got, "An invocation is never announced as maintenance; its outage counts in the availability review as soon as it is on record there.")
		require.NotContains(t, got, "Announced maintenance")
	}
}

// Of a rule, one occurrence that was cancelled on another day doesn't mean that the
// maintenance was: the others stand, on other days.
func TestACancelledOccurrenceOfAnotherDayCancelsNoRule(t *testing.T) {
	const ref = "payments-2026-10-05"
	at := func(days int, cancelled bool) uptime.Planned {
		w := announced(ref, 0, 60)
		return uptime.Planned{Window: uptime.Window{UID: ref, From: w.From.AddDate(0, 0, days), To: w.To.AddDate(0, 0, days), Cancelled: cancelled}, Since: w.Announced, Told: true}
	}
	f := planned()
	m, err := f.Announced(3, []uptime.Planned{at(-9, false), at(-2, true), at(5, false)})
	require.NoError(t, err)
	f.Maintenance = m
	got := string(lines(drafted(t, f), text.En))
	require.NotContains(t, got, "was cancelled")
	require.Contains(t, got, "is on record, but not for the day of the drill")
}

// Of a drill whose end isn't known nobody can say that all of its time lies within
// maintenance, as a window shows that covers its first second.
func TestWithoutAKnownEndNotAllOfItIsCovered(t *testing.T) {
	f := looked(passed(), announced("payments-2026-10-05", 0, 1))
	h := *f.Happened
	h.Normal, h.Timeline = nil, nil
	for _, e := range f.Happened.Timeline {
		if e.Event != continuity.Ended {
			h.Timeline = append(h.Timeline, e)
		}
	}
	f.Happened = &h
	got := string(lines(drafted(t, f), text.En))
	require.Contains(t, got, "no end is on record")
	require.NotContains(t, got, "All of that time lies within maintenance")
}
