package drill

import (
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/text"
)

var titlesInEarnest = map[drill.Stage]text.Text{
	drill.ToPlan:   text.New("Confirmation of an invocation", "Bestätigung eines Notfalls"),
	drill.ToReport: text.New("Report of an invocation", "Bericht über einen Notfall"),
}

// german is the German of a drill, or that of an invocation, where it takes
// another and English the same.
func (d draft) german(ofDrill, ofInvocation string) string {
	if d.Setup.Type == continuity.Invocation {
		return ofInvocation
	}
	return ofDrill
}

// inEarnest says why a plan was invoked, what that meant, and what came back.
func (d draft) inEarnest() {
	e := d.happened().Evaluation
	if d.Setup.Type != continuity.Invocation || e == nil {
		return
	}
	t := record(d.Section("Cause, impact and recovery", "Ursache, Auswirkung und Wiederherstellung"), "", "")
	t.Item("Cause", "Ursache", given(e.Cause))
	t.Item("Impact on customers and business", "Auswirkung auf Kunden und Geschäft", given(e.Impact))
	t.Item("What was recovered, and how", "Was wie wiederhergestellt wurde", given(e.Recovery))
	signed(t, e.By, e.At)
}
