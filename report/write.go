package report

import "turnus/itsm/text"

// Writer writes the summary and the sections of a document, in both languages
// at once. Texts are formatted as text.F does it. What has nothing to show is
// left out: a table without rows, a section without paragraphs, timelines, tables
// and charts.
//
//	w := report.Write(report.Document{Run: run, …})
//	w.Tile("Targets met", "Ziele erreicht", report.Count(3)).Say("%d missed", "%d verfehlt", 1)
//	s := w.Section("Results", "Ergebnisse")
//	s.Say("Agreement: %s.", "Vereinbarung: %s.", name)
//	t := s.Table("Targets", "Ziele").Left("Target", "Ziel").Right("Met", "Eingehalten")
//	t.Row(report.Name("p1"), report.Count(12))
//	d := w.Document()
type Writer struct {
	document Document
	notes    []Note
	tiles    []*Tile
	sections []*SectionWriter
}

// Write begins a document with what stands before its content.
func Write(head Document) *Writer { return &Writer{document: head} }

// Warn adds a note on what may make figures wrong, or read wrong.
func (w *Writer) Warn(en, de string, args ...any) {
	w.notes = append(w.notes, Note{text.F(en, de, args...), Bad})
}

// Note adds a note on what else to know before any figure is read.
func (w *Writer) Note(en, de string, args ...any) {
	w.notes = append(w.notes, Note{text.F(en, de, args...), Neutral})
}

// Tile adds a headline to the summary, in a neutral tone.
func (w *Writer) Tile(en, de string, value Cell) *Tile {
	t := &Tile{Label: text.New(en, de), Value: value, Tone: Neutral}
	w.tiles = append(w.tiles, t)
	return t
}

// Section adds a section.
func (w *Writer) Section(en, de string, args ...any) *SectionWriter {
	s := &SectionWriter{section: Section{Title: text.F(en, de, args...)}}
	w.sections = append(w.sections, s)
	return s
}

// Document is what was written.
func (w *Writer) Document() Document {
	d := w.document
	d.Notes = w.notes
	for _, t := range w.tiles {
		d.Summary = append(d.Summary, *t)
	}
	for _, s := range w.sections {
		if !s.Empty() {
			d.Sections = append(d.Sections, s.written())
		}
	}
	return d
}

// Say gives a headline its note.
func (t *Tile) Say(en, de string, args ...any) *Tile {
	t.Note = text.F(en, de, args...)
	return t
}

// Judge gives a headline its tone.
func (t *Tile) Judge(good bool) *Tile {
	t.Tone = Bad
	if good {
		t.Tone = Good
	}
	return t
}

// SectionWriter writes a section. Paragraphs stand before timelines, these before
// tables, and tables before charts, in whatever order they are written.
type SectionWriter struct {
	section Section
	tables  []*TableWriter
}

// About marks the section as being about one agreement alone: nothing of another
// one may stand in it.
func (s *SectionWriter) About(agreement string) *SectionWriter {
	s.section.Agreement = agreement
	return s
}

// Say adds a paragraph.
func (s *SectionWriter) Say(en, de string, args ...any) {
	s.section.Paragraphs = append(s.section.Paragraphs, text.F(en, de, args...))
}

// Table adds a table with its caption, which may be empty.
func (s *SectionWriter) Table(en, de string, args ...any) *TableWriter {
	t := &TableWriter{table: Table{Caption: text.F(en, de, args...)}}
	s.tables = append(s.tables, t)
	return t
}

// Chart adds a chart.
func (s *SectionWriter) Chart(c Chart) { s.section.Charts = append(s.section.Charts, c) }

// Timeline adds a timeline, unless it has no lanes.
func (s *SectionWriter) Timeline(t Timeline) {
	if len(t.Lanes) > 0 {
		s.section.Timelines = append(s.section.Timelines, t)
	}
}

// Empty says that the section has nothing to show so far.
func (s *SectionWriter) Empty() bool {
	w := s.written()
	return len(w.Paragraphs)+len(w.Timelines)+len(w.Tables)+len(w.Charts) == 0
}

func (s *SectionWriter) written() Section {
	w := s.section
	for _, t := range s.tables {
		if len(t.table.Rows) > 0 {
			w.Tables = append(w.Tables, t.table)
		}
	}
	return w
}

// TableWriter writes a table: first its columns, then its rows.
type TableWriter struct {
	table Table
	shown []bool // of the columns as they were given
}

// Left adds a column of words.
func (t *TableWriter) Left(en, de string, args ...any) *TableWriter {
	return t.column(Column{Title: text.F(en, de, args...)})
}

// Right adds a column of figures.
func (t *TableWriter) Right(en, de string, args ...any) *TableWriter {
	return t.column(Column{Title: text.F(en, de, args...), Right: true})
}

func (t *TableWriter) column(c Column) *TableWriter {
	t.table.Columns, t.shown = append(t.table.Columns, c), append(t.shown, true)
	return t
}

// When leaves the last column out, with its cells, unless it is needed. Rows
// have a cell for it all the same.
func (t *TableWriter) When(needed bool) *TableWriter {
	if last := len(t.shown) - 1; last >= 0 && t.shown[last] && !needed {
		t.shown[last] = false
		t.table.Columns = t.table.Columns[:len(t.table.Columns)-1]
	}
	return t
}

// Row adds a row: a cell for each column that was given.
func (t *TableWriter) Row(cells ...Cell) {
	row := make([]Cell, 0, len(cells))
	for i, c := range cells {
		if i >= len(t.shown) || t.shown[i] {
			row = append(row, c)
		}
	}
	t.table.Rows = append(t.table.Rows, row)
}

// Item adds a row that begins with the words for what it says.
func (t *TableWriter) Item(en, de string, cells ...Cell) {
	t.Row(append([]Cell{Words(text.New(en, de))}, cells...)...)
}
