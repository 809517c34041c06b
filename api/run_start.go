package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/runs"
	"turnus/store"
)

// Process is an entry of the catalogue as it is shown.
type Process struct {
	Name     string         `json:"name"`
	Title    text.Text      `json:"title"`
	Clauses  []string       `json:"clauses" doc:"Of ISO/IEC 20000-1:2018."`
	Scope    process.Scope  `json:"scope" doc:"What a run is about."`
	Grain    calendar.Grain `json:"grain" doc:"The length of its periods."`
	Covered  bool           `json:"covered" doc:"The period must be over and covered by imported data."`
	Starters []person.Role  `json:"starters" doc:"Who may start it, for what they own; nobody, where it begins by itself."`
	Interval string         `json:"interval,omitempty"`
}

// StartBody says which run is wanted.
type StartBody struct {
	Service     string `json:"service,omitempty" maxLength:"200" doc:"The service, where the process is about one."`
	Scope       string `json:"scope,omitempty" maxLength:"200" doc:"What the run is about, where that is something else; the organisation may be left out."`
	Period      string `json:"period,omitempty" maxLength:"20" doc:"2026, 2026-Q4, 2026-10 or 2026-10-05; left out where a run begins on the day of its start." example:"2026-10"`
	Provisional bool   `json:"provisional,omitempty" doc:"Permits a provisional run where the period isn't over or covered."`
	Again       bool   `json:"again,omitempty" doc:"Another attempt after the one that ended; needs a reason."`
	Reason      string `json:"reason,omitempty" maxLength:"4000"`
	Retests     string `json:"retests,omitempty" maxLength:"200" doc:"Of a drill: the run that it repeats." example:"continuity-drill/payments-region/2026-10-05"`
}

type startInput struct{ Body StartBody }

// scopeFor is the scope that is wanted of a process. There is one organisation at
// most, so that it need not be named.
func (b StartBody) scopeFor(p process.Process) (string, error) {
	switch {
	case b.Service != "" && p.Scope != process.OfService:
		return "", fault.Invalidf("body.service", "%s isn't about a service: leave service out, or give scope",
			"%s betrifft keinen Service: service weglassen oder scope angeben.", p.Name)
	case b.Service != "" && b.Scope != "" && b.Service != b.Scope:
		return "", fault.Invalidf("body.scope", "service and scope differ: give one of them", "service und scope unterscheiden sich: Eines von beiden angeben.")
	case b.Service == "" && b.Scope == "" && p.Scope == process.OfService:
		return "", fault.Invalidf("body.service", "which service? %s is about one: give service", "Welcher Service? %s betrifft einen: service angeben.", p.Name)
	case b.Service != "":
		return b.Service, nil
	}
	return b.Scope, nil
}

// Started says which run was started, or found.
type Started struct {
	ID    string    `json:"id" example:"sla-report/payments/2026-10"`
	State run.State `json:"state"`
	Href  string    `json:"href" example:"/v1/runs/sla-report/payments/2026-10"`
}

type startOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     Started
}

func (s *server) processes() {
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-processes", Method: http.MethodGet, Path: "/v1/processes", Tags: []string{"Processes"},
		Summary: "The catalogue of processes",
	}}, func(context.Context, *Page) (*listed[Process], error) {
		var all []Process
		for _, p := range process.Catalogue() {
			starters := append([]person.Role{}, p.Starters...) // an empty list, not null, where it begins by itself
			all = append(all, Process{p.Name, p.Title, p.Clauses, p.Scope, p.Grain, p.Covered(), starters, p.Interval})
		}
		return items(all, "", nil)
	})

	for _, p := range process.Catalogue() {
		if !p.Started() {
			continue
		}
		register(s, operation{body: jsonBody, Operation: huma.Operation{
			OperationID: "start-" + p.Name, Method: http.MethodPost, Path: "/v1/processes/" + p.Name + "/runs", Tags: []string{"Runs"},
			Summary:       "Start: " + p.Title.En,
			Description:   "202 with the run that begins, 200 with the one that exists. A run that was rejected, cancelled, failed or provisional is followed by another attempt; a published one only with again and a reason.",
			DefaultStatus: http.StatusAccepted,
			Responses:     map[string]*huma.Response{"200": s.jsonResponse("The run that exists", Started{})},
		}}, func(ctx context.Context, in *startInput) (*startOutput, error) {
			if p.Planned() && in.Body.Period == "" {
				return nil, fault.Invalidf("body.period", "the field period is missing: give one as in 2026-10", "Das Feld period fehlt. Anzugeben ist eine Periode, etwa 2026-10.")
			}
			scope, err := in.Body.scopeFor(p)
			if err != nil {
				return nil, err
			}
			out, err := s.start(ctx, runs.Start{Process: p.Name, Scope: scope, Period: in.Body.Period,
				Provisional: in.Body.Provisional, Again: in.Body.Again, Reason: in.Body.Reason, Retests: in.Body.Retests})
			if err != nil {
				err = s.unseenScope(ctx, p, scope, err)
			}
			if f := fault.As(err); f != nil && f.Field == "scope" && in.Body.Service != "" {
				named := *f
				named.Field = "service" // as it was given
				err = &named
			}
			return out, err
		})
	}
}

// unseenScope gives the reason why a run wasn't started; of a scope of which the
// caller sees nothing, that it isn't there.
func (s *server) unseenScope(ctx context.Context, p process.Process, name string, why error) error {
	about := resource.Service.Ref(name)
	switch p.Scope {
	case process.OfService:
	case process.OfContinuityPlan:
		scope, err := s.Store.Scope(ctx, p, name)
		if err != nil {
			return why
		}
		about = scope.About
	default:
		return why
	}
	unknown := fault.As(store.NoScope(p, name))
	return s.caller(ctx).Unseen(ctx, why, about, fault.New(fault.NotFound, unknown.Message).At(unknown.Field))
}

// start starts a run or finds it; a repeat of the request finds its own.
func (s *server) start(ctx context.Context, wanted runs.Start) (*startOutput, error) {
	wanted.Request = requestOf(ctx).once
	r, created, err := s.Runs.Start(ctx, actorOf(ctx), wanted)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).run = r.ID
	out := &startOutput{Status: http.StatusOK, Body: Started{r.ID, r.State, "/v1/runs/" + r.ID}}
	if created {
		out.Status, out.Location = http.StatusAccepted, out.Body.Href
	}
	return out, nil
}
