package web

import (
	"strings"

	"turnus/itsm/text"
)

// refusedEnd is how the codes of refusals end.
const refusedEnd = ".refused"

// actionTitle is what an action of the trail is called. A refused operation of the
// API is called by its name.
func actionTitle(code string) text.Text {
	if t, ok := actions[code]; ok {
		return t
	}
	if of, ok := strings.CutSuffix(code, refusedEnd); ok {
		return text.F("Refused: %s", "Zurückgewiesen: %s", of)
	}
	return text.Same(code)
}

// actions are the codes of the trail with their titles.
var actions = map[string]text.Text{
	"action.done":          text.New("Action done", "Maßnahme umgesetzt"),
	"action.effective":     text.New("Action worked", "Maßnahme wirksam"),
	"action.ineffective":   text.New("Action didn't work", "Maßnahme unwirksam"),
	"action.open":          text.New("Action open again", "Maßnahme wieder offen"),
	"action.dropped":       text.New("Action dropped with its run", "Maßnahme mit ihrem Lauf entfallen"),
	"actions.begun":        text.New("Actions decided", "Maßnahmen beschlossen"),
	"admission.issued":     text.New("Address for signing in issued", "Anmeldeadresse ausgestellt"),
	"admission.used":       text.New("Address for signing in used", "Anmeldeadresse verwendet"),
	"audit.read":           text.New("Audit trail read", "Audit-Trail gelesen"),
	"backup.begun":         text.New("Backup begun", "Sicherung begonnen"),
	"backup.failed":        text.New("Backup failed", "Sicherung fehlgeschlagen"),
	"backup.taken":         text.New("Backup taken", "Sicherung abgeschlossen"),
	"cancel.accepted":      text.New("Cancellation accepted", "Abbruch angenommen"),
	"coverage.exported":    text.New("Continuity plans taken out", "Notfallpläne exportiert"),
	"decision.recorded":    text.New("Decision recorded", "Entscheidung aufgezeichnet"),
	"draft.compared":       text.New("Draft compared with what is known now", "Entwurf mit aktuellem Datenstand verglichen"),
	"event.reported":       text.New("Event reported", "Ereignis gemeldet"),
	"exclusion.proposed":   text.New("Exclusion proposed", "Ausschluss vorgeschlagen"),
	"exclusion.withdrawn":  text.New("Exclusion withdrawn", "Ausschluss zurückgezogen"),
	"feed.issued":          text.New("Feed of the plan issued", "Plan-Abonnement ausgestellt"),
	"feed.withdrawn":       text.New("Feed of the plan withdrawn", "Plan-Abonnement beendet"),
	"file.exported":        text.New("File fetched", "Datei abgerufen"),
	"file.sent":            text.New("File sent", "Datei gesendet"),
	"finding.escalated":    text.New("Finding escalated", "Befund eskaliert"),
	"finding.reminded":     text.New("Reminded of a finding", "An Befund erinnert"),
	"finding.opened":       text.New("Finding opened", "Befund eröffnet"),
	"finding.repeated":     text.New("Finding seen again", "Befund erneut gesehen"),
	"finding.seen":         text.New("Finding seen", "Befund gesehen"),
	"import.withdrawn":     text.New("Import withdrawn", "Import zurückgenommen"),
	"interval.paused":      text.New("Interval paused", "Intervall pausiert"),
	"interval.resumed":     text.New("Interval resumed", "Intervall fortgesetzt"),
	"maintenance.imported": text.New("Maintenance imported", "Wartungen importiert"),
	"outages.imported":     text.New("Outages imported", "Ausfälle importiert"),
	"pass.issued":          text.New("Pass issued", "Pass ausgestellt"),
	"probes.imported":      text.New("Probe samples imported", "Messwerte importiert"),
	"records.altered":      text.New("Records found altered", "Veränderte Aufzeichnungen entdeckt"),
	"refresh.accepted":     text.New("Another round begun", "Neue Freigaberunde begonnen"),
	"report.export-failed": text.New("Report not fetched to its end", "Abruf des Berichts abgebrochen"),
	"report.exported":      text.New("Report fetched", "Bericht abgerufen"),
	"resource.changed":     text.New("Resource changed", "Objekt geändert"),
	"resource.created":     text.New("Resource declared", "Objekt angelegt"),
	"resource.proposed":    text.New("Resource proposed", "Objekt vorgeschlagen"),
	"resource.retired":     text.New("Resource retired", "Objekt außer Kraft gesetzt"),
	"restore.revoked":      text.New("Access ended after a restore", "Zugänge nach Rückspielen einer Sicherung beendet"),
	"run.cancelled":        text.New("Run cancelled", "Lauf abgebrochen"),
	"run.failed":           text.New("Run failed", "Lauf fehlgeschlagen"),
	"run.provisional":      text.New("Run ended with a provisional report", "Lauf mit vorläufigem Bericht beendet"),
	"run.published":        text.New("Report published", "Bericht veröffentlicht"),
	"run.rejected":         text.New("Draft rejected", "Entwurf abgelehnt"),
	"run.started":          text.New("Run started", "Lauf gestartet"),
	"session.ended":        text.New("Signed out", "Abgemeldet"),
	"session.opened":       text.New("Signed in", "Angemeldet"),
	"slot.brought-forward": text.New("Slot brought forward", "Termin vorgezogen"),
	"slot.missed":          text.New("Slot recorded as missed", "Termin als versäumt aufgezeichnet"),
	"slot.reopened":        text.New("Slot opened again", "Termin wieder eröffnet"),
	"slot.waived":          text.New("Slot waived", "Termin ausgesetzt"),
	"task.escalate":        text.New("Task escalated", "Aufgabe eskaliert"),
	"task.opened":          text.New("Task opened", "Aufgabe eröffnet"),
	"task.remind":          text.New("Reminded of a task", "An Aufgabe erinnert"),
	"tickets.imported":     text.New("Tickets imported", "Tickets importiert"),
	"token.issued":         text.New("Token issued", "Token ausgestellt"),
	"token.revoked":        text.New("Token revoked", "Token widerrufen"),

	"actions.refused": text.New("Actions refused", "Maßnahmen zurückgewiesen"),
	"cancel.refused":  text.New("Cancellation refused", "Abbruch zurückgewiesen"),
	"decide.refused":  text.New("Decision refused", "Entscheidung zurückgewiesen"),
	"end.refused":     text.New("End of a run refused", "Ende eines Laufs zurückgewiesen"),
	"enact.refused":   text.New("Change not put in force", "Änderung nicht in Kraft gesetzt"),
	"file.refused":    text.New("File refused", "Datei zurückgewiesen"),
	"import.refused":  text.New("Import refused", "Import zurückgewiesen"),
	"pass.refused":    text.New("Pass refused", "Pass verweigert"),
	"propose.refused": text.New("Proposal refused", "Vorschlag zurückgewiesen"),
	"refresh.refused": text.New("Another round refused", "Neue Freigaberunde zurückgewiesen"),
	"signal.refused":  text.New("Message to a run refused", "Nachricht an einen Lauf zurückgewiesen"),
	"start.refused":   text.New("Start refused", "Start zurückgewiesen"),
	"task.refused":    text.New("Task refused", "Aufgabe zurückgewiesen"),
}
