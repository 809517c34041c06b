package web

import (
	"errors"
	"net/http"
	"slices"

	"turnus/client"
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

func coveragePages() []page {
	return []page{
		{method: "GET", path: "/coverage", name: "coverage", handle: showCoverage},
		{method: "GET", path: "/coverage/files/:plans", name: "coverage-file", lasts: fileLasts, handle: sendPlans},
	}
}

// coverageMost is how many objectives the list shows at a time.
const coverageMost = 50

// coverage is what is proved of continuity plans, by plan.
type coverage struct {
	Of     client.CoverageOf
	Plans  []coveredPlan
	Next   string
	Narrow bool // something is selected
	Takes  bool // the visitor may take plans out
	Wrong  *client.Problem
	zones
}

// States are those of coverage.
func (coverage) States() []continuity.State { return continuity.States() }

// coveredPlan is a plan with its objectives.
type coveredPlan struct {
	Service, Plan string
	Objectives    []coveredObjective
}

// coveredObjective is one of its objectives.
type coveredObjective struct{ continuity.Coverage }

// What says what is agreed.
func (o coveredObjective) What() text.Text {
	return text.F("%s: %s", "%s: %s", continuity.ObjectiveTitle(o.Objective), continuity.ObjectiveValue(o.Objective, o.Value))
}

// Class is how its state is coloured.
func (o coveredObjective) Class() string {
	if o.State == continuity.Proved {
		return "good"
	}
	return "bad"
}

// byPlan groups objectives, which are in the order of plans.
func byPlan(all []continuity.Coverage) (plans []coveredPlan) {
	for _, c := range all {
		if n := len(plans); n == 0 || plans[n-1].Service != c.Service || plans[n-1].Plan != c.Plan {
			plans = append(plans, coveredPlan{Service: c.Service, Plan: c.Plan})
		}
		p := &plans[len(plans)-1]
		p.Objectives = append(p.Objectives, coveredObjective{c})
	}
	return plans
}

func showCoverage(v *visit) error {
	q := v.r.URL.Query()
	l := coverage{Of: client.CoverageOf{Service: q.Get("service"), State: continuity.State(q.Get("state"))}, Takes: v.declared()}
	l.Narrow = l.Of != client.CoverageOf{}
	all, next, err := v.api.CoveragePart(v.r.Context(), l.Of, q.Get("after"), coverageMost)
	status := http.StatusOK
	switch {
	case l.Of.Service != "" && errors.As(err, &l.Wrong) && l.Wrong.Status < http.StatusInternalServerError: // typed in
		status = l.Wrong.Status
	case err != nil:
		return err
	}
	l.Plans = byPlan(all)
	var services []string
	for _, c := range all {
		services = append(services, c.Service)
	}
	if l.zones, err = v.zonesOf(services...); err != nil {
		return err
	}
	if next != "" {
		q.Set("after", next)
		l.Next = "/coverage?" + q.Encode()
	}
	return v.show(status, "coverage", text.New("Proof of recovery", "Nachweis des Wiederanlaufs"), l)
}

// sendPlans sends the continuity plans in force, of one service or all that the
// visitor may take out, under a name by which they are kept.
func sendPlans(v *visit) error {
	files := []struct{ name, format string }{{"continuity-plans.html", "html"}, {"continuity-plans.txt", "text"}}
	i := slices.IndexFunc(files, func(f struct{ name, format string }) bool { return f.name == v.param("plans") })
	if i < 0 {
		return fault.New(fault.NotFound, nowhere())
	}
	res, err := v.api.OpenPlans(v.r.Context(), client.PlansOut{Service: v.r.URL.Query().Get("service"), Format: files[i].format, Lang: string(v.lang)})
	if err != nil {
		return err
	}
	return v.handOn(res, files[i].name)
}
