package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/imports"
)

// Files that would become far more than they are, or have no end, are refused
// before anybody is asked.
func TestFilesThatAreTooMuch(t *testing.T) {
	dir := t.TempDir()
	write := func(name, s string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(s), 0o600))
		return path
	}
	const layer = "[*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]"
	aliases := "a: &a " + strings.Repeat("x", 20_000) + "\n"
	for _, name := range []string{"b", "c", "d", "e"} {
		aliases += name + ": &a " + layer + "\n"
	}
	for name, text := range map[string]string{"aliases.yaml": aliases, "list.yaml": strings.Repeat("- a\n", 500_000)} {
		began := time.Now()
		_, _, err := mappingGiven(write(name, text))
		require.ErrorContains(t, err, "can't be read as a mapping", name)
		require.Less(t, time.Since(began), time.Minute, name)
	}
	_, _, err := mappingGiven("/dev/zero")
	require.ErrorContains(t, err, "larger than")
	_, err = gather([]string{"/dev/zero"}, nil)
	require.ErrorContains(t, err, "larger than")
	_, err = gather([]string{"-"}, endless{})
	require.ErrorContains(t, err, "larger than")
	half := write("half.yaml", "a: "+strings.Repeat("x", imports.MaxResourceBytes/2))
	_, err = gather([]string{half, half}, nil)
	require.ErrorContains(t, err, "several calls")
}

// endless is a text without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}
