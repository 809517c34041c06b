package store

import (
	"context"
	"time"

	"turnus/itsm/improvement"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

// ReportedOn is what the published reports of a process on something led to, for
// its report of a period: the findings that haven't ended, or not before an instant, by
// number, with their actions, all as they are at one moment.
func (s *Store) ReportedOn(ctx context.Context, about resource.Ref, since time.Time, of run.Key) (improvement.Extract, error) {
	var rows []struct {
		improvement.Progress
		Title   JSON[text.Text]                `db:"title"`
		Actions JSON[[]improvement.ActionLine] `db:"actions"`
	}
	if err := s.db.SelectContext(ctx, &rows, `SELECT f.id, f.key, f.title, f.severity, f.state, f.ended_at, seen.seen,
			EXISTS (SELECT FROM finding_seen h WHERE h.finding = f.id AND starts_with(h.key, $4)) AS here,
			(SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.finding || '.' || a.number, 'finding', a.finding, 'title', a.plan ->> 'title', 'owner', a.owner,
				'service', f.service, 'run', a.run, 'state', a.state, 'due', a.due, 'original_due', a.original_due, 'moves', a.moves) ORDER BY a.number), '[]') FROM action a WHERE a.finding = f.id) AS actions
		FROM finding f`+withSeen+`WHERE f.about_kind = $1 AND f.about = $2 AND f.kind IN ($5, $6, $7) AND f.key IS NOT NULL
		  AND EXISTS (SELECT FROM finding_seen h WHERE h.finding = f.id AND starts_with(h.key, $8)) AND f.joined IS NULL
		  AND (f.ended_at IS NULL OR f.ended_at >= $3) ORDER BY f.id`,
		about.Kind, about.Name, since, of.ID(1)+"/", improvement.MissedTarget, improvement.ExceededLimit, improvement.UnplannedOutage, of.Process+"/"); err != nil {
		return improvement.Extract{}, mapped(err)
	}
	x := improvement.Extract{Findings: make([]improvement.Progress, len(rows))}
	for i, r := range rows {
		p := r.Progress
		p.Title, p.Actions = r.Title.V, r.Actions.V
		if p.Ended != nil {
			utc := p.Ended.UTC()
			p.Ended = &utc
		}
		x.Findings[i] = p
	}
	return x, nil
}

// AnswerTo is what the owner wrote about a finding in the newest published report
// that shows it: cause and measure; false where they weren't asked, or named
// none.
func (s *Store) AnswerTo(ctx context.Context, f improvement.Finding) (report.Answer, bool, error) {
	var rows []struct {
		Source  JSON[improvement.Source] `db:"source"`
		Answers JSON[[]report.Answer]    `db:"answers"`
	}
	err := s.db.SelectContext(ctx, &rows, `SELECT n.source, d.document::jsonb -> 'answers' AS answers
		FROM finding_seen n
		JOIN report p ON p.run = n.source ->> 'name'
		JOIN draft d ON d.run = p.run AND d.round = p.round
		WHERE n.finding = $1 AND n.source ->> 'kind' = $2 AND d.document::jsonb ? 'answers' ORDER BY n.at DESC, n.key DESC`, f.ID, improvement.FromRun)
	if err != nil {
		return report.Answer{}, false, mapped(err)
	}
	for _, r := range rows {
		key := report.Figure{Group: report.Under(r.Source.V.Group), Name: r.Source.V.Figure}.Key()
		if r.Source.V.Event != "" {
			key = r.Source.V.Event
		}
		for _, a := range r.Answers.V {
			if a.Key == key && a.Cause+a.Measure != "" {
				return a, true, nil
			}
		}
	}
	return report.Answer{}, false, nil
}
