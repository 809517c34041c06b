package improvement_test

import (
	"encoding/json"
	"math/big"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/improvement"
	"turnus/itsm/stats"
	"turnus/itsm/text"
)

// share is a month's reading of a share, month that of a figure that isn't one.
func share(period string, num, den int64) improvement.Reading {
	r := improvement.Reading{Run: "sla-report/desk/" + period, Period: period, Num: &num, Den: &den}
	if den > 0 {
		r.Value = new(big.Rat).Mul(big.NewRat(num, den), big.NewRat(100, 1)).FloatString(6)
	}
	return r
}

func month(period, value string) improvement.Reading {
	return improvement.Reading{Run: "sla-report/desk/" + period, Period: period, Value: value}
}

func TestJudge(t *testing.T) {
	atLeast := func(target string) improvement.Action {
		return improvement.Action{Sense: improvement.AtLeast, Target: target}
	}
	atMost := func(target string) improvement.Action {
		return improvement.Action{Sense: improvement.AtMost, Target: target}
	}
	type readings = []improvement.Reading
	for _, c := range []struct {
		name   string
		a      improvement.Action
		before *improvement.Share
		after  readings
		ruling improvement.Ruling
		waits  bool
		value  string
		chance string // p with six decimals
	}{
		{"nothing published", atLeast("95"), &improvement.Share{Num: 3, Den: 4}, nil, improvement.NoReading, true, "", ""},
		{"a month without cases", atLeast("95"), nil, readings{share("2026-12", 0, 0), month("2027-01", "")}, improvement.NoReading, true, "", ""},
		{"missed", atLeast("95"), &improvement.Share{Num: 1, Den: 40}, readings{share("2026-12", 94, 100)}, improvement.Missed, false, "94.000000", ""},
		{"missed by less than six decimals show", atLeast("95"), nil, readings{share("2026-12", 949_999_999, 1_000_000_000)}, improvement.Missed, false, "95.000000", ""},
		{"reached exactly", atLeast("95.00"), nil, readings{share("2026-12", 95, 100)}, improvement.Reached, false, "95.000000", ""},
		{"two thirds are two thirds", atLeast("66.666667"), nil, readings{share("2026-12", 2, 3)}, improvement.Missed, false, "66.666667", ""},
		{"chance excluded", atLeast("70"), &improvement.Share{Num: 1, Den: 12}, readings{share("2026-12", 9, 12)}, improvement.Reached, false, "75.000000", "0.002759"},
		{"5 % are enough", atLeast("70"), &improvement.Share{Num: 0, Den: 1}, readings{share("2026-12", 19, 19)}, improvement.Reached, false, "100.000000", "0.050000"},
		{"chance not excluded", atLeast("70"), &improvement.Share{Num: 1, Den: 4}, readings{share("2026-12", 3, 4)}, improvement.Uncertain, true, "75.000000", "0.485714"},
		{"nor with two", atLeast("70"), &improvement.Share{Num: 1, Den: 4}, readings{share("2026-12", 1, 1), share("2027-01", 2, 3)}, improvement.Uncertain, true, "75.000000", "0.485714"},
		{"nor with three", atLeast("70"), &improvement.Share{Num: 1, Den: 4}, readings{share("2026-12", 1, 1), share("2027-01", 1, 1), share("2027-02", 1, 2)},
			improvement.Uncertain, false, "75.000000", "0.485714"},
		{"one of three has no cases", atLeast("70"), &improvement.Share{Num: 1, Den: 4}, readings{share("2026-12", 1, 1), share("2027-01", 0, 0), share("2027-02", 2, 3)},
			improvement.Uncertain, true, "75.000000", "0.485714"},
		{"the second month settles it", atLeast("70"), &improvement.Share{Num: 1, Den: 12}, readings{share("2026-12", 3, 4), share("2027-01", 6, 8)},
			improvement.Reached, false, "75.000000", "0.002759"},
		{"all cases over all cases", atLeast("75"), nil, readings{share("2026-12", 1, 1), share("2027-01", 50, 100)}, improvement.Missed, false, "50.495050", ""},
		{"significantly worse than before", atLeast("70"), &improvement.Share{Num: 100, Den: 100}, readings{share("2026-12", 75, 100)}, improvement.Uncertain, true, "75.000000", "0.000000"},
		{"at most, significantly less", atMost("20"), &improvement.Share{Num: 9, Den: 12}, readings{share("2026-12", 1, 12)}, improvement.Reached, false, "8.333333", "0.002759"},
		{"at most, exceeded", atMost("8.333333"), nil, readings{share("2026-12", 1, 12)}, improvement.Missed, false, "8.333333", ""},
		{"no cases before", atLeast("70"), &improvement.Share{}, readings{share("2026-12", 3, 4)}, improvement.Reached, false, "75.000000", ""},
		{"the newest of what is no share", atMost("100"), &improvement.Share{Num: 1, Den: 4}, readings{month("2026-12", "130"), month("2027-01", "99.5"), month("2027-02", "")},
			improvement.Reached, false, "99.5", ""},
		{"and it is too much", atMost("100"), nil, readings{month("2026-12", "99.5"), month("2027-01", "100.01")}, improvement.Missed, false, "100.01", ""},
		{"a value that is no number", atMost("100"), nil, readings{month("2026-12", "1e9999999")}, improvement.NoReading, true, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.a.Figure = "sla-report/desk/p1.attainment"
			v := improvement.Judge(c.a, c.before, c.after)
			require.Equal(t, []any{c.ruling, c.waits, c.value}, []any{v.Ruling, v.Waits(), v.Measured.Value})
			require.Equal(t, c.ruling == improvement.Reached || c.ruling == improvement.Uncertain, v.Measured.Reached)
			if c.chance == "" {
				require.Empty(t, v.Measured.Chance)
			} else {
				near(t, c.chance, v.Measured.Chance)
			}
			says := v.Text(c.a)
			require.NotContains(t, says.En+says.De, "%!")
			b, err := json.Marshal(v)
			require.NoError(t, err)
			var again improvement.Verdict
			require.NoError(t, json.Unmarshal(b, &again))
			require.Equal(t, v, again)
		})
	}
}

func near(t *testing.T, want, got string) {
	t.Helper()
	r, ok := new(big.Rat).SetString(got)
	require.True(t, ok, got)
	require.Equal(t, want, r.FloatString(6))
}

func TestVerdictInWords(t *testing.T) {
	a := improvement.Action{Figure: "sla-report/desk/p1.attainment", Sense: improvement.AtLeast, Target: "70.5"}
	for _, c := range []struct {
		before *improvement.Share
		after  []improvement.Reading
		en, de string
	}{
		{nil, nil, "No report whose period begins after the action was done says anything about sla-report/desk/p1.attainment yet.",
			"Zu sla-report/desk/p1.attainment liegt noch kein veröffentlichter Wert aus einer Periode vor, die nach der Umsetzung beginnt."},
		{nil, []improvement.Reading{share("2026-12", 2, 3)},
			"sla-report/desk/p1.attainment is 66.666667\u202f% (2 of 3), according to sla-report/desk/2026-12; the target, at least 70.5\u202f%, is missed.",
			"sla-report/desk/p1.attainment liegt laut sla-report/desk/2026-12 bei 66,666667\u202f% (2 von 3). Das Ziel von mindestens 70,5\u202f% ist verfehlt."},
		{&improvement.Share{Num: 1, Den: 12}, []improvement.Reading{share("2026-12", 9, 12)},
			"sla-report/desk/p1.attainment is 75\u202f% (9 of 12), according to sla-report/desk/2026-12; the target, at least 70.5\u202f%, is reached. " +
				"Before it was 8.333333\u202f% (1 of 12): the difference is significant (Fisher's exact test, p = 0.0028, at 5\u202f%).",
			"sla-report/desk/p1.attainment liegt laut sla-report/desk/2026-12 bei 75\u202f% (9 von 12). Das Ziel von mindestens 70,5\u202f% ist erreicht. " +
				"Zuvor waren es 8,333333\u202f% (1 von 12): Der Unterschied ist signifikant (exakter Test nach Fisher, p = 0,0028, Signifikanzniveau 5\u202f%)."},
		{&improvement.Share{Num: 1, Den: 4}, []improvement.Reading{share("2026-12", 3, 4)},
			"sla-report/desk/p1.attainment is 75\u202f% (3 of 4), according to sla-report/desk/2026-12; the target, at least 70.5\u202f%, is reached. " +
				"Before it was 25\u202f% (1 of 4): there is no significant difference (Fisher's exact test, p = 0.4857, at 5\u202f%), so that it may be chance. Another period is waited for.",
			"sla-report/desk/p1.attainment liegt laut sla-report/desk/2026-12 bei 75\u202f% (3 von 4). Das Ziel von mindestens 70,5\u202f% ist erreicht. " +
				"Zuvor waren es 25\u202f% (1 von 4): kein signifikanter Unterschied (exakter Test nach Fisher, p = 0,4857, Signifikanzniveau 5\u202f%), es kann also Zufall sein. Eine weitere Periode wird abgewartet."},
	} {
		require.Equal(t, text.New(c.en, c.de), improvement.Judge(a, c.before, c.after).Text(a))
	}
	third := improvement.Judge(a, &improvement.Share{Num: 1, Den: 4}, []improvement.Reading{share("2026-12", 1, 1), share("2027-01", 1, 1), share("2027-02", 1, 2)}).Text(a)
	require.Contains(t, third.En, "sla-report/desk/2026-12, sla-report/desk/2027-01 and sla-report/desk/2027-02")
	require.Contains(t, third.En, "3 reports don't settle it")
	last := improvement.Judge(a, &improvement.Share{Num: 1, Den: 4}, []improvement.Reading{share("2026-12", 3, 4)})
	last.Final = true
	require.False(t, last.Waits(), "for ever")
	require.Contains(t, last.Text(a).En, "it may be chance. One report doesn't settle it: other evidence has to decide.")
	require.Contains(t, last.Text(a).De, "Ein Bericht klärt das nicht: Andere Nachweise müssen entscheiden.")
	many := improvement.Judge(a, &improvement.Share{Num: 100_000, Den: 200_000}, []improvement.Reading{share("2026-12", 150_000, 200_000)}).Text(a)
	require.Contains(t, many.De, "(Test nach Fisher, Normalapproximation, p < 0,0001, Signifikanzniveau 5\u202f%)")
	worse := improvement.Judge(a, &improvement.Share{Num: 9, Den: 10}, []improvement.Reading{share("2026-12", 8, 10)}).Text(a)
	require.Contains(t, worse.En, "Before it was 90\u202f% (9 of 10): it hasn't become better.")
	number := improvement.Judge(a, nil, []improvement.Reading{month("2026-12", "1200.5")}).Text(a)
	require.Contains(t, number.De, "bei 1.200,5. Das Ziel von mindestens 70,5 ist erreicht. Ob die Veränderung Zufall ist, wurde nicht geprüft: Die Kennzahl ist kein Anteil von Fällen.")
	for _, r := range improvement.Rulings() {
		require.NotEqual(t, text.Same(string(r)), r.Title())
	}
}

// Whatever is published, the same holds, computed another way.
func TestJudgeHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := improvement.Action{Sense: rapid.SampledFrom(improvement.Senses()).Draw(t, "sense"), Target: strconv.Itoa(rapid.IntRange(0, 100).Draw(t, "target"))}
		draw := func(name string) improvement.Share {
			den := rapid.Int64Range(0, 30).Draw(t, name+" den")
			return improvement.Share{Num: rapid.Int64Range(0, den).Draw(t, name+" num"), Den: den}
		}
		before := draw("before")
		var after []improvement.Reading
		var sum improvement.Share
		for i := range rapid.IntRange(0, 4).Draw(t, "readings") {
			s := draw("after")
			after = append(after, share("2027-0"+strconv.Itoa(i+1), s.Num, s.Den))
			sum.Num, sum.Den = sum.Num+s.Num, sum.Den+s.Den
		}
		v := improvement.Judge(a, &before, after)
		target, _ := strconv.ParseInt(a.Target, 10, 64)
		good := sum.Num*100 >= target*sum.Den
		if a.Sense == improvement.AtMost {
			good = sum.Num*100 <= target*sum.Den
		}
		switch {
		case sum.Den == 0:
			require.Equal(t, improvement.NoReading, v.Ruling)
		case !good:
			require.Equal(t, improvement.Missed, v.Ruling)
		case before.Den == 0:
			require.Equal(t, improvement.Reached, v.Ruling)
		default:
			f, err := stats.FisherTest(stats.Proportion{K: before.Num, N: before.Den}, stats.Proportion{K: sum.Num, N: sum.Den})
			require.NoError(t, err)
			better := sum.Num*before.Den > before.Num*sum.Den
			if a.Sense == improvement.AtMost {
				better = sum.Num*before.Den < before.Num*sum.Den
			}
			want := improvement.Uncertain
			if p, _ := f.P.Float64(); better && p <= 0.05 {
				want = improvement.Reached
			}
			require.Equal(t, want, v.Ruling)
		}
	})
}
