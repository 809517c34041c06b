// Package slo computes service level objectives as OpenSLO v1 states them:
// good events against all of them, the error budget that is left, and how fast
// it burns (domain guide, section 3; OpenSLO v1, README.md of OpenSLO/OpenSLO).
//
// An objective is internal and tighter than what was agreed with a customer:
// that is an agreement's target, and reports to customers use that one.
//
// It may import the standard library, itsm/calendar, itsm/interval,
// itsm/resource and itsm/fault. Verdicts stand on exact fractions; decimals
// are for people.
//
//	compiled, err := slo.Compile(spec) // the spec of an SLO resource
//	series, err := slo.NewSeries(60, slices)
//	span, ok := compiled.Window.At(now)
//	budget, err := compiled.Objectives[0].Over(series, span, now.Unix())
//	budget.Remaining // of the window's budget; below 0 when it is overspent
package slo

import (
	"encoding/json"

	"turnus/itsm/resource"
)

// Method says what an objective counts.
type Method string

// The budgeting methods of OpenSLO v1. They disagree on the same data.
const (
	Occurrences     Method = "Occurrences"     // good events to all events
	Timeslices      Method = "Timeslices"      // good slices to all slices that had events
	RatioTimeslices Method = "RatioTimeslices" // the mean of the slices' own ratios
)

// Spec of an SLO resource: a document of OpenSLO v1.
type Spec struct {
	Description     string            `json:"description,omitempty"`
	Service         string            `json:"service"`                // a Service
	Indicator       *Indicator        `json:"indicator,omitempty"`    // this
	IndicatorRef    string            `json:"indicatorRef,omitempty"` // or the name of an SLI
	TimeWindow      []TimeWindow      `json:"timeWindow"`             // exactly one
	BudgetingMethod Method            `json:"budgetingMethod"`
	Objectives      []Goal            `json:"objectives"`
	AlertPolicies   []json.RawMessage `json:"alertPolicies,omitempty"` // kept as they are; see MultiWindow
}

// Indicator is an SLI inside an SLO.
type Indicator struct {
	Metadata resource.Metadata `json:"metadata"`
	Spec     IndicatorSpec     `json:"spec"`
}

// TimeWindow is what a budget is for: the last so many days up to now, or one
// of the spans that follow each other from a local time on.
type TimeWindow struct {
	Duration  Duration        `json:"duration"`
	IsRolling *bool           `json:"isRolling,omitempty"` // false where it is left out beside calendar
	Calendar  *CalendarWindow `json:"calendar,omitempty"`
}

// CalendarWindow says where the windows begin.
type CalendarWindow struct {
	StartTime LocalTime `json:"startTime"`
	TimeZone  string    `json:"timeZone"` // IANA
}

// Goal is one objective of an SLO: a share of good ones below 1, so that there
// is always a budget.
type Goal struct {
	DisplayName     string      `json:"displayName,omitempty"`
	Op              Op          `json:"op,omitempty"`    // with a thresholdMetric
	Value           json.Number `json:"value,omitempty"` // likewise
	Target          json.Number `json:"target,omitempty"`
	TargetPercent   json.Number `json:"targetPercent,omitempty"`
	TimeSliceTarget json.Number `json:"timeSliceTarget,omitempty"` // Timeslices: the share that makes a slice good
	TimeSliceWindow Duration    `json:"timeSliceWindow,omitzero"`  // Timeslices, RatioTimeslices
}

// Op compares a threshold metric with a value: what compares true is good.
type Op string

// The operators.
const (
	LessOrEqual    Op = "lte"
	GreaterOrEqual Op = "gte"
	Less           Op = "lt"
	Greater        Op = "gt"
)

// IndicatorSpec is the spec of an SLI resource: how good and total are read.
type IndicatorSpec struct {
	Description     string       `json:"description,omitempty"`
	ThresholdMetric *Metric      `json:"thresholdMetric,omitempty"` // this
	RatioMetric     *RatioMetric `json:"ratioMetric,omitempty"`     // or this
}

// RatioMetric is good and total, or bad and total, or a ratio that its source
// has computed.
type RatioMetric struct {
	Counter *bool   `json:"counter,omitempty"` // only ever grows
	Good    *Metric `json:"good,omitempty"`
	Bad     *Metric `json:"bad,omitempty"`
	Total   *Metric `json:"total,omitempty"`
	RawType RawType `json:"rawType,omitempty"`
	Raw     *Metric `json:"raw,omitempty"`
}

// RawType says what a computed ratio is the ratio of.
type RawType string

// The types.
const (
	Success RawType = "success" // good to total
	Failure RawType = "failure" // bad to total
)

// Metric is where figures come from.
type Metric struct {
	MetricSource MetricSource `json:"metricSource"`
}

// MetricSource is a query in the words of its system.
type MetricSource struct {
	MetricSourceRef string          `json:"metricSourceRef,omitempty"`
	Type            string          `json:"type,omitempty"` // Prometheus, Datadog …
	Spec            json.RawMessage `json:"spec,omitempty"`
}

// References are the service, and the indicator where it isn't stated here.
func (s Spec) References() []resource.Reference {
	return []resource.Reference{
		{Field: "service", Ref: resource.Service.Ref(s.Service)},
		{Field: "indicatorRef", Ref: resource.SLI.Ref(s.IndicatorRef)},
	}
}
