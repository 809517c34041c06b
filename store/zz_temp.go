package store

import (
	"context"

	"turnus/itsm/improvement"
	"turnus/report"
)

func (s *Store) AnswerTo(ctx context.Context, f improvement.Finding) (report.Answer, bool, error) {
	return report.Answer{}, false, nil
}
