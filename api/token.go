package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/person"
)

// Issued is a new token; its secret is shown this once.
type Issued struct {
	ID      string    `json:"id"`
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
}

// TokenBody says how long a token lives; it may be left out.
type TokenBody struct {
	Days int `json:"days,omitempty" minimum:"1" maximum:"400" doc:"Until it expires; 90 if left out."`
}

type issuedOutput struct{ Body Issued }

func (s *server) tokens() {
	const path = "/v1/persons/{name}/tokens"
	tags := []string{"Tokens"}
	register(s, operation{body: jsonBody, secret: true, Operation: huma.Operation{
		OperationID: "issue-token", Method: http.MethodPost, Path: path, Tags: tags,
		Summary:       "Issue a bearer token for a person",
		Description:   "The secret is shown once and stored hashed; a repeat with the same Idempotency-Key is refused.",
		DefaultStatus: http.StatusCreated,
	}}, func(ctx context.Context, in *struct {
		NamePath
		Body *TokenBody
	}) (*issuedOutput, error) {
		days := 90
		if in.Body != nil && in.Body.Days > 0 {
			days = in.Body.Days
		}
		t, secret, err := s.Store.IssueToken(ctx, actorOf(ctx), s.Now(), in.Name, time.Duration(days)*24*time.Hour)
		if err != nil {
			return nil, err
		}
		return &issuedOutput{Issued{t.ID, secret, t.Expires}}, nil
	})
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-tokens", Method: http.MethodGet, Path: path, Tags: tags, Summary: "A person's tokens, newest first, without their secrets",
	}}, func(ctx context.Context, in *struct {
		NamePath
		Page
	}) (*listed[person.Token], error) {
		return items(s.Store.Tokens(ctx, in.Name, in.store()))
	})
	register(s, operation{Operation: huma.Operation{
		OperationID: "revoke-token", Method: http.MethodDelete, Path: path + "/{id}", Tags: tags,
		Summary: "End a token at once", DefaultStatus: http.StatusNoContent,
	}}, func(ctx context.Context, in *struct {
		NamePath
		ID string `path:"id" maxLength:"100"`
	}) (*struct{}, error) {
		return nil, s.Store.RevokeToken(ctx, actorOf(ctx), s.Now(), in.Name, in.ID)
	})
}
