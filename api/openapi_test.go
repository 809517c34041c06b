package api

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"turnus/access"
	"turnus/api/web"
)

var update = flag.Bool("update", false, "write openapi.yaml anew")

// The document that is committed is the one that is served.
func TestDocumentIsCommitted(t *testing.T) {
	served := do(t, newAPI(t, nil), "GET", "/openapi.yaml", "", nil)
	require.Equal(t, 200, served.Code)
	if *update {
		require.NoError(t, os.WriteFile("openapi.yaml", served.Body.Bytes(), 0o644))
	}
	committed, err := os.ReadFile("openapi.yaml")
	require.NoError(t, err)
	require.Equal(t, string(committed), served.Body.String(), "run go test ./api -run TestDocumentIsCommitted -update, and look at the difference")
}

// What the router knows stands in the document, and the other way round.
func TestEveryRouteIsDocumented(t *testing.T) {
	e := newAPI(t, nil)
	undocumented := map[string]bool{"GET /openapi.json": true, "GET /openapi.yaml": true, "GET /metrics": true}
	for _, p := range web.New(web.Config{}).Routes() {
		undocumented[p.Method+" "+braced(p.Path)] = true
	}
	documented := map[string]bool{}
	for _, op := range operations(t) {
		documented[op.method+" "+op.path] = true
	}
	routed := map[string]bool{}
	for _, r := range e.Routes() {
		route := r.Method + " " + braced(r.Path)
		routed[route] = true
		require.True(t, documented[route] || undocumented[route], "%s isn't in the document", route)
	}
	for route := range documented {
		require.True(t, routed[route], "%s is in the document and isn't routed", route)
	}
}

// braced is a path as the document writes it.
func braced(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if strings.HasPrefix(s, ":") {
			segments[i] = "{" + s[1:] + "}"
		}
	}
	return strings.Join(segments, "/")
}

// Whoever adds an operation says whom it is for, and nothing else is in the table.
func TestEveryOperationHasItsAccess(t *testing.T) {
	table := access.Operations()
	for _, op := range operations(t) {
		entry, ok := table[op.id]
		require.True(t, ok, "%s has no entry", op.id)
		require.Equal(t, !entry.Public, op.bearer, "%s: the document says who needs a token", op.id)
		delete(table, op.id)
	}
	require.Empty(t, table, "entries without an operation")
}

// described is an operation as the document describes it.
type described struct {
	id, method, path string
	bearer           bool
	body             map[string]any // JSON schema of the body; nil: none
	types            []string       // media types of the body
	query            map[string]map[string]any
	required         []string // query parameters
	schemas          map[string]any
}

// operations reads the served document.
func operations(t testing.TB) []described {
	var doc map[string]any
	require.NoError(t, yaml.Unmarshal(do(t, newAPI(t, nil), "GET", "/openapi.yaml", "", nil).Body.Bytes(), &doc))
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	var all []described
	for path, methods := range doc["paths"].(map[string]any) {
		for method, v := range methods.(map[string]any) {
			op := v.(map[string]any)
			d := described{id: op["operationId"].(string), method: strings.ToUpper(method), path: path, schemas: schemas, query: map[string]map[string]any{}}
			_, d.bearer = op["security"]
			if b, ok := op["requestBody"].(map[string]any); ok {
				for media, m := range b["content"].(map[string]any) {
					d.types = append(d.types, media)
					if s, ok := m.(map[string]any)["schema"].(map[string]any); ok {
						d.body = resolved(schemas, s)
					}
				}
			}
			params, _ := op["parameters"].([]any)
			for _, p := range params {
				p := p.(map[string]any)
				if p["in"] == "query" {
					d.query[p["name"].(string)] = p["schema"].(map[string]any)
					if p["required"] == true {
						d.required = append(d.required, p["name"].(string))
					}
				}
			}
			all = append(all, d)
		}
	}
	require.NotEmpty(t, all)
	return all
}

func resolved(schemas, s map[string]any) map[string]any {
	if ref, ok := s["$ref"].(string); ok {
		return schemas[strings.TrimPrefix(ref, "#/components/schemas/")].(map[string]any)
	}
	return s
}
