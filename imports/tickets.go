// Package imports reads what people have: bytes in, domain types out, one file
// a format, streaming. It may import itsm, report, x/text, rrule-go and mimetype; never the
// store.
package imports

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
)

// The formats of ticket files.
const (
	ServiceNowAudit = "servicenow-audit" // one row a change, as ServiceNow's audit log is exported
	CSV             = "csv"              // any table, with a mapping
)

// TicketFormats lists the formats.
func TicketFormats() []string { return []string{ServiceNowAudit, CSV} }

// Union says whether a format's rows join those stored, or replace the ticket.
func Union(format string) bool { return format == ServiceNowAudit }

// TicketOptions say how a file of tickets is to be read.
type TicketOptions struct {
	Format  string
	Zone    *time.Location // of local times; nil: UTC
	Mapping ticket.Mapping // csv: what the columns mean; else only separator and encoding count
	Now     time.Time      // what is later makes no sense; zero: nothing is
}

// CheckTickets refuses options that no file can be read with.
func CheckTickets(o TicketOptions) error {
	switch o.Format {
	case CSV:
		if o.Mapping.Number == "" && o.Mapping.Opened == "" {
			return fault.Invalidf("mapping", "a csv file needs a mapping that says which columns hold number and opened",
				"Eine CSV-Datei braucht eine Zuordnung, die sagt, in welchen Spalten number und opened stehen.")
		}
		return o.Mapping.Check()
	case ServiceNowAudit:
		m := o.Mapping
		m.Number, m.Opened, m.Stopped = "number", "opened_at", "incident_state"
		return m.Check()
	}
	return fault.Invalidf("format", "%.40q isn't a format of tickets: use %s", "%.40q ist kein Format für Tickets: %s angeben.",
		o.Format, strings.Join(TicketFormats(), ", "))
}

// Tickets reads the rows of a file that may be packed as .gz or .zip. A row
// that makes no sense comes as *dataset.Reject and reading goes on; any other
// error is the last thing that comes. Memory doesn't depend on the file's size.
func Tickets(r io.Reader, o TicketOptions) iter.Seq2[ticket.Row, error] {
	return func(yield func(ticket.Row, error) bool) {
		fail := func(err error) { yield(ticket.Row{}, err) }
		if err := CheckTickets(o); err != nil {
			fail(err)
			return
		}
		if o.Zone == nil {
			o.Zone = time.UTC
		}
		plain, done, err := unpacked(r)
		if err != nil {
			fail(err)
			return
		}
		defer done()
		t, err := openTable(plain, o)
		if err != nil {
			fail(err)
			return
		}
		for {
			cells, err := t.records.next()
			if errors.Is(err, io.EOF) {
				return
			}
			t.row++
			var row ticket.Row
			switch {
			case errors.Is(err, errCells):
				err = t.reject("", "", string(t.records.raw), "this row can't be cut into cells: a quotation mark is open, or stands inside a cell without being doubled",
					"diese Zeile lässt sich nicht in Zellen teilen: ein Anführungszeichen ist offen oder steht unverdoppelt in einer Zelle")
			case errors.Is(err, errLong):
				err = t.reject("", "", string(t.records.raw), "this row is longer than a megabyte", "diese Zeile ist länger als ein Megabyte")
			case err != nil:
				fail(err)
				return
			default:
				row, err = t.read(cells)
			}
			if err != nil {
				row = ticket.Row{}
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// table is a file being read: its heading, and how a row becomes a ticket.Row.
type table struct {
	records *records
	heading []string
	zone    *time.Location
	now     time.Time
	row     int64
	decoded bool // from an encoding in which some bytes mean nothing
	parse   func(*table, []string) (ticket.Row, error)
	number  int // the column of the ticket's number
}

// openTable reads the heading.
func openTable(plain io.Reader, o TicketOptions) (*table, error) {
	t := &table{zone: o.Zone, now: o.Now}
	b := bufio.NewReaderSize(plain, 64<<10)
	start, err := b.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte{0xef, 0xbb, 0xbf}): // the mark says UTF-8, whatever a mapping says
		b.Discard(3) //nolint:errcheck // they were there
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return nil, inUTF16()
	case o.Mapping.Windows1252():
		b = bufio.NewReaderSize(transform.NewReader(b, charmap.Windows1252.NewDecoder()), 64<<10)
		t.decoded = true
	}
	first, err := b.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	first, _, _ = bytes.Cut(bytes.TrimLeft(first, "\r\n"), []byte{'\n'})
	var comma rune
	if o.Mapping.Separator != "" {
		comma = rune(o.Mapping.Separator[0])
	} else {
		comma = separator(first)
	}
	t.records = newRecords(b, comma)
	heading, err := t.records.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, malformed("this file is empty: its first line names the columns", "Diese Datei ist leer: Die erste Zeile nennt die Spalten.")
	case errors.Is(err, errCells), errors.Is(err, errLong):
		return nil, malformed("the first line can't be read as names of columns", "Die erste Zeile lässt sich nicht als Namen von Spalten lesen.")
	case err != nil:
		return nil, err
	case !utf8.Valid(t.records.raw) || bytes.IndexByte(t.records.raw, 0) >= 0:
		return nil, malformed("the first line isn't text in %s: name the encoding in the mapping, or save the file as UTF-8",
			"Die erste Zeile ist kein Text in %s: Die Kodierung in der Zuordnung angeben oder die Datei als UTF-8 speichern.", "UTF-8")
	}
	for _, name := range heading {
		t.heading = append(t.heading, strings.TrimSpace(strings.Clone(name)))
	}
	if o.Format == CSV {
		t.parse, err = mapped(t, o.Mapping)
	} else {
		t.parse, err = audit(t)
	}
	return t, err
}

func inUTF16() error {
	return malformed("this file is in UTF-16: save it as UTF-8 or windows-1252",
		"Diese Datei ist in UTF-16: Als UTF-8 oder windows-1252 speichern.")
}

// separator is the one that the heading holds most often outside of quotes.
func separator(heading []byte) rune {
	var n [3]int
	quoted := false
	for _, c := range heading {
		if c == '"' {
			quoted = !quoted
		} else if i := bytes.IndexByte([]byte(",;\t"), c); i >= 0 && !quoted {
			n[i]++
		}
	}
	best := 0
	for i := range n {
		if n[i] > n[best] {
			best = i
		}
	}
	return rune(",;\t"[best])
}

// What both formats say of a cell, in English and German.
const (
	toCome, toComeDe   = "this instant is still to come", "dieser Zeitpunkt liegt in der Zukunft"
	noState, noStateDe = "this isn't a state that a ticket can be in", "das ist kein Status, den ein Ticket haben kann"
)

// future says that an instant lies after the file can have been read.
func (t *table) future(at time.Time) bool { return !t.now.IsZero() && at.After(t.now) }

// column finds a column by name; a missing one is a fault that lists those
// that exist.
func (t *table) column(field, name string) (int, error) {
	i := slices.Index(t.heading, strings.TrimSpace(name))
	if i >= 0 {
		if slices.Contains(t.heading[i+1:], t.heading[i]) {
			return 0, fault.Invalidf(field, "two columns of this file are called %q: rename one, so that it is clear which is meant",
				"Zwei Spalten dieser Datei heißen %q: Eine umbenennen, damit klar ist, welche gemeint ist.", name)
		}
		return i, nil
	}
	have := t.heading
	if len(have) > 60 {
		have = append(slices.Clone(have[:60]), "…")
	}
	list := clean(strings.Join(have, ", "), 2000)
	return 0, fault.Invalidf(field, "this file has no column %q; it has: %s", "Diese Datei hat keine Spalte %q; sie hat: %s.", name, list)
}

// read makes a row of cells, or a reject.
func (t *table) read(cells []string) (ticket.Row, error) {
	if len(cells) != len(t.heading) {
		return ticket.Row{}, t.reject(t.numberOf(cells), "", strings.Join(cells, " | "), "this row has %d cells and the heading %d",
			"diese Zeile hat %d Zellen und die Kopfzeile %d", len(cells), len(t.heading))
	}
	raw := t.records.raw
	if bytes.IndexByte(raw, 0) >= 0 || !utf8.Valid(raw) || t.decoded && bytes.Contains(raw, []byte("\uFFFD")) {
		for i, c := range cells {
			switch {
			case strings.IndexByte(c, 0) >= 0:
				return ticket.Row{}, t.reject(t.numberOf(cells), t.heading[i], c, "a NUL character isn't text", "ein NUL-Zeichen ist kein Text")
			case !utf8.ValidString(c) || t.decoded && strings.Contains(c, "\uFFFD"):
				return ticket.Row{}, t.reject(t.numberOf(cells), t.heading[i], c, "these bytes aren't text in the file's encoding",
					"diese Bytes sind kein Text in der Kodierung der Datei")
			}
		}
	}
	return t.parse(t, cells)
}

// numberOf is the ticket's number as far as a row that is rejected has one.
func (t *table) numberOf(cells []string) string {
	if t.number < len(cells) {
		if n := strings.TrimSpace(cells[t.number]); len(n) <= ticket.MaxNumber && clean(n, ticket.MaxNumber) == n {
			return n
		}
	}
	return ""
}

func (t *table) reject(number, column, value, en, de string, args ...any) *dataset.Reject {
	return &dataset.Reject{Row: t.row, Number: number, Column: column, Value: clean(value, 200), Reason: text.F(en, de, args...)}
}

// clean makes a source's text fit to be kept and shown, and cuts it to so many
// characters.
func clean(s string, most int) string {
	if len(s) > 4*most {
		s = s[:4*most]
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\u2400")
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most-1]) + "…"
	}
	return s
}
