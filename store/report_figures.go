package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

// judged is how the figure that an action is checked by stands, now.
func judged(ctx context.Context, q sqlx.QueryerContext, a improvement.Tracked, f improvement.Finding) (improvement.Verdict, error) {
	figure, err := improvement.ParseFigureRef(a.Figure)
	if err != nil {
		return improvement.Verdict{}, err
	}
	about, err := answersFor(ctx, q, f.About)
	if err != nil {
		return improvement.Verdict{}, err
	}
	after, err := readings(ctx, q, about, figure, a.Done.At, improvement.MostReadings)
	if err != nil || len(after) == 0 {
		return improvement.Judge(a.Action, nil, nil), err
	}
	before, err := figureBefore(ctx, q, about, figure, f, a.Done.At)
	return improvement.Judge(a.Action, before.Share(), after), err
}

// readings are what the reports in force about a resource say of a figure whose
// periods begin at an instant or after it: the oldest first, up to limit. Those
// that say no value of it are left out, and so is what overlaps another one: no
// case counts twice.
func readings(ctx context.Context, q sqlx.QueryerContext, about resource.Ref, figure improvement.FigureRef, after time.Time, limit int) ([]improvement.Reading, error) {
	// What begins then is published later.
	reports, err := reportsInForce(ctx, q, about, figure.Process, after)
	if err != nil {
		return nil, err
	}
	var all []improvement.Reading
	var until calendar.Date // what is taken reaches
	for _, r := range reports {
		if r.period.First.Before(until) {
			continue
		}
		d, err := r.document(ctx, q)
		if err != nil {
			return nil, err
		}
		v := readingOf(d, figure)
		if v == nil || d.From.Before(after) {
			continue
		}
		if all, until = append(all, *v), r.period.Next; len(all) == limit {
			break
		}
	}
	return all, nil
}

// looksBack is how many reports are looked into for a figure from before.
const looksBack = 12

// figureBefore is a figure as it was when a finding was last seen, and before an
// action was done: in the report that showed the finding, else in the last one
// whose period had ended by then, of those that are in force. nil where none
// says a value of it.
func figureBefore(ctx context.Context, q sqlx.QueryerContext, about resource.Ref, figure improvement.FigureRef, f improvement.Finding, done time.Time) (*improvement.Reading, error) {
	reports, err := reportsInForce(ctx, q, about, figure.Process, time.Time{})
	if err != nil {
		return nil, err
	}
	var shown []run.Key // the newest first
	if err := sqlx.SelectContext(ctx, q, &shown, `SELECT r.process, r.scope, r.period FROM finding_seen n JOIN run r ON r.id = n.source->>'name'
		WHERE n.finding = $1 AND n.source->>'kind' = 'run' ORDER BY n.at DESC, n.key`, f.ID); err != nil {
		return nil, err
	}
	var look []inForce
	for _, k := range shown {
		if i := slices.IndexFunc(reports, func(r inForce) bool { return r.Key == k }); i >= 0 {
			look = append(look, reports[i])
		}
	}
	seen := f.Last
	if done.Before(seen) {
		seen = done
	}
	for _, r := range slices.Backward(reports) {
		if r.period.Next.Add(-1).Start(time.UTC).Before(seen) { // in its own zone perhaps earlier
			look = append(look, r)
		}
	}
	for _, r := range look[:min(len(look), looksBack)] {
		d, err := r.document(ctx, q)
		if err != nil {
			return nil, err
		}
		until := seen
		if slices.Contains(shown, r.Key) {
			until = done
		}
		if v := readingOf(d, figure); v != nil && !d.To.After(until) {
			return v, nil
		}
	}
	return nil, nil
}

// someNames is how many figures are named where one isn't known.
const someNames = 5

// figureKnown says whether the newest reports in force about a resource have a
// figure, and names some that they have, those with the most similar names.
func figureKnown(ctx context.Context, q sqlx.QueryerContext, about resource.Ref, figure improvement.FigureRef) (bool, []string, error) {
	reports, err := reportsInForce(ctx, q, about, "", time.Time{})
	if err != nil {
		return false, nil, err
	}
	newest := map[[2]string]inForce{}
	for _, r := range reports {
		newest[[2]string{r.Process, r.Scope}] = r
	}
	names := []string{}
	for _, r := range newest {
		d, err := r.document(ctx, q)
		if err != nil {
			return false, nil, err
		}
		for _, f := range d.Figures {
			names = append(names, improvement.FigureRef{Process: r.Process, Group: f.Group.Name, Figure: f.Name}.String())
		}
	}
	asked := figure.String()
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(common(b, asked), common(a, asked)), cmp.Compare(commonEnd(b, asked), commonEnd(a, asked)), cmp.Compare(a, b))
	})
	names = slices.Compact(names)
	return slices.Contains(names, asked), names[:min(len(names), someNames)], nil
}

// common is how many bytes two names begin with alike.
func common(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// commonEnd is how many bytes two names end with alike: who misspells the group
// has the figure right.
func commonEnd(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// inForce is a report in force: the newest version of its process, scope and
// period.
type inForce struct {
	run.Key
	Run string `db:"run"`

	period calendar.Period
}

// reportsInForce are those about a resource, of one process or of all, that were
// published after an instant, in the order in which their periods begin: of several
// the shortest first.
func reportsInForce(ctx context.Context, q sqlx.QueryerContext, about resource.Ref, process string, after time.Time) ([]inForce, error) {
	var all []inForce
	err := sqlx.SelectContext(ctx, q, &all, `SELECT process, scope, period, run FROM (
			SELECT DISTINCT ON (p.process, p.scope, p.period) p.process, p.scope, p.period, p.run, p.published_at FROM run r JOIN report p ON p.run = r.id
			WHERE r.about_kind = $1 AND r.about = $2 AND r.state = 'published' AND ($3 = '' OR r.process = $3)
			ORDER BY p.process, p.scope, p.period, p.version DESC) f
		WHERE published_at > $4`, string(about.Kind), about.Name, process, after)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].period, err = calendar.ParsePeriod(all[i].Period); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b inForce) int {
		return cmp.Or(b.period.First.Until(a.period.First), b.period.Next.Until(a.period.Next), cmp.Compare(a.Run, b.Run))
	})
	return all, nil
}

// document is the report as it was published; fault.Conflict where it isn't that
// any more.
func (r inForce) document(ctx context.Context, q sqlx.QueryerContext) (report.Document, error) {
	var row struct {
		Document string `db:"document"`
		Intact   bool   `db:"intact"`
	}
	err := sqlx.GetContext(ctx, q, &row, "SELECT d.document, "+isIntact+" AS intact FROM report p JOIN draft d ON d.run = p.run AND d.round = p.round WHERE p.run = $1", r.Run)
	if err != nil {
		return report.Document{}, err
	}
	if !row.Intact {
		return report.Document{}, fault.New(fault.Conflict, text.F("The report %s isn't as it was published: its content doesn't have the hash on record.",
			"Der Bericht %s ist nicht mehr so, wie er veröffentlicht wurde: Sein Inhalt passt nicht zum gespeicherten Hashwert.", r.Run))
	}
	return report.Decode([]byte(row.Document))
}

// readingOf is what a document says of a figure; nil where it says no value.
func readingOf(d report.Document, ref improvement.FigureRef) *improvement.Reading {
	i := slices.IndexFunc(d.Figures, func(f report.Figure) bool { return f.Group.Name == ref.Group && f.Name == ref.Figure })
	if i < 0 || d.Figures[i].Value == nil {
		return nil
	}
	f := d.Figures[i]
	v := improvement.Reading{Run: d.Run, Period: d.Period, Value: *f.Value}
	if f.Unit == report.InPercent && f.Numerator != nil && f.Denominator != nil {
		v.Num, v.Den = f.Numerator, f.Denominator
	}
	return &v
}
