package calc

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each file in testdata holds cases, and the answers that the contract
// and the domain guide ask for.
func TestCalcAnswers(t *testing.T) {
	for _, kind := range Kinds() {
		t.Run(kind, func(t *testing.T) {
			in, err := os.Open("testdata/" + kind + ".in.jsonl")
			require.NoError(t, err)
			defer in.Close()
			want, err := os.ReadFile("testdata/" + kind + ".out.jsonl")
			require.NoError(t, err)
			var out bytes.Buffer
			require.NoError(t, Lines(kind, in, &out))
			got, expected := strings.Split(out.String(), "\n"), strings.Split(string(want), "\n")
			for i := range expected {
				require.Equal(t, expected[i], got[i], "line %d", i+1)
			}
			require.Len(t, got, len(expected))
		})
	}
}

func TestCalcGoesOnAfterBadCases(t *testing.T) {
	const good = `{"id":"good","calendar":"24x7","target":"PT1H","events":[{"at":"2026-01-01T00:00:00Z","is":"running"},{"at":"2026-01-01T00:30:00Z","is":"stopped"}]}`
	calendar := func(spec string) string {
		return strings.Replace(good, `"24x7"`, spec, 1)
	}
	for _, c := range []struct{ name, line, id, field string }{
		{"no JSON", `{"id":`, `null`, ``},
		{"not an object", `[1]`, `null`, ``},
		{"wrong type", `{"id":{"a":[1,"<"]},"target":5}`, `{"a":[1,"<"]}`, `target`},
		{"no calendar", `{"id":1}`, `1`, `calendar`},
		{"unknown zone", calendar(`{"zone":"Mars/Base","hours":{}}`), `"good"`, `calendar.zone`},
		{"malformed span", calendar(`{"zone":"UTC","hours":{"mon":["8-9"]}}`), `"good"`, `calendar.hours.mon[0]`},
		{"malformed date", calendar(`{"zone":"UTC","hours":{},"holidays":{"dates":["2026-02-30"]}}`), `"good"`, `calendar`},
		{"malformed target", strings.Replace(good, "PT1H", "1h", 1), `"good"`, `target`},
		{"no target", strings.Replace(good, `"target":"PT1H",`, "", 1), `"good"`, `target`},
		{"unknown rule", strings.Replace(good, `"target"`, `"reopen":"never","target"`, 1), `"good"`, `reopen`},
		{"malformed instant", strings.Replace(good, "00:30:00Z", "00:30", 1), `"good"`, `events[1].at`},
		{"no instant", strings.Replace(good, `"at":"2026-01-01T00:30:00Z",`, "", 1), `"good"`, `events[1].at`},
		{"unknown state", strings.Replace(good, "stopped", "asleep", 1), `"good"`, `events[1].is`},
		{"out of order", strings.Replace(good, "01T00:30", "00T00:30", 1), `"good"`, `events[1].at`},
		{"back in time", strings.Replace(good, "2026-01-01T00:30", "2025-01-01T00:30", 1), `"good"`, `events[1].at`},
		{"begins stopped", strings.Replace(good, "running", "stopped", 1), `"good"`, `events[0].is`},
		{"no end", strings.Replace(good, "stopped", "paused", 1), `"good"`, `as_of`},
		{"ends too early", strings.Replace(good, `"target"`, `"as_of":"2026-01-01T00:29:59Z","target"`, 1), `"good"`, `as_of`},
		{"no events", `{"id":"good","calendar":"24x7","target":"PT1H"}`, `"good"`, `events`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			err := Lines("clock", strings.NewReader(c.line+"\n\n"+good), &out)
			require.EqualError(t, err, "1 of 2 cases can't be computed")
			lines := strings.Split(out.String(), "\n")
			require.Len(t, lines, 3)
			require.True(t, strings.HasPrefix(lines[0], `{"id":`+c.id+`,"error":{"code":"`), lines[0])
			require.Contains(t, lines[0], `,"field":"`+c.field+`","detail":"`)
			require.True(t, strings.HasPrefix(lines[1], `{"id":"good","elapsed_s":1800,"paused_s":0,"verdict":"met","breach_at":null,"cycles":[{`), lines[1])
		})
	}
}

func TestCalcRefusesUnknownRegionsAndYears(t *testing.T) {
	for line, field := range map[string]string{
		`{"id":1,"region":"DE-XX","year":2026}`: "region",
		`{"id":1,"year":2026}`:                  "region",
		`{"id":1,"region":"DE-BE"}`:             "year",
		`{"id":1,"region":"DE-BE","year":1}`:    "year",
	} {
		var out bytes.Buffer
		require.Error(t, Lines("holidays", strings.NewReader(line), &out), line)
		require.Contains(t, out.String(), `{"id":1,"error":{"code":"invalid","field":"`+field+`"`, line)
	}
}

func TestCalcSlotsNameTheField(t *testing.T) {
	const good = `{"id":1,"rule":{"cron":"0 6 1 * *"},"zone":"UTC","adjust":"none","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}`
	var out bytes.Buffer
	require.NoError(t, Lines("slots", strings.NewReader(good), &out))
	require.Equal(t, `{"id":1,"slots":["2026-01-01T06:00:00Z"]}`+"\n", out.String())
	for _, c := range []struct{ old, new, field string }{
		{`0 6 1 * *`, `* * * * * *`, `rule.cron`},
		{`0 6 1 * *`, `@monthly`, `rule.cron`},
		{`"cron":"0 6 1 * *"`, ``, `rule`},
		{`"rule":{"cron":"0 6 1 * *"},`, ``, `rule`},
		{`"zone":"UTC",`, ``, `zone`},
		{`"UTC"`, `"Mars/Base"`, `zone`},
		{`"zone"`, `"calendar":"8x5","zone"`, `calendar`},
		{`"none"`, `"nearest"`, `adjust`},
		{`"from":"2026-01-01T00:00:00Z",`, ``, `from`},
		{`2026-02-01T00:00:00Z`, `2026-02-01`, `to`},
		{`2026-02-01`, `2326-02-01`, `to`},
	} {
		require.Contains(t, good, c.old)
		out.Reset()
		require.Error(t, Lines("slots", strings.NewReader(strings.Replace(good, c.old, c.new, 1)), &out))
		require.True(t, strings.HasPrefix(out.String(), `{"id":1,"error":{"code":"invalid","field":"`+c.field+`","detail":"`), "%s: %s", c.new, out.String())
	}
}
