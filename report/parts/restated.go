package parts

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"

	"turnus/itsm/agreement"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/itsm/versions"
	"turnus/report"
	"turnus/report/rules"
)

// ruleChange is a rule of which the report in force had other versions.
type ruleChange struct {
	kind      report.SourceKind
	name      string
	then, now []string // versions; none: it wasn't, or isn't, used
}

// Rules are what a report stands on besides its data, beside the report in force,
// whose place it takes.
type Rules struct {
	InForce    *run.InForce         // nil, or without sources: nothing is known of one
	Sources    []report.Source      // now
	Agreements []versions.Agreement // now, by name and version
	Kinds      text.Text            // what there may be besides the time zone database: agreements, calendars and exclusions
}

// Changed says how many rules count now and not in the report in force, or the
// other way round.
func (r Rules) Changed() text.Text {
	n := len(r.changed())
	switch n {
	case 0:
		return text.New("no rule changed", "keine Regel hat sich geändert")
	case 1:
		return text.New("one rule changed", "eine Regel hat sich geändert")
	}
	return text.F("%d rules changed", "%d Regeln haben sich geändert", n)
}

func (r Rules) changed() []ruleChange {
	if r.InForce == nil {
		return nil
	}
	var then []report.Source
	if json.Unmarshal(r.InForce.Sources, &then) != nil { // checked before
		return nil
	}
	var all []ruleChange
	put := func(s report.Source, into func(*ruleChange) *[]string) {
		switch s.Kind {
		case report.FromAgreement, report.FromCalendar, report.FromExclusion, report.FromObjective, report.FromIndicator, report.FromTZData:
		default:
			return
		}
		at := slices.IndexFunc(all, func(c ruleChange) bool { return c.kind == s.Kind && c.name == s.Name })
		if at < 0 {
			all, at = append(all, ruleChange{kind: s.Kind, name: s.Name}), len(all)
		}
		versions := into(&all[at])
		*versions = append(*versions, s.Version)
	}
	for _, s := range then {
		put(s, func(c *ruleChange) *[]string { return &c.then })
	}
	for _, s := range r.Sources {
		put(s, func(c *ruleChange) *[]string { return &c.now })
	}
	for i := range all {
		slices.SortFunc(all[i].then, byNumber)
		slices.SortFunc(all[i].now, byNumber)
	}
	return slices.DeleteFunc(all, func(c ruleChange) bool { return slices.Equal(c.then, c.now) })
}

// byNumber orders versions, which are numbers but for the time zone database's.
func byNumber(a, b string) int {
	x, _ := strconv.ParseInt(a, 10, 64)
	y, _ := strconv.ParseInt(b, 10, 64)
	return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
}

// Section names what changed besides the data since the report in force.
func (r Rules) Section(w *report.Writer) {
	if r.InForce == nil || len(r.InForce.Sources) == 0 {
		return
	}
	s := w.Section("What changed since version %d", "Änderungen gegenüber Version %d", r.InForce.Version)
	changed := r.changed()
	if len(changed) == 0 {
		s.Say("No rule changed: %s are those of version %d. The figures differ, if they do, by the data alone.",
			"Keine Regel hat sich geändert: %s sind die von Version %d. Abweichende Zahlen kommen allein aus den Daten.", r.Kinds, r.InForce.Version)
		return
	}
	t := s.Table("Rules that changed", "Geänderte Regeln").Left("Rule", "Regel").Left("Name", "Name").
		Left("Version %d", "Version %d", r.InForce.Version).Left("Now", "Jetzt")
	for _, c := range changed {
		t.Row(report.Words(c.kind.Title()), report.Name(c.name), versionsCell(c, c.then), versionsCell(c, c.now))
	}
	r.differences(s, changed)
}

// differences say what new versions of agreements say otherwise than those before
// them. Of other rules the report doesn't hold both versions.
func (r Rules) differences(s *report.SectionWriter, changed []ruleChange) {
	for _, c := range changed {
		if c.kind != report.FromAgreement {
			continue
		}
		for i, v := range r.Agreements {
			if v.Name != c.name || slices.Contains(c.then, decimal(int64(v.Version))) {
				continue
			}
			var before *agreement.Spec
			t := s.Table("%s, version %d", "%s, Version %d", report.Named(v.Title, v.Name), v.Version)
			if i > 0 && r.Agreements[i-1].Name == v.Name { // they are by name and version
				before = &r.Agreements[i-1].Spec
				t = s.Table("%s, version %d instead of %d", "%s, Version %d statt %d", report.Named(v.Title, v.Name), v.Version, r.Agreements[i-1].Version)
			}
			t.Left("Rule", "Regel").Left("Before", "Vorher").Left("Now", "Jetzt")
			for _, d := range rules.OfAgreement(before, &v.Spec) {
				t.Row(report.Words(d.Item), d.Before, d.Now)
			}
		}
	}
}

// versionsCell names versions of a rule, or numbers of exclusions.
func versionsCell(c ruleChange, versions []string) report.Cell {
	switch {
	case len(versions) == 0:
		return report.Say("not used", "nicht verwendet")
	case c.kind == report.FromExclusion:
		return report.Words(text.N(len(versions), text.F("number %s", "Nummer %s", text.List(versions)), text.F("numbers %s", "Nummern %s", text.List(versions))))
	case c.kind == report.FromTZData:
		return report.Name(versions[0])
	}
	return report.Words(text.N(len(versions), text.F("version %s", "Version %s", text.List(versions)), text.F("versions %s", "Versionen %s", text.List(versions))))
}
