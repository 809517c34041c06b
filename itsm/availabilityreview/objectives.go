package availabilityreview

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"math/big"

	"turnus/itsm/availability"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/interval"
	"turnus/itsm/slo"
	"turnus/itsm/text"
)

// sourceType is that of metrics which are counted here: of probes' answers.
const sourceType = "turnus"

// alertFrom is how many answers a window has to have to say anything: one failure
// among a few wakes nobody (domain guide, section 3).
const alertFrom = 10

// counted is an SLO that is counted from the answers of probes.
type counted struct {
	slo.SLO
	component string
	tally     *tally
	why       text.Text // why it isn't counted; zero: it is
}

// prepareTallies finds out which answers have to be counted.
func (d *derivation) prepareTallies() {
	d.counted = make([]counted, len(d.Objectives))
	end := d.answered()
	for i, o := range d.Objectives {
		c := &d.counted[i]
		compiled, err := slo.Compile(o.Spec)
		if f := fault.As(err); err != nil {
			c.why = text.New("it can't be read", "es ist nicht lesbar")
			if f != nil {
				c.why = text.F("%s can't be read: %s", "%s ist nicht lesbar: %s", f.Field, f.Message)
			}
			continue
		}
		c.SLO = compiled
		if c.component, c.why = metric(o); !c.why.IsZero() || end <= d.period.From {
			continue
		}
		from := d.period.From - longestRule()
		if w, ok := d.window(c.Window); ok {
			from = min(from, w.From)
		}
		c.tally, c.why = d.tallyFor(c.component, floor(max(from, d.reads.From), 60), end)
	}
}

// longestRule is the longest window of an alert.
func longestRule() (n int64) {
	for _, r := range slo.MultiWindow() {
		n = max(n, r.Long)
	}
	return n
}

// answered is up to when answers of probes are known in the period.
func (d *derivation) answered() int64 {
	end := min(d.period.To, d.known)
	if p := d.Dataset(dataset.Probes); p.Import > 0 {
		end = min(end, p.AsOf.Unix())
	}
	return end
}

// window is the SLO's own one at the end of the period, or of what is known.
func (d *derivation) window(w slo.Window) (interval.Span, bool) {
	end := d.answered()
	if w.Rolling() {
		return w.At(instant(end))
	}
	return w.At(instant(end - 1))
}

// metric says of which component an SLO counts the probes' answers, or why it
// can't be counted here: good counts the answers up, total those up or down.
func metric(o Objective) (component string, why text.Text) {
	spec := o.Spec.Indicator
	indicator := slo.IndicatorSpec{}
	switch {
	case spec != nil:
		indicator = spec.Spec
	case o.Indicator != nil:
		indicator = o.Indicator.Spec
	default:
		return "", text.New("its indicator isn't there", "der Indikator fehlt")
	}
	r := indicator.RatioMetric
	if r == nil || r.Good == nil || r.Total == nil {
		return "", text.New("only a ratio of good and total can be counted here", "hier lässt sich nur ein Verhältnis von good und total zählen")
	}
	good, ok := read(r.Good)
	total, ok2 := read(r.Total)
	switch {
	case !ok || !ok2:
		return "", text.F("it is measured elsewhere: here the metricSource of good and total has the type %s and a spec as in {dataset: probes, component: NAME}",
			"es wird anderswo gemessen: Hier hat die metricSource von good und total den Typ %s und eine spec wie {dataset: probes, component: NAME}", sourceType)
	case good != total:
		return "", text.New("good and total are about different components", "good und total betreffen verschiedene Komponenten")
	}
	return good.Component, text.Text{}
}

type probesOf struct {
	Dataset   string `json:"dataset"`
	Component string `json:"component"`
}

func read(m *slo.Metric) (p probesOf, ok bool) {
	s := m.MetricSource
	if s.Type != sourceType || s.MetricSourceRef != "" {
		return p, false
	}
	dec := json.NewDecoder(bytes.NewReader(s.Spec))
	dec.DisallowUnknownFields()
	return p, dec.Decode(&p) == nil && p.Dataset == dataset.Probes
}

// tally counts the answers of a component's probes in slices of a minute.
type tally struct {
	component   string
	from        int64
	good, total []uint16 // of each minute
	full        bool     // a minute has more answers than can be counted
}

// tallyFor gives the tally of a component over a span, which other SLOs may share.
func (d *derivation) tallyFor(component string, from, to int64) (*tally, text.Text) {
	n := (to - from + 59) / 60
	if n > slo.MaxSlices {
		return nil, text.F("its window has more than %s minutes", "das Fenster hat mehr als %s Minuten", text.Number(slo.MaxSlices))
	}
	for _, t := range d.tallies {
		if t.component == component && t.from == from {
			return t, text.Text{}
		}
	}
	t := &tally{component: component, from: from, good: make([]uint16, n), total: make([]uint16, n)}
	d.tallies = append(d.tallies, t)
	return t, text.Text{}
}

// count takes runs of answers; unknown is no event.
func (t *tally) count(runs []availability.Run) {
	for _, r := range runs {
		if r.Is == availability.AnswerUnknown {
			continue
		}
		for k := range r.N {
			at := r.At + k*r.Every - t.from
			i := at / 60
			if at < 0 || i >= int64(len(t.total)) {
				continue
			}
			if t.total[i] == math.MaxUint16 {
				t.full = true
				continue
			}
			t.total[i]++
			if r.Is == availability.AnswerUp {
				t.good[i]++
			}
		}
	}
}

// series are the minutes that have answers.
func (t *tally) series() (*slo.Series, error) {
	measured := 0
	for _, n := range t.total {
		measured += int(min(n, 1))
	}
	list := make([]slo.Slice, 0, measured)
	for i, n := range t.total {
		if n > 0 {
			list = append(list, slo.Slice{From: t.from + int64(i)*60, Good: int64(t.good[i]), Total: int64(n)})
		}
	}
	return slo.NewSeries(60, list)
}

// objectives computes how the SLOs stand.
func (d *derivation) objectives(happened []*happening) ([]ObjectiveResult, error) {
	list := []ObjectiveResult{}
	var minutes *slo.Series // of the tally before: one is held at a time
	var of *tally
	for i, o := range d.Objectives {
		c := d.counted[i]
		if c.tally != nil && c.tally.full {
			c.tally, c.why = nil, text.F("there are more than %s answers in a minute", "eine Minute hat mehr als %s Antworten", text.Number(math.MaxUint16))
		}
		if c.tally != nil && c.tally != of {
			var err error
			if minutes, err = c.tally.series(); err != nil {
				return nil, err
			}
			of = c.tally
		}
		for k, goal := range o.Spec.Objectives {
			r := ObjectiveResult{Name: o.Name, Title: o.Title, Objective: k, Label: goal.DisplayName, Method: o.Spec.BudgetingMethod,
				Target: cmp.Or(string(goal.Target), string(goal.TargetPercent)+"\u202f%"), Why: c.why}
			if c.tally != nil {
				r.Measured = true
				if err := d.stand(&r, c, c.Objectives[k], minutes, happened); err != nil {
					return nil, err
				}
			} else if r.Why.IsZero() {
				r.Why = text.New("nothing is known of the period yet", "über die Periode ist noch nichts bekannt")
			}
			list = append(list, r)
		}
	}
	return list, nil
}

// stand computes how one objective stands over the period, and in its own window
// at the end of it.
func (d *derivation) stand(r *ObjectiveResult, c counted, o slo.Objective, minutes *slo.Series, happened []*happening) error {
	asOf := d.answered()
	step := max(o.Slice, 60)
	over := func(span interval.Span) (*slo.Series, *slo.Budget, error) {
		s, err := minutes.Every(step, floor(span.From, 60))
		if err != nil {
			return nil, nil, err
		}
		b, err := o.Over(s, span, asOf)
		return s, &b, err
	}
	s, b, err := over(d.period)
	if err != nil {
		return err
	}
	r.Period = b
	if w, ok := d.window(c.Window); ok {
		if _, r.Window, err = over(w); err != nil {
			return err
		}
	}
	peaks, err := o.Peaks(s, d.period, asOf, slo.MultiWindow(), alertFrom)
	if err != nil {
		return err
	}
	for _, p := range peaks {
		x := Burn{Long: p.Rule.Long, Short: p.Rule.Short, Over: p.Rule.Burn, Beyond: p.State == slo.Unreachable, Most: p.Most, Alerts: p.Alerts}
		if p.Most != nil {
			x.At = instant(p.At)
		}
		r.Burns = append(r.Burns, x)
	}
	for i, h := range happened {
		if c.component != "" && h.component != "" && h.component != c.component {
			continue
		}
		part := h.Span.Clip(interval.Span{From: d.period.From, To: asOf})
		if part.Empty() {
			continue
		}
		x := Cost{Outage: i, Down: part.Seconds()}
		// A slice belongs where it begins: those that the outage cuts are its own.
		part.From = d.period.From + floor(part.From-d.period.From, step)
		took, err := o.Took(s, part, *b)
		if err != nil {
			return err
		}
		if took != nil {
			share := new(big.Rat).Mul(took.Rat(), big.NewRat(100, 1)).FloatString(6)
			x.Share = &share
		}
		r.Costs = append(r.Costs, x)
	}
	return nil
}

// floor is the greatest multiple of a step that isn't above an instant.
func floor(at, step int64) int64 {
	m := at % step
	if m < 0 {
		m += step
	}
	return at - m
}
