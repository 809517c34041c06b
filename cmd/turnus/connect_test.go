package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Secrets come from files, and an API key never goes out without TLS.
func TestConnectionIsCompleted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(file, []byte("p@ss/word\n"), 0o600))
	t.Setenv(databaseEnv, "postgres://turnus_app@db/turnus?sslmode=disable")
	t.Setenv(passwordFileEnv, file)
	t.Setenv(addressEnv, "temporal:7233")
	t.Setenv(namespaceEnv, "")
	t.Setenv(apiKeyEnv, "")
	var c connection
	require.NoError(t, c.complete())
	require.Equal(t, "postgres://turnus_app:p%40ss%2Fword@db/turnus?sslmode=disable", c.databaseURL)
	require.Equal(t, "turnus", c.namespace)
	o, err := c.options(slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.Nil(t, o.ConnectionOptions.TLS)

	t.Setenv(apiKeyEnv, "key")
	t.Setenv(namespaceEnv, "other.tenant")
	c = connection{databaseURL: "postgres://flag@db/turnus"}
	require.NoError(t, c.complete())
	require.Equal(t, "postgres://flag:p%40ss%2Fword@db/turnus", c.databaseURL, "a flag comes before the environment")
	require.Equal(t, "other.tenant", c.namespace)
	o, err = c.options(slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NotNil(t, o.ConnectionOptions.TLS)
	require.NotNil(t, o.Credentials)

	c.ca = file
	_, err = c.options(slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "no certificate in PEM")
	c.ca, c.cert, c.key = "", file, file
	_, err = c.options(slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "certificate")
}
