package drill

import (
	"slices"

	"turnus/itsm/continuity"
)

// inOrder gives steps in the order of their dependencies: each stands behind all
// that it depends on, and else as the plan has them. Steps of a cycle, which no
// plan has, come last.
func inOrder(steps []continuity.Step) []continuity.Step {
	planned := map[string]bool{}
	for _, s := range steps {
		planned[s.Name] = true
	}
	placed, ordered, rest := map[string]bool{}, []continuity.Step{}, slices.Clone(steps)
	for len(rest) > 0 {
		next := slices.IndexFunc(rest, func(s continuity.Step) bool {
			return !slices.ContainsFunc(s.After, func(name string) bool { return planned[name] && !placed[name] })
		})
		if next < 0 {
			return append(ordered, rest...)
		}
		placed[rest[next].Name] = true
		ordered, rest = append(ordered, rest[next]), slices.Delete(rest, next, next+1)
	}
	return ordered
}

// inDrill gives the steps without those that the drill isn't about; what depends
// on one of these depends on what that depended on.
func inDrill(steps []continuity.Step, leftOut []string) []continuity.Step {
	by := map[string]continuity.Step{}
	for _, s := range steps {
		by[s.Name] = s
	}
	var all []continuity.Step
	for _, s := range steps {
		if slices.Contains(leftOut, s.Name) {
			continue
		}
		var after []string
		seen := map[string]bool{}
		var look func(names []string)
		look = func(names []string) {
			for _, name := range names {
				switch {
				case seen[name]:
				case slices.Contains(leftOut, name):
					seen[name] = true
					look(by[name].After)
				default:
					seen[name] = true
					after = append(after, name)
				}
			}
		}
		look(s.After)
		s.After = after
		all = append(all, s)
	}
	return all
}

// longest is how long the steps take as planned, one after the other along their
// longest chain, in seconds.
func longest(steps []continuity.Step) (seconds int64) {
	ends := map[string]int64{}
	for _, s := range inOrder(steps) {
		var from int64
		for _, name := range s.After {
			from = max(from, ends[name])
		}
		ends[s.Name] = from + s.Takes.Seconds()
		seconds = max(seconds, ends[s.Name])
	}
	return seconds
}
