package drill

import (
	"slices"

	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/rules"
)

// productionTile says in short whether a drill that is planned touches production,
// and what is on record of the maintenance that it names.
func (d draft) productionTile() {
	if d.Setup.Production == "" {
		d.Tile("Production", "Produktion", report.Say("not touched", "nicht berührt"))
		return
	}
	t := d.Tile("Production", "Produktion", report.Say("touched", "berührt"))
	named := d.Named()
	on := slices.DeleteFunc(slices.Clone(named), func(w drill.Window) bool { return !d.OnTheDay(w) })
	switch {
	case d.Setup.Type == continuity.Invocation:
		t.Say("its outage counts", "der Ausfall zählt")
	case d.Reference() == "":
		t.Say("no maintenance is named", "keine Wartung genannt")
	case d.Maintenance == nil:
		t.Say("maintenance is named, and wasn’t looked up", "Wartung genannt, nicht nachgeschlagen")
	case len(named) == 0:
		t.Say("the maintenance window isn’t on record yet", "Wartungsfenster liegt noch nicht vor")
	case len(on) == 1:
		t.Say("maintenance window from %s to %s", "Wartungsfenster vom %s bis zum %s", d.instant(on[0].From), d.instant(on[0].To))
	case len(on) > 1:
		t.Say("%d maintenance windows on that day", "%d Wartungsfenster an diesem Tag", len(on))
	case cancelled(named):
		t.Say("the maintenance window was cancelled", "Wartungsfenster abgesagt")
	default:
		t.Say("the maintenance window is on another day", "Wartungsfenster liegt an einem anderen Tag")
	}
}

// cancelled says that all windows are.
func cancelled(all []drill.Window) bool {
	return !slices.ContainsFunc(all, func(w drill.Window) bool { return !w.Cancelled })
}

// production says what the drill does to production, and what is done about it.
func (d draft) production() {
	s := d.Section("Production and risk", "Produktion und Risiko")
	_, _, began := d.Touched()
	switch {
	case d.Setup.Production == "":
		s.Say("Production isn’t touched.", "Die Produktion wird nicht berührt.")
	case d.Setup.Type == continuity.Invocation:
		s.Say("This is no drill: production is affected. An invocation is never announced as maintenance; its outage counts in the availability review as soon as it is on record there.",
			"Dies ist keine Übung: Die Produktion ist betroffen. Ein Ernstfall wird nie als Wartung angekündigt; der Ausfall zählt im Verfügbarkeitsbericht, sobald er dort erfasst ist.")
	case d.Stage == drill.ToPlan:
		d.toBeTouched(s)
	case !began:
		s.Say("Production was to be touched; the drill was given up before it began.", "Die Produktion sollte berührt werden; die Übung wurde vor ihrem Beginn aufgegeben.")
	default:
		d.touched(s)
	}
	t := record(s, "", "")
	if x := d.Setup.Production; x != "" {
		t.Item("What is touched", "Was berührt wird", given(x))
	}
	d.known(t, "Risk", "Risiko", d.Setup.Risk)
	d.known(t, "Rollback", "Rückfallplan", d.Setup.Rollback)
	d.windows(s)
}

// toBeTouched says what is on record of the maintenance that a plan names. Windows
// may be imported later: nothing is refused for it.
func (d draft) toBeTouched(s *report.SectionWriter) {
	named, ref := d.Named(), d.Reference()
	onDay := func(w drill.Window) bool { return d.OnTheDay(w) }
	switch {
	case ref == "":
		s.Say("Production is touched, and no announced maintenance is named for it: an outage counts in the availability review unless a maintenance window that is on record there covers it.",
			"Die Produktion wird berührt; eine angekündigte Wartung ist dafür nicht genannt: Ein Ausfall zählt im Verfügbarkeitsbericht, soweit er nicht in einem dort vorliegenden Wartungsfenster liegt.")
	case d.Maintenance == nil:
		s.Say("Production is touched. The maintenance %q is named for it; whether such a window is on record wasn’t looked up. An outage outside of announced maintenance counts in the availability review.",
			"Die Produktion wird berührt. Als Wartung ist %q genannt; ob dieses Wartungsfenster vorliegt, wurde nicht nachgeschlagen. Ein Ausfall außerhalb angekündigter Wartung zählt im Verfügbarkeitsbericht.", ref)
	case len(named) == 0:
		s.Say("Production is touched. A maintenance window with the reference %q isn’t imported yet: until it is, an outage counts in the availability review.",
			"Die Produktion wird berührt. Ein Wartungsfenster mit der Kennung %q ist noch nicht importiert: Bis dahin zählt ein Ausfall im Verfügbarkeitsbericht.", ref)
	case slices.ContainsFunc(named, onDay):
		s.Say("Production is touched. For the day of the drill, maintenance with the reference %q is on record; an outage outside of it counts in the availability review.",
			"Die Produktion wird berührt. Für den Tag der Übung liegt Wartung mit der Kennung %q vor; ein Ausfall außerhalb davon zählt im Verfügbarkeitsbericht.", ref)
	case cancelled(named):
		s.Say("Production is touched. The maintenance with the reference %q was cancelled: an outage counts in the availability review.",
			"Die Produktion wird berührt. Die Wartung mit der Kennung %q wurde abgesagt: Ein Ausfall zählt im Verfügbarkeitsbericht.", ref)
	default:
		s.Say("Production is touched. Maintenance with the reference %q is on record, but not for the day of the drill: on that day an outage counts in the availability review.",
			"Die Produktion wird berührt. Wartung mit der Kennung %q liegt vor, aber nicht für den Tag der Übung: An diesem Tag zählt ein Ausfall im Verfügbarkeitsbericht.", ref)
	}
}

// touched says when production was touched, and whether maintenance that is on
// record covers that time.
func (d draft) touched(s *report.SectionWriter) {
	d.while(s)
	switch ref := d.Reference(); {
	case ref == "":
		s.Say("No announced maintenance was named for that.", "Eine angekündigte Wartung war dafür nicht genannt.")
	case d.Maintenance == nil:
		s.Say("The maintenance %q was named for that; whether such a window is on record wasn’t looked up.", "Als Wartung war %q genannt; ob dieses Wartungsfenster vorliegt, wurde nicht nachgeschlagen.", ref)
	case len(d.Named()) == 0:
		s.Say("A maintenance window with the reference %q, which was named for that, isn’t on record.", "Das dafür genannte Wartungsfenster mit der Kennung %q liegt nicht vor.", ref)
	}
	outside, all := d.Outside()
	switch {
	case d.Maintenance == nil:
		s.Say("An outage outside of announced maintenance counts in the availability review.", "Ein Ausfall außerhalb angekündigter Wartung zählt im Verfügbarkeitsbericht.")
	case outside == 0 && all == 1:
		s.Say("Its beginning lies within maintenance that is on record.", "Der Beginn liegt in einem Wartungsfenster, das vorliegt.")
	case outside == 0:
		s.Say("All of that time lies within maintenance that is on record.", "Dieser Zeitraum liegt vollständig in Wartungsfenstern, die vorliegen.")
	case outside == all:
		s.Say("None of that time lies within maintenance that is on record: an outage in it counts in the availability review.",
			"Dieser Zeitraum liegt in keinem Wartungsfenster, das vorliegt: Ein Ausfall zählt im Verfügbarkeitsbericht.")
	default:
		s.Say("Of these %[2]s, %[1]s lie outside of maintenance that is on record: an outage then counts in the availability review.",
			"Von diesen %[2]s liegen %[1]s außerhalb der Wartungsfenster, die vorliegen: Ein Ausfall in dieser Zeit zählt im Verfügbarkeitsbericht.", report.Lasting(outside), report.Lasting(all))
	}
}

// while says from when until when production was touched.
func (d draft) while(s *report.SectionWriter) {
	from, to, _ := d.Touched()
	switch {
	case to.IsZero():
		s.Say("Production was touched from %s on; no end is on record.", "Die Produktion wurde ab %s berührt; ein Ende ist nicht erfasst.", d.instant(from))
	case d.Happened.Normal != nil:
		s.Say("Production was touched from the disruption, %s, until normal operation was verified, %s.", "Die Produktion wurde von der Störung (%s) bis zur Prüfung des Normalbetriebs (%s) berührt.", d.instant(from), d.instant(to))
	default:
		s.Say("Production was touched from the beginning, %s, to the end of the drill, %s; that operation was normal by then, nobody has verified.", "Die Produktion wurde vom Beginn (%s) bis zum Ende der Übung (%s) berührt; dass der Betrieb danach normal lief, hat niemand geprüft.", d.instant(from), d.instant(to))
	}
}

// windows lists the maintenance that was found on record.
func (d draft) windows(s *report.SectionWriter) {
	if d.Maintenance == nil {
		return
	}
	all := d.Maintenance.Windows
	caption := text.F("Announced maintenance, as it was on record on %s", "Angekündigte Wartung, wie sie am %s vorlag", d.instant(d.At))
	if more := d.Maintenance.More; more > 0 {
		caption = text.F("%s; %d more windows aren’t listed here", "%s; %d weitere Wartungsfenster sind hier nicht aufgeführt", caption, more)
	}
	has := func(is func(drill.Window) bool) bool { return slices.ContainsFunc(all, is) }
	t := s.Table("%s", "%s", caption).Left("Reference", "Kennung").Left("Occasion", "Anlass").When(has(func(w drill.Window) bool { return w.Summary != "" })).
		Left("Component", "Komponente").When(has(func(w drill.Window) bool { return w.Component != "" })).
		Left("From", "Von").Left("To", "Bis").Left("Announced", "Angekündigt").Left("State", "Status").When(has(func(w drill.Window) bool { return w.Cancelled }))
	for _, w := range all {
		announced, state := report.At(w.Announced), report.Say("stands", "gilt")
		if !w.Told {
			announced = report.Say("%s, by the import", "%s, laut Import", d.instant(w.Announced))
		}
		if w.Cancelled {
			state = report.Judged(text.New("cancelled", "abgesagt"), report.Bad)
		}
		t.Row(given(w.UID), given(w.Summary), report.Words(rules.Component(w.Component)), report.At(w.From), report.At(w.To), announced, state)
	}
	switch {
	case len(all) > 0:
		s.Say("What of an outage counts, the availability review says by the rule of its agreement: maintenance that was announced too late excuses nothing.",
			"Was von einem Ausfall zählt, ergibt sich im Verfügbarkeitsbericht aus der Regel der Vereinbarung: Zu spät angekündigte Wartung entschuldigt nichts.")
	case d.Maintenance.Import == 0:
		s.Say("No maintenance of this service was imported by %s.", "Bis zum %s war für diesen Service keine Wartung importiert.", d.instant(d.At))
	default:
		s.Say("This is as it was on record on %s.", "Das ist der Stand vom %s.", d.instant(d.At))
	}
	if has(func(w drill.Window) bool { return w.Component != "" && !w.Cancelled }) {
		s.Say("A window of a component excuses outages of that component alone.", "Ein Wartungsfenster einer Komponente entschuldigt nur Ausfälle dieser Komponente.")
	}
}
