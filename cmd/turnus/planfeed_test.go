package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/client"
)

// Subscribing as a person would: the address that is printed works as it is,
// without a token, until it is withdrawn.
func TestFeedsFromTheCommandLine(t *testing.T) {
	organised(t)
	code, out, errOut := turnus(t, "", "plan", "feed", "--lang", "de")
	require.Equal(t, 0, code, errOut)
	address := strings.TrimSpace(out)
	require.Regexp(t, `^`+os.Getenv("TURNUS_URL")+`/v1/feeds/turnus_feed_\S+\.ics\?lang=de$`, address)
	require.NotContains(t, errOut, "turnus_feed_")
	res, err := http.Get(address)
	require.NoError(t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Contains(t, string(body), "X-WR-CALNAME:Turnus: Plan von admin\r\n")

	code, out, errOut = turnus(t, "", "plan", "feeds", "--json")
	require.Equal(t, 0, code, errOut)
	var feeds []client.Feed
	require.NoError(t, json.Unmarshal([]byte(out), &feeds))
	require.Len(t, feeds, 1)
	require.Equal(t, "admin", feeds[0].Person)
	code, out, errOut = turnus(t, "", "plan", "feed", "withdraw", feeds[0].ID)
	require.Equal(t, 0, code, errOut)
	require.Equal(t, "withdrawn feed "+feeds[0].ID+"\n", out)
	res, err = http.Get(address)
	require.NoError(t, err)
	require.Equal(t, 404, res.StatusCode)
	code, out, _ = turnus(t, "", "plan", "feeds", "--person", "admin")
	require.Equal(t, 0, code)
	require.Regexp(t, `^ID +PERSON +CREATED +WITHDRAWN\n`+feeds[0].ID+` +admin +\S+Z +\S+Z\n$`, out)

	code, out, errOut = turnus(t, "", "plan", "feed", "--lang", "fr")
	require.Equal(t, 2, code)
	require.Empty(t, out)
	require.Contains(t, errOut, "use de or en")
}
