package imports

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
)

const twoRows = auditHeading + "INC1,New,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1\nINC2,New,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1\n"

func zipped(t *testing.T, files ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		require.NoError(t, err)
		_, err = io.WriteString(w, files[i+1])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func gzipped(t *testing.T, r io.Reader) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.Copy(z, r)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

func TestPackedFiles(t *testing.T) {
	for _, b := range [][]byte{
		[]byte(twoRows),
		gzipped(t, strings.NewReader(twoRows)),
		zipped(t, "incidents.csv", twoRows),
		zipped(t, "folder/", "", "folder/incidents.csv", twoRows, "__MACOSX/folder/._incidents.csv", "x"),
	} {
		rows, rejects, err := readAll(bytes.NewReader(b), auditLog)
		require.NoError(t, err)
		require.Empty(t, rejects)
		require.Len(t, rows, 2)
	}
}

func TestPackedFilesThatCantBeRead(t *testing.T) {
	gz, z := gzipped(t, strings.NewReader(twoRows)), zipped(t, "incidents.csv", twoRows)
	spoiled := bytes.Clone(gz)
	spoiled[len(spoiled)-6] ^= 1 // the checksum
	encrypted := bytes.Clone(z)
	encrypted[bytes.LastIndex(encrypted, []byte("PK\x01\x02"))+8] |= 1
	bomb := auditHeading + strings.Repeat(strings.Repeat("x", 500_000)+"\n", 90)
	for says, b := range map[string][]byte{
		"gz file is damaged":   gz[:len(gz)/2],
		"gz file is damaged ":  spoiled,
		"zip file is damaged":  z[:len(z)/2],
		"holds 2 files":        zipped(t, "a.csv", twoRows, "b.csv", twoRows),
		"holds 0 files":        zipped(t),
		"is encrypted":         encrypted,
		"250 times its size":   gzipped(t, strings.NewReader(bomb)),
		"250 times its size: ": zipped(t, "bomb.csv", bomb),
		"lists too many files": zipped(t, strings.Split(strings.Repeat("a.csv,,", 60_000), ",")[:120_000]...),
	} {
		_, _, err := readAll(bytes.NewReader(b), auditLog)
		require.Error(t, err, says)
		require.True(t, fault.Is(err, fault.Malformed), "%v", err)
		require.ErrorContains(t, err, strings.TrimRight(says, ": "))
	}
}

// What a zip says of its size is believed where that is too much: its rows aren't
// read up to there.
func TestAZipThatSaysWhatItBecomesIsRefusedUnread(t *testing.T) {
	first, rest, _ := strings.Cut(twoRows, "\n")
	_, row, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	rows, rejects, err := readAll(bytes.NewReader(zipped(t, "a.csv", first+"\n"+strings.Repeat(row+"\n", (ratioFrom+1<<20)/len(row)))), auditLog)
	require.ErrorContains(t, err, "250 times its size")
	require.Empty(t, rows)
	require.Empty(t, rejects)
}
