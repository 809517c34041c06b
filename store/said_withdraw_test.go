package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/internal/pgtest"
	"turnus/itsm/availability"
	"turnus/itsm/dataset"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
	"turnus/store"
)

// mixed gives rows R and rejects in between, in the order of a list.
func mixed[R any](list []any) func(func(R, error) bool) {
	return func(yield func(R, error) bool) {
		for _, x := range list {
			var row R
			var err error
			switch x := x.(type) {
			case R:
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

// saidDelivery is one file of a dataset, as a property draws it.
type saidDelivery struct {
	dataset  string
	now      time.Time
	asOf     time.Time
	since    time.Time
	withRows []any
}

func anySaid(t *rapid.T, of string, n int) saidDelivery {
	d := saidDelivery{dataset: of, now: today.Add(time.Duration(n) * time.Minute), asOf: october(rapid.IntRange(10, 12).Draw(t, "as of"))}
	if of == dataset.Outages && rapid.IntRange(0, 3).Draw(t, "since") == 0 {
		d.since = october(rapid.IntRange(1, 3).Draw(t, "since when"))
	}
	at := func(what string) time.Time {
		return october(1).Add(time.Duration(rapid.IntRange(0, 5).Draw(t, what)) * time.Minute)
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "rows") {
		row := int64(i + 1)
		if rapid.IntRange(0, 9).Draw(t, "rejected") == 0 {
			d.withRows = append(d.withRows, &dataset.Reject{Row: row, Number: rapid.SampledFrom([]string{"", "A"}).Draw(t, "of"), Column: "start", Value: "?", Reason: text.New("it is missing", "fehlt")})
			continue
		}
		from := at("from")
		to := from.Add(time.Duration(rapid.IntRange(1, 3).Draw(t, "minutes")) * time.Minute)
		name := rapid.SampledFrom([]string{"A", "B"}).Draw(t, "name")
		switch of {
		case dataset.Outages:
			o := uptime.Outage{Row: row, From: from, To: to, Cause: rapid.SampledFrom([]string{"", "cable"}).Draw(t, "cause")}
			if rapid.Bool().Draw(t, "open") {
				o.To = time.Time{}
			}
			if rapid.Bool().Draw(t, "referenced") {
				o.Reference = name
			}
			d.withRows = append(d.withRows, o)
		case dataset.Maintenance:
			w := uptime.Window{Row: row, UID: name, From: from, To: to, Cancelled: rapid.IntRange(0, 4).Draw(t, "cancelled") == 0}
			if rapid.Bool().Draw(t, "of a rule") {
				w.Original = at("original")
			}
			if rapid.Bool().Draw(t, "announced") {
				w.Announced = at("when")
			}
			d.withRows = append(d.withRows, w)
		default:
			d.withRows = append(d.withRows, uptime.Sample{Row: row, Component: name, At: from,
				Is: rapid.SampledFrom([]availability.Answer{availability.AnswerUp, availability.AnswerDown, availability.AnswerUnknown}).Draw(t, "is")})
		}
	}
	return d
}

func (d saidDelivery) into(t *rapid.T, s *store.Store, service string) dataset.Import {
	in := store.Intake{Service: service, Format: "csv", AsOf: d.asOf, Since: d.since, By: "root", Now: d.now, Accept: "it is a test"}
	var p dataset.Profile
	var err error
	switch d.dataset {
	case dataset.Outages:
		p, err = s.ImportOutages(t.Context(), in, mixed[uptime.Outage](d.withRows), nil)
	case dataset.Maintenance:
		p, err = s.ImportWindows(t.Context(), in, mixed[uptime.Window](d.withRows), nil)
	default:
		p, err = s.ImportSamples(t.Context(), in, mixed[uptime.Sample](d.withRows), nil)
	}
	require.NoError(t, err)
	require.Equal(t, p.Read, p.Loaded+p.Unchanged+p.Older+p.Rejected)
	return p.Import
}

// saidKnown is everything that a report stands on of a dataset.
type saidKnown struct {
	known       any
	hash        string
	since, asOf time.Time
	rows        int64
	rejects     []dataset.RejectsByCause
}

func knownSaid(t *rapid.T, s *store.Store, service, of string) saidKnown {
	c, err := s.Coverage(t.Context(), service, of)
	require.NoError(t, err)
	k := saidKnown{since: c.Since, asOf: c.AsOf, hash: hashSaid(t, s, service, of, c.Import)}
	all := everythingOf(service, c.Import)
	switch of {
	case dataset.Outages:
		k.known = knownAs(t, s.Outages(t.Context(), all))
	case dataset.Maintenance:
		k.known = knownAs(t, s.Windows(t.Context(), all))
	default:
		k.known = knownAs(t, s.ProbeDays(t.Context(), all))
	}
	k.rows, k.rejects, err = s.RejectsByCause(t.Context(), service, of, c.Import)
	require.NoError(t, err)
	return k
}

func hashSaid(t *rapid.T, s *store.Store, service, of string, asOf int64) string {
	n, hash, err := s.KnownHash(t.Context(), of, everythingOf(service, asOf))
	require.NoError(t, err)
	return fmt.Sprint(n, " ", hash)
}

// Whatever is imported and withdrawn, in whatever order, what is known of a
// service is what is known of one that got only the imports that remain. What was
// known before a withdrawal stays, and a withdrawal says how many keys it changes.
func TestWithdrawalsLeaveWhatRemainsOfWhatWasSaid(t *testing.T) {
	s := store.New(pgtest.New(t))
	services := 0
	for _, of := range []string{dataset.Outages, dataset.Maintenance, dataset.Probes} {
		t.Run(of, rapid.MakeCheck(func(t *rapid.T) {
			services++
			had, never := fmt.Sprint("had-", services), fmt.Sprint("never-", services)
			var all []saidDelivery
			var ids []int64
			gone := map[int]bool{}
			frozen := map[int64]string{}
			for n := range rapid.IntRange(2, 8).Draw(t, "steps") {
				var candidates []int
				for i := range all {
					if !gone[i] {
						candidates = append(candidates, i)
					}
				}
				if len(candidates) > 0 && rapid.IntRange(0, 2).Draw(t, "withdraw") == 0 {
					which := rapid.SampledFrom(candidates).Draw(t, "which")
					before := knownSaid(t, s, had, of)
					w, err := s.Withdraw(t.Context(), today, store.Withdrawal{Import: ids[which], Reason: "wrong", By: olga})
					require.NoError(t, err)
					gone[which] = true
					frozen[w.ID] = hashSaid(t, s, had, of, w.ID)
					require.Equal(t, before.hash == frozen[w.ID], w.Tickets == 0)
					moved, _, err := s.KnownMoved(t.Context(), of, everythingOf(had, w.ID-1), everythingOf(had, w.ID))
					require.NoError(t, err)
					require.Equal(t, w.Tickets, moved.Added+moved.Changed+moved.Gone)
					require.Zero(t, moved.Added)
					continue
				}
				d := anySaid(t, of, n)
				if len(all) > 0 && rapid.IntRange(0, 3).Draw(t, "again") == 0 {
					d.withRows = rapid.SampledFrom(all).Draw(t, "delivery").withRows
				}
				i := d.into(t, s, had)
				all, ids = append(all, d), append(ids, i.ID)
				frozen[i.ID] = hashSaid(t, s, had, of, i.ID)
				moved, by, err := s.KnownMoved(t.Context(), of, everythingOf(had, i.ID-1), everythingOf(had, i.ID))
				require.NoError(t, err)
				require.Equal(t, [3]int64{i.New, i.Tickets - i.New, 0}, [3]int64{moved.Added, moved.Changed, moved.Gone})
				if i.Tickets > 0 {
					require.Equal(t, i.ID, by)
				}
			}
			for i, d := range all {
				if !gone[i] {
					d.into(t, s, never)
				}
			}
			require.Equal(t, knownSaid(t, s, never, of), knownSaid(t, s, had, of))
			for id, hash := range frozen {
				require.Equal(t, hash, hashSaid(t, s, had, of, id), "as of %d", id)
			}
		}))
	}
}

func TestAWithdrawalOfOneDatasetLeavesTheOthers(t *testing.T) {
	s, ctx := store.New(pgtest.New(t)), context.Background()
	replace(t, s, 10, "K-1,2026-10-01T09:00:00Z,,P2\n")
	in := asOf(about("shop", "csv"), october(20))
	p, err := s.ImportOutages(ctx, in, each(uptime.Outage{Reference: "A", From: october(3), To: october(4)}, uptime.Outage{Reference: "B", From: october(3), To: october(4)}), nil)
	first := took(t, s, p, err)
	p, err = s.ImportOutages(ctx, in, each(uptime.Outage{Reference: "A", From: october(3), To: october(5)}), nil)
	second := took(t, s, p, err)
	tickets := frozenAs(t, s, "shop", 1<<40)
	w := withdraw(t, s, first.ID)
	require.Equal(t, []any{dataset.Outages, int64(1)}, []any{w.Dataset, w.Tickets}, "B is gone")
	require.Equal(t, tickets, frozenAs(t, s, "shop", w.ID))
	c, err := s.Coverage(ctx, "shop", dataset.Tickets)
	require.NoError(t, err)
	require.Equal(t, october(10), c.AsOf)
	gone, err := s.WithdrawnUnder(ctx, store.Span{Service: "shop", Import: second.ID, From: everything[0], To: october(2)}, second.ID)
	require.NoError(t, err)
	require.Empty(t, gone, "no ticket stands on it")
	under := func(from, to int, after int64) (all []store.Withdrawn) {
		t.Helper()
		all, err := s.KnownWithdrawnUnder(ctx, dataset.Outages, store.KnownSpan{Service: "shop", Import: second.ID, From: october(from), To: october(to)}, after)
		require.NoError(t, err)
		return all
	}
	require.Equal(t, []store.Withdrawn{{Import: first.ID, Withdrawal: w.ID}}, under(3, 4, second.ID))
	require.Empty(t, under(3, 4, w.ID), "looked at already")
	require.Empty(t, under(6, 7, second.ID), "the other one says of these days what it said")
}
