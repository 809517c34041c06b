package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
)

// personNow is the person whom a token or a feed names, as declared now.
type personNow struct {
	Document JSON[resource.Resource[person.Spec]] `db:"document"`
	Retired  *bool                                `db:"retired"` // null: there never was such a person
	Upgraded bool                                 `db:"upgraded"`
}

const personColumns = "p.document, p.retired, u.person IS NOT NULL AS upgraded"

// personOf joins to a row that has a person what personColumns select.
func personOf(row string) string {
	return ` LEFT JOIN LATERAL (SELECT document, retired FROM resource
			WHERE kind = 'Person' AND name = ` + row + `.person ORDER BY version DESC LIMIT 1) p ON true
		LEFT JOIN person_upgraded u ON u.person = ` + row + `.person `
}

func (p personNow) there() bool { return p.Retired != nil && !*p.Retired }

// actor is the person with roles and view as they are now. Who was there before
// there were views sees what was published of everything, until they get one.
func (p personNow) actor(name string) person.Actor {
	spec := p.Document.V.Spec
	who := person.Actor{Person: name, Roles: spec.Roles, Language: spec.Language}
	switch {
	case spec.Sees != nil:
		who.Sees = *spec.Sees
	case p.Upgraded:
		who.Sees.Services = []string{person.EveryService}
	}
	return who
}

// viewed notes, in the transaction of that, that a person was declared, or
// retired: with a view, or gone, they don't see more any longer for having been
// there before there were views. The finding about such persons is mended when
// none is left to whom that makes a difference.
func viewed(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, v resource.Version) error {
	p, err := decoded[person.Spec](v.Resource)
	if err != nil {
		return err
	}
	if v.Retired || p.Spec.Sees != nil {
		if _, err := tx.ExecContext(ctx, "DELETE FROM person_upgraded WHERE person = $1", p.Metadata.Name); err != nil {
			return err
		}
	}
	var left bool
	if err := tx.GetContext(ctx, &left, `SELECT EXISTS (SELECT FROM person_upgraded u
		JOIN resource_current p ON p.kind = 'Person' AND p.name = u.person
		WHERE NOT coalesce(p.document->'spec'->'roles' <@ '["administrator", "auditor"]' AND p.document->'spec'->'roles' <> '[]', false))`); err != nil || left {
		return err
	}
	return noteMended(ctx, tx, by, now, improvement.SeesEverything, "Person")
}
