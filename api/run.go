package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/report"
	"turnus/store"
)

// RunPath is a run's ID as it stands in a path: three segments.
type RunPath struct {
	Process string `path:"process" maxLength:"100" example:"sla-report"`
	Scope   string `path:"scope" maxLength:"200" example:"payments"`
	Period  string `path:"period" maxLength:"30" doc:"With .2 for the second attempt." example:"2026-10"`
}

// id is the run's ID; the log line names it from here on.
func (p RunPath) id(ctx context.Context) string {
	id := p.Process + "/" + p.Scope + "/" + p.Period
	requestOf(ctx).run = id
	return id
}

const oneRun = "/v1/runs/{process}/{scope}/{period}"

type runOutput struct{ Body run.Run }

// ListedRun is a run in a list.
type ListedRun struct {
	run.Run
	Results []report.Figure `json:"results,omitempty" doc:"Of a published report the figures that are held against a target or a limit; where they were asked for."`
}

// CancelBody says why a run ends.
type CancelBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"4000"`
}

func (s *server) runs() {
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-runs", Method: http.MethodGet, Path: "/v1/runs", Tags: []string{"Runs"},
		Summary:     "Runs, newest first",
		Description: "Those of what one sees: what one owns or approves for, and what one's view gives; auditors and administrators see all. Tasks, decisions and reasons of a run that isn't published are shown to the service's owner, its approvers and auditors.",
	}}, func(ctx context.Context, in *struct {
		Page
		Process string `query:"process" maxLength:"100"`
		Service string `query:"service" maxLength:"10000" doc:"Of this service; of several with commas between them."`
		Scope   string `query:"scope" maxLength:"200"`
		Period  string `query:"period" maxLength:"20" doc:"With process and scope: the attempts of one."`
		State   string `query:"state" enum:"collecting,drafting,waiting,published,rejected,cancelled,failed,provisional,live"`
		InForce string `query:"in_force" enum:"each,newest" doc:"Only runs whose reports are in force: of each period, or of the newest period of each process and scope (months, quarters and years each for themselves)."`
		Results bool   `query:"results" doc:"With the results of published reports, as far as one sees these."`
	}) (*listed[ListedRun], error) {
		who := s.caller(ctx)
		all, next, err := s.Store.Runs(ctx, who.SelectRuns(store.Runs{Process: in.Process, Service: in.Service, Scope: in.Scope, Period: in.Period, State: in.State, InForce: in.InForce}), in.store())
		if err != nil {
			return nil, err
		}
		list := make([]ListedRun, len(all))
		for i, r := range all {
			if list[i].Run, err = who.ShowRun(ctx, r); err != nil {
				return nil, err
			}
		}
		if in.Results {
			results, err := who.Results(ctx, all)
			if err != nil {
				return nil, err
			}
			for i, r := range all {
				list[i].Results = results[r.ID]
			}
		}
		return items(list, next, nil)
	})

	register(s, operation{Operation: huma.Operation{
		OperationID: "get-run", Method: http.MethodGet, Path: oneRun, Tags: []string{"Runs"},
		Summary: "A run with its state, and with tasks and decisions for those whom they concern",
	}}, func(ctx context.Context, in *struct {
		RunPath
		Newest int `query:"newest" minimum:"0" maximum:"500" doc:"Only so many of the open tasks, those that are due first, and so many that have ended, the newest, with their decisions. left_out counts the others. All, where it isn't given."`
	}) (*runOutput, error) {
		r, err := s.Store.RunNewest(ctx, in.id(ctx), in.Newest)
		if err != nil {
			return nil, err
		}
		if r.Rounds, err = s.Store.Rounds(ctx, r.ID); err != nil {
			return nil, err
		}
		return s.shown(ctx, r)
	})

	register(s, operation{body: jsonBody, Operation: huma.Operation{
		OperationID: "cancel-run", Method: http.MethodPost, Path: oneRun + "/cancel", Tags: []string{"Runs"},
		Summary:       "End a run without a result",
		Description:   "For the owner of what the run is about, and administrators. Of a drill that has begun it takes nothing back, as an abort in the task of whoever conducts it does; where the return to normal operation isn't verified, a finding says so.",
		DefaultStatus: http.StatusOK,
	}}, func(ctx context.Context, in *struct {
		RunPath
		Body CancelBody
	}) (*runOutput, error) {
		r, err := s.Runs.Cancel(ctx, actorOf(ctx), in.id(ctx), in.Body.Reason)
		if err != nil {
			return nil, s.unseenRun(ctx, err, in.id(ctx))
		}
		return s.shown(ctx, r)
	})

	register(s, operation{Operation: huma.Operation{
		OperationID: "refresh-run", Method: http.MethodPost, Path: oneRun + "/refresh", Tags: []string{"Runs"},
		Summary:       "Begin another round while one waits, on what is known now",
		Description:   "For the owner of what the run is about, of an SLA report. What was asked in the round that waits is closed without an answer, and the report is drafted anew. 409 where the run doesn't wait, or its round was decided. 503 means that it isn't confirmed: ask again with the same Idempotency-Key.",
		DefaultStatus: http.StatusOK,
	}}, func(ctx context.Context, in *RunPath) (*runOutput, error) {
		r, err := s.Runs.Refresh(ctx, actorOf(ctx), in.id(ctx))
		if err != nil {
			return nil, s.unseenRun(ctx, err, in.id(ctx))
		}
		return s.shown(ctx, r)
	})
}

// unseenRun gives the error of something done to a run, to whoever sees nothing of
// the run as if it weren't there.
func (s *server) unseenRun(ctx context.Context, why error, id string) error {
	if !fault.Is(why, fault.Forbidden) {
		return why
	}
	about, err := s.Store.AboutOfRun(ctx, id)
	if err != nil {
		return err
	}
	return s.caller(ctx).Unseen(ctx, why, about, store.NoRun(id))
}

func (s *server) shown(ctx context.Context, r run.Run) (*runOutput, error) {
	r, err := s.caller(ctx).ShowRun(ctx, r)
	if err != nil {
		return nil, err
	}
	return &runOutput{r}, nil
}
