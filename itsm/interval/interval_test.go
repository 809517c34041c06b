package interval_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/interval"
)

type set = interval.Set

func TestSetOperations(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want set
	}{
		{"overlap and touch merge", set{{5, 9}, {0, 3}, {3, 4}, {8, 12}}.Union(), set{{0, 4}, {5, 12}}},
		{"empty and reversed spans vanish", set{{3, 3}, {9, 4}, {1, 2}}.Union(), set{{1, 2}}},
		{"union with others", set{{0, 1}}.Union(set{{1, 2}}, set{{5, 6}}), set{{0, 2}, {5, 6}}},
		{"intersection", set{{0, 10}, {20, 30}}.Intersect(set{{5, 25}}), set{{5, 10}, {20, 25}}},
		{"touching spans share nothing", set{{0, 10}}.Intersect(set{{10, 20}}), nil},
		{"a hole", set{{0, 10}}.Minus(set{{3, 4}, {4, 5}}), set{{0, 3}, {5, 10}}},
		{"both ends", set{{2, 8}}.Minus(set{{0, 3}, {7, 20}}), set{{3, 7}}},
		{"all of it", set{{2, 8}}.Minus(set{{2, 8}}), nil},
		{"one hole over two spans", set{{0, 4}, {6, 9}}.Minus(set{{3, 7}}), set{{0, 3}, {7, 9}}},
		{"clip", set{{0, 4}, {6, 9}}.Clip(interval.Span{From: 2, To: 7}), set{{2, 4}, {6, 7}}},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, c.got) })
	}
}

func TestInputsStayAsTheyAre(t *testing.T) {
	s := set{{5, 9}, {0, 6}}
	s.Union()
	s.Minus(set{{1, 2}})
	require.Equal(t, set{{5, 9}, {0, 6}}, s)
}

func TestBetweenCutsToSeconds(t *testing.T) {
	at := time.Unix(100, 999_999_999)
	require.Equal(t, interval.Span{From: 100, To: 101}, interval.Between(at, at.Add(1)))
	require.True(t, interval.Span{From: 1, To: 2}.Contains(1))
	require.False(t, interval.Span{From: 1, To: 2}.Contains(2))
	require.Zero(t, interval.Span{From: 2, To: 1}.Seconds())
}

// Every operation agrees with the same one on single instants.
func TestOperationsAgreeWithInstants(t *testing.T) {
	spans := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) interval.Span {
		return interval.Span{From: rapid.Int64Range(-5, 40).Draw(t, "from"), To: rapid.Int64Range(-5, 40).Draw(t, "to")}
	}), 0, 6)
	in := func(s set, at int64) bool {
		for _, x := range s {
			if x.From <= at && at < x.To {
				return true
			}
		}
		return false
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := set(spans.Draw(t, "a")), set(spans.Draw(t, "b"))
		union, both, rest := a.Union(b), a.Intersect(b), a.Minus(b)
		var n int64
		for at := int64(-6); at < 42; at++ {
			ia, ib := in(a, at), in(b, at)
			if in(union, at) != (ia || ib) || in(both, at) != (ia && ib) || in(rest, at) != (ia && !ib) {
				t.Fatalf("at %d: a %v, b %v: %v %v %v", at, a, b, union, both, rest)
			}
			if ia {
				n++
			}
		}
		if a.Seconds() != n {
			t.Fatalf("%v has %d seconds, not %d", a, n, a.Seconds())
		}
		for _, s := range []set{union, both, rest} {
			for i, x := range s {
				if x.Empty() || i > 0 && s[i-1].To >= x.From {
					t.Fatalf("not in normal form: %v", s)
				}
			}
		}
	})
}
