package resource_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

type thing struct {
	Name  string              `json:"name"`
	Title text.Text           `json:"title,omitzero"`
	Count int64               `json:"count,omitempty"`
	Exact json.Number         `json:"exact,omitempty"`
	On    *bool               `json:"on,omitempty"`
	Lists map[string][]string `json:"lists,omitempty"`
	Parts []thing             `json:"parts,omitempty"`
}

// part is embedded: its fields are those of what embeds it.
type part struct {
	Owner string `json:"owner"`
}

type whole struct {
	part
	Review string `json:"review,omitempty"`
}

func TestFieldsOfAnEmbeddedStruct(t *testing.T) {
	v, err := resource.Decode[whole]("spec", json.RawMessage(`{"owner":"a","review":"b"}`))
	require.NoError(t, err)
	require.Equal(t, whole{part{"a"}, "b"}, v)
	_, err = resource.Decode[whole]("spec", json.RawMessage(`{"part":{"owner":"a"}}`))
	require.ErrorContains(t, err, "spec.owner: This is missing")
	require.ErrorContains(t, err, "spec.part: There is no such field; there are: owner, review")
}

func TestDecode(t *testing.T) {
	v, err := resource.Decode[thing]("spec", json.RawMessage(`{"name":"a","title":{"de":"x"},"count":9007199254740993,"exact":1.50,"on":false,"lists":{"k":["v"]},"parts":[{"name":"b","title":"y"}]}`))
	require.NoError(t, err)
	require.Equal(t, int64(9007199254740993), v.Count)
	require.Equal(t, json.Number("1.50"), v.Exact)
	require.False(t, *v.On)
	require.Equal(t, text.Same("y"), v.Parts[0].Title)

	for in, want := range map[string]string{
		`{}`:                               "spec.name",
		`{"name":null}`:                    "spec.name",
		`{"name":1}`:                       "spec.name",
		`{"name":"a","nam":1}`:             "spec.nam",
		`{"name":"a","NAME":"b"}`:          "spec.NAME",
		`{"name":"a","title":1}`:           "spec.title",
		`{"name":"a","title":{"fr":""}}`:   "spec.title.fr",
		`{"name":"a","count":1.0}`:         "spec.count",
		`{"name":"a","count":1e400}`:       "spec.count",
		`{"name":"a","on":"yes"}`:          "spec.on",
		`{"name":"a","lists":{"k k":"v"}}`: `spec.lists["k k"]`,
		`{"name":"a","parts":[{}]}`:        "spec.parts[0].name",
		`{"name":"a","name":"a"}`:          "spec.name",
		`[]`:                               "spec",
		`"x"`:                              "spec",
	} {
		_, err := resource.Decode[thing]("spec", json.RawMessage(in))
		all := fault.All(err)
		require.Len(t, all, 1, in)
		require.Equal(t, want, all[0].Field, in)
		require.Equal(t, fault.Invalid, all[0].Code, in)
	}
	for _, in := range []string{``, `{`, `{}{}`, `{"a" 1}`, `[1,]`, `nul`} {
		_, err := resource.Decode[thing]("spec", json.RawMessage(in))
		require.True(t, fault.Is(err, fault.Malformed), "%s: %v", in, err)
	}
}

func TestFaultsAreBounded(t *testing.T) {
	_, err := resource.Decode[thing]("spec", json.RawMessage(`{"name":"a","parts":[`+strings.Repeat("1,", 5000)+"1]}"))
	require.Len(t, fault.All(err), 100)
}

func FuzzTree(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":null}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := resource.Tree(b)
		if err != nil {
			require.NotNil(t, fault.As(err))
			return
		}
		require.True(t, json.Valid(b))
		again, err := json.Marshal(v)
		require.NoError(t, err)
		same, err := resource.Tree(again)
		require.NoError(t, err)
		require.Equal(t, v, same)
	})
}
