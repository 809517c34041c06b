package receipt

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// trees compares decoded JSON, member by member. Elements of lists that have
// names of their own are matched by them, others by their place.
func (c *Comparison) trees(place string, file, again any) {
	switch a := file.(type) {
	case map[string]any:
		if b, ok := again.(map[string]any); ok {
			c.objects(place, a, b)
			return
		}
	case []any:
		if b, ok := again.([]any); ok {
			c.lists(place, a, b)
			return
		}
	}
	c.same(place, shown(file), shown(again))
}

const nothing = "nothing"

func (c *Comparison) objects(place string, file, again map[string]any) {
	names := slices.Collect(maps.Keys(file))
	for name := range again {
		if _, ok := file[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		a, inFile := file[name]
		b, computed := again[name]
		at := place + "." + shorten(name)
		switch {
		case !computed:
			c.Add(at, shown(a), nothing)
		case !inFile:
			c.Add(at, nothing, shown(b))
		default:
			c.trees(at, a, b)
		}
	}
}

func (c *Comparison) lists(place string, file, again []any) {
	a, named := labels(file)
	b, both := labels(again)
	if named && both {
		c.named(place, file, again, a, b)
		return
	}
	for i := range max(len(file), len(again)) {
		at := place + "[" + strconv.Itoa(i) + "]"
		switch {
		case i >= len(again):
			c.Add(at, shown(file[i]), nothing)
		case i >= len(file):
			c.Add(at, nothing, shown(again[i]))
		default:
			c.trees(at, file[i], again[i])
		}
	}
}

// named compares lists whose elements are told apart by a and b.
func (c *Comparison) named(place string, file, again []any, a, b []string) {
	at := func(label string) string { return Place(place, label) }
	where := make(map[string]int, len(b))
	for i, label := range b {
		where[label] = i
	}
	before := c.total()
	for i, label := range a {
		j, ok := where[label]
		if !ok {
			c.Add(at(label), shown(file[i]), nothing)
			continue
		}
		delete(where, label)
		c.trees(at(label), file[i], again[j])
	}
	for j, label := range b {
		if _, left := where[label]; left {
			c.Add(at(label), nothing, shown(again[j]))
		}
	}
	if c.total() > before {
		return
	}
	for i := range a { // the same ones
		if a[i] != b[i] {
			c.Add(place+"["+strconv.Itoa(i)+"]", a[i], b[i])
			return
		}
	}
}

// labels name the elements of a list, if each has a name and no two the same.
func labels(list []any) ([]string, bool) {
	seen := make(map[string]bool, len(list))
	var all []string
	for _, v := range list {
		o, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		var words []string
		own := "target"
		if _, ok := o["name"]; ok {
			own = "name"
		}
		for _, name := range [...]string{"agreement", "group", own, "version"} {
			w := o[name]
			if spec, ok := w.(map[string]any); ok { // of a target, or a group
				w = spec["name"]
			}
			switch w := w.(type) {
			case string:
				words = append(words, w)
			case json.Number:
				words = append(words, string(w))
			}
		}
		label := strings.Join(words, " ")
		if len(words) == 0 || seen[label] {
			return nil, false
		}
		seen[label] = true
		all = append(all, label)
	}
	return all, true
}

// shown is a value as JSON.
func shown(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return "?"
	}
	return strings.TrimSpace(b.String())
}
