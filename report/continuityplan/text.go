package continuityplan

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"turnus/itsm/text"
)

// width is how many characters a line of the text has at most, unless a word is
// longer.
const width = 78

// Text writes plans as plain text for paper. Of what people typed it shows what
// text.Plain leaves, and so no control characters but line feeds.
func Text(w io.Writer, e Export, lang text.Lang) error {
	t := paper{lang: known(lang)}
	for i, p := range e.Plans {
		if i > 0 {
			t.b.WriteString("\n\n")
		}
		t.title(text.F("Continuity plan: %s", "Notfallplan: %s", p.Title), "=")
		t.facts("", p.heading(e))
		for _, s := range p.sections() {
			t.b.WriteByte('\n')
			t.title(s.Title, "-")
			t.facts("", s.Facts)
			if len(s.Entries) == 0 && !s.None.IsZero() {
				t.lines("", "", s.None.In(t.lang))
			}
			for n, entry := range s.Entries {
				t.entry(n+1, entry)
			}
		}
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// paper is a text that grows.
type paper struct {
	b    strings.Builder
	lang text.Lang
}

func (t *paper) title(s text.Text, line string) {
	words := text.Line(s.In(t.lang))
	t.lines("", "", words)
	fmt.Fprintln(&t.b, strings.Repeat(line, min(utf8.RuneCountInString(words), width)))
}

func (t *paper) entry(n int, e entry) {
	number := fmt.Sprintf("%3d. ", n)
	t.lines(number, strings.Repeat(" ", len(number)), text.Line(e.Title.In(t.lang)))
	t.facts(strings.Repeat(" ", len(number)), e.Facts)
	if e.Step {
		t.lines("     ", "     ", text.New("[ ] begun at ________  done at ________  by ______________",
			"[ ] begonnen um ________  erledigt um ________  durch ______________").In(t.lang))
	}
}

// facts are written one a line, what goes on below its label.
func (t *paper) facts(indent string, all []fact) {
	for _, f := range all {
		label := f.Label.In(t.lang) + ":"
		if len(f.Lines) == 1 && !strings.Contains(text.Plain(f.Lines[0].In(t.lang)), "\n") {
			t.lines(indent, indent+"  ", label+" "+text.Line(f.Lines[0].In(t.lang)))
			continue
		}
		t.lines(indent, indent+"  ", label)
		for _, l := range f.Lines {
			for part := range strings.SplitSeq(text.Plain(l.In(t.lang)), "\n") {
				if part = text.Line(part); strings.TrimSpace(part) != "" {
					t.lines(indent+"  - ", indent+"    ", part)
				}
			}
		}
	}
}

// lines writes words within the width: what begins the first line, and the others.
func (t *paper) lines(first, rest, words string) {
	line, used := first, utf8.RuneCountInString(first)
	begun := false
	for _, word := range strings.FieldsFunc(words, func(r rune) bool { return r == ' ' }) { // no-break spaces hold
		n := utf8.RuneCountInString(word)
		if begun && used+1+n > width {
			fmt.Fprintln(&t.b, line)
			line, used, begun = rest, utf8.RuneCountInString(rest), false
		}
		if begun {
			line, used = line+" ", used+1
		}
		line, used, begun = line+word, used+n, true
	}
	fmt.Fprintln(&t.b, strings.TrimRight(line, " "))
}
