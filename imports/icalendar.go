package imports

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Bounds of an iCalendar file, so that a hostile one fills neither memory nor
// time. The largest feeds of holidays have some thousand events and a megabyte.
const (
	maxCalendar    = 16 << 20 // bytes, unpacked
	maxContentLine = 64 << 10 // bytes that are kept of an unfolded line
	maxEvents      = 10_000
	maxComponents  = 16 // one inside the other
	maxParams      = 50
	maxZones       = 1_000
)

// contentLine is a line as RFC 5545, section 3.1, has it: unfolded, and cut
// into name, parameters and value.
type contentLine struct {
	line   int64 // of the file, counted from 1, where it begins
	name   string
	params map[string]string // without quotation marks; names in upper case
	value  string
	cut    bool // longer than is kept
	ok     bool // it has a name and a value at all
}

// contentLines reads them one by one. Lines may end in CRLF or LF.
//
// The reading is its own: the libraries for iCalendar hold the whole file, keep
// lines of any length, and follow components into any depth; one of them panics
// on a parameter that is cut off.
type contentLines struct {
	in   *bufio.Reader
	read int64 // bytes
	line int64 // lines that have been begun
	buf  []byte
}

func newContentLines(plain io.Reader) (*contentLines, error) {
	b := bufio.NewReaderSize(plain, 64<<10)
	start, err := b.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte{0xef, 0xbb, 0xbf}):
		b.Discard(3) //nolint:errcheck // they were there
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return nil, inUTF16()
	}
	return &contentLines{in: b}, nil
}

// next gives the next line that isn't empty.
func (c *contentLines) next() (contentLine, error) {
	for {
		l := contentLine{line: c.line + 1}
		c.buf = c.buf[:0]
		err := c.physical(&l)
		for err == nil {
			fold, peek := c.in.Peek(1)
			if len(fold) == 0 || fold[0] != ' ' && fold[0] != '\t' {
				if peek != nil && !errors.Is(peek, io.EOF) {
					err = peek
				}
				break
			}
			c.in.Discard(1) //nolint:errcheck // it was there
			c.read++
			if err = c.physical(&l); errors.Is(err, io.EOF) {
				err = nil // a fold at the end of the file continues nothing
				break
			}
		}
		if err != nil {
			return l, err
		}
		if len(bytes.TrimSpace(c.buf)) > 0 {
			if l.cut {
				c.buf = wholeRunes(c.buf)
			}
			l.parse(decoded1252(c.buf))
			return l, nil
		}
	}
}

// physical appends one line of the file to buf, without its end.
func (c *contentLines) physical(l *contentLine) error {
	begin, began := len(c.buf), false
	for {
		piece, err := c.in.ReadSlice('\n')
		if c.read += int64(len(piece)); c.read > maxCalendar {
			return fault.New(fault.Invalid, text.F("This calendar has more than %d MB: split it.",
				"Dieser Kalender hat mehr als %d MB: Ihn teilen.", maxCalendar>>20))
		}
		if len(piece) > 0 && !began {
			began = true
			c.line++
		}
		if room := maxContentLine + 2 - len(c.buf); len(piece) > room { // 2: the line's end
			piece, l.cut = piece[:max(room, 0)], true
		}
		c.buf = append(c.buf, piece...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && began:
		case err != nil:
			return err
		}
		c.buf = append(c.buf[:begin], bytes.TrimSuffix(bytes.TrimSuffix(c.buf[begin:], []byte{'\n'}), []byte{'\r'})...)
		return nil
	}
}

// wholeRunes takes off a character that a cut went through.
func wholeRunes(b []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if last := b[len(b)-i:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// decoded1252 is text in UTF-8, as RFC 5545 wants it; what isn't that is read
// as windows-1252, in which old programs wrote names.
func decoded1252(b []byte) string {
	if !utf8.Valid(b) {
		if d, err := charmap.Windows1252.NewDecoder().Bytes(b); err == nil {
			return string(d)
		}
	}
	return string(b)
}

// parse cuts NAME;PARAM="VALUE";…:VALUE.
func (l *contentLine) parse(s string) {
	i := strings.IndexAny(s, ";:")
	if i <= 0 || strings.Trim(s[:i], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return
	}
	l.name, s = strings.ToUpper(s[:i]), s[i:]
	for s[0] == ';' {
		end, quoted := -1, false
		for i := 1; i < len(s) && end < 0; i++ {
			switch {
			case s[i] == '"':
				quoted = !quoted
			case !quoted && (s[i] == ';' || s[i] == ':'):
				end = i
			}
		}
		if end < 0 || len(l.params) == maxParams {
			return
		}
		if l.params == nil {
			l.params = map[string]string{}
		}
		name, value, _ := strings.Cut(s[1:end], "=")
		l.params[strings.ToUpper(name)] = strings.ReplaceAll(value, `"`, "")
		s = s[end:]
	}
	l.value, l.ok = s[1:], true
}

// calendarFile is a file: its VEVENTs, each with what vevent holds of it, and what its
// VTIMEZONEs say which zones they mean.
type calendarFile struct {
	events []vevent
	zones  map[string]string // TZID to X-LIC-LOCATION
}

// readCalendar reads a file.
func readCalendar(plain io.Reader) (file calendarFile, err error) {
	lines, err := newContentLines(plain)
	if err != nil {
		return file, err
	}
	file.zones = map[string]string{}
	zone := ""        // the one that is being read
	var open []string // the components around a line
	var begun, cancels bool
	for {
		l, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return file, err
		}
		within := len(open) == 2 && open[1] == "VEVENT"
		switch {
		case len(open) == 0 && (l.name != "BEGIN" || !strings.EqualFold(strings.TrimSpace(l.value), "VCALENDAR")):
			return file, malformed("line %d isn't iCalendar: such a file begins with BEGIN:VCALENDAR; give the .ics itself, not a page about it",
				"Zeile %d ist kein iCalendar: Eine solche Datei beginnt mit BEGIN:VCALENDAR; die .ics-Datei selbst angeben, keine Seite darüber.", l.line)
		case l.name == "BEGIN" && l.ok:
			if len(open) == maxComponents {
				return file, malformed("line %d: more than %d components stand one inside the other", "Zeile %d: Mehr als %d Komponenten stehen ineinander.",
					l.line, maxComponents)
			}
			if open = append(open, strings.ToUpper(strings.TrimSpace(l.value))); len(open) == 1 {
				begun, cancels = true, false
			}
			if len(open) == 2 && open[1] == "VEVENT" {
				if len(file.events) == maxEvents {
					return file, fault.New(fault.Invalid, text.F("This calendar has more than %d events: split it.",
						"Dieser Kalender hat mehr als %d Ereignisse: Ihn teilen.", maxEvents))
				}
				file.events = append(file.events, vevent{line: l.line, cancelled: cancels})
			}
		case l.name == "END" && l.ok:
			if end := strings.ToUpper(strings.TrimSpace(l.value)); end != open[len(open)-1] {
				return file, malformed("line %d ends %.40q where %.40q is open: the file is damaged", "Zeile %d beendet %.40q, wo %.40q offen ist: Die Datei ist beschädigt.",
					l.line, end, open[len(open)-1])
			}
			open = open[:len(open)-1]
		case within:
			file.events[len(file.events)-1].take(l)
		case len(open) == 2 && open[1] == "VTIMEZONE" && l.name == "TZID":
			zone = l.value
		case len(open) == 2 && open[1] == "VTIMEZONE" && l.name == "X-LIC-LOCATION" && len(file.zones) < maxZones:
			file.zones[zone] = l.value
		case len(open) == 1 && l.name == "METHOD":
			cancels = strings.EqualFold(l.value, "CANCEL")
		case len(open) == 1:
			if err := checkCalendar(l); err != nil {
				return file, err
			}
		}
	}
	switch {
	case len(open) > 0:
		return file, malformed("this file is cut off: %.40q isn't ended", "Diese Datei ist abgeschnitten: %.40q ist nicht beendet.", open[len(open)-1])
	case !begun:
		return file, malformed("this file is empty", "Diese Datei ist leer.")
	}
	return file, nil
}

// checkCalendar refuses what a whole calendar can't be read with.
func checkCalendar(l contentLine) error {
	switch v := strings.TrimSpace(l.value); {
	case l.name == "VERSION" && v == "1.0":
		return malformed("this is vCalendar 1.0, which came before iCalendar: export it as iCalendar (VERSION:2.0)",
			"Das ist vCalendar 1.0, der Vorläufer von iCalendar: Als iCalendar exportieren (VERSION:2.0).")
	case l.name == "CALSCALE" && !strings.EqualFold(v, "GREGORIAN"):
		return malformed("this calendar counts in %.40q: only GREGORIAN is understood", "Dieser Kalender rechnet in %.40q: Nur GREGORIAN wird verstanden.", v)
	}
	return nil
}
