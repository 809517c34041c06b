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

// table is a file being read: its heading, and the row that was read last.
type table struct {
	records *records
	heading []string
	zone    *time.Location
	now     time.Time
	layout  string // of instants
	offset  bool   // they say it
	row     int64
	decoded bool // from an encoding in which some bytes mean nothing
	number  int  // the column of what tells which rows belong together; -1: there is none

	uses    map[int][]string // what columns are taken for
	counts  []count          // of each column; none where nobody asked
	partial bool             // the row that was read last isn't whole
	open    int64            // the row of a quotation mark that is open up to the end, as long as no row that makes sense follows
}

// parser makes a row of the cells of a table's row, or a reject.
type parser[R any] func(t *table, cells []string) (R, error)

// rows reads a table that may be packed as .gz or .zip. begin looks at the
// heading. A row that makes no sense comes as *dataset.Reject and reading goes on; any
// other error is the last thing that comes. Memory doesn't depend on the file's
// size.
func rows[R, M any](r io.Reader, o OptionsOf[M], how dataset.Table, begin func(*table) (parser[R], error)) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var none R
		plain, done, err := unpacked(r)
		if err != nil {
			yield(none, err)
			return
		}
		defer done()
		t := &table{zone: o.Zone, now: o.Now, number: -1}
		if t.zone == nil {
			t.zone = time.UTC
		}
		var parse parser[R]
		if err = t.openTable(plain, how, o.Format != Upptime); err == nil {
			parse, err = begin(t)
		}
		if err != nil {
			yield(none, err)
			return
		}
		if o.Content != nil {
			t.begin(o.Content)
		}
		for {
			cells, err := t.records.next()
			if errors.Is(err, io.EOF) {
				t.finish(o.Content)
				return
			}
			t.row++
			row := none
			switch {
			case errors.Is(err, errCells):
				err = t.uncut()
			case errors.Is(err, errLong):
				t.partial = true
				err = t.reject("", "", string(t.records.raw), "this row is longer than a megabyte", "diese Zeile ist länger als ein Megabyte")
			case err != nil:
				yield(none, err)
				return
			default:
				if err = t.check(cells); err == nil {
					row, err = parse(t, cells)
				}
			}
			if err != nil {
				row = none
			} else {
				t.open = 0
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// openTable reads the heading. quoted: cells may stand in quotation marks.
func (t *table) openTable(plain io.Reader, how dataset.Table, quoted bool) error {
	t.layout, t.offset = how.Layout()
	b := bufio.NewReaderSize(plain, 64<<10)
	start, err := b.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case bytes.HasPrefix(start, []byte{0xef, 0xbb, 0xbf}): // the mark says UTF-8, whatever a mapping says
		b.Discard(3) //nolint:errcheck // they were there
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return inUTF16()
	case how.Windows1252():
		b = bufio.NewReaderSize(transform.NewReader(b, charmap.Windows1252.NewDecoder()), 64<<10)
		t.decoded = true
	}
	comma, err := separator(b, how.Separator)
	if err != nil {
		return err
	}
	t.records = newRecords(b, comma)
	t.records.plain = !quoted
	heading, err := t.records.next()
	switch {
	case errors.Is(err, io.EOF):
		return malformed("this file is empty: its first line names the columns", "Diese Datei ist leer: Die erste Zeile nennt die Spalten.")
	case errors.Is(err, errCells), errors.Is(err, errLong):
		return malformed("the first line can't be read as names of columns", "Die erste Zeile lässt sich nicht als Namen von Spalten lesen.")
	case err != nil:
		return err
	case !utf8.Valid(t.records.raw) || bytes.IndexByte(t.records.raw, 0) >= 0:
		return malformed("the first line isn't text in %s: name the encoding in the mapping, as in encoding: windows-1252, or save the file as UTF-8",
			"Die erste Zeile ist kein Text in %s: Die Kodierung in der Zuordnung angeben, etwa encoding: windows-1252, oder die Datei als UTF-8 speichern.", "UTF-8")
	}
	for _, name := range heading {
		if strings.Contains(name, "\r") {
			return malformed("the lines of this file end in carriage returns alone: save it with line feeds, as \"CSV UTF-8\" does",
				"Die Zeilen dieser Datei enden nur mit Wagenrücklauf (CR): Mit Zeilenvorschub (LF) speichern, etwa als „CSV UTF-8“.")
		}
		t.heading = append(t.heading, strings.TrimSpace(strings.Clone(name)))
	}
	t.uses = map[int][]string{}
	return nil
}

func inUTF16() error {
	return malformed("this file is in UTF-16: save it as UTF-8 or windows-1252",
		"Diese Datei ist in UTF-16: Als UTF-8 oder windows-1252 speichern.")
}

// separator finds out what separates the cells: what a first line like sep=;
// says, which is Excel's and no heading, else what the mapping says, else the
// one that the heading holds most often outside of quotes.
func separator(b *bufio.Reader, mapped string) (rune, error) {
	first, err := firstLine(b)
	if err != nil {
		return 0, err
	}
	line := bytes.Trim(bytes.TrimRight(first, "\r\n"), `"`)
	if len(line) > 3 && bytes.EqualFold(line[:4], []byte("sep=")) {
		said := line[4:]
		if len(said) != 1 || !bytes.Contains([]byte(",;\t"), said) {
			return 0, malformed("the first line says that %.20q separates the cells: only , ; and tabs are read",
				"Laut erster Zeile trennt %.20q die Zellen: Gelesen werden nur Komma, Semikolon und Tabulator.", string(said))
		}
		b.Discard(len(first)) //nolint:errcheck // it was peeked at
		return rune(said[0]), nil
	}
	if mapped != "" {
		return rune(mapped[0]), nil
	}
	var n [3]int
	quoted := false
	for _, c := range first {
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
	return rune(",;\t"[best]), nil
}

// firstLine drops empty lines and looks at the one after them, its line break
// included, as far as it is at hand.
func firstLine(b *bufio.Reader) ([]byte, error) {
	for {
		ahead, err := b.Peek(64 << 10)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		empty := len(ahead) - len(bytes.TrimLeft(ahead, "\r\n"))
		b.Discard(empty) //nolint:errcheck // they were peeked at
		if ahead = ahead[empty:]; empty == 0 || len(ahead) > 0 {
			if end := bytes.IndexByte(ahead, '\n'); end >= 0 {
				ahead = ahead[:end+1]
			}
			return ahead, nil
		}
	}
}

// What several formats say of a cell, in English and German.
const (
	toCome, toComeDe   = "this instant is still to come", "dieser Zeitpunkt liegt in der Zukunft"
	noState, noStateDe = "this isn't a state that a ticket can be in", "das ist kein Status, den ein Ticket haben kann"
)

// future says that an instant lies after the file can have been read.
func (t *table) future(at time.Time) bool { return !t.now.IsZero() && at.After(t.now) }

// wanted is a column that a format or a mapping names, and what for; without a
// name it isn't.
type wanted struct{ use, name string }

// columns finds columns by name, and notes what they are for; of those without
// a name the place is -1. Faults are at their use below the field.
func (t *table) columns(field string, all []wanted) ([]int, error) {
	at := make([]int, len(all))
	var faults fault.List
	var missing []wanted
	named := map[string]bool{}
	for i, w := range all {
		if at[i] = -1; w.name == "" {
			continue
		}
		name := strings.TrimSpace(w.name)
		again := named[name]
		named[name] = true
		at[i] = slices.Index(t.heading, name)
		switch {
		case at[i] < 0 && !again:
			missing = append(missing, w)
		case at[i] < 0:
		case slices.Contains(t.heading[at[i]+1:], name):
			faults.Say(below(field, w.use), "several columns of this file are called %q: rename all but one, so that it is clear which is meant",
				"Mehrere Spalten dieser Datei heißen %q: Alle bis auf eine umbenennen, damit klar ist, welche gemeint ist.", name)
		default:
			t.uses[at[i]] = append(t.uses[at[i]], w.use)
		}
	}
	if len(missing) > 0 {
		faults.Add(t.lacks(field, missing, len(named)))
	}
	return at, faults.Err()
}

func below(field, use string) string {
	if field == "" {
		return ""
	}
	return field + "." + use
}

// lacks says which of so many columns the file doesn't have, and those that it
// has.
func (t *table) lacks(field string, missing []wanted, named int) error {
	names := make([]text.Text, len(missing))
	for i, w := range missing {
		names[i] = text.F("%.80q", "%.80q", w.name)
	}
	lacking := text.Join(names[:min(len(names), 20)], ", ")
	have := t.heading
	if len(have) > 60 {
		have = append(slices.Clone(have[:60]), "…")
	}
	list := clean(strings.Join(have, ", "), 2000)
	if 2*len(missing) > named {
		return fault.Invalidf(field, "this looks like another export, or one in another language: of %d columns it has no %s; it has: %s",
			"Das sieht nach einem anderen Export aus oder nach einem in anderer Sprache: Von %d Spalten fehlen %s; vorhanden sind: %s.", named, lacking, list)
	}
	return fault.Invalidf(below(field, missing[0].use), "this file has no column %s; it has: %s", "Diese Datei hat keine Spalte %s; sie hat: %s.", lacking, list)
}

// check rejects a row whose cells can't be those of the heading, or aren't text.
func (t *table) check(cells []string) error {
	cells[0] = strings.TrimPrefix(cells[0], "\ufeff") // files that were put together have marks inside
	if t.partial = len(cells) < len(t.heading); len(cells) != len(t.heading) {
		return t.reject(t.numberOf(cells), "", strings.Join(cells, " | "), "this row has %d cells and the heading %d",
			"diese Zeile hat %d Zellen und die Kopfzeile %d", len(cells), len(t.heading))
	}
	if t.repeats(cells) {
		return t.reject("", "", strings.Join(cells, " | "), "this is the heading once more: the file was put together from several",
			"das ist noch einmal die Kopfzeile: die Datei ist aus mehreren zusammengesetzt")
	}
	for i := range t.counts {
		t.counts[i].add(known(cells[i]))
	}
	raw := t.records.raw
	if bytes.IndexByte(raw, 0) >= 0 || !utf8.Valid(raw) || t.decoded && bytes.Contains(raw, []byte("\uFFFD")) {
		for i, c := range cells {
			switch {
			case strings.IndexByte(c, 0) >= 0:
				return t.reject(t.numberOf(cells), t.heading[i], c, "a NUL character isn't text", "ein NUL-Zeichen ist kein Text")
			case !utf8.ValidString(c) || t.decoded && strings.Contains(c, "\uFFFD"):
				return t.reject(t.numberOf(cells), t.heading[i], c, "these bytes aren't text in the file's encoding: give the right one as the mapping's encoding, utf-8 or windows-1252",
					"diese Bytes sind kein Text in der Kodierung der Datei: In der Zuordnung unter encoding die richtige angeben, utf-8 oder windows-1252")
			}
		}
	}
	return nil
}

// repeats says that a row is the heading again.
func (t *table) repeats(cells []string) bool {
	if n := max(t.number, 0); strings.TrimSpace(cells[n]) != t.heading[n] {
		return false
	}
	for i, c := range cells {
		if strings.TrimSpace(c) != t.heading[i] {
			return false
		}
	}
	return true
}

// uncut rejects a row that can't be cut into cells.
func (t *table) uncut() error {
	t.partial = true
	if t.records.openToEnd && t.open == 0 {
		t.open = t.row
	}
	return t.reject("", "", string(t.records.raw), "this row can't be cut into cells: a quotation mark is open, or stands inside a cell without being doubled",
		"diese Zeile lässt sich nicht in Zellen teilen: ein Anführungszeichen ist offen oder steht unverdoppelt in einer Zelle")
}

// numberOf is what tells which rows belong together, as far as a row that is
// rejected has it.
func (t *table) numberOf(cells []string) string {
	if t.number >= 0 && t.number < len(cells) {
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
