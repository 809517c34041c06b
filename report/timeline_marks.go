package report

import (
	"slices"
	"time"

	"turnus/itsm/text"
)

// Mark is an instant of a timeline that counts for all its lanes: an event, or
// a limit that was agreed.
type Mark struct {
	At    time.Time `json:"at"`
	Title text.Text `json:"title"`
	Limit bool      `json:"limit,omitempty"`
}

// Mark adds an event, unless it lies outside the span.
func (t *Timeline) Mark(at time.Time, title text.Text) { t.mark(Mark{At: at.UTC(), Title: title}) }

// Limit adds what was agreed, unless it lies outside the span. Its title is
// written beside it: a few letters.
func (t *Timeline) Limit(at time.Time, title text.Text) {
	t.mark(Mark{At: at.UTC(), Title: title, Limit: true})
}

func (t *Timeline) mark(m Mark) {
	if m.At.Before(t.From) || m.At.After(t.To) {
		return
	}
	t.Marks = append(t.Marks, m)
	slices.SortStableFunc(t.Marks, func(a, b Mark) int { return a.At.Compare(b.At) })
}
