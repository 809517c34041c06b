package rulechange

import "slices"

// Reached is what a target of an agreement came to.
type Reached struct {
	Agreement, Target string
	Attained
}

// Compare sets what targets came to beside what they would come to, agreement by
// agreement in the order in which these stand now, those that there aren't any more
// behind; within one in the order of its targets, in the same way.
func Compare(then, now []Reached) (all []TargetChange) {
	var agreements []string
	for _, r := range slices.Concat(now, then) {
		if !slices.Contains(agreements, r.Agreement) {
			agreements = append(agreements, r.Agreement)
		}
	}
	for _, name := range agreements {
		for _, r := range now {
			if r.Agreement == name {
				all = append(all, TargetChange{Agreement: name, Target: r.Target, Then: in(then, r), New: &r.Attained})
			}
		}
		for _, r := range then {
			if r.Agreement == name && in(now, r) == nil {
				all = append(all, TargetChange{Agreement: name, Target: r.Target, Then: &r.Attained})
			}
		}
	}
	return all
}

// in finds what the same target came to; nil where it isn't there.
func in(all []Reached, as Reached) *Attained {
	for i, r := range all {
		if r.Agreement == as.Agreement && r.Target == as.Target {
			return &all[i].Attained
		}
	}
	return nil
}
