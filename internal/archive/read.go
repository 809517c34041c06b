package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Verify reads an archive to its end and says whether it is whole.
func Verify(r io.Reader) (Head, error) {
	return read(r, func(Head) error { return nil },
		func(string) error { return nil },
		func(_ string, content io.Reader) error { _, err := io.Copy(io.Discard, content); return err })
}

// Unpack writes what an archive holds into an empty directory, if accept takes
// its head. After an error the directory holds anything or nothing, and the
// archive mustn't be used.
func Unpack(r io.Reader, into string, accept func(Head) error) (Head, error) {
	root, err := os.OpenRoot(into)
	if err != nil {
		return Head{}, err
	}
	defer root.Close()
	return read(r, accept,
		func(name string) error { return root.MkdirAll(filepath.FromSlash(name), 0o700) },
		func(name string, content io.Reader) error {
			if err := root.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o700); err != nil {
				return err
			}
			f, err := root.OpenFile(filepath.FromSlash(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if err != nil {
				return err
			}
			_, err = io.Copy(f, content)
			return errors.Join(err, f.Close())
		})
}

// read goes through an archive, and through all of it: what it found must be
// what the manifest says.
func read(r io.Reader, accept func(Head) error, dir func(string) error, file func(string, io.Reader) error) (Head, error) {
	source := &failing{Reader: r}
	zip, err := gzip.NewReader(source)
	if err != nil {
		return Head{}, source.or(errForeign)
	}
	in := tar.NewReader(zip)
	head, err := readHead(in)
	if err != nil {
		return Head{}, source.or(err)
	}
	if err := accept(head); err != nil {
		return head, err
	}
	found, listed, err := entries(in, source, dir, file)
	if err != nil {
		return head, err
	}
	if !slices.Equal(found, listed) {
		return head, damaged("what is in it isn't what its manifest says")
	}
	// Reading on to the end checks the compression's own checksum.
	if n, err := io.CopyN(io.Discard, zip, longestAfter); !errors.Is(err, io.EOF) {
		return head, source.or(damaged("%d bytes and more follow its end (%v)", n, err))
	}
	return head, nil
}

// readHead reads the first entry.
func readHead(in *tar.Reader) (Head, error) {
	h, err := in.Next()
	if err != nil || h.Name != headName || h.Typeflag != tar.TypeReg || h.Size > longestHead {
		return Head{}, errForeign
	}
	var head Head
	b, err := io.ReadAll(in)
	if err != nil {
		return Head{}, damaged("%w", err)
	}
	if json.Unmarshal(b, &head) != nil || head.Format < 1 {
		return Head{}, errForeign
	}
	if head.Format > format {
		return Head{}, fmt.Errorf("the backup was made by a newer version of turnus (%s): restore it with that one", head.Version)
	}
	return head, nil
}

// entries reads all entries up to the manifest, and the manifest.
func entries(in *tar.Reader, source *failing, dir func(string) error, file func(string, io.Reader) error) (found, listed []entry, err error) {
	seen := map[string]bool{headName: true}
	for {
		h, err := in.Next()
		if err == io.EOF {
			return nil, nil, damaged("it ends before its manifest")
		}
		if err != nil {
			return nil, nil, source.or(damaged("%w", err))
		}
		if h.Name == manifestName && h.Typeflag == tar.TypeReg {
			listed, err := readManifest(in, h.Size)
			return found, listed, source.or(err)
		}
		name := strings.TrimSuffix(h.Name, "/")
		if err := permitted(h, name); err != nil {
			return nil, nil, err
		}
		if seen[name] || len(seen) > mostEntries {
			return nil, nil, damaged("%q stands in it twice, or more than %d entries do", name, mostEntries)
		}
		seen[name] = true
		if h.Typeflag == tar.TypeDir {
			if err := dir(name); err != nil {
				return nil, nil, err
			}
			found = append(found, entry{Name: name + "/"})
			continue
		}
		sum := sha256.New()
		content := &failing{Reader: io.TeeReader(in, sum)}
		if err := file(name, content); content.err != nil {
			return nil, nil, source.or(damaged("%s: %w", name, content.err))
		} else if err != nil {
			return nil, nil, err // of writing
		}
		found = append(found, entry{name, h.Size, hex.EncodeToString(sum.Sum(nil))})
	}
}

// permitted refuses what we never write: links and devices, ways out of the
// directory, and files larger than any of ours.
func permitted(h *tar.Header, name string) error {
	switch {
	case h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeDir:
		return damaged("%q is neither a file nor a directory", h.Name)
	case name != path.Clean(name) || !filepath.IsLocal(name) || name == "." || strings.ContainsAny(name, "\\\x00") || len(name) > longestName:
		return damaged("%q isn't a name that turnus gives", h.Name)
	case h.Size < 0 || h.Size > longestFile:
		return damaged("%q has %d bytes, and no file has more than %d", h.Name, h.Size, longestFile)
	}
	return nil
}

// readManifest reads the last entry.
func readManifest(in *tar.Reader, size int64) ([]entry, error) {
	if size > longestList {
		return nil, damaged("its manifest has %d bytes", size)
	}
	b, err := io.ReadAll(in)
	if err != nil {
		return nil, damaged("%w", err)
	}
	var m manifest
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&m); err != nil {
		return nil, damaged("its manifest can't be read: %w", err)
	}
	if _, err := in.Next(); err != io.EOF {
		return nil, damaged("something follows its manifest")
	}
	return m.Entries, nil
}

// failing keeps why reading failed, so that it isn't taken for a failure of
// whoever reads.
type failing struct {
	io.Reader
	err error
}

// Read implements io.Reader.
func (f *failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

// or is the reader's own failure, or else what is said instead.
func (f *failing) or(err error) error {
	if err != nil && f.err != nil {
		return f.err
	}
	return err
}
