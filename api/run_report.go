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
	register(s, operation{Operation: huma.Operation{
		OperationID: "get-report", Method: http.MethodGet, Path: oneRun + "/report", Tags: []string{"Reports"},
		Summary:     "A run's report: published, or else the draft",
		Description: "In the format that Accept asks for. Not found before the first draft. With round, the draft of that round, for those who see drafts. Everybody who is signed in reads published reports; drafts are for the service's owner, its approvers and auditors.",
		Responses:   map[string]*huma.Response{"200": content},
	}}, func(ctx context.Context, in *struct {
		RunPath
		Round int    `query:"round" minimum:"1" maximum:"100000" doc:"One of the run's rounds, instead of the last."`
		Lang  string `query:"lang" enum:"de,en" doc:"The language of the page; else Accept-Language says it, or else what the report is about."`
	}) (*reportOutput, error) {
		r, err := s.Store.ReportOfRound(ctx, in.id(ctx), in.Round)
		if err != nil {
			return nil, err
		}
		check := s.caller(ctx).CheckReport
		if in.Round > 0 {
			check = s.caller(ctx).CheckRound
		}
		if err := check(ctx, r); err != nil {
			return nil, err
		}
		format, err := negotiate(requestOf(ctx).accept, "application/json", "text/html")
		if err != nil {
			return nil, err
		}
		lang, err := s.languageFor(ctx, in.Lang, r.About)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		out := &reportOutput{ContentType: format, Vary: "Accept, Accept-Language"}
		if format == "text/html" {
			out.ContentType, out.Language, out.Policy = "text/html; charset=utf-8", string(lang), pagePolicy
			err = render.HTML(&b, r, lang)
		} else {
			r.Receipts, r.Tickets = receiptsAt(r), ticketsAt(r)
			err = render.JSON(&b, r)
		}
		if err != nil {
			return nil, err
		}
		out.Body = b.Bytes()
		return out, s.exported(ctx, r, format, lang)
	})
}

// exported puts on record who was sent which report.
func (s *server) exported(ctx context.Context, r report.Report, format string, lang text.Lang) error {
	what := map[string]any{"version": r.Version, "hash": r.Hash, "format": format}
	if lang != "" {
		what["lang"] = lang
	}
	return s.Store.Record(ctx, actorOf(ctx), s.Now(), "report.exported", "run/"+r.Run, what)
}
