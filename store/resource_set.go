package store

import (
	"context"
	"encoding/json"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/resource"
)

// resourceSet holds the newest versions of resources, as far as they were asked
// for: those that a call declares in the place of those stored.
type resourceSet struct {
	q      sqlx.QueryerContext
	newest map[resource.Ref]*resource.Version // nil: there is none; may be retired
}

func newResourceSet(q sqlx.QueryerContext) resourceSet {
	return resourceSet{q: q, newest: map[resource.Ref]*resource.Version{}}
}

// load reads what isn't there yet, in one statement.
func (set resourceSet) load(ctx context.Context, keys []resource.Ref) error {
	var kinds, names []string
	for _, k := range keys {
		if _, ok := set.newest[k]; !ok {
			set.newest[k] = nil
			kinds, names = append(kinds, string(k.Kind)), append(names, k.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	var rows []resourceRow
	if err := sqlx.SelectContext(ctx, set.q, &rows, `
		SELECT r.* FROM unnest($1::text[], $2::text[]) AS wanted (kind, name)
		JOIN LATERAL (SELECT `+resourceColumns+` FROM resource r
			WHERE r.kind = wanted.kind AND r.name = wanted.name ORDER BY version DESC LIMIT 1) r ON true`,
		pq.Array(kinds), pq.Array(names)); err != nil {
		return err
	}
	for _, r := range rows {
		v := r.domain()
		set.newest[v.Resource.Ref()] = &v
	}
	return nil
}

// has says whether a resource is declared.
func (set resourceSet) has(k resource.Ref) bool {
	v := set.newest[k]
	return v != nil && !v.Retired
}

// readSpec decodes what is declared now; false if there is nothing.
func readSpec[T any](set resourceSet, k resource.Ref) (T, bool, error) {
	var spec T
	if !set.has(k) {
		return spec, false, nil
	}
	err := json.Unmarshal(set.newest[k].Resource.Spec, &spec)
	return spec, err == nil, err
}
