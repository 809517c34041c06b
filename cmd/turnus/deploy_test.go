package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// understood checks a command line as it stands in a file: the command exists,
// and so does each flag; its arguments are as many as it takes.
func understood(t *testing.T, args []string) {
	t.Helper()
	c, rest, err := root().Find(args)
	require.NoError(t, err, args)
	require.NotEqual(t, "turnus", c.Name(), args)
	require.NoError(t, c.ParseFlags(rest), args)
	require.NoError(t, c.ValidateArgs(c.Flags().Args()), args)
}

// What deploy/compose.yaml starts, this Turnus understands.
func TestComposeIsUnderstood(t *testing.T) {
	b, err := os.ReadFile("../../deploy/compose.yaml")
	require.NoError(t, err)
	var file struct {
		Services map[string]struct {
			Image       string
			User        string
			ReadOnly    bool `yaml:"read_only"`
			Command     []string
			Environment map[string]string
			Secrets     []string
			Volumes     []string
			Networks    []string
			DependsOn   map[string]any `yaml:"depends_on"`
			Healthcheck struct{ Test []string }
		}
		Secrets  map[string]struct{ File string }
		Volumes  map[string]any
		Networks map[string]any
	}
	require.NoError(t, yaml.Unmarshal(b, &file))
	known := []string{databaseEnv, passwordFileEnv, addressEnv, namespaceEnv, apiKeyEnv}
	ours := []string{}
	for name, s := range file.Services {
		for _, secret := range s.Secrets {
			require.Contains(t, file.Secrets, secret, name)
		}
		for _, network := range s.Networks {
			require.Contains(t, file.Networks, network, name)
		}
		for _, v := range s.Volumes {
			if from, _, _ := strings.Cut(v, ":"); strings.HasPrefix(from, ".") {
				_, err := os.Stat("../../deploy/" + from)
				require.NoError(t, err, "%s: %s", name, v)
			} else {
				require.Contains(t, file.Volumes, from, name)
			}
		}
		for other := range s.DependsOn {
			require.Contains(t, file.Services, other, name)
		}
		for key, value := range s.Environment {
			require.NotRegexp(t, `://[^/@]*:[^/@]*@`, value, "%s: %s holds a password", name, key)
			if from, ok := strings.CutPrefix(value, "/run/secrets/"); ok {
				require.Contains(t, s.Secrets, from, "%s: %s", name, key)
			}
		}
		if s.Image != "turnus" {
			continue
		}
		ours = append(ours, name)
		require.Regexp(t, `^[1-9]\d*:`, s.User, "%s runs as root", name)
		require.True(t, s.ReadOnly, name)
		understood(t, s.Command)
		for key := range s.Environment {
			require.True(t, slices.Contains(known, key), "%s: nothing reads %s", name, key)
		}
		if name != "migrate" {
			require.Equal(t, []string{"CMD", "turnus"}, s.Healthcheck.Test[:2], name)
			understood(t, s.Healthcheck.Test[2:])
			require.Contains(t, s.Environment[databaseEnv], "//turnus_app@", "%s serves with few rights", name)
		}
	}
	slices.Sort(ours)
	require.Equal(t, []string{"api", "migrate", "worker"}, ours)
}

// So is what the systemd unit starts.
func TestUnitIsUnderstood(t *testing.T) {
	b, err := os.ReadFile("../../deploy/turnus.service")
	require.NoError(t, err)
	line := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/turnus (.+)$`).FindSubmatch(b)
	require.NotNil(t, line)
	understood(t, strings.Fields(string(line[1])))
	seen := map[string]bool{}
	for l := range strings.Lines(string(b)) {
		l = strings.TrimSpace(l)
		if key, _, set := strings.Cut(l, "="); set && !strings.HasPrefix(l, "#") {
			require.False(t, seen[key], "%s stands twice", key)
			seen[key] = true
		}
	}
	require.True(t, seen["StateDirectory"] && seen["Restart"] && seen["TimeoutStopSec"])
}

// Wrong uses are said in one line, before anything is begun.
func TestPartsWantAnAddress(t *testing.T) {
	t.Setenv(databaseEnv, "")
	t.Setenv(addressEnv, "")
	for _, args := range [][]string{
		{"api"}, {"worker"}, {"migrate"},
		{"api", "--database-url", "postgres://a@b/c"},
		{"api", "--database-url", "postgres://a@b/c", "--temporal-address", "t:7233", "--temporal-tls-cert", "x"},
		{"api", "--database-url", "host=b", "--database-password-file", "x", "--temporal-address", "t:7233"},
		{"up", "--ui-port", "70000"},
		{"up", "--temporal-port", "-1"},
	} {
		var out, errOut strings.Builder
		require.Equal(t, 2, execute(t.Context(), root(), args, strings.NewReader(""), &out, &errOut), args)
		require.Equal(t, 1, strings.Count(errOut.String(), "\n"), errOut.String())
		require.Empty(t, out.String())
	}
}
