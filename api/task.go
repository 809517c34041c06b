package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"turnus/access"
	"turnus/itsm/fault"
	"turnus/itsm/task"
	"turnus/runs"
	"turnus/store"
)

type TaskPath struct {
	ID string `path:"id" maxLength:"400"`
}

type taskOutput struct{ Body task.Task }

type countsOutput struct{ Body task.Counts }

// DecisionBody is an answer to a task. Who gives it says the token alone.
type DecisionBody struct {
	Outcome task.Outcome `json:"outcome" minLength:"1" maxLength:"100" example:"approve" doc:"One of those that the task offers."`
	Comment string       `json:"comment,omitempty" maxLength:"10000" doc:"Needed where changes are requested, and where it is rejected, declined or postponed."`
	Fields  task.Values  `json:"fields,omitempty" doc:"What the task asks for, by the names of its fields."`
	Hash    string       `json:"hash,omitempty" maxLength:"100" doc:"Of the content that was seen: 409 if the task is bound to another."`
	Stale   bool         `json:"stale,omitempty" doc:"A draft is approved although what it stands on has changed, as the task says (stale): 409 without it. It needs a comment."`
}

// PassBody is a pass, once: its secret is stored hashed.
type PassBody struct {
	Pass    string    `json:"pass" doc:"What the Signal decide to the run's workflow carries."`
	Expires time.Time `json:"expires"`
}

type passOutput struct{ Body PassBody }

// PassRequest may narrow what a pass is good for.
type PassRequest struct {
	Outcome task.Outcome `json:"outcome,omitempty" maxLength:"100" example:"approve" doc:"The only outcome that the pass decides; any that the task offers if left out."`
}

type decisionOutput struct{ Body task.Decision }

func (s *server) tasks() {
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-tasks", Method: http.MethodGet, Path: "/v1/tasks", Tags: []string{"Tasks"},
		Summary:     "Tasks, oldest first",
		Description: "Those that one may decide, and those of services that one owns; auditors see all. Each says what it asks (kind, title, text, outcomes, fields), of whom (for, and who of them may answer now: approvers), and which files were sent to it. An open one says what has changed since that its draft stands on, if something has (stale), and an approval what its draft's figures come to (verdict).",
	}}, func(ctx context.Context, in *struct {
		Page
		State   string `query:"state" enum:"open,decided,closed"`
		Mine    bool   `query:"mine" doc:"Only those that one may decide now."`
		Kind    string `query:"kind" enum:"approval,review,record,supply,acknowledge,check"`
		Process string `query:"process" maxLength:"100"`
	}) (*listed[task.Task], error) {
		want := s.caller(ctx).SelectTasks(store.Tasks{State: in.State, Kind: task.Kind(in.Kind), Process: in.Process}, in.Mine)
		return items(s.Store.Tasks(ctx, want, in.store()))
	})

	register(s, operation{Operation: huma.Operation{
		OperationID: "count-tasks", Method: http.MethodGet, Path: "/v1/tasks/counts", Tags: []string{"Tasks"},
		Summary: "How many open tasks one has, and how many others have of what is one's own",
	}}, func(ctx context.Context, _ *struct{}) (*countsOutput, error) {
		n, err := s.Store.CountTasks(ctx, actorOf(ctx).Person, s.Now())
		if err != nil {
			return nil, err
		}
		return &countsOutput{n}, nil
	})

	register(s, operation{Operation: huma.Operation{
		OperationID: "get-task", Method: http.MethodGet, Path: "/v1/tasks/{id}", Tags: []string{"Tasks"},
		Summary: "A task", Description: "As list-tasks gives it. Of an open one it says, too, why whoever asks may not answer it (barred); of a decided one the decision.",
	}}, func(ctx context.Context, in *TaskPath) (*taskOutput, error) {
		t, err := s.Store.Task(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		requestOf(ctx).run = t.Run
		if err := s.caller(ctx).CheckTask(ctx, t); err != nil {
			return nil, err
		}
		t, err = s.caller(ctx).ShowTask(ctx, t)
		return &taskOutput{t}, err
	})

	// Which outcomes a task offers is looked at last, so the outcome is no enum here.
	register(s, operation{body: jsonBody, Operation: huma.Operation{
		OperationID: "decide-task", Method: http.MethodPost, Path: "/v1/tasks/{id}/decision", Tags: []string{"Tasks"},
		Summary:       "Decide on a task",
		Description:   "A task says who may decide it. The decision as recorded. The same person with the same outcome again gets the decision on record. 503 means that it isn't confirmed: ask again with the same Idempotency-Key. A dry run answers, or refuses, in the same way, and decides nothing.",
		DefaultStatus: http.StatusOK,
	}}, func(ctx context.Context, in *struct {
		TaskPath
		DryRun bool `query:"dry_run" doc:"Says what would be recorded, or what is wrong with the answer, and changes nothing."`
		Body   DecisionBody
	}) (*decisionOutput, error) {
		requestOf(ctx).trial = in.DryRun
		decide := s.Runs.Decide
		if in.DryRun {
			decide = s.Runs.Try
		}
		d, err := decide(ctx, actorOf(ctx), runs.Answer{Task: in.ID, Outcome: in.Body.Outcome, Comment: in.Body.Comment,
			Fields: in.Body.Fields, Hash: in.Body.Hash, Stale: in.Body.Stale})
		if err != nil {
			return nil, s.unseenTask(ctx, inBody(err), in.ID)
		}
		requestOf(ctx).run = d.Run
		return &decisionOutput{d}, nil
	})

	register(s, operation{secret: true, body: jsonBody, Operation: huma.Operation{
		OperationID: "issue-pass", Method: http.MethodPost, Path: "/v1/tasks/{id}/passes", Tags: []string{"Tasks"},
		Summary:       "Issue a pass for a task, for systems that can only signal",
		Description:   "The Signal decide, {task, pass, outcome, comment, fields}, goes to the workflow whose ID is the run's. A pass is for one person, task and content, for one outcome if it names one, valid once and for 15 minutes.",
		DefaultStatus: http.StatusCreated,
	}}, func(ctx context.Context, in *struct {
		TaskPath
		Body *PassRequest
	}) (*passOutput, error) {
		var only task.Outcome
		if in.Body != nil {
			only = in.Body.Outcome
		}
		p, err := s.Runs.Pass(ctx, actorOf(ctx), in.ID, only)
		if err != nil {
			return nil, s.unseenTask(ctx, err, in.ID)
		}
		return &passOutput{PassBody{Pass: p.Secret, Expires: p.Expires}}, nil
	})
}

// unseenTask gives the error of something done to a task, to whoever doesn't see
// the run as if the task weren't there.
func (s *server) unseenTask(ctx context.Context, why error, id string) error {
	if !fault.Is(why, fault.Forbidden) {
		return why
	}
	t, err := s.Store.Task(ctx, id)
	if err == nil {
		err = s.caller(ctx).CheckTask(ctx, t)
	}
	switch {
	case err == nil || fault.Is(err, fault.Forbidden):
		return why
	case access.IsRefusal(err):
		return store.NoTask(id) // what was refused is on record
	}
	return err
}
