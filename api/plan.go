package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/store"
)

// Bounds of a preview: what a person can look through, and what is worked out
// while they wait.
const (
	maxPreview   = 5000 // slots
	maxPreviewed = 500  // intervals
	previewYears = 30   // ahead
)

// DueSpan selects slots by when they are due, in [from, to).
type DueSpan struct {
	From string `query:"from" maxLength:"40" doc:"Due from then on: an instant in RFC 3339, or a date, which means its start in UTC." example:"2026-10-01"`
	To   string `query:"to" maxLength:"40" doc:"Due before then; likewise." example:"2027-01-01"`

	from, to *time.Time
}

// check reads both ends.
func (d *DueSpan) check() error {
	var c fault.List
	var err error
	d.from, err = moment("query.from", d.From)
	c.Add(err)
	d.to, err = moment("query.to", d.To)
	c.Add(err)
	if d.from != nil && d.to != nil && d.to.Before(*d.from) {
		c.Say("query.to", "This ends before it begins: to is %s or later.", "Das endet, bevor es beginnt: to ist frühestens %s.", d.From)
	}
	return c.Err()
}

// moment reads an instant, or a date as its start in UTC; nil for nothing.
func moment(field, s string) (*time.Time, error) {
	if s == "" {
		return nil, nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			t = t.UTC()
			if err := calendar.DateOf(t).Reached(); err != nil {
				return nil, fault.As(err).At(field)
			}
			return &t, nil
		}
	}
	return nil, fault.Invalidf(field, "%.40q is neither an instant nor a date: use RFC 3339, as in 2026-10-05T06:00:00Z, or 2026-10-05 for its start in UTC.",
		"%.40q ist weder ein Zeitpunkt noch ein Datum: RFC 3339, etwa 2026-10-05T06:00:00Z, oder 2026-10-05 für dessen Beginn in UTC.", s)
}

// previewInput is a plan that isn't applied yet.
type previewInput struct {
	DueSpan
	Declared
}

func (in *previewInput) check() error {
	if err := in.DueSpan.check(); err != nil {
		return err
	}
	if err := in.Declared.check(); err != nil {
		return err
	}
	for _, d := range in.docs {
		if d.Kind == resource.Interval {
			return nil
		}
	}
	return fault.Invalidf("body", "there is no Interval in it, and nothing else has slots", "Darin steht kein Intervall: Nur Intervalle haben Termine.")
}

func (s *server) plan() {
	tags := []string{"Plan"}
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-slots", Method: http.MethodGet, Path: "/v1/plan", Tags: tags,
		Summary:     "Slots with their states, by due date",
		Description: "Those of what one sees, as with runs. A slot is one planned occurrence of an interval, and names the period that its run reports on. What it waits for, or why it was missed or waived, is its reason; missed is when it was recorded as missed, which stays when it is started after all, done or waived afterwards.",
	}}, func(ctx context.Context, in *struct {
		DueSpan
		Page
		Process string `query:"process" maxLength:"100"`
		Service string `query:"service" maxLength:"200"`
		State   string `query:"state" enum:"planned,due,in-work,done,done-late,missed,waived,open" doc:"open: planned, due or in work."`

		Interval []string `query:"interval" maxItems:"100" doc:"Of these intervals only, by name, with commas between."`
	}) (*listed[planning.Slot], error) {
		who := s.caller(ctx)
		want := store.Slots{From: in.from, To: in.to, Process: in.Process, Service: in.Service, State: in.State, Intervals: in.Interval}
		all, next, err := s.Store.Slots(ctx, who.SelectPlan(want), in.store())
		if err == nil {
			err = s.inZones(ctx, all)
		}
		for i := range all {
			if err == nil {
				all[i], err = who.ShowSlot(ctx, all[i])
			}
		}
		return items(all, next, err)
	})

	register(s, operation{Operation: huma.Operation{
		OperationID: "list-ledgers", Method: http.MethodGet, Path: "/v1/plan/ledger", Tags: tags,
		Summary:     "What became of the slots of each interval",
		Description: "Of what one sees. At every moment planned = done + late + missed + waived + open. waived_late and missed_then_waived are parts of waived: waived when the tolerance had ended, and after the slot had been recorded as missed. With from and to the slots due then are counted, of the intervals that have any. All of them at once, unless a limit is given.",
	}}, func(ctx context.Context, in *struct {
		DueSpan
		Limit    int    `query:"limit" minimum:"1" maximum:"500" doc:"How many items at most; all, if it is left out."`
		Cursor   string `query:"cursor" maxLength:"2000" doc:"Where to go on: next of the part before."`
		Process  string `query:"process" maxLength:"100"`
		Service  string `query:"service" maxLength:"200"`
		Interval string `query:"interval" maxLength:"200" doc:"Of this one only, by name."`
	}) (*listed[store.Ledger], error) {
		of := store.Of{From: in.from, To: in.to, Process: in.Process, Service: in.Service, Interval: in.Interval}
		return items(s.caller(ctx).Ledgers(ctx, of, store.Page{Limit: in.Limit, Cursor: in.Cursor}))
	})
	s.slotStory()

	register(s, operation{body: documents, Operation: huma.Operation{
		OperationID: "preview-plan", Method: http.MethodPost, Path: "/v1/plan/preview", Tags: tags,
		Summary:       "The slots that intervals would have which aren't applied",
		Description:   "The body is as for apply; nothing of it is kept, and services and calendars are those that are declared. From now to thirteen months ahead, if from and to are left out.",
		DefaultStatus: http.StatusOK,
	}}, s.previewPlan)
}

func (s *server) previewPlan(ctx context.Context, in *previewInput) (*listed[planning.Slot], error) {
	now := s.Now().UTC()
	from, to := now, planning.Ahead(now)
	if in.from != nil {
		from = *in.from
	}
	if in.to != nil {
		to = *in.to
	} else if to.Before(from) {
		to = planning.Ahead(from)
	}
	if last := now.AddDate(previewYears, 0, 0); to.After(last) {
		return nil, fault.Invalidf("query.to", "A preview reaches %[1]d years ahead: use %[2]s or earlier.",
			"Eine Vorschau reicht %[1]d Jahre voraus: höchstens %[2]s.", previewYears, last.Format(time.DateOnly))
	}
	if to.Before(from) {
		return nil, fault.Invalidf("query.to", "This ends before it begins: give a to that is later than %s.",
			"Das endet, bevor es beginnt: to später als %s angeben.", from.Format(time.RFC3339))
	}
	if err := s.caller(ctx).CheckPreview(ctx, in.docs); err != nil {
		return nil, err
	}
	if err := fewEnough(ctx, in.docs, from, to); err != nil {
		return nil, err
	}
	all, err := s.Store.Preview(ctx, now, in.docs, from, to)
	if err == nil && len(all) > maxPreview {
		err = tooManySlots()
	}
	return items(all, "", err)
}

// fewEnough counts the slots of a preview before they are worked out, and
// refuses what is too much.
func fewEnough(ctx context.Context, docs []resource.Raw, from, to time.Time) error {
	intervals, slots := 0, 0
	for _, d := range docs {
		if d.Kind != resource.Interval {
			continue
		}
		if intervals++; intervals > maxPreviewed {
			return fault.Invalidf("body", "A preview is of %d intervals at most: ask for fewer at a time.",
				"Eine Vorschau umfasst höchstens %d Intervalle: Weniger auf einmal abfragen.", maxPreviewed)
		}
		var spec planning.Spec
		if err := json.Unmarshal(d.Spec, &spec); err != nil {
			return err
		}
		n, err := spec.Count(from, to)
		if err != nil {
			return err
		}
		if slots += n; slots-2*intervals > maxPreview { // at both ends a slot may be moved out
			return tooManySlots()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func tooManySlots() error {
	return fault.Invalidf("query.to", "These are more than %[1]d slots, and a preview shows no more: ask for a shorter span, or for fewer intervals at a time.",
		"Das sind mehr als %[1]d Termine, und mehr zeigt eine Vorschau nicht: Einen kürzeren Zeitraum abfragen oder weniger Intervalle auf einmal.", maxPreview)
}
