package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
	"turnus/itsm/text"
)

// A change is named by what the kind of resource is called, and not by the word
// that stands in its address.
func TestWhatIsChangedIsNamedInWords(t *testing.T) {
	for scope, want := range map[string]text.Text{
		"continuityplan-desk-region": text.New("continuity plan desk-region", "Notfallplan desk-region"),
		"interval-desk":              text.New("interval desk", "Intervall desk"),
		"agreement-gold":             text.New("agreement gold", "Vereinbarung gold"),
		"import-7":                   text.New("import 7", "Import 7"), // its withdrawal, which nobody declares
		"unknown-x":                  text.Same("unknown-x"),
	} {
		require.Equal(t, want, changed(scope))
	}
	require.Contains(t, titleOf(run.Key{Process: "change-approval", Scope: "interval-desk", Period: "2026-11-30"}).De, ", Intervall desk, ")
	require.Contains(t, titleOf(run.Key{Process: "sla-report", Scope: "interval-desk", Period: "2026-10"}).De, ", interval-desk, ")
}
