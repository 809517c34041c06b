package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a page says of a refusal people read: no names of parameters, nothing
// twice, and no word that is meant for programs.
func TestRefusalsInWords(t *testing.T) {
	h := newHouse(t)
	for lang, says := range map[string]struct{ nowhere, long string }{
		"en": {"There is no page at this address.", "The text is too long: 200 characters at most."},
		"de": {"Unter dieser Adresse gibt es keine Seite.", "Der Text ist zu lang: Höchstens 200 Zeichen angeben."},
	} {
		owner := h.guest(t, "owner", lang)
		for _, path := range []string{"/tasks/" + strings.Repeat("a", 500), "/runs?state=lost", "/plan/2026/slots?state=late", "/services?after=x", "/?after=x", "/findings?state=lost"} {
			w := owner.opens(path)
			require.Equal(t, http.StatusUnprocessableEntity, w.Code, path)
			words := readOn(w)
			require.Contains(t, words, says.nowhere, path)
			for _, never := range []string{"query.", "path.", "cursor", "expected", "Erwartet"} {
				require.NotContains(t, words, never, path)
			}
		}
		require.Equal(t, http.StatusSeeOther, owner.sends("/findings", "type", "opportunity", "service", "payments", "title", "t", "detail", "d", "kind", "person", "once", lang).Code)
		w := owner.uploads("/findings/1/files", "file", strings.Repeat("n", 201)+".txt", "x")
		require.Equal(t, http.StatusUnprocessableEntity, w.Code)
		words := readOn(w)
		require.Equal(t, 1, strings.Count(words, says.long), words)
		require.NotContains(t, words, "query.")
	}
}
