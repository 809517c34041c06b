package receipt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
)

// Reader reads a file of receipts as a stream. What it gives is as the file
// has it: nothing is believed yet. Errors are faults that say at which byte.
type Reader struct {
	Head Head
	List string // the name of the list

	raw   map[string]json.RawMessage // the members besides the list, as they stand
	in    io.Reader
	buf   []byte // read from it
	next  int    // the place in buf
	sum   hash.Hash
	at    int64 // bytes read
	one   []byte
	begun bool   // the list has
	ended bool   // the file has
	said  string // the seal that the file names
	seal  string // the seal that its bytes have
}

// Open reads up to the list.
func Open(r io.Reader) (*Reader, error) {
	x := &Reader{in: r, sum: sha256.New(), raw: map[string]json.RawMessage{}}
	if err := x.expect("{"); err != nil {
		return nil, err
	}
	room, stray := int64(maxHead), ""
	for next, n := 0, 0; ; n++ {
		if n > 0 {
			if err := x.expect(","); err != nil {
				return nil, err
			}
		}
		name, err := x.name()
		if err != nil {
			return nil, err
		}
		if next == len(members) {
			x.List = name
			break
		}
		from := x.at
		value, err := x.value(nil, room)
		if err != nil {
			return nil, err
		}
		room -= x.at - from
		switch {
		case name == members[next]:
			x.raw[name] = value
			next++
		case x.raw["format"] != nil || n == 100:
			return nil, x.strange(name, members[next])
		case stray == "" && name != "format":
			stray = name // another version may have it: first the format
		}
		if name != "format" {
			continue
		}
		var format string
		if json.Unmarshal(value, &format) != nil || format != Format {
			return nil, malformed("the file is of the format %.60s, and this turnus reads %s: use a turnus that knows it",
				"Die Datei hat das Format %.60s, diese Turnus-Version liest %s: Eine Version verwenden, die es kennt.", value, Format)
		}
		if stray != "" || x.raw["format"] == nil {
			return nil, x.strange(stray, members[0])
		}
	}
	return x, x.head()
}

func (x *Reader) strange(name, want string) error {
	return malformed("this isn't a file of exported receipts: %.60q stands where %q belongs",
		"Das ist keine Datei exportierter Belege: %.60q steht, wo %q hingehört.", name, want)
}

// head decodes the members before the list.
func (x *Reader) head() error {
	h := &x.Head
	h.Frozen = x.raw["frozen"]
	for _, m := range []struct {
		name string
		into any
	}{{"figures", &h.Figures}, {"process", &h.Process}, {"report", &h.Report}, {"round", &h.Round}, {"run", &h.Run}} {
		if err := Decode(x.raw[m.name], m.into); err != nil {
			return Unreadable(m.name, err)
		}
	}
	return x.expect("[")
}

// Next gives the bytes of the next case, valid until the one after it; io.EOF
// at the end of the list, when the rest of the file has been read as well.
func (x *Reader) Next() ([]byte, error) {
	if x.ended {
		return nil, io.EOF
	}
	b, err := x.peek()
	if err != nil {
		return nil, err
	}
	switch {
	case b == ']':
		x.ended = true
		if err := x.end(); err != nil {
			return nil, err
		}
		return nil, io.EOF
	case x.begun:
		if err := x.expect(","); err != nil {
			return nil, err
		}
	}
	x.begun = true
	x.one, err = x.value(x.one[:0], maxCase)
	return x.one, err
}

// end reads what follows the list, to the last byte.
func (x *Reader) end() error {
	err := x.expect(`],"totals":`)
	if err == nil {
		x.raw["totals"], err = x.value(nil, maxHead)
	}
	if err != nil {
		return err
	}
	x.seal = hex.EncodeToString(x.sum.Sum(nil))
	if err := x.expect(`,"verification":{"sha256":`); err != nil {
		return err
	}
	said, err := x.value(nil, 200)
	if err != nil {
		return err
	}
	if json.Unmarshal(said, &x.said) != nil {
		return Unreadable("verification.sha256", nil)
	}
	if err := x.expect("}}\n"); err != nil {
		return err
	}
	more := x.next < len(x.buf)
	if !more {
		n, err := io.ReadFull(x.in, make([]byte, 1))
		if more = n > 0; !more && !errors.Is(err, io.EOF) {
			return err
		}
	}
	if more {
		return malformed("the file goes on after its end, at byte %d", "Die Datei geht nach ihrem Ende weiter, bei Byte %d.", x.at)
	}
	return nil
}

// Again reads the file anew from its start, up to the list. What can't be read
// twice, as a pipe, is an error.
func (x *Reader) Again() (*Reader, error) {
	s, ok := x.in.(io.Seeker)
	if ok {
		_, err := s.Seek(0, io.SeekStart)
		ok = err == nil
	}
	if !ok {
		return nil, malformed("this file has to be read twice, since a workload limit voids targets in it: give it by its name, not through a pipe",
			"Diese Datei muss zweimal gelesen werden, weil in ihr eine Mengengrenze Ziele aufhebt: Den Dateinamen angeben statt einer Pipe.")
	}
	return Open(x.in)
}

// Totals are what the cases come to, as the file has it; nil before the end of
// the list.
func (x *Reader) Totals() []byte { return x.raw["totals"] }

// expect reads exactly these bytes.
func (x *Reader) expect(want string) error {
	for i := range len(want) {
		b, err := x.peek()
		if err != nil {
			return err
		}
		if b != want[i] {
			return x.odd(b, want[i:i+1])
		}
		x.skip()
	}
	io.WriteString(x.sum, want)
	return nil
}

// name reads a member's name with its colon.
func (x *Reader) name() (string, error) {
	if b, err := x.peek(); err != nil || b != '"' {
		if err == nil {
			err = x.odd(b, `"`)
		}
		return "", err
	}
	raw, err := x.value(nil, 200)
	if err != nil {
		return "", err
	}
	var name string
	if json.Unmarshal(raw, &name) != nil {
		return "", Unreadable("", nil)
	}
	return name, x.expect(":")
}

// value reads one JSON value, of at most so many bytes, into b. It finds the
// end and no more: whoever decodes it checks it.
func (x *Reader) value(b []byte, most int64) ([]byte, error) {
	start, depth, quoted, text := len(b), 0, false, 0
	for {
		c, err := x.peek()
		if err != nil {
			return b, err
		}
		if int64(len(b)-start) >= most || quoted && len(b)-text > maxText {
			return b, malformed("up to byte %d stands more than one part of such a file may have", "Bis Byte %d steht mehr, als ein Teil einer solchen Datei haben darf.", x.at)
		}
		over := false // the value ends with this byte
		switch {
		case quoted:
			switch c {
			case '\\':
				b = append(b, c)
				x.skip()
				if c, err = x.peek(); err != nil {
					return b, err
				}
			case '"':
				quoted = false
				over = depth == 0
			}
		case c == '"':
			quoted, text = true, len(b)
			if depth == 0 && len(b) > start {
				return b, x.odd(c, ",")
			}
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']' || c == ',':
			if depth == 0 {
				if len(b) == start {
					return b, x.odd(c, "a value")
				}
				x.sum.Write(b[start:])
				return b, nil
			}
			if c != ',' {
				depth--
				over = depth == 0
			}
		case c <= ' ':
			return b, x.odd(c, "")
		}
		b = append(b, c)
		x.skip()
		if over {
			x.sum.Write(b[start:])
			return b, nil
		}
	}
}

// peek looks at the next byte.
func (x *Reader) peek() (byte, error) {
	if x.next < len(x.buf) {
		return x.buf[x.next], nil
	}
	if x.buf == nil {
		x.buf = make([]byte, 0, 64<<10)
	}
	n, err := io.ReadAtLeast(x.in, x.buf[:cap(x.buf)], 1)
	x.buf, x.next = x.buf[:n], 0
	switch {
	case n > 0:
		return x.buf[0], nil
	case !errors.Is(err, io.EOF):
		return 0, err
	case x.at == 0:
		return 0, malformed("the file is empty", "Die Datei ist leer.")
	}
	return 0, malformed("the file ends after %d bytes, before its end: it isn't complete; export it again",
		"Die Datei endet nach %d Byte, vor ihrem Ende, und ist unvollständig: Neu exportieren.", x.at)
}

// skip passes the byte that was looked at.
func (x *Reader) skip() {
	x.next++
	x.at++
}

func (x *Reader) odd(b byte, want string) error {
	if b <= ' ' {
		return malformed("white space at byte %d: a file of exported receipts (turnus report RUN --receipts -o FILE) has none between its values; was it formatted anew?",
			"Leerraum bei Byte %d: Eine Datei exportierter Belege (turnus report RUN --receipts -o DATEI) hat keinen zwischen ihren Werten; wurde sie neu formatiert?", x.at)
	}
	return malformed("this isn't a file of exported receipts: %q at byte %d, where %s belongs (turnus report RUN --receipts -o FILE writes one)",
		"Das ist keine Datei exportierter Belege: %q bei Byte %d, wo %s hingehört (turnus report RUN --receipts -o DATEI schreibt eine).", b, x.at, want)
}

// Decode decodes a part of a file that may hold nothing unknown.
func Decode(raw []byte, into any) error {
	if resource.Values(raw) > maxValues {
		return malformed("this holds more than %d values: no such file does", "Das enthält mehr als %d Werte: Keine solche Datei hat so viele.", maxValues)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// Unreadable says that a part of a file, at a place, can't be decoded.
func Unreadable(place string, cause error) error {
	if f := fault.As(cause); f != nil {
		return f.At(place)
	}
	if cause == nil {
		cause = errors.New("a text is expected")
	}
	return malformed("this can't be read: %v", "Das ist nicht lesbar: %s.", cause).At(place)
}
