package stats

import (
	"cmp"
	"math/big"
	"slices"

	"turnus/itsm/text"
)

// Rule of a control chart.
type Rule string

// The four rules, no more: each further one makes more false alarms.
const (
	Outside    Rule = "outside"      // a point beyond a limit
	OneSide    Rule = "one-side"     // eight points in a row on one side of the centre line
	Steady     Rule = "steady"       // six points in a row, each above (or below) the one before
	TwoOfThree Rule = "two-of-three" // two of three points in a row beyond two sigma on one side
)

const (
	oneSidePoints = 8
	steadyPoints  = 6
)

// Title of a rule, for people.
func (r Rule) Title() text.Text {
	switch r {
	case Outside:
		return text.New("a point outside the limits", "ein Punkt außerhalb der Grenzen")
	case OneSide:
		return text.New("8 points in a row on one side of the centre line", "8 Punkte in Folge auf einer Seite der Mittellinie")
	case Steady:
		return text.New("6 points in a row rising or falling", "6 Punkte in Folge steigend oder fallend")
	case TwoOfThree:
		return text.New("2 of 3 points beyond two sigma on one side", "2 von 3 Punkten jenseits von zwei Sigma auf einer Seite")
	}
	return text.Same(string(r))
}

// Direction of a signal.
type Direction string

// The directions.
const (
	Up   Direction = "up"   // above the centre, or rising
	Down Direction = "down" // below it, or falling
)

// Signal is a rule that points of a chart break. A run of more points than the
// rule asks for is one signal with all of them.
type Signal struct {
	Rule      Rule      `json:"rule"`
	Direction Direction `json:"direction"`
	Points    []int     `json:"points"` // indexes into the chart's points, ascending
}

// place says on which side a point lies beyond two sigma and beyond a limit:
// -1 below, 1 above, 0 within.
type place struct{ two, limit int }

// mark is where a point lies. A gap is all 0.
type mark struct {
	place
	gap    bool
	centre int // which side of the centre line; on it 0
	step   int // from the point before; 0 also after a gap
}

func marksOf(points []*big.Rat, centre *big.Rat, places []place) []mark {
	marks := make([]mark, len(points))
	for i, v := range points {
		m := &marks[i]
		if v == nil {
			m.gap = true
			continue
		}
		m.place, m.centre = places[i], v.Cmp(centre)
		if i > 0 && points[i-1] != nil {
			m.step = v.Cmp(points[i-1])
		}
	}
	return marks
}

// signalsOf applies the rules. A gap ends every row: what isn't known can't be
// part of one. So does a point on the centre line, or one equal to the last.
func signalsOf(marks []mark) []Signal {
	all := []Signal{}
	for i, m := range marks {
		if m.limit != 0 {
			all = append(all, Signal{Outside, direction(m.limit), []int{i}})
		}
	}
	for from, to := range rows(marks, func(m mark) int { return m.centre }) {
		if to-from >= oneSidePoints {
			all = append(all, Signal{OneSide, direction(marks[from].centre), indexes(from, to)})
		}
	}
	for from, to := range rows(marks, func(m mark) int { return m.step }) {
		if to-from+1 >= steadyPoints { // a step joins two points
			all = append(all, Signal{Steady, direction(marks[from].step), indexes(from-1, to)})
		}
	}
	pairs := slices.Concat(twoOfThree(marks, -1), twoOfThree(marks, 1))
	slices.SortStableFunc(pairs, func(a, b Signal) int { return cmp.Compare(a.Points[0], b.Points[0]) })
	return append(all, pairs...)
}

// rows gives the longest stretches [from, to) of one side that isn't 0.
func rows(marks []mark, of func(mark) int) func(yield func(from, to int) bool) {
	return func(yield func(from, to int) bool) {
		for from := 0; from < len(marks); {
			to, side := from+1, of(marks[from])
			for to < len(marks) && of(marks[to]) == side {
				to++
			}
			if side != 0 && !yield(from, to) {
				return
			}
			from = to
		}
	}
}

// twoOfThree joins the points beyond two sigma on a side that lie at most two
// places apart; any two such neighbours are two of three.
func twoOfThree(marks []mark, side int) (all []Signal) {
	var row []int
	end := func() {
		if len(row) > 1 {
			all = append(all, Signal{TwoOfThree, direction(side), row})
		}
		row = nil
	}
	for i, m := range marks {
		if m.gap {
			end()
		}
		if m.two != side {
			continue
		}
		if n := len(row); n > 0 && i-row[n-1] > 2 {
			end()
		}
		row = append(row, i)
	}
	end()
	return all
}

func direction(side int) Direction {
	if side > 0 {
		return Up
	}
	return Down
}

func indexes(from, to int) []int {
	all := make([]int, 0, to-from)
	for i := from; i < to; i++ {
		all = append(all, i)
	}
	return all
}
