package sla_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
)

// took makes a ticket that was resolved after so many minutes.
func took(number string, minutes int) ticket.Version {
	at := local("2026-06-10 00:00")
	v := history(nil, at.Format("2006-01-02 15:04 ")+"Active", at.Add(time.Duration(minutes)*time.Minute).Format("2006-01-02 15:04 ")+"Resolved")
	v.Number = number
	return v
}

// named numbers tickets from 1, as t1, t2 …
func named(list []ticket.Version) []ticket.Version {
	for i := range list {
		list[i].Number = fmt.Sprintf("t%d", i+1)
	}
	return list
}

func TestV06PercentileAgainstTarget(t *testing.T) {
	target := within("p", 0)
	target.Within = 20 * 60
	var list []ticket.Version
	for i, minutes := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 100} {
		list = append(list, took(fmt.Sprint(i), minutes))
	}
	r := derive(t, frozen("2026-06", target), list...).Agreements[0].Targets[0]
	require.Equal(t, &sla.Percentiles{P50: 10 * 60, P90: 18 * 60, P95: 19 * 60}, r.Percentiles)
	require.Equal(t, sla.Met, r.Verdict)
	require.Equal(t, []int64{19, 20}, []int64{r.Met, r.Decided})
	require.NotEqual(t, int64(23.05*60), r.Percentiles.P95, "interpolated: missed")
	require.Equal(t, []sla.Worst{{Number: "19", Elapsed: 6000, Over: 4800}}, r.Worst)
}

// "95 % within the time" and "the nearest-rank P95 is within the time" are one
// statement, whatever the reopenings and whoever is still open.
func TestShareAndPercentileAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := within("p", 0)
		target.Within = agreement.Duration(rapid.Int64Range(1, 100).Draw(t, "within") * 60)
		target.Reopen = rapid.SampledFrom([]agreement.Reopen{agreement.Continue, agreement.NewCycle, agreement.Wall}).Draw(t, "reopen")
		share := rapid.SampledFrom([]int{50, 90, 95}).Draw(t, "share")
		target.Attain = json.Number(fmt.Sprint(share))
		var list []ticket.Version
		for i := range rapid.IntRange(1, 40).Draw(t, "n") {
			v := took(fmt.Sprint(i), rapid.IntRange(0, 120).Draw(t, "minutes"))
			if rapid.Bool().Draw(t, "again") {
				at := v.Last.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "gap")) * time.Minute)
				v.Events = append(v.Events, ticket.Event{At: at, State: "Active"})
				if rapid.Bool().Draw(t, "closed") {
					v.Events = append(v.Events, ticket.Event{At: at.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "more")) * time.Minute), State: "Resolved", Stopped: true})
				}
			}
			list = append(list, v)
		}
		r, err := sla.Derive(frozen("2026-06", target), stream(list...))
		if err != nil {
			t.Fatal(err)
		}
		x := r.Agreements[0].Targets[0]
		if x.Decided == 0 {
			return
		}
		p := map[int]int64{50: x.Percentiles.P50, 90: x.Percentiles.P90, 95: x.Percentiles.P95}[share]
		if (x.Verdict == sla.Met) != (p <= target.Within.Seconds()) {
			t.Fatalf("%d of %d, P%d %d of %d, %s", x.Met, x.Decided, share, p, target.Within, x.Verdict)
		}
	})
}

func TestTheWorstFive(t *testing.T) {
	target := within("p", 1)
	var list []ticket.Version
	for i, m := range []int{61, 600, 90, 60, 90, 300, 200, 150} {
		list = append(list, took(fmt.Sprintf("t%d", i), m))
	}
	open := history(nil, "2026-06-30 20:00 Active") // four hours so far
	open.Number = "open"
	r := derive(t, frozen("2026-06", target), append(list, open)...).Agreements[0].Targets[0]
	require.Equal(t, []sla.Worst{
		{"t1", 36000, 32400, false}, {"t5", 18000, 14400, false}, {"open", 14400, 10800, true}, {"t6", 12000, 8400, false}, {"t7", 9000, 5400, false}}, r.Worst)
	require.Equal(t, int64(14400), r.Percentiles.OpenFrom)

	// Equal ones by number, in whatever order they come.
	var equal, back []ticket.Version
	for i := range 9 {
		equal, back = append(equal, took(fmt.Sprint(i), 90)), append(back, took(fmt.Sprint(8-i), 90))
	}
	a := derive(t, frozen("2026-06", target), equal...).Agreements[0].Targets[0].Worst
	require.Equal(t, a, derive(t, frozen("2026-06", target), back...).Agreements[0].Targets[0].Worst)
	require.Equal(t, "0", a[0].Number)
	require.Len(t, a, 5)

	r = derive(t, frozen("2026-06", target), took("in time", 60)).Agreements[0].Targets[0]
	require.Empty(t, r.Worst)
	require.Nil(t, derive(t, frozen("2026-06", target)).Agreements[0].Targets[0].Percentiles, "no cases: no percentile, which isn't 0")
}

// met makes n tickets of a priority in time, and so many late.
func met(priority string, n, late int) (list []ticket.Version) {
	for i := range n + late {
		v := took(fmt.Sprintf("%s-%d", priority, i), 60)
		if i >= n {
			v = took(v.Number, 300)
		}
		v.Fields = fields{"priority": priority}
		v.Events[0].Fields = v.Fields
		list = append(list, v)
	}
	return list
}

func weighted(name, priority string, weight string) agreement.Target {
	x := within(name, 4)
	x.Where, x.Weight = agreement.Where{"priority": {priority}}, json.Number(weight)
	return x
}

func TestV07ScoreWithCoverage(t *testing.T) {
	f := frozen("2026-06", weighted("p1", "1", "0.5"), weighted("p2", "2", "0.3"), weighted("p3", "3", "0.2"), weighted("other", "4", ""))
	list := append(append(met("2", 96, 4), met("3", 90, 10)...), met("4", 3, 1)...)
	value := "93.600000"
	s := derive(t, f, list...).Agreements[0].Score
	require.Equal(t, &sla.Score{Value: &value, Coverage: "50.000000", Targets: 3, WithData: 2}, s)
	require.NotContains(t, []string{"46.800000", "96.800000"}, *s.Value, "n/a counted as 0, or as 100")

	require.Equal(t, &sla.Score{Coverage: "0.000000", Targets: 3}, derive(t, f).Agreements[0].Score, "no data at all: no score")
	require.Nil(t, derive(t, frozen("2026-06", within("p", 4))).Agreements[0].Score, "no weights")
	require.Nil(t, derive(t, frozen("2026-06", weighted("p", "1", "0"))).Agreements[0].Score)
}

func TestCreditsOfAMonth(t *testing.T) {
	f := frozen("2026-06", weighted("p1", "1", ""), weighted("p2", "2", ""), weighted("p3", "3", ""), weighted("p4", "4", ""))
	f.Agreements[0].Spec.Credits = &agreement.Credits{Fee: agreement.Money{Amount: "12000.50", Currency: "EUR"}, Several: agreement.Sum, Cap: "20",
		Tiers: []agreement.Tier{{Below: "95", Credit: "5"}, {Below: "90", Credit: "10"}, {Target: "p4", Below: "50", Credit: "50"}}}
	show := func(c *sla.CreditsResult) (out []string) {
		text := func(s *string) string {
			if s == nil {
				return "n/a"
			}
			return *s
		}
		for _, x := range c.Targets {
			out = append(out, fmt.Sprintf("%s %s %s", x.Target, text(x.Percent), text(x.Amount)))
		}
		return append(out, fmt.Sprintf("%s %s %t", text(c.Percent), text(c.Amount), c.Capped))
	}
	// p2 prints as 95.00 %, and is missed.
	list := append(append(met("1", 8, 2), met("2", 18999, 1001)...), met("4", 80, 20)...)
	require.Equal(t, "95.00", fmt.Sprintf("%.2f", 18999.0/20000*100))
	r := derive(t, f, list...).Agreements[0]
	require.Equal(t, []string{"p1 10 1200.05", "p2 5 600.025", "p3 n/a n/a", "p4 0 0", "15 1800.075 false"}, show(r.Credits))
	f.Agreements[0].Spec.Credits.Cap = "12.5"
	require.Equal(t, "12.5 1500.0625 true", show(derive(t, f, list...).Agreements[0].Credits)[4])
	f.Agreements[0].Spec.Credits.Several = agreement.Highest
	require.Equal(t, "10 1200.05 false", show(derive(t, f, list...).Agreements[0].Credits)[4])
	require.Equal(t, "n/a n/a false", show(derive(t, f).Agreements[0].Credits)[4], "nothing was decided: nothing to say, not 0")

	q := frozen("2026-Q2", f.Agreements[0].Spec.Targets...)
	q.Agreements[0].Spec.Credits = f.Agreements[0].Spec.Credits
	require.Nil(t, derive(t, q, list...).Agreements[0].Credits, "fees are a month's")
	f.Agreements[0].Spec.Credits.Tiers[0].Below = "1e9"
	_, err := sla.Derive(f, stream())
	require.ErrorContains(t, err, "credits.tiers[0].below: ")
	f.Agreements[0].Spec.Credits = nil
	f.Agreements[0].Spec.Targets[0].Weight = "1e999999999"
	_, err = sla.Derive(f, stream())
	require.ErrorContains(t, err, "agreements.desk.p1.weight: ")
}
