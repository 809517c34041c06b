package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// maxNodes bounds what aliases may blow a stream up to.
const maxNodes = 1_000_000

// yamlDocuments reads a stream of YAML documents; empty ones are skipped.
func yamlDocuments(b []byte) ([]document, error) {
	var docs []document
	d := yaml.NewDecoder(bytes.NewReader(b))
	budget := maxNodes
	for {
		var n yaml.Node
		err := d.Decode(&n)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			what := strings.ToValidUTF8(strings.TrimPrefix(err.Error(), "yaml: "), "")
			return nil, fault.New(fault.Malformed, text.F(
				"This isn't YAML (%.200s): check indentation, colons and quotes there.",
				"Das ist kein YAML (%.200s): dort Einrückung, Doppelpunkte und Anführungszeichen prüfen.", what)).Because(err)
		}
		if len(n.Content) != 1 || n.Content[0].ShortTag() == "!!null" {
			continue
		}
		if len(docs) == MaxResources {
			return nil, tooMany()
		}
		r := reader{budget: &budget}
		tree := r.value(n.Content[0], "", 0)
		if budget < 0 {
			return nil, fault.New(fault.Invalid, text.New("The aliases in here make too much of it: write things out where they are meant.",
				"Die Aliase blähen das zu sehr auf: die Dinge dort ausschreiben, wo sie gemeint sind."))
		}
		docs = append(docs, document{tree, r.faults})
	}
}

// reader turns YAML nodes into the tree that JSON would give.
type reader struct {
	faults []error
	budget *int
}

func (r *reader) say(path, en, de string, args ...any) any {
	r.add(fault.Invalidf(path, en, de, args...))
	return nil
}

func (r *reader) add(err error) {
	if err != nil && len(r.faults) < maxFaults {
		r.faults = append(r.faults, err)
	}
}

func (r *reader) value(n *yaml.Node, path string, depth int) any {
	if *r.budget--; *r.budget < 0 {
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
				"Zusammenführen mit << wird hier nicht verstanden (Zeile %d): die Felder ausschreiben.", k.Line)
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
			"%.40q könnte Zahl oder Text sein: eine Zahl nur mit Ziffern schreiben, einen Text in Anführungszeichen.", n.Value)
	}
	return r.tag(n, path)
}

func (r *reader) tag(n *yaml.Node, path string) any {
	return r.say(path, "The tag %.40q isn't understood here (line %d): leave it out.",
		"Das Tag %.40q wird hier nicht verstanden (Zeile %d): es weglassen.", n.ShortTag(), n.Line)
}
