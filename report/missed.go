package report

import (
	"math/big"
	"strings"

	"turnus/itsm/text"
)

// IfAll ends the name of a figure that says how another one would be, had
// nothing been excluded.
const IfAll = "-all"

// Results are the figures that are held against a target or a limit. What holds
// only if nothing had been excluded is none.
func Results(figures []Figure) []Figure {
	var all []Figure
	for _, f := range figures {
		if f.Target != "" && !strings.HasSuffix(f.Name, IfAll) {
			all = append(all, f)
		}
	}
	return all
}

// Misses are the figures that don't keep to what was agreed, whatever process
// they are of: each is a finding. What holds only if nothing had been excluded
// is none.
func Misses(figures []Figure) []Figure {
	var all []Figure
	for _, f := range figures {
		if f.Verdict == Missed && !strings.HasSuffix(f.Name, IfAll) {
			all = append(all, f)
		}
	}
	return all
}

// Key names what a figure measures, in each period alike: agreement/target,
// agreement/workload.tickets; without a group the name alone.
func (f Figure) Key() string {
	name := strings.TrimSuffix(f.Name, ".attainment") // of a target that is called as what is before
	if f.Group.Name == "" {
		return name
	}
	return f.Group.Name + "/" + name
}

// Above says that a figure lies above what was agreed: it exceeds a limit, where
// others miss a target.
func (f Figure) Above() bool {
	if f.Value == nil {
		return false
	}
	value, ok := new(big.Rat).SetString(*f.Value)
	target, right := new(big.Rat).SetString(f.Target)
	return ok && right && value.Cmp(target) > 0
}

// InWords says in one line what was measured, and what was agreed.
func (f Figure) InWords() text.Text {
	t := text.F("%s: %s", "%s: %s", f.Label, f.measured())
	if f.Above() {
		t = text.F("%s; the limit is %s", "%s; die Grenze liegt bei %s", t, f.in(f.Target))
	} else {
		t = text.F("%s; agreed are %s", "%s; vereinbart sind %s", t, f.in(f.Target))
	}
	if f.Group.Name == "" {
		return t
	}
	return text.F("%s (%s)", "%s (%s)", t, f.Group.Name)
}

// measured is the value, of a share of cases with what it was counted from.
func (f Figure) measured() text.Text {
	if f.Value == nil {
		return NotApplicable()
	}
	if f.Unit != InPercent || f.Numerator == nil || f.Denominator == nil || f.Of != "" {
		return f.in(*f.Value)
	}
	share := Ratio{Num: *f.Numerator, Den: *f.Denominator}.Exact(2)
	if share == nil {
		return NotApplicable()
	}
	return text.F("%s of %s, %s", "%s von %s, %s", Number(*f.Numerator), Number(*f.Denominator), f.in(*share))
}

// in is an exact decimal with the figure's unit behind it.
func (f Figure) in(exact string) text.Text {
	return text.F("%s\u00a0%s", "%s\u00a0%s", Decimal(exact), f.Unit.After(exact))
}
