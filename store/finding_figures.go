package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/report"
)

// findMisses puts on record what a report that is being published misses: each
// figure that doesn't keep to what was agreed. A period whose report is restated
// isn't seen again.
func findMisses(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run) error {
	var document []byte
	if err := tx.GetContext(ctx, &document, "SELECT document FROM draft WHERE run = $1 AND round = $2", r.ID, r.Round); err != nil {
		return err
	}
	var d struct {
		Figures []report.Figure `json:"figures"`
	}
	if err := json.Unmarshal(document, &d); err != nil {
		return err
	}
	var all []sighting
	for _, f := range report.Misses(d.Figures) {
		all = append(all, missOf(now, r, f))
	}
	slices.SortFunc(all, func(a, b sighting) int { return cmp.Compare(a.Key, b.Key) })
	for _, s := range all {
		var known bool
		if err := tx.GetContext(ctx, &known, `SELECT EXISTS (SELECT FROM finding_seen n JOIN finding f ON f.id = n.finding
			WHERE n.key = $1 AND f.key = $2)`, s.Place, s.Key); err != nil {
			return err
		}
		if known {
			continue
		}
		if _, err := openFinding(ctx, tx, s); err != nil {
			return err
		}
	}
	return nil
}

// missOf is what a figure that misses what was agreed shows: in each period the
// same finding, of whichever run.
func missOf(now time.Time, r run.Run, f report.Figure) sighting {
	kind := improvement.MissedTarget
	if f.Above() {
		kind = improvement.ExceededLimit
	}
	return sighting{
		Key:   improvement.FigureKey(kind, r.About.Name, f.Key()),
		Place: r.Key.ID(1) + "/" + f.Group.Name + "/" + f.Name,
		By:    person.Actor{Person: person.System},
		Finding: improvement.Finding{Kind: kind, About: r.About, Object: "run/" + r.ID, Title: f.InWords(), At: now,
			Source: improvement.Source{Kind: improvement.FromRun, Name: r.ID, Round: r.Round, Group: f.Group.Name, Figure: f.Name}},
	}
}
