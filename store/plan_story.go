package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// StoryOf is a slot with what is known around it, but for its runs.
func (s *Store) StoryOf(ctx context.Context, slot planning.Slot) (planning.Story, error) {
	story := planning.Story{Slot: slot}
	p, err := planOf(ctx, s.db, slot.Interval, "")
	if err != nil {
		return story, mapped(err)
	}
	if p.Paused != nil {
		story.Paused = &planning.Pause{At: p.Paused.UTC(), By: *p.By, Reason: *p.Reason}
	}
	var row struct {
		Next *time.Time          `db:"look_at"`
		Spec JSON[*resource.Raw] `db:"document"`
	}
	if err := s.db.GetContext(ctx, &row, `SELECT CASE WHEN s.state = 'due' THEN s.look_at WHEN s.state = 'planned' THEN s.due_at END AS look_at, r.document
		FROM slot s LEFT JOIN resource r ON r.kind = $4 AND r.name = s.interval AND r.version = s.version
		WHERE s.process = $1 AND s.scope = $2 AND s.period = $3`, slot.Process, slot.Scope, slot.Period, string(resource.Interval)); err != nil {
		return story, mapped(err)
	}
	if row.Next != nil && p.Paused == nil {
		at := row.Next.UTC()
		story.Next = &at
	}
	if row.Spec.V != nil {
		i, err := decoded[planning.Spec](*row.Spec.V)
		if err != nil {
			return story, err
		}
		spec := i.Spec.Filled()
		story.Plan = &spec
	}
	story.History, err = deeds(ctx, s.db, slot.Key)
	return story, mapped(err)
}

// deeds are what the audit trail says of a slot, oldest first.
func deeds(ctx context.Context, q sqlx.QueryerContext, k run.Key) ([]planning.Deed, error) {
	var rows []struct {
		At     time.Time       `db:"at"`
		Actor  string          `db:"actor"`
		Action string          `db:"action"`
		After  json.RawMessage `db:"after"`
	}
	if err := sqlx.SelectContext(ctx, q, &rows, `SELECT at, actor, action, coalesce(after, '{}') AS after FROM audit
		WHERE object = $1 AND action IN ('slot.brought-forward', 'slot.missed', 'slot.reopened', 'slot.waived') ORDER BY number`, slotObject(k)); err != nil {
		return nil, err
	}
	all := make([]planning.Deed, len(rows))
	for i, r := range rows {
		e := planning.Deed{At: r.At.UTC(), What: planning.DeedKind(r.Action[len("slot."):])}
		if r.Actor != person.System {
			e.By = r.Actor
		}
		var said struct {
			Reason json.RawMessage `json:"reason"`
			Run    string          `json:"run"`
			Event  planning.Event  `json:"event"`
		}
		if err := json.Unmarshal(r.After, &said); err != nil {
			return nil, err
		}
		e.Run = said.Run
		var plain string
		switch {
		case said.Event != "":
			e.Reason = said.Event.Title()
		case json.Unmarshal(said.Reason, &plain) == nil:
			e.Reason = text.Same(plain)
		case len(said.Reason) > 0:
			if err := json.Unmarshal(said.Reason, &e.Reason); err != nil {
				return nil, err
			}
		}
		all[i] = e
	}
	return all, nil
}
