package continuity

import (
	"slices"
	"strings"

	"turnus/itsm/agreement"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// MTPD is the first step at which a category of impact can't be borne any more;
// nil where none is unacceptable at any step. It is sure if no cell before is
// left out: what isn't known may be unacceptable earlier.
func (i Impact) MTPD() (first *agreement.Duration, sure bool) {
	for n, step := range i.Steps {
		for _, c := range i.Categories {
			if level, known := c.At(step); known && level >= i.Unacceptable {
				return &i.Steps[n], len(i.unknown(i.Steps[:n])) == 0
			}
		}
	}
	return nil, len(i.unknown(i.Steps)) == 0
}

// cell of an impact analysis.
type cell struct {
	category string
	step     agreement.Duration
}

// unknown are the cells of some steps that are left out, step by step.
func (i Impact) unknown(steps []agreement.Duration) (all []cell) {
	for _, step := range steps {
		for _, c := range i.Categories {
			if _, known := c.At(step); !known {
				all = append(all, cell{c.Name, step})
			}
		}
	}
	return all
}

// At is the level at a step; false where it is left out.
func (c Category) At(step agreement.Duration) (level int, known bool) {
	for s, level := range c.Levels {
		if d, err := agreement.ParseDuration(s); err == nil && d == step {
			return level, true
		}
	}
	return 0, false
}

// bounded says that what an analysis gives can be looked for: no category has more
// levels than there are steps.
func (i Impact) bounded() bool {
	return i.Unacceptable > 0 && len(i.Steps) <= maxImpact && len(i.Categories) <= maxImpact &&
		!slices.ContainsFunc(i.Categories, func(c Category) bool { return len(c.Levels) > len(i.Steps) })
}

// impact wants ascending steps, and levels of these.
func (c *checks) impact(x Impact) {
	if x.Unacceptable < 1 || x.Unacceptable > maxLevel {
		c.Say("impact.unacceptable", "%d isn't a level from which impact can't be borne: use 1 to %d.", "%d ist keine Stufe, ab der Folgen nicht mehr tragbar sind: 1 bis %d angeben.", x.Unacceptable, maxLevel)
	}
	if len(x.Steps) == 0 {
		c.missing("impact.steps", text.New("give the times after the disruption at which the impact is looked at, as in PT1H", "Die Zeiten nach der Störung angeben, zu denen die Folgen betrachtet werden, etwa PT1H"))
	}
	c.most("impact.steps", len(x.Steps), maxImpact)
	for i := range x.Steps {
		at := resource.Item("impact.steps", i)
		c.lasts(at, &x.Steps[i])
		if i > 0 && x.Steps[i] <= x.Steps[i-1] {
			c.Say(at, "%s isn't later than the step before, %s: put the steps in the order of time.", "%s liegt nicht nach der Zeit davor, %s: Zeitlich ordnen.", x.Steps[i], x.Steps[i-1])
		}
	}
	if len(x.Categories) == 0 {
		c.missing("impact.categories", text.New("name a category of impact, as in money or reputation", "Eine Schadenskategorie nennen, etwa Geld oder Ansehen"))
	}
	c.most("impact.categories", len(x.Categories), maxImpact)
	if len(x.Steps) > maxImpact || len(x.Categories) > maxImpact {
		return
	}
	seen := map[string]bool{}
	for i, category := range x.Categories {
		at := resource.Item("impact.categories", i)
		c.line(at+".name", category.Name, text.New("name the category", "Die Kategorie benennen"))
		c.once(seen, at+".name", category.Name)
		c.levels(at+".levels", category.Levels, x.Steps)
	}
}

// levels wants each at a step that there is, once however it is written.
func (c *checks) levels(at string, levels map[string]int, steps []agreement.Duration) {
	written := make([]string, 0, len(levels))
	for s := range levels {
		written = append(written, s)
	}
	slices.Sort(written)
	seen := map[agreement.Duration]bool{}
	for _, s := range written {
		field := resource.Below(at, s)
		d, err := agreement.ParseDuration(s)
		switch {
		case err != nil || !slices.Contains(steps, d):
			c.Say(field, "%.40q is no step of the analysis; there are %s.", "%.40q ist keine der betrachteten Zeiten; es gibt %s.", s, strings.Join(named(steps), ", "))
		case seen[d]:
			c.Say(field, "The step %s stands more than once.", "Die Zeit %s steht mehr als einmal da.", d)
		}
		seen[d] = true
		if n := levels[s]; n < 0 || n > maxLevel {
			c.Say(field, "%d isn't a level: use 0 to %d, or leave the step out where it isn't known.", "%d ist keine Stufe: 0 bis %d angeben oder weglassen, was nicht bekannt ist.", n, maxLevel)
		}
	}
}

func named(steps []agreement.Duration) []string {
	all := make([]string, len(steps))
	for i, s := range steps {
		all[i] = s.String()
	}
	return all
}
