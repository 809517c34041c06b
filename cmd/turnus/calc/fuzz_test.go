package calc

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzCalc(f *testing.F) {
	for _, k := range kinds {
		if b, err := os.ReadFile("testdata/" + k.name + ".in.jsonl"); err == nil {
			for line := range bytes.Lines(b) {
				f.Add(k.name, line)
			}
		}
	}
	f.Fuzz(func(t *testing.T, kind string, line []byte) {
		for _, k := range kinds {
			if k.name != kind {
				continue
			}
			written, _ := answer(k.calc, line)
			require.True(t, json.Valid(written), "%s", written)
			require.NotContains(t, string(written), `"code":"internal"`)
		}
	})
}
