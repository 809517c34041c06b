package report

import (
	"encoding/csv"
	"io"
	"strings"

	"turnus/itsm/text"
)

// Spreadsheet writes a table that a spreadsheet opens with a double click: UTF-8
// with its mark, since Excel takes other files for its own code page; lines that
// end in CR LF; columns parted by what Excel expects in the language, a semicolon
// in German; and no cell that it would take for a formula.
type Spreadsheet struct{ csv *csv.Writer }

// NewSpreadsheet begins a table.
func NewSpreadsheet(w io.Writer, lang text.Lang) (*Spreadsheet, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	if lang == text.De {
		c.Comma = ';'
	}
	return &Spreadsheet{c}, nil
}

// Row writes a row; its cells are changed where they look like formulas.
func (s *Spreadsheet) Row(cells []string) error {
	for i, c := range cells {
		cells[i] = harmless(c)
	}
	return s.csv.Write(cells)
}

// Flush writes what waits to be written.
func (s *Spreadsheet) Flush() error {
	s.csv.Flush()
	return s.csv.Error()
}

// harmless puts an apostrophe before what a spreadsheet would take for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
