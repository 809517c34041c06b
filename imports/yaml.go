package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// yamlDocuments reads a stream of YAML documents, one at a time; empty ones are
// skipped.
//
// The library keeps about 200 bytes for each value before anybody can count
// them, so the text is measured first. What aliases stand for is counted where
// it is written out.
func yamlDocuments(b []byte) iter.Seq2[document, error] {
	return func(yield func(document, error) bool) {
		if err := measure(b); err != nil {
			yield(document{}, err)
			return
		}
		d := yaml.NewDecoder(bytes.NewReader(b))
		room := allowance{values: resource.MaxInAll, bytes: maxExpanded}
		for n := 0; ; {
			var node yaml.Node
			err := d.Decode(&node)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				what := strings.ToValidUTF8(strings.TrimPrefix(err.Error(), "yaml: "), "")
				yield(document{}, fault.New(fault.Malformed, text.F(
					"This isn't YAML (%.200s): check indentation, colons and quotes there.",
					"Das ist kein YAML (%.200s): Dort Einrückung, Doppelpunkte und Anführungszeichen prüfen.", what)).Because(err))
				return
			}
			if len(node.Content) != 1 || node.Content[0].ShortTag() == "!!null" {
				continue
			}
			if n++; n > MaxResources {
				yield(document{}, tooMany())
				return
			}
			r := reader{room: &room, left: resource.MaxValues}
			tree := r.value(node.Content[0], "", 0)
			if r.spent() {
				yield(document{}, fault.New(fault.Invalid, text.New("The aliases in here make too much of it: write things out where they are meant.",
					"Die Aliase blähen das zu sehr auf: Die Dinge dort ausschreiben, wo sie gemeint sind.")))
				return
			}
			if !yield(document{tree, r.faults}, nil) {
				return
			}
		}
	}
}

// maxExpanded bounds the texts of a stream with its aliases written out. What
// has none stays below it: an escape becomes at most half as long again.
const maxExpanded = MaxResourceBytes * 3 / 2

// directive is how many values a %TAG counts for: the library compares each
// with all before it.
const directive = 1000

// measure refuses a stream with too many values or documents. No value comes
// without an indicator before it; a line that begins with --- begins a
// document wherever it stands.
func measure(b []byte) error {
	documents, from, one, all := 1, 0, 0, 0
	start := true // of a line
	for i, c := range b {
		next := byte('\n')
		if i+1 < len(b) {
			next = b[i+1]
		}
		n := 0
		switch {
		case c == ',' || c == '[' || c == '{' || c == ':':
			n = 1
		case start && c == '%':
			n = directive
		case start && (bytes.HasPrefix(b[i:], []byte("---")) || bytes.HasPrefix(b[i:], []byte("..."))):
			documents++
			from, one = i, 0
		case (c == '-' || c == '?') && (next <= ' ' || next >= utf8.RuneSelf):
			n = 1
		}
		one, all = one+n, all+n
		start = c == '\n' || c == '\r' || c >= utf8.RuneSelf && breaks(b[:i+1])
		switch {
		case one > resource.MaxValues, i-from > resource.MaxBytes:
			return resource.TooLarge()
		case all > resource.MaxInAll:
			return tooMuch()
		case documents > 2*MaxResources+1: // between two there may be an empty one
			return tooMany()
		}
	}
	return nil
}

// breaks says that a text ends with one of Unicode's own line breaks, which
// YAML knows, too.
func breaks(b []byte) bool {
	r, _ := utf8.DecodeLastRune(b)
	return r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// allowance is what a stream may still hold.
type allowance struct{ values, bytes int }

// reader turns YAML nodes into the tree that JSON would give.
type reader struct {
	faults []error
	room   *allowance
	left   int // values of this document
}

func (r *reader) spent() bool { return r.left < 0 || r.room.values < 0 || r.room.bytes < 0 }

// take counts a value with its text.
func (r *reader) take(text string) bool {
	r.left--
	r.room.values--
	r.room.bytes -= len(text)
	return !r.spent()
}

func (r *reader) say(path, en, de string, args ...any) any {
	r.add(fault.Invalidf(path, en, de, args...))
	return nil
}

func (r *reader) add(err error) {
	if err != nil && len(r.faults) < fault.Most {
		r.faults = append(r.faults, err)
	}
}

func (r *reader) value(n *yaml.Node, path string, depth int) any {
	if !r.take(n.Value) {
		return nil
	}
	if depth > resource.MaxDepth {
		r.add(resource.TooDeep(path))
		return nil
	}
	switch n.Kind {
	case yaml.AliasNode:
		return r.value(n.Alias, path, depth+1) // one may stand for itself
	case yaml.SequenceNode:
		if n.ShortTag() != "!!seq" {
			return r.tag(n, path)
		}
		list := make([]any, 0, len(n.Content))
		for i, e := range n.Content {
			if r.spent() {
				return nil
			}
			list = append(list, r.value(e, resource.Item(path, i), depth+1))
		}
		return list
	case yaml.MappingNode:
		if n.ShortTag() != "!!map" {
			return r.tag(n, path)
		}
		return r.fields(n, path, depth)
	}
	return r.scalar(n, path)
}

func (r *reader) fields(n *yaml.Node, path string, depth int) any {
	m := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		if k.Kind != yaml.ScalarNode {
			return r.say(path, "The name of a field is a text, not a list or more fields (line %d).",
				"Der Name eines Feldes ist ein Text, keine Liste und keine Felder (Zeile %d).", k.Line)
		}
		if k.ShortTag() == "!!merge" {
			return r.say(path, "Merging with << isn't understood here (line %d): write the fields out.",
				"Zusammenführen mit << wird hier nicht verstanden (Zeile %d): Die Felder ausschreiben.", k.Line)
		}
		if r.room.bytes -= len(k.Value); r.spent() {
			return nil
		}
		below := resource.Below(path, k.Value)
		if err := resource.CheckText(path, k.Value); err != nil {
			r.add(err)
			continue
		}
		if _, ok := m[k.Value]; ok {
			r.add(resource.Twice(below))
			continue
		}
		m[k.Value] = r.value(n.Content[i+1], below, depth+1)
	}
	return m
}

// number is how JSON writes one; YAML also knows 0x1F, 1_000, 0o7 and .5.
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

func (r *reader) scalar(n *yaml.Node, path string) any {
	switch n.ShortTag() {
	case "!!str", "!!timestamp": // a date stays as it was written
		r.add(resource.CheckText(path, n.Value))
		return n.Value
	case "!!null":
		return nil
	case "!!bool":
		switch strings.ToLower(n.Value) {
		case "true":
			return true
		case "false":
			return false
		}
	case "!!int", "!!float":
		if number.MatchString(n.Value) {
			return json.Number(n.Value)
		}
		return r.say(path, "%.40q could be a number or a text: write a number with digits only, a text in quotes.",
			"%.40q könnte Zahl oder Text sein: Eine Zahl nur mit Ziffern schreiben, einen Text in Anführungszeichen.", n.Value)
	}
	return r.tag(n, path)
}

func (r *reader) tag(n *yaml.Node, path string) any {
	return r.say(path, "The tag %.40q isn't understood here (line %d): leave it out.",
		"Das Tag %.40q wird hier nicht verstanden (Zeile %d): Es weglassen.", n.ShortTag(), n.Line)
}
