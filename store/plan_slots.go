package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/planning"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// Slots selects slots; empty fields select all.
type Slots struct {
	From, To *time.Time // due in [From, To)
	OpenToo  bool       // besides, open ones due before From
	Process  string
	Service  string
	State    string // a state, or open
	Sight

	Intervals []string // any of them; none: all
}

// missedAt is when a slot s was recorded as missed: its finding says so for good,
// also where a backfill let it be started after all.
const missedAt = `(SELECT min(n.at) FROM finding_seen n JOIN finding f ON f.id = n.finding
	WHERE n.key = 'slot/' || s.process || '/' || s.scope || '/' || s.period AND f.kind = '` + improvement.MissedSlot + `')`

const slotColumns = `s.process, s.scope, s.period, s.about_kind AS "about.kind", s.about AS "about.name", s.interval, s.version,
	s.due_at, s.early_at, s.late_at, s.state, s.person, ` + missedAt + ` AS missed_at,
	coalesce((SELECT jsonb_build_object(
			'en', format('Its interval is paused by %s: %s', p.paused_by, p.paused_reason),
			'de', format('Sein Intervall pausiert, durch %s: %s', p.paused_by, p.paused_reason))
		FROM plan p WHERE s.state = 'due' AND p.interval = s.interval AND p.paused_at IS NOT NULL), s.reason) AS reason,
	coalesce((SELECT r.id FROM run r WHERE r.process = s.process AND r.scope = s.scope AND r.period = s.period
		ORDER BY r.attempt DESC LIMIT 1), '') AS run`

type slotRow struct {
	planning.Slot
	Reason JSON[text.Text] `db:"reason"`
}

func (r slotRow) plain() planning.Slot {
	r.Slot.Reason = r.Reason.V
	r.Due, r.Early, r.Late = r.Due.UTC(), r.Early.UTC(), r.Late.UTC()
	if r.MissedAt != nil {
		at := r.MissedAt.UTC()
		r.Slot.MissedAt = &at
	}
	return r.Slot
}

// Slots lists the slots that a sight sees, by due date, process, scope and period.
func (s *Store) Slots(ctx context.Context, f Slots, p Page) ([]planning.Slot, string, error) {
	at, key, err := p.place(time.Time{})
	if err != nil {
		return nil, "", err
	}
	statement, args := f.selecting(slotColumns, "slot", "s", `($1::timestamptz IS NULL OR s.due_at >= $1 OR $9 AND s.state IN ('planned', 'due', 'in-work')) AND ($2::timestamptz IS NULL OR s.due_at < $2)
		  AND ($3 = '' OR s.process = $3) AND ($4 = '' OR s.about_kind = 'Service' AND s.about = $4)
		  AND ($5 = '' OR s.state = $5 OR $5 = 'open' AND s.state IN ('planned', 'due', 'in-work'))
		  AND (s.due_at, s.process || '/' || s.scope || '/' || s.period) > ($6, $7)
		  AND ($10::text[] IS NULL OR s.interval = ANY ($10))`,
		"s.due_at, s.process || '/' || s.scope || '/' || s.period", "$8",
		f.From, f.To, f.Process, f.Service, f.State, at, key, p.limit()+1, f.OpenToo, pq.Array(f.Intervals))
	var rows []slotRow
	err = s.db.SelectContext(ctx, &rows, statement, args...)
	if err != nil {
		return nil, "", mapped(err)
	}
	rows, next := page(p, rows, func(r slotRow) (time.Time, string) { return r.Due, r.Key.ID(1) })
	list := make([]planning.Slot, len(rows))
	for i, r := range rows {
		list[i] = r.plain()
	}
	return list, next, nil
}

// Slot is one slot.
func (s *Store) Slot(ctx context.Context, k run.Key) (planning.Slot, error) {
	slot, err := slotOf(ctx, s.db, k)
	return slot, mapped(err)
}

func slotOf(ctx context.Context, q sqlx.QueryerContext, k run.Key) (planning.Slot, error) {
	var r slotRow
	err := sqlx.GetContext(ctx, q, &r, "SELECT "+slotColumns+" FROM slot s WHERE process = $1 AND scope = $2 AND period = $3", k.Process, k.Scope, k.Period)
	if errors.Is(err, sql.ErrNoRows) {
		err = NoSlot(k)
	}
	return r.plain(), err
}

// NoSlot says that there is no such slot.
func NoSlot(k run.Key) error {
	return fault.New(fault.NotFound, text.F("There is no slot %.200s.", "Den Termin %.200s gibt es nicht.", k.ID(1)))
}

// Ledger says what became of the slots of one interval: at every moment
// planned = done + late + missed + waived + open. The two below are parts of
// waived: a plan that is kept by waivers after the event shows it.
type Ledger struct {
	Interval string `json:"interval" db:"interval"`
	Process  string `json:"process" db:"process"`
	Scope    string `json:"scope" db:"scope"`
	Planned  int64  `json:"planned" db:"planned"` // all of its slots, from the first to the last one planned
	Done     int64  `json:"done" db:"done"`
	Late     int64  `json:"late" db:"late"`
	Missed   int64  `json:"missed" db:"missed"`
	Waived   int64  `json:"waived" db:"waived"`
	Open     int64  `json:"open" db:"open"`

	WaivedLate       int64 `json:"waived_late" db:"waived_late"`               // when their tolerance had ended
	MissedThenWaived int64 `json:"missed_then_waived" db:"missed_then_waived"` // after they had been recorded as missed

	Paused *time.Time `json:"paused,omitempty" db:"paused_at"`
}

// Of selects ledgers, and the slots that they count; empty fields select all.
type Of struct {
	From, To *time.Time // slots due in [From, To), of intervals that have any
	Process  string
	Service  string
	Interval string
}

// Ledgers lists the ledger of each interval that a sight sees, by its name: all of
// them, where a page without a limit is asked for.
func (s *Store) Ledgers(ctx context.Context, who Sight, of Of, p Page) ([]Ledger, string, error) {
	key, err := p.after(1)
	if err != nil {
		return nil, "", err
	}
	after, limit := "", sql.NullInt64{}
	if key != nil {
		after = key[0]
	}
	if p.Limit > 0 {
		limit = sql.NullInt64{Int64: int64(p.limit()) + 1, Valid: true}
	}
	begin, which, args := "", "", []any{of.From, of.To, of.Process, of.Service, of.Interval, after, limit}
	if !who.whole() {
		begin, which, args = withSight(len(args)+1), "AND EXISTS (SELECT FROM sight v WHERE "+shownAt("p")+") ", append(args, who.args()...)
	}
	list := []Ledger{}
	err = sqlx.SelectContext(ctx, s.db, &list, begin+`SELECT p.interval, p.process, p.scope, p.paused_at, count(s.period) AS planned,
			count(*) FILTER (WHERE s.state = 'done') AS done, count(*) FILTER (WHERE s.state = 'done-late') AS late,
			count(*) FILTER (WHERE s.state = 'missed') AS missed, count(*) FILTER (WHERE s.state = 'waived') AS waived,
			count(*) FILTER (WHERE s.state IN ('planned', 'due', 'in-work')) AS open,
			count(*) FILTER (WHERE s.state = 'waived' AND s.waived_at >= s.late_at) AS waived_late,
			count(*) FILTER (WHERE s.state = 'waived' AND `+missedAt+` IS NOT NULL) AS missed_then_waived
		FROM plan p LEFT JOIN slot s ON s.interval = p.interval AND ($1::timestamptz IS NULL OR s.due_at >= $1) AND ($2::timestamptz IS NULL OR s.due_at < $2)
		WHERE ($3 = '' OR p.process = $3) AND ($4 = '' OR p.about_kind = 'Service' AND p.about = $4) AND ($5 = '' OR p.interval = $5)
		  AND p.interval COLLATE "C" > $6 `+which+`
		GROUP BY p.interval HAVING $1::timestamptz IS NULL AND $2::timestamptz IS NULL OR count(s.period) > 0
		ORDER BY p.interval COLLATE "C" LIMIT $7`, args...)
	if err != nil || !limit.Valid || len(list) < int(limit.Int64) {
		return list, "", mapped(err)
	}
	list = list[:len(list)-1]
	return list, cursor(list[len(list)-1].Interval), nil
}

// Watch is what an operator watches.
type Watch struct {
	Slots   map[planning.State]int64
	Idle    int64      `db:"idle"`    // slots due, and nothing in work: not paused, waiting for nothing
	Oldest  *time.Time `db:"oldest"`  // since when the oldest of them is due
	Overdue int64      `db:"overdue"` // open tasks past their due date
	Woken   *time.Time `db:"woken"`   // when the waker last came to its end
	Behind  int        `db:"-"`       // intervals whose plan reaches less far than it should
}

// Watch reads what an operator watches, as of now.
func (s *Store) Watch(ctx context.Context, now time.Time) (Watch, error) {
	w := Watch{Slots: map[planning.State]int64{}}
	var rows []struct {
		State planning.State `db:"state"`
		N     int64          `db:"n"`
	}
	if err := s.db.SelectContext(ctx, &rows, "SELECT state, count(*) AS n FROM slot GROUP BY state"); err != nil {
		return w, mapped(err)
	}
	for _, r := range rows {
		w.Slots[r.State] = r.N
	}
	err := s.db.GetContext(ctx, &w, `SELECT i.idle, i.oldest, (SELECT count(*) FROM task WHERE state = 'open' AND due_at < $1) AS overdue,
			(SELECT woken_at FROM installation) AS woken
		FROM (SELECT count(*) AS idle, min(s.due_at) AS oldest FROM slot s JOIN plan p ON p.interval = s.interval
			WHERE p.paused_at IS NULL AND NOT s.waits AND (s.state = 'due' OR s.state = 'planned' AND s.due_at <= $1)) i`, now)
	if err != nil {
		return w, mapped(err)
	}
	behind, err := s.listBehind(ctx, now)
	w.Behind = len(behind)
	return w, err
}
