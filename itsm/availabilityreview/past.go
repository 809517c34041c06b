package availabilityreview

import (
	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/versions"
)

// MaxHistory is how many earlier periods a set looks back on.
const MaxHistory = 12

// Earlier names the periods before one, the oldest first.
func Earlier(period string) ([]string, error) { return calendar.Earlier(period, MaxHistory) }

// Rules is a digest of what a target measures: its hours, data and maintenance,
// but not its name, the percentage, the floor of coverage or the number of users.
// Figures under the same rules can be compared over time. It is empty for what
// the set doesn't have.
func (f Frozen) Rules(agreement, target string) string {
	_, t := versions.InForce(f.Agreements, agreement, target, f.From, f.To)
	if t == nil || t.Availability == nil {
		return ""
	}
	a := *t.Availability
	a.Coverage, a.Population = "", 0
	h, err := canonical.Hash([]any{t.Measure, t.Calendar, a})
	if err != nil {
		return "" // plain values always have a hash
	}
	return h
}
