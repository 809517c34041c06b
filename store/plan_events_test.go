package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/person"
	"turnus/itsm/planning"
)

// An interval that can't be planned as things are holds up neither the event nor the
// others that name it.
func TestAnEventPassesOverWhatCantBePlanned(t *testing.T) {
	s := continuous(t)
	for name, calendar := range map[string]string{"a-broken": "gone", "b-whole": "24x7"} {
		scope := map[string]string{"gone": "shop-gone", "24x7": "shop-fire"}[calendar]
		pgtest.Tamper(t, s.DB(), `INSERT INTO resource (kind, name, version, valid_from, document, hash, at, person, token_issuer) VALUES ('Interval', $1, 1, '0001-01-01', $2, '', $3, 'root', '')`, name,
			`{"kind":"Interval","metadata":{"name":"`+name+`"},"spec":{"process":"continuity-drill","scope":"shop-fire","calendar":"`+calendar+`","rule":{"day":1,"of":"quarter","at":"06:00"},"reason":"x","valid":{"from":"2026-01-01"},"events":["invocation"]}}`, drilled)
		pgtest.Tamper(t, s.DB(), `INSERT INTO plan (interval, process, scope, about_kind, about) VALUES ($1, 'continuity-drill', $2, 'Service', 'shop')`, name, scope)
	}
	slots, err := s.Happened(t.Context(), person.Actor{Person: "olga"}, drilled, planning.Invocation, "shop", "in earnest", "")
	require.NoError(t, err)
	require.Len(t, slots, 1)
	require.Equal(t, []any{"b-whole", "2026-01-10", planning.Due}, []any{slots[0].Interval, slots[0].Period, slots[0].State})
}

// What an event brings forward is due at once, also at an instant that the database
// rounds up.
func TestAnEventBringsForwardAtOnce(t *testing.T) {
	s := continuous(t)
	pgtest.Tamper(t, s.DB(), `INSERT INTO resource (kind, name, version, valid_from, document, hash, at, person, token_issuer) VALUES ('Interval', 'yearly', 1, '0001-01-01', $1, '', $2, 'root', '')`,
		`{"kind":"Interval","metadata":{"name":"yearly"},"spec":{"process":"continuity-drill","scope":"shop-fire","rule":{"day":10,"of":"month","at":"23:00"},"reason":"x","valid":{"from":"2026-01-01"},"events":["invocation"]}}`, drilled)
	pgtest.Tamper(t, s.DB(), `INSERT INTO plan (interval, process, scope, about_kind, about) VALUES ('yearly', 'continuity-drill', 'shop-fire', 'Service', 'shop')`)
	pgtest.Tamper(t, s.DB(), `INSERT INTO slot (process, scope, period, about_kind, about, interval, version, due_at, early_at, late_at, catch_up, state, look_at)
		VALUES ('continuity-drill', 'shop-fire', '2026-01-10', 'Service', 'shop', 'yearly', 1, $1, $1, $1, 'one', 'planned', $1)`, drilled.Add(5*time.Hour))
	slots, err := s.Happened(t.Context(), person.Actor{Person: "olga"}, drilled.Add(700*time.Nanosecond), planning.Invocation, "shop", "in earnest", "")
	require.NoError(t, err)
	require.Len(t, slots, 1)
	require.Equal(t, []any{"2026-01-10", planning.Due}, []any{slots[0].Period, slots[0].State})
}
