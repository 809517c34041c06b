package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"turnus/client"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// What somebody has typed as a reason, a name or a ticket's number reaches the
// terminal without what it would obey, on each way out.
func TestNothingTypedCommandsTheTerminal(t *testing.T) {
	const typed = "a\x1b]0;owned\a\u202e\u2066\u200f\u061c\u009b31m\x7f\nb"
	obeyed := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return text.Control(r) && r != '\n' })
	}
	require.True(t, obeyed(typed))
	var b bytes.Buffer
	shown := func() string { defer b.Reset(); return b.String() }

	c := withJSON(&cobra.Command{})
	c.SetOut(&b)
	require.NoError(t, table(c, []string{typed}, "REASON", func(s string) []any { return []any{s} }))
	require.Equal(t, "REASON\na]0;owned31m b\n", shown())

	require.NoError(t, c.Flags().Set("json", "true"))
	require.NoError(t, table(c, []string{typed}, "REASON", nil))
	var kept []string
	require.NoError(t, json.Unmarshal(b.Bytes(), &kept))
	require.Equal(t, []string{typed}, kept, "JSON says what is on record")
	require.False(t, obeyed(shown()))

	difference(&b, client.Change{Change: "changed", After: &resource.Version{Resource: resource.Raw{
		Metadata: resource.Metadata{DisplayName: text.Same(typed)}, Spec: json.RawMessage("{}")}}})
	require.Contains(t, b.String(), "owned")
	require.False(t, obeyed(shown()))

	failing := &cobra.Command{Use: "x", SilenceErrors: true, SilenceUsage: true, RunE: func(*cobra.Command, []string) error { return errors.New("refused: " + typed) }}
	require.Equal(t, 1, execute(t.Context(), failing, nil, nil, &b, &b))
	require.Equal(t, "turnus: refused: a]0;owned31m\nb\n", shown())

	w := plainly(&b)
	for _, part := range []byte(typed) { // however it comes in
		_, err := w.Write([]byte{part})
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.Equal(t, "a]0;owned31m\nb", shown())
}
