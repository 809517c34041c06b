package calendar

import (
	"slices"
	"sync"
	"time"

	"github.com/rickar/cal/v2"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Holiday is a whole-day public holiday that applies to a whole region.
type Holiday struct {
	Date Date      `json:"date"`
	Name text.Text `json:"name"`
}

func init() {
	// The library reckons dates at midnight in the machine's zone unless told
	// otherwise, and there are zones that skip midnights.
	cal.DefaultLoc = time.UTC
}

// PublicHolidays lists a region's public holidays of a year, in order. Regions are
// ISO 3166 codes: countries, and states where their laws differ, as in DE-BE.
// Germany's are checked against the laws of its states for 2016 to 2030; the
// others are as good as the library's.
func PublicHolidays(region string, year int) ([]Holiday, error) {
	if !knownRegion(region) {
		return nil, unknownRegion(region)
	}
	if year < firstYear || year > lastYear {
		return nil, fault.Invalidf("year", "%d is outside the years that holidays are known for: %d to %d",
			"%d liegt außerhalb der Jahre, deren Feiertage bekannt sind: %d bis %d.", year, firstYear, lastYear)
	}
	return holidaysOf(region, year), nil
}

// The years for which today's holidays were the law: Germany's are what they
// are since 1995, but for the changes since that are known here. What comes
// after 2100 nobody knows.
const firstYear, lastYear = 1995, 2100

// Regions lists the codes that PublicHolidays knows, in order.
func Regions() []string {
	var names []string
	for name := range regions() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func knownRegion(name string) bool { _, ok := regions()[name]; return ok }

func unknownRegion(name string) *fault.Error {
	return fault.Invalidf("region", "%.40q isn't a region with known holidays: use an ISO 3166 code, as in DE-BE or AT",
		"%.40q ist keine Region mit bekannten Feiertagen: Einen Code nach ISO 3166 angeben, etwa DE-BE oder AT.", name)
}

func holidaysOf(region string, year int) []Holiday {
	var list []Holiday
	add := func(d Date, name text.Text) {
		i, found := slices.BinarySearchFunc(list, d, func(h Holiday, d Date) int { return int(h.Date.number() - d.number()) })
		switch {
		case d.Year != year:
		case !found:
			list = slices.Insert(list, i, Holiday{d, name})
		case list[i].Name != name: // two on one day
			list[i].Name = text.New(list[i].Name.En+" / "+name.En, list[i].Name.De+" / "+name.De)
		}
	}
	for _, rule := range regions()[region] {
		// A holiday of January may be kept at the end of December before it.
		for y := year - 1; y <= year+1; y++ {
			actual, observed := rule.Calc(y)
			if actual.IsZero() {
				continue
			}
			name := nameOf(rule)
			add(DateOf(actual), name)
			if !observed.Equal(actual) {
				add(DateOf(observed), text.New(name.En+" (observed)", name.De+" (Ersatztag)"))
			}
		}
	}
	return list
}

// nameOf gives the name in both languages where it is known in German, else
// the name as its country has it.
func nameOf(rule *cal.Holiday) text.Text {
	if n, ok := names[rule.Name]; ok {
		return n
	}
	return text.Same(rule.Name)
}

var regions = sync.OnceValue(func() map[string][]*cal.Holiday {
	m := map[string][]*cal.Holiday{}
	addGermany(m)
	addOthers(m)
	for name, list := range m {
		m[name] = slices.DeleteFunc(slices.Clone(list), func(h *cal.Holiday) bool {
			return h.Type == cal.ObservanceOther || h.Type == cal.ObservanceReligious
		})
	}
	return m
})
