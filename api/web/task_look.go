package web

import (
	"slices"
	"time"

	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

// attention is one thing about a draft that whoever decides on it should know.
type attention struct {
	What text.Text
	Bad  bool
	Said []text.Text // what the owner says to it
}

// How many of a kind a page lists; the draft has all of them.
const mostListed = 25

// lookAt is what needs attention in a draft: what has changed that it stands on,
// what misses its target, with what the owner says to it, what it says of itself,
// and what it leaves out.
func lookAt(r report.Report, t task.Task) (all []attention) {
	for _, c := range t.Stale {
		all = append(all, attention{What: text.F("What this draft stands on has changed: %s", "Die Grundlage dieses Entwurfs hat sich geändert: %s", c.Detail), Bad: true})
	}
	if !r.Notice.IsZero() {
		all = append(all, attention{What: r.Notice, Bad: true})
	}
	answers := map[string]report.Answer{}
	for _, a := range r.Answers {
		answers[a.Key] = a
	}
	misses := report.Misses(r.Figures)
	for _, f := range misses[:min(len(misses), mostListed)] {
		all = append(all, attention{f.InWords(), true, saidTo(answers, f.Key())})
	}
	if more := len(misses) - mostListed; more > 0 {
		all = append(all, attention{What: text.N(more, text.New("One more target or limit isn't kept: see the draft.", "Ein weiteres Ziel oder eine weitere Grenze ist nicht eingehalten: siehe Entwurf."),
			text.F("%d more targets or limits aren't kept: see the draft.", "%d weitere Ziele oder Grenzen sind nicht eingehalten: siehe Entwurf.", more)), Bad: true})
	}
	for _, f := range r.Findings[:min(len(r.Findings), mostListed)] {
		all = append(all, attention{text.F("%s: %s", "%s: %s", f.Title, f.Detail), true, saidTo(answers, f.Key)})
	}
	if more := len(r.Findings) - mostListed; more > 0 {
		all = append(all, attention{What: text.N(more, text.New("One more finding follows: see the draft.", "Ein weiterer Befund entsteht daraus: siehe Entwurf."),
			text.F("%d more findings follow: see the draft.", "%d weitere Befunde entstehen daraus: siehe Entwurf.", more)), Bad: true})
	}
	all = append(all, setAside(r.Evidence)...)
	for _, n := range r.Notes {
		all = append(all, attention{What: n.Text, Bad: n.Tone == report.Bad})
	}
	excluded := 0
	for _, s := range r.Sources {
		if s.Kind == report.FromExclusion {
			excluded++
		}
	}
	if excluded > 0 {
		all = append(all, attention{What: text.N(excluded, text.New("One exclusion is applied: the draft names it.", "Ein Ausschluss ist berücksichtigt: Der Entwurf nennt ihn."),
			text.F("%d exclusions are applied: the draft names them.", "%d Ausschlüsse sind berücksichtigt: Der Entwurf nennt sie.", excluded))})
	}
	if r.Restates != nil {
		all = append(all, attention{What: text.F("This report restates version %d.", "Dieser Bericht berichtigt Version %d.", r.Restates.Version)})
	}
	return all
}

// setAside are the outages that disprove a continuity plan by their lengths, and of
// which the owner decided that they say nothing: the draft finds nothing there, so
// that whoever decides on it would have to look for them.
func setAside(evidence []report.Evidence) (all []attention) {
	more := 0
	for _, e := range evidence {
		switch {
		case e.Says != report.Disproves || e.Decided != report.SaysNothing:
		case len(all) == mostListed:
			more++
		default:
			what := text.F("%[1]s: by its length (%[2]s) it disproves the recovery time of the continuity plan %[3]s (version %[4]d: %[5]s at most), but it was decided that it says nothing about the plan.",
				"%[1]s: Nach der Dauer (%[2]s) widerlegt er die Wiederanlaufzeit des Notfallplans %[3]s (Version %[4]d: höchstens %[5]s); entschieden wurde jedoch, dass er nichts über den Plan aussagt.",
				e.Title, report.Lasting(e.Seconds), e.Called, e.Version, e.Agreed())
			all = append(all, attention{what, true, []text.Text{text.F("Decided by %s", "Entschieden von %s", e.By)}})
		}
	}
	if more > 0 {
		all = append(all, attention{What: text.N(more, text.New("In one more case it was decided likewise: see the draft.", "In einem weiteren Fall wurde ebenso entschieden: siehe Entwurf."),
			text.F("In %d more cases it was decided likewise: see the draft.", "In %d weiteren Fällen wurde ebenso entschieden: siehe Entwurf.", more)), Bad: true})
	}
	return all
}

// saidTo is what the owner said to a finding.
func saidTo(answers map[string]report.Answer, key string) []text.Text {
	a, ok := answers[key]
	switch {
	case !ok:
		return nil
	case a.None != "":
		return []text.Text{text.F("No measure: %s (%s)", "Keine Maßnahme: %s (%s)", a.None, a.By)}
	}
	return []text.Text{text.F("Cause: %s", "Ursache: %s", a.Cause), text.F("Measure: %s (%s)", "Maßnahme: %s (%s)", a.Measure, a.By)}
}

// changes are what a draft says otherwise than that of an earlier round.
type changes struct {
	Since int // the round
	All   []text.Text
	More  int // that aren't listed
}

// maxBack is how many rounds are looked through for one that has a draft: one
// that was begun anew at once has none.
const maxBack = 3

// changedBefore compares a draft with that of the round before; nil where there
// is none.
func (v *visit) changedBefore(r report.Report, round int) (*changes, error) {
	for back := 1; back <= maxBack && back < round; back++ {
		c, err := v.changedSince(r, round-back)
		if c != nil || err != nil {
			return c, err
		}
	}
	return nil, nil
}

// changedSince compares a draft with that of a round; nil where that has none.
func (v *visit) changedSince(r report.Report, round int) (*changes, error) {
	old, err := v.api.ReportOfRound(v.r.Context(), r.Run, round)
	if hidden(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c := changesBetween(old, r)
	c.Since = round
	return &c, nil
}

func changesBetween(old, now report.Report) (c changes) {
	for _, d := range report.Differences(old.Figures, now.Figures) {
		c.All = append(c.All, d.InWords())
	}
	before := map[string]report.Answer{}
	for _, a := range old.Answers {
		before[a.Key] = a
	}
	for _, a := range now.Answers {
		if was := before[a.Key]; was.Cause != a.Cause || was.Measure != a.Measure || was.None != a.None {
			c.All = append(c.All, text.F("Cause and measure: %s", "Ursache und Maßnahme: %s", a.Title))
		}
	}
	c.All = append(c.All, decidedAnew(old.Evidence, now.Evidence)...)
	for _, n := range now.Notes {
		if !slices.ContainsFunc(old.Notes, func(o report.Note) bool { return o.Text == n.Text }) {
			c.All = append(c.All, text.F("New: %s", "Neu: %s", n.Text))
		}
	}
	for _, n := range old.Notes {
		if !slices.ContainsFunc(now.Notes, func(o report.Note) bool { return o.Text == n.Text }) {
			c.All = append(c.All, text.F("Not any more: %s", "Entfallen: %s", n.Text))
		}
	}
	for _, s := range now.Sources {
		if s.Kind == report.FrozenSet || slices.ContainsFunc(old.Sources, func(o report.Source) bool { return o.Kind == s.Kind && o.Name == s.Name && o.Version == s.Version }) {
			continue
		}
		c.All = append(c.All, text.F("Stands on %s %s, version %s", "Beruht auf: %s %s, Version %s", s.Kind, s.Name, s.Version))
	}
	if c.More = len(c.All) - mostListed; c.More > 0 {
		c.All = c.All[:mostListed]
	} else {
		c.More = 0
	}
	return c
}

// decidedAnew says where the owner decided otherwise what an outage says about a
// continuity plan, also where it wasn't decided before, or isn't to be any more.
func decidedAnew(old, now []report.Evidence) (all []text.Text) {
	type about struct{ outage, plan string }
	before := map[about]report.Says{}
	for _, e := range old {
		before[about{e.Outage, e.Plan}] = e.Decided
	}
	for _, e := range now {
		key := about{e.Outage, e.Plan}
		if was := before[key]; was != e.Decided {
			all = append(all, text.F("%s, continuity plan %s: %s (before: %s)", "%s, Notfallplan %s: %s (vorher: %s)", e.Title, e.Called, e.Decided, was))
		}
		delete(before, key)
	}
	for _, e := range old {
		if was := before[about{e.Outage, e.Plan}]; was != "" {
			all = append(all, text.F("Not any more: %s, continuity plan %s: %s", "Entfallen: %s, Notfallplan %s: %s", e.Title, e.Called, was))
		}
	}
	return all
}

// pastAnswer is what was answered to a task of a run.
type pastAnswer struct {
	task.Decision
	Title text.Text
	Zone  string
}

// At is when it was.
func (a pastAnswer) When() time.Time { return a.Decision.At }

// pastOf is what was answered in a run, the latest first, without a task's own
// answer.
func pastOf(r run.Run, t task.Task) (all []pastAnswer) {
	titles := map[string]text.Text{}
	for _, a := range r.Tasks {
		titles[a.ID] = a.Title
		if a.Step == process.Approval {
			titles[a.ID] = sentence(a.Kind.Title())
		}
	}
	for _, d := range slices.Backward(r.Decisions) {
		if d.Task != t.ID {
			all = append(all, pastAnswer{d, titles[d.Task], t.Zone})
		}
	}
	return all
}
