package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCalcRefusesUnknownKinds(t *testing.T) {
	for _, args := range [][]string{{"astrology"}, {}, {"clock", "holidays"}} {
		cmd := calcCommand()
		cmd.SetArgs(args)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		var wrong usageError
		require.True(t, errors.As(cmd.Execute(), &wrong), args)
		require.Contains(t, wrong.Error(), "clock, availability, slots, holidays")
	}
}

func TestCalcCommandReadsAndWrites(t *testing.T) {
	cmd := calcCommand()
	cmd.SetArgs([]string{"holidays"})
	cmd.SetIn(strings.NewReader(`{"id":7,"region":"CH","year":2026}`))
	var out bytes.Buffer
	cmd.SetOut(&out)
	require.NoError(t, cmd.Execute())
	require.Equal(t, `{"id":7,"holidays":[{"date":"2026-01-01","name":{"en":"New Year's Day","de":"Neujahr"}},`+
		`{"date":"2026-05-14","name":{"en":"Ascension Day","de":"Auffahrt"}},{"date":"2026-08-01","name":{"en":"Swiss National Day","de":"Bundesfeiertag"}},`+
		`{"date":"2026-12-25","name":{"en":"Christmas Day","de":"Erster Weihnachtstag"}}]}`+"\n", out.String())
}
