package store

import (
	"context"
	"slices"
	"time"

	"turnus/itsm/dataset"
)

// ImportsBehind lists the imports of a dataset about a service, up to one of them
// and by number, that what is known of a span, from an instant on and before
// another one, may come from: those whose rows reach into it, and of a source of
// which an import says from when on it was kept those for which it was kept then.
// Of imports of 0.1.0 the span isn't known: they are all listed. What was
// withdrawn by then is left out; the withdrawal is listed in its place, since
// something else is known with it; and so are warnings that ended with a
// withdrawal. Mappings come without their specs.
func (s *Store) ImportsBehind(ctx context.Context, service, of string, upTo int64, since, before time.Time) ([]dataset.Import, error) {
	first, last := "first_at", "last_at"
	if needsSince(of) {
		first, last = "least(since, first_at)", "greatest(last_at, as_of)"
	}
	var rows []importRow
	err := s.db.SelectContext(ctx, &rows, importSelect+` WHERE i.service = $1 AND i.dataset = $5 AND i.id <= $2
		AND NOT EXISTS (SELECT FROM import w WHERE w.withdraws = i.id AND w.id <= $2)
		AND coalesce((SELECT `+last+` FROM import n WHERE n.id = coalesce(i.withdraws, i.id)), 'infinity') >= $3
		AND coalesce((SELECT `+first+` FROM import n WHERE n.id = coalesce(i.withdraws, i.id)), '-infinity') < $4
		ORDER BY i.id`, service, upTo, since, before, of)
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
