package canonical_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/canonical"
)

// Append sorts what encoding/json wrote; JSON goes through maps. Both give the
// same bytes.
func TestAppendIsJSON(t *testing.T) {
	words := rapid.SampledFrom([]string{"", "a", "b", "aa", "z", "é", "\"", "\\", "<&>", "\u2028", "a\nb", "}", "{,", "😀", "]", "_", "A"})
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		return rapid.Custom(func(t *rapid.T) any {
			most := 6
			if depth == 0 {
				most = 3
			}
			switch rapid.IntRange(0, most).Draw(t, "kind") {
			case 0:
				return rapid.Int64().Draw(t, "number")
			case 1:
				return rapid.Bool().Draw(t, "bool")
			case 2:
				return words.Draw(t, "text")
			case 3:
				return nil
			case 4:
				return rapid.SliceOfN(value(depth-1), 0, 4).Draw(t, "list")
			case 5:
				return rapid.MapOfN(words, value(depth-1), 0, 5).Draw(t, "object")
			}
			return unordered{value(depth-1).Draw(t, "z"), words.Draw(t, "b"), rapid.MapOfN(words, words, 0, 3).Draw(t, "a"), nil}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		v := value(4).Draw(t, "value")
		want, err := canonical.JSON(v)
		require.NoError(t, err)
		got, err := canonical.Append([]byte("before"), v)
		require.NoError(t, err)
		require.Equal(t, "before"+string(want), string(got))
	})
}

// unordered is declared in another order than its members are named.
type unordered struct {
	Z     any               `json:"z"`
	B     string            `json:"b"`
	A     map[string]string `json:"a,omitempty"`
	Empty *int              `json:"Y"`
}

func TestAppendRefuses(t *testing.T) {
	_, err := canonical.Append(nil, make(chan int))
	require.Error(t, err)
}

func BenchmarkCanonical(b *testing.B) {
	type event struct {
		At     string            `json:"at"`
		State  string            `json:"state"`
		Fields map[string]string `json:"fields,omitempty"`
	}
	v := struct {
		Number string
		Events []event
	}{Number: "INC0000045"}
	for range 20 {
		v.Events = append(v.Events, event{"2016-03-01T08:00:00Z", "Active", map[string]string{"priority": "3 - Moderate", "category": "Category 26"}})
	}
	b.Run("JSON", func(b *testing.B) {
		for b.Loop() {
			_, _ = canonical.JSON(v)
		}
	})
	b.Run("Append", func(b *testing.B) {
		var buf []byte
		for b.Loop() {
			buf, _ = canonical.Append(buf[:0], v)
		}
	})
}
