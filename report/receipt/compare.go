package receipt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"turnus/itsm/canonical"
	"turnus/itsm/text"
	"turnus/report"
)

// listed differences, and how much of a value is shown with them.
const (
	maxListed = 10
	maxShown  = 120
	maxTree   = 4 << 20 // bytes of values that are compared member by member
)

// Difference is a place at which the file isn't what its own inputs give.
type Difference struct {
	Place      string `json:"place"` // as in tickets[INC0000045].targets[desk p1].counts[0].clock.segments[4].to
	File       string `json:"file"`
	Recomputed string `json:"recomputed"`
}

// Comparison collects the differences between what a file says and what its
// inputs give: the first ones, and how many more there are.
type Comparison struct {
	list []Difference
	more int64
}

// Add puts a difference on the list.
func (c *Comparison) Add(place, file, again string) {
	if len(c.list) == maxListed {
		c.more++
		return
	}
	c.list = append(c.list, difference(place, file, again))
}

// difference shows of two values what a line can show: how they begin, or else
// where they begin to differ.
func difference(place, file, again string) Difference {
	d := Difference{shorten(place), shorten(file), shorten(again)}
	if d.File != d.Recomputed {
		return d
	}
	i := prefix(file, again) - maxShown/4
	for i > 0 && file[i]&0xc0 == 0x80 { // not within a rune
		i--
	}
	d.File, d.Recomputed = shorten("…"+file[i:]), shorten("…"+again[i:])
	return d
}

// prefix counts the bytes with which both begin.
func prefix[T string | []byte](a, b T) int {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return i
}

func (c *Comparison) total() int64 { return int64(len(c.list)) + c.more }

// Err is a difference that ends an export: nil if there is none.
func (c *Comparison) Err(run string) (err error) {
	for _, d := range c.list {
		err = errors.Join(err, fmt.Errorf("%s: the report says %s, derived anew it is %s", d.Place, d.File, d.Recomputed))
	}
	if err != nil {
		err = Differs(run, err)
	}
	return err
}

func (c *Comparison) same(place, file, again string) {
	if file != again {
		c.Add(place, file, again)
	}
}

// Texts compares two texts.
func (c *Comparison) Texts(place, file, again string) {
	c.same(place, strconv.Quote(file), strconv.Quote(again))
}

// Numbers compares two numbers.
func (c *Comparison) Numbers(place string, file, again int64) {
	c.same(place, strconv.FormatInt(file, 10), strconv.FormatInt(again, 10))
}

// Instants compares two instants, in whatever zone they are written.
func (c *Comparison) Instants(place string, file, again time.Time) {
	c.Texts(place, file.UTC().Format(time.RFC3339Nano), again.UTC().Format(time.RFC3339Nano))
}

// Values compares two values as JSON.
func (c *Comparison) Values(place string, file, again any) error {
	a, err := canonical.JSON(file)
	if err != nil {
		return err
	}
	b, err := canonical.JSON(again)
	if err != nil {
		return err
	}
	c.JSON(place, a, b)
	return nil
}

// Figures compares figures by what they say, whatever words label them.
func (c *Comparison) Figures(file, again []report.Figure) error {
	return c.Values("figures", unlabelled(file), unlabelled(again))
}

func unlabelled(figures []report.Figure) []report.Figure {
	figures = slices.Clone(figures)
	for i := range figures {
		figures[i].Label = text.Text{}
	}
	return figures
}

// JSON finds where two values in JSON differ: in a member, or else in how they
// are written.
func (c *Comparison) JSON(place string, file, again []byte) {
	if bytes.Equal(file, again) {
		return
	}
	before := c.total()
	if len(file) <= maxTree && len(again) <= maxTree {
		var a, b any
		if tree(file, &a) == nil && tree(again, &b) == nil {
			c.trees(place, a, b)
		}
	}
	if c.total() == before {
		i := prefix(file, again)
		from := max(0, i-maxShown/4)
		c.Add(place+", byte "+strconv.Itoa(i), string(file[from:]), string(again[from:]))
	}
}

func tree(raw []byte, into *any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}

// Place names an element of a list by what tells it apart.
func Place(list, name string) string { return list + "[" + shorten(name) + "]" }

// shorten keeps a value to what a line can show.
func shorten(s string) string {
	if len(s) <= maxShown {
		return s
	}
	cut := maxShown
	for cut > 0 && s[cut]&0xc0 == 0x80 { // not within a rune
		cut--
	}
	return s[:cut] + "…"
}
