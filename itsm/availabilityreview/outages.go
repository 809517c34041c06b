package availabilityreview

import (
	"cmp"
	"slices"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/interval"
)

// happening is an outage of a component under any target.
type happening struct {
	interval.Span
	component string
	open      bool
	seen      bool // by probes
	records   []*record
	under     map[*terms]interval.Set // the time in which it is one under a target's terms

	unknownBefore, unknownAfter bool // nothing is known of the time right before, and right after it
}

// unplanned lists the outages that concern the period and that no announced
// maintenance covers as a whole, by beginning, then component. Those of one
// component that overlap or touch are one, and so are those between which a
// target's data knows nothing.
func (d *derivation) unplanned() []*happening {
	byComponent := map[string][]*happening{}
	for _, t := range d.terms {
		outs, unknown := t.ask(source(t.Counts))
		own := map[string][]*happening{}
		for _, o := range outs {
			h := &happening{Span: o.Span, component: o.component, open: o.open, seen: o.seen, under: map[*terms]interval.Set{t: {o.Span}}}
			if o.record != nil {
				h.records = []*record{o.record}
			} else if len(d.Plans) > 0 { // else nobody asks, and sets of before are told as they were
				h.unknownBefore = slices.ContainsFunc(unknown, func(u interval.Span) bool { return u.To == o.From })
				h.unknownAfter = slices.ContainsFunc(unknown, func(u interval.Span) bool { return u.From == o.To })
			}
			own[o.component] = append(own[o.component], h)
		}
		for component, list := range own {
			for _, h := range join(list, unknown) {
				if t.asksFor(d, h.Span) {
					byComponent[component] = append(byComponent[component], h)
				}
			}
		}
	}
	var all []*happening
	for _, list := range byComponent {
		all = append(all, join(list, nil)...)
	}
	slices.SortFunc(all, func(a, b *happening) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.component, b.component))
	})
	return all
}

// asksFor says that an outage concerns the terms' time in the period, and has time
// that maintenance doesn't excuse.
func (t *terms) asksFor(d *derivation, s interval.Span) bool {
	for _, c := range t.counts {
		if c.To = min(c.To, d.known); s.From < c.To && s.To >= c.From {
			return len(interval.Set{s}.Minus(clip(t.excused, s))) > 0
		}
	}
	return false
}

// join makes one of those that overlap or touch, or between which nothing is known.
func join(list []*happening, unknown interval.Set) (joined []*happening) {
	slices.SortStableFunc(list, func(a, b *happening) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	for _, h := range list {
		n := len(joined) - 1
		if n < 0 || h.From > joined[n].To && !covered(unknown, interval.Span{From: joined[n].To, To: h.From}) {
			joined = append(joined, h)
			continue
		}
		j := joined[n]
		if h.From == j.From {
			j.unknownBefore = j.unknownBefore && h.unknownBefore
		}
		switch {
		case h.To > j.To:
			j.To, j.open, j.unknownAfter = h.To, h.open, h.unknownAfter
		case h.To == j.To:
			j.open, j.unknownAfter = j.open || h.open, j.unknownAfter && h.unknownAfter
		}
		j.seen = j.seen || h.seen
		j.records = append(j.records, h.records...)
		for t, set := range h.under {
			j.under[t] = append(j.under[t], set...)
		}
	}
	return joined
}

func covered(set interval.Set, s interval.Span) bool {
	parts := clip(set, s)
	return len(parts) == 1 && parts[0] == s
}

// listed tells of each what the data says. What it cost under the targets has been
// computed before.
func (d *derivation) listed(all []*happening, agreements []AgreementResult) []Unplanned {
	list := []Unplanned{}
	for _, h := range all {
		u := Unplanned{
			Key: h.component + "/" + instant(h.From).Format(time.RFC3339), Component: h.component, From: instant(h.From), To: instant(h.To),
			Open: h.open, Seconds: h.Seconds(), Begins: h.From >= d.period.From, By: []string{},
		}
		if h.open {
			u.To = time.Time{}
		}
		u.Unsure = h.unknownBefore || h.unknownAfter
		slices.SortStableFunc(h.records, func(a, b *record) int {
			return cmp.Or(cmp.Compare(a.span.From, b.span.From), cmp.Compare(a.span.To, b.span.To), cmp.Compare(a.Key(), b.Key()))
		})
		told := h.records[:min(len(h.records), maxTold)]
		u.More = int64(len(h.records) - len(told))
		u.References = each(told, func(r *record) string { return r.Reference })
		u.Causes = each(told, func(r *record) string { return r.Cause })
		u.Severities = each(told, func(r *record) string { return r.Severity })
		if len(h.records) > 0 {
			u.By = append(u.By, dataset.Outages)
		}
		if h.seen {
			u.By = append(u.By, dataset.Probes)
		}
		list = append(list, u)
	}
	for _, a := range agreements {
		for _, t := range a.Targets {
			for _, c := range t.Costs {
				list[c.Outage].Counted = max(list[c.Outage].Counted, c.Down)
			}
		}
	}
	return list
}

// maxTold is of how many records an outage tells what they say.
const maxTold = 50

// each lists what records say, each once, in their order.
func each(records []*record, says func(*record) string) (list []string) {
	seen := map[string]bool{"": true}
	for _, r := range records {
		if s := says(r); !seen[s] {
			seen[s] = true
			list = append(list, s)
		}
	}
	return list
}
