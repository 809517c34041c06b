package imports

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// maxRecord bounds one row of a file, line breaks in quotes included.
const maxRecord = 1 << 20

// records cuts a file into its rows and each row into cells, with encoding/csv.
//
// The cutting is its own, so that a row that can't be read costs that row only:
// after an unclosed quote reading goes on with the next line, where
// encoding/csv would have swallowed the rest of the file into one cell.
type records struct {
	in    *bufio.Reader
	comma rune
	plain bool   // quotation marks are characters like others
	held  []byte // read ahead and not yet given out
	ended bool
	cells *csv.Reader
	hand  hand
	raw   []byte // the record that was given out last

	newline   bool  // a line break ended what was given out last
	openToEnd bool  // of a row that can't be cut: a cell's quotation mark is open up to the end of the file
	inRead    error // what reading the file said, after the held bytes
}

// hand gives encoding/csv one record at a time.
type hand struct{ rest []byte }

func (h *hand) Read(p []byte) (int, error) {
	if len(h.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, h.rest)
	h.rest = h.rest[n:]
	return n, nil
}

func newRecords(in io.Reader, comma rune) *records {
	r := &records{in: bufio.NewReaderSize(in, 64<<10), comma: comma}
	r.fresh()
	return r
}

func (r *records) fresh() {
	r.cells = csv.NewReader(&r.hand)
	r.cells.Comma = r.comma
	r.cells.ReuseRecord = true
	r.cells.FieldsPerRecord = -1
}

// more reads another line into held; false at the end of the file.
func (r *records) more() bool {
	for !r.ended {
		line, err := r.in.ReadSlice('\n')
		r.held = append(r.held, line...)
		switch {
		case err == nil:
			return true
		case errors.Is(err, bufio.ErrBufferFull):
			if len(r.held) > maxRecord {
				return true // next cuts it off there
			}
		default:
			r.ended = true
			if !errors.Is(err, io.EOF) {
				r.inRead = err
			}
			return len(line) > 0
		}
	}
	return false
}

// errCells says that a row can't be cut into cells; errLong, that it is longer
// than maxRecord.
var (
	errCells = errors.New("cells")
	errLong  = errors.New("long")
)

// next gives the cells of the next row that isn't empty. The slice is used
// again by the next call.
func (r *records) next() ([]string, error) {
	for {
		line := bytes.IndexByte(r.held, '\n') + 1
		if line == 0 {
			more := r.more()
			if r.inRead != nil {
				return nil, r.inRead
			}
			if line = bytes.IndexByte(r.held, '\n') + 1; line == 0 {
				if len(r.held) == 0 && !more {
					return nil, io.EOF
				}
				if len(r.held) > maxRecord {
					return nil, r.skipLine()
				}
				line = len(r.held)
			}
		}
		// A row ends where a line ends and every quote before is closed.
		end, open, atEnd := line, !r.plain && odd(r.held[:line]), false
		for open {
			from := end
			if next := bytes.IndexByte(r.held[from:], '\n') + 1; next > 0 {
				end = from + next
			} else if r.more() {
				if r.inRead != nil {
					return nil, r.inRead
				}
				if next := bytes.IndexByte(r.held[from:], '\n') + 1; next > 0 {
					end = from + next
				} else {
					end = len(r.held)
				}
			} else {
				atEnd = true
				break
			}
			if odd(r.held[from:end]) {
				open = false
			}
			if end > maxRecord {
				break
			}
		}
		if open { // a quote that is never closed: this line is lost, the others aren't
			r.openToEnd = atEnd && inQuotes(r.held, r.comma)
			r.give(line)
			return nil, errCells
		}
		if len(bytes.TrimRight(r.held[:end], "\r\n")) == 0 {
			r.give(end)
			continue
		}
		r.raw = r.held[:end]
		if r.plain {
			cells := strings.Split(strings.TrimRight(string(r.raw), "\r\n"), string(r.comma))
			r.give(end)
			return cells, nil
		}
		r.hand.rest = r.raw
		cells, err := r.cells.Read()
		if err != nil || len(r.hand.rest) > 0 {
			r.hand.rest = nil
			r.fresh()
			r.openToEnd = false
			r.give(line)
			return nil, errCells
		}
		r.give(end)
		return cells, nil
	}
}

// give takes the first n held bytes as given out; raw shows them until the
// next call.
func (r *records) give(n int) {
	r.raw = r.held[:n]
	r.held = r.held[n:]
	r.newline = bytes.HasSuffix(r.raw, []byte{'\n'})
	if len(r.held) == 0 && cap(r.held) < 4096 {
		r.held = make([]byte, 0, 128<<10)
	}
}

// skipLine drops a line that is longer than a row may be.
func (r *records) skipLine() error {
	r.raw = append([]byte(nil), r.held[:200]...)
	r.held = r.held[:0]
	r.newline = true
	for {
		_, err := r.in.ReadSlice('\n')
		switch {
		case err == nil:
			return errLong
		case !errors.Is(err, bufio.ErrBufferFull):
			r.ended, r.newline = true, false
			if !errors.Is(err, io.EOF) {
				r.inRead = err
			}
			return errLong
		}
	}
}

func odd(b []byte) bool { return bytes.Count(b, []byte{'"'})%2 == 1 }

// inQuotes says whether what remains of a file ends inside a cell in quotation
// marks, and is written as it should be up to there.
func inQuotes(b []byte, comma rune) bool {
	quoted, begins := false, true // a cell
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case quoted && c == '"':
			if i+1 < len(b) && b[i+1] == '"' {
				i++
				continue
			}
			quoted = false
			if i+1 < len(b) && b[i+1] != byte(comma) && b[i+1] != '\n' && b[i+1] != '\r' {
				return false
			}
		case quoted:
		case c == '"' && !begins:
			return false
		case c == '"':
			quoted = true
		}
		begins = !quoted && (c == byte(comma) || c == '\n')
	}
	return quoted
}
