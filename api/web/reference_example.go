package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// examples makes calls that an operation takes, from its schema.
type examples struct{ schemas huma.Registry }

// operation is an operation with what it takes, and a call of it.
func (x examples) operation(method, path string, op *huma.Operation) operation {
	o := operation{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Description: op.Description, Public: len(op.Security) == 0}
	for _, p := range op.Parameters {
		f := x.field(p.Name, p.Schema, p.Required)
		f.In = p.In
		f.Doc = p.Description
		o.Params = append(o.Params, f)
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		r := op.Responses[status]
		o.Answers = append(o.Answers, answer{status, r.Description, strings.Join(slices.Sorted(maps.Keys(r.Content)), ", ")})
	}
	if op.RequestBody != nil {
		o.Media = slices.Sorted(maps.Keys(op.RequestBody.Content))
		if m, ok := op.RequestBody.Content["application/json"]; ok {
			o.Body = x.fields(m.Schema)
		}
	}
	o.Curl = x.curl(method, path, op)
	return o
}

// fields are the members of a body.
func (x examples) fields(s *huma.Schema) (all []field) {
	s = x.resolved(s)
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		all = append(all, x.field(name, s.Properties[name], slices.Contains(s.Required, name)))
	}
	return all
}

func (x examples) field(name string, s *huma.Schema, required bool) field {
	f := field{Name: name, Required: required, Type: x.typeOf(s), Doc: s.Description}
	for _, e := range x.resolved(s).Enum {
		f.Values = append(f.Values, fmt.Sprint(e))
	}
	return f
}

func (x examples) typeOf(s *huma.Schema) string {
	s = x.resolved(s)
	switch {
	case s.Type == "array" && s.Items != nil:
		return "array of " + x.typeOf(s.Items)
	case s.Format != "":
		return s.Type + ", " + s.Format
	}
	return s.Type
}

func (x examples) resolved(s *huma.Schema) *huma.Schema {
	for s.Ref != "" {
		s = x.schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// value is an example of what a schema describes: what it gives itself, or else
// what is required. A text is called what its member is.
func (x examples) value(name string, s *huma.Schema) any {
	if len(s.Examples) > 0 {
		return s.Examples[0]
	}
	s = x.resolved(s)
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.AnyOf) > 0:
		return x.value(name, s.AnyOf[0])
	case len(s.OneOf) > 0:
		return x.value(name, s.OneOf[0])
	}
	switch s.Type {
	case "object":
		o := map[string]any{}
		for member, of := range s.Properties {
			if slices.Contains(s.Required, member) || len(of.Examples) > 0 {
				o[member] = x.value(member, of)
			}
		}
		return o
	case "array":
		if s.MinItems == nil || *s.MinItems == 0 || s.Items == nil {
			return []any{}
		}
		return []any{x.value(name, s.Items)}
	case "integer", "number":
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 1
	case "boolean":
		return true
	}
	switch s.Format {
	case "date-time":
		return "2026-10-01T06:00:00Z"
	case "date":
		return "2026-10-01"
	}
	return name
}

// curl is a call of an operation as it is typed into a shell.
func (x examples) curl(method, path string, op *huma.Operation) string {
	query := url.Values{}
	for _, p := range op.Parameters {
		value := func() string {
			if p.Example != nil {
				return fmt.Sprint(p.Example)
			}
			return fmt.Sprint(x.value(p.Name, p.Schema))
		}
		switch {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(value()))
		case p.In == "query" && p.Required:
			query.Set(p.Name, value())
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	call := "curl "
	if method != "GET" {
		call += "-X " + method + " "
	}
	call += `"$TURNUS_URL` + path + `"`
	if len(op.Security) > 0 {
		call += " \\\n  -H \"Authorization: Bearer $TURNUS_TOKEN\""
	}
	if op.RequestBody == nil {
		return call
	}
	m, ok := op.RequestBody.Content["application/json"]
	if !ok || m.Schema.Format == "binary" {
		return call + " \\\n  -H \"Content-Type: application/octet-stream\" --data-binary @FILE"
	}
	example := m.Example
	if example == nil {
		example = x.value("", m.Schema)
	}
	body, err := json.Marshal(example)
	if err != nil {
		panic("web: the example of " + op.OperationID + " can't be written: " + err.Error())
	}
	return call + " \\\n  -H \"Content-Type: application/json\" \\\n  -d '" + strings.ReplaceAll(string(body), "'", `'\''`) + "'"
}
