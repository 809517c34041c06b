package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/improvement"
	"turnus/report"
)

func (s *Store) AnswerTo(ctx context.Context, f improvement.Finding) (report.Answer, bool, error) {
	return report.Answer{}, false, nil
}

type verdictTemp struct {
	Measured improvement.Measured
	wait     bool
}

func (v verdictTemp) Waits() bool { return v.wait }

func judged(ctx context.Context, q sqlx.QueryerContext, a improvement.Tracked, f improvement.Finding) (verdictTemp, error) {
	return verdictTemp{wait: true}, nil
}
