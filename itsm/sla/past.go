package sla

import (
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
)

// Past is the published report of an earlier period, as it was in force when
// the set was frozen. A period without one is a gap, never 0.
type Past struct {
	Period     string          `json:"period"`
	Run        string          `json:"run"`
	Version    int             `json:"version"`
	Hash       string          `json:"hash"`
	Published  time.Time       `json:"published"`
	By         string          `json:"by,omitempty"`      // who approved it
	Comment    string          `json:"comment,omitempty"` // that came with the approval
	Agreements []PastAgreement `json:"agreements"`
}

// PastAgreement holds what a report said of an agreement.
type PastAgreement struct {
	Name    string       `json:"name"`
	Opened  *int64       `json:"opened,omitempty"` // tickets, where a workload limit was agreed
	Rules   string       `json:"rules,omitempty"`  // Frozen.Rules then, of the agreement itself
	Targets []PastTarget `json:"targets"`
}

// PastTarget holds what a report said of a target.
type PastTarget struct {
	Name    string  `json:"name"`
	Met     int64   `json:"met"`
	Decided int64   `json:"decided"`
	Attain  string  `json:"attain"` // per cent, as agreed then
	Verdict Verdict `json:"verdict"`
	Rules   string  `json:"rules"` // Frozen.Rules then: another value is another measure, and breaks the line
}

// MaxHistory is how many earlier periods a set looks back on.
const MaxHistory = 24

// Earlier names the periods before one, the oldest first.
func Earlier(period string) ([]string, error) {
	p, err := calendar.ParsePeriod(period)
	if err != nil {
		return nil, err
	}
	var names []string
	for len(names) < MaxHistory {
		before, ok := p.Before()
		if !ok {
			break
		}
		p = before
		names = append(names, p.Name)
	}
	slices.Reverse(names)
	return names, nil
}

// Rules is a digest of what a target measures: its tickets, clock and time, but
// not its name, its weight or the percentage to attain; without a target, of
// which tickets an agreement is about. Figures under the same rules can be
// compared over time. It is empty for what the set doesn't have.
func (f Frozen) Rules(name, target string) string {
	a, t := f.inForce(name, target)
	if a == nil {
		return ""
	}
	digest := []any{ordered(a.Spec.Where)}
	if t != nil {
		pause := slices.Clone(t.Pause)
		slices.Sort(pause)
		digest = append(digest, t.Measure, ordered(t.Where), t.Within, t.Calendar, slices.Compact(pause), t.Reopen, t.OnChange)
	}
	h, err := canonical.Hash(digest)
	if err != nil {
		return "" // plain values always have a hash
	}
	return h
}

// inForce gives the newest version of an agreement that has a target, or any
// if none is named; a version in force in the period counts before all others.
func (f Frozen) inForce(name, target string) (a *Agreement, t *agreement.Target) {
	newest := 0
	for i := range f.Agreements {
		v := &f.Agreements[i]
		rank := v.Version
		if v.ValidFrom.Before(f.To) && (v.ValidTo == nil || v.ValidTo.After(f.From)) {
			rank += 1 << 32
		}
		if v.Name != name || rank <= newest {
			continue
		}
		at := slices.IndexFunc(v.Spec.Targets, func(x agreement.Target) bool { return x.Name == target })
		switch {
		case target == "":
			newest, a = rank, v
		case at >= 0:
			newest, a, t = rank, v, &v.Spec.Targets[at]
		}
	}
	return a, t
}

// ordered puts the values of a condition in order: it says the same.
func ordered(w agreement.Where) agreement.Where {
	o := agreement.Where{}
	for field, values := range w {
		o[field] = slices.Clone(values)
		slices.Sort(o[field])
		o[field] = slices.Compact(o[field])
	}
	return o
}
