package drill

import (
	"fmt"
	"strconv"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

// Wording says which words the documents have: it is counted up when words
// change after a release.
const Wording = 1

// Draft words a drill as it is planned, or what became of it. It is pure: the
// same set gives the same document, and so the same hash. A run, zone or stage
// that there is none of is an error.
func Draft(f drill.Frozen) (report.Document, error) {
	key, _, err := run.ParseID(f.Run)
	if err != nil {
		return report.Document{}, err
	}
	zone, err := calendar.Zone(f.Zone)
	if err != nil {
		return report.Document{}, err
	}
	hash, err := canonical.Hash(f)
	if err != nil {
		return report.Document{}, err
	}
	d := draft{Frozen: f, zone: zone}
	from, to := d.day()
	title := titles[f.Stage]
	if f.Setup.Type == continuity.Invocation {
		title = titlesInEarnest[f.Stage]
	}
	d.Writer = report.Write(report.Document{
		Run: f.Run, Process: key.Process, Scope: key.Scope, Period: key.Period,
		From: from, To: to, Zone: f.Zone,
		Title: title, Subject: planTitle(f.Plan),
		Figures: figures(f), Findings: d.findings(), Sources: sources(f, hash),
		ComputedAt: f.At.UTC(), Wording: Wording,
	})
	switch f.Stage {
	case drill.ToPlan:
		d.planned()
	case drill.ToReport:
		d.reported()
	default:
		return report.Document{}, fmt.Errorf("drill %s has no stage %q", f.Run, f.Stage)
	}
	return d.Document(), nil
}

// draft is a document that is being written.
type draft struct {
	drill.Frozen
	zone *time.Location
	*report.Writer
}

// day is the date of the drill, from midnight to midnight; of one that has none
// the instant at which it was frozen.
func (d draft) day() (from, to time.Time) {
	if x := d.Setup.Date; x != (calendar.Date{}) {
		return x.Start(d.zone).UTC(), x.Add(1).Start(d.zone).UTC()
	}
	return d.At.UTC(), d.At.UTC()
}

var titles = map[drill.Stage]text.Text{
	drill.ToPlan:   text.New("Drill plan", "Übungsplan"),
	drill.ToReport: text.New("Drill report", "Übungsbericht"),
}

// planned writes the document that an approver decides on before a drill begins.
func (d draft) planned() {
	if d.Newer > d.Plan.Version {
		d.Warn("The plan has version %d in the meantime; this approval is of version %d.", "Der Plan hat inzwischen Version %d; die Freigabe gilt Version %d.", d.Newer, d.Plan.Version)
	}
	d.planTiles()
	d.consequence()
	d.retest()
	d.coverage()
	d.setup()
	d.production()
	d.plan()
	d.objectives()
	d.order()
	d.contacts()
	d.stepsBack()
}

// reported writes the document of what became of a drill.
func (d draft) reported() {
	d.warnings()
	d.resultTiles()
	d.consequence()
	d.inEarnest()
	d.verdicts()
	d.retest()
	d.minutes()
	d.timeline()
	d.steps()
	d.returned()
	d.calls()
	d.directions()
	d.abort()
	d.estimate()
	d.evaluation()
	d.debrief()
	d.review()
	d.coverage()
	d.setup()
	d.production()
	d.plan()
}

// sources lists what the document stands on: the plan in its version, the drill
// that it repeats, and the frozen set.
func sources(f drill.Frozen, hash string) []report.Source {
	all := []report.Source{{Kind: report.SourceKind(resource.ContinuityPlan), Name: f.Plan.Name, Version: strconv.Itoa(f.Plan.Version), Hash: f.Plan.Hash}}
	if f.Retests != nil {
		all = append(all, report.Source{Kind: report.FromReport, Name: f.Retests.Run})
	}
	return append(all, report.Source{Kind: report.FrozenSet, Name: f.Run, Version: strconv.Itoa(f.Round), Hash: hash})
}

// happened is what became of the drill; nothing, before it was carried out.
func (d draft) happened() drill.Happened {
	if d.Happened == nil {
		return drill.Happened{}
	}
	return *d.Happened
}
