package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/improvement"
)

type sentEvidence struct {
	FindingPath
	FileName
}

type evidenceOutput struct {
	Status int
	Body   improvement.File
}

func (s *server) findingFiles() {
	const path = "/v1/findings/{id}/files"
	tags := []string{"Findings"}
	register(s, operation{body: stream, most: maxSent, lasts: fileTime, Operation: huma.Operation{
		OperationID: "send-finding-file", Method: http.MethodPost, Path: path, Tags: tags,
		Summary: "Send a file as evidence of a finding: the file is the body",
		Description: "For those who see the finding, while it hasn't ended; 10 MiB at most, 20 files of one person. What it is shows its content: 422 if its name or its Content-Type say otherwise. " +
			"The same file again: 200 with what is on record.",
		DefaultStatus: http.StatusCreated,
		Responses:     map[string]*huma.Response{"200": s.jsonResponse("The file that is on record", improvement.File{})},
	}}, s.sendFindingFile)
	register(s, operation{lasts: fileTime, Operation: huma.Operation{
		OperationID: "get-finding-file", Method: http.MethodGet, Path: path + "/{sha256}", Tags: tags,
		Summary:     "A file that was sent as evidence of a finding, as a download",
		Description: "For those who see the finding. Who fetches it is on record.",
		Responses: map[string]*huma.Response{"200": {Description: "The file",
			Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}},
	}}, s.getFindingFile)
}

// sendFindingFile asks whether the sender may, before anything is read.
func (s *server) sendFindingFile(ctx context.Context, in *sentEvidence) (*evidenceOutput, error) {
	f, err := s.findingSeen(ctx, in.ID)
	if err == nil {
		err = f.CheckTakesFiles()
	}
	if err != nil {
		return nil, err
	}
	out := &evidenceOutput{}
	out.Status, err = s.takeFile(ctx, in.FileName, func(ctx context.Context, media string, content []byte) (added bool, err error) {
		out.Body, added, err = s.Store.AddFindingFile(ctx, actorOf(ctx), s.Now(), improvement.File{Finding: f.ID, Name: in.Name, Type: media}, content)
		return added, err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *server) getFindingFile(ctx context.Context, in *struct {
	FindingPath
	SHA256 string `path:"sha256" pattern:"^[0-9a-f]{64}$" doc:"Of its content, hexadecimal."`
}) (*huma.StreamResponse, error) {
	f, err := s.findingSeen(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	file, err := s.Store.FindingFile(ctx, f.ID, in.SHA256)
	if err != nil {
		return nil, err
	}
	return s.giveFile(ctx, given{object: f.Named(), name: file.Name, media: file.Type, known: file,
		read: func(ctx context.Context) ([]byte, error) { return s.Store.FindingFileContent(ctx, file) }})
}
