package report

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/canonical"
)

// What the first release stored is read back, and written again to the byte.
func TestStoredDocumentKeepsItsHash(t *testing.T) {
	stored, err := os.ReadFile("testdata/0.1.0.json")
	require.NoError(t, err)
	d, err := Decode(stored)
	require.NoError(t, err)
	require.Equal(t, Under("desk"), d.Figures[0].Group)
	require.Equal(t, Met, d.Figures[0].Verdict)
	hash, again, err := Hash(d)
	require.NoError(t, err)
	require.Equal(t, string(stored), string(again))
	require.Equal(t, "b481ca011df639b985bc08468cb447531e56940b475ece65eb6b0d55661822d3", hash)
}

// A group is written as what it is, and read back as that, whoever writes it.
func TestGroupsInJSON(t *testing.T) {
	for want, g := range map[string]Group{
		`{"agreement":"a<b","name":"x",`:                            Under("a<b"),
		`{"agreement":"","name":"x",`:                               Under(""),
		`{"group":{"kind":"plan","name":"data-centre"},"name":"x",`: {Kind: "plan", Name: "data-centre"},
		`{"name":"x",`: {},
	} {
		f := Figure{Group: g, Name: "x"}
		b, err := f.MarshalJSON()
		require.NoError(t, err)
		require.Contains(t, string(b), want)
		require.NotContains(t, string(b), "Kind")
		var back Figure
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, f, back)

		sorted, err := canonical.JSON(f)
		require.NoError(t, err)
		appended, err := canonical.Append(nil, f)
		require.NoError(t, err)
		require.Equal(t, string(sorted), string(appended))
	}
	require.Error(t, json.Unmarshal([]byte(`{"name":1}`), &Figure{}))
}
