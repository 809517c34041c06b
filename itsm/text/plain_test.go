package text_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
)

func TestWhatADisplayObeysIsLeftOut(t *testing.T) {
	for in, want := range map[string]string{
		"Grüße, 日本 עברית 👍":          "Grüße, 日本 עברית 👍",
		"a\x1b]0;owned\x07b\x1b[2Jc": "a]0;ownedb[2Jc",
		"a\u009b31mb\x7f":            "a31mb",
		"a\x9bb":                     "a\ufffdb", // a byte that terminals may take for U+009B
		"a\r\nb\rc\n\td":             "a\nb\nc\n\td",
		"\u202a\u202b\u202c\u202d\u202ex\u2066\u2067\u2068\u2069y\u200e\u200f\u061cz": "xyz",
		"": "",
	} {
		require.Equal(t, want, text.Plain(in), "%q", in)
	}
	require.Equal(t, "a b c d e", text.Line("a\nb\tc\r\nd\u2028e"))
}
