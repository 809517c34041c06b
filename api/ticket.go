package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/ticket"
)

// ticketInput names a ticket. A number may have slashes and spaces: it is all
// that is left of the path.
type ticketInput struct {
	NamePath
	Number string `path:"number" maxLength:"200" doc:"As the source writes it, percent-encoded." example:"INC0000045"`
	Page
}

type ticketOutput struct {
	Body struct {
		ticket.Record
		Next *string `json:"next" doc:"The cursor of older versions; null at the end."`
	}
}

func (s *server) ticket() {
	register(s, operation{Operation: huma.Operation{
		OperationID: "get-ticket", Method: http.MethodGet, Path: "/v1/services/{name}/tickets/{number}", Tags: []string{"Imports"},
		Summary: "A ticket as it is known now, and each of its versions, newest first",
		Description: "For those who see receipts, which hold the tickets: the service's owner, its approvers and auditors. " +
			"Each version is as an import left it; a withdrawn one (withdrawn: true) has no events, and counts nowhere.",
	}}, func(ctx context.Context, in *ticketInput) (*ticketOutput, error) {
		if err := s.caller(ctx).CheckTickets(ctx, in.Name); err != nil {
			return nil, err
		}
		t, next, err := s.Store.Ticket(ctx, in.Name, in.Number, in.store())
		if err != nil {
			return nil, err
		}
		out := &ticketOutput{}
		if out.Body.Record = t; next != "" {
			out.Body.Next = &next
		}
		return out, nil
	})
}
