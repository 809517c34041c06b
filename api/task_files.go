package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/task"
)

// sentFile is a file for a task.
type sentFile struct {
	TaskPath
	FileName
}

type fileOutput struct {
	Status int
	Body   task.File
}

type FilePath struct {
	TaskPath
	SHA256 string `path:"sha256" pattern:"^[0-9a-f]{64}$" doc:"Of its content, hexadecimal."`
}

func (s *server) taskFiles() {
	register(s, operation{body: stream, most: maxSent, lasts: fileTime, Operation: huma.Operation{
		OperationID: "send-task-file", Method: http.MethodPost, Path: "/v1/tasks/{id}/files", Tags: []string{"Tasks"},
		Summary: "Send a file to a task, to answer it with: the file is the body",
		Description: "For whoever may answer the task now; 10 MiB at most, 20 files of one person. It counts when the answer names its SHA-256 in a field of the type file. " +
			"What it is shows its content: 422 if its name or its Content-Type say otherwise. The same file again: 200 with what is on record.",
		DefaultStatus: http.StatusCreated,
		Responses:     map[string]*huma.Response{"200": s.jsonResponse("The file that is on record", task.File{})},
	}}, s.sendTaskFile)

	register(s, operation{lasts: fileTime, Operation: huma.Operation{
		OperationID: "get-task-file", Method: http.MethodGet, Path: "/v1/tasks/{id}/files/{sha256}", Tags: []string{"Tasks"},
		Summary:     "A file that was sent to a task, as a download",
		Description: "For those who see the task. Who fetches it is on record.",
		Responses: map[string]*huma.Response{"200": {Description: "The file",
			Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}},
	}}, s.getTaskFile)
}

// sendTaskFile asks whether the sender may, before anything is read.
func (s *server) sendTaskFile(ctx context.Context, in *sentFile) (*fileOutput, error) {
	by := actorOf(ctx)
	if err := s.Runs.CheckFiles(ctx, by, in.ID); err != nil {
		return nil, s.unseenTask(ctx, err, in.ID)
	}
	out := &fileOutput{}
	var err error
	out.Status, err = s.takeFile(ctx, in.FileName, func(ctx context.Context, media string, content []byte) (added bool, err error) {
		out.Body, added, err = s.Runs.AddFile(ctx, by, task.File{Task: in.ID, Name: in.Name, Type: media}, content)
		return added, err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *server) getTaskFile(ctx context.Context, in *FilePath) (*huma.StreamResponse, error) {
	t, err := s.Store.Task(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).run = t.Run
	if err := s.caller(ctx).CheckTask(ctx, t); err != nil {
		return nil, err
	}
	f, err := s.Store.TaskFile(ctx, t.ID, in.SHA256)
	if err != nil {
		return nil, err
	}
	return s.giveFile(ctx, given{object: "task/" + f.Task, name: f.Name, media: f.Type, known: f,
		read: func(ctx context.Context) ([]byte, error) { return s.Store.FileContent(ctx, f) }})
}
