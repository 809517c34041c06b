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

// Files are given: of an answer to a task, of a finding. Whoever may send or
// see one is asked before.

const (
	// fileTime is how long it may take to send or fetch a file: at the least pace
	// it takes ten minutes.
	fileTime = 15 * time.Minute
	// maxSent is how many bytes are read of one: more than are taken, so that
	// whoever sends somewhat too many reads why, and sees no broken connection.
	maxSent = 2 * task.MaxFile
)

// FileName is what a file that is sent is called.
type FileName struct {
	Name string `query:"name" required:"true" minLength:"1" maxLength:"200" doc:"What the file is called; it ends as files of its type do." example:"evidence.pdf"`

	ctx huma.Context
}

// Resolve implements huma.Resolver: it keeps the way to the body.
func (in *FileName) Resolve(ctx huma.Context) []error {
	in.ctx = ctx
	return nil
}

// takeFile takes a file in whole before it is kept, with the type that its
// content shows, and gives the status of the answer.
func (s *server) takeFile(ctx context.Context, in FileName, keep func(ctx context.Context, media string, content []byte) (added bool, err error)) (status int, err error) {
	if no := task.CheckFileName(in.Name); no != nil {
		return 0, no
	}
	file, err := s.receive(ctx, in.ctx, maxSent)
	if err == nil {
		defer file.Close()
	}
	switch {
	case fault.Is(err, tooLarge), err == nil && file.Size() > task.MaxFile:
		return 0, fault.Invalidf("content", "%.80q has more than the %d bytes that are taken.", "%.80q hat mehr als die möglichen %d Byte.", in.Name, task.MaxFile)
	case err != nil:
		return 0, err
	}

	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	leave, err := s.holdInMemory(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	content, err := io.ReadAll(file)
	if err != nil {
		return 0, err
	}
	media, err := imports.FileType(in.Name, in.ctx.Header("Content-Type"), content)
	if err != nil {
		return 0, err
	}
	added, err := keep(ctx, media, content)
	if added {
		return http.StatusCreated, err
	}
	return http.StatusOK, err
}

// given is a file of something on record.
type given struct {
	object      string // that it belongs to, as in the audit trail
	name, media string
	known       any // what is known of it, for the audit trail
	read        func(context.Context) ([]byte, error)
}

// giveFile answers with a file, kept on disk meanwhile: whoever fetches it may
// take their time. That they have it is on record before.
func (s *server) giveFile(ctx context.Context, e given) (*huma.StreamResponse, error) {
	file, err := s.exports.Take(actorOf(ctx).Person)
	if err != nil {
		return nil, err
	}
	err = s.fetch(ctx, file, e.read)
	if err == nil {
		err = s.Store.Record(ctx, actorOf(ctx), s.Now(), "file.exported", e.object, e.known)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		defer file.Close()
		s.sendFile(ctx, out, e, file)
	}}, nil
}

func (s *server) fetch(ctx context.Context, to io.Writer, read func(context.Context) ([]byte, error)) error {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	leave, err := s.holdInMemory(ctx)
	if err != nil {
		return err
	}
	defer leave()
	content, err := read(ctx)
	if err != nil {
		return err
	}
	_, err = to.Write(content)
	return err
}

// sendFile sends a file so that no browser shows it, whatever is in it.
func (s *server) sendFile(ctx context.Context, out huma.Context, e given, from *spool.File) {
	d := s.newDownload(out, e.media, e.name)
	d.size = from.Size()
	out.SetHeader("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	if _, err := io.CopyBuffer(d, from, make([]byte, 64<<10)); err != nil {
		s.Log.Warn("a file was not taken to its end", "request", requestOf(ctx).id, "of", e.object, "bytes", d.bytes, "error", err)
		panic(http.ErrAbortHandler)
	}
}
