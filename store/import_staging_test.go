package store_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/dataset"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/store"
)

// orderly makes rows of n tickets in the order of their numbers, two changes
// each, some with fields that fill a page, and rejects among them, with and
// without a number.
func orderly(n int) []any {
	var list []any
	row := int64(0)
	opened := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	for i := range n {
		number := fmt.Sprintf("INC%06d", i)
		fields := map[string]string{"priority": fmt.Sprint(1 + i%4)}
		if i%1000 == 7 {
			for f := range 8 {
				fields[fmt.Sprint("text", f)] = strings.Repeat("ä", 490)
			}
		}
		for seq := range 2 {
			row++
			at := opened.Add(time.Duration(i+seq*60) * time.Minute)
			list = append(list, ticket.Row{Row: row, Number: number, Seq: int64(seq), Opened: opened.Add(time.Duration(i) * time.Minute), At: at,
				State: []string{"New", "Resolved"}[seq], Stopped: seq == 1, Fields: fields})
		}
		if i%500 == 3 {
			row++
			reject := &dataset.Reject{Row: row, Column: "opened", Value: "?", Reason: text.New("it is missing", "fehlt")}
			if i%1000 == 3 {
				reject.Number = number
			}
			list = append(list, reject)
		}
	}
	return list
}

func rowsOf(list []any) iter.Seq2[ticket.Row, error] {
	return func(yield func(ticket.Row, error) bool) {
		for _, x := range list {
			var row ticket.Row
			var err error
			switch x := x.(type) {
			case ticket.Row:
				row = x
			case *dataset.Reject:
				err = x
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// Rows in order wait in blocks, others by themselves, and where the order ends
// the blocks before are taken apart again: it makes no difference.
func TestTheOrderOfAFileMakesNoDifference(t *testing.T) {
	db := pgtest.New(t)
	s := store.New(db)
	list := orderly(4000)
	shuffled := slices.Clone(list)
	random := rand.New(rand.NewPCG(5, 6))
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	// One ticket's second row stands at the end.
	late := append(slices.Delete(slices.Clone(list), 11, 12), list[11])
	early := append([]any{list[len(list)-1]}, list[:len(list)-1]...)

	var want map[string]ticket.Version
	var sorted dataset.Import
	for i, rows := range [][]any{list, shuffled, late, early} {
		service := fmt.Sprint("order-", i)
		in := audit(service)
		done := mustImport(t, s, in, rowsOf(rows))
		got := histories(tickets(t, s, service, done.ID))
		if i == 0 {
			want, sorted = got, done
			require.Len(t, got, 4000)
			require.EqualValues(t, 8, done.Rejected)
			require.EqualValues(t, 8000, done.Loaded)
			require.True(t, got["INC000003"].Flagged)
			require.False(t, got["INC000503"].Flagged)
			continue
		}
		require.Equal(t, want, got, service)
		require.Equal(t, []int64{sorted.Loaded, sorted.Rejected, sorted.Tickets}, []int64{done.Loaded, done.Rejected, done.Tickets}, service)
		again := mustImport(t, s, in, rowsOf(shuffled))
		require.EqualValues(t, 8000, again.Unchanged, service)
	}
}

// One ticket may hold 5,000 changes; of a hundred thousand the others are
// rejected, each with its reason.
func TestAHundredThousandChangesOfOneTicket(t *testing.T) {
	s := store.New(pgtest.New(t))
	opened := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	const n = 100_000
	done := mustImport(t, s, audit("flood"), func(yield func(ticket.Row, error) bool) {
		for i := range n {
			if !yield(ticket.Row{Row: int64(i + 1), Number: "INC1", Seq: int64(i), Opened: opened, At: opened.Add(time.Duration(i) * time.Second), State: "Active"}, nil) {
				return
			}
		}
	})
	require.Equal(t, []int64{n, ticket.MaxChanges, n - ticket.MaxChanges, 1}, []int64{done.Read, done.Loaded, done.Rejected, done.Tickets})
	v := tickets(t, s, "flood", done.ID)["INC1"]
	require.Len(t, v.Events, ticket.MaxChanges+1)
	require.True(t, v.Flagged)
	list, _, err := s.Rejects(t.Context(), done.ID, store.Page{Limit: 1})
	require.NoError(t, err)
	require.EqualValues(t, ticket.MaxChanges+1, list[0].Row)
	require.Contains(t, list[0].Reason.En, "5000")
}
