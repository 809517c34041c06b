package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/planning"
	"turnus/itsm/run"
	"turnus/runs"
	"turnus/store"
)

// WhyBody says why something is done to the plan.
type WhyBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000"`
}

type whyInput struct {
	NamePath
	Body WhyBody
}

func (in *whyInput) check() error { return worded("reason", in.Body.Reason) }

// worded wants more than blanks, of what an auditor reads.
func worded(field, s string) error {
	if strings.TrimSpace(s) != "" {
		return nil
	}
	return fault.Invalidf("body."+field, "Only blanks: say in words why, since an auditor asks.", "Nur Leerraum: in Worten sagen, warum, denn Auditierende fragen danach.")
}

// BackfillBody says which periods shall be started after all.
type BackfillBody struct {
	From   string `json:"from" maxLength:"40" doc:"The first date; periods that begin before it are left alone." example:"2026-01-01"`
	To     string `json:"to" maxLength:"40" doc:"The last date; periods that end after it are left alone." example:"2026-12-31"`
	Reason string `json:"reason" minLength:"1" maxLength:"2000"`
}

type backfillInput struct {
	NamePath
	Body BackfillBody

	from, to calendar.Date
}

func (in *backfillInput) check() error {
	var c fault.List
	for _, end := range []struct {
		field, s string
		d        *calendar.Date
	}{{"body.from", in.Body.From, &in.from}, {"body.to", in.Body.To, &in.to}} {
		d, err := calendar.ParseDate(end.s)
		if err != nil {
			c.Say(end.field, "%.40q isn't a date: use YYYY-MM-DD, as in 2026-10-05.", "%.40q ist kein Datum: JJJJ-MM-TT, etwa 2026-10-05.", end.s)
		} else if err := d.Reached(); err != nil {
			c.Add(fault.As(err).At(end.field))
		}
		*end.d = d
	}
	c.Add(worded("reason", in.Body.Reason))
	return c.Err()
}

// EventBody says what happened.
type EventBody struct {
	Event  planning.Event `json:"event" enum:"major-change,failed-drill,invocation"`
	Detail string         `json:"detail" minLength:"1" maxLength:"4000" doc:"What happened, in words."`
}

type eventInput struct {
	NamePath
	Body EventBody
}

func (in *eventInput) check() error { return worded("detail", in.Body.Detail) }

// SlotPath is a slot's three segments as they stand in a path.
type SlotPath struct {
	Process string `path:"process" maxLength:"100" example:"sla-report"`
	Scope   string `path:"scope" maxLength:"200" example:"payments"`
	Period  string `path:"period" maxLength:"20" example:"2026-10"`
}

func (p SlotPath) key() run.Key { return run.Key{Process: p.Process, Scope: p.Scope, Period: p.Period} }

type missInput struct {
	SlotPath
	Body WhyBody
}

func (in *missInput) check() error { return worded("reason", in.Body.Reason) }

// SlotStartBody says that a slot's run is wanted now; it may be left out.
type SlotStartBody struct {
	Again  bool   `json:"again,omitempty" doc:"Another attempt after a publication; needs a reason."`
	Reason string `json:"reason,omitempty" maxLength:"4000"`
}

type planOutput struct{ Body store.Plan }

type slotOutput struct{ Body planning.Slot }

func (s *server) planEdits() {
	const interval, slot = "/v1/intervals/{name}", "/v1/plan/{process}/{scope}/{period}"
	tags := []string{"Plan"}
	register(s, operation{body: jsonBody, Operation: huma.Operation{
		OperationID: "pause-interval", Method: http.MethodPost, Path: interval + "/pause", Tags: tags,
		Summary:       "Let an interval start nothing until it is resumed",
		Description:   "For the service's owner. Its slots fall due all the same. Pausing again changes nothing: the answer is what is on record.",
		DefaultStatus: http.StatusOK,
	}}, func(ctx context.Context, in *whyInput) (*planOutput, error) {
		if err := s.ownsInterval(ctx, in.Name); err != nil {
			return nil, err
		}
		return planned(s.Store.Pause(ctx, actorOf(ctx), s.Now(), in.Name, in.Body.Reason))
	})
	register(s, operation{body: jsonBody, Operation: huma.Operation{
		OperationID: "resume-interval", Method: http.MethodPost, Path: interval + "/resume", Tags: tags,
		Summary:       "End an interval's pause",
		Description:   "For the service's owner. What fell due meanwhile is caught up by the interval's rule: each, latest or none.",
		DefaultStatus: http.StatusOK,
	}}, func(ctx context.Context, in *whyInput) (*planOutput, error) {
		if err := s.ownsInterval(ctx, in.Name); err != nil {
			return nil, err
		}
		return planned(s.Store.Resume(ctx, actorOf(ctx), s.Now(), in.Name, in.Body.Reason))
	})
	register(s, operation{body: jsonBody, Operation: huma.Operation{
		OperationID: "backfill-interval", Method: http.MethodPost, Path: interval + "/backfill", Tags: tags,
		Summary:       "Start what was missed, or waits for a person, after all",
		Description:   "For the service's owner: the slots whose periods lie between two dates, at most ten years apart. Answers with those that are due again.",
		DefaultStatus: http.StatusOK,
	}}, func(ctx context.Context, in *backfillInput) (*listed[planning.Slot], error) {
		if err := s.ownsInterval(ctx, in.Name); err != nil {
			return nil, err
		}
		all, err := s.Store.Backfill(ctx, actorOf(ctx), s.Now(), in.Name, in.from, in.to, in.Body.Reason)
		return items(all, "", inBody(err))
	})
	register(s, operation{body: jsonBody, Operation: huma.Operation{
		OperationID: "miss-slot", Method: http.MethodPost, Path: slot + "/miss", Tags: tags,
		Summary:       "Record that a slot that is due won't be done",
		Description:   "For the service's owner. It opens a finding. The same person again gets what is on record.",
		DefaultStatus: http.StatusOK,
	}}, func(ctx context.Context, in *missInput) (*slotOutput, error) {
		slot, err := s.Store.Slot(ctx, in.key())
		if err != nil {
			return nil, err
		}
		if err := s.caller(ctx).CheckOwnerOf(ctx, slot.About, store.NoSlot(in.key())); err != nil {
			return nil, err
		}
		missed, err := s.Store.DeclareMissed(ctx, actorOf(ctx), s.Now(), in.key(), in.Body.Reason)
		if err != nil {
			return nil, err
		}
		return &slotOutput{missed}, nil
	})
	register(s, operation{body: jsonBody, Operation: huma.Operation{
		OperationID: "start-slot", Method: http.MethodPost, Path: slot + "/start", Tags: tags,
		Summary:       "Start a slot's run now",
		Description:   "As the start of its process does, with the period that the slot means: 202 with the run that begins, 200 with the one that exists.",
		DefaultStatus: http.StatusAccepted,
		Responses:     map[string]*huma.Response{"200": s.jsonResponse("The run that exists", Started{})},
	}}, func(ctx context.Context, in *struct {
		SlotPath
		Body *SlotStartBody
	}) (*startOutput, error) {
		slot, err := s.Store.Slot(ctx, in.key())
		if err != nil {
			return nil, err
		}
		start := runs.Start{Process: in.Process, Scope: in.Scope, Period: in.Period}
		if in.Body != nil {
			start.Again, start.Reason = in.Body.Again, in.Body.Reason
		}
		out, err := s.start(ctx, start)
		if err != nil {
			err = s.caller(ctx).Unseen(ctx, err, slot.About, store.NoSlot(in.key()))
		}
		return out, err
	})
	register(s, operation{body: jsonBody, Operation: huma.Operation{
		OperationID: "report-event", Method: http.MethodPost, Path: "/v1/services/{name}/events", Tags: tags,
		Summary:       "Report what asks for a review outside its turn",
		Description:   "For the service's owner. Of each interval that names the event, the slot is due now whose period its process means today; what is due or done already stays. Answers with the slots concerned.",
		DefaultStatus: http.StatusCreated,
	}}, func(ctx context.Context, in *eventInput) (*listed[planning.Slot], error) {
		if err := s.caller(ctx).CheckOwner(ctx, in.Name); err != nil {
			return nil, err
		}
		all, err := s.Store.Happened(ctx, actorOf(ctx), s.Now(), in.Body.Event, in.Name, in.Body.Detail, requestOf(ctx).once)
		return items(all, "", err)
	})
}

// ownsInterval refuses whoever doesn't own what an interval is about. One that
// isn't approved yet is not found.
func (s *server) ownsInterval(ctx context.Context, name string) error {
	p, err := s.Store.PlanOf(ctx, name)
	if err != nil {
		return err
	}
	return s.caller(ctx).CheckOwnerOf(ctx, p.About, store.NoPlan(name))
}

func planned(p store.Plan, err error) (*planOutput, error) {
	if err != nil {
		return nil, err
	}
	return &planOutput{p}, nil
}
