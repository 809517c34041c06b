package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"turnus/access"
	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/store"
)

// importInput is a file and what it takes to read it.
type importInput struct {
	NamePath
	Format   string    `query:"format" required:"true" maxLength:"100" doc:"Of tickets servicenow-audit or csv, of outages csv, of maintenance icalendar or csv, of probes csv, prometheus (the answer to a range query) or upptime." example:"csv"`
	Zone     string    `query:"zone" maxLength:"100" doc:"Of the file's local times; the service's zone if left out." example:"Europe/Berlin"`
	AsOf     time.Time `query:"as_of" doc:"Up to when the source was read; the newest change in the file if left out, and of maintenance, which is announced for later, now."`
	Since    time.Time `query:"since" doc:"Of outages: from when on the source was kept, so that time without any counts as such; the oldest start in the file if left out. An as_of belongs to it where the file has no rows."`
	Mapping  string    `query:"mapping" maxLength:"100" doc:"The name of a Mapping resource, for csv; where none is declared, of a ready one that comes with Turnus."`
	Inline   string    `query:"inline_mapping" maxLength:"12000" doc:"A Mapping resource as JSON, or its spec with mapping as its name. A dry run tries it; an import by an administrator declares it, and by anybody else takes it only as it is declared."`
	Filename string    `query:"filename" maxLength:"1000" doc:"What the sender calls the file; kept without folders." example:"export.csv"`
	Accept   string    `query:"accept" maxLength:"1000" doc:"Why it is to be taken although it is implausible; stays on record."`
	SHA256   string    `query:"sha256" pattern:"^[0-9a-f]{64}$" doc:"That a dry run said of the file: another one is refused, and nothing is loaded."`
	DryRun   bool      `query:"dry_run" doc:"Reads the whole file, changes nothing, and says what an import would do."`

	ctx huma.Context
}

// Resolve implements huma.Resolver: it keeps the way to the body.
func (in *importInput) Resolve(ctx huma.Context) []error {
	in.ctx = ctx
	return nil
}

// check wants a reason where something is accepted. An empty one is given, too.
func (in *importInput) check() error {
	at := in.ctx.URL()
	if given, err := url.ParseQuery(at.RawQuery); err == nil && given.Has("accept") && strings.TrimSpace(text.Line(in.Accept)) == "" {
		return fault.Invalidf("accept", "accept needs a reason: why is the file right as it is? It stays on record with the import.",
			"Zu accept gehört eine Begründung: Warum ist die Datei so richtig? Sie bleibt beim Import dokumentiert.")
	}
	return nil
}

// maxFileName is how many bytes of a file's name are kept.
const maxFileName = 200

// baseName is what a sender calls a file, as it is kept: without folders, on one
// line, and not longer than that.
func baseName(name string) string {
	name = strings.TrimSpace(text.Line(name[strings.LastIndexAny(name, `/\`)+1:]))
	for len(name) > maxFileName {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	return name
}

type importedOutput struct{ Body dataset.Profile }

type importOutput struct{ Body dataset.Import }

// importsOutput is a part of the list of a service's imports.
type importsOutput struct {
	Body struct {
		List[dataset.Import]
		Coverage []Coverage `json:"coverage,omitempty" doc:"What they cover, beside the first part of the list."`
	}
}

// Coverage is from when and until when a dataset about a service is known.
type Coverage struct {
	Dataset string    `json:"dataset"`
	Since   time.Time `json:"since"`
	AsOf    time.Time `json:"as_of"`
	Import  int64     `json:"import" doc:"The newest, which may be a withdrawal."`
}

type ImportPath struct {
	ID int64 `path:"id" minimum:"1"`
}

// WithdrawImportBody says why an import shall not count.
type WithdrawImportBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"1000" doc:"Approvers and auditors read it."`
}

// importPath is where files of a dataset are sent to.
func importPath(d dataset.Dataset) string {
	about, _ := declaration.Find(d.About)
	return "/v1/" + about.Plural + "/{name}/" + d.Name
}

func (s *server) imports() {
	tags := []string{"Imports"}
	for _, d := range dataset.All() {
		register(s, operation{body: stream, Operation: huma.Operation{
			OperationID: access.ImportOf(d), Method: http.MethodPost, Path: importPath(d), Tags: tags,
			Summary: "Load " + strings.ToLower(d.Title.En) + " from a file, which is the body",
			Description: "Plain, or as .gz or .zip, 4 GiB at most. Rows that make no sense are kept with their reason and stop nothing else. Loading the same file again changes nothing. " +
				"What is implausible is refused (422, code implausible, each reason with a code), unless accept says why it is right. " +
				"A dry run answers with what the file holds besides, and changes nothing.",
			DefaultStatus: http.StatusOK,
		}}, func(ctx context.Context, in *importInput) (*importedOutput, error) { return s.importFile(ctx, d, in) })
	}

	register(s, operation{Operation: huma.Operation{
		OperationID: "list-imports", Method: http.MethodGet, Path: "/v1/services/{name}/imports", Tags: tags, Summary: "A service's imports, newest first",
	}}, func(ctx context.Context, in *struct {
		NamePath
		Page
	}) (*importsOutput, error) {
		if err := s.caller(ctx).CheckImports(ctx, in.Name); err != nil {
			return nil, err
		}
		list, err := items(s.Store.Imports(ctx, in.Name, in.store()))
		if err != nil {
			return nil, err
		}
		out := &importsOutput{}
		if out.Body.List = list.Body; in.Cursor == "" {
			out.Body.Coverage, err = s.coverage(ctx, in.Name)
		}
		return out, err
	})
	register(s, operation{Operation: huma.Operation{
		OperationID: "get-import", Method: http.MethodGet, Path: "/v1/imports/{id}", Tags: tags, Summary: "An import: file, mapping, counts, warnings, and what became of it",
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
	s.withdrawImport()
}

// coverage is what the imports of a service cover.
func (s *server) coverage(ctx context.Context, service string) (all []Coverage, err error) {
	for _, d := range dataset.All() {
		c, err := s.Store.Coverage(ctx, service, d.Name)
		if err != nil {
			return nil, err
		}
		if !c.AsOf.IsZero() {
			all = append(all, Coverage{d.Name, c.Since, c.AsOf, c.Import})
		}
	}
	return all, nil
}

// withdrawImport has an approver decide that what an import said doesn't count
// any more.
func (s *server) withdrawImport() {
	register(s, operation{body: jsonBody, Operation: huma.Operation{
		OperationID: "withdraw-import", Method: http.MethodPost, Path: "/v1/imports/{id}/withdraw", Tags: []string{"Imports"},
		Summary: "Propose to withdraw an import",
		Description: "For the owner of its service; answers with the run that decides. Once an approver has agreed, tickets are as if the import had never come: " +
			"the withdrawal is an import of its own, nothing is deleted, and published reports stay as they are. The same again finds the run.",
		DefaultStatus: http.StatusAccepted,
	}}, func(ctx context.Context, in *struct {
		ImportPath
		Body WithdrawImportBody
	}) (*startOutput, error) {
		i, err := s.Store.ImportByID(ctx, in.ID)
		if err == nil {
			err = s.caller(ctx).CheckOwnerOf(ctx, resource.Service.Ref(i.Service), store.NoImport(in.ID))
		}
		if err != nil {
			return nil, err
		}
		r, err := s.Runs.ProposeWithdrawal(ctx, actorOf(ctx), in.ID, in.Body.Reason)
		if err != nil {
			return nil, inBody(err)
		}
		requestOf(ctx).run = r.ID
		href := "/v1/runs/" + r.ID
		return &startOutput{Status: http.StatusAccepted, Location: href, Body: Started{r.ID, r.State, href}}, nil
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
