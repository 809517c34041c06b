// Package deploy carries what an installation is set up with. It imports embed
// only.
package deploy

import "embed"

// Demo is the demo organisation, below demo/: resources in *.yaml, and the
// public incident log of a real service desk, uci_incident_event_log.zip, with
// its licence and attribution.
//
//go:embed demo
var Demo embed.FS
