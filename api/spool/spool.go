// Package spool keeps on disk what people send or fetch at their own pace, so
// that nothing else waits for them: an upload is read to its end before the
// database is asked for a connection, and an export is made before the first
// byte of it is sent.
//
// A file has no name from the moment it exists, so that nothing is left of it
// whatever becomes of the process. How many there are, by person and in all, and
// their bytes are bounded, and so is what they leave free on the disk. It may
// import itsm/fault and itsm/text.
//
//	err := spool.Prepare(dir)
//	uploads := spool.New(spool.Config{Dir: dir, Files: 32, Each: 4, Bytes: 16 << 30})
//	f, err := uploads.Take("jo")
//	defer f.Close()
package spool

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Config says how much a spool takes.
type Config struct {
	Dir   string // on a disk with room; the system's for temporary files if empty
	Files int    // at a time
	Each  int    // of one person, at a time
	Bytes int64  // of all files together
}

// Spool is a bounded number of files. It is safe for concurrent use.
type Spool struct {
	Config
	mu     sync.Mutex
	files  int
	bytes  int64
	people map[string]int
}

// step is how many bytes a file reserves at a time: then the disk is asked.
const step = 8 << 20

// Reserve of a disk that stays free for everything else: a twentieth, and a
// gigabyte at most.
const (
	reserveShare = 20
	maxReserve   = 1 << 30
)

const pattern = "turnus-spool-*"

// New gives a spool with nothing in it.
func New(c Config) *Spool {
	if c.Dir == "" {
		c.Dir = os.TempDir()
	}
	return &Spool{Config: c, people: map[string]int{}}
}

// Prepare makes a directory for spools if it isn't there, and finds out whether
// files can be kept in it.
func Prepare(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		// Between being made and losing its name a file may have been left by a
		// process that was killed; it is empty.
		left, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, name := range left {
			os.Remove(name) //nolint:errcheck // somebody else's
		}
		var f *os.File
		if f, err = unnamed(dir); err == nil {
			err = f.Close()
		}
	}
	if err != nil {
		return fmt.Errorf("nothing can be kept in %s (%w): make it yours, or name another directory with --spool DIR", dir, bare(err))
	}
	return nil
}

// unnamed makes a file for its owner alone, and takes its name away.
func unnamed(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, pattern) // 0600
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Take gives a person an empty file, to be closed by them. Too many of them is
// a fault: unavailable.
func (s *Spool) Take(person string) (*File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.people[person] >= s.Each:
		return nil, fault.New(fault.Unavailable, text.F("%s has %d of these running already, and more aren't taken: let one end, then try again.",
			"Von %s laufen schon %d davon, mehr werden nicht angenommen: Erst eine enden lassen, dann erneut versuchen.", person, s.Each))
	case s.files >= s.Files:
		return nil, fault.New(fault.Unavailable, text.F("%d files are being sent or fetched already, and more aren't taken: try again shortly.",
			"Es werden schon %d Dateien gesendet oder abgeholt, mehr werden nicht angenommen: In Kürze erneut versuchen.", s.Files))
	}
	f, err := unnamed(s.Dir)
	if err != nil {
		return nil, noRoom(err)
	}
	s.files++
	s.people[person]++
	return &File{spool: s, person: person, file: f}, nil
}

// reserve sets bytes aside, if the disk has them.
func (s *Spool) reserve(n int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes+n > s.Bytes {
		return fault.New(fault.Unavailable, text.F("The files being sent or fetched fill the %d MB that there are for them: try again shortly, or split the file.",
			"Die Dateien, die gerade gesendet oder abgeholt werden, füllen die dafür vorgesehenen %d MB: In Kürze erneut versuchen oder die Datei teilen.", s.Bytes>>20))
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(s.Dir, &disk); err == nil { // else writing will tell
		block := int64(disk.Bsize) //nolint:unconvert // of another type on other systems
		free, whole := int64(disk.Bavail)*block, int64(disk.Blocks)*block
		if free-n < min(whole/reserveShare, maxReserve) {
			return noRoom(fmt.Errorf("%d MB are free in %s", free>>20, s.Dir))
		}
	}
	s.bytes += n
	return nil
}

func (s *Spool) release(person string, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files--
	s.bytes -= bytes
	if s.people[person]--; s.people[person] == 0 {
		delete(s.people, person)
	}
}

func noRoom(why error) error {
	return fault.New(fault.Unavailable, text.New("The server's disk for files in transit has too little room: ask who runs it to make some, or to name another with --spool.",
		"Auf dem Server ist für Dateien in Übertragung zu wenig Platz: Dort Platz schaffen oder mit --spool ein anderes Verzeichnis angeben lassen.")).Because(why)
}

// File is a file of a spool: written, then read from its start. It is one
// goroutine's at a time.
type File struct {
	spool    *Spool
	person   string
	file     *os.File
	size     int64
	reserved int64
	at       int64 // that is read next
}

// Write implements io.Writer; it appends.
func (f *File) Write(p []byte) (int, error) {
	for f.size+int64(len(p)) > f.reserved {
		if err := f.spool.reserve(step); err != nil {
			return 0, err
		}
		f.reserved += step
	}
	n, err := f.file.WriteAt(p, f.size)
	f.size += int64(n)
	if err != nil {
		return n, noRoom(err)
	}
	return n, nil
}

// Read implements io.Reader.
func (f *File) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p, f.at)
	f.at += int64(n)
	if n > 0 {
		err = nil // it comes again
	}
	return n, err
}

// ReadAt implements io.ReaderAt.
func (f *File) ReadAt(p []byte, at int64) (int, error) {
	if at >= f.size {
		return 0, io.EOF
	}
	return f.file.ReadAt(p, at)
}

// Size is what was written.
func (f *File) Size() int64 { return f.size }

// Close gives everything back. It may be called again.
func (f *File) Close() error {
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	f.spool.release(f.person, f.reserved)
	return err
}

// bare leaves out what the message around it says already.
func bare(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
