package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/agreement"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/store"
)

// ExclusionBody is what a proposal says. Who makes it says the token alone.
type ExclusionBody struct {
	Tickets   []string                  `json:"tickets" nullable:"false" minItems:"1" maxItems:"1000" doc:"Their numbers as they were imported, each once."`
	Agreement string                    `json:"agreement,omitempty" maxLength:"63" doc:"Of the service; under every agreement if left out."`
	Target    string                    `json:"target,omitempty" maxLength:"63" doc:"Of the agreement; under every target if left out."`
	Reason    agreement.ExclusionReason `json:"reason" enum:"maintenance,customer,force-majeure,duplicate,retracted,spam"`
	Detail    string                    `json:"detail" minLength:"1" maxLength:"4000" doc:"What happened, in words."`
	Evidence  string                    `json:"evidence" minLength:"1" maxLength:"4000" doc:"Where it can be seen: an address, the number of a change."`
}

func (b ExclusionBody) of(service string) agreement.Exclusion {
	return agreement.Exclusion{Service: service, Tickets: b.Tickets, Agreement: b.Agreement, Target: b.Target, Reason: b.Reason, Detail: b.Detail, Evidence: b.Evidence}
}

type exclusionInput struct {
	NamePath
	Body ExclusionBody
}

func (in *exclusionInput) check() error { return inBody(in.Body.of(in.Name).Check()) }

// WithdrawBody says why an exclusion shall not count.
type WithdrawBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"4000"`
}

type withdrawInput struct {
	ExclusionPath
	Body WithdrawBody
}

func (in *withdrawInput) check() error {
	return inBody(agreement.Withdrawal{Reason: in.Body.Reason}.Check())
}

// inBody says of what isn't acceptable that it stands in the body.
func inBody(err error) error {
	var all []error
	for _, f := range fault.All(err) {
		if f.Code == fault.Invalid {
			f = f.At("body")
		}
		all = append(all, f)
	}
	if all == nil {
		return err
	}
	return errors.Join(all...)
}

type ExclusionPath struct {
	NamePath
	ID int64 `path:"id" minimum:"1"`
}

type exclusionOutput struct{ Body agreement.Exclusion }

type proposedOutput struct {
	Location string `header:"Location"`
	Body     agreement.Exclusion
}

func (s *server) exclusions() {
	const path = "/v1/services/{name}/exclusions"
	tags := []string{"Exclusions"}
	register(s, operation{body: jsonBody, Operation: huma.Operation{
		OperationID: "propose-exclusion", Method: http.MethodPost, Path: path, Tags: tags,
		Summary:       "Propose to leave tickets out of the figures",
		Description:   "For the service's owner. It counts in the reports that are drafted from then on, which show their figures with and without it, and is approved with them: by somebody else than its proposer.",
		DefaultStatus: http.StatusCreated,
	}}, func(ctx context.Context, in *exclusionInput) (*proposedOutput, error) {
		if err := s.caller(ctx).CheckOwner(ctx, in.Name); err != nil {
			return nil, err
		}
		e, err := s.Store.ProposeExclusion(ctx, actorOf(ctx), s.Now(), in.Body.of(in.Name), requestOf(ctx).once)
		if err != nil {
			return nil, inBody(err)
		}
		return &proposedOutput{fmt.Sprintf("/v1/services/%s/exclusions/%d", e.Service, e.ID), e}, nil
	})
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-exclusions", Method: http.MethodGet, Path: path, Tags: tags,
		Summary:     "A service's exclusions, newest first",
		Description: "For the service's owner, its approvers, auditors and administrators; the withdrawn ones are among them.",
	}}, func(ctx context.Context, in *struct {
		NamePath
		Page
	}) (*listed[agreement.Exclusion], error) {
		if err := s.caller(ctx).CheckConcerned(ctx, in.Name); err != nil {
			return nil, err
		}
		return items(s.Store.Exclusions(ctx, in.Name, in.store()))
	})
	register(s, operation{Operation: huma.Operation{
		OperationID: "get-exclusion", Method: http.MethodGet, Path: path + "/{id}", Tags: tags, Summary: "An exclusion",
	}}, func(ctx context.Context, in *ExclusionPath) (*exclusionOutput, error) {
		e, err := s.Store.Exclusion(ctx, in.Name, in.ID)
		if err == nil {
			err = s.caller(ctx).CheckExclusion(ctx, e)
		}
		if err != nil {
			return nil, err
		}
		return &exclusionOutput{e}, nil
	})
	register(s, operation{body: jsonBody, Operation: huma.Operation{
		OperationID: "withdraw-exclusion", Method: http.MethodPost, Path: path + "/{id}/withdraw", Tags: tags,
		Summary:       "End an exclusion for the reports to come",
		Description:   "For the service's owner. Published reports stay as they are, and so does a draft that waits for its approval. The same person again gets what is on record.",
		DefaultStatus: http.StatusOK,
	}}, func(ctx context.Context, in *withdrawInput) (*exclusionOutput, error) {
		if _, err := s.Store.Exclusion(ctx, in.Name, in.ID); err != nil {
			return nil, err
		}
		if err := s.caller(ctx).CheckOwnerOf(ctx, resource.Service.Ref(in.Name), store.NoExclusion(in.Name, in.ID)); err != nil {
			return nil, err
		}
		e, err := s.Store.WithdrawExclusion(ctx, actorOf(ctx), s.Now(), in.Name, in.ID, in.Body.Reason)
		if err != nil {
			return nil, err
		}
		return &exclusionOutput{e}, nil
	})
}
