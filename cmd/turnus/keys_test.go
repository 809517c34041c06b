package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"turnus/internal/embedded/temporal"
)

// What lets somebody into Temporal is the owner's alone, in an older data
// directory from the next start on, and in no backup.
func TestKeysOfADataDirectory(t *testing.T) {
	port := freeAddress(t)
	_, number, err := net.SplitHostPort(port)
	require.NoError(t, err)
	e := newEngine(t, "--temporal-port", number)
	at := func(name string) string { return filepath.Join(e.dir, name) }
	secrets := []string{"temporal-authority.pem", "temporal-address", uiAddressFile}
	for _, dir := range []string{temporal.ClientDir, temporal.SignalDir} {
		for _, file := range []string{"ca.pem", "cert.pem", "key.pem"} {
			secrets = append(secrets, filepath.Join(dir, file))
		}
	}
	secrets = append(secrets, temporal.SignalDir+"/address")
	closed := func() {
		t.Helper()
		for _, name := range secrets {
			info, err := os.Stat(at(name))
			require.NoError(t, err)
			require.EqualValues(t, 0o600, info.Mode().Perm(), name)
			if os.Geteuid() == 0 {
				require.False(t, readable(at(name)), name)
			}
		}
		for _, name := range []string{temporal.ClientDir, temporal.SignalDir} {
			info, err := os.Stat(at(name))
			require.NoError(t, err)
			require.EqualValues(t, 0o700, info.Mode().Perm(), name)
		}
	}

	e.start()
	closed()
	require.Equal(t, port, e.token("temporal-address"))
	require.Equal(t, port, e.token(temporal.SignalDir+"/address"))
	_, err = client.Dial(client.Options{HostPort: port, Namespace: namespace})
	require.Error(t, err, "in plain text, without a certificate")
	e.temporal()
	e.signalling()

	// The secret of the Web UI opens it, and stands nowhere but in its file.
	address, err := url.Parse(e.token(uiAddressFile))
	require.NoError(t, err)
	secret := address.Query().Get("secret")
	require.NotEmpty(t, secret)
	require.NotContains(t, e.log.String(), secret)
	require.Contains(t, e.log.String(), at(uiAddressFile))
	ask := func(u string) int {
		c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		r, err := c.Get(u)
		require.NoError(t, err)
		r.Body.Close()
		return r.StatusCode
	}
	require.Equal(t, http.StatusSeeOther, ask(address.String()))
	require.Equal(t, http.StatusUnauthorized, ask("http://"+address.Host+"/"))

	backup, restored := filepath.Join(filepath.Dir(e.dir), "backup"), filepath.Join(filepath.Dir(e.dir), "restored")
	out, err := e.command(e.token("admin-token"), "backup", backup)
	require.NoError(t, err, out)
	out, err = e.command("", "restore", backup, "--data", restored)
	require.NoError(t, err, out)
	entries, err := os.ReadDir(restored)
	require.NoError(t, err)
	names := []string{}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	require.ElementsMatch(t, []string{"VERSION", adminTokenFile, postgresDir}, names)
	e.stop()

	// As a version without them has left it.
	for _, name := range []string{"temporal-authority.pem", temporal.ClientDir, temporal.SignalDir} {
		require.NoError(t, os.RemoveAll(at(name)))
	}
	for _, name := range []string{"temporal-address", uiAddressFile} {
		require.NoError(t, os.WriteFile(at(name), []byte("127.0.0.1:1\n"), 0o644))
		require.NoError(t, os.Chmod(at(name), 0o644))
	}
	e.start()
	closed()
	e.signalling()
	require.NotEqual(t, secret, e.token(uiAddressFile), "each start has its own")
}

// readable says whether an unprivileged user can read a file.
func readable(path string) bool {
	c := exec.Command("cat", path)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	return c.Run() == nil
}

// A group that is named may signal, and read nothing else.
func TestAGroupMaySignal(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("another user takes root")
	}
	const nogroup = "65534"
	e := newEngine(t, "--ui=false", "--signal-group", nogroup)
	e.start()
	require.NoError(t, filepath.WalkDir(e.dir, func(path string, d fs.DirEntry, err error) error {
		name := strings.TrimPrefix(path, e.dir+"/")
		if err != nil || d.IsDir() || strings.HasPrefix(name, postgresDir) { // whose modes PostgreSQL looks at
			return err
		}
		opened := []string{"VERSION", "temporal-signal/address", "temporal-signal/ca.pem", "temporal-signal/cert.pem", "temporal-signal/key.pem"}
		require.Equal(t, slices.Contains(opened, name), readable(path), name)
		return nil
	}))
	e.stop()
	e.args = []string{"--ui=false"}
	e.start()
	require.False(t, readable(filepath.Join(e.dir, "temporal-signal/key.pem")), "without the flag it is taken back")
}

// A client's files are read anew for each connection; while they can't be, the
// last ones count.
func TestTLSFilesAreReadAnew(t *testing.T) {
	dirs := [2]string{t.TempDir(), t.TempDir()}
	for _, dir := range dirs {
		makeKeys(t, dir)
	}
	at := t.TempDir()
	put := func(from string, files ...string) {
		for _, f := range files {
			b, err := os.ReadFile(filepath.Join(from, f))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(at, f), b, 0o600))
		}
	}
	shows := func(f *tlsFiles, whose string) {
		t.Helper()
		server, client := net.Pipe()
		defer server.Close()
		defer client.Close()
		pair, err := tls.LoadX509KeyPair(filepath.Join(whose, "cert.pem"), filepath.Join(whose, "key.pem"))
		require.NoError(t, err)
		seen := make(chan []*x509.Certificate, 1)
		go func() {
			c := tls.Server(server, &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAnyClientCert, NextProtos: []string{"h2"}})
			_ = c.Handshake() // how it went is seen at the client
			seen <- c.ConnectionState().PeerCertificates
		}()
		_, _, err = f.ClientHandshake(t.Context(), "127.0.0.1:7233", client)
		require.NoError(t, err, "its authority is the one that the file names")
		shown := <-seen
		require.Equal(t, pair.Leaf.Raw, shown[0].Raw)
	}
	put(dirs[0], "ca.pem", "cert.pem", "key.pem")
	f := &tlsFiles{}
	f.cert, f.key, f.ca = certificate(at)
	_, err := f.options()
	require.NoError(t, err)
	shows(f, dirs[0])
	put(dirs[1], "ca.pem", "key.pem") // the certificate isn't there yet
	shows(f, dirs[0])
	put(dirs[1], "cert.pem")
	shows(f, dirs[1])
	require.NoError(t, os.Remove(filepath.Join(at, "key.pem")))
	shows(f, dirs[1])

	_, err = (&tlsFiles{cert: f.cert, key: f.key, ca: f.ca}).options()
	require.ErrorContains(t, err, "certificate for Temporal can't be used")
}

// makeKeys writes a pair that is its own authority, good for this machine.
func makeKeys(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{"ca.pem": {Type: "CERTIFICATE", Bytes: cert}, "cert.pem": {Type: "CERTIFICATE", Bytes: cert},
		"key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
}
