package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"turnus/itsm/canonical"
	"turnus/itsm/fault"
	"turnus/itsm/person"
)

func TestAuditFiltersAndPages(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	for i := range 7 {
		by := person.Actor{Person: []string{"ada", "bob"}[i%2], Token: "t"}
		require.NoError(t, record(ctx, s.db, by, declared.Add(time.Duration(i)*time.Minute), "thing.done",
			fmt.Sprintf("run/sla-report/desk/2016-%02d", i+1), nil, map[string]int{"i": i}))
	}
	require.NoError(t, record(ctx, s.db, person.Actor{}, declared, "thing.done", "run/sla-report/desk-2", nil, nil))

	count := func(f Trail) int {
		n, next := 0, ""
		last := int64(0)
		for {
			list, more, err := s.Audit(ctx, f, Page{Limit: 2, Cursor: next})
			require.NoError(t, err)
			for _, e := range list {
				require.Greater(t, e.Number, last, "oldest first")
				last = e.Number
			}
			n += len(list)
			if next = more; next == "" {
				return n
			}
		}
	}
	require.Equal(t, 8, count(Trail{}))
	require.Equal(t, 4, count(Trail{Person: "ada"}))
	require.Equal(t, 1, count(Trail{Person: person.System}))
	require.Equal(t, 3, count(Trail{Since: declared.Add(4 * time.Minute)}))
	require.Equal(t, 1, count(Trail{Object: "run/sla-report/desk/2016-03"}))
	require.Equal(t, 0, count(Trail{Object: "run/sla-report/desk"}), "without a slash this one only")
	require.Equal(t, 7, count(Trail{Object: "run/sla-report/desk/"}))
	require.Equal(t, 0, count(Trail{Object: "run/%/"}), "no pattern")

	for _, f := range []Trail{{Person: "a\x00"}, {Object: "\xff"}} {
		_, _, err := s.Audit(ctx, f, Page{})
		requireFault(t, err, fault.Invalid)
	}
	_, _, err := s.Audit(ctx, Trail{}, Page{Cursor: cursor("x")})
	requireFault(t, err, fault.Invalid, "cursor")
}

func TestEntryIsKeptToTheByte(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	require.NoError(t, record(ctx, s.db, root, declared.Add(1234567*time.Nanosecond), "x.done", "x/1",
		map[string]any{"b": json.Number("99.90"), "a": "<é>"}, nil))
	var b []byte
	require.NoError(t, s.db.GetContext(ctx, &b, `SELECT bytes FROM audit`))
	require.Equal(t, `{"action":"x.done","actor":"root","at":"2026-11-23T09:00:00.001234Z","before":{"a":"<é>","b":99.90},"object":"x/1","token":"t-root"}`, string(b))
	list, _, err := s.Audit(ctx, Trail{}, Page{})
	require.NoError(t, err)
	require.Equal(t, `{"a":"<é>","b":99.90}`, string(list[0].Before))
	list[0].Number = 0
	again, err := canonical.JSON(struct {
		Entry
		Number int `json:"number,omitempty"`
	}{Entry: list[0]})
	require.NoError(t, err)
	require.Equal(t, string(b), string(again), "an exported entry gives the same bytes")
}

func TestRefusalsAreOnRecord(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	why := errors.Join(fault.Invalidf("outcome", "no such outcome %s", "kein Ergebnis %s", "a\x00b"), fault.Invalidf("hash", "old", "alt"))
	require.NoError(t, s.Refused(ctx, root, declared, "decision.refused", "task/a\x00\xff", why))
	require.NoError(t, s.Refused(ctx, root, declared, "decision.refused", "task/b", errors.New("password=secret")))
	list, _, err := s.Audit(ctx, Trail{Object: "task/"}, Page{})
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, "task/a\uFFFD\uFFFD", list[0].Object)
	require.Contains(t, string(list[0].After), `"field":"outcome"`)
	require.Contains(t, string(list[0].After), "no such outcome a\uFFFDb")
	require.Contains(t, string(list[0].After), `"field":"hash"`)
	require.Equal(t, `{"refused":[{"code":"internal"}]}`, string(list[1].After), "internals stay in the log")
}

func TestNobodyChangesWhatIsOnRecord(t *testing.T) {
	owner, app := asApp(t)
	s, ctx := New(app), t.Context()
	apply1(t, s, declared, house()...)
	for _, q := range []string{
		`UPDATE audit SET actor = 'x'`, `DELETE FROM audit`, `TRUNCATE audit`, `DELETE FROM audit WHERE number = 1`,
		`UPDATE resource SET person = 'x'`, `DELETE FROM resource`, `TRUNCATE resource`,
	} {
		_, err := owner.ExecContext(ctx, q)
		var p *pq.Error
		require.ErrorAs(t, err, &p, q)
		require.Equal(t, "23001", string(p.Code), q)
	}
	list, _, err := s.Audit(ctx, Trail{Person: "root"}, Page{})
	require.NoError(t, err)
	require.Len(t, list, 5)
}
