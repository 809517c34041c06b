package report

import "turnus/itsm/text"

// Difference is a figure that two documents say otherwise; nil where one of them
// lacks it.
type Difference struct{ Was, Now *Figure }

// Differences are the figures of which two documents say other values, in the
// order of the second; those that are gone come last, in theirs. What was agreed
// on them, and how they are worded, isn't compared.
func Differences(old, now []Figure) (all []Difference) {
	type key struct {
		group Group
		name  string
	}
	before := make(map[key]*Figure, len(old))
	for i, f := range old {
		before[key{f.Group, f.Name}] = &old[i]
	}
	for i, f := range now {
		was := before[key{f.Group, f.Name}]
		delete(before, key{f.Group, f.Name})
		if was == nil || f.measured() != was.measured() {
			all = append(all, Difference{was, &now[i]})
		}
	}
	for i, f := range old {
		if before[key{f.Group, f.Name}] != nil {
			all = append(all, Difference{&old[i], nil})
		}
	}
	return all
}

// InWords says in one line what a figure is, and what it would be.
func (d Difference) InWords() text.Text {
	shown := func(f *Figure) text.Text {
		if f == nil {
			return text.New("not there", "nicht vorhanden")
		}
		return f.measured()
	}
	f := d.Now
	if f == nil {
		f = d.Was
	}
	t := text.F("%s: %s → %s", "%s: %s → %s", f.Label, shown(d.Was), shown(d.Now))
	if f.Group.Name == "" {
		return t
	}
	return text.F("%s (%s)", "%s (%s)", t, f.Group.Name)
}
