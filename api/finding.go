package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/improvement"
)

func (s *server) findings() {
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-findings", Method: http.MethodGet, Path: "/v1/findings", Tags: []string{"Findings"},
		Summary:     "What was found and has to be dealt with, newest first",
		Description: "Those of the services that one owns or approves for; auditors and administrators see all, those of no service too. What is mended isn't listed.",
	}}, func(ctx context.Context, in *struct {
		Page
		Service string `query:"service" maxLength:"200" doc:"Of this service only."`
	}) (*listed[improvement.Finding], error) {
		want, err := s.caller(ctx).SelectFindings(ctx, in.Service)
		if err != nil {
			return nil, err
		}
		return items(s.Store.Findings(ctx, want, in.store()))
	})
}
