package api

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/report/continuityplan"
	"turnus/store"
)

type exportInput struct {
	Service string `query:"service" maxLength:"200" doc:"The plans of this service only."`
	Lang    string `query:"lang" enum:"de,en" doc:"The language; else Accept-Language says it, or else the service."`
}

func (s *server) coverageExport() {
	content := &huma.Response{Description: "The plans", Content: map[string]*huma.MediaType{}}
	for _, media := range []string{"text/html", "text/plain"} {
		content.Content[media] = &huma.MediaType{Schema: &huma.Schema{Type: "string"}}
	}
	register(s, operation{Operation: huma.Operation{
		OperationID: "export-coverage", Method: http.MethodGet, Path: coverageAt + "/export", Tags: []string{"Continuity"},
		Summary: "The continuity plans in force with their contacts, to be kept where they can be read when Turnus can't be reached",
		Description: "In the format that Accept asks for: one page for screen and paper that needs nothing else, or plain text. For the service's owner and approvers, auditors and administrators; " +
			"of all services those that one may take out. Who takes them out is on record.",
		Responses: map[string]*huma.Response{"200": content},
	}}, s.exportPlans)
}

func (s *server) exportPlans(ctx context.Context, in *exportInput) (*reportOutput, error) {
	want, err := s.caller(ctx).SelectPlans(ctx, in.Service)
	if err != nil {
		return nil, err
	}
	format, err := negotiate(requestOf(ctx).accept, "text/html", "text/plain")
	if err != nil {
		return nil, err
	}
	plans, err := s.Store.PlansInForce(ctx, want)
	if err != nil {
		return nil, err
	}
	if len(plans) == 0 {
		return nil, fault.New(fault.NotFound, text.New("There is no continuity plan to take out: none is in force of these services.",
			"Es gibt keinen Notfallplan, der exportiert werden kann: Für diese Services ist keiner in Kraft."))
	}
	about := resource.Service.Ref(plans[0].Spec.Service)
	lang, err := s.languageFor(ctx, in.Lang, about)
	if err != nil {
		return nil, err
	}
	e := continuityplan.Export{At: s.Now(), Zone: time.UTC}
	scope, err := s.Store.ScopeAbout(ctx, about)
	switch {
	case err == nil && scope.Zone != nil:
		e.Zone = scope.Zone
	case err != nil && !fault.Is(err, fault.NotFound):
		return nil, err
	}
	for _, p := range plans {
		e.Plans = append(e.Plans, continuityplan.Plan(p))
	}
	var b bytes.Buffer
	out := &reportOutput{ContentType: format + "; charset=utf-8", Language: string(lang), Vary: "Accept, Accept-Language"}
	if format == "text/html" {
		out.Policy = pagePolicy
		err = continuityplan.HTML(&b, e, lang)
	} else {
		err = continuityplan.Text(&b, e, lang)
	}
	if err != nil {
		return nil, err
	}
	out.Body = b.Bytes()
	return out, s.exportedPlans(ctx, in.Service, format, lang, plans)
}

// exportedPlans puts on record who took which plans out.
func (s *server) exportedPlans(ctx context.Context, service, format string, lang text.Lang, plans []store.PlanInForce) error {
	type version struct {
		Name    string `json:"name"`
		Version int    `json:"version"`
		Hash    string `json:"hash"`
	}
	taken := make([]version, len(plans))
	for i, p := range plans {
		taken[i] = version{p.Name, p.Version, p.Hash}
	}
	object := "coverage"
	if service != "" {
		object = "service/" + service
	}
	return s.Store.Record(ctx, actorOf(ctx), s.Now(), "coverage.exported", object, map[string]any{"plans": taken, "format": format, "lang": lang})
}
