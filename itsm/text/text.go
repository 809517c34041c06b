// Package text holds what people read: a text in English and German.
//
// Reports, pages, mails and API errors exist in both languages; command line
// and logs are English. It imports the standard library only.
//
//	t := text.F("%d tickets", "%d Tickets", 3)
//	t.In(text.De) // "3 Tickets"
package text

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Lang is a language a person reads in.
type Lang string

// The languages that everything people read exists in.
const (
	En Lang = "en"
	De Lang = "de"
)

// Text is one text in both languages.
type Text struct {
	En string `json:"en"`
	De string `json:"de"`
}

// New pairs an English and a German text.
func New(en, de string) Text { return Text{En: en, De: de} }

// Same is a text that reads the same in both languages: a name, a number.
func Same(s string) Text { return Text{En: s, De: s} }

// F formats both languages with the same arguments; the order may be changed
// with indexes, as in %[2]s. What exists in both languages, a Text or what has a
// Title, is given in each text in its own; %q puts quotation marks around a
// string as each language has them: "a", „a“.
func F(en, de string, args ...any) Text {
	return Text{En: fmt.Sprintf(en, in(En, args)...), De: fmt.Sprintf(de, in(De, args)...)}
}

// in gives arguments as they are in a language.
func in(l Lang, args []any) []any {
	own := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case interface{ Title() Text }:
			own[i] = v.Title().In(l)
		case Text:
			own[i] = v.In(l)
		default:
			own[i] = a
		}
		if l == De {
			own[i] = german{own[i]}
		}
	}
	return own
}

// german is an argument that %q puts between German quotation marks, escaped and
// cut as in English.
type german struct{ arg any }

// Format implements fmt.Formatter.
func (g german) Format(state fmt.State, verb rune) {
	s := fmt.Sprintf(fmt.FormatString(state, verb), g.arg)
	if inner, ok := strings.CutPrefix(s, `"`); ok && verb == 'q' {
		s = "„" + strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `\"`, `"`) + "“"
	}
	_, _ = io.WriteString(state, s) // fmt keeps it in memory
}

// List joins words as one reads them: a, b and c; a, b und c.
func List[T ~string](words []T) Text {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	last := len(all) - 1
	if last < 1 {
		return Same(strings.Join(all, ""))
	}
	first := strings.Join(all[:last], ", ")
	return New(first+" and "+all[last], first+" und "+all[last])
}

// N chooses by a number: one for exactly 1, else many, which is the rule of both
// languages.
func N[I ~int | ~int64](n I, one, many Text) Text {
	if n == 1 {
		return one
	}
	return many
}

// In gives the text in a language, or in the other one where that is missing.
func (t Text) In(l Lang) string {
	if l == De && t.De != "" || t.En == "" {
		return t.De
	}
	return t.En
}

// IsZero says that there is no text in either language.
func (t Text) IsZero() bool { return t == Text{} }

// String is the English text, for logs and the command line.
func (t Text) String() string { return t.In(En) }

// UnmarshalJSON accepts a string, meant for both languages, or {en, de}.
func (t *Text) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err == nil {
		*t = Same(s)
		return nil
	}
	type plain Text
	return json.Unmarshal(b, (*plain)(t))
}
