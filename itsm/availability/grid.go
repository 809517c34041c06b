package availability

import (
	"slices"

	"turnus/itsm/interval"
)

// grid is a period cut into pieces in which nothing changes: piece i is
// [grid[i], grid[i+1]).
type grid []int64

// cut makes a grid of a period and everything that begins or ends within it.
func cut(period interval.Span, sets ...interval.Set) grid {
	g := grid{period.From, period.To}
	for _, set := range sets {
		for _, s := range set {
			for _, x := range [2]int64{s.From, s.To} {
				if period.Contains(x) {
					g = append(g, x)
				}
			}
		}
	}
	slices.Sort(g)
	return slices.Compact(g)
}

// pieces are the pieces of a span that was cut out, or of its part within the
// period: from the first to before the second.
func (g grid) pieces(s interval.Span) (from, to int) {
	last := len(g) - 1
	if s = s.Clip(interval.Span{From: g[0], To: g[last]}); s.Empty() {
		return 0, 0
	}
	from, _ = slices.BinarySearch(g, s.From)
	to, _ = slices.BinarySearch(g, s.To)
	return from, to
}

func (g grid) span(i int) interval.Span { return interval.Span{From: g[i], To: g[i+1]} }

// painter gives each piece to the span that asks for it first. However much
// the spans overlap, each piece is given once and then skipped.
type painter struct {
	grid grid
	free []int // the next free piece from here on, or nearer to it
}

func (g grid) painter() painter {
	p := painter{g, make([]int, len(g))}
	for i := range p.free {
		p.free[i] = i
	}
	return p
}

func (p painter) next(i int) int {
	for p.free[i] != i {
		p.free[i] = p.free[p.free[i]]
		i = p.free[i]
	}
	return i
}

func (p painter) paint(s interval.Span, give func(piece int)) {
	from, to := p.grid.pieces(s)
	for i := p.next(from); i < to; i = p.next(i) {
		give(i)
		p.free[i] = i + 1
	}
}
