package availabilityreview

import "turnus/itsm/rulechange"

// Compare sets the figures of a period beside those that other rules give of the
// same data, in the order in which they stand there.
func Compare(then, now Result) []rulechange.TargetChange {
	return rulechange.Compare(then.reached(), now.reached())
}

// reached is what each target came to.
func (r Result) reached() (all []rulechange.Reached) {
	for _, a := range r.Agreements {
		for _, t := range a.Targets {
			all = append(all, rulechange.Reached{Agreement: a.Name, Target: t.Target.Name,
				Attained: rulechange.Attained{Met: t.Sum.Measured - t.Sum.Down, Decided: t.Sum.Measured, Attain: t.Target.Attain.String(),
					Percent: t.Sum.Availability, Verdict: string(t.Verdict)}})
		}
	}
	return all
}
