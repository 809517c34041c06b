package imports

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Bounds of what a compressed file may become, so that a small file can fill
// neither disk nor time. Audit logs compress to a tenth or a twentieth.
const (
	maxUnpacked  = 64 << 30
	maxDirectory = 1 << 20 // of a zip: bytes that list what is in it
	maxRatio     = 250
	ratioFrom    = 32 << 20 // below this a ratio says nothing
)

// whole gives a file that is there as a whole, as a zip has to be, since its end
// comes first; false for what is only a stream.
func whole(r io.Reader) (at io.ReaderAt, size int64, ok bool) {
	at, ok = r.(io.ReaderAt)
	switch f := r.(type) {
	case interface{ Size() int64 }:
		return at, f.Size(), ok
	case fs.File:
		info, err := f.Stat()
		if err != nil || !info.Mode().IsRegular() {
			return nil, 0, false
		}
		return at, info.Size(), ok
	}
	return nil, 0, false
}

// unpacked gives the plain bytes of a file that may be a .gz or a .zip with one
// file in it, which its first bytes tell.
func unpacked(r io.Reader) (plain io.Reader, close func(), err error) {
	in := &source{r: r}
	b := bufio.NewReaderSize(in, 64<<10)
	magic, err := b.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, nil, in.why(broken("gz", err))
		}
		return &bounded{r: z, kind: "gz", in: in}, func() {}, nil
	case bytes.HasPrefix(magic, []byte("PK\x03\x04")), bytes.HasPrefix(magic, []byte("PK\x05\x06")):
		at, size, ok := whole(r)
		if !ok {
			return nil, nil, errors.New("a zip is read from a file that is there as a whole")
		}
		return unzipped(at, size)
	}
	return b, func() {}, nil
}

func unzipped(at io.ReaderAt, size int64) (plain io.Reader, close func(), err error) {
	d := &directory{ReaderAt: at, left: maxDirectory}
	z, err := zip.NewReader(d, size)
	switch {
	case d.left < 0:
		return nil, nil, malformed("this zip lists too many files: give it exactly one, the table",
			"Diese ZIP-Datei führt zu viele Dateien auf: Genau eine hineinlegen, die Tabelle.")
	case err != nil:
		return nil, nil, broken("zip", err)
	}
	d.read = true
	var files []*zip.File
	for _, e := range z.File {
		if !e.FileInfo().IsDir() && !strings.HasPrefix(e.Name, "__MACOSX/") && path.Base(e.Name) != ".DS_Store" {
			files = append(files, e)
		}
	}
	switch {
	case len(files) != 1:
		return nil, nil, malformed("this zip holds %d files: give it exactly one, the table (a spreadsheet is a zip too: save it as CSV)",
			"Diese ZIP-Datei enthält %d Dateien: Genau eine hineinlegen, die Tabelle (auch eine Arbeitsmappe ist eine ZIP-Datei: Als CSV speichern).", len(files))
	case files[0].Flags&1 != 0:
		return nil, nil, malformed("the file in this zip is encrypted: pack it without a password",
			"Die Datei in dieser ZIP-Datei ist verschlüsselt: Ohne Passwort packen.")
	case files[0].UncompressedSize64 > maxUnpacked,
		files[0].UncompressedSize64 > ratioFrom && files[0].UncompressedSize64/maxRatio > files[0].CompressedSize64: // what its directory says is refused unread
		return nil, nil, tooLarge("zip")
	}
	e, err := files[0].Open()
	if err != nil {
		return nil, nil, broken("zip", err)
	}
	packed := &source{n: int64(files[0].CompressedSize64)}
	return &bounded{r: e, kind: "zip", in: packed}, func() { e.Close() }, nil //nolint:errcheck // it was read
}

// directory ends the reading of a zip's directory that would fill the memory:
// each entry of 46 bytes becomes ten times as much.
type directory struct {
	io.ReaderAt
	left int
	read bool // the directory was
}

func (d *directory) ReadAt(p []byte, at int64) (int, error) {
	if d.left -= len(p); d.left < 0 && !d.read {
		return 0, io.ErrUnexpectedEOF
	}
	return d.ReaderAt.ReadAt(p, at)
}

// source counts what was read, and remembers whether reading itself failed: a
// connection that broke is no damaged archive.
type source struct {
	r   io.Reader
	n   int64
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// why gives the source's own error where there was one.
func (s *source) why(err error) error {
	if s.err != nil {
		return s.err
	}
	return err
}

// bounded ends the reading of an archive that becomes too large.
type bounded struct {
	r    io.Reader
	kind string
	in   *source
	n    int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		err = b.in.why(broken(b.kind, err))
	case b.n > maxUnpacked, b.n > ratioFrom && b.n/maxRatio > b.in.n:
		return 0, tooLarge(b.kind)
	}
	return n, err
}

func broken(kind string, err error) error {
	return fault.New(fault.Malformed, text.F("this %s file is damaged or cut off: pack it again",
		"Diese %s-Datei ist beschädigt oder abgeschnitten: Neu packen.", kind)).Because(err)
}

func tooLarge(kind string) error {
	return malformed("this %s file unpacks to more than is accepted (%d GB, or %d times its size): split the table, or send it unpacked",
		"Diese %s-Datei wird entpackt größer als zugelassen (%d GB oder das %d-Fache): Die Tabelle teilen oder unverpackt schicken.",
		kind, maxUnpacked>>30, maxRatio)
}

func malformed(en, de string, args ...any) *fault.Error {
	return fault.New(fault.Malformed, text.F(en, de, args...))
}
