package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzCalc(f *testing.F) {
	for _, k := range calcKinds {
		if b, err := os.ReadFile("testdata/calc/" + k.name + ".in.jsonl"); err == nil {
			for line := range bytes.Lines(b) {
				f.Add(k.name, line)
			}
		}
	}
	f.Fuzz(func(t *testing.T, kind string, line []byte) {
		for _, k := range calcKinds {
			if k.name != kind {
				continue
			}
			answer, _ := calcCase(k.calc, line)
			require.True(t, json.Valid(answer), "%s", answer)
			require.NotContains(t, string(answer), `"code":"internal"`)
		}
	})
}
