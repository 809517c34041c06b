package temporal

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// What lies in Config.Dir. The two directories hold ca.pem, cert.pem and
// key.pem each, that of signals also the file address.
const (
	ClientDir = "temporal-client" // Turnus's own certificate
	SignalDir = "temporal-signal" // that of systems which can only signal

	authorityFile = "temporal-authority.pem" // signs both, and the frontend's
	caFile        = "ca.pem"
	certFile      = "cert.pem"
	keyFile       = "key.pem"
	addressFile   = "address"
)

// keys are the certificates of an installation's clients, as files. Only who
// may read them is let in by Temporal, so they are the owner's alone, except
// that a group may be let read those of signals.
type keys struct {
	dir     string
	clients *authority
	group   *int // that reads SignalDir; nil: none does
}

// openKeys reads the files, and makes those that aren't there.
func openKeys(dir string, group *int, now func() time.Time) (*keys, error) {
	k := &keys{dir: dir, group: group}
	path := filepath.Join(dir, authorityFile)
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if k.clients, err = newAuthority("Turnus: clients of Temporal", now); err != nil {
			return nil, err
		}
		if content, err = k.clients.encode(); err != nil {
			return nil, err
		}
		if err := place(path, content, nil); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	default:
		if k.clients, err = parseAuthority(content, now); err != nil {
			return nil, fmt.Errorf("%s can't be used (%w): put back the one that was there, or remove it, and all clients of Temporal get new certificates at the next start", path, err)
		}
		if err := protect(path, 0o600, nil); err != nil {
			return nil, err
		}
	}
	// Closed while it changes: what an earlier start opened is taken back.
	for _, name := range []string{ClientDir, SignalDir} {
		room := filepath.Join(dir, name)
		if err := os.Mkdir(room, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if err := protect(room, 0o700, nil); err != nil {
			return nil, err
		}
	}
	if err := k.renew(); err != nil {
		return nil, err
	}
	for _, file := range []string{caFile, certFile, keyFile} {
		if err := errors.Join(protect(filepath.Join(dir, ClientDir, file), 0o600, nil),
			protect(filepath.Join(dir, SignalDir, file), mode(group), group)); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// publish says where signals go, and lets the group read how.
func (k *keys) publish(address string) error {
	room := filepath.Join(k.dir, SignalDir)
	if err := place(filepath.Join(room, addressFile), []byte(address+"\n"), k.group); err != nil {
		return err
	}
	if k.group == nil {
		return nil
	}
	return protect(room, 0o750, k.group)
}

// renew issues what is missing, due, or not of this authority. A certificate
// keeps its key, so that each file is replaced by itself and no reader finds
// two that don't belong together.
func (k *keys) renew() error {
	return errors.Join(k.renewIn(ClientDir, turnus, nil), k.renewIn(SignalDir, signals, k.group))
}

func (k *keys) renewIn(room, name string, group *int) error {
	at := func(file string) string { return filepath.Join(k.dir, room, file) }
	ca := encodeCert(k.clients.cert.Raw)
	if old, err := os.ReadFile(at(caFile)); err != nil || !bytes.Equal(old, ca) {
		if err := place(at(caFile), ca, group); err != nil {
			return err
		}
	}
	var key *ecdsa.PrivateKey
	if pair, err := tls.LoadX509KeyPair(at(certFile), at(keyFile)); err == nil && pair.Leaf.CheckSignatureFrom(k.clients.cert) == nil && pair.Leaf.Subject.CommonName == name {
		if !due(pair.Leaf, k.clients.now()) {
			return nil
		}
		key, _ = pair.PrivateKey.(*ecdsa.PrivateKey)
	}
	if key == nil {
		var err error
		if key, err = newKey(); err != nil {
			return err
		}
		content, err := encodeKey(key)
		if err != nil {
			return err
		}
		if err := place(at(keyFile), content, group); err != nil {
			return err
		}
	}
	cert, err := k.clients.issue(name, asClient, key)
	if err != nil {
		return err
	}
	return place(at(certFile), encodeCert(cert.Certificate[0]), group)
}

// mode of a file that a group may read, or nobody but its owner.
func mode(group *int) fs.FileMode {
	if group == nil {
		return 0o600
	}
	return 0o640
}

// place puts a file at its place, whole, and readable for nobody else at any
// moment but, in the end, for a group.
func place(path string, content []byte, group *int) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone already when all went well
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := protect(f.Name(), mode(group), group); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// protect sets a path's mode, whatever the umask, and gives it to the group
// that the mode is for.
func protect(path string, mode fs.FileMode, group *int) error {
	if group != nil {
		if err := os.Chown(path, -1, *group); err != nil {
			return err
		}
	}
	return os.Chmod(path, mode)
}
