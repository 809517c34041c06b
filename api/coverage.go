package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/continuity"
	"turnus/store"
)

const coverageAt = "/v1/coverage"

func (s *server) continuity() {
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-coverage", Method: http.MethodGet, Path: coverageAt, Tags: []string{"Continuity"},
		Summary: "What is proved of each objective of the continuity plans, by service, plan and objective",
		Description: "It follows from published drills, and from real outages of which published availability reviews decided what they say: last_proved, run and type are those of the last one that passed, of a type that measures; an estimate moves nothing. Of an outage type is outage, and run the review. " +
			"since lists what puts that in doubt: later versions of the plan, agreements, dependencies, major changes, drills and outages that failed and that none passed since, carried through, that is no weaker, and that the last one itself was aborted or left steps undone. " +
			"For those who see the published reports of the service.",
	}}, func(ctx context.Context, in *struct {
		Page
		Service string           `query:"service" maxLength:"200" doc:"Of this service only."`
		State   continuity.State `query:"state" enum:"failed,stale,doubtful,proved,never"`
	}) (*listed[continuity.Coverage], error) {
		want, err := s.caller(ctx).SelectCoverage(ctx, store.ContinuityCovered{Service: in.Service, State: in.State})
		if err != nil {
			return nil, err
		}
		return items(s.Store.ContinuityCoverage(ctx, s.Now(), want, in.store()))
	})
	s.coverageExport()
}
