package store_test

import (
	"context"
	"iter"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/availability"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/uptime"
	"turnus/store"
)

// each gives rows, and those that are rejects as such.
func each[R any](rows ...R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func about(service, format string) store.Intake {
	return store.Intake{Service: service, Format: format, By: "root", Now: today}
}

func asOf(in store.Intake, at time.Time) store.Intake {
	in.AsOf = at
	return in
}

// took puts down what an import has come to.
func took(t *testing.T, s *store.Store, p dataset.Profile, err error) dataset.Import {
	t.Helper()
	require.NoError(t, err)
	i := p.Import
	require.Equal(t, i.Read, i.Loaded+i.Unchanged+i.Older+i.Rejected)
	found, err := s.ImportByID(t.Context(), i.ID)
	require.NoError(t, err)
	require.Equal(t, i, found)
	return i
}

func everythingOf(service string, asOf int64) store.KnownSpan {
	return store.KnownSpan{Service: service, Import: asOf, From: everything[0], To: everything[1]}
}

// knownAs collects what is known, by key.
func knownAs[T any](t require.TestingT, all iter.Seq2[dataset.Keyed[T], error]) map[string]T {
	m := map[string]T{}
	last := ""
	for one, err := range all {
		require.NoError(t, err)
		require.Less(t, last, one.Key)
		last = one.Key
		m[one.Key] = one.Is
	}
	return m
}

func TestOutagesAreKeptAsEachImportSaysThem(t *testing.T) {
	s, ctx := store.New(pgtest.New(t)), context.Background()
	out := func(reference string, day, hours int) uptime.Outage {
		o := uptime.Outage{Reference: reference, From: october(day), Cause: "a cable"}
		if hours > 0 {
			o.To = o.From.Add(time.Duration(hours) * time.Hour)
		}
		return o
	}
	p, err := s.ImportOutages(ctx, about("shop", "csv"), each(out("B", 3, 2), out("A", 1, 1), out("", 7, 0), out("A", 1, 1)), nil)
	first := took(t, s, p, err)
	require.Equal(t, [6]int64{4, 3, 1, 0, 3, 3}, [6]int64{first.Read, first.Loaded, first.Unchanged, first.Rejected, first.Tickets, first.New})
	require.Equal(t, []any{dataset.Outages, october(7), true, october(1)}, []any{first.Dataset, first.AsOf, first.Derived, first.Oldest})

	// The one that was open is over, and one was longer.
	over := out("", 7, 5)
	p, err = s.ImportOutages(ctx, about("shop", "csv"), each(out("A", 1, 1), out("B", 3, 4), over), nil)
	second := took(t, s, p, err)
	require.Equal(t, [5]int64{3, 2, 1, 2, 0}, [5]int64{second.Read, second.Loaded, second.Unchanged, second.Tickets, second.New})
	p, err = s.ImportOutages(ctx, asOf(about("shop", "csv"), october(6)), each(out("A", 1, 1), out("B", 3, 1)), nil)
	late := took(t, s, p, err)
	require.Equal(t, [4]int64{0, 1, 1, 0}, [4]int64{late.Loaded, late.Unchanged, late.Older, late.Tickets})
	require.Equal(t, "older-rows", late.Warnings[len(late.Warnings)-1-1].Code)

	all := knownAs(t, s.Outages(ctx, everythingOf("shop", first.ID)))
	require.Len(t, all, 3)
	require.True(t, all[out("", 7, 0).Key()][0].To.IsZero())
	all = knownAs(t, s.Outages(ctx, everythingOf("shop", late.ID)))
	require.Equal(t, []uptime.Outage{out("B", 3, 4)}, all["#B"])
	require.Equal(t, []uptime.Outage{over}, all[over.Key()])

	// What touches a span: the first one that was open, as long as it was.
	span := store.KnownSpan{Service: "shop", Import: first.ID, From: october(9), To: october(10)}
	require.Equal(t, []string{over.Key()}, slices.Collect(maps.Keys(knownAs(t, s.Outages(ctx, span)))))
	span.Import = late.ID
	require.Empty(t, knownAs(t, s.Outages(ctx, span)))
	span.From, span.To = october(3).Add(3*time.Hour), october(4)
	require.Len(t, knownAs(t, s.Outages(ctx, span)), 1)

	c, err := s.Coverage(ctx, "shop", dataset.Outages)
	require.NoError(t, err)
	require.Equal(t, store.Covered{Since: october(1), AsOf: october(7).Add(5 * time.Hour), Import: late.ID}, c)
	c, err = s.Coverage(ctx, "shop", dataset.Tickets)
	require.NoError(t, err)
	require.Zero(t, c)
}

func TestAMonthWithoutOutagesIsProved(t *testing.T) {
	s, ctx := store.New(pgtest.New(t)), context.Background()
	for _, in := range []store.Intake{about("shop", "csv"), asOf(about("shop", "csv"), october(31))} {
		_, err := s.ImportOutages(ctx, in, each[uptime.Outage](), nil)
		require.ErrorContains(t, err, "--since")
	}
	in := asOf(about("shop", "csv"), october(31))
	in.Since = october(1)
	p, err := s.ImportOutages(ctx, in, each[uptime.Outage](), nil)
	i := took(t, s, p, err)
	require.Equal(t, october(1), *i.Since)
	c, err := s.Coverage(ctx, "shop", dataset.Outages)
	require.NoError(t, err)
	require.Equal(t, store.Covered{Since: october(1), AsOf: october(31), Import: i.ID}, c)
	list, err := s.ImportsBehind(ctx, "shop", dataset.Outages, i.ID, october(10), october(11))
	require.NoError(t, err)
	require.Len(t, list, 1)

	for field, in := range map[string]store.Intake{"as_of": asOf(about("shop", "csv"), today.Add(time.Second)), "since": {Service: "shop", Format: "csv", Now: today, Since: today.Add(1)}} {
		_, err := s.ImportOutages(ctx, in, each[uptime.Outage](), nil)
		require.True(t, fault.Is(err, fault.Invalid))
		require.ErrorContains(t, err, field)
	}
	_, err = s.ImportSamples(ctx, in, each[uptime.Sample](), nil)
	require.ErrorContains(t, err, "since: an import of Probe samples")
}

func TestWindowsAreKnownAsOfTheirImport(t *testing.T) {
	s, ctx := store.New(pgtest.New(t)), context.Background()
	window := func(day int) uptime.Window {
		return uptime.Window{UID: "patch", From: today.AddDate(0, 0, day), To: today.AddDate(0, 0, day).Add(time.Hour)}
	}
	p, err := s.ImportWindows(ctx, about("shop", "icalendar"), each(window(10)), nil)
	first := took(t, s, p, err)
	require.Equal(t, []any{today, true}, []any{first.AsOf, first.Derived})
	in := about("shop", "icalendar")
	in.Now = today.Add(time.Hour)
	p, err = s.ImportWindows(ctx, in, each(window(12)), nil)
	second := took(t, s, p, err)
	planned := knownAs(t, s.Windows(ctx, everythingOf("shop", second.ID)))["patch"]
	require.Len(t, planned, 1)
	require.Equal(t, []any{window(12), in.Now}, []any{planned[0].Window, planned[0].Since})
	require.Equal(t, []uptime.Form{{From: window(10).From, To: window(10).To, Since: today}}, planned[0].Before)
	_, err = s.ImportWindows(ctx, about("shop", "icalendar"), each[uptime.Window](), nil)
	require.ErrorContains(t, err, "--as-of")
	_, err = s.ImportWindows(ctx, about("shop", "icalendar"), each(window(40_000)), nil)
	require.ErrorContains(t, err, "more than 100 years ahead")
}

func TestSamplesOfSeveralImportsJoin(t *testing.T) {
	s, ctx := store.New(pgtest.New(t)), context.Background()
	row := int64(0)
	sample := func(minute int, is availability.Answer) uptime.Sample {
		row++
		return uptime.Sample{Component: "web", Probe: "bern", At: october(1).Add(time.Duration(minute) * time.Minute), Is: is, Row: row}
	}
	up, down := availability.AnswerUp, availability.AnswerDown
	p, err := s.ImportSamples(ctx, about("shop", "csv"), each(sample(0, up), sample(2, up), sample(1, up), sample(1500, down), sample(2, down)), nil)
	first := took(t, s, p, err)
	require.Equal(t, [5]int64{5, 4, 1, 2, 2}, [5]int64{first.Read, first.Loaded, first.Unchanged, first.Tickets, first.New})
	require.Equal(t, october(1).Add(25*time.Hour), first.AsOf)
	p, err = s.ImportSamples(ctx, asOf(about("shop", "csv"), october(1).Add(time.Hour)), each(sample(2, up), sample(3, up), sample(1, up)), nil)
	second := took(t, s, p, err)
	require.Equal(t, [4]int64{1, 1, 1, 1}, [4]int64{second.Loaded, second.Unchanged, second.Older, second.Tickets})
	days := knownAs(t, s.ProbeDays(ctx, everythingOf("shop", second.ID)))
	require.Len(t, days, 2)
	key := sample(0, up).Key()
	require.Equal(t, []uptime.Run{{At: october(1), Every: 60, N: 2, Is: up}, {At: october(1).Add(2 * time.Minute), N: 1, Is: down}, {At: october(1).Add(3 * time.Minute), N: 1, Is: up}}, days[key].Runs)

	_, err = s.ImportSamples(ctx, about("shop", "csv"), each(sample(100_000, up)), nil)
	require.ErrorContains(t, err, "still to come")
}
