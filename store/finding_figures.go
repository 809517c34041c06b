package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/report"
)

// findMisses puts on record what a report that is being published finds: each
// figure that doesn't keep to what was agreed, and what it names beyond its figures.
// A period whose report is restated isn't seen again, nor one whose months were
// reported on: it is their sum.
func findMisses(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run) error {
	var document []byte
	if err := tx.GetContext(ctx, &document, "SELECT document FROM draft WHERE run = $1 AND round = $2", r.ID, r.Round); err != nil {
		return err
	}
	var d struct {
		Figures  []report.Figure  `json:"figures"`
		Findings []report.Finding `json:"findings"`
	}
	if err := json.Unmarshal(document, &d); err != nil {
		return err
	}
	var all []showing
	for _, f := range report.Misses(d.Figures) {
		all = append(all, missOf(now, r, f))
	}
	for _, f := range d.Findings {
		all = append(all, namedOf(now, r, f))
	}
	// What has one key stays in the order of the report: its finding is named after the first.
	slices.SortStableFunc(all, func(a, b showing) int { return cmp.Compare(a.Key, b.Key) })
	periods := append([]string{r.Period}, monthsIn(r.Period)...)
	for _, f := range all {
		places := make([]string, len(periods))
		for i, period := range periods {
			places[i] = f.place(run.Key{Process: r.Process, Scope: r.Scope, Period: period})
		}
		var known bool
		if err := tx.GetContext(ctx, &known, `SELECT EXISTS (SELECT FROM finding_seen n JOIN finding f ON f.id = n.finding
			WHERE n.key = ANY ($1) AND f.key = $2) OR $3 AND EXISTS (SELECT FROM finding f WHERE f.key = $2 AND f.ended_at IS NOT NULL)`,
			pq.Array(places), f.Key, f.once); err != nil {
			return err
		}
		if known {
			continue
		}
		f.Place = places[0]
		if _, err := openFinding(ctx, tx, f.sighting); err != nil {
			return err
		}
	}
	return nil
}

// monthsIn are the months that a longer period is the sum of.
func monthsIn(period string) (names []string) {
	p, err := calendar.ParsePeriod(period)
	if err != nil || p.Grain == calendar.Month {
		return nil
	}
	for _, m := range p.Months() {
		names = append(names, m.Name)
	}
	return names
}

// showing is what a report shows that has to be dealt with.
type showing struct {
	sighting
	in   string // names it in a report
	once bool   // it happened once: seen after its finding has ended it is no relapse
}

// place names where it was seen: in a report, of whichever run.
func (f showing) place(k run.Key) string { return k.ID(1) + "/" + f.in }

// namedOf is what a report names beyond its figures. An outage is an event, which
// is one finding whatever months it lies in; what a drill shows may be seen again.
// What several outages of a report show is seen once of each: a later one that took
// the place of the first would be missed.
func namedOf(now time.Time, r run.Run, f report.Finding) showing {
	in := f.Kind + "/" + f.Key
	if f.Of != "" {
		in += "/" + f.Of
	}
	return showing{in: in, once: f.Kind == improvement.UnplannedOutage, sighting: sighting{
		Key: improvement.EventKey(f.Kind, r.About.Name, f.Key),
		By:  person.Actor{Person: person.System},
		Finding: improvement.Finding{Kind: f.Kind, About: r.About, Object: "run/" + r.ID, Title: f.Title, Note: f.Detail, At: now,
			Source: improvement.Source{Kind: improvement.FromRun, Name: r.ID, Round: r.Round, Event: f.Key}},
	}}
}

// missOf is what a figure that misses what was agreed shows: in each period the
// same finding, of whichever run.
func missOf(now time.Time, r run.Run, f report.Figure) showing {
	kind := improvement.MissedTarget
	if f.Above() {
		kind = improvement.ExceededLimit
	}
	if r.Process == process.ContinuityDrill {
		kind = improvement.FailedObjective
	}
	return showing{in: f.Group.Name + "/" + f.Name, sighting: sighting{
		Key: improvement.FigureKey(kind, r.About.Name, f.Key()),
		By:  person.Actor{Person: person.System},
		Finding: improvement.Finding{Kind: kind, About: r.About, Object: "run/" + r.ID, Title: f.InWords(), At: now,
			Source: improvement.Source{Kind: improvement.FromRun, Name: r.ID, Round: r.Round, Group: f.Group.Name, Figure: f.Name}},
	}}
}
