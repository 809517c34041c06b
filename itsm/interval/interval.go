// Package interval holds half-open spans of instants and the set operations
// on them: what happened, within what was agreed, without what was excused.
//
// It imports the standard library only. Instants are Unix seconds, so that a
// length is a plain difference and nothing is rounded on the way.
//
//	down := interval.Set{{From: 0, To: 60}, {From: 30, To: 90}}.Union()
//	down.Seconds() // 90
package interval

import (
	"cmp"
	"slices"
	"time"
)

// Span is [From, To), in Unix seconds; it is empty unless From < To.
type Span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Between makes the span of two instants, each cut to its whole second.
func Between(from, to time.Time) Span { return Span{from.Unix(), to.Unix()} }

// Empty says that no instant is inside.
func (s Span) Empty() bool { return s.From >= s.To }

// Seconds is the length; of an empty span 0.
func (s Span) Seconds() int64 { return max(s.To-s.From, 0) }

// Contains says whether an instant is inside.
func (s Span) Contains(at int64) bool { return s.From <= at && at < s.To }

// Clip gives the part of the span that lies within another.
func (s Span) Clip(w Span) Span { return Span{max(s.From, w.From), min(s.To, w.To)} }

// Set is a list of spans. The operations accept any order and any overlap and
// give a set in order, without empty, overlapping or touching spans.
type Set []Span

// Union merges what overlaps or touches, within the set and with others.
func (s Set) Union(others ...Set) Set {
	all := slices.DeleteFunc(slices.Concat(append([]Set{s}, others...)...), Span.Empty)
	slices.SortFunc(all, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	var u Set
	for _, x := range all {
		if n := len(u); n > 0 && x.From <= u[n-1].To {
			u[n-1].To = max(u[n-1].To, x.To)
		} else {
			u = append(u, x)
		}
	}
	return u
}

// Intersect gives what lies in both sets.
func (s Set) Intersect(o Set) Set {
	a, b := s.Union(), o.Union()
	var both Set
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if x := a[i].Clip(b[j]); !x.Empty() {
			both = append(both, x)
		}
		if a[i].To < b[j].To {
			i++
		} else {
			j++
		}
	}
	return both
}

// Minus gives what lies in the set and not in the other.
func (s Set) Minus(o Set) Set {
	var rest Set
	b := o.Union()
	for _, x := range s.Union() {
		for _, y := range b {
			if y.To <= x.From {
				continue
			}
			if y.From >= x.To {
				break
			}
			if x.From < y.From {
				rest = append(rest, Span{x.From, y.From})
			}
			x.From = y.To
		}
		if !x.Empty() {
			rest = append(rest, x)
		}
	}
	return rest
}

// Clip gives what lies within a window.
func (s Set) Clip(w Span) Set { return s.Intersect(Set{w}) }

// Seconds is the length of the union: what overlaps counts once.
func (s Set) Seconds() (n int64) {
	for _, x := range s.Union() {
		n += x.Seconds()
	}
	return n
}
