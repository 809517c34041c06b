package drill

import (
	"slices"
	"strings"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
)

// planTiles gives the headlines of a drill that is planned.
func (d draft) planTiles() {
	t := d.Tile("Type", d.german("Art der Übung", "Art"), report.Words(d.Setup.Type.Title()))
	if d.Setup.Type.Measures() {
		t.Say("measures recovery", "misst den Wiederanlauf")
	} else {
		t.Say("proves neither recovery time nor recovery point", "beweist weder Wiederanlaufzeit noch Alter der Daten")
	}
	d.Tile("Date", "Datum", report.Words(d.date(d.Setup.Date)))
	t = d.Tile("Conductor", d.german("Übungsleitung", "Leitung"), given(d.Setup.Conductor))
	if d.Setup.Deputy != "" {
		t.Say("deputy: %s", "Vertretung: %s", d.Setup.Deputy)
	}
	d.productionTile()
	planned := longest(inDrill(d.Plan.Spec.Steps, d.Setup.LeftOut))
	t = d.Tile("Longest chain of steps, as planned", "Längste Schrittfolge laut Plan", report.Seconds(planned))
	if rto := d.Plan.Spec.Objectives.RTO; rto != nil {
		t.Say("RTO: %s", "RTO: %s", lasting(*rto))
		if planned > rto.Seconds() {
			t.Judge(false)
		}
	}
	if n := len(d.Setup.LeftOut); n > 0 {
		d.Tile("Steps", "Schritte", report.Say("%d of %d", "%d von %d", len(d.Plan.Spec.Steps)-n, len(d.Plan.Spec.Steps))).Say("the others aren’t part of this drill", "die übrigen sind nicht Teil der Übung")
	} else {
		d.Tile("Steps", "Schritte", report.Count(int64(len(d.Plan.Spec.Steps))))
	}
}

// date writes a date; one that nobody gave is a dash.
func (d draft) date(x calendar.Date) text.Text {
	if x == (calendar.Date{}) {
		return text.Same("–")
	}
	return report.Date(x)
}

// consequence says what the approval of the document brings about.
func (d draft) consequence() {
	s := d.Section("What follows from the approval", "Folge der Freigabe")
	h := d.happened()
	switch {
	case d.Stage == drill.ToPlan && d.Setup.Type == continuity.Invocation:
		s.Say("Approving this confirms the invocation: those who take part are notified, and %s enters when the disruption began. What was done before the approval is entered afterwards, and counts at the instant at which it happened. Neither conductor nor deputy approves.",
			"Mit der Freigabe wird der Ernstfall bestätigt: Die Beteiligten werden benachrichtigt, und %s erfasst, wann die Störung begann. Was vor der Freigabe geschah, wird nachträglich erfasst und zählt mit dem Zeitpunkt des Geschehens. Weder Leitung noch Vertretung geben frei.",
			orDash(d.Setup.Conductor))
	case d.Stage == drill.ToPlan:
		s.Say("Approving this begins the drill: those who take part are notified, and %s begins the scenario on %s. Neither conductor nor deputy approves.",
			"Mit der Freigabe beginnt die Übung: Die Beteiligten werden benachrichtigt, und %s beginnt am %s mit dem Szenario. Weder Übungsleitung noch Vertretung geben frei.",
			orDash(d.Setup.Conductor), d.date(d.Setup.Date))
		if !d.Setup.Type.Measures() {
			s.Say("Nothing is recovered in this drill: what it says of recovery time, recovery point and minimum level is an estimate, and proves none of them.",
				"In dieser Übung wird nichts wiederhergestellt: Angaben zu Wiederanlaufzeit, Alter der Daten und Notbetriebsniveau sind Schätzungen und beweisen nichts.")
		}
	case h.Begun == nil:
		s.Say("Approving this ends the run. The %s was given up before it began: it proves nothing.",
			"Mit der Freigabe endet der Lauf. Die %s wurde vor ihrem Beginn aufgegeben: Sie beweist nichts.", d.Setup.Type.Noun())
	default:
		d.becoming(s)
		if r := h.Result; r != nil && r.Retest && h.Reviewed != nil && h.Reviewed.Retest != nil {
			d.again(s, *h.Reviewed.Retest)
		}
	}
}

// again says by when what wasn't proved is to be: by the same drill, or, since
// nobody repeats what happened in earnest, by one.
func (d draft) again(s *report.SectionWriter, by calendar.Date) {
	if d.Setup.Type == continuity.Invocation {
		s.Say("What wasn’t proved is to be shown by a drill by %s; not shown by then, that is a nonconformity.",
			"Was nicht nachgewiesen wurde, ist bis zum %s durch eine Übung nachzuweisen; unterbleibt das, ist es eine Nichtkonformität.", d.date(by))
		return
	}
	s.Say("The drill is to be repeated by %s; not repeated by then, that is a nonconformity.",
		"Die Übung ist bis zum %s zu wiederholen; unterbleibt das, ist es eine Nichtkonformität.", d.date(by))
}

// becoming lists what goes into the register of findings with the approval of a
// report: objectives that failed, which their figures show, and what no figure
// shows.
func (d draft) becoming(s *report.SectionWriter) {
	t := s.Table("Findings that follow", "Daraus entstehende Befunde").Left("Finding", "Befund").Left("Details", "Einzelheiten")
	n := 0
	for _, r := range d.results() {
		if r.verdict == continuity.Fail {
			n++
			t.Row(report.Say("%s missed", "%s verfehlt", r.title), report.Say("Achieved: %s; agreed: %s", "Erreicht: %s; vereinbart: %s", r.achieved, r.agreed))
		}
	}
	for _, f := range d.findings() {
		n++
		t.Row(report.Words(f.Title), report.Words(f.Detail))
	}
	if n == 0 {
		s.Say("Approving this publishes the report. Nothing in it becomes a finding.", "Mit der Freigabe wird der Bericht veröffentlicht. Befunde entstehen daraus nicht.")
		return
	}
	s.Say("Approving this publishes the report. What the table lists becomes findings in the register.", "Mit der Freigabe wird der Bericht veröffentlicht. Was die Tabelle nennt, wird als Befund ins Register aufgenommen.")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// setup says how the drill is planned, and who approved that.
func (d draft) setup() {
	x := d.Setup
	title, by, said := d.setupTitles()
	s := d.Section("%s", "%s", title)
	t := record(s, "", "")
	t.Item("Type", d.german("Art der Übung", "Art"), report.Words(x.Type.Title()))
	t.Item("Date", "Datum", report.Words(d.date(x.Date)))
	t.Item("Scenario", "Szenario", given(x.Scenario))
	t.Item("Conductor", d.german("Übungsleitung", "Leitung"), given(x.Conductor))
	t.Item("Deputy", "Vertretung", given(x.Deputy))
	if len(x.Others) > 0 {
		t.Item("Further participants", "Weitere Teilnehmende", given(strings.Join(x.Others, ", ")))
	}
	d.known(t, "Stop criterion", "Abbruchkriterium", x.Stop)
	t.Row(report.Words(by), given(x.By))
	t.Row(report.Words(said), report.At(x.Said))
	if a := d.Approved; a != nil {
		t.Item("Approved by", "Freigegeben von", given(a.By))
		t.Item("Approved at", "Freigegeben am", report.At(a.At))
		t.Item("On the content with the hash", "Zum Inhalt mit dem Hashwert", given(a.Hash))
		if a.Comment != "" {
			t.Item("Comment on the approval", "Bemerkung zur Freigabe", given(a.Comment))
		}
	}
	t = s.Table("Substitutes", "Vertretungen bei den Schritten").Left("In place of", "Anstelle von").Left("Carries out the steps", "Führt die Schritte aus")
	for _, i := range x.Instead {
		t.Row(given(i.Of), given(i.By))
	}
}

// setupTitles are what the section on the setup is called, and who made it and
// when: nobody plans what happens in earnest.
func (d draft) setupTitles() (section, by, said text.Text) {
	section, by, said = text.New("The drill", "Die Übung"), text.New("Planned by", "Geplant von"), text.New("Planned at", "Geplant am")
	switch {
	case d.Setup.Type == continuity.Invocation:
		return text.New("The invocation", "Der Ernstfall"), text.New("Reported by", "Gemeldet von"), text.New("Reported at", "Gemeldet am")
	case d.Stage == drill.ToReport:
		section = text.New("The drill as planned", "Die Übung laut Planung")
	}
	return section, by, said
}

// known adds what is said of every drill, and of an invocation where it was known.
func (d draft) known(t *report.TableWriter, en, de, said string) {
	if said != "" || d.Setup.Type != continuity.Invocation {
		t.Item(en, de, given(said))
	}
}

// leftOut says that a step isn't part of the drill.
func (d draft) leftOut(name string) bool { return slices.Contains(d.Setup.LeftOut, name) }

// carries is who carries out the steps of a person.
func (d draft) carries(owner string) string {
	for _, i := range d.Setup.Instead {
		if i.Of == owner {
			return i.By
		}
	}
	return owner
}
