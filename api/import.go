package api

import (
	"context"
	"net/http"
	"time"
	"turnus/itsm/dataset"

	"github.com/danielgtaylor/huma/v2"
)

// importInput is a file and what it takes to read it.
type importInput struct {
	NamePath
	Format  string    `query:"format" required:"true" maxLength:"100" doc:"servicenow-audit or csv." example:"servicenow-audit"`
	Zone    string    `query:"zone" maxLength:"100" doc:"Of the file's local times; the service's zone if left out." example:"Europe/Berlin"`
	AsOf    time.Time `query:"as_of" doc:"Up to when the source was read; the newest change in the file if left out."`
	Mapping string    `query:"mapping" maxLength:"100" doc:"The name of a Mapping resource, for csv."`

	ctx huma.Context
}

// Resolve implements huma.Resolver: it keeps the way to the body.
func (in *importInput) Resolve(ctx huma.Context) []error {
	in.ctx = ctx
	return nil
}

type importOutput struct{ Body dataset.Import }

type ImportPath struct {
	ID int64 `path:"id" minimum:"1"`
}

func (s *server) imports() {
	tags := []string{"Imports"}
	register(s, operation{body: stream, Operation: huma.Operation{
		OperationID: "import-tickets", Method: http.MethodPost, Path: "/v1/services/{name}/tickets", Tags: tags,
		Summary:       "Load tickets from a file, which is the body",
		Description:   "Plain, or as .gz or .zip, 4 GiB at most. Rows that make no sense are kept with their reason and stop nothing else. Loading the same file again changes nothing.",
		DefaultStatus: http.StatusOK,
	}}, s.importTickets)

	register(s, operation{Operation: huma.Operation{
		OperationID: "list-imports", Method: http.MethodGet, Path: "/v1/services/{name}/imports", Tags: tags, Summary: "A service's imports, newest first",
	}}, func(ctx context.Context, in *struct {
		NamePath
		Page
	}) (*listed[dataset.Import], error) {
		if err := s.caller(ctx).CheckImports(ctx, in.Name); err != nil {
			return nil, err
		}
		return items(s.Store.Imports(ctx, in.Name, in.store()))
	})
	register(s, operation{Operation: huma.Operation{
		OperationID: "get-import", Method: http.MethodGet, Path: "/v1/imports/{id}", Tags: tags, Summary: "An import",
	}}, func(ctx context.Context, in *ImportPath) (*importOutput, error) {
		i, err := s.anImport(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &importOutput{i}, nil
	})
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-rejects", Method: http.MethodGet, Path: "/v1/imports/{id}/rejects", Tags: tags,
		Summary: "The rows that an import rejected, each with its reason",
	}}, func(ctx context.Context, in *struct {
		ImportPath
		Page
	}) (*listed[dataset.Reject], error) {
		if _, err := s.anImport(ctx, in.ID); err != nil {
			return nil, err
		}
		return items(s.Store.Rejects(ctx, in.ID, in.store()))
	})
}

// anImport finds an import for those who may read it.
func (s *server) anImport(ctx context.Context, id int64) (dataset.Import, error) {
	i, err := s.Store.ImportByID(ctx, id)
	if err == nil {
		err = s.caller(ctx).CheckImport(ctx, i)
	}
	return i, err
}
