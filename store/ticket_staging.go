package store

import (
	"errors"
	"iter"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
)

// ticketEntries packs rows of tickets for the staging table, and counts what
// they say. What lies after now, or before all times, makes no sense.
func ticketEntries(rows iter.Seq2[ticket.Row, error], names *ticket.Names, watch *dataset.Watch, states bool, now time.Time) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		var data []byte
		for r, err := range rows {
			if err == nil {
				if reject := r.OutOfTime(now); reject != nil {
					err = reject
				}
			}
			if err != nil {
				var reject *dataset.Reject
				if !yield(entry{}, err) || !errors.As(err, &reject) {
					return
				}
				continue
			}
			state := r.State
			if !states && !r.Change { // the last one alone, which says nothing about the clock
				state = ""
			}
			watch.Row(r.Opened, r.At, state, r.Fields)
			data = ticket.AppendRow(data[:0], &r, names)
			if !yield(entry{r.Number, r.Row, data, r.At}, nil) {
				return
			}
		}
	}
}
