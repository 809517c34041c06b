package sla

import (
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/versions"
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
func Earlier(period string) ([]string, error) { return calendar.Earlier(period, MaxHistory) }

// Rules is a digest of what a target measures: its tickets, clock and time, but
// not its name, its weight or the percentage to attain; without a target, of
// which tickets an agreement is about. Figures under the same rules can be
// compared over time. It is empty for what the set doesn't have.
func (f Frozen) Rules(name, target string) string {
	a, t := versions.InForce(f.Agreements, name, target, f.From, f.To)
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
