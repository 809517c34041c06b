package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/dataset"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

// Late is what a published report doesn't say, since it came to be known later.
type Late struct {
	Import    int64       // that was looked at; of a withdrawal, its own number
	Withdrawn int64       // the import that the report stood on and that was withdrawn; 0: none was
	Figures   []text.Text // that would be others now, each with what it is and what it would be
}

// mostFigures is how many figures the note of a finding says; the title has their
// number.
const mostFigures = 100

// openLate puts on record that the report that a run published doesn't hold any
// more, unless another one has taken its place meanwhile: one finding for each
// period, seen with each import.
func openLate(ctx context.Context, tx *sqlx.Tx, now time.Time, runID string, all []Late) error {
	if len(all) == 0 {
		return nil
	}
	r, err := getRun(ctx, tx, runID, "")
	if err != nil {
		return err
	}
	// What takes its place waits until this is on record, and mends it then.
	if err := lockReport(ctx, tx, r.Key); err != nil {
		return err
	}
	var newest string
	if err := tx.GetContext(ctx, &newest, "SELECT run FROM report WHERE process = $1 AND scope = $2 AND period = $3 ORDER BY version DESC LIMIT 1",
		r.Process, r.Scope, r.Period); err != nil || newest != runID {
		return err
	}
	for _, l := range all {
		if _, err := openFinding(ctx, tx, l.sighting(now, r)); err != nil {
			return err
		}
	}
	return nil
}

// sighting is what is seen of a report by an import.
func (l Late) sighting(now time.Time, r run.Run) sighting {
	n, object := len(l.Figures), lateObject(r.Key)
	figures := text.N(n, text.New("one of its figures would be another one", "eine Zahl wäre eine andere"),
		text.F("%d of its figures would be others", "%d Zahlen wären andere", n))
	if n == 0 {
		figures = text.New("no figure would be another one", "keine Zahl wäre eine andere")
	}
	period := report.Period(r.Period)
	title := text.F("The report on %[1]s for %[2]s was drafted before import %[3]d changed its %[5]s: %[4]s now.",
		"Der Bericht zu %[1]s für %[2]s wurde erstellt, bevor Import %[3]d seine %[5]s änderte: %[4]s.", r.Scope, period, l.Import, figures, dataOf(r.Process))
	if l.Withdrawn > 0 {
		title = text.F("The report on %[1]s for %[2]s stands on import %[3]d, which was withdrawn (import %[5]d): %[4]s now.",
			"Der Bericht zu %[1]s für %[2]s beruht auf Import %[3]d, der zurückgenommen wurde (Import %[5]d): %[4]s.", r.Scope, period, l.Withdrawn, figures, l.Import)
	}
	return sighting{
		Key:   improvement.LateKey(r.Key),
		Place: fmt.Sprintf("%s/import/%d", object, l.Import),
		By:    person.Actor{Person: person.System},
		Finding: improvement.Finding{Kind: improvement.LateData, About: r.About, Object: object, Title: title, At: now,
			Note:   text.Join(l.Figures[:min(n, mostFigures)], "; "),
			Source: improvement.Source{Kind: improvement.FromImport, Name: fmt.Sprint(l.Import)}},
	}
}

// dataOf is what a process's figures are computed from.
func dataOf(name string) text.Text {
	p, _ := process.Find(name)
	if d, err := dataset.Find(strings.Join(p.Reads, "")); err == nil { // one alone
		return d.Cases
	}
	return text.New("data", "Daten")
}

// lateObject names what late data is found about: the reports on a period,
// whichever attempts published them.
func lateObject(k run.Key) string { return "run/" + k.ID(1) }

// lockReport lets one transaction at a time change which report is in force.
func lockReport(ctx context.Context, tx sqlx.ExecerContext, k run.Key) error {
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 2))", k.ID(1))
	return err
}

// publishedOver follows the publication of a report: it mends what late data was
// found about the one that it takes the place of; what has changed since its own
// round was frozen is looked for, and the drafts that draw on it are compared.
func publishedOver(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run) error {
	if r.Process == process.ContinuityDrill { // an availability review names it where it touched production
		return markForComparing(ctx, tx, r.About.Name)
	}
	if !comparedProcess(r.Process) {
		return nil
	}
	if err := noteMended(ctx, tx, person.Actor{Person: person.System}, now, improvement.LateData, lateObject(r.Key)); err != nil {
		return err
	}
	if err := markForComparing(ctx, tx, r.Service); err != nil {
		return err
	}
	// Behind that lock each import is seen that didn't see this report.
	var late bool
	if err := tx.GetContext(ctx, &late, `SELECT EXISTS (SELECT FROM frozen_set f JOIN import i ON i.service = $3 AND i.id > (f.document->>'import')::bigint
		AND `+readBy("$4::text", "i.dataset")+` WHERE f.run = $1 AND f.round = $2)`, r.ID, r.Round, r.Service, r.Process); err != nil || !late {
		return err
	}
	return markData(ctx, tx, r.Service)
}
