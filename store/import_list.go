package store

import (
	"context"
	"slices"
	"time"

	"turnus/itsm/dataset"
)

// ImportsBehind lists the imports of a service, up to one of them and by number,
// that tickets may come from which were opened at an instant or later and before
// another one: those whose rows reach into that span. Of imports of 0.1.0 the
// span isn't known: they are all listed. What was withdrawn by then is left
// out; the withdrawal is listed in its place, since it made versions of the
// tickets anew; and so are warnings that ended with a withdrawal. Mappings come
// without their specs.
func (s *Store) ImportsBehind(ctx context.Context, service string, upTo int64, since, before time.Time) ([]dataset.Import, error) {
	var rows []importRow
	err := s.db.SelectContext(ctx, &rows, importSelect+` WHERE i.service = $1 AND i.id <= $2
		AND NOT EXISTS (SELECT FROM import w WHERE w.withdraws = i.id AND w.id <= $2)
		AND coalesce(i.last_at, (SELECT n.last_at FROM import n WHERE n.id = i.withdraws), 'infinity') >= $3
		AND coalesce(i.first_at, (SELECT n.first_at FROM import n WHERE n.id = i.withdraws), '-infinity') < $4
		ORDER BY i.id`, service, upTo, since, before)
	withdrawn := map[int64]bool{}
	for _, r := range rows {
		withdrawn[r.Withdraws] = true
	}
	list := make([]dataset.Import, len(rows))
	for i, r := range rows {
		list[i] = r.plain()
		list[i].Warnings = slices.DeleteFunc(list[i].Warnings, func(w dataset.Warning) bool { return w.Against != 0 && withdrawn[w.Against] })
		if m := list[i].Mapping; m != nil {
			m.Spec = nil
		}
	}
	return list, mapped(err)
}
