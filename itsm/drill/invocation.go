package drill

import (
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// checkEarnest holds a setup against its type: a drill is weighed beforehand, and
// an invocation touches production at a time that nobody announced.
func (s Setup) checkEarnest(faults *fault.List) {
	if s.Type == continuity.Invocation {
		if s.Production == "" {
			faults.Say("fields.production", "It isn't said what production a real invocation touches: say what is affected.", "Welche Produktion der Ernstfall berührt, fehlt: Angeben, was betroffen ist.")
		}
		if s.Maintenance != "" {
			faults.Say("fields.maintenance", "A real invocation lies in no announced maintenance: clear this.", "Ein Ernstfall liegt in keiner angekündigten Wartung: Leeren.")
		}
		return
	}
	for _, x := range []struct{ name, said, en, de string }{
		{"risk", s.Risk, "The risk of the drill is missing: say what could go wrong.", "Das Risiko der Übung fehlt: Angeben, was schiefgehen könnte."},
		{"rollback", s.Rollback, "It isn't said how the drill is taken back: say what is done then.", "Wie die Übung zurückgenommen wird, fehlt: Angeben, was dann geschieht."},
		{"stop", s.Stop, "It isn't said when the drill is aborted: give its stop criterion.", "Wann die Übung abgebrochen wird, fehlt: Das Abbruchkriterium angeben."},
	} {
		if x.said == "" {
			faults.Say("fields."+x.name, x.en, x.de)
		}
	}
}

// inEarnest titles the questions of an invocation that speak of a drill otherwise.
func inEarnest(asked []task.Question) {
	titles := map[string]text.Text{
		process.DrillNotice:   text.New("The continuity plan is invoked", "Der Notfallplan ist ausgelöst"),
		process.DrillBegin:    text.New("Since when is the service disrupted?", "Seit wann ist der Service gestört?"),
		process.DrillConduct:  text.New("Lead the recovery", "Wiederanlauf leiten"),
		process.DrillEvaluate: text.New("Evaluate the invocation", "Notfallbewältigung auswerten"),
		process.DrillReview:   text.New("Review of the invocation", "Bewertung der Notfallbewältigung"),
	}
	for i := range asked {
		step, _ := Numbered(asked[i].Step)
		if title, ok := titles[step]; ok {
			asked[i].Title = title
		}
	}
}

// askOfInvocation asks what nobody staged, and so nobody knew beforehand.
func askOfInvocation() []task.Field {
	return []task.Field{
		field("cause", task.TextField, true, "What caused it", "Was die Ursache war"),
		field("impact", task.TextField, true, "Impact on customers and business", "Auswirkung auf Kunden und Geschäft"),
		field("recovery", task.TextField, true, "What was recovered, and how", "Was wie wiederhergestellt wurde"),
	}
}
