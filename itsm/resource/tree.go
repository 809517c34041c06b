package resource

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Tree reads JSON as maps, lists, strings, booleans, nil and json.Number, and
// is stricter than encoding/json: a key that stands twice is refused, so are
// NUL, invalid UTF-8 and what is nested too deeply or has too many values
// (bounds.go). The faults name the field.
func Tree(b []byte) (any, error) {
	if len(b) > MaxBytes {
		return nil, TooLarge()
	}
	if !utf8.Valid(b) {
		return nil, fault.Invalidf("", "This isn't UTF-8.", "Das ist nicht UTF-8.")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	left := MaxValues
	v, err := readValue(d, "", 0, &left)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, notJSON(d, nil)
	}
	return v, nil
}

func readValue(d *json.Decoder, path string, depth int, left *int) (any, error) {
	if *left--; *left < 0 {
		return nil, TooLarge()
	}
	if depth > MaxDepth {
		return nil, TooDeep(path)
	}
	t, err := d.Token()
	if err != nil {
		return nil, notJSON(d, err)
	}
	switch t := t.(type) {
	case string:
		return t, CheckText(path, t)
	case json.Delim:
		if t == '[' {
			list := []any{}
			for i := 0; d.More(); i++ {
				v, err := readValue(d, Item(path, i), depth+1, left)
				if err != nil {
					return nil, err
				}
				list = append(list, v)
			}
			return list, readEnd(d)
		}
		m := map[string]any{}
		for d.More() {
			t, err := d.Token()
			if err != nil {
				return nil, notJSON(d, err)
			}
			k := t.(string) // the decoder accepts nothing else here
			if err := CheckText(path, k); err != nil {
				return nil, err
			}
			if _, ok := m[k]; ok {
				return nil, Twice(Below(path, k))
			}
			if m[k], err = readValue(d, Below(path, k), depth+1, left); err != nil {
				return nil, err
			}
		}
		return m, readEnd(d)
	}
	return t, nil // json.Number, bool, nil
}

// readEnd reads the end of a list or of fields.
func readEnd(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return notJSON(d, err)
	}
	return nil
}

// notJSON is the fault of a text that stops being JSON: it says where.
func notJSON(d *json.Decoder, err error) error {
	return fault.New(fault.Malformed, text.F("This isn't JSON any more at byte %d: check quotes, commas and brackets there.",
		"Ab Byte %d ist das kein JSON mehr: Dort Anführungszeichen, Kommas und Klammern prüfen.", d.InputOffset())).Because(err)
}

// CheckText refuses a text that PostgreSQL can't keep.
func CheckText(path, s string) error {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return fault.Invalidf(path, "The text holds NUL or isn't UTF-8: take that out.",
			"Der Text enthält NUL oder ist nicht UTF-8: Das entfernen.")
	}
	return nil
}

// Twice is the fault of a key that stands more than once.
func Twice(path string) error {
	return fault.Invalidf(path, "This stands more than once: leave one of them.",
		"Das steht mehr als einmal da: Nur eines davon stehen lassen.")
}

// cut keeps a path readable, and short: it is copied for every value below it.
func cut(path string) string {
	if len(path) > maxPath {
		return strings.ToValidUTF8(path[:maxPath-3], "") + "…"
	}
	return path
}

// Below is the path of a field.
func Below(path, field string) string {
	field = cut(field)
	if strings.ContainsAny(field, ". []\"") || field == "" {
		return cut(path + "[" + strconv.Quote(field) + "]")
	}
	if path == "" {
		return field
	}
	return cut(path + "." + field)
}

// Item is the path of an item of a list.
func Item(path string, i int) string { return cut(path + "[" + strconv.Itoa(i) + "]") }
