package sla

import (
	"cmp"
	"slices"
	"strings"
)

// Counts are those of the tickets of one target. Decided = Met + Breached.
type Counts struct {
	Decided          int64 `json:"decided"`
	Met              int64 `json:"met"`
	Breached         int64 `json:"breached"`
	Open             int64 `json:"open"`              // at the period's end
	OpenBreached     int64 `json:"open_breached"`     // of these
	Undecided        int64 `json:"undecided"`         // open, neither met nor breached
	Reopened         int64 `json:"reopened"`          // in the period, after an earlier period decided
	ReopenedBreached int64 `json:"reopened_breached"` // of these, over the target at the period's end
	Claims           int64 `json:"claims"`            // decided tickets on which the source says something
	ClaimedMet       int64 `json:"claimed_met"`
	Differ           int64 `json:"differ"` // the source and the clock disagree
}

// Plus adds up what different tickets were counted for.
func (c Counts) Plus(o Counts) Counts {
	return Counts{
		c.Decided + o.Decided, c.Met + o.Met, c.Breached + o.Breached,
		c.Open + o.Open, c.OpenBreached + o.OpenBreached, c.Undecided + o.Undecided,
		c.Reopened + o.Reopened, c.ReopenedBreached + o.ReopenedBreached,
		c.Claims + o.Claims, c.ClaimedMet + o.ClaimedMet, c.Differ + o.Differ,
	}
}

// any says that a ticket was counted at all.
func (c Counts) any() bool { return c.Decided+c.Open+c.Reopened > 0 }

// Worst is a breached ticket among those furthest over their target.
type Worst struct {
	Number  string `json:"number"`
	Elapsed int64  `json:"elapsed_s"` // on the target's clock
	Over    int64  `json:"over_s"`
	Open    bool   `json:"open,omitempty"` // its clock goes on
}

// worstKept is how many of the worst are named.
const worstKept = 5

// figures of a target, over all versions of its agreement.
type figures struct {
	Counts
	elapsed  times
	openFrom int64   // the least one of a ticket that is still open: from there on they are at least what they say; 0: none
	worst    []Worst // the worst first

	excluded map[int]*figures // what an exclusion takes out, by its place among the frozen ones
	void     *figures         // what a workload limit takes out
}

// decide counts a decided ticket, and what its source says of it.
func (f *figures) decide(met bool, claim string) {
	f.Decided++
	f.Met += one(met)
	f.Breached += one(!met)
	claimed := strings.EqualFold(claim, "true")
	if claimed || strings.EqualFold(claim, "false") {
		f.Claims++
		f.ClaimedMet += one(claimed)
		f.Differ += one(claimed != met)
	}
}

// took notes how long a decided ticket took, open being one whose clock goes
// on.
func (f *figures) took(number string, elapsed, within int64, open bool) {
	f.elapsed.add(elapsed)
	if elapsed <= within {
		return
	}
	if open && (f.openFrom == 0 || elapsed < f.openFrom) {
		f.openFrom = elapsed
	}
	if n := len(f.worst); n < worstKept || elapsed-within >= f.worst[n-1].Over {
		f.rank(Worst{number, elapsed, elapsed - within, open})
	}
}

// rank puts a breached ticket in its place among the worst.
func (f *figures) rank(w Worst) {
	if n := len(f.worst); n == worstKept && !worse(w, f.worst[n-1]) {
		return
	}
	at, _ := slices.BinarySearchFunc(f.worst, w, func(a, b Worst) int {
		if worse(a, b) {
			return -1
		}
		return 1
	})
	w.Number = strings.Clone(w.Number)
	f.worst = slices.Insert(f.worst, at, w)
	f.worst = f.worst[:min(len(f.worst), worstKept)]
}

// worse orders by what is over, and then by number, so that the order of the
// tickets makes no difference.
func worse(a, b Worst) bool {
	return cmp.Or(cmp.Compare(b.Over, a.Over), cmp.Compare(b.Elapsed, a.Elapsed), cmp.Compare(a.Number, b.Number)) < 0
}

// merge takes in what other tickets were counted for.
func (f *figures) merge(o *figures) {
	f.Counts = f.Plus(o.Counts)
	f.elapsed.join(&o.elapsed)
	if f.openFrom == 0 || o.openFrom != 0 && o.openFrom < f.openFrom {
		f.openFrom = o.openFrom
	}
	for _, w := range o.worst {
		f.rank(w)
	}
}

// any says that a ticket was counted, excluded ones included.
func (f *figures) any() bool {
	for _, x := range f.excluded {
		if x.Counts.any() {
			return true
		}
	}
	return f.Counts.any() || f.void != nil && f.void.Counts.any()
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
