package store

import (
	"context"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// Finding is something that was found and has to be dealt with.
type Finding struct {
	ID      int64        `json:"id" db:"id"`
	Kind    string       `json:"kind" db:"kind"`
	Service string       `json:"service" db:"service"` // empty: it concerns none
	About   resource.Ref `json:"-" db:"-"`             // who owns that, or approves for it, sees it; empty: the installation
	Object  string       `json:"object" db:"object"`   // as in the audit trail
	Title   text.Text    `json:"title" db:"-"`
	At      time.Time    `json:"at" db:"at"`
}

// The kinds of findings: a slot was missed; somebody has two roles that don't
// go together, from the time before that was refused.
const (
	MissedSlot            = "missed-slot"
	AdministratorApproves = "administrator-approves"
)

// openFinding opens a finding, in the transaction of what was found.
func openFinding(ctx context.Context, tx sqlx.ExecerContext, f Finding) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO finding (kind, service, about_kind, about, object, title, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		f.Kind, serviceAt(f.About), string(f.About.Kind), f.About.Name, f.Object, JSON[text.Text]{f.Title}, f.At)
	return err
}

// noteMended notes that what was found about an object is put right, in the
// transaction that does so.
func noteMended(ctx context.Context, tx sqlx.ExecerContext, by person.Actor, now time.Time, kind, object string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO finding_mended (finding, person, at)
		SELECT id, $3, $4 FROM finding WHERE kind = $1 AND object = $2 ON CONFLICT DO NOTHING`, kind, object, actor(by), now)
	return err
}

// Findings selects findings that somebody sees, of one service or of all.
type Findings struct {
	Service string
	Sight
}

// Findings lists findings, newest first, without those that are mended.
func (s *Store) Findings(ctx context.Context, f Findings, p Page) ([]Finding, string, error) {
	before, err := p.number(1 << 62)
	if err != nil {
		return nil, "", err
	}
	var rows []struct {
		Finding
		Title JSON[text.Text] `db:"title"`
	}
	if err := s.db.SelectContext(ctx, &rows, `SELECT f.id, f.kind, f.service, f.object, f.title, f.at FROM finding f
		WHERE f.id < $1 AND ($2 = '' OR f.service = $2) AND NOT EXISTS (SELECT 1 FROM finding_mended m WHERE m.finding = f.id)
		  AND ($5 OR (f.about_kind, f.about) IN (`+theirs("$3", "$4")+`))
		ORDER BY f.id DESC LIMIT $6`, before, f.Service, f.Owner, f.Approver, f.All, p.limit()+1); err != nil {
		return nil, "", mapped(err)
	}
	next := ""
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		next = cursor(strconv.FormatInt(rows[len(rows)-1].ID, 10))
	}
	list := make([]Finding, len(rows))
	for i, r := range rows {
		list[i] = r.Finding
		list[i].Title, list[i].At = r.Title.V, r.At.UTC()
	}
	return list, next, nil
}
