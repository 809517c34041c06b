package archive_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"turnus/internal/archive"
)

func whole(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := archive.NewWriter(&b, archive.Head{Layout: 1, Postgres: 15, Platform: "linux/amd64", Version: "test"})
	require.NoError(t, err)
	require.NoError(t, w.File("VERSION", 2, strings.NewReader("1\n")))
	require.NoError(t, w.Dir("postgres/data"))
	require.NoError(t, w.Dir("postgres/data/pg_notify"))
	require.NoError(t, w.File("postgres/data/base", 32<<10, bytes.NewReader(make([]byte, 32<<10))))
	require.NoError(t, w.File("postgres/data/empty", 0, strings.NewReader("")))
	require.NoError(t, w.Close())
	return b.Bytes()
}

func anyHead(archive.Head) error { return nil }

func TestWholeArchive(t *testing.T) {
	b := whole(t)
	head, err := archive.Verify(bytes.NewReader(b))
	require.NoError(t, err)
	require.Equal(t, archive.Head{Format: 1, Layout: 1, Postgres: 15, Platform: "linux/amd64", Version: "test"}, head)
	dir := t.TempDir()
	_, err = archive.Unpack(iotest.OneByteReader(bytes.NewReader(b)), dir, anyHead)
	require.NoError(t, err)
	content, err := os.ReadFile(filepath.Join(dir, "VERSION"))
	require.NoError(t, err)
	require.Equal(t, "1\n", string(content))
	info, err := os.Stat(filepath.Join(dir, "postgres/data/base"))
	require.NoError(t, err)
	require.EqualValues(t, 32<<10, info.Size())
	require.DirExists(t, filepath.Join(dir, "postgres/data/pg_notify"))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "what the archive says of itself isn't unpacked")
}

// A head that isn't accepted stops everything.
func TestRefusedHead(t *testing.T) {
	dir, no := t.TempDir(), errors.New("no")
	_, err := archive.Unpack(bytes.NewReader(whole(t)), dir, func(archive.Head) error { return no })
	require.ErrorIs(t, err, no)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// Cut off anywhere, or with any byte changed, it isn't taken for a whole one.
func TestDamage(t *testing.T) {
	b := whole(t)
	for n := range b {
		_, err := archive.Verify(bytes.NewReader(b[:n]))
		require.Error(t, err, "cut off at %d of %d", n, len(b))
	}
	for n := 10; n < len(b); n++ { // the first ten bytes are gzip's own, with flags that nobody reads
		broken := bytes.Clone(b)
		broken[n] ^= 0x10
		if _, err := archive.Verify(bytes.NewReader(broken)); err == nil {
			require.Equal(t, unzipped(t, b), unzipped(t, broken), "byte %d of %d: only padding may change", n, len(b))
		}
	}
	_, err := archive.Verify(bytes.NewReader(append(bytes.Clone(b), "more"...)))
	require.Error(t, err)
	_, err = archive.Verify(io.MultiReader(bytes.NewReader(b[:len(b)/2]), iotest.ErrReader(errors.New("the disk is broken"))))
	require.EqualError(t, err, "the disk is broken", "why reading fails isn't the archive's fault")
	for _, foreign := range []string{"", "hello", string(pack(t))} {
		_, err := archive.Verify(strings.NewReader(foreign))
		require.ErrorContains(t, err, "isn't a backup of turnus")
	}
}

func unzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	require.NoError(t, err)
	content, err := io.ReadAll(r)
	require.NoError(t, err)
	return content
}

// item is an entry of a tar that we didn't write.
type item struct {
	name, content string
	kind          byte
	size          int64 // if it isn't the content's
}

func pack(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	w := tar.NewWriter(zip)
	for _, i := range items {
		h := &tar.Header{Name: i.name, Typeflag: i.kind, Size: int64(len(i.content))}
		if i.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if i.kind == tar.TypeSymlink || i.kind == tar.TypeLink {
			h.Linkname, h.Size = "/etc/passwd", 0
		}
		if i.size > 0 {
			h.Size = i.size
		}
		require.NoError(t, w.WriteHeader(h))
		if h.Size > 0 {
			_, err := io.WriteString(w, i.content)
			require.NoError(t, err)
		}
	}
	if len(items) == 0 || items[len(items)-1].size == 0 {
		require.NoError(t, w.Close())
	}
	require.NoError(t, zip.Close())
	return b.Bytes()
}

// An archive made by somebody who means harm writes nothing beyond its
// directory.
func TestHarm(t *testing.T) {
	head := item{name: "turnus-backup.json", content: `{"format":1,"layout":1,"postgres":15}`}
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte("x")))
	list := func(names ...string) item {
		type entry struct {
			Name   string `json:"name"`
			Size   int64  `json:"size"`
			SHA256 string `json:"sha256"`
		}
		var es []entry
		for _, n := range names {
			es = append(es, entry{n, 1, sum})
		}
		b, err := json.Marshal(map[string]any{"entries": es})
		require.NoError(t, err)
		return item{name: "manifest.json", content: string(b)}
	}
	file := func(name string) item { return item{name: name, content: "x"} }
	_, err := archive.Verify(bytes.NewReader(pack(t, head, file("a"), list("a"))))
	require.NoError(t, err, "the tests below fail for their own reasons")

	for what, c := range map[string]struct {
		want  string
		items []item
	}{
		"way out":              {"isn't a name", []item{head, file("../a"), list("../a")}},
		"way out further down": {"isn't a name", []item{head, file("a/../../b"), list("a/../../b")}},
		"absolute":             {"isn't a name", []item{head, file("/tmp/a"), list("/tmp/a")}},
		"no name":              {"isn't a name", []item{head, file("."), list(".")}},
		"long name":            {"isn't a name", []item{head, file(strings.Repeat("a/", 600) + "b"), list()}},
		"symbolic link":        {"neither a file", []item{head, {name: "a", kind: tar.TypeSymlink}, list("a")}},
		"hard link":            {"neither a file", []item{head, {name: "a", kind: tar.TypeLink}, list("a")}},
		"device":               {"neither a file", []item{head, {name: "a", kind: tar.TypeChar}, list("a")}},
		"twice":                {"twice", []item{head, file("a"), file("a"), list("a", "a")}},
		"head twice":           {"twice", []item{head, head, list("turnus-backup.json")}},
		"unlisted":             {"manifest says", []item{head, file("a"), file("b"), list("a")}},
		"missing":              {"manifest says", []item{head, file("a"), list("a", "b")}},
		"other content":        {"manifest says", []item{head, {name: "a", content: "y"}, list("a")}},
		"no manifest":          {"before its manifest", []item{head, file("a")}},
		"not the last":         {"follows its manifest", []item{head, file("a"), list("a"), file("b")}},
		"unreadable manifest":  {"can't be read", []item{head, {name: "manifest.json", content: "{"}}},
		"no head":              {"isn't a backup", []item{file("a"), list("a")}},
		"newer":                {"newer version", []item{{name: head.name, content: `{"format":2}`}, list()}},
		"oversized":            {"no file has more", []item{head, {name: "a", size: 1<<30 + 1}}},
		"oversized head":       {"isn't a backup", []item{{name: head.name, size: 1 << 20}}},
		"oversized manifest":   {"its manifest has", []item{head, {name: "manifest.json", size: 1 << 29}}},
	} {
		t.Run(what, func(t *testing.T) {
			above := t.TempDir()
			into := filepath.Join(above, "into")
			require.NoError(t, os.Mkdir(into, 0o700))
			b := pack(t, c.items...)
			_, err := archive.Verify(bytes.NewReader(b))
			require.ErrorContains(t, err, c.want)
			_, err = archive.Unpack(bytes.NewReader(b), into, anyHead)
			require.Error(t, err)
			entries, err := os.ReadDir(above)
			require.NoError(t, err)
			require.Len(t, entries, 1)
		})
	}
}

// What can't be read back isn't written.
func TestWriterRefuses(t *testing.T) {
	w, err := archive.NewWriter(io.Discard, archive.Head{})
	require.NoError(t, err)
	require.ErrorContains(t, w.File("a", 1<<30+1, nil), "larger than")
	require.NoError(t, w.File("b", 3, strings.NewReader("ab")))
	require.Error(t, w.Close(), "a file shorter than was said")
}

func FuzzVerify(f *testing.F) {
	f.Add(whole(f))
	f.Fuzz(func(t *testing.T, b []byte) { archive.Verify(bytes.NewReader(b)) }) //nolint:errcheck // it mustn't panic
}
