package availabilityreview

import "turnus/itsm/fault"

// Derive computes the figures of a period.
func Derive(f Frozen, from Source) (Result, error) {
	return Result{}, fault.Invalidf("", "not there yet", "noch nicht da")
}

// Rules is a digest of what a target measures, but not its name nor its
// percentage. Figures under the same rules can be compared over time.
func (f Frozen) Rules(agreement, target string) string { return "" }
