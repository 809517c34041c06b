package process

import (
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Follows says what follows from an answer to the step, for whoever is about to
// give it.
func (s Step) Follows(o task.Outcome) text.Text {
	if then, ok := s.Then[o]; ok {
		return then
	}
	switch o {
	case task.RequestChanges:
		return text.New("This draft isn't approved. What is requested is seen to, and another round follows.",
			"Dieser Entwurf wird nicht freigegeben. Die verlangten Änderungen werden bearbeitet, danach folgt eine neue Freigaberunde.")
	case task.Postpone:
		return text.New("The task is asked again on the new date.", "Die Aufgabe wird zum neuen Termin erneut gestellt.")
	case task.Skip:
		return text.New("The step isn't carried out. Whatever depends on it waits for the conductor, and the whole stays incomplete.",
			"Der Schritt wird nicht ausgeführt. Was von ihm abhängt, wartet auf die Leitung, und das Ganze bleibt unvollständig.")
	case task.Pause:
		return text.New("The step's clock stands until it goes on; that of the objectives runs on.",
			"Die Zeit des Schritts steht, bis er fortgesetzt wird; die Zeit der Ziele läuft weiter.")
	case task.Resume:
		return text.New("The step goes on, and is asked for again.", "Der Schritt wird fortgesetzt und erneut abgefragt.")
	case task.Direct:
		return text.New("The direction goes on record and holds at once.", "Die Anordnung wird aufgezeichnet und gilt sofort.")
	case task.Abort:
		return text.New("Open steps are cancelled, and the steps back to normal operation open.",
			"Offene Schritte entfallen, und die Schritte der Rückkehr in den Normalbetrieb beginnen.")
	case task.Correct:
		return text.New("The correction goes on record beside what was entered, and the record is asked about once more.",
			"Die Berichtigung wird neben dem bisherigen Eintrag aufgezeichnet, danach wird erneut nach dem Protokoll gefragt.")
	case task.Decline:
		return text.New("What was asked for isn't supplied. The reason goes on record, and the run goes on with it.",
			"Die erfragten Angaben werden nicht gemacht. Der Grund wird aufgezeichnet, und der Lauf wird damit fortgesetzt.")
	}
	return text.New("The answer goes on record and can't be changed after that. The run goes on with it.",
		"Die Antwort wird aufgezeichnet und ist danach unveränderlich. Der Lauf wird damit fortgesetzt.")
}

// publishes is what follows from approving, or rejecting, a report.
func publishes() map[task.Outcome]text.Text {
	return map[task.Outcome]text.Text{
		task.Approve: text.New("The report is published. After that it can't be changed.", "Der Bericht wird veröffentlicht; er ist danach unveränderlich."),
		task.Reject: text.New("The run ends without a published report. Another attempt is possible.",
			"Der Lauf endet ohne veröffentlichten Bericht. Ein weiterer Versuch ist möglich."),
	}
}

// putsInForce is what follows from approving, or rejecting, a change.
func putsInForce() map[task.Outcome]text.Text {
	return map[task.Outcome]text.Text{
		task.Approve: text.New("The change takes effect at once, as the draft says.", "Die Änderung tritt sofort in Kraft, wie der Entwurf sie beschreibt."),
		task.RequestChanges: text.New("The change doesn't take effect. What is requested goes on record, and another round follows.",
			"Die Änderung tritt nicht in Kraft. Die verlangten Änderungen werden aufgezeichnet, danach folgt eine neue Freigaberunde."),
		task.Reject: text.New("The change doesn't take effect, and the run ends.", "Die Änderung tritt nicht in Kraft, und der Lauf endet."),
	}
}

// carriesOut is what follows from approving, or rejecting, what an improvement
// comes to.
func carriesOut() map[task.Outcome]text.Text {
	return map[task.Outcome]text.Text{
		task.Approve: text.New("What the draft proposes is carried out: its actions are asked for, or the finding is closed. After that it can't be changed.",
			"Was der Entwurf vorsieht, wird umgesetzt: Seine Maßnahmen werden angefordert, oder der Befund wird geschlossen. Danach ist er unveränderlich."),
		task.Reject: text.New("The run ends, and the finding stays open.", "Der Lauf endet, und der Befund bleibt offen."),
	}
}

// drills is what follows from approving, or rejecting, what a drill comes to: how
// it is planned, or its report.
func drills() map[task.Outcome]text.Text {
	return map[task.Outcome]text.Text{
		task.Approve: text.New("A drill that is planned is carried out as the draft says, and an invocation is confirmed; the report of what was carried out is published. After that the draft can't be changed.",
			"Eine geplante Übung wird wie beschrieben durchgeführt, ein Ernstfall bestätigt; der Bericht danach wird veröffentlicht. Danach ist der Entwurf unveränderlich."),
		task.Reject: text.New("The run ends without a published report. Another attempt is possible.",
			"Der Lauf endet ohne veröffentlichten Bericht. Ein weiterer Versuch ist möglich."),
	}
}
