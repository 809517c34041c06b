package api

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/report"
)

// humaConfig is huma's set-up: JSON only, no documentation page (it would load
// from elsewhere), our problem documents.
func humaConfig() huma.Config {
	schemas := huma.NewMapRegistry("#/components/schemas/", schemaName)
	schemas.RegisterTypeAlias(reflect.TypeFor[json.Number](), reflect.TypeFor[float64]()) // exact, and a number all the same
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "Turnus",
				Version:     "1", // of the interface, not of the binary
				Description: "IT service management under ISO/IEC 20000-1 as durable workflows. Errors are RFC 9457 problem documents in English or German, by Accept-Language.",
			},
			Components: &huma.Components{
				Schemas: schemas,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer": {Type: "http", Scheme: "bearer", Description: "A token that an administrator has issued."},
				},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true, // dryrun isn't dry_run
		Transformers:                 []huma.Transformer{translated},
	}
}

// schemaName names a type in the document. Each kind has a Spec of its own, and
// some names are taken by several packages.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	pkg := t.PkgPath()
	pkg = pkg[strings.LastIndex(pkg, "/")+1:]
	taken := map[string][]string{ // by a package whose types have the names as they are
		"improvement": {"Source", "File"},
		"report":      {"Finding", "Span"},
		"dataset":     {"File", "Column", "Mapping"},
		"continuity":  {"Plan", "Step", "Agreed", "Coverage"},
	}
	if name == "Spec" || slices.Contains(taken[pkg], name) {
		return strings.ToUpper(pkg[:1]) + pkg[1:] + name
	}
	return name
}

// problemResponse documents every error.
func problemResponse(r huma.Registry) *huma.Response {
	return &huma.Response{
		Description: "A problem document",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: r.Schema(reflect.TypeFor[Problem](), true, "Problem")}},
	}
}

func (s *server) jsonResponse(description string, of any) *huma.Response {
	schema := s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(of), true, "")
	return &huma.Response{Description: description, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
}

// keyParameter documents the header that every POST honours.
func keyParameter() *huma.Param {
	one, most := 1, 255
	return &huma.Param{
		Name: keyHeader, In: "header",
		Description: "A repeat with the same key and the same request gets the recorded answer, for 24 hours.",
		Schema:      &huma.Schema{Type: "string", MinLength: &one, MaxLength: &most},
	}
}

// document completes the OpenAPI document, when all operations are there, and
// serves it.
func (s *server) document(e *echo.Echo) {
	doc := s.huma.OpenAPI()
	schemas := doc.Components.Schemas
	delete(schemas.Map(), "ErrorModel") // huma's own, which is never sent
	delete(schemas.Map(), "ErrorDetail")

	figure := schemas.Map()["Figure"].Properties // whose group is written as one of them
	figure["agreement"], figure["group"] = &huma.Schema{Type: "string"}, schemas.Schema(reflect.TypeFor[report.Group](), true, "")
	s.documentBodies()
	open(doc)

	asJSON, err := json.Marshal(doc)
	if err != nil {
		panic("api: the OpenAPI document can't be written: " + err.Error())
	}
	asYAML, err := doc.YAML()
	if err != nil {
		panic("api: the OpenAPI document can't be written: " + err.Error())
	}
	e.GET("/openapi.json", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/openapi+json", asJSON) })
	e.GET("/openapi.yaml", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/openapi+yaml", asYAML) })
}

// documentBodies describes the bodies that huma doesn't read: resources, and
// files.
func (s *server) documentBodies() {
	doc := s.huma.OpenAPI()
	schemas := doc.Components.Schemas
	metadata := schemas.Schema(reflect.TypeFor[resource.Metadata](), true, "")
	var all []*huma.Schema
	for _, k := range declaration.Kinds() {
		schema := &huma.Schema{
			Type:     "object",
			Required: []string{"apiVersion", "kind", "metadata", "spec"},
			Properties: map[string]*huma.Schema{
				"apiVersion": {Type: "string", Enum: []any{k.APIVersion}},
				"kind":       {Type: "string", Enum: []any{string(k.Kind)}},
				"metadata":   metadata,
				"spec":       schemas.Schema(k.Type, true, ""),
			},
		}
		schemas.Map()["Declared"+string(k.Kind)] = schema
		ref := &huma.Schema{Ref: "#/components/schemas/Declared" + string(k.Kind)}
		all = append(all, ref)
		doc.Paths["/v1/"+k.Plural+"/{name}"].Put.RequestBody = bodyOf(map[string]*huma.Schema{"application/json": ref, "application/yaml": ref})
	}
	some := &huma.Schema{AnyOf: append(all, &huma.Schema{Type: "array", Items: &huma.Schema{AnyOf: all}})}
	for _, path := range []string{"/v1/apply", "/v1/plan/preview"} {
		doc.Paths[path].Post.RequestBody = bodyOf(map[string]*huma.Schema{"application/json": some, "application/yaml": some})
	}
	for _, p := range process.Catalogue() {
		if p.Started() {
			doc.Paths["/v1/processes/"+p.Name+"/runs"].Post.RequestBody.Content["application/json"].Example = exampleOf(p)
		}
	}
	file := &huma.Schema{Type: "string", Format: "binary"}
	doc.Paths["/v1/calendars/{name}/holidays"].Post.RequestBody = bodyOf(map[string]*huma.Schema{
		"application/octet-stream": file, "text/calendar": file, "application/gzip": file, "application/zip": file,
	})
	for _, d := range dataset.All() {
		doc.Paths[importPath(d)].Post.RequestBody = bodyOf(map[string]*huma.Schema{
			"application/octet-stream": file, "text/csv": file, "application/gzip": file, "application/zip": file,
		})
	}
	sent := map[string]*huma.Schema{"application/octet-stream": file}
	for _, media := range task.FileTypes() {
		sent[media] = file
	}
	for _, path := range []string{"/v1/tasks/{id}/files", "/v1/findings/{id}/files"} {
		doc.Paths[path].Post.RequestBody = bodyOf(sent)
	}
}

// exampleOf is what a run of a process may be started with.
func exampleOf(p process.Process) map[string]string {
	switch {
	case p.Scope == process.OfService:
		return map[string]string{"service": "payments", "period": "2026-10"}
	case p.Scope == process.OfContinuityPlan:
		return map[string]string{"scope": "payments-region", "period": "2026-10-05"}
	case !p.Planned():
		return map[string]string{"scope": "12"}
	}
	return map[string]string{"period": "2026-10"}
}

func bodyOf(content map[string]*huma.Schema) *huma.RequestBody {
	b := &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
	for t, schema := range content {
		b.Content[t] = &huma.MediaType{Schema: schema}
	}
	return b
}

// open lets answers carry more fields than are described, since optional ones
// are added; bodies of requests stay strict.
func open(doc *huma.OpenAPI) {
	strict := map[string]bool{}
	for _, k := range declaration.Kinds() {
		strict[schemaName(k.Type, "")] = true
	}
	for _, p := range doc.Paths {
		for _, op := range []*huma.Operation{p.Post, p.Put} {
			if op != nil && op.RequestBody != nil {
				for _, m := range op.RequestBody.Content {
					strict[strings.TrimPrefix(m.Schema.Ref, "#/components/schemas/")] = true
				}
			}
		}
	}
	for name, schema := range doc.Components.Schemas.Map() {
		if !strict[name] {
			schema.AdditionalProperties = nil
		}
	}
}
