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

// A drill that can't be judged is answered on stdout like the others, which go on; at
// the end the command says how many there were, and exits with 1.
func TestCalcCommandRefusesADrillAndGoesOn(t *testing.T) {
	const in = `{"id":1,"type":"component","objectives":{"rto":"PT1H"},"events":{"disruption":"2026-10-05T10:00:00Z","mbco_confirmed":"2026-10-05T09:00:00Z"}}
{"id":2,"type":"component","objectives":{"rto":"PT1H"},"events":{"disruption":"2026-10-05T10:00:00Z","mbco_confirmed":"2026-10-05T11:00:00Z"}}
`
	var out, errOut bytes.Buffer
	require.Equal(t, 1, execute(t.Context(), root(), []string{"calc", "drill"}, strings.NewReader(in), &out, &errOut))
	require.Equal(t, `{"id":1,"error":{"code":"invalid","field":"events.mbco_confirmed","detail":"mbco_confirmed lies before disruption: that can't be, look at both instants and their zones"}}
{"id":2,"rta_s":3600,"rpa_s":null,"invocation_delay_s":null,"full_s":null,"verdicts":{"rto":"pass"},"verdict":"pass","retest_required":false}
`, out.String())
	require.Equal(t, "turnus: 1 of 2 cases can't be computed\n", errOut.String())
}
