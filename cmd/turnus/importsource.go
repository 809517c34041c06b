package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
)

// source opens what is to be sent, with a progress bar on a terminal. done may
// be called more than once.
func source(path string, stdin io.Reader, progress io.Writer) (file io.Reader, done func(), err error) {
	if path == "-" {
		return stdin, func() {}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a directory: give a file", path)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	if !terminal(progress) {
		return f, func() { f.Close() }, nil
	}
	bar := progressbar.NewOptions64(info.Size(),
		progressbar.OptionSetWriter(progress),
		progressbar.OptionSetDescription(filepath.Base(path)),
		progressbar.OptionShowBytes(true), // with the rate
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)
	return &watched{f, bar}, func() { _ = bar.Exit(); f.Close() }, nil
}

// watched is a file that moves a progress bar, and that can be sent again.
type watched struct {
	*os.File
	bar *progressbar.ProgressBar
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.File.Read(p)
	_ = w.bar.Add(n)
	return n, err
}

// Seek implements io.Seeker: the bar begins anew.
func (w *watched) Seek(to int64, whence int) (int64, error) {
	w.bar.Reset()
	return w.File.Seek(to, whence)
}

// WriteTo would go past the bar.
func (w *watched) WriteTo(to io.Writer) (int64, error) {
	return io.Copy(to, struct{ io.Reader }{w})
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
