package continuity

import "slices"

// InOrder gives steps in the order of their dependencies, and else in the plan's.
// Those of a circle, which no plan in force has, stand at the end.
func InOrder(steps []Step) []Step {
	left, all := slices.Clone(steps), make([]Step, 0, len(steps))
	waits := func(s Step) bool {
		return slices.ContainsFunc(left, func(o Step) bool { return slices.Contains(s.After, o.Name) })
	}
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(s Step) bool { return !waits(s) })
		if i < 0 {
			return append(all, left...)
		}
		all = append(all, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return all
}
