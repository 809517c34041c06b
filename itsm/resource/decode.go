package resource

import (
	"encoding"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Decode reads a spec into its type and says everything that doesn't fit at
// once: fields that aren't known, or are missing, or hold something else than
// they should. Field names are matched exactly. A field without omitempty or
// omitzero in its tag must be there. path is where the spec stands.
func Decode[T any](path string, spec json.RawMessage) (T, error) {
	var v T
	tree, err := Tree(spec)
	if err != nil {
		if f := fault.As(err); f != nil && f.Code == fault.Invalid {
			err = f.At(path)
		}
		return v, err
	}
	var c checker
	c.check(reflect.TypeFor[T](), tree, path)
	if len(c.faults) > 0 {
		return v, errors.Join(c.faults...)
	}
	if err := json.Unmarshal(spec, &v); err != nil {
		return v, fault.Invalidf(path, "This can't be read.", "Das kann nicht gelesen werden.").Because(err)
	}
	return v, nil
}

type checker struct{ faults []error }

func (c *checker) say(path, en, de string, args ...any) {
	if len(c.faults) < fault.Most {
		c.faults = append(c.faults, fault.Invalidf(cut(path), en, de, args...))
	}
}

var (
	numberType = reflect.TypeFor[json.Number]()
	rawType    = reflect.TypeFor[json.RawMessage]()
	textType   = reflect.TypeFor[text.Text]()
	fromText   = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// check holds a tree against the type that it is to become.
func (c *checker) check(t reflect.Type, v any, path string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if v == nil {
		c.say(path, "This is empty: give it a value, or leave it out.", "Das ist leer: Einen Wert angeben oder weglassen.")
		return
	}
	switch {
	case t == rawType:
	case t == textType:
		if m, ok := v.(map[string]any); ok {
			c.checkFields(reflect.TypeFor[struct {
				En string `json:"en,omitempty"`
				De string `json:"de,omitempty"`
			}](), m, path)
		} else if _, ok := v.(string); !ok {
			c.sayWrong(path, v, "a text, or {en: …, de: …}", "ein Text oder {en: …, de: …}")
		}
	case t == numberType:
		if _, ok := v.(json.Number); !ok {
			en, de := wantedNumber(v)
			c.sayWrong(path, v, en, de)
		}
	case reflect.PointerTo(t).Implements(fromText):
		s, ok := v.(string)
		if !ok {
			c.sayWrong(path, v, "a text in quotes", "ein Text in Anführungszeichen")
		} else if err := reflect.New(t).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
			c.sayRefused(path, err)
		}
	default:
		c.checkPlain(t, v, path)
	}
}

// checkPlain is check for the types that Go brings along.
func (c *checker) checkPlain(t reflect.Type, v any, path string) {
	switch t.Kind() {
	case reflect.String:
		if _, ok := v.(string); !ok {
			c.sayWrong(path, v, "a text in quotes", "ein Text in Anführungszeichen")
		}
	case reflect.Bool:
		if _, ok := v.(bool); !ok {
			c.sayWrong(path, v, "true or false", "true oder false")
		}
	case reflect.Int, reflect.Int64:
		if n, ok := v.(json.Number); !ok {
			c.sayWrong(path, v, "a whole number without quotes", "eine ganze Zahl ohne Anführungszeichen")
		} else if _, err := n.Int64(); err != nil {
			c.say(path, "%.40s isn't a whole number that fits: write it with digits only, up to 18 of them.",
				"%.40s ist keine passende ganze Zahl: Nur mit Ziffern schreiben, höchstens 18.", n)
		}
	case reflect.Slice:
		list, ok := v.([]any)
		if !ok {
			c.sayWrong(path, v, "a list, as in [a, b]", "eine Liste, etwa [a, b]")
		}
		if len(list) > maxItems {
			c.say(path, "A list has %d items at most; these are %d.", "Eine Liste hat höchstens %d Einträge; das sind %d.", maxItems, len(list))
			return
		}
		for i, e := range list {
			c.check(t.Elem(), e, Item(path, i))
		}
	case reflect.Map:
		m, ok := v.(map[string]any)
		if !ok {
			c.sayWrong(path, v, "fields, as in {a: …}", "Felder, etwa {a: …}")
		}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			c.check(t.Elem(), m[k], Below(path, k))
		}
	case reflect.Struct:
		if m, ok := v.(map[string]any); ok {
			c.checkFields(t, m, path)
		} else {
			c.sayWrong(path, v, "fields, as in {a: …}", "Felder, etwa {a: …}")
		}
	default:
		panic("resource: a spec can't hold " + t.String())
	}
}

// checkFields wants the fields that a struct has, those of embedded ones too.
func (c *checker) checkFields(t reflect.Type, m map[string]any, path string) {
	types := map[string]reflect.Type{}
	var known []string
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue // its fields are listed themselves
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		types[name] = f.Type
		known = append(known, name)
		if _, there := m[name]; !there && !strings.Contains(options, "omit") {
			c.say(Below(path, name), "This is missing.", "Das fehlt.")
		}
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if ft, ok := types[k]; ok {
			c.check(ft, m[k], Below(path, k))
		} else if m[k] == nil && behindComma.MatchString(k) {
			c.say(Below(path, k), "There is no such field: what follows a comma is read as the next one. In a number a point stands before the decimals, as in 99.9.",
				"Dieses Feld gibt es nicht: Was nach einem Komma steht, gilt als das nächste. In einer Zahl steht vor den Nachkommastellen ein Punkt, etwa 99.9.")
		} else {
			c.say(Below(path, k), "There is no such field; there are: %s.", "Dieses Feld gibt es nicht; es gibt: %s.", strings.Join(known, ", "))
		}
	}
}

// People write numbers with a comma before their decimals, with points between
// thousands, and with a per cent sign behind.
var (
	withComma   = regexp.MustCompile(`^(-?[0-9]+),([0-9]+)$`)
	behindComma = regexp.MustCompile(`^[0-9]+[ \x{a0}\x{202f}]*%?$`) // in {attain: 99,9}
	likeNumber  = regexp.MustCompile(`^-?[0-9.]*[0-9](,[0-9]+)?[ \x{a0}\x{202f}]*%?$`)
)

// wantedNumber says what is right where something else than a number stands.
func wantedNumber(v any) (en, de string) {
	s, _ := v.(string)
	if m := withComma.FindStringSubmatch(s); m != nil && len(s) <= 20 {
		return "a number with a point before its decimals, as in " + m[1] + "." + m[2],
			"eine Zahl mit einem Punkt vor den Nachkommastellen, etwa " + m[1] + "." + m[2]
	}
	if likeNumber.MatchString(s) && strings.ContainsAny(s, ",%") {
		return "a number without any other sign than a point before its decimals, as in 99.9",
			"eine Zahl ohne weitere Zeichen als einen Punkt vor den Nachkommastellen, etwa 99.9"
	}
	return "a number without quotes", "eine Zahl ohne Anführungszeichen"
}

// sayWrong says what stands there, and what would be right.
func (c *checker) sayWrong(path string, v any, en, de string) {
	is := text.New("fields", "Felder")
	switch v := v.(type) {
	case string:
		is = text.F("the text %.40q", "der Text %.40q", v)
	case json.Number:
		is = text.F("the number %.40s", "die Zahl %.40s", v)
	case bool:
		is = text.F("%t, without quotes", "%t, ohne Anführungszeichen", v)
	case []any:
		is = text.New("a list", "eine Liste")
	}
	f := fault.New(fault.Invalid, text.New("What stands here is "+is.En+"; right would be "+en+".",
		"Hier steht: "+is.De+"; richtig wäre: "+de+".")).At(cut(path))
	if len(c.faults) < fault.Most {
		c.faults = append(c.faults, f)
	}
}

// sayRefused takes over the fault of a type that reads itself.
func (c *checker) sayRefused(path string, err error) {
	f := fault.As(err)
	if f == nil {
		c.say(path, "This can't be read.", "Das kann nicht gelesen werden.")
	} else if len(c.faults) < fault.Most {
		c.faults = append(c.faults, f.At(cut(path)))
	}
}
