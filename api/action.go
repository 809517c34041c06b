package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/improvement"
	"turnus/store"
)

func (s *server) actions() {
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-actions", Method: http.MethodGet, Path: "/v1/actions", Tags: []string{"Findings"},
		Summary:     "Actions of approved plans, those that are due first",
		Description: "One's own, and those of the services and the organisation that one owns or approves for; auditors and administrators see all.",
	}}, func(ctx context.Context, in *struct {
		Page
		Owner   string `query:"owner" maxLength:"200" doc:"Of this person only."`
		State   string `query:"state" enum:"open,done,effective,ineffective,dropped"`
		Finding int64  `query:"finding" minimum:"0" doc:"Of this finding only."`
		Mine    bool   `query:"mine" doc:"Only one's own."`
		Overdue bool   `query:"overdue" doc:"Only those that are open past their due date, in UTC."`
	}) (*listed[improvement.ActionLine], error) {
		want := store.Actions{Owner: in.Owner, State: in.State, Finding: in.Finding, Overdue: in.Overdue}
		if in.Mine {
			want.Mine = actorOf(ctx).Person
		}
		return items(s.Store.Actions(ctx, s.Now(), s.caller(ctx).SelectActions(want), in.store()))
	})
}
