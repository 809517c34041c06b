package web

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"turnus/client"
	"turnus/itsm/calendar"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/render"
)

// What a service's page shows of its past: so many months, and so many figures.
const (
	monthsShown = 13
	trendsShown = 12
)

// trend is one figure over the months: its chart, and what that shows in a table.
type trend struct {
	Title text.Text
	Chart template.HTML
	Rows  []report.Figure // with their periods, the newest first
	At    []string        // their periods
}

// trendsOf are those of the shares that have a target: attainment, availability.
func trendsOf(reports []client.Listed, lang text.Lang) ([]trend, error) {
	type key struct {
		process string
		group   report.Group
		name    string
	}
	monthly := map[key]map[string]report.Figure{}
	var order []key
	for _, r := range reports {
		p, err := calendar.ParsePeriod(r.Period)
		if err != nil || p.Grain != calendar.Month {
			continue
		}
		for _, f := range r.Results {
			if f.Unit != report.InPercent || f.Target == "" {
				continue
			}
			k := key{r.Process, f.Group, f.Name}
			if monthly[k] == nil {
				monthly[k] = map[string]report.Figure{}
				order = append(order, k)
			}
			monthly[k][r.Period] = f
		}
	}
	slices.SortFunc(order, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.process, b.process), cmp.Compare(a.group.Kind, b.group.Kind), cmp.Compare(a.group.Name, b.group.Name), cmp.Compare(a.name, b.name))
	})
	var all []trend
	for _, k := range order {
		if len(monthly[k]) < 2 || len(all) == trendsShown {
			continue // one month shows no trend
		}
		t, err := trendOf(monthly[k], k.group, lang)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// trendOf draws one figure; a month without a report is a gap.
func trendOf(monthly map[string]report.Figure, group report.Group, lang text.Lang) (t trend, err error) {
	var months []string
	for m := range monthly {
		months = append(months, m)
	}
	slices.Sort(months)
	last, err := calendar.ParsePeriod(months[len(months)-1])
	if err != nil {
		return t, err
	}
	newest := monthly[months[len(months)-1]]
	t.Title = newest.Label
	if group.Name != "" {
		t.Title = text.F("%s: %s", "%s: %s", group.Name, newest.Label)
	}
	chart := report.Chart{Caption: t.Title, Unit: text.Same("%")}
	span := []calendar.Period{last}
	for before, ok := last.Before(); ok && len(span) < monthsShown && before.Name >= months[0]; before, ok = before.Before() {
		span = slices.Insert(span, 0, before)
	}
	for _, p := range span {
		point := report.Point{Label: report.ShortPeriod(p.Name)}
		if f, ok := monthly[p.Name]; ok {
			point.Value, point.Agreed = f.Value, &f.Target
			t.Rows, t.At = slices.Insert(t.Rows, 0, f), slices.Insert(t.At, 0, p.Name)
		}
		chart.Points = append(chart.Points, point)
	}
	var b strings.Builder
	if err := render.Charts(&b, []report.Chart{chart}, lang); err != nil {
		return t, err
	}
	t.Chart = template.HTML(b.String())
	return t, nil
}
