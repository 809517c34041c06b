package api

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/render"
)

type reportOutput struct {
	ContentType string `header:"Content-Type"`
	Language    string `header:"Content-Language"`
	Policy      string `header:"Content-Security-Policy"`
	Vary        string `header:"Vary"`
	Body        []byte
}

// pagePolicy lets a report's page use its own style and pictures, and nothing
// from anywhere else.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (s *server) report() {
	content := s.jsonResponse("The report", report.Report{})
	content.Content["text/html"] = &huma.MediaType{Schema: &huma.Schema{Type: "string"}}
	content.Content["text/css"] = &huma.MediaType{Schema: &huma.Schema{Type: "string"}}
	register(s, operation{Operation: huma.Operation{
		OperationID: "get-report", Method: http.MethodGet, Path: oneRun + "/report", Tags: []string{"Reports"},
		Summary:     "A run's report: published, or else the draft",
		Description: "In the format that Accept asks for; text/css is what stands in the margins of its printed pages. Not found before the first draft, and for whoever sees nothing of what it is about. Published reports are for those whose view names the service, its owner and approvers, auditors and administrators; a customer's person gets an extract (extract), which holds what carries that customer's agreements. With round, the draft of that round, for those who see drafts. Drafts are for the service's owner, its approvers and auditors.",
		Responses:   map[string]*huma.Response{"200": content},
	}}, func(ctx context.Context, in *struct {
		RunPath
		Round int    `query:"round" minimum:"1" maximum:"100000" doc:"One of the run's rounds, instead of the last."`
		Lang  string `query:"lang" enum:"de,en" doc:"The language of the page; else Accept-Language says it, or else what the report is about."`
		As    string `query:"as" enum:"page" doc:"How it is shown, for the record: on a page that is read, and not as a file that is kept."`
	}) (*reportOutput, error) {
		r, err := s.caller(ctx).ReadReport(ctx, in.id(ctx), in.Round)
		if err != nil {
			return nil, err
		}
		format, err := negotiate(requestOf(ctx).accept, "application/json", "text/html", "text/css")
		if err != nil {
			return nil, err
		}
		lang, err := s.languageFor(ctx, in.Lang, r.About)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		out := &reportOutput{ContentType: format, Vary: "Accept, Accept-Language"}
		switch format {
		case "text/html":
			out.ContentType, out.Language, out.Policy = "text/html; charset=utf-8", string(lang), pagePolicy
			err = render.HTML(&b, r, lang)
		case "text/css":
			out.ContentType, out.Language = "text/css; charset=utf-8", string(lang)
			err = render.Margins(&b, r, lang)
		default:
			if r.Extract == nil {
				r.Receipts, r.Tickets = receiptsAt(r), ticketsAt(r)
			}
			err = render.JSON(&b, r)
		}
		if err != nil {
			return nil, err
		}
		out.Body = b.Bytes()
		if format == "text/css" { // nothing of the report
			return out, nil
		}
		return out, s.exported(ctx, r, export{format: format, lang: lang, as: in.As})
	})
}

// export says what of a report somebody was sent.
type export struct {
	format string
	lang   text.Lang // empty: in both, or in none
	as     string    // page: to be read there; empty: as a file
}

// exported puts on record who was sent which report.
func (s *server) exported(ctx context.Context, r report.Report, e export) error {
	what := map[string]any{"version": r.Version, "hash": r.Hash, "format": e.format}
	if e.lang != "" {
		what["lang"] = e.lang
	}
	if e.as != "" {
		what["as"] = e.as
	}
	if r.Extract != nil {
		what["extract"] = r.Extract
	}
	return s.Store.Record(ctx, actorOf(ctx), s.Now(), "report.exported", "run/"+r.Run, what)
}
