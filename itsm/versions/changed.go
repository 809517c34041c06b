package versions

import (
	"maps"
	"slices"
	"strconv"

	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Codes of what may have changed that a draft stands on.
const (
	ChangedAgreement = "agreement" // other versions count
	ChangedCalendar  = "calendar"  // another version counts
)

// Changed says which versions of agreements and calendars count otherwise for a
// set that is frozen now than for one that was frozen before.
func Changed(was, is []Agreement, wasCalendars, isCalendars []Calendar) (all []task.StalePart) {
	all = changed(ChangedAgreement, text.New("agreement", "Vereinbarung"), versionsOf(was, Agreement.version), versionsOf(is, Agreement.version))
	return append(all, changed(ChangedCalendar, text.New("calendar", "Kalender"),
		versionsOf(wasCalendars, Calendar.version), versionsOf(isCalendars, Calendar.version))...)
}

// Named is one version of something declared.
type Named struct {
	Name    string
	Version int
	Hash    string
}

func (n Named) version() (string, version) { return n.Name, version{n.Version, n.Hash} }

// ChangedNamed says which versions of a kind count otherwise.
func ChangedNamed(code string, kind text.Text, was, is []Named) []task.StalePart {
	return changed(code, kind, versionsOf(was, Named.version), versionsOf(is, Named.version))
}

// version is one version of something declared.
type version struct {
	number int
	hash   string
}

func (a Agreement) version() (string, version) { return a.Name, version{a.Version, a.Hash} }
func (c Calendar) version() (string, version)  { return c.Name, version{c.Version, c.Hash} }

// versionsOf lists the versions that a set names, by name.
func versionsOf[T any](all []T, of func(T) (string, version)) map[string][]version {
	byName := map[string][]version{}
	for _, one := range all {
		name, v := of(one)
		byName[name] = append(byName[name], v)
	}
	for _, versions := range byName {
		slices.SortFunc(versions, func(a, b version) int { return a.number - b.number })
	}
	return byName
}

// changed says of each name whether other versions of it count.
func changed(code string, kind text.Text, old, now map[string][]version) (all []task.StalePart) {
	say := func(detail text.Text) { all = append(all, task.StalePart{Code: code, Detail: detail}) }
	names := slices.Concat(slices.Collect(maps.Keys(old)), slices.Collect(maps.Keys(now)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		was, is := old[name], now[name]
		switch {
		case slices.Equal(was, is):
		case len(was) == 0:
			say(text.F("%s %s counts now, in version %s", "%s %s zählt jetzt, in Version %s", kind, name, numbers(is)))
		case len(is) == 0:
			say(text.F("%s %s doesn't count any more", "%s %s zählt nicht mehr", kind, name))
		case was[len(was)-1] != is[len(is)-1]:
			say(text.F("%s %s: version %d → %d", "%s %s: Version %d → %d", kind, name, was[len(was)-1].number, is[len(is)-1].number))
		default: // an older one that counts, or doesn't any more
			say(text.F("%s %s: version %s → %s", "%s %s: Version %s → %s", kind, name, numbers(was), numbers(is)))
		}
	}
	return all
}

func numbers(versions []version) text.Text {
	all := make([]string, len(versions))
	for i, v := range versions {
		all[i] = strconv.Itoa(v.number)
	}
	return text.List(all)
}
