package store_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/availability"
	"turnus/itsm/dataset"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
	"turnus/store"
)

// sampling gives samples of a probe, every so many seconds over some hours.
func sampling(component, probe string, from time.Time, every, hours int) (list []uptime.Sample) {
	for s := 0; s < hours*3600; s += every {
		list = append(list, uptime.Sample{Row: int64(len(list) + 1), Component: component, Probe: probe, At: from.Add(time.Duration(s) * time.Second), Is: availability.AnswerUp})
	}
	return list
}

// warnings are those of an import, by code.
func warnings(list []dataset.Warning) map[string][]text.Text {
	all := map[string][]text.Text{}
	for _, w := range list {
		all[w.Code] = append(all[w.Code], w.Detail)
	}
	return all
}

// available declares a service with availability targets about components.
func available(t *testing.T, s *store.Store, service string, components ...string) {
	t.Helper()
	targets := make([]string, len(components))
	for i, c := range components {
		targets[i] = fmt.Sprintf(`{"name":"t%d","measure":"availability","attain":99,"calendar":"24x7","availability":{"component":%q,"probes":{"every":"PT1M"}}}`, i, c)
	}
	docs := []resource.Raw{
		{APIVersion: resource.APIVersion, Kind: resource.Person, Metadata: resource.Metadata{Name: "ada"}, Spec: []byte(`{"roles":["process-owner"]}`)},
		{APIVersion: resource.APIVersion, Kind: resource.Person, Metadata: resource.Metadata{Name: "bob"}, Spec: []byte(`{"roles":["approver"]}`)},
		{APIVersion: resource.APIVersion, Kind: resource.Service, Metadata: resource.Metadata{Name: service}, Spec: []byte(`{"owner":"ada","approvers":["bob"],"calendar":"24x7"}`)},
		{APIVersion: resource.APIVersion, Kind: resource.Agreement, Metadata: resource.Metadata{Name: service + "-sla"},
			Spec: []byte(`{"service":"` + service + `","valid":{"from":"2020-01-01"},"targets":[` + strings.Join(targets, ",") + `]}`)},
	}
	_, err := s.Apply(context.Background(), person.Actor{Person: "root"}, today, docs, false)
	require.NoError(t, err)
}

func TestSamplesAreHeldAgainstWhatWasAgreed(t *testing.T) {
	s, ctx := store.New(pgtest.New(t)), context.Background()
	judged := func(service string, samples ...uptime.Sample) map[string][]text.Text {
		t.Helper()
		p, err := s.ImportSamples(ctx, about(service, "csv"), each(samples...), nil)
		took(t, s, p, err)
		return warnings(p.Warnings)
	}
	usual := sampling("web", "bern", october(1), 60, 2)
	require.Equal(t, []string{dataset.NoTarget}, slices.Collect(maps.Keys(judged("bare", usual...))))

	available(t, s, "shop", "web", "mail")
	w := judged("shop", usual...)
	require.Contains(t, w[dataset.UnknownValue][0].En, `about the component "mail", about which there is no sample`)
	require.Len(t, w, 1)
	w = judged("shop", append(sampling("webb", "bern", october(2), 60, 2), sampling("", "bern", october(2), 60, 1)...)...)
	require.Contains(t, w[dataset.NoTarget][0].En, `names the component "webb"`)
	require.Contains(t, w[dataset.NoTarget][1].En, "60 samples name no component")

	// Two monitors whose clocks are 20 s apart; and one that looks every five minutes.
	available(t, s, "all", "")
	two := append(sampling("", "bern", october(1), 60, 2), sampling("", "bern", october(1).Add(20*time.Second), 60, 2)...)
	w = judged("all", two...)
	require.Contains(t, w[dataset.OtherDensity][0].En, `"bern" come every 30 s on average, and every 60 s was agreed`)
	require.NotContains(t, w, dataset.NoTarget)
	w = judged("all", sampling("x", "thun", october(3), 300, 4)...)
	require.Contains(t, w[dataset.OtherDensity][0].De, "mehr als 90\u202fs nach dem vorigen")
	require.NotContains(t, w, dataset.NoTarget)
	require.NotContains(t, judged("all", sampling("", "bern", october(5), 61, 4)...), dataset.OtherDensity)

	// The same instant twice: once alike, once otherwise.
	again := sampling("", "biel", october(7), 60, 1)
	other := again[1]
	other.Is, other.Row = availability.AnswerDown, 100
	w = judged("all", append(again, again[0], other)...)
	require.Contains(t, w[dataset.Duplicates][0].En, "1 of 62 rows")
	require.Contains(t, w[dataset.Differing][0].En, "1 samples say otherwise")
	days := knownAs(t, s.ProbeDays(ctx, everythingOf("all", 1<<40)))
	require.Equal(t, availability.AnswerDown, days[other.Key()].Runs[1].Is)
}

func TestDaysWithFewSamplesAreSaid(t *testing.T) {
	s, ctx := store.New(pgtest.New(t)), context.Background()
	var samples []uptime.Sample
	for day := 1; day <= 30; day++ {
		hours := 24
		if day == 29 {
			hours = 1
		}
		samples = append(samples, sampling("", "bern", october(day), 300, hours)...)
	}
	p, err := s.ImportSamples(ctx, about("shop", "csv"), each(samples...), nil)
	took(t, s, p, err)
	require.Contains(t, warnings(p.Warnings)[dataset.FewRows][0].En, "(12)")

	// A sample of another year reaches the as-of: nobody said it.
	far := append(sampling("", "thun", today.AddDate(-2, 0, 0), 300, 48), sampling("", "thun", today.AddDate(0, 0, -1), 300, 0)...)
	far = append(far, uptime.Sample{Row: 9999, Probe: "thun", At: today.AddDate(0, 0, -1), Is: availability.AnswerUp})
	_, err = s.ImportSamples(ctx, about("shop", "csv"), each(far...), nil)
	require.Equal(t, []string{dataset.FarAsOf}, reasons(err))
	list, _, err := s.Imports(ctx, "shop", store.Page{})
	require.NoError(t, err)
	require.Len(t, list, 1)
}

// Rows that share a reference, and rows from before the record was kept, count;
// that is said. So is what a file of samples names.
func TestWhatAFileHoldsIsSaid(t *testing.T) {
	s, ctx := store.New(pgtest.New(t)), context.Background()
	available(t, s, "shop", "")
	in := about("shop", "csv")
	in.Since = october(3)
	outage := func(row int64, reference string, day int) uptime.Outage {
		return uptime.Outage{Row: row, Reference: reference, From: october(day), To: october(day).Add(time.Hour)}
	}
	p, err := s.ImportOutages(ctx, in, each(outage(1, "I-1", 4), outage(2, "I-2", 2), outage(3, "I-1", 5), outage(4, "I-1", 5)), nil)
	took(t, s, p, err)
	w := warnings(p.Warnings)
	require.Len(t, w, 3)
	require.Contains(t, w[dataset.SharedReference][0].En, `2 rows have the reference of another row and say something else: "I-1"`)
	require.Contains(t, w[dataset.LateSince][0].De, "die älteste Zeile ist vom 02.10.2026")
	require.Contains(t, w, dataset.Duplicates)
	require.EqualValues(t, 3, p.Loaded)
	c, err := s.Coverage(ctx, "shop", dataset.Outages)
	require.NoError(t, err)
	require.Equal(t, october(2), c.Since, "as the warning says")

	window := uptime.Window{UID: "M-1", From: october(20), To: october(20).Add(time.Hour), Row: 1}
	other := window
	other.Row, other.Cancelled = 2, true
	p, err = s.ImportWindows(ctx, about("shop", "csv"), each(window, other), nil)
	took(t, s, p, err)
	require.Contains(t, warnings(p.Warnings)[dataset.SharedReference][0].En, `"M-1"`)

	p, err = s.ImportSamples(ctx, about("shop", "csv"), each(append(sampling("web", "bern", october(1).Add(23*time.Hour), 60, 2), sampling("", "thun", october(1), 60, 1)...)...), nil)
	took(t, s, p, err)
	require.Equal(t, []dataset.ProbeUse{{Probe: "thun", Samples: 60}, {Component: "web", Probe: "bern", Samples: 120}}, p.Probes)
}

// Why the first row of many was rejected is said without quoting what isn't there.
func TestRejectsWithoutWordsAreNotQuoted(t *testing.T) {
	s := store.New(pgtest.New(t))
	refused := func(value string) error {
		why := &dataset.Reject{Row: 4, Column: "VEVENT", Value: value, Reason: text.New("UID is missing", "UID fehlt")}
		_, err := s.ImportWindows(t.Context(), about("shop", "icalendar"), func(yield func(uptime.Window, error) bool) { yield(uptime.Window{}, why) }, nil)
		return err
	}
	require.ErrorContains(t, refused(""), "row 4: none of the 1 rows makes sense, nothing was imported: about the first one (VEVENT): UID is missing")
	require.ErrorContains(t, refused("Patches"), `the first one has VEVENT "Patches": UID is missing`)
}

// Outages are rare, and reach far without any in between.
func TestFewOutagesTellNothing(t *testing.T) {
	s, ctx := store.New(pgtest.New(t)), context.Background()
	available(t, s, "shop", "")
	var list []uptime.Outage
	for i := range 150 {
		at := today.AddDate(-2, 0, 0).Add(time.Duration(i) * 7 * time.Hour)
		list = append(list, uptime.Outage{Row: int64(i + 1), From: at, To: at.Add(time.Minute), Component: "web"})
	}
	list = append(list, uptime.Outage{Row: 200, From: today.AddDate(0, 0, -1), To: today, Component: "web"})
	p, err := s.ImportOutages(ctx, about("shop", "csv"), each(list...), nil)
	took(t, s, p, err)
	require.Empty(t, p.Warnings)
}

// The order of a file makes no difference, nor does it whether it comes at once:
// but for which of two samples of one instant is the later one.
func TestTheOrderOfSamplesMakesNoDifference(t *testing.T) {
	s, ctx := store.New(pgtest.New(t)), context.Background()
	random := rand.New(rand.NewPCG(3, 4))
	var list []uptime.Sample
	for site := range 5 {
		list = append(list, sampling(fmt.Sprint("site ", site), "bern", october(1), 37, 24*8)...)
	}
	for i := range list {
		if list[i].Row = int64(i + 1); random.IntN(9) == 0 {
			list[i].Is = availability.AnswerDown
		}
	}
	p, err := s.ImportSamples(ctx, about("sorted", "csv"), each(list...), nil)
	sorted := took(t, s, p, err)
	require.EqualValues(t, 40, sorted.Tickets)
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	p, err = s.ImportSamples(ctx, about("shuffled", "csv"), each(list...), nil)
	took(t, s, p, err)
	half := len(list) / 2
	for _, part := range [][]uptime.Sample{list[half:], list[:half], list[half-500 : half+500]} {
		p, err = s.ImportSamples(ctx, asOf(about("parts", "csv"), today), each(part...), nil)
		took(t, s, p, err)
	}
	require.Equal(t, [2]int64{1000, 0}, [2]int64{p.Unchanged, p.Tickets})
	want, hash, err := s.KnownHash(ctx, dataset.Probes, everythingOf("sorted", 1<<40))
	require.NoError(t, err)
	require.EqualValues(t, 40, want)
	for _, service := range []string{"shuffled", "parts"} {
		_, other, err := s.KnownHash(ctx, dataset.Probes, everythingOf(service, 1<<40))
		require.NoError(t, err)
		require.Equal(t, hash, other, service)
	}
}

// Whoever goes away in the midst of an import leaves nothing; a dry run says what
// would be, and leaves nothing either.
func TestAnImportOfSamplesThatBreaksOffLeavesNothing(t *testing.T) {
	db := pgtest.New(t)
	s := store.New(db)
	list := sampling("", "bern", october(1), 5, 24*10)
	whole := time.Now()
	in := about("gone", "csv")
	in.DryRun = true
	p, err := s.ImportSamples(t.Context(), in, each(list...), nil)
	require.NoError(t, err)
	require.Equal(t, []int64{0, int64(len(list)), 10, 10}, []int64{p.ID, p.Loaded, p.Tickets, p.New})
	took := time.Since(whole)
	in.DryRun = false
	random, given := rand.New(rand.NewPCG(1, 2)), 0
	for range 20 {
		ctx, stop := context.WithTimeout(t.Context(), time.Duration(random.Int64N(int64(took))))
		_, err := s.ImportSamples(ctx, in, each(list...), nil)
		stop()
		if err == nil {
			in.Service += "x" // it was done
			continue
		}
		given++
		var n int
		require.NoError(t, db.QueryRow(`SELECT (SELECT count(*) FROM said WHERE service = $1) + (SELECT count(*) FROM import WHERE service = $1)`, in.Service).Scan(&n))
		require.Zero(t, n)
	}
	require.Positive(t, given)
	require.Zero(t, db.Stats().InUse)
	_, err = db.Exec(`UPDATE said SET key = ''`)
	require.Error(t, err, "what was said stays as it is")
	p, err = s.ImportSamples(t.Context(), in, each(list...), nil)
	require.NoError(t, err)
	require.EqualValues(t, len(list), p.Loaded)
}
