package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/client"
)

// The register's figures as a table, and whole with --json.
func TestShowsTheRegister(t *testing.T) {
	s := organised(t)
	_, err := s.DB().Exec(`INSERT INTO finding (kind, service, about_kind, about, object, title, at, type)
		VALUES ('reported', 'desk', 'Service', 'desk', 'x', '{"en":"x","de":"y"}', $1, 'opportunity')`, time.Now().AddDate(0, 0, -40))
	require.NoError(t, err)

	code, out, errOut := turnus(t, "", "improvement")
	require.Zero(t, code, errOut)
	require.Regexp(t, `(?m)^FIGURE +VALUE +UNIT +COUNT +OF +LABEL$`, out)
	require.Regexp(t, `(?m)^open +1 +findings +1 +open$`, out)
	require.Regexp(t, `(?m)^open\.31-90 +1 +findings +1 +1 +open for 31 to 90 days$`, out)
	require.Regexp(t, `(?m)^overdue +n/a +percent +0 +0 +open actions past their due date$`, out)
	require.Regexp(t, `(?m)^time-to-close +n/a +days +median`, out)
	require.NotContains(t, out, "ACTION")

	// What opportunities were to reach stands beside what they did.
	_, err = s.DB().Exec(`INSERT INTO action (finding, number, run, round, plan, owner, original_due, due, state, checked)
		SELECT id, 1, $1, 1, '{"title":"Chat","measure":"Calls a day","sense":"at-most","target":"40"}', 'owner', '2026-01-01', '2026-01-01', 'effective', $2 FROM finding`,
		asked(t, s).Run, `{"effective":true,"measured":{"value":"38.5","reached":true},"at":"`+time.Now().UTC().Format(time.RFC3339)+`"}`)
	require.NoError(t, err)
	_, out, _ = turnus(t, "", "improvement")
	require.Regexp(t, `(?m)^\d+\.1 +at most 40 +38\.5 +yes +Chat +Calls a day$`, out)

	code, out, errOut = turnus(t, "", "improvement", "--from", "2020-01-01", "--to", "2020-02-01", "--zone", "Europe/Berlin", "--json")
	require.Zero(t, code, errOut)
	var r client.Register
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, []string{"2020-01-01", "2020-02-01", "Europe/Berlin"}, []string{r.From.String(), r.To.String(), r.Zone})
	require.Empty(t, r.Benefits)
	require.Len(t, r.Figures, 16)

	code, _, errOut = turnus(t, "", "improvement", "--from", "2026-02-01", "--to", "2026-02-01")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "before 2026-02-01")
}

// figures are what the register says of the finding when it is closed.
func (i *improving) figures() {
	i.Helper()
	got := map[string]object{}
	for _, f := range i.ask(200, i.owner, "GET", "/v1/improvement?to="+time.Now().UTC().AddDate(0, 0, 10).Format(time.DateOnly), nil)["figures"].([]any) {
		got[f.(object)["name"].(string)] = f.(object)
	}
	for name, want := range map[string][2]any{"closed": {1.0, nil}, "relapsed": {0.0, 1.0}, "measured": {1.0, 1.0}, "ineffective": {1.0, 2.0}, "moved": {1.0, 3.0}, "moves": {1.0, 3.0}, "overdue": {0.0, 0.0}} {
		require.Equal(i, want, [2]any{got[name]["numerator"], got[name]["denominator"]}, name)
	}
	require.Nil(i, got["overdue"]["value"])
}
