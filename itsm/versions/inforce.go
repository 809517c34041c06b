package versions

import (
	"slices"
	"time"

	"turnus/itsm/agreement"
)

// InForce gives the newest version of an agreement that has a target, or any if
// none is named; a version in force in the period counts before all others.
func InForce(all []Agreement, name, target string, from, to time.Time) (a *Agreement, t *agreement.Target) {
	newest := 0
	for i := range all {
		v := &all[i]
		rank := v.Version
		if v.ValidFrom.Before(to) && (v.ValidTo == nil || v.ValidTo.After(from)) {
			rank += 1 << 32
		}
		if v.Name != name || rank <= newest {
			continue
		}
		at := slices.IndexFunc(v.Spec.Targets, func(x agreement.Target) bool { return x.Name == target })
		switch {
		case target == "":
			newest, a = rank, v
		case at >= 0:
			newest, a, t = rank, v, &v.Spec.Targets[at]
		}
	}
	return a, t
}
