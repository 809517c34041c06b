package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/ticket"
	"turnus/store"
)

const heading = "number,incident_state,sys_mod_count,opened_at,sys_updated_at,priority\n"

var table = ticket.Mapping{Number: "Key", Opened: "Created", Stopped: "Resolved", Fields: map[string]string{"priority": "Priority"}}

// replace imports a mapped table, as of a day of October 2026.
func replace(t *testing.T, s *store.Store, asOf int, rows string) dataset.Import {
	t.Helper()
	return mustImport(t, s, store.Intake{Service: "shop", Format: imports.CSV, By: "root", Now: today, AsOf: october(asOf)},
		imports.Tickets(strings.NewReader("Key,Created,Resolved,Priority\n"+rows), imports.TicketOptions{Format: imports.CSV, Mapping: table}))
}

func october(day int) time.Time { return time.Date(2026, 10, day, 0, 0, 0, 0, time.UTC) }

func TestATableReplacesItsTickets(t *testing.T) {
	s := store.New(pgtest.New(t))
	first := replace(t, s, 10, "K-1,2026-10-01T09:00:00Z,,P2\nK-2,2026-10-02T09:00:00Z,2026-10-02T10:00:00Z,P1\n")
	require.Equal(t, [4]int64{2, 2, 0, 2}, [4]int64{first.Read, first.Loaded, first.Unchanged, first.Tickets})
	require.Equal(t, october(10), first.AsOf)

	// Read later: K-1 is over, K-2 is missing from the file and stays.
	second := replace(t, s, 12, "K-1,2026-10-01T09:00:00Z,2026-10-11T09:00:00Z,P2\n")
	require.EqualValues(t, 1, second.Tickets)
	all := tickets(t, s, "shop", second.ID)
	require.Len(t, all, 2)
	require.Equal(t, october(11).Add(9*time.Hour), all["K-1"].Last)

	// Read earlier, imported later: nothing newer is replaced, and what is new comes in.
	third := replace(t, s, 9, "K-1,2026-10-01T09:00:00Z,,P2\nK-3,2026-10-03T09:00:00Z,,P3\n")
	require.Equal(t, [5]int64{2, 1, 0, 1, 1}, [5]int64{third.Read, third.Loaded, third.Unchanged, third.Older, third.Tickets})
	now := tickets(t, s, "shop", third.ID)
	require.Equal(t, all["K-1"], now["K-1"])
	require.Contains(t, now, "K-3")

	require.Equal(t, ticket.Never(), tickets(t, s, "shop", first.ID)["K-1"].Last, "as of the first import it was open")
	oldest, asOf, newest, err := coverageOf(t, s, "shop")
	require.NoError(t, err)
	require.Equal(t, october(1).Add(9*time.Hour), oldest)
	require.Equal(t, october(12), asOf)
	require.Equal(t, third.ID, newest)
}

func TestTicketsOfAPeriod(t *testing.T) {
	s := store.New(pgtest.New(t))
	i := replace(t, s, 31, "A,2026-10-01T00:00:00Z,2026-10-05T00:00:00Z,P1\nB,2026-10-10T00:00:00Z,,P1\n"+
		"a,2026-10-20T00:00:00Z,2026-10-21T00:00:00Z,P1\nÄ,2026-10-06T00:00:00Z,2026-10-08T00:00:00Z,P1\n")
	for _, c := range []struct {
		from, to int
		want     string
	}{
		{1, 31, "A B a Ä"}, {5, 6, "A"}, {6, 10, "Ä"}, {6, 11, "B Ä"}, {21, 22, "B a"}, {22, 30, "B"},
	} {
		var got []string
		for v, err := range s.TicketsAsOf(t.Context(), "shop", i.ID, october(c.from), october(c.to)) {
			require.NoError(t, err)
			got = append(got, v.Number)
		}
		require.Equal(t, c.want, strings.Join(got, " "))
	}
	for v, err := range s.TicketsAsOf(t.Context(), "shop", i.ID, everything[0], everything[1]) {
		require.NoError(t, err)
		require.Equal(t, "A", v.Number)
		break // leaving early is fine
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range s.TicketsAsOf(ctx, "shop", i.ID, everything[0], everything[1]) {
		require.ErrorIs(t, err, context.Canceled)
	}
	require.NoError(t, s.Ping(t.Context()))
}

// What is frozen of a period's tickets is the hash of what a report then reads.
func TestTicketsHash(t *testing.T) {
	s := store.New(pgtest.New(t))
	in := audit("order")
	list := orderly(300)
	first := mustImport(t, s, in, rowsOf(list[:400]))
	second := mustImport(t, s, in, rowsOf(list))
	seen := map[string]bool{}
	for _, i := range []int64{first.ID, second.ID} {
		for _, p := range [][2]time.Time{everything, {october(1), october(2)}, {time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)}} {
			sum, want := sha256.New(), int64(0)
			for v, err := range s.TicketsAsOf(t.Context(), "order", i, p[0], p[1]) {
				require.NoError(t, err)
				fmt.Fprintf(sum, "%s\t%s\n", v.Number, v.Hash)
				want++
			}
			n, hash, err := s.TicketsHash(t.Context(), "order", i, p[0], p[1], nil)
			require.NoError(t, err)
			require.Equal(t, want, n)
			require.Equal(t, hex.EncodeToString(sum.Sum(nil)), hash)
			seen[hash] = true
		}
	}
	require.Len(t, seen, 5, "the first import left one open; both know the same of the two hours")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := s.TicketsHash(ctx, "order", second.ID, everything[0], everything[1], nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestAsOf(t *testing.T) {
	s := store.New(pgtest.New(t))
	row := "INC1,New,0,1/10/2026 09:00,2/10/2026 09:00,P1\n"
	late := audit("desk")
	late.AsOf = today.Add(time.Second)
	early := audit("desk")
	early.AsOf = october(2)
	for _, c := range []struct {
		in   store.Intake
		file string
		says string
	}{
		{late, heading + row, "as_of: 2026-11-23T12:00:01Z is still to come"},
		{early, heading + row, "as_of: the file holds a change of 2026-10-02T09:00:00Z"},
		{audit("desk"), heading, "no rows"},
		{audit("desk"), heading + "INC1,-100,0,1/10/2026 09:00,2/10/2026 09:00,P1\n", "row 1: none of the 1 rows makes sense"},
		{audit("desk"), heading + "INC1,New,0,1/10/2026 09:00,24/11/2026 09:00,P1\n", "still to come"},
	} {
		_, err := s.Import(t.Context(), c.in, auditRows(c.file), nil)
		require.ErrorContains(t, err, c.says)
		require.True(t, fault.Is(err, fault.Invalid))
		require.NotContains(t, fault.As(err).Message.En+fault.As(err).Message.De, "%!")
	}
	oldest, asOf, newest, err := coverageOf(t, s, "desk")
	require.NoError(t, err)
	require.True(t, oldest.IsZero() && asOf.IsZero() && newest == 0, "nothing of this is on record")

	// With an as-of, a file without tickets says that nothing happened.
	quiet := audit("desk")
	quiet.AsOf = october(1)
	i := mustImport(t, s, quiet, auditRows(heading))
	oldest, asOf, _, err = coverageOf(t, s, "desk")
	require.NoError(t, err)
	require.Equal(t, i.AsOf, oldest, "and covers nothing")
	require.Equal(t, i.AsOf, asOf)

	i = mustImport(t, s, audit("desk"), auditRows(heading+row+"INC2,New,0,1/10/2026 09:00,24/11/2026 09:00,P1\n"))
	require.Equal(t, october(2).Add(9*time.Hour), i.AsOf, "a reject says nothing about how far the source was read")
	require.Equal(t, october(1).Add(9*time.Hour), i.Oldest)
	require.EqualValues(t, 1, i.Rejected)
}

func TestARejectFlagsItsTicket(t *testing.T) {
	s := store.New(pgtest.New(t))
	good := "INC1,New,0,1/10/2026 09:00,2/10/2026 09:00,P1\n"
	first := mustImport(t, s, audit("desk"), auditRows(heading+good))
	require.False(t, tickets(t, s, "desk", first.ID)["INC1"].Flagged)
	bad := heading + good + "INC1,-100,1,1/10/2026 09:00,3/10/2026 09:00,P1\n?,New,1,1/10/2026 09:00,3/10/2026 09:00,P1\n"
	second := mustImport(t, s, audit("desk"), auditRows(bad))
	require.Equal(t, [4]int64{3, 0, 1, 2}, [4]int64{second.Read, second.Loaded, second.Unchanged, second.Rejected})
	before, after := tickets(t, s, "desk", first.ID)["INC1"], tickets(t, s, "desk", second.ID)["INC1"]
	require.True(t, after.Flagged)
	require.False(t, before.Flagged, "what a report has used stays as it was")
	after.Flagged, after.Import = before.Flagged, before.Import
	require.Equal(t, before, after)
	third := mustImport(t, s, audit("desk"), auditRows(bad))
	require.Zero(t, third.Tickets)

	_, _, err := s.Rejects(t.Context(), 99, store.Page{})
	require.True(t, fault.Is(err, fault.NotFound))
	list, _, err := s.Rejects(t.Context(), second.ID, store.Page{})
	require.NoError(t, err)
	require.Equal(t, []string{"INC1", ""}, []string{list[0].Number, list[1].Number})
}

func TestAnImportThatFailsLeavesNothing(t *testing.T) {
	s := store.New(pgtest.New(t))
	broken := errors.New("the connection broke")
	rows := func(yield func(ticket.Row, error) bool) {
		for i := range int64(5000) {
			if !yield(ticket.Row{Row: i + 1, Number: fmt.Sprint(i), Opened: october(1), At: october(2), State: "New"}, nil) {
				return
			}
		}
		yield(ticket.Row{}, broken)
	}
	_, err := s.Import(t.Context(), audit("desk"), rows, nil)
	require.ErrorIs(t, err, broken)

	ctx, cancel := context.WithCancel(t.Context())
	endless := func(yield func(ticket.Row, error) bool) {
		for i := int64(1); yield(ticket.Row{Row: i, Number: fmt.Sprint(i), Opened: october(1), At: october(2), State: "New"}, nil); i++ {
			if i == 20_000 {
				cancel()
			}
			if i > 10_000_000 {
				t.Error("the import goes on although nobody waits for it")
				return
			}
		}
	}
	_, err = s.Import(ctx, audit("desk"), endless, nil)
	require.Error(t, err)
	require.ErrorIs(t, ctx.Err(), context.Canceled)

	_, _, newest, err := coverageOf(t, s, "desk")
	require.NoError(t, err)
	require.Zero(t, newest)
	require.Empty(t, tickets(t, s, "desk", 1<<40))
	mustImport(t, s, audit("desk"), auditRows(heading+"INC1,New,0,1/10/2026 09:00,2/10/2026 09:00,P1\n"))
}

// Imports of one service merge one after the other; those of another don't wait.
func TestImportsAtOnce(t *testing.T) {
	s := store.New(pgtest.New(t))
	lock, err := s.DB().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer lock.Rollback() //nolint:errcheck // committed below
	_, err = lock.Exec(`SELECT pg_advisory_xact_lock(hashtextextended('turnus.import/desk', 0))`)
	require.NoError(t, err)

	file := func(n int) string {
		var b strings.Builder
		b.WriteString(heading)
		for i := range 300 {
			for seq := range 6 {
				if seq != n { // each file lacks another row of each ticket
					fmt.Fprintf(&b, "INC%d,Active,%d,1/10/2026 09:00,%d/10/2026 09:00,P%d\n", i, seq, seq+2, seq%3)
				}
			}
		}
		return b.String()
	}
	var wait sync.WaitGroup
	done := make(chan dataset.Import, 6)
	for n := range 6 {
		wait.Go(func() {
			i, err := s.Import(t.Context(), audit("desk"), auditRows(file(n)), nil)
			if err != nil {
				t.Error(err)
			}
			done <- i.Import
		})
	}
	other := mustImport(t, s, audit("other"), auditRows(file(9)))
	require.EqualValues(t, 300, other.Tickets, "another service's import doesn't wait")
	require.Empty(t, done)
	require.NoError(t, lock.Commit())
	wait.Wait()
	var loaded, last int64
	for range 6 {
		i := <-done
		loaded += i.Loaded
		last = max(last, i.ID)
	}
	require.EqualValues(t, 300*6, loaded, "each row is loaded once")
	require.Equal(t, histories(tickets(t, s, "other", other.ID)), histories(tickets(t, s, "desk", last)))
}

func TestMoreRejectsThanAPage(t *testing.T) {
	s := store.New(pgtest.New(t))
	in := audit("desk")
	in.AsOf = october(2)
	const n = 10_000
	i := mustImport(t, s, in, auditRows(heading+strings.Repeat("?,New,0,1/10/2026 09:00,1/10/2026 10:00,P1\n", n)))
	require.EqualValues(t, n, i.Rejected)
	require.Zero(t, i.Tickets)
	seen, cursor := int64(0), ""
	for {
		list, next, err := s.Rejects(t.Context(), i.ID, store.Page{Limit: 500, Cursor: cursor})
		require.NoError(t, err)
		for _, r := range list {
			seen++
			require.Equal(t, seen, r.Row)
		}
		if cursor = next; next == "" {
			break
		}
	}
	require.EqualValues(t, n, seen)
}

// Whatever a text holds comes back as it was.
func TestTextsSurviveTheCopy(t *testing.T) {
	s := store.New(pgtest.New(t))
	for i, text := range []string{"a\\b\tc\r\nd\\.e", `{"x":"</script>"}`, "\\N", "\\.", "ä€😀\u2028", "\x01\x7f", `"`} {
		rows := func(yield func(ticket.Row, error) bool) {
			yield(ticket.Row{Row: 1, Number: "N" + text, Opened: october(1), At: october(2), State: text, Fields: map[string]string{text: text}}, nil)
		}
		done := mustImport(t, s, audit(fmt.Sprint("s", i)), rows)
		v, ok := tickets(t, s, fmt.Sprint("s", i), done.ID)["N"+text]
		require.True(t, ok, text)
		require.Equal(t, map[string]string{text: text}, v.Fields)
		require.Equal(t, text, v.Events[1].State)
		again := mustImport(t, s, audit(fmt.Sprint("s", i)), rows)
		require.EqualValues(t, 1, again.Unchanged, text)
	}
}

// coverageOf is what is covered by tickets.
func coverageOf(t interface{ Context() context.Context }, s *store.Store, service string) (oldest, asOf time.Time, newest int64, err error) {
	c, err := s.Coverage(t.Context(), service, dataset.Tickets)
	return c.Since, c.AsOf, c.Import, err
}
