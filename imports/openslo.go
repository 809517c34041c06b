package imports

import (
	"encoding/json"
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
)

// openSLO makes a document of OpenSLO v1 ready to be read as a resource, in
// place, and refuses what only looks like one: other versions, kinds that
// nothing here uses, and Sloth's own format. Other documents are left alone.
//
// OpenSLO leaves two things open that a resource doesn't: a field without a
// value is one that is left out (in its own examples, alertPolicies), and a
// timeSliceWindow without unit is in minutes.
func openSLO(m map[string]any) error {
	version, _ := m["apiVersion"].(string)
	kind, _ := m["kind"].(string)
	own, _ := m["version"].(string)
	switch {
	case version == "" && strings.HasPrefix(own, "prometheus/"), strings.HasPrefix(version, "sloth.slok.dev/"):
		if version != "" {
			own = version
		}
		return fault.Invalidf("", "%.80q is Sloth's own format, not OpenSLO: write it as apiVersion %s with kind SLO.",
			"%.80q ist das eigene Format von Sloth, nicht OpenSLO: Als apiVersion %s mit kind SLO schreiben.", own, resource.OpenSLO)
	case version == resource.OpenSLO:
		if err := openSLOKind(kind); err != nil {
			return err
		}
		fill(m)
	case strings.HasPrefix(version, "openslo/"), strings.HasPrefix(version, "openslo.com/"):
		return fault.Invalidf("apiVersion", "%.80q is another version of OpenSLO: %s is read here.",
			"%.80q ist eine andere Version von OpenSLO: Gelesen wird %s.", version, resource.OpenSLO)
	}
	return nil
}

// openSLOKind refuses the kinds of OpenSLO that nothing here uses. A document
// without kind is refused later, like any other.
func openSLOKind(kind string) error {
	switch kind {
	case "", string(resource.SLI), string(resource.SLO):
		return nil
	case "Service":
		return fault.Invalidf("kind", "Of OpenSLO SLI and SLO are taken; a service is declared as a Service of %s, with its owner and approvers.",
			"Von OpenSLO werden SLI und SLO angenommen; ein Service wird als Service von %s angelegt, mit Serviceverantwortlichen und Freigabeberechtigten.", resource.APIVersion)
	case "DataSource", "AlertPolicy", "AlertCondition", "AlertNotificationTarget":
		return fault.Invalidf("kind", "Of OpenSLO SLI and SLO are taken, and nothing here uses a %s: leave it out.",
			"Von OpenSLO werden SLI und SLO angenommen, ein %s wird hier nicht gebraucht: Weglassen.", kind)
	}
	return fault.Invalidf("kind", "%.80q isn't a kind of OpenSLO v1; of those SLI and SLO are taken.",
		"%.80q ist keine Art von OpenSLO v1; von diesen werden SLI und SLO angenommen.", kind)
}

// fill leaves out fields without a value, and gives minutes their unit. What a
// metric's source says is its own business.
func fill(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			fill(e)
		}
	case map[string]any:
		for k, e := range v {
			n, number := e.(json.Number)
			switch {
			case e == nil:
				delete(v, k)
			case k == "timeSliceWindow" && number:
				v[k] = string(n) + "m"
			case k != "metricSource":
				fill(e)
			}
		}
	}
}
