package client

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"turnus/itsm/planning"
)

// Slots selects slots; empty fields select all.
type Slots struct {
	From, To string // due in [From, To): an instant, or a date, which means its start in UTC
	Process  string
	Service  string
	State    string // a state, or open

	Intervals []string // any of these
}

func (s Slots) query() url.Values {
	return set(url.Values{}, "from", s.From, "to", s.To, "process", s.Process, "service", s.Service, "state", s.State, "interval", strings.Join(s.Intervals, ","))
}

// Plan lists slots by due date.
func (c *Client) Plan(ctx context.Context, s Slots) ([]planning.Slot, error) {
	return list[planning.Slot](ctx, c, "/v1/plan", s.query(), 0)
}

// Slot is one slot with what is known around it.
func (c *Client) Slot(ctx context.Context, slot string) (planning.Story, error) {
	var answer planning.Story
	return answer, c.get(ctx, slotAt(slot), nil, &answer)
}

// PlanPart is a part of that list.
func (c *Client) PlanPart(ctx context.Context, s Slots, cursor string, limit int) ([]planning.Slot, string, error) {
	return part[planning.Slot](ctx, c, "/v1/plan", s.query(), cursor, limit)
}

// NextSlot is the first slot due from an instant on that is open; nil if the plan
// has none.
func (c *Client) NextSlot(ctx context.Context, from time.Time) (*planning.Slot, error) {
	var answer slots
	err := c.get(ctx, "/v1/plan", url.Values{"from": {from.UTC().Format(time.RFC3339)}, "state": {"open"}, "limit": {"1"}}, &answer)
	if err != nil || len(answer.Items) == 0 {
		return nil, err
	}
	return &answer.Items[0], nil
}

// PreviewPlan lists the slots that the intervals in documents would have which
// aren't applied.
func (c *Client) PreviewPlan(ctx context.Context, docs []byte, from, to string) ([]planning.Slot, error) {
	var answer slots
	return answer.Items, c.into(ctx, call{method: http.MethodPost, path: "/v1/plan/preview", query: set(url.Values{}, "from", from, "to", to),
		header: map[string]string{"Content-Type": "application/yaml"}, // JSON is YAML, too
		body:   func() (io.Reader, error) { return bytes.NewReader(docs), nil }}, &answer)
}

type slots struct {
	Items []planning.Slot `json:"items"`
}

// Ledger says what became of the slots of one interval: at every moment
// planned = done + late + missed + waived + open. The two below are parts of
// waived.
type Ledger struct {
	Interval string `json:"interval"`
	Process  string `json:"process"`
	Scope    string `json:"scope"`
	Planned  int64  `json:"planned"`
	Done     int64  `json:"done"`
	Late     int64  `json:"late"`
	Missed   int64  `json:"missed"`
	Waived   int64  `json:"waived"`
	Open     int64  `json:"open"`

	WaivedLate       int64 `json:"waived_late"`        // when their tolerance had ended
	MissedThenWaived int64 `json:"missed_then_waived"` // after they had been recorded as missed

	Paused *time.Time `json:"paused,omitempty"`
}

// Add adds the slots of another ledger.
func (l *Ledger) Add(o Ledger) {
	l.Planned += o.Planned
	l.Done += o.Done
	l.Late += o.Late
	l.Missed += o.Missed
	l.Waived += o.Waived
	l.Open += o.Open
	l.WaivedLate += o.WaivedLate
	l.MissedThenWaived += o.MissedThenWaived
}

// Ledgers lists the ledger of each interval, by its name: of all slots, or of those
// that are due in [from, to), as in Slots.
func (c *Client) Ledgers(ctx context.Context, from, to string) ([]Ledger, error) {
	return list[Ledger](ctx, c, "/v1/plan/ledger", set(url.Values{}, "from", from, "to", to), 0)
}

// LedgersPart is a part of the ledgers, with the slots that are selected by all
// but their state.
func (c *Client) LedgersPart(ctx context.Context, s Slots, cursor string, limit int) ([]Ledger, string, error) {
	s.State = ""
	return part[Ledger](ctx, c, "/v1/plan/ledger", s.query(), cursor, limit)
}

// Interval is an interval at work: paused, or not.
type Interval struct {
	Interval string     `json:"interval"`
	Process  string     `json:"process"`
	Scope    string     `json:"scope"`
	Paused   *time.Time `json:"paused,omitempty"`
	By       string     `json:"paused_by,omitempty"`
	Reason   string     `json:"paused_reason,omitempty"`
}

// Pause lets an interval start nothing until it is resumed.
func (c *Client) Pause(ctx context.Context, interval, reason string) (Interval, error) {
	var answer Interval
	return answer, c.post(ctx, intervalAt(interval)+"/pause", map[string]string{"reason": reason}, &answer)
}

// Resume ends an interval's pause.
func (c *Client) Resume(ctx context.Context, interval, reason string) (Interval, error) {
	var answer Interval
	return answer, c.post(ctx, intervalAt(interval)+"/resume", map[string]string{"reason": reason}, &answer)
}

// Backfill has the slots of an interval started after all that were missed, or
// wait for a person, with periods in [from, to], two dates.
func (c *Client) Backfill(ctx context.Context, interval, from, to, reason string) ([]planning.Slot, error) {
	var answer slots
	return answer.Items, c.post(ctx, intervalAt(interval)+"/backfill", map[string]string{"from": from, "to": to, "reason": reason}, &answer)
}

func intervalAt(name string) string { return "/v1/intervals/" + url.PathEscape(name) }

// slotAt is where a slot is found, which is named as its run is.
func slotAt(slot string) string { return (&url.URL{Path: "/v1/plan/" + slot}).EscapedPath() }

// Miss records that a slot that is due won't be done.
func (c *Client) Miss(ctx context.Context, slot, reason string) (planning.Slot, error) {
	var answer planning.Slot
	return answer, c.post(ctx, slotAt(slot)+"/miss", map[string]string{"reason": reason}, &answer)
}

// StartSlot starts a slot's run now, or finds the one that exists.
func (c *Client) StartSlot(ctx context.Context, slot string, again bool, reason string) (Started, error) {
	var answer Started
	return answer, c.post(ctx, slotAt(slot)+"/start", struct {
		Again  bool   `json:"again,omitempty"`
		Reason string `json:"reason,omitempty"`
	}{again, reason}, &answer)
}

// Event reports what asks for a review outside its turn, and gives the slots
// concerned.
func (c *Client) Event(ctx context.Context, service string, e planning.Event, detail string) ([]planning.Slot, error) {
	var answer slots
	return answer.Items, c.post(ctx, "/v1/services/"+url.PathEscape(service)+"/events", map[string]string{"event": string(e), "detail": detail}, &answer)
}
