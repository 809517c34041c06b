package calc

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCalcAvailabilityNamesTheField(t *testing.T) {
	const good = `{"id":1,"period":{"from":"2026-06-01","to":"2026-07-01","zone":"Europe/Berlin"},"calendar":"24x7",` +
		`"outages":[{"from":"2026-06-08T10:00:00Z","to":"2026-06-08T11:00:00Z"}],` +
		`"maintenance":[{"from":"2026-06-09T10:00:00Z","to":"2026-06-09T11:00:00Z"}],"maintenance_policy":"excused","target":"99.8"}`
	var out bytes.Buffer
	require.NoError(t, Lines("availability", strings.NewReader(good), &out))
	require.True(t, strings.HasPrefix(out.String(), `{"id":1,"agreed_s":2592000,"down_s":3600,"availability_pct":"99.861111","verdict":"met","failures":1,`), out.String())

	for _, c := range []struct{ old, new, field string }{
		{`,"zone":"Europe/Berlin"`, ``, `period.zone`},
		{`Europe/Berlin`, `Mars/Base`, `period.zone`},
		{`"from":"2026-06-01",`, ``, `period.from`},
		{`2026-06-01`, `2026-06-31`, `period.from`},
		{`2026-07-01`, `July`, `period.to`},
		{`2026-07-01`, `2026-06-01`, `period.to`},
		{`2026-07-01`, `2026-05-01`, `period.to`},
		{`2026-07-01`, `2126-07-01`, `period.to`},
		{`"period":{`, `"span":{`, `period.zone`},
		{`"calendar":"24x7",`, ``, `calendar`},
		{`"24x7"`, `"8x5"`, `calendar`},
		{`"from":"2026-06-08T10:00:00Z",`, ``, `outages[0].from`},
		{`,"to":"2026-06-08T11:00:00Z"`, ``, `outages[0].to`},
		{`2026-06-08T11:00:00Z`, `11:00`, `outages[0].to`},
		{`2026-06-08T11:00:00Z`, `2026-06-08T09:59:59Z`, `outages[0].to`},
		{`2026-06-09T10:00:00Z`, `2026-06-09 10:00`, `maintenance[0].from`},
		{`2026-06-09T11:00:00Z`, `2026-06-09T09:00:00Z`, `maintenance[0].to`},
		{`,"to":"2026-06-09T11:00:00Z"`, ``, `maintenance[0].to`},
		{`excused`, `forgiven`, `maintenance_policy`},
		{`"99.8"`, `"99,8"`, `target`},
		{`"99.8"`, `99.8`, `target`},
		{`"99.8"`, `"101"`, `target`},
		{`,"target":"99.8"`, ``, `target`},
		{`"target"`, `"as_of":"2026-06-01T00:00:00+02:00","target"`, `as_of`},
		{`"target"`, `"as_of":"2026-06-08T10:30:00Z","target"`, `outages[0].to`},
	} {
		require.Contains(t, good, c.old)
		out.Reset()
		require.Error(t, Lines("availability", strings.NewReader(strings.Replace(good, c.old, c.new, 1)), &out))
		require.True(t, strings.HasPrefix(out.String(), `{"id":1,"error":{"code":"invalid","field":"`+c.field+`","detail":"`), "%s: %s", c.new, out.String())
	}
}
