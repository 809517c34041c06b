package api

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/report/receipt"
)

func (s *server) reportTickets() {
	register(s, operation{lasts: receiptTime, Operation: huma.Operation{
		OperationID: "get-report-tickets", Method: http.MethodGet, Path: oneRun + "/tickets", Tags: []string{"Reports"},
		Summary: "Every breached and every excluded ticket of a run's report",
		Description: "By Accept: JSON, whose SHA-256 stands in the report (ticket_list.sha256), or a table as CSV for a spreadsheet. " +
			"For those who see the receipts: the service's owner, its approvers and auditors, after publication too. " +
			"Derived as a whole before it is sent, and complete if it is as long as Content-Length says.",
		Responses: map[string]*huma.Response{"200": {Description: "The list", Content: map[string]*huma.MediaType{
			"application/json": {Schema: &huma.Schema{Type: "object"}}, "text/csv": {Schema: &huma.Schema{Type: "string"}}}}},
	}}, func(ctx context.Context, in *struct {
		RunPath
		Lang string `query:"lang" enum:"de,en" doc:"The language of the table; else Accept-Language says it, or else what the report is about."`
	}) (*huma.StreamResponse, error) {
		r, err := s.caller(ctx).ReadForReceipts(ctx, in.id(ctx))
		if err != nil {
			return nil, err
		}
		p, f, err := s.derivable(ctx, r)
		if err != nil {
			return nil, err
		}
		if p.WriteTickets == nil {
			return nil, fault.New(fault.NotFound, text.F("Reports of %s have no list of tickets.", "Berichte von %s haben keine Liste von Tickets.", r.Process))
		}
		media, err := negotiate(requestOf(ctx).accept, "application/json", "text/csv")
		if err != nil {
			return nil, err
		}
		form, of := receipt.Form{}, derived{what: "tickets", media: media, ending: ".tickets.json"}
		if media == "text/csv" {
			if of.lang, err = s.languageFor(ctx, in.Lang, r.About); err != nil {
				return nil, err
			}
			form, of.media, of.ending = receipt.Form{CSV: true, Lang: of.lang}, "text/csv; charset=utf-8", ".tickets.csv"
		}
		return &huma.StreamResponse{Body: func(out huma.Context) {
			out.SetHeader("Vary", "Accept, Accept-Language")
			if of.lang != text.Lang("") {
				out.SetHeader("Content-Language", string(of.lang))
			}
			s.sendDerived(ctx, out, r, of, func(w io.Writer) error { return p.WriteTickets(w, r, f, s.cases(ctx), form) })
		}}, nil
	})
}
