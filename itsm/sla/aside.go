package sla

import (
	"cmp"
	"maps"
	"slices"

	"turnus/itsm/agreement"
	"turnus/itsm/ticket"
)

// Overload is why tickets don't count that were opened in a sub-period above a
// workload limit which voids targets. Nobody proposes it: it was agreed.
const Overload agreement.ExclusionReason = "workload"

// Excluded is what one exclusion, or a workload limit, takes out of a target's
// figures.
type Excluded struct {
	Exclusion int64                     `json:"exclusion,omitempty"` // its ID; 0: the workload limit
	Reason    agreement.ExclusionReason `json:"reason"`
	Counts
}

// All are the counts of a target as if nothing were excluded.
type All struct {
	Counts
	Verdict Verdict `json:"verdict"`
}

// excludes makes the exclusions ready. The first that concerns a ticket takes
// it out, so that it is taken out once.
func (d *derivation) excludes(all []agreement.Exclusion) {
	if len(all) == 0 {
		return
	}
	d.exclusions = slices.Clone(all)
	slices.SortStableFunc(d.exclusions, func(a, b agreement.Exclusion) int { return cmp.Compare(a.ID, b.ID) })
	d.excluded = map[string][]int{}
	for i, x := range d.exclusions {
		for _, number := range x.Tickets {
			d.excluded[number] = append(d.excluded[number], i)
		}
	}
}

// setAside directs what the ticket at hand counts for: to what an exclusion
// takes out, or, while it isn't known whether there were too many, to the
// tickets opened in the same sub-period.
func (d *derivation) setAside(v *ticket.Version, opened int64) {
	places := d.excluded[v.Number]
	for i := range d.status {
		s := &d.status[i]
		for _, n := range places {
			x := &d.exclusions[n]
			if (x.Agreement == "" || x.Agreement == s.terms.Name) && (x.Target == "" || x.Target == s.spec.Name) {
				s.to, s.exclusion = at(&s.figures.excluded, n), x
				break
			}
		}
		if s.to == s.figures && len(s.terms.voids) > 0 {
			s.to = at(&s.target.opened, d.wall.start(s.terms.finest, opened))
		}
	}
}

// at gives the figures under a key, made when first needed.
func at[K comparable](m *map[K]*figures, key K) *figures {
	if *m == nil {
		*m = map[K]*figures{}
	}
	f := (*m)[key]
	if f == nil {
		f = &figures{}
		(*m)[key] = f
	}
	return f
}

// settle says of the tickets of each sub-period whether they count: when all
// that were opened in it are known.
func (c *contract) settle(w *wall) {
	for _, t := range c.versions {
		for _, x := range t.targets {
			for _, start := range sortedKeys(x.opened) {
				to := x.figures
				if t.overloaded(w, start) {
					if to.void == nil {
						to.void = &figures{}
					}
					to = to.void
				}
				to.merge(x.opened[start])
			}
			x.opened = nil
		}
	}
}

// takenOut lists what was excluded, by exclusion, and counts it all.
func (f *figures) takenOut(exclusions []agreement.Exclusion) (list []Excluded, sum Counts) {
	for _, n := range sortedKeys(f.excluded) {
		if x := f.excluded[n]; x.Counts.any() {
			list = append(list, Excluded{exclusions[n].ID, exclusions[n].Reason, x.Counts})
		}
	}
	if f.void != nil && f.void.Counts.any() {
		list = append(list, Excluded{0, Overload, f.void.Counts})
	}
	for _, x := range list {
		sum = sum.Plus(x.Counts)
	}
	return list, sum
}

func sortedKeys[K int | int64, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
