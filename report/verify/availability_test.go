package verify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/reviewtest"
	"turnus/itsm/availability"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/slo"
	"turnus/itsm/uptime"
	"turnus/report"
	"turnus/report/availabilityreview"
	"turnus/report/receipt"
	"turnus/report/verify"
)

// vector is one of the domain guide, section 14: what is known, and the figures
// that follow from it.
type vector struct {
	name   string
	frozen avail.Frozen
	data   reviewtest.Data
	want   map[string]string
}

func vectors() []vector {
	users := func(from, to int) (names []string) {
		for i := from; i <= to; i++ {
			names = append(names, fmt.Sprintf("u%03d", i))
		}
		return names
	}
	first, second := reviewtest.Out("2026-06-10 10:00", "2026-06-10 10:20"), reviewtest.Out("2026-06-10 10:10", "2026-06-10 10:40")
	first.Users, second.Users = users(1, 150), users(101, 180)
	v12 := reviewtest.Frozen("2026-06", reviewtest.Target("shop", `{"attain":50,"availability":{"probes":{"every":"PT1M"}}}`))
	v12.Objectives = []avail.Objective{
		reviewtest.Objective("mean", slo.RatioTimeslices, `{"targetPercent":99.5,"timeSliceWindow":"1m"}`),
		reviewtest.Objective("occurrences", slo.Occurrences, `{"targetPercent":99.5}`),
		reviewtest.Objective("slices", slo.Timeslices, `{"targetPercent":99.5,"timeSliceTarget":0.95,"timeSliceWindow":"1m"}`),
	}
	v12.Reads = avail.ReadsFor(v12)
	return []vector{
		{"v01", reviewtest.Frozen("2026-03", reviewtest.Target("shop", "")),
			reviewtest.Data{Outages: []uptime.Outage{reviewtest.Out("2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00")}},
			map[string]string{"shop.agreed-time": fmt.Sprint(44_580 * 60), "shop.downtime": "3600", "shop.availability": "99.865410"}},
		{"v04", reviewtest.Frozen("2026-06", reviewtest.Target("excused", `{"availability":{"maintenance":"excused"}}`), reviewtest.Target("shop", "")),
			reviewtest.Data{
				Windows: []uptime.Planned{reviewtest.Window("w", "2026-06-14 02:00", "2026-06-14 04:00")},
				Outages: []uptime.Outage{
					reviewtest.Out("2026-05-31 23:00", "2026-06-01 01:00"), reviewtest.Out("2026-06-10 10:00", "2026-06-10 11:30"), reviewtest.Out("2026-06-10 11:00", "2026-06-10 12:00"),
					reviewtest.Out("2026-06-14 03:30", "2026-06-14 04:45"), reviewtest.Out("2026-06-30 23:30", "2026-07-01 02:00")}},
			map[string]string{"shop.agreed-time": fmt.Sprint(43_080 * 60), "shop.downtime": fmt.Sprint(255 * 60), "shop.availability": "99.408078", "shop.failures": "3",
				"shop.restored": "3", "shop.mtrs": fmt.Sprint(105 * 60), "shop.mtbf": "856500", "shop.class-3600s-14400s": "3", "excused.availability": "99.409722", "excused.excused": fmt.Sprint(30 * 60)}},
		{"v11", reviewtest.Frozen("2026-06", reviewtest.Target("shop", `{"availability":{"population":200}}`)),
			reviewtest.Data{Outages: []uptime.Outage{first, second}},
			map[string]string{"shop.user-minutes-low": "4900", "shop.user-minutes-high": "4900", "shop.user-availability-low": "99.943287", "shop.user-availability-high": "99.943287"}},
		{"v12", v12, reviewtest.Data{Days: slicesOfV12()},
			map[string]string{"occurrences objective-1.value": "99.965040", "slices objective-1.value": "99.305556", "mean objective-1.value": "99.625000"}},
	}
}

// slicesOfV12 are the answers of a hundred probes on one day: all of them up, but
// in ten minutes four of them down, and in ten only two answer, one of them down.
func slicesOfV12() (days []uptime.Day) {
	from := reviewtest.At("2026-06-10T00:00:00Z")
	for p := range 100 {
		days = append(days, reviewtest.Samples("", fmt.Sprintf("p%02d", p), from, from.Add(24*time.Hour), 60, func(x time.Time) availability.Answer {
			switch m := int(x.Sub(from).Minutes()); {
			case m >= 1430 && p > 1:
				return ""
			case m >= 1430 && p == 1, m >= 1420 && m < 1430 && p >= 96:
				return availability.AnswerDown
			}
			return availability.AnswerUp
		})...)
	}
	return days
}

// reviewed is the published report on a set.
func reviewed(t testing.TB, f avail.Frozen, d reviewtest.Data) report.Report {
	t.Helper()
	r, err := avail.Derive(f, d.Source())
	require.NoError(t, err)
	var answers []report.Answer
	for _, x := range availabilityreview.Findings(f, r)[:1] {
		answers = append(answers, report.Answer{Key: x.Key, Cause: "A switch failed.", Measure: "Replaced.", By: "owner", At: f.At})
	}
	said := availabilityreview.Evidence(f, r)
	for i := range said {
		said[i].Decided, said[i].By, said[i].At = said[i].Says, "owner", &f.At
	}
	doc, err := availabilityreview.Draft(f, r, answers, said)
	require.NoError(t, err)
	out := report.Report{Document: doc}
	out.Hash, _, err = report.Hash(doc)
	require.NoError(t, err)
	out.Version, out.DraftRound = 1, f.Round
	return out
}

func writeReview(t testing.TB, r report.Report, f avail.Frozen, d reviewtest.Data) ([]byte, error) {
	t.Helper()
	frozen, err := json.Marshal(f)
	require.NoError(t, err)
	p, ok := verify.Process(r.Process)
	require.True(t, ok)
	var b bytes.Buffer
	err = p.Write(&b, r, frozen, d.Receipts())
	return b.Bytes(), err
}

func exportReview(t testing.TB, v vector) []byte {
	t.Helper()
	f := v.data.Freeze(v.frozen)
	b, err := writeReview(t, reviewed(t, f, v.data), f, v.data)
	require.NoError(t, err)
	return b
}

// The golden files are what exports give, byte for byte; their figures are those
// that the guide worked by hand, and each is computed anew from the file alone.
func TestReceiptsOfAvailabilityReviews(t *testing.T) {
	for _, v := range vectors() {
		t.Run(v.name, func(t *testing.T) {
			golden := "testdata/availability-review-" + v.name + ".json"
			got := exportReview(t, v)
			if *update {
				require.NoError(t, os.WriteFile(golden, got, 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			same(t, want, got)

			x := verified(t, want)
			require.Empty(t, x.Differences)
			require.True(t, x.Identical && x.Words)
			require.Equal(t, []any{"keys", calendar.TZData, availabilityreview.Wording}, []any{x.Kind, x.TZData, x.WordingHere})
			var head struct{ Figures []report.Figure }
			require.NoError(t, json.Unmarshal(want, &head))
			for _, f := range head.Figures {
				for _, name := range []string{f.Name, f.Group.Name + " " + f.Name} {
					if value, ok := v.want[name]; ok {
						require.NotNil(t, f.Value, name)
						require.Equal(t, value, *f.Value, name)
						delete(v.want, name)
					}
				}
			}
			require.Empty(t, v.want)
		})
	}
}

// What somebody changes in a file is found: in the data by the hash of the set, in
// a rule by the hash of what was declared, and in what follows from them.
func TestChangedReviewsAreFound(t *testing.T) {
	all := map[string][]byte{}
	for _, v := range vectors() {
		all[v.name] = exportReview(t, v)
	}
	for _, c := range []struct{ in, old, new, place string }{
		{"v04", `"to":"2026-06-10T09:30:00Z"`, `"to":"2026-06-10T09:31:00Z"`, "frozen.data[outages].hash"},
		{"v04", `"from":"2026-06-14T00:00:00Z","since"`, `"from":"2026-06-14T00:00:01Z","since"`, "frozen.data[maintenance].hash"},
		{"v04", `"told":true`, `"told":false`, "frozen.data[maintenance].hash"},
		{"v04", `{"dataset":"maintenance","is"`, `{"dataset":"outages","is"`, "frozen.data[maintenance].count"},
		{"v12", `"is":"down","n":10`, `"is":"up","n":10`, "frozen.data[probes].hash"},
		{"v04", `"attain":99.8`, `"attain":99.3`, "frozen.agreements[shop-2026 1].spec"},
		{"v12", `"targetPercent":99.5`, `"targetPercent":99.4`, "frozen.objectives[mean 1].spec"},
		{"v04", `"name":"shop.downtime","numerator":null,"unit":"seconds","value":"15300"`, `"name":"shop.downtime","numerator":null,"unit":"seconds","value":"15301"`, "figures[shop-2026 shop.downtime].value"},
		{"v04", `"failures":3,"lost_s"`, `"failures":2,"lost_s"`, "totals."},
		{"v04", "An overrun counts as downtime.", "An overrun counts as nothing.", "report.document.notes"},
		{"v11", `"u150"`, `"u181"`, "frozen.data[outages].hash"},
	} {
		require.Contains(t, string(all[c.in]), c.old)
		v, err := verify.Receipt(strings.NewReader(strings.Replace(string(all[c.in]), c.old, c.new, 1)))
		if err != nil {
			require.NotNil(t, fault.As(err), "%s: %v", c.old, err)
			continue
		}
		require.False(t, v.Identical, c.old)
		if v.More == 0 { // of many the first are named
			require.True(t, slices.ContainsFunc(v.Differences, func(d receipt.Difference) bool { return strings.HasPrefix(d.Place, c.place) }), "%s: %v", c.old, places(v))
		}
	}
}

// What the owner decided that outages say about continuity plans is in the file, and
// is no more than what their lengths say, whoever changes it.
func TestEvidenceInReceipts(t *testing.T) {
	v := vectors()[0]
	for _, x := range vectors() {
		if x.name == "v04" {
			v = x
		}
	}
	v.frozen.Plans = []avail.Plan{{Name: "fire", Version: 3, Hash: strings.Repeat("ab", 32), From: reviewtest.At("2026-01-01T00:00:00Z"), RTO: 7200, Base: continuity.FromDisruption}}
	file := string(exportReview(t, v))
	x := verified(t, []byte(file))
	require.Empty(t, x.Differences)
	require.True(t, x.Identical && x.Words)
	require.Equal(t, 3, strings.Count(file, `"decided":"proves"`), "of four outages that began in June the last ended in July, and one began in May")
	for _, c := range [][2]string{{`"decided":"proves"`, `"decided":"disproves"`}, {`"says":"proves"`, `"says":"disproves"`}, {`"decided":"proves",`, ``}, {`"rto":"PT2H"`, `"rto":"PT3H"`}} {
		require.Contains(t, file, c[0])
		y, err := verify.Receipt(strings.NewReader(strings.Replace(file, c[0], c[1], 1)))
		require.True(t, err != nil || !y.Identical, c[1])
	}
}

// Every single value of a file is altered, left out, doubled or moved, and found
// out, even where seal and hash of the document are made anew: but the version
// under which the report was published, which no figure follows from, and a wording
// that this binary lacks, which is said.
func TestEveryAlterationOfAReviewIsFound(t *testing.T) {
	v := vectors()[0]
	v.data.Windows = []uptime.Planned{reviewtest.Window("w", "2026-03-10 02:00", "2026-03-10 04:00")}
	v.data.Days = reviewtest.Samples("", "p", reviewtest.At("2026-03-10 00:00"), reviewtest.At("2026-03-10 03:00"), 60, reviewtest.During(availability.AnswerDown))
	v.frozen.Register = &improvement.Extract{Findings: []improvement.Progress{}}
	want := exportReview(t, v)
	var tree any
	decode(t, want, &tree)
	all := alterations("", &tree)
	require.Greater(t, len(all), 1500)
	through := map[string]bool{}
	for _, a := range tried(all) {
		undo, back := a.change(), func() {}
		if strings.HasPrefix(a.place, document) {
			back = rehashed(t, tree)
		}
		if b := written(t, tree, true); !bytes.Equal(b, want) && identical(t, b) {
			through[index.ReplaceAllString(a.place, "[]")] = true
			require.False(t, identical(t, written(t, tree, false)), a.place)
		}
		back()
		undo()
	}
	require.True(t, identical(t, written(t, tree, false)), "everything was put back")
	require.Equal(t, []string{".report.document.wording", ".report.document.wording away", ".report.document.wording less", ".report.version", ".report.version less"}, slices.Sorted(maps.Keys(through)))
}

// An export of what isn't as it was frozen, or as the report says, lacks its end.
func TestExportsOfReviewsAreCheckedAgainstTheReport(t *testing.T) {
	v := vectors()[1]
	f := v.data.Freeze(v.frozen)
	r := reviewed(t, f, v.data)
	whole, err := writeReview(t, r, f, v.data)
	require.NoError(t, err)

	less := v.data
	less.Outages = less.Outages[1:]
	_, err = writeReview(t, r, f, less)
	require.ErrorContains(t, err, "derived anew")
	require.Equal(t, fault.Conflict, fault.As(err).Code)

	r.Figures = slices.Clone(r.Figures)
	value := "100.000000"
	r.Figures[0].Value = &value
	r.Hash, _, err = report.Hash(r.Document)
	require.NoError(t, err)
	b, err := writeReview(t, r, f, v.data)
	require.ErrorContains(t, err, "derived anew")
	require.Less(t, len(b), len(whole))
}

// What can't be the list of a review is refused.
func TestListsOfReviewsThatMakeNoSense(t *testing.T) {
	good := string(exportReview(t, vectors()[3]))
	for _, c := range []struct{ old, new, says string }{
		{`{"dataset":"probes","is"`, `{"dataset":"tickets","is"`, "isn't a dataset whose turn it is"},
		{`"is":"up","n":1430`, `"is":"up","n":99999999999999`, "makes no sense"},
		{`"every_s":60`, `"every_s":-1`, "makes no sense"},
		{`"is":{"date"`, `"is":{"more":1,"date"`, "can't be read"},
	} {
		require.Contains(t, good, c.old)
		_, err := verify.Receipt(strings.NewReader(strings.Replace(good, c.old, c.new, 1)))
		require.ErrorContains(t, err, c.says, c.old)
		require.NotNil(t, fault.As(err))
	}
}
