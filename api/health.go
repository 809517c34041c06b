package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

type health struct {
	Body struct {
		Status  string `json:"status"`
		Version string `json:"version,omitempty"`
	}
}

func (s *server) health() {
	register(s, operation{Operation: huma.Operation{
		OperationID: "healthz", Method: http.MethodGet, Path: "/healthz", Tags: []string{"Operation"},
		Summary: "Whether the process is alive",
	}}, func(context.Context, *struct{}) (*health, error) {
		out := &health{}
		out.Body.Status, out.Body.Version = "ok", s.Version
		return out, nil
	})
	register(s, operation{Operation: huma.Operation{
		OperationID: "readyz", Method: http.MethodGet, Path: "/readyz", Tags: []string{"Operation"},
		Summary: "Whether work is accepted; 503 while it isn't",
	}}, func(ctx context.Context, _ *struct{}) (*health, error) {
		if err := s.Ready(ctx); err != nil {
			return nil, notReady(err)
		}
		out := &health{}
		out.Body.Status = "ready"
		return out, nil
	})
}
