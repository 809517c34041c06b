package improvement

import (
	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/report"
)

// record begins a table of items and what is on record of them.
func record(s *report.SectionWriter, en, de string, args ...any) *report.TableWriter {
	return s.Table(en, de, args...).Left("Item", "Angabe").Left("Value", "Wert")
}

// signed adds who wrote something, and when.
func (d draft) signed(t *report.TableWriter, by string, at report.Cell) {
	t.Item("By", "Angegeben von", person(by))
	t.Item("At", "Angegeben am", at)
}

// file adds the hash of a file that somebody sent as evidence.
func file(t *report.TableWriter, sha256 string) {
	if sha256 != "" {
		t.Item("Evidence, file (SHA-256)", "Nachweis, Datei (SHA-256)", report.Name(sha256))
	}
}

// finding says what was found, and each time that it was seen.
func (d draft) finding() {
	f := d.Finding
	s := d.Section("The finding", "Befund")
	t := record(s, "", "")
	t.Item("Finding", "Befund", report.Words(found(f.Title)))
	if f.Detail != "" {
		t.Item("Details", "Einzelheiten", report.Name(f.Detail))
	}
	if !f.Note.IsZero() {
		noted := text.New("What is known of it", "Was darüber bekannt ist")
		if f.Kind == improvement.LateData {
			noted = text.New("What would be otherwise", "Was anders wäre")
		}
		t.Row(report.Words(noted), report.Words(f.Note))
	}
	t.Item("Type", "Art", report.Words(f.Type.Title()))
	t.Item("Severity", "Schweregrad", report.Words(f.Severity.Title()))
	t.Item("It is about", "Betrifft", report.Words(d.about()))
	if f.Object != "" {
		t.Item("Object", "Objekt", report.Name(f.Object))
	}
	if f.Relapse != 0 {
		t.Item("Relapse of", "Erneutes Auftreten von", report.Say("finding %d, which had ended", "Befund %d, der beendet war", f.Relapse))
	}
	t.Item("Opened by", "Eröffnet von", person(f.By))
	t.Item("Opened at", "Eröffnet am", report.At(f.At))

	figure, detail := false, false
	for _, x := range d.Sightings {
		figure, detail = figure || x.Source.Figure != "", detail || x.Detail != "" && x.Detail != f.Detail || !x.Note.IsZero() && x.Note != f.Note
	}
	t = s.Table("Where it was seen", "Feststellungen").Left("Source", "Quelle").Left("Name", "Name").
		Left("Figure", "Zahl").When(figure).Left("What was seen", "Feststellung").Left("Details", "Einzelheiten").When(detail).Left("By", "Von").Left("When", "Zeitpunkt")
	for _, x := range d.Sightings {
		t.Row(report.Words(x.Source.Kind.Title()), given(x.Source.Name), given(figureOf(x.Source)), report.Words(found(x.Title)), said(x), person(x.By), report.At(x.At))
	}
}

// said is what a person wrote then, or what Turnus had to say.
func said(x improvement.Sighting) report.Cell {
	if x.Detail == "" && !x.Note.IsZero() {
		return report.Words(x.Note)
	}
	return given(x.Detail)
}

// about is what the finding is about, in words.
func (d draft) about() text.Text {
	if d.About.Name == "" {
		return text.New("the installation", "die Installation")
	}
	return text.F("%s %s", "%s %s", d.About.Kind, d.About.Name)
}

// figureOf names the figure of a report in which a finding was seen.
func figureOf(s improvement.Source) string {
	if s.Group != "" && s.Figure != "" {
		return s.Group + ": " + s.Figure
	}
	return s.Figure
}

// correction says what was done at once, and whether it occurs elsewhere.
func (d draft) correction() {
	c := d.Correction
	if c == nil {
		return
	}
	t := record(d.Section("Correction", "Sofortmaßnahme"), "", "")
	t.Item("Done at once", "Sofort getan", given(c.Done))
	t.Item("Does it occur elsewhere", "Auftreten an anderer Stelle", given(c.Elsewhere))
	file(t, c.File)
	d.signed(t, c.By, report.At(c.At))
}

// merit says how an opportunity was judged.
func (d draft) merit() {
	m := d.Merit
	if m == nil {
		return
	}
	t := record(d.Section("Is it worth doing", "Bewertung der Verbesserungsmöglichkeit"), "", "")
	t.Item("Benefit", "Nutzen", given(m.Benefit))
	t.Item("Cost", "Aufwand", given(m.Cost))
	t.Item("Risk", "Risiko", given(m.Risk))
	t.Item("Fit with the objectives", "Beitrag zu den Zielen", given(m.Fit))
	d.signed(t, m.By, report.At(m.At))
}

// refusal says why the finding isn't taken up.
func (d draft) refusal() {
	r := d.Refusal
	if r == nil {
		return
	}
	t := record(d.Section("Why it isn’t taken up", "Grund der Ablehnung"), "", "")
	t.Item("Reason", "Grund", given(r.Reason))
	d.signed(t, r.By, report.At(r.At))
}
