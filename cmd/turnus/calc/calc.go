// Package calc computes figures from JSON Lines, without server or database
// (CONTRACT.md, section 4). It imports the domain only.
package calc

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// kinds are the figures, a function each: one case in, its result out.
var kinds = []struct {
	name string
	calc func(json.RawMessage) (any, error)
}{
	{"clock", clock},
	{"availability", availabilityOf},
	{"slots", slots},
	{"holidays", holidays},
	{"drill", drill},
}

// Bounds of a case: a year of outages by the minute fits.
const (
	maxLine   = 16 << 20 // bytes
	maxValues = 1_000_000
)

func checkValues(line []byte) error {
	if resource.Values(line) <= maxValues {
		return nil
	}
	return fault.Invalidf("", "a case holds %d values at most", "Ein Fall enthält höchstens %d Werte.", maxValues)
}

// Planned names the kinds of CONTRACT.md that aren't built yet.
func Planned() []string { return []string{"budget", "forecast"} }

// Kinds names those that are built.
func Kinds() []string {
	var all []string
	for _, k := range kinds {
		all = append(all, k.name)
	}
	return all
}

// Lines reads one case a line and writes one result a line, in order. A case
// that can't be computed gives its error and the others go on; then Lines
// fails at the end. The kind is one of Kinds.
func Lines(kind string, in io.Reader, out io.Writer) error {
	for _, k := range kinds {
		if k.name == kind {
			return lines(k.calc, bufio.NewReaderSize(in, 1<<16), bufio.NewWriter(out))
		}
	}
	return fmt.Errorf("unknown kind %q", kind)
}

func lines(one func(json.RawMessage) (any, error), in *bufio.Reader, out *bufio.Writer) error {
	cases, failed := 0, 0
	for {
		line, err := readLine(in)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading the cases: %w", err)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			cases++
			result, ok := answer(one, line)
			if !ok {
				failed++
			}
			if _, err := out.Write(append(result, '\n')); err != nil {
				return fmt.Errorf("writing the results: %w", err)
			}
		}
		if errors.Is(err, io.EOF) || in.Buffered() == 0 { // nobody waits for a full buffer
			if err := out.Flush(); err != nil {
				return fmt.Errorf("writing the results: %w", err)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d cases can't be computed", failed, cases)
	}
	return nil
}

// readLine reads up to a line's end, or as far as a line may go.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return nil, fmt.Errorf("a line is longer than %d bytes: one case stands on a line", maxLine)
		case !errors.Is(err, bufio.ErrBufferFull):
			return line, err
		}
	}
}

// answer computes one case; the answer begins with its id as it was given.
func answer(one func(json.RawMessage) (any, error), line []byte) (written []byte, ok bool) {
	var head struct {
		ID json.RawMessage `json:"id"`
	}
	err := checkValues(line)
	if err == nil {
		err = readJSON(line, &head)
	}
	var result any
	if err == nil {
		result, err = one(line)
	}
	if err != nil {
		result = struct {
			Error problem `json:"error"`
		}{describe(err)}
	}
	if head.ID == nil {
		head.ID = json.RawMessage("null")
	}
	body := asJSON(result)
	written = append([]byte(`{"id":`), asJSON(head.ID)...)
	written = append(append(written, ','), body[1:]...)
	return written, err == nil
}

// problem is what stands in the place of a result.
type problem struct {
	Code   string `json:"code"`
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// describe gives the first fault of an error; the others would come next.
func describe(err error) problem {
	if f := fault.As(err); f != nil {
		return problem{string(f.Code), f.Field, f.Message.String()}
	}
	return problem{string(fault.Internal), "", "unexpected: " + err.Error()}
}

// asJSON encodes what is known to encode, without escapes for HTML.
func asJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("calc: result can't be encoded: " + err.Error())
	}
	return bytes.TrimSpace(b.Bytes())
}

// readJSON decodes into v; the error is a fault that names the field.
func readJSON(b []byte, v any) error {
	err := json.Unmarshal(b, v)
	if err == nil {
		return nil
	}
	var wrong *json.UnmarshalTypeError
	switch f := fault.As(err); {
	case f != nil:
		return f
	case errors.As(err, &wrong):
		return fault.Invalidf(wrong.Field, "a value of the type %s can't stand here", "Ein Wert vom Typ %s kann hier nicht stehen.", wrong.Value)
	}
	return fault.New(fault.Malformed, text.F("the line isn't JSON: %v", "die Zeile ist kein JSON: %s", err))
}
