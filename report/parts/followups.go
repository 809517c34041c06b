package parts

import (
	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/report"
)

// FollowUps is what became of the findings of earlier reports, as the register
// had it when the set was frozen; sets of 0.1.0 have none.
type FollowUps struct {
	*improvement.Extract
	About       string // the service
	Provisional bool   // what is provisional isn't published, and becomes no finding
	On          calendar.Date
}

// Section says where findings and actions stand.
func (x FollowUps) Section(w *report.Writer) {
	if x.Extract != nil {
		w.Improvements(x.Findings, x.On)
	}
}

// OfFigure names the finding that a figure is, or joins when the report is
// published.
func (x FollowUps) OfFigure(kind string, figure report.Figure) report.Cell {
	return x.Of(kind, figure.Key())
}

// Of names the finding of a key, or says that there will be one.
func (x FollowUps) Of(kind, key string) report.Cell {
	if x.Extract == nil {
		return report.Name("–")
	}
	p, found := x.Extract.Of(improvement.FigureKey(kind, x.About, key))
	ended := found && p.State.Ended() && !p.Here
	switch {
	case found && !ended:
		return report.Say("%d: %s", "%d: %s", p.Finding, p.State)
	case x.Provisional:
		return report.Name("–")
	case ended && p.State == improvement.Closed:
		return report.Words(text.F("new finding with the publication, relapse of %d", "neuer Befund mit der Veröffentlichung, erneutes Auftreten von %d", p.Finding))
	}
	return report.Say("new finding with the publication", "neuer Befund mit der Veröffentlichung")
}
