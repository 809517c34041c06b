package availabilityreview_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/availabilityreview"
	"turnus/itsm/slo"
	"turnus/itsm/text"
)

// objective is an SLO on probes by one of the methods, over a window of 30 days.
func objective(t require.TestingT, method slo.Method, component, percent string) availabilityreview.Objective {
	source := `{"metricSource":{"type":"turnus","spec":{"dataset":"probes"}}}`
	if component != "" {
		source = `{"metricSource":{"type":"turnus","spec":{"dataset":"probes","component":"` + component + `"}}}`
	}
	goal := `{"targetPercent":` + percent
	if method != slo.Occurrences {
		goal += `,"timeSliceWindow":"1m"`
	}
	if method == slo.Timeslices {
		goal += `,"timeSliceTarget":0.95`
	}
	doc := `{"service":"shop","budgetingMethod":"` + string(method) + `","timeWindow":[{"duration":"30d","isRolling":true}],"objectives":[` + goal + `}],
		"indicator":{"metadata":{"name":"up"},"spec":{"ratioMetric":{"good":` + source + `,"total":` + source + `}}}}`
	o := availabilityreview.Objective{Name: "slo-" + string(method), Title: text.Same("SLO")}
	require.NoError(t, json.Unmarshal([]byte(doc), &o.Spec))
	_, err := slo.Compile(o.Spec)
	require.NoError(t, err)
	return o
}

// A hundred probes a minute for a day: 1,420 minutes in which all of them answer up,
// ten in which 96 do, and ten in which two answer and one is up.
func TestV12ThreeMethodsOnTheSameData(t *testing.T) {
	f := frozen(t, "2026-06-10", `{"availability":{"probes":{"every":"PT1M"}}}`)
	for _, m := range []slo.Method{slo.Occurrences, slo.Timeslices, slo.RatioTimeslices} {
		f.Objectives = append(f.Objectives, objective(t, m, "", "99.5"))
	}
	var d data
	for p := range 100 {
		d.days = append(d.days, samples("", fmt.Sprintf("p%02d", p), f.From, f.To, 60, func(x time.Time) availability.Answer {
			switch minute := int(x.Sub(f.From) / time.Minute); {
			case minute < 10 && p >= 96, minute >= 10 && minute < 20 && p == 1:
				return availability.AnswerDown
			case minute >= 10 && minute < 20 && p == 50:
				return availability.AnswerUnknown // no event
			case minute >= 10 && minute < 20 && p > 1:
				return ""
			}
			return availability.AnswerUp
		})...)
	}
	r := derive(t, f, d)
	require.Len(t, r.Objectives, 3)
	for i, want := range []struct {
		percent string
		verdict slo.Verdict
	}{{"99.965040", slo.Met}, {"99.305556", slo.Missed}, {"99.625000", slo.Met}} {
		o := r.Objectives[i]
		require.True(t, o.Measured, o.Why)
		require.Equal(t, want.percent, o.Period.Value.Percent(), o.Method)
		require.Equal(t, want.verdict, o.Period.Verdict, o.Method)
		require.Equal(t, o.Period.Value.Percent(), o.Window.Value.Percent(), "nothing is known of the days before")
		require.Equal(t, int64(30*1440), o.Window.Slices.Expected)
		require.Len(t, o.Burns, 3)
		require.Equal(t, []int64{3600, 21_600, 259_200}, []int64{o.Burns[0].Long, o.Burns[1].Long, o.Burns[2].Long})
	}
	require.Equal(t, int64(10), r.Objectives[1].Period.Bad)
	// The first ten minutes by slices are good, the next ten bad: after an hour 10 of
	// 60, over the budget of 0.5 %; 14.4 times that is exceeded.
	b := r.Objectives[1].Burns[0]
	require.Equal(t, "100.00000000", b.Most.String(), "10 of 20")
	require.Equal(t, f.From.Add(20*time.Minute).UTC(), b.At)
	require.Equal(t, int64(1), b.Alerts)
}

// What each outage took of the budget adds up to what was consumed.
func TestWhatOutagesTakeOfAnObjective(t *testing.T) {
	f := frozen(t, "2026-06", `{"name":"web","availability":{"component":"web","probes":{"every":"PT1M"}}}`)
	f.Objectives = []availabilityreview.Objective{objective(t, slo.Occurrences, "web", "99.9"), objective(t, slo.Occurrences, "mail", "99.9")}
	d := data{days: samples("web", "p", f.Reads.From, f.Reads.To, 60, down(out("2026-06-10 10:00", "2026-06-10 10:40"), out("2026-06-20 10:00", "2026-06-20 10:10")))}
	r := derive(t, f, d)
	o := r.Objectives[0]
	require.Equal(t, int64(50), o.Period.Bad)
	require.Len(t, o.Costs, 2)
	require.Equal(t, []string{"92.592593", "23.148148"}, []string{pct(o.Costs[0].Share), pct(o.Costs[1].Share)}, "of 43.2 answers")
	require.Equal(t, "1.15740741", o.Period.Consumed.String())
	require.Equal(t, []int64{2, 2}, []int64{o.Burns[0].Alerts, o.Burns[1].Alerts}, "ten minutes are enough for both")
	require.Equal(t, slo.NoData, r.Objectives[1].Period.Verdict, "no probe looks at it")
	require.Nil(t, r.Objectives[1].Period.Value)
}

func TestObjectivesThatAreNotMeasuredHere(t *testing.T) {
	for name, change := range map[string]func(*availabilityreview.Objective){
		"another system": func(o *availabilityreview.Objective) {
			o.Spec.Indicator.Spec.RatioMetric.Good.MetricSource.Type = "Prometheus"
		},
		"another dataset": func(o *availabilityreview.Objective) {
			o.Spec.Indicator.Spec.RatioMetric.Total.MetricSource.Spec = json.RawMessage(`{"dataset":"outages"}`)
		},
		"an unknown field": func(o *availabilityreview.Objective) {
			o.Spec.Indicator.Spec.RatioMetric.Total.MetricSource.Spec = json.RawMessage(`{"dataset":"probes","region":"eu"}`)
		},
		"no spec": func(o *availabilityreview.Objective) { o.Spec.Indicator.Spec.RatioMetric.Total.MetricSource.Spec = nil },
		"different components": func(o *availabilityreview.Objective) {
			o.Spec.Indicator.Spec.RatioMetric.Total.MetricSource.Spec = json.RawMessage(`{"dataset":"probes","component":"mail"}`)
		},
		"bad instead of good": func(o *availabilityreview.Objective) {
			m := o.Spec.Indicator.Spec.RatioMetric
			m.Good, m.Bad = nil, m.Good
		},
		"no indicator": func(o *availabilityreview.Objective) { o.Spec.Indicator, o.Spec.IndicatorRef = nil, "up" },
		"no window":    func(o *availabilityreview.Objective) { o.Spec.TimeWindow = nil },
	} {
		f := frozen(t, "2026-06", `{}`)
		o := objective(t, slo.Occurrences, "web", "99.9")
		change(&o)
		f.Objectives = []availabilityreview.Objective{o}
		r := derive(t, f, data{})
		require.Len(t, r.Objectives, 1, name)
		require.False(t, r.Objectives[0].Measured, name)
		require.NotEmpty(t, r.Objectives[0].Why.De, name)
		require.Nil(t, r.Objectives[0].Period, name)
	}
}

// A window of a calendar is the one that ends with the period, not the one that
// begins then.
func TestAWindowOfACalendar(t *testing.T) {
	f := frozen(t, "2026-06", `{}`)
	o := objective(t, slo.Occurrences, "", "99")
	o.Spec.TimeWindow = nil
	require.NoError(t, json.Unmarshal([]byte(`[{"duration":"1Q","calendar":{"startTime":"2026-01-01 00:00:00","timeZone":"Europe/Berlin"}}]`), &o.Spec.TimeWindow))
	f.Objectives, f.Reads.From = []availabilityreview.Objective{o}, at("2026-03-01T00:00:00Z")
	days := samples("", "p", f.Reads.From, f.Reads.To, 600, down(out("2026-03-31 23:00", "2026-04-01 01:00"), out("2026-06-30 23:00", "2026-07-01 01:00")))
	w := derive(t, f, data{days: days}).Objectives[0].Window
	require.Equal(t, []int64{at("2026-04-01 00:00").Unix(), at("2026-07-01 00:00").Unix()}, []int64{w.Span.From, w.Span.To})
	require.Equal(t, []int64{91 * 144, 12}, []int64{w.Events, w.Bad})
	require.False(t, w.Provisional)
}
