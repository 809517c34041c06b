package api

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/person"
	"turnus/itsm/resource"
)

// A report is given in the language that is asked for, or else in that of what
// it is about.
func TestTheLanguageOfAReport(t *testing.T) {
	h := newHouse(t)
	r, _ := h.waiting(t)
	at := "/v1/runs/" + r.ID + "/report"
	const english, german = "SLA report", "SLA-Bericht"
	reads := func(want, path string, headers ...string) {
		t.Helper()
		w := h.as(t, "owner", "GET", path, "", append(headers, "Accept", "text/html")...)
		require.Equal(t, 200, w.Code, w.Body)
		require.Contains(t, w.Body.String(), want)
		require.Equal(t, map[string]string{english: "en", german: "de"}[want], w.Header().Get("Content-Language"))
	}
	reads(english, at)
	reads(english, at, "Accept-Language", "fr")

	_, err := h.store.Apply(t.Context(), person.Actor{Person: person.System}, testNow, []resource.Raw{{APIVersion: resource.APIVersion, Kind: resource.Service,
		Metadata: resource.Metadata{Name: "payments"},
		Spec:     json.RawMessage(`{"owner":"owner","approvers":["approver"],"calendar":"office","language":"de"}`)}}, false)
	require.NoError(t, err)
	reads(german, at)
	for _, none := range []string{"", "fr", "fr, it;q=0.5", "*", "??"} {
		reads(german, at, "Accept-Language", none)
	}
	for _, asked := range []string{"en", "en-GB", "fr, en;q=0.1", "en, de;q=0.9"} {
		reads(english, at, "Accept-Language", asked)
	}
	reads(german, at, "Accept-Language", "de-AT")
	reads(english, at+"?lang=en")
	reads(english, at+"?lang=en", "Accept-Language", "de")
	reads(german, at+"?lang=de", "Accept-Language", "en")

	w := h.as(t, "owner", "GET", at+"-not", "", "Accept", "text/html")
	require.Equal(t, "en", w.Header().Get("Content-Language"), "what isn't about a scope stays English")
}
