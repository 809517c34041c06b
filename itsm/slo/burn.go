package slo

import (
	"fmt"

	"turnus/itsm/fault"
	"turnus/itsm/interval"
)

// BurnRule alerts when the budget burns faster than so many times the rate
// that would just use it up: over a long window, so that it matters, and over
// a short one, so that it is still going on.
type BurnRule struct {
	Burn  Ratio `json:"burn"`
	Long  int64 `json:"long_s"`
	Short int64 `json:"short_s"`
}

// MultiWindow is the table of the Site Reliability Workbook, chapter 5: of a
// budget of 30 days its rules have burnt 2 %, 5 % and 10 % when they fire.
func MultiWindow() []BurnRule {
	return []BurnRule{
		{NewRatio(144, 10), 3600, 300},
		{NewRatio(6, 1), 6 * 3600, 1800},
		{NewRatio(1, 1), 3 * 86400, 6 * 3600},
	}
}

// Share of a budget that is burnt when a rule fires: burn · long / window, the
// window in seconds and greater than 0.
func (r BurnRule) Share(window int64) Ratio { return r.Burn.times(NewRatio(r.Long, window)) }

// State of a rule.
type State string

// The states. Unreachable: even if all were bad, the budget of so low a target
// couldn't burn so fast.
const (
	Firing      State = "firing"
	Quiet       State = "quiet"
	TooFew      State = "too-few" // events, to say anything
	Unreachable State = "unreachable"
	Unknown     State = "n/a" // no events in one of the windows
)

// Burning is what a rule saw.
type Burning struct {
	Rule  BurnRule `json:"rule"`
	Long  Budget   `json:"long"`
	Short Budget   `json:"short"`
	State State    `json:"state"`
}

// Alert evaluates rules over a series at an instant (Unix seconds): one fires
// when the burn rates of the long and the short window exceed it (equal isn't
// enough) and the long window has atLeast events, so that one failure of a
// few requests wakes nobody. The alert fires if any rule does.
func (o Objective) Alert(s *Series, at int64, rules []BurnRule, atLeast int64) (fires bool, all []Burning, err error) {
	all = make([]Burning, len(rules))
	for i, r := range rules {
		if r.Burn.Sign() <= 0 || r.Short <= 0 || r.Long <= r.Short {
			return false, nil, fault.Invalidf(fmt.Sprintf("rules[%d]", i), "A rule has a burn rate above 0 and a long window that is longer than its short one.",
				"Eine Regel hat eine Rate über 0 und ein langes Fenster, das länger ist als das kurze.")
		}
		b := Burning{Rule: r}
		if b.Long, err = o.Over(s, interval.Span{From: at - r.Long, To: at}, at); err != nil {
			return false, nil, err
		}
		if b.Short, err = o.Over(s, interval.Span{From: at - r.Short, To: at}, at); err != nil {
			return false, nil, err
		}
		switch {
		case r.Burn.times(one.minus(o.Target)).Cmp(one) >= 0:
			b.State = Unreachable
		case b.Long.Burn == nil || b.Short.Burn == nil:
			b.State = Unknown
		case b.Long.Events < atLeast:
			b.State = TooFew
		case b.Long.Burn.Cmp(r.Burn) > 0 && b.Short.Burn.Cmp(r.Burn) > 0:
			b.State, fires = Firing, true
		default:
			b.State = Quiet
		}
		all[i] = b
	}
	return fires, all, nil
}
