package availability

import (
	"cmp"
	"slices"
)

// users bounds what users lost while the service was down. In each piece at
// least the largest group of users was concerned, and at most all of the
// groups together; of groups whose users are named the union is known.
func (l timeline) users(f *facts, population, agreed int64) *UserTime {
	if population == 0 {
		return nil
	}
	u := UserTime{Population: population}
	n := len(l.kinds)
	everyone, named, sum, most := make([]int64, n+1), make([]int64, n), make([]int64, n+1), make([]int64, n)
	var groups, numbers []outage
	for _, o := range f.outages {
		from, to := l.grid.pieces(o.Span)
		switch {
		case o.named:
			groups = append(groups, o)
		case o.affected != nil:
			sum[from] += *o.affected
			sum[to] -= *o.affected
			numbers = append(numbers, o)
		default:
			everyone[from]++
			everyone[to]--
		}
	}
	l.unite(groups, named)
	slices.SortStableFunc(numbers, func(a, b outage) int { return cmp.Compare(*b.affected, *a.affected) })
	p := l.grid.painter()
	for _, o := range numbers {
		p.paint(o.Span, func(i int) { most[i] = *o.affected })
	}
	var whole, groupsSum int64
	for i, k := range l.kinds {
		whole += everyone[i]
		groupsSum += sum[i]
		if k != KindDown {
			continue
		}
		low, high := max(named[i], most[i]), min(named[i]+groupsSum, population)
		if whole > 0 {
			low, high = population, population
		}
		u.LostLow += low * l.grid.span(i).Seconds()
		u.LostHigh += high * l.grid.span(i).Seconds()
	}
	if agreed > 0 {
		all := population * agreed
		u.AvailabilityLow, u.AvailabilityHigh = percent(all-u.LostHigh, all), percent(all-u.LostLow, all)
	}
	return &u
}

// unite counts in each piece the different users of the groups in it.
func (l timeline) unite(groups []outage, count []int64) {
	type step struct{ piece, group, change int }
	var steps []step
	numbers := map[string]int{}
	users := make([][]int, len(groups))
	for g, o := range groups {
		from, to := l.grid.pieces(o.Span)
		steps = append(steps, step{from, g, 1}, step{to, g, -1})
		for _, name := range o.users {
			if _, ok := numbers[name]; !ok {
				numbers[name] = len(numbers)
			}
			users[g] = append(users[g], numbers[name])
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.piece, b.piece) })
	concerned := make([]int, len(numbers)) // by how many groups
	var union int64
	for i, s := 0, 0; i < len(count); i++ {
		for ; s < len(steps) && steps[s].piece == i; s++ {
			for _, n := range users[steps[s].group] {
				before := concerned[n] > 0
				concerned[n] += steps[s].change
				switch after := concerned[n] > 0; {
				case after && !before:
					union++
				case before && !after:
					union--
				}
			}
		}
		count[i] = union
	}
}
