package text

import (
	"strings"
	"unicode"
)

// Control says that a character isn't read but obeyed: control characters, as
// those that begin a terminal's commands, and the marks that turn the direction
// of what stands around them, so that a name could make a line of ours read
// otherwise. Line feeds and tabs are among them.
func Control(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// Plain is what a person has typed as it may be shown among what we say: without
// what a display would obey, but for line feeds and tabs. What is recorded keeps
// all of it.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if Control(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
}

// Line is Plain on one line.
func Line(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\t', '\u2028', '\u2029':
			return ' '
		}
		return r
	}, Plain(s))
}
