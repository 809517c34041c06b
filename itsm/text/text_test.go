package text_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
)

type state string

func (state) Title() text.Text { return text.New("done", "erledigt") }

// What exists in both languages reads in each as it should.
func TestArgumentsInTheirLanguage(t *testing.T) {
	require.Equal(t, text.New("a is done: monthly", "a ist erledigt: monatlich"),
		text.F("%s is %s: %s", "%s ist %s: %s", "a", state("x"), text.New("monthly", "monatlich")))
	require.Equal(t, text.New("3 of a", "a: 3"), text.F("%d of %s", "%[2]s: %[1]d", 3, text.Same("a")))
	for _, c := range []struct {
		words  []string
		en, de string
	}{{nil, "", ""}, {[]string{"a"}, "a", "a"}, {[]string{"a", "b"}, "a and b", "a und b"}, {[]string{"a", "b", "c"}, "a, b and c", "a, b und c"}} {
		require.Equal(t, text.New(c.en, c.de), text.List(c.words))
	}
}

// One is for exactly 1, in both languages.
func TestNumbersAndTheirWords(t *testing.T) {
	one, many := text.New("ticket", "Ticket"), text.New("tickets", "Tickets")
	for n, want := range map[int64]text.Text{0: many, 1: one, 2: many, 11: many, 21: many, -1: many} {
		require.Equal(t, want, text.N(n, one, many), "%d", n)
	}
	require.Equal(t, text.New("1 ticket", "1 Ticket"), text.F("%d %s", "%d %s", 1, text.N(1, one, many)))
}

// %q quotes as each language does; what it escapes and where it cuts stay.
func TestQuotationMarks(t *testing.T) {
	type name string
	for _, c := range []struct {
		format string
		arg    any
		en, de string
	}{
		{"%q", "a b", `"a b"`, `„a b“`},
		{"%.3q", "Grüße", `"Grü"`, `„Grü“`},
		{"%q", "", `""`, `„“`},
		{"%q", `a"b\n` + "\n\x1b", `"a\"b\\n\n\x1b"`, `„a"b\\n\n\x1b“`},
		{"%s", `"a"`, `"a"`, `"a"`},
		{"%-4s|", "a", "a   |", "a   |"},
		{"%q", name("a"), `"a"`, `„a“`},
		{"%q", text.New("month", "Monat"), `"month"`, `„Monat“`},
		{"%q", []string{"a"}, `["a"]`, `["a"]`},
		{"%q", errors.New("a"), `"a"`, `„a“`},
	} {
		require.Equal(t, text.New(c.en, c.de), text.F(c.format, c.format, c.arg), c.format)
	}
	require.Equal(t, text.New(`"a" of 2`, `2: „a“`), text.F("%q of %d", "%[2]d: %[1]q", "a", 2))
}
