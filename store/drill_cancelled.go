package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

// findLeftBehind finds that the run of a drill was ended in the middle: its steps
// back weren't opened, or nobody verified that operation is normal again; or that it
// was ended once it was evaluated, and wasn't passed: else a drill could be repeated
// until one passes, and nobody would know. The key of the first is that of a
// published drill whose return wasn't verified.
func findLeftBehind(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run, e run.End) error {
	record, err := recordOf(ctx, tx, run.Step{Run: r.ID, Round: r.Round})
	if fault.Is(err, fault.Conflict) { // in this round nothing is carried out
		return nil
	}
	if err != nil {
		return err
	}
	left, result := record.LeftBehind(), drill.Follow(record).Result
	if left == nil && (result == nil || result.Overall != continuity.Fail && result.Overall != continuity.Incomplete) {
		return nil
	}
	who, err := cancelledBy(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	plan := report.Named(record.Plan.Title, record.Plan.Name)
	find := func(what string, title, note text.Text) error {
		_, err := openFinding(ctx, tx, sighting{Key: improvement.EventKey(improvement.DrillShortcoming, r.About.Name, record.Plan.Name+"/"+what),
			Place: "run/" + r.ID, By: person.Actor{Person: person.System},
			Finding: improvement.Finding{Kind: improvement.DrillShortcoming, About: r.About, Object: "run/" + r.ID, At: now, Title: title, Note: note,
				Source: improvement.Source{Kind: improvement.FromRun, Name: r.ID}}})
		return err
	}
	title := text.F("Run cancelled before the return to normal operation was verified (%s)", "Lauf abgebrochen, bevor die Rückkehr zum Normalbetrieb geprüft war (%s)", plan)
	why := text.F("Cancelled by %s: %s", "Abgebrochen von %s: %s", who, e.Reason)
	if e.State != run.Cancelled {
		title = text.F("Run ended before the return to normal operation was verified (%s)", "Lauf beendet, bevor die Rückkehr zum Normalbetrieb geprüft war (%s)", plan)
		why = text.F("Ended as %s: %s", "Beendet mit Status %s: %s", e.State, e.Reason)
	}
	if left == nil {
		return find("not-published", text.F("Without a published report: %s, result: %s (%s)", "Ohne veröffentlichten Bericht: %s, Ergebnis: %s (%s)", record.Setup.Type, result.Overall, plan),
			text.F("%s\nWhat was shown stands in the answers of the run alone; it proves nothing, and doesn’t count in what is proved of the plan.",
				"%s\nWas sich gezeigt hat, steht nur in den Antworten des Laufs: Es belegt nichts und fehlt im Nachweis des Wiederanlaufs.", why))
	}
	return find("return-not-verified", title, text.F("%s\nSteps that were begun: %s.\nSteps back that weren’t done: %s.\n%s is to verify that operation is normal.",
		"%s\nBegonnene Schritte: %s.\nNicht ausgeführte Schritte der Rückkehr: %s.\nOb der Betrieb normal läuft, ist von %s zu prüfen.",
		why, listed(left.Begun), listed(left.Back), left.Verifies))
}

func listed(all []text.Text) text.Text {
	if len(all) == 0 {
		return text.New("none", "keine")
	}
	return text.Join(all, "; ")
}
