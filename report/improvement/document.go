package improvement

import (
	"fmt"
	"strconv"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/improvement"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

// Wording says which words the documents have: it is counted up when words
// change after a release.
const Wording = 1

// Draft words what was answered about a finding, for whoever approves it and for
// an auditor, who follows it from the finding over cause, actions and evidence to
// the check. It is pure: the same set gives the same document, and so the same
// hash. A run, zone or stage that there is none of is an error.
func Draft(f improvement.Frozen) (report.Document, error) {
	key, _, err := run.ParseID(f.Run)
	if err != nil {
		return report.Document{}, err
	}
	zone, err := calendar.Zone(f.Zone)
	if err != nil {
		return report.Document{}, err
	}
	title, ok := titles[f.Stage]
	if !ok {
		return report.Document{}, fmt.Errorf("improvement %s has no stage %q", f.Run, f.Stage)
	}
	sources, err := sources(f)
	if err != nil {
		return report.Document{}, err
	}
	d := draft{Frozen: f, zone: zone, Writer: report.Write(report.Document{
		Run: f.Run, Process: key.Process, Scope: key.Scope, Period: key.Period,
		From: f.Finding.At.UTC(), To: f.At.UTC(), Zone: f.Zone,
		Title:   title,
		Subject: text.F("Finding %d: %s", "Befund %d: %s", f.Finding.ID, found(f.Finding.Title)),
		Figures: figures(f), Sources: sources,
		ComputedAt: f.At.UTC(), Wording: Wording,
	})}
	d.summary()
	d.consequence()
	d.refusal()
	d.trail()
	d.finding()
	d.correction()
	d.merit()
	for i, c := range f.Cycles {
		d.cause(i+1, c)
		d.plan(i+1, c)
		d.outcomes(i+1, c)
	}
	return d.Document(), nil
}

// draft is a document that is being written.
type draft struct {
	improvement.Frozen
	zone *time.Location
	*report.Writer
}

var titles = map[improvement.Stage]text.Text{
	improvement.ToPlan:    text.New("Improvement plan", "Maßnahmenplan"),
	improvement.ToCorrect: text.New("Correction of a finding", "Sofortmaßnahme zu einem Befund"),
	improvement.ToDecline: text.New("Finding not taken up", "Ablehnung eines Befunds"),
	improvement.ToClose:   text.New("Record of an improvement", "Nachweis einer Verbesserung"),
}

// summary gives the headlines.
func (d draft) summary() {
	f, n := d.Finding, countsOf(d.Frozen)
	d.Tile("Type", "Art", report.Words(f.Type.Title()))
	severity := d.Tile("Severity", "Schweregrad", report.Words(f.Severity.Title()))
	if f.Relapse != 0 {
		severity.Say("seen again after finding %d had ended", "erneut aufgetreten, nachdem Befund %d beendet war", f.Relapse)
	}
	seen := d.Tile("Seen", "Festgestellt", report.Say("%d %s", "%d %s", f.Seen, report.InTimes.After(strconv.Itoa(f.Seen))))
	if !f.Last.IsZero() {
		seen.Say("last on %s", "zuletzt am %s", d.date(f.Last))
	}
	d.Tile("State", "Status", report.Words(f.State.Title())).Say("when this was drafted", "bei Erstellung dieses Dokuments")
	if n.planned == 0 {
		d.Tile("Actions done", "Umgesetzte Maßnahmen", report.Nothing()).Say("none planned", "keine geplant")
	} else {
		t := d.Tile("Actions done", "Umgesetzte Maßnahmen", report.Say("%d of %d", "%d von %d", n.done, n.planned))
		if n.effective+n.ineffective > 0 {
			t.Say("effective: %d, not effective: %d", "wirksam: %d, nicht wirksam: %d", n.effective, n.ineffective).Judge(!n.failed)
		}
	}
	moved := d.Tile("Due dates moved", "Verschobene Fälligkeiten", report.Count(n.moves))
	if n.moves > 0 {
		moved.Say("the original ones stay on record", "die ursprünglichen bleiben verzeichnet")
	}
}

// consequence says what the approval of the document brings about.
func (d draft) consequence() {
	s := d.Section("What follows from the approval", "Folge der Freigabe")
	switch d.Stage {
	case improvement.ToPlan:
		s.Say("Approving this plan begins its actions: each becomes a task of its owner. After its waiting time each has to show that it worked; the finding is closed only when all have.",
			"Mit der Freigabe dieses Plans beginnen seine Maßnahmen: Jede wird zur Aufgabe der verantwortlichen Person. Nach Ablauf ihrer Wartezeit wird jede Maßnahme auf Wirksamkeit geprüft; erst wenn alle wirksam sind, wird der Befund abgeschlossen.")
		if n := len(d.Cycles); n > 1 && d.Cycles[n-2].Approved != nil {
			s.Say("It follows plan %d, whose actions did not all work.", "Er folgt auf Plan %d, dessen Maßnahmen nicht alle wirksam waren.", n-1)
		}
	case improvement.ToCorrect:
		s.Say("Approving this closes the finding by its correction alone. The reason why no cause needs removing is given below; no action follows.",
			"Mit der Freigabe wird der Befund allein aufgrund der Sofortmaßnahme abgeschlossen. Warum keine Ursache zu beseitigen ist, ist unten begründet; Maßnahmen folgen nicht.")
	case improvement.ToDecline:
		s.Say("Approving this declines the finding: it isn’t taken up, for the reason given below. If it is seen again, that is a new finding which names this one.",
			"Mit der Freigabe wird der Befund abgelehnt: Er wird aus dem unten genannten Grund nicht weiterverfolgt. Tritt er erneut auf, entsteht ein neuer Befund, der auf diesen verweist.")
	case improvement.ToClose:
		s.Say("Approving this record closes the finding: every action of the last plan has shown that it worked. If it is seen again, that is a new finding which names this one.",
			"Mit der Freigabe dieses Nachweises wird der Befund abgeschlossen: Alle Maßnahmen des letzten Plans haben sich als wirksam erwiesen. Tritt er erneut auf, entsteht ein neuer Befund, der auf diesen verweist.")
	}
}

// sources lists what the document stands on: the finding, the reports that it
// was seen in or that actions were measured by, and the frozen set.
func sources(f improvement.Frozen) ([]report.Source, error) {
	all := []report.Source{{Kind: report.FromFinding, Name: strconv.FormatInt(f.Finding.ID, 10)}}
	named := map[string]bool{}
	add := func(name string) {
		if !named[name] {
			all = append(all, report.Source{Kind: report.FromReport, Name: name})
		}
		named[name] = true
	}
	for _, s := range f.Sightings {
		if s.Source.Kind == improvement.FromRun {
			add(s.Source.Name)
		}
	}
	for _, c := range f.Cycles {
		for _, a := range c.Actions {
			if a.Check != nil {
				for _, name := range a.Check.Measured.Reports {
					add(name)
				}
			}
		}
	}
	hash, err := canonical.Hash(f)
	return append(all, report.Source{Kind: report.FrozenSet, Name: f.Run, Version: strconv.Itoa(f.Round), Hash: hash}), err
}

// date is the date of an instant in the zone of the document.
func (d draft) date(t time.Time) text.Text { return report.Date(calendar.DateOf(t.In(d.zone))) }

// instant is date and time in the zone of the document.
func (d draft) instant(t time.Time) text.Text { return calendar.InWords(t.In(d.zone)) }

// found is the title of a finding, which nothing can lack.
func found(title text.Text) text.Text { return report.Named(title, "–") }

// given is what somebody wrote, or a dash.
func given(s string) report.Cell {
	if s == "" {
		s = "–"
	}
	return report.Name(s)
}

// person is who did something: what nobody did, Turnus did by itself.
func person(name string) report.Cell {
	if name == "" {
		name = "Turnus"
	}
	return report.Name(name)
}
