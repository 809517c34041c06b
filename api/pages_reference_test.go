package api

import (
	"encoding/json"
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/access"
)

// Every operation is documented in both languages, with whom it is for and a
// call, on pages that are small.
func TestReference(t *testing.T) {
	h := newHouse(t)
	who := h.guest(t, "viewer", "en")
	for _, lang := range []string{"en", "de"} {
		index := who.reads("/docs", lang)
		require.Less(t, len(index), 100<<10)
		pages := map[string]string{}
		for _, op := range operations(t) {
			_, after, found := strings.Cut(index, `#`+op.id+`"`)
			require.True(t, found, op.id)
			require.Contains(t, after, op.path)
			before := index[:len(index)-len(after)]
			path := before[strings.LastIndex(before, `href="`)+len(`href="`):]
			path, _, _ = strings.Cut(path, "#")
			if pages[path] == "" {
				pages[path] = who.reads(path, lang)
				require.Less(t, len(pages[path]), 100<<10, path)
			}
			_, section, found := strings.Cut(pages[path], `<h2 id="`+op.id+`"`)
			require.True(t, found, op.id)
			section, _, _ = strings.Cut(section, "</section>")
			require.Contains(t, section, "curl ")
			require.Equal(t, op.bearer, strings.Contains(section, "$TURNUS_TOKEN"), op.id)
			for _, role := range access.Operations()[op.id].Roles {
				require.Contains(t, section, "<code>"+string(role)+"</code>", op.id)
			}
		}
	}
	require.Equal(t, 404, who.in("en").opens("/docs/nonsense").Code)
	require.Equal(t, 303, h.browser(t).get(t, "/docs").Code)
}

// What a call sends fits what the operation takes.
func TestCallsOfTheReferenceFit(t *testing.T) {
	h := newHouse(t)
	who := h.guest(t, "viewer", "en")
	index, checked := who.reads("/docs", "en"), 0
	for _, op := range operations(t) {
		if op.body == nil || op.body["format"] == "binary" || op.body["type"] == "string" {
			continue
		}
		before, _, _ := strings.Cut(index, "#"+op.id+`"`)
		_, section, found := strings.Cut(who.reads(before[strings.LastIndex(before, `"`)+1:], "en"), `<h2 id="`+op.id+`"`)
		require.True(t, found, op.id)
		section, _, _ = strings.Cut(html.UnescapeString(section), "</section>")
		_, body, found := strings.Cut(section, "-d '")
		require.True(t, found, op.id)
		body, _, _ = strings.Cut(body, "'</code>")
		var value any
		require.NoError(t, json.Unmarshal([]byte(body), &value), body)
		fits(t, op.schemas, op.body, value, op.id)
		checked++
	}
	require.Greater(t, checked, 20)
}

// fits holds a value against a schema: its type, what it has to have, and what it
// may have.
func fits(t *testing.T, schemas, s map[string]any, value any, where string) {
	t.Helper()
	s = resolved(schemas, s)
	if several, ok := s["anyOf"].([]any); ok {
		s = resolved(schemas, several[0].(map[string]any))
	}
	if values, ok := s["enum"].([]any); ok {
		require.Contains(t, values, value, where)
	}
	switch s["type"] {
	case "object":
		has, ok := value.(map[string]any)
		require.True(t, ok, where)
		members, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, name := range required {
			require.Contains(t, has, name, where)
		}
		for name, v := range has {
			require.Contains(t, members, name, where)
			fits(t, schemas, members[name].(map[string]any), v, where+"."+name)
		}
	case "array":
		require.IsType(t, []any{}, value, where)
	case "string":
		require.IsType(t, "", value, where)
	case "boolean":
		require.IsType(t, true, value, where)
	case "integer", "number":
		require.IsType(t, 1.0, value, where)
	}
}
