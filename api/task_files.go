package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"turnus/api/spool"
	"turnus/imports"
	"turnus/itsm/fault"
	"turnus/itsm/task"
)

// sentFile is a file for a task.
type sentFile struct {
	TaskPath
	Name string `query:"name" required:"true" minLength:"1" maxLength:"200" doc:"What the file is called; it ends as files of its type do." example:"evidence.pdf"`

	ctx huma.Context
}

// Resolve implements huma.Resolver: it keeps the way to the body.
func (in *sentFile) Resolve(ctx huma.Context) []error {
	in.ctx = ctx
	return nil
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

// sendTaskFile asks whether the sender may, before anything is read, and takes
// the file in whole before it is kept.
func (s *server) sendTaskFile(ctx context.Context, in *sentFile) (*fileOutput, error) {
	by := actorOf(ctx)
	if err := s.Runs.CheckFiles(ctx, by, in.ID); err != nil {
		return nil, err
	}
	if no := task.CheckFileName(in.Name); no != nil {
		return nil, no
	}
	file, err := s.receive(ctx, in.ctx, maxSent)
	if err == nil {
		defer file.Close()
	}
	switch {
	case fault.Is(err, tooLarge), err == nil && file.Size() > task.MaxFile:
		return nil, fault.Invalidf("content", "%.80q has more than the %d bytes that are taken.", "%.80q hat mehr als die möglichen %d Byte.", in.Name, task.MaxFile)
	case err != nil:
		return nil, err
	}

	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	leave, err := s.holdInMemory(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	content, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	media, err := imports.FileType(in.Name, in.ctx.Header("Content-Type"), content)
	if err != nil {
		return nil, err
	}
	f, added, err := s.Runs.AddFile(ctx, by, task.File{Task: in.ID, Name: in.Name, Type: media}, content)
	if err != nil {
		return nil, err
	}
	out := &fileOutput{Status: http.StatusOK, Body: f}
	if added {
		out.Status = http.StatusCreated
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
	file, err := s.fetched(ctx, f)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		defer file.Close()
		s.sendFile(ctx, out, f, file)
	}}, nil
}

// fetched is a file as it goes to whoever asked for it, kept on disk meanwhile:
// they may take their time. That they have it is on record before.
func (s *server) fetched(ctx context.Context, f task.File) (*spool.File, error) {
	file, err := s.exports.Take(actorOf(ctx).Person)
	if err != nil {
		return nil, err
	}
	err = s.fetch(ctx, f, file)
	if err == nil {
		err = s.Store.Record(ctx, actorOf(ctx), s.Now(), "file.exported", "task/"+f.Task, f)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func (s *server) fetch(ctx context.Context, f task.File, to io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	leave, err := s.holdInMemory(ctx)
	if err != nil {
		return err
	}
	defer leave()
	content, err := s.Store.FileContent(ctx, f)
	if err != nil {
		return err
	}
	_, err = to.Write(content)
	return err
}

// sendFile sends a file so that no browser shows it, whatever is in it.
func (s *server) sendFile(ctx context.Context, out huma.Context, f task.File, from *spool.File) {
	d := s.newDownload(out, f.Type, f.Name)
	d.size = from.Size()
	out.SetHeader("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	if _, err := io.CopyBuffer(d, from, make([]byte, 64<<10)); err != nil {
		s.Log.Warn("a file was not taken to its end", "request", requestOf(ctx).id, "task", f.Task, "bytes", d.bytes, "error", err)
		panic(http.ErrAbortHandler)
	}
}

const (
	// fileTime is how long it may take to send or fetch a file of a task: at the
	// least pace it takes ten minutes.
	fileTime = 15 * time.Minute
	// maxSent is how many bytes are read of one: more than are taken, so that
	// whoever sends somewhat too many reads why, and sees no broken connection.
	maxSent = 2 * task.MaxFile
)
