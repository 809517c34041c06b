// Package deploy carries what an installation is set up with. It imports embed
// only.
package deploy

import "embed"

// Demo is the demo organisation, below demo/: resources in *.yaml, the public
// incident log of a real service desk, uci_incident_event_log.zip, and the
// observations of web services by a public monitor, bern-updown-2026.tsv.gz, with
// their licences and attributions.
//
//go:embed demo
var Demo embed.FS

//go:embed mappings/*.yaml
var mappings embed.FS

// Mapping gives a ready mapping by its name, a Mapping resource in YAML that
// says at its top how to export, and its traps; false where there is none.
func Mapping(name string) (doc []byte, ok bool) {
	doc, err := mappings.ReadFile("mappings/" + name + ".yaml")
	return doc, err == nil
}

// Mappings lists the names of the ready mappings, in order.
func Mappings() []string {
	files, err := mappings.ReadDir("mappings")
	if err != nil {
		panic(err) // they are compiled in
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name()[:len(f.Name())-len(".yaml")]
	}
	return names
}
