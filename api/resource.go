package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"turnus/imports"
	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/store"
)

// Resource is a declared thing with what is known about its newest version.
type Resource struct {
	resource.Raw
	Version   int        `json:"version"`
	ValidFrom time.Time  `json:"valid_from"`
	ValidTo   *time.Time `json:"valid_to,omitempty"`
	Retired   bool       `json:"retired,omitempty"`
	Hash      string     `json:"hash" doc:"SHA-256 of the canonical JSON, hexadecimal."`
	At        time.Time  `json:"at"`
	By        string     `json:"by" doc:"Empty, as the hash is, where only a person's name is shown."`
}

func resourceOf(v resource.Version) Resource {
	return Resource{v.Resource, v.Version, v.ValidFrom, v.ValidTo, v.Retired, v.Hash, v.At, v.By}
}

func resourcesOf(vs []resource.Version, next string, err error) (*listed[Resource], error) {
	var all []Resource
	for _, v := range vs {
		all = append(all, resourceOf(v))
	}
	return items(all, next, err)
}

// NamePath is a name as it stands in a path. What can't be a name isn't found.
type NamePath struct {
	Name string `path:"name" maxLength:"200"`
}

// Declared is a body of resources; check reads it.
type Declared struct {
	raw  []byte
	docs []resource.Raw
}

// Resolve implements huma.Resolver.
func (d *Declared) Resolve(ctx huma.Context) []error {
	d.raw, _ = io.ReadAll(ctx.BodyReader()) // in memory since takeBody
	return nil
}

func (d *Declared) check() (err error) {
	if d.docs, err = imports.Resources(d.raw); err == nil && len(d.docs) == 0 {
		err = fault.Invalidf("body", "there is no resource in it", "Darin steht kein Objekt.")
	}
	return err
}

type putInput struct {
	NamePath
	Declared
}

func (in *putInput) check() error {
	if err := in.Declared.check(); err != nil {
		return err
	}
	if len(in.docs) != 1 {
		return fault.Invalidf("body", "%d resources where one belongs: POST /v1/apply takes several",
			"%d Objekte, wo eines hingehört: Mehrere nimmt POST /v1/apply.", len(in.docs))
	}
	if name := in.docs[0].Metadata.Name; name != in.Name {
		return fault.Invalidf("metadata.name", "%.80q isn't the name in the path, %.80q", "%.80q ist nicht der Name im Pfad, %.80q.", name, in.Name)
	}
	return nil
}

type resourceOutput struct {
	Status int
	Body   struct {
		Resource
		Change string `json:"change,omitempty" enum:"created,changed,unchanged,proposed" doc:"What a PUT did."`
		Run    string `json:"run,omitempty" doc:"That decides on what is proposed."`

		Warnings []dataset.Warning `json:"warnings,omitempty" doc:"Of what is valid, and hardly meant so."`
	}
}

func (s *server) resources() {
	for _, k := range declaration.Kinds() {
		tags, path := []string{"Resources"}, "/v1/"+k.Plural
		listing := operation{Operation: huma.Operation{
			OperationID: "list-" + k.Plural, Method: http.MethodGet, Path: path, Tags: tags, Summary: "The " + k.Plural + ", by name",
		}}
		if k.OfService() {
			register(s, listing, func(ctx context.Context, in *struct {
				Page
				Service string `query:"service" maxLength:"200" doc:"Those of this service alone."`
			}) (*listed[Resource], error) {
				return resourcesOf(s.caller(ctx).ListResources(ctx, k.Kind, in.Service, in.store()))
			})
		} else {
			register(s, listing, func(ctx context.Context, in *Page) (*listed[Resource], error) {
				return resourcesOf(s.caller(ctx).ListResources(ctx, k.Kind, "", in.store()))
			})
		}
		register(s, operation{Operation: huma.Operation{
			OperationID: "get-" + k.Singular(), Method: http.MethodGet, Path: path + "/{name}", Tags: tags, Summary: "One of the " + k.Plural + ", in its newest version",
		}}, func(ctx context.Context, in *NamePath) (*resourceOutput, error) {
			v, err := s.caller(ctx).ReadResource(ctx, k.Kind, in.Name)
			out := &resourceOutput{Status: http.StatusOK}
			out.Body.Resource = resourceOf(v)
			return out, err
		})
		register(s, operation{Operation: huma.Operation{
			OperationID: "list-" + k.Singular() + "-versions", Method: http.MethodGet, Path: path + "/{name}/versions", Tags: tags,
			Summary: "The versions of one of the " + k.Plural + ", newest first",
		}}, func(ctx context.Context, in *struct {
			NamePath
			Page
		}) (*listed[Resource], error) {
			return resourcesOf(s.caller(ctx).ListVersions(ctx, k.Kind, in.Name, in.store()))
		})
		register(s, operation{Operation: huma.Operation{
			OperationID: "retire-" + k.Singular(), Method: http.MethodDelete, Path: path + "/{name}", Tags: tags,
			Summary: "Take one of the " + k.Plural + " out of use; its versions stay", DefaultStatus: http.StatusNoContent,
		}}, func(ctx context.Context, in *NamePath) (*struct{}, error) {
			return nil, s.Store.Retire(ctx, actorOf(ctx), s.Now(), k.Kind, in.Name)
		})
		register(s, operation{body: documents, Operation: huma.Operation{
			OperationID: "put-" + k.Singular(), Method: http.MethodPut, Path: path + "/{name}", Tags: tags,
			Summary:   "Declare one of the " + k.Plural + "; a change makes a new version",
			Responses: map[string]*huma.Response{"201": {Description: "Created"}, "202": {Description: "Proposed: a run decides on it"}},
		}}, func(ctx context.Context, in *putInput) (*resourceOutput, error) {
			if got := in.docs[0].Kind; got != k.Kind {
				return nil, fault.Invalidf("kind", "%.80q isn't the kind in the path, %s", "%.80q ist nicht die Art im Pfad, %s.", got, k.Kind)
			}
			changes, err := s.Runs.Apply(ctx, actorOf(ctx), in.docs, false)
			if err != nil {
				return nil, err
			}
			out := &resourceOutput{Status: http.StatusOK}
			switch changes[0].Change {
			case store.Created:
				out.Status = http.StatusCreated
			case store.Proposed:
				out.Status = http.StatusAccepted
				out.Body.Run = changes[0].Run
			}
			v := changes[0].After
			if v == nil { // unchanged
				now, err := s.Store.Resource(ctx, k.Kind, in.Name)
				if err != nil {
					return nil, err
				}
				v = &now
			}
			out.Body.Resource, out.Body.Change = resourceOf(s.caller(ctx).ShowVersion(*v)), changes[0].Change
			out.Body.Warnings = changes[0].Warnings
			return out, nil
		})
	}
}

func (s *server) apply() {
	register(s, operation{body: documents, Operation: huma.Operation{
		OperationID: "apply", Method: http.MethodPost, Path: "/v1/apply", Tags: []string{"Resources"},
		Summary:       "Declare many resources, all or none",
		Description:   "One resource or a list in JSON, or any number of YAML documents. A dry run changes nothing and shows each resource before and after.",
		DefaultStatus: http.StatusOK,
	}}, func(ctx context.Context, in *struct {
		Declared
		DryRun bool `query:"dry_run"`
	}) (*listed[store.Change], error) {
		if err := s.caller(ctx).CheckDeclares(in.docs); err != nil {
			return nil, err
		}
		changes, err := s.Runs.Apply(ctx, actorOf(ctx), in.docs, in.DryRun)
		for i := range changes {
			if in.DryRun {
				changes[i].Run = "" // that would decide: it was undone with the rest
			} else {
				changes[i].Before, changes[i].After = nil, nil
			}
		}
		return items(changes, "", err)
	})
}
