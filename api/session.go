package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/store"
)

func (s *server) sessions() {
	tags := []string{"Sessions"}
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-sessions", Method: http.MethodGet, Path: "/v1/sessions", Tags: tags,
		Summary:     "One's own sessions of the pages that haven't ended, newest first",
		Description: "Each was opened with a token and ends with it, after 12 hours, or by signing out.",
	}}, func(ctx context.Context, _ *struct{}) (*listed[store.Session], error) {
		all, err := s.Store.Sessions(ctx, s.Now(), actorOf(ctx).Person)
		return items(all, "", err)
	})
	register(s, operation{Operation: huma.Operation{
		OperationID: "end-session", Method: http.MethodDelete, Path: "/v1/sessions/{id}", Tags: tags,
		Summary: "End one of one's own sessions at once", DefaultStatus: http.StatusNoContent,
	}}, func(ctx context.Context, in *struct {
		ID string `path:"id" maxLength:"100"`
	}) (*struct{}, error) {
		return nil, s.Store.EndSession(ctx, actorOf(ctx), s.Now(), in.ID)
	})
}
