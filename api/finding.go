package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/store"
)

// SeenFinding is one finding with the times that it was seen.
type SeenFinding struct {
	improvement.Finding
	Sightings []improvement.Sighting `json:"sightings" nullable:"false"`
	Files     []improvement.File     `json:"files,omitempty" nullable:"false" doc:"Evidence that people sent."`
}

// FindingBody is what somebody found. Who says so says the token alone.
type FindingBody struct {
	Type     improvement.Type     `json:"type" enum:"nonconformity,opportunity"`
	Service  string               `json:"service,omitempty" maxLength:"63" doc:"What it concerns; the organisation if left out."`
	Severity improvement.Severity `json:"severity,omitempty" enum:"critical,major,minor" doc:"minor if left out; of a relapse one graver than before."`
	Title    string               `json:"title" minLength:"1" maxLength:"200" doc:"In one line, in the language of whoever writes it."`
	Detail   string               `json:"detail,omitempty" maxLength:"4000" doc:"What was seen, where and when: the evidence, which a nonconformity needs."`
	Source   *FindingSourceBody   `json:"source,omitempty"`
	Key      string               `json:"key,omitempty" maxLength:"200" doc:"A repeat under the same key, about the same, joins the finding that hasn't ended."`
}

// FindingSourceBody is where somebody found it.
type FindingSourceBody struct {
	Kind improvement.SourceKind `json:"kind" enum:"person,complaint,audit"`
	Name string                 `json:"name,omitempty" maxLength:"200" doc:"What the audit or the complaint is called, or who noticed."`
}

func (b FindingBody) of() improvement.Report {
	r := improvement.Report{Type: b.Type, Service: b.Service, Severity: b.Severity, Title: b.Title, Detail: b.Detail, Key: b.Key}
	if b.Source != nil {
		r.Source = improvement.Source{Kind: b.Source.Kind, Name: b.Source.Name}
	}
	return r
}

type findingInput struct{ Body FindingBody }

func (in *findingInput) check() error { return inBody(in.Body.of().Check()) }

type openedOutput struct {
	Location string `header:"Location"`
	Body     improvement.Finding
}

type FindingPath struct {
	ID int64 `path:"id" minimum:"1"`
}

type findingOutput struct{ Body SeenFinding }

func (s *server) findings() {
	const path = "/v1/findings"
	tags := []string{"Findings"}
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-findings", Method: http.MethodGet, Path: path, Tags: tags,
		Summary:     "What was found and has to be dealt with, newest first",
		Description: "Those of the services and the organisation that one owns or approves for; auditors and administrators see all. What has ended isn't listed unless its state is asked for.",
	}}, func(ctx context.Context, in *struct {
		Page
		Service   string `query:"service" maxLength:"200" doc:"Of this service only."`
		State     string `query:"state" enum:"open,planned,in-work,checking,closed,declined,all" doc:"Those that haven't ended if left out."`
		Type      string `query:"type" enum:"nonconformity,opportunity"`
		Kind      string `query:"kind" enum:"missed-target,exceeded-limit,unplanned-outage,missed-slot,late-slot,late-data,records-altered,administrator-approves,sees-everything,continuity-plan,failed-objective,drill-shortcoming,overdue-retest,retest-asked,reported"`
		Severity  string `query:"severity" enum:"critical,major,minor"`
		Escalated bool   `query:"escalated" doc:"Only those that nobody had begun in time."`
		Overdue   bool   `query:"overdue" doc:"Only those with an action that is open past its due date, in UTC."`
		Run       string `query:"run" maxLength:"400" doc:"Only those that this run has seen."`
	}) (*listed[improvement.Finding], error) {
		of := store.Findings{Service: in.Service, State: in.State, Type: in.Type, Kind: in.Kind, Severity: in.Severity, Escalated: in.Escalated, Run: in.Run}
		if in.Overdue {
			of.Overdue = calendar.DateOf(s.Now().UTC()).String()
		}
		want, err := s.caller(ctx).SelectFindings(ctx, of)
		if err != nil {
			return nil, err
		}
		return items(s.Store.Findings(ctx, want, in.store()))
	})
	register(s, operation{Operation: huma.Operation{
		OperationID: "get-finding", Method: http.MethodGet, Path: path + "/{id}", Tags: tags, Summary: "A finding, with the times that it was seen",
	}}, func(ctx context.Context, in *FindingPath) (*findingOutput, error) {
		f, err := s.findingSeen(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		all, err := s.Store.Sightings(ctx, f.ID)
		if err != nil {
			return nil, err
		}
		files, err := s.Store.FindingFiles(ctx, f.ID)
		if err != nil {
			return nil, err
		}
		return &findingOutput{SeenFinding{f, all, files}}, nil
	})
	register(s, operation{body: jsonBody, Operation: huma.Operation{
		OperationID: "open-finding", Method: http.MethodPost, Path: path, Tags: tags,
		Summary:       "Put on record what was found",
		Description:   "About a service or the organisation, for its owner and approvers; for auditors and administrators about any. Under a key that was named before it joins the finding there: the answer is that one.",
		DefaultStatus: http.StatusCreated,
	}}, s.openFinding)
	s.findingFiles()
}

// findingSeen is a finding that the caller sees.
func (s *server) findingSeen(ctx context.Context, id int64) (improvement.Finding, error) {
	f, err := s.Store.Finding(ctx, id)
	if err == nil {
		err = s.caller(ctx).CheckFinding(ctx, f)
	}
	return f, err
}

func (s *server) openFinding(ctx context.Context, in *findingInput) (*openedOutput, error) {
	about, err := s.Store.AboutReported(ctx, in.Body.Service)
	if err != nil {
		return nil, inBody(err)
	}
	if err := s.caller(ctx).CheckFoundAbout(ctx, about); err != nil {
		return nil, err
	}
	f, err := s.Store.ReportFinding(ctx, actorOf(ctx), s.Now(), in.Body.of(), about, requestOf(ctx).once)
	if err != nil {
		return nil, inBody(err)
	}
	return &openedOutput{fmt.Sprintf("/v1/findings/%d", f.ID), f}, nil
}
