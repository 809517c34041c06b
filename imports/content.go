package imports

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"turnus/itsm/dataset"
)

// Bounds of what is counted of a file's cells, and of what is told.
const (
	maxCounted  = 500 // columns
	maxDistinct = 200 // different values of a column
	maxTold     = 10  // values of a column
	maxShown    = 200 // bytes of a value
)

// count counts what the cells of one column hold.
type count struct {
	empty int64
	place map[string]int // of a value among the values
	rows  []dataset.Value
	more  bool
}

func (c *count) add(cell string) {
	if cell == "" {
		c.empty++
		return
	}
	if len(cell) > maxShown {
		end := maxShown
		for !utf8.RuneStart(cell[end]) && end > maxShown-utf8.UTFMax {
			end--
		}
		cell = cell[:end]
	}
	if i, ok := c.place[cell]; ok {
		c.rows[i].Rows++
		return
	}
	if len(c.rows) == maxDistinct {
		c.more = true
		return
	}
	if c.place == nil {
		c.place = map[string]int{}
	}
	cell = strings.Clone(cell) // its record needn't be kept for it
	c.place[cell] = len(c.rows)
	c.rows = append(c.rows, dataset.Value{Value: cell, Rows: 1})
}

// told gives the most frequent values.
func (c *count) told() []dataset.Value {
	slices.SortFunc(c.rows, func(a, b dataset.Value) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Value, b.Value))
	})
	values := c.rows[:min(len(c.rows), maxTold)]
	for i := range values {
		values[i].Value = clean(values[i].Value, maxShown)
	}
	return values
}

// begin notes how a file is written, and begins to count where that is asked for.
func (t *table) begin(c *dataset.Content) {
	c.Separator = string(t.records.comma)
	if c.Count {
		t.counts = make([]count, min(len(t.heading), maxCounted))
	}
}

// finish says how the file ends and what its columns hold, when all of it was
// read.
func (t *table) finish(c *dataset.Content) {
	if c == nil {
		return
	}
	c.End = dataset.End{Row: t.row}
	switch {
	case t.open > 0:
		c.End.Unfinished, c.End.Row = true, t.open
	case !t.records.newline:
		c.End.Unfinished, c.End.NoNewline = t.partial, !t.partial
	}
	c.Columns = nil
	for i := range t.counts {
		n := &t.counts[i]
		c.Columns = append(c.Columns, dataset.Column{Name: clean(t.heading[i], maxShown), Use: strings.Join(t.uses[i], ", "),
			Empty: n.empty, Values: n.told(), More: n.more})
	}
}
