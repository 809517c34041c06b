package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// resourceRow is a row of the table.
type resourceRow struct {
	Version   int                `db:"version"`
	ValidFrom time.Time          `db:"valid_from"`
	Retired   bool               `db:"retired"`
	Document  JSON[resource.Raw] `db:"document"`
	Hash      string             `db:"hash"`
	At        time.Time          `db:"at"`
	Person    string             `db:"person"`

	TokenIssuer string `db:"token_issuer"`
}

const resourceColumns = `version, valid_from, retired, document, hash, at, person, token_issuer`

func (r resourceRow) domain() resource.Version {
	return resource.Version{Resource: r.Document.V, Version: r.Version, ValidFrom: r.ValidFrom.UTC(),
		Retired: r.Retired, Hash: r.Hash, At: r.At.UTC(), By: r.Person, TokenIssuer: r.TokenIssuer}
}

// Resource is the newest version of a resource; a retired one isn't found.
func (s *Store) Resource(ctx context.Context, k resource.Kind, name string) (resource.Version, error) {
	v, err := newest(ctx, s.db, k, name)
	return v, mapped(err)
}

// Resources lists the newest versions of a kind that somebody sees, by name,
// without retired ones: all, or those whose spec names a service.
func (s *Store) Resources(ctx context.Context, who Sight, k resource.Kind, service string, p Page) ([]resource.Version, string, error) {
	key, err := p.after(1)
	if err != nil {
		return nil, "", err
	}
	after := ""
	if key != nil {
		after = key[0]
	}
	var rows []resourceRow
	// Names are compared as bytes, so that lists don't depend on the locale.
	if err := s.db.SelectContext(ctx, &rows, withTheirs+`
		SELECT `+resourceColumns+` FROM (
			SELECT DISTINCT ON (name) * FROM resource WHERE kind = $4 AND name COLLATE "C" > $5
			ORDER BY name, version DESC) r
		WHERE NOT retired AND ($7 = '' OR r.document->'spec'->>'service' = $7) AND `+seen+` ORDER BY name COLLATE "C" LIMIT $6`,
		who.Owner, who.Approver, who.All, string(k), after, p.limit()+1, service); err != nil {
		return nil, "", mapped(err)
	}
	list, more := cutVersions(rows, p.limit())
	if !more {
		return list, "", nil
	}
	return list, cursor(list[len(list)-1].Resource.Metadata.Name), nil
}

// Versions lists the versions of a resource that somebody sees, newest first,
// retirements too: an agreement's name may have been another service's before.
func (s *Store) Versions(ctx context.Context, who Sight, k resource.Kind, name string, p Page) ([]resource.Version, string, error) {
	key, err := p.after(1)
	if err != nil {
		return nil, "", err
	}
	before := 1<<31 - 1
	if key != nil {
		if before, err = strconv.Atoi(key[0]); err != nil || before != int(int32(before)) {
			return nil, "", notACursor()
		}
	}
	if resource.CheckName("", name) != nil {
		return nil, "", NotFound(k, name)
	}
	var rows []resourceRow
	if err := s.db.SelectContext(ctx, &rows, withTheirs+`
		SELECT `+resourceColumns+` FROM resource r WHERE kind = $4 AND name = $5 AND version < $6 AND `+seen+`
		ORDER BY version DESC LIMIT $7`, who.Owner, who.Approver, who.All, string(k), name, before, p.limit()+1); err != nil {
		return nil, "", mapped(err)
	}
	if len(rows) == 0 && key == nil {
		var there bool
		err := s.db.GetContext(ctx, &there, "SELECT EXISTS (SELECT 1 FROM resource WHERE kind = $1 AND name = $2)", string(k), name)
		if err == nil && !there {
			err = NotFound(k, name)
		}
		return nil, "", mapped(err)
	}
	list, more := cutVersions(rows, p.limit())
	if !more {
		return list, "", nil
	}
	return list, cursor(strconv.Itoa(list[len(list)-1].Version)), nil
}

// Current decodes the newest version of a resource that isn't retired.
func Current[T any](ctx context.Context, s *Store, k resource.Kind, name string) (resource.Resource[T], error) {
	r, err := current[T](ctx, s.db, k, name)
	return r, mapped(err)
}

// current is Current inside a transaction (or on the pool).
func current[T any](ctx context.Context, q sqlx.QueryerContext, k resource.Kind, name string) (resource.Resource[T], error) {
	v, err := newest(ctx, q, k, name)
	if err != nil {
		return resource.Resource[T]{}, err
	}
	return decoded[T](v.Resource)
}

// newest is Store.Resource inside a transaction (or on the pool).
func newest(ctx context.Context, q sqlx.QueryerContext, k resource.Kind, name string) (resource.Version, error) {
	if resource.CheckName("", name) != nil {
		return resource.Version{}, NotFound(k, name)
	}
	var row resourceRow
	err := sqlx.GetContext(ctx, q, &row, `
		SELECT `+resourceColumns+` FROM resource WHERE kind = $1 AND name = $2
		ORDER BY version DESC LIMIT 1`, string(k), name)
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.Retired {
		return resource.Version{}, NotFound(k, name)
	}
	return row.domain(), err
}

// newestIfAny is newest, or nil where there is none.
func newestIfAny(ctx context.Context, q sqlx.QueryerContext, k resource.Ref) (*resource.Version, error) {
	v, err := newest(ctx, q, k.Kind, k.Name)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return &v, err
}

// personSpec is a person as they are now; false if there is nobody of that
// name (any more).
func personSpec(ctx context.Context, q sqlx.QueryerContext, name string) (person.Spec, bool, error) {
	r, err := current[person.Spec](ctx, q, resource.Person, name)
	if fault.Is(err, fault.NotFound) {
		return person.Spec{}, false, nil
	}
	return r.Spec, err == nil, err
}

// decoded reads a stored spec. Unknown fields are left alone here: what is
// stored was checked when it came in.
func decoded[T any](raw resource.Raw) (resource.Resource[T], error) {
	r := resource.Resource[T]{APIVersion: raw.APIVersion, Kind: raw.Kind, Metadata: raw.Metadata}
	if err := json.Unmarshal(raw.Spec, &r.Spec); err != nil {
		return r, fmt.Errorf("%s/%s can't be read: %w", raw.Kind, raw.Metadata.Name, err)
	}
	return r, nil
}

// cutVersions cuts the row too many off that says whether there is more.
func cutVersions(rows []resourceRow, limit int) (list []resource.Version, more bool) {
	if more = len(rows) > limit; more {
		rows = rows[:limit]
	}
	list = make([]resource.Version, len(rows))
	for i, r := range rows {
		list[i] = r.domain()
	}
	return list, more
}

// NotFound says that there is no such resource.
func NotFound(k resource.Kind, name string) error {
	return fault.New(fault.NotFound, text.F("There is no %s %.80q.", "Es gibt kein Objekt der Art %s mit dem Namen %.80q.", k, name))
}
