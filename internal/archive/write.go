package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// buffer is how much is held back before anything is written on, in bytes: a
// backup that fails as it begins has written nothing.
const buffer = 256 << 10

// Writer writes an archive, which is whole after Close only.
type Writer struct {
	head    Head
	out     *bufio.Writer
	zip     *gzip.Writer
	tar     *tar.Writer
	written manifest
}

// NewWriter begins an archive; the head's format is set here.
func NewWriter(to io.Writer, h Head) (*Writer, error) {
	h.Format = format
	w := &Writer{head: h, out: bufio.NewWriterSize(to, buffer)}
	zip, err := gzip.NewWriterLevel(w.out, gzip.BestSpeed) // the work goes on beside it
	if err != nil {
		return nil, err
	}
	w.zip, w.tar = zip, tar.NewWriter(zip)
	b, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	return w, w.write(headName, int64(len(b)), bytes.NewReader(b))
}

// Dir adds a directory.
func (w *Writer) Dir(name string) error {
	w.written.Entries = append(w.written.Entries, entry{Name: name + "/"})
	return w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: 0o700, ModTime: w.head.Begun})
}

// File adds a file of a size in bytes.
func (w *Writer) File(name string, size int64, content io.Reader) error {
	if size > longestFile {
		return fmt.Errorf("%s is larger than a backup takes: %d bytes, of %d at most", name, size, longestFile)
	}
	sum := sha256.New()
	if err := w.write(name, size, io.TeeReader(content, sum)); err != nil {
		return err
	}
	w.written.Entries = append(w.written.Entries, entry{name, size, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

func (w *Writer) write(name string, size int64, content io.Reader) error {
	err := w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: w.head.Begun})
	if err != nil {
		return err
	}
	_, err = io.Copy(w.tar, content)
	return err
}

// Close adds the manifest and ends the archive.
func (w *Writer) Close() error {
	b, err := json.Marshal(w.written)
	if err != nil {
		return err
	}
	if err := w.write(manifestName, int64(len(b)), bytes.NewReader(b)); err != nil {
		return err
	}
	if err := w.tar.Close(); err != nil {
		return err
	}
	if err := w.zip.Close(); err != nil {
		return err
	}
	return w.out.Flush()
}
