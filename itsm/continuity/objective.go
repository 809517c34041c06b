package continuity

import (
	"math/big"
	"strings"

	"turnus/itsm/agreement"
	"turnus/itsm/text"
)

// ObjectiveTitle is an objective in words, by its name.
func ObjectiveTitle(name string) text.Text {
	switch name {
	case ObjectiveRTO:
		return text.New("Recovery time (RTO)", "Wiederanlaufzeit (RTO)")
	case ObjectiveRPO:
		return text.New("Age of the data (RPO)", "Alter der Daten (RPO)")
	case ObjectiveMBCO:
		return text.New("Minimum level (MBCO)", "Mindest-Notbetriebsniveau (MBCO)")
	case ObjectiveContacts:
		return text.New("Contacts reached", "Erreichte Kontakte")
	case ObjectiveDecide:
		return text.New("Time to the decision", "Zeit bis zur Entscheidung")
	}
	return text.Same(name)
}

// agreed is an objective with its value; one that isn't agreed has none.
type agreed struct {
	name, value string
	base        Base
}

// agreed are the objectives that a drill is judged by, in their order.
func (a Agreed) agreed() []agreed {
	var all []agreed
	for _, name := range ObjectiveNames() {
		if o := a.of(name); o.value != "" {
			all = append(all, o)
		}
	}
	return all
}

// of is one objective.
func (a Agreed) of(name string) agreed {
	o := agreed{name: name}
	lasting := map[string]*agreement.Duration{ObjectiveRTO: a.RTO, ObjectiveRPO: a.RPO, ObjectiveDecide: a.Decide}
	share := map[string]*agreement.Decimal{ObjectiveMBCO: a.MBCO, ObjectiveContacts: a.Contacts}
	if d := lasting[name]; d != nil {
		o.value = d.String()
	}
	if p := share[name]; p != nil {
		o.value = string(*p)
	}
	if name == ObjectiveRTO && o.value != "" {
		o.base = a.From.filled()
	}
	return o
}

// filled is the base, where none is said the disruption.
func (b Base) filled() Base {
	if b == "" {
		return FromDisruption
	}
	return b
}

// provedBy says that what passed then proves today's value: it was no laxer, or
// what was achieved meets today's. From the disruption it takes no less than
// from the invocation, so that the one proves the other, and not the reverse.
func (a agreed) provedBy(then ShownOf) bool {
	if a.base == FromDisruption && then.Base.filled() != FromDisruption {
		return false
	}
	today := amount(a.value)
	for _, shown := range []*big.Rat{amount(then.Value), amount(then.Achieved)} {
		if today != nil && shown != nil && a.meets(shown, today) {
			return true
		}
	}
	return false
}

// meets says that a value keeps to another: times at most, shares at least.
func (a agreed) meets(value, least *big.Rat) bool {
	if isShare(a.name) {
		return value.Cmp(least) >= 0
	}
	return value.Cmp(least) <= 0
}

func isShare(objective string) bool {
	return objective == ObjectiveMBCO || objective == ObjectiveContacts
}

// amount reads a duration, seconds or a decimal; nil: it is none.
func amount(s string) *big.Rat {
	if d, err := agreement.ParseDuration(s); err == nil {
		return new(big.Rat).SetInt64(d.Seconds())
	}
	return agreement.Decimal(s).Rat()
}

// ObjectiveValue is what was agreed or achieved of an objective in words: a
// duration or its seconds, or a percentage.
func ObjectiveValue(objective, value string) text.Text {
	n := amount(value)
	switch {
	case n == nil:
		return text.Same(value)
	case isShare(objective):
		return text.F("%s\u202f%%", "%s\u202f%%", text.Decimal(trimmed(value)))
	case !n.IsInt():
		return text.F("%s\u202fs", "%s\u202fs", text.Decimal(value))
	}
	return agreement.Duration(n.Num().Int64()).InWords()
}

// trimmed is a decimal without the zeros at its end.
func trimmed(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}
