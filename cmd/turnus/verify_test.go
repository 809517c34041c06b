package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/report/receipt"
)

const goldenReceipts = "../../report/verify/testdata/sla-report.json"

// Receipts are verified without a server, and in words that say where to look.
func TestVerifyReceipt(t *testing.T) {
	t.Setenv("TURNUS_URL", "http://127.0.0.1:1")
	code, out, errOut := turnus(t, "", "verify", "receipt", goldenReceipts)
	require.Equal(t, 0, code, errOut)
	require.Empty(t, errOut)
	lines := strings.Split(out, "\n")
	require.Equal(t, "identical: 54 figures from 8 tickets of sla-report/payments/2026-03.2, version 2", lines[0])
	require.Regexp(t, `(?m)^report: content hash [0-9a-f]{64}$`, out)
	require.NotContains(t, out, "words", "they were compared")

	good, err := os.ReadFile(goldenReceipts)
	require.NoError(t, err)
	code, again, _ := turnus(t, string(good), "verify", "receipt", "-")
	require.Equal(t, 0, code)
	require.Equal(t, out, again)
	voids, err := os.ReadFile("../../report/verify/testdata/sla-report-voids.json")
	require.NoError(t, err)
	code, again, errOut = turnus(t, string(voids), "verify", "receipt", "-")
	require.Equal(t, 0, code, "what has to be read twice may come through a pipe, too: %s", errOut)
	require.Contains(t, again, "identical: ")

	altered := filepath.Join(t.TempDir(), "altered.json")
	write := func(s string) { require.NoError(t, os.WriteFile(altered, []byte(s), 0o600)) }
	write(strings.Replace(string(good), `"kind":"paused","to":"2026-03-27T17:00:00Z"`, `"kind":"counted","to":"2026-03-27T17:00:00Z"`, 1))
	code, out, errOut = turnus(t, "", "verify", "receipt", altered)
	require.Equal(t, 1, code)
	require.Empty(t, errOut)
	require.Contains(t, out, "differs: 54 figures from 8 tickets")
	require.Contains(t, out, `  tickets[T-04].targets[desk p3-resolution 2].counts[0].clock.segments[1].kind: the file says "counted", recomputed: "paused"`)
	require.Contains(t, out, "  verification.sha256: the file says ")

	code, out, _ = turnus(t, "", "verify", "receipt", altered, "--json")
	require.Equal(t, 1, code)
	var v receipt.Result
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	require.False(t, v.Identical)
	require.Len(t, v.Differences, 2)
	_, out, _ = turnus(t, string(good), "verify", "receipt", "-", "--json")
	require.Contains(t, out, `"differences": []`)

	write(strings.ReplaceAll(string(good), `"numerator":1`, `"numerator":"\u001b[2J"`))
	code, out, errOut = turnus(t, "", "verify", "receipt", altered)
	require.Equal(t, 1, code)
	require.NotContains(t, out+errOut, "\x1b", "nothing of a file reaches the terminal raw")
	write(strings.ReplaceAll(string(good), `"numerator":1`, `"numerator":5`))
	_, out, _ = turnus(t, "", "verify", "receipt", altered)
	require.Regexp(t, `(?m)^  and [1-9]\d* more differences$`, out)
	require.Equal(t, 13, strings.Count(out, "\n"))

	write(strings.Replace(string(good), `"tzdata":"2025c"`, `"tzdata":"2019a"`, 1))
	_, out, _ = turnus(t, "", "verify", "receipt", altered)
	require.Contains(t, out, "tzdata: 2019a in the file, "+calendar.TZData+" here: differences may come from that; a turnus with 2019a can tell")

	for content, want := range map[string]string{
		string(good[:len(good)/2]): "it isn't complete",
		"":                         "the file is empty",
		"not JSON":                 "isn't a file of exported receipts",
		strings.Replace(string(good), "turnus.receipts/1", "turnus.receipts/2", 1): "of the format \"turnus.receipts/2\"",
	} {
		write(content)
		code, out, errOut = turnus(t, "", "verify", "receipt", altered)
		require.Equal(t, 1, code)
		require.Empty(t, out)
		require.Contains(t, errOut, "altered.json: ")
		require.Contains(t, errOut, want)
		require.Equal(t, 1, strings.Count(errOut, "\n"))
	}
	code, _, errOut = turnus(t, "", "verify", "receipt", filepath.Join(t.TempDir(), "nothing.json"))
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "nothing.json can't be read: no such file")
}

// Receipts that agree with themselves are told from the original by the hash
// under the decision; who doesn't give it is told so.
func TestVerifyReceiptAgainstAHash(t *testing.T) {
	code, out, errOut := turnus(t, "", "verify", "receipt", goldenReceipts)
	require.Equal(t, 0, code, errOut)
	require.Regexp(t, `(?m)^hash: not compared; .*--hash$`, out)
	require.Contains(t, out, "\nnot compared with their hashes, since the file doesn't hold them as they were declared: Agreement/desk version 2,Calendar/office version 1\n")
	right := regexp.MustCompile(`content hash ([0-9a-f]{64})`).FindStringSubmatch(out)[1]

	for _, hash := range []string{right, strings.ToUpper(right)} {
		code, out, _ = turnus(t, "", "verify", "receipt", goldenReceipts, "--hash", hash)
		require.Equal(t, 0, code)
		require.True(t, strings.HasPrefix(out, "identical: 54 figures"))
		require.Contains(t, out, "\nhash: it is the one that was asked for\n")
		require.NotContains(t, out, "forgery")
	}
	require.Contains(t, out, "\nversion: 2, as the file says; no hash holds it", "the file of a superseded version could name another")
	wrong := strings.Repeat("0", 64)
	code, out, _ = turnus(t, "", "verify", "receipt", goldenReceipts, "--hash", wrong)
	require.Equal(t, 1, code)
	require.True(t, strings.HasPrefix(out, "differs: 54 figures"))
	require.Contains(t, out, `  report.hash: the file says "`+right+`", asked for: "`+wrong+`"`)

	code, out, _ = turnus(t, "", "verify", "receipt", goldenReceipts, "--hash", wrong, "--json")
	require.Equal(t, 1, code)
	var v receipt.Result
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	require.Equal(t, wrong, v.Expected)
	for _, odd := range []string{"", "0d", right + "0", right[:63] + "g"} {
		code, _, errOut = turnus(t, "", "verify", "receipt", goldenReceipts, "--hash", odd)
		require.Equal(t, 2, code, odd)
		require.Contains(t, errOut, "64 hexadecimal digits")
	}
}

// Words that this turnus can't draft anew aren't compared, and it says so.
func TestVerifyReceiptInAnotherWording(t *testing.T) {
	const of010 = "../../report/verify/testdata/sla-report-0.1.0.json"
	code, out, errOut := turnus(t, "", "verify", "receipt", of010)
	require.Equal(t, 0, code, errOut)
	require.True(t, strings.HasPrefix(out, "identical: 54 figures from 8 tickets of sla-report/payments/2026-03.2, version 2\n"), out)
	require.Contains(t, out, "\nwords not compared: hold the hash against the decision")
	_, out, _ = turnus(t, "", "verify", "receipt", of010, "--json")
	var v receipt.Result
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	require.True(t, v.Identical)
	require.Contains(t, out, `"wording": 0`)
	require.Contains(t, out, `"words_compared": false`)
}

// A file gets its name when it is complete, and what stood there stays if it
// doesn't get that far.
func TestReportsAreWrittenWhole(t *testing.T) {
	organised(t)
	dir := t.TempDir()
	to := filepath.Join(dir, "receipts.json")
	require.NoError(t, os.WriteFile(to, []byte("before"), 0o600))
	code, _, errOut := turnus(t, "", "report", "sla-report/desk/2026-10", "--receipts", "-o", to)
	require.Equal(t, 1, code)
	require.NotEmpty(t, errOut)
	code, _, errOut = turnus(t, "", "report", "sla-report/desk/2026-10", "-o", dir)
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "is a directory")
	b, err := os.ReadFile(to)
	require.NoError(t, err)
	require.Equal(t, "before", string(b))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing else is left behind")
}
