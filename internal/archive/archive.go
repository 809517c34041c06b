// Package archive is the file that a backup is: a compressed tar that says
// first what it is, and last what must have been in it, with checksums, so
// that one that was cut off is never taken for a whole one. It knows neither
// PostgreSQL nor the data directory, and imports nothing of ours.
//
//	w, err := archive.NewWriter(out, archive.Head{Layout: 1, …})
//	err = w.File("VERSION", 2, strings.NewReader("1\n"))
//	err = w.Close()
//
//	head, err := archive.Verify(in)
//	head, err = archive.Unpack(in, "/new/directory", func(h archive.Head) error { … })
package archive

import (
	"errors"
	"fmt"
	"time"
)

// format is the version of how an archive is built.
const format = 1

// The first entry and the last.
const (
	headName     = "turnus-backup.json"
	manifestName = "manifest.json"
)

// What no archive of ours exceeds: PostgreSQL keeps its tables in files of a
// gigabyte.
const (
	longestFile  = 1 << 30 // bytes
	longestHead  = 64 << 10
	longestList  = 256 << 20
	mostEntries  = 1 << 20
	longestName  = 1000
	longestAfter = 1 << 20 // zeros that end a tar
)

// Head says what an archive is.
type Head struct {
	Format   int       `json:"format"`
	Layout   int       `json:"layout"`   // of the data directory
	Postgres int       `json:"postgres"` // major version
	Platform string    `json:"platform"` // as in linux/amd64: PostgreSQL's files fit no other
	Version  string    `json:"version"`  // of turnus
	Begun    time.Time `json:"begun"`    // what was acknowledged by then is in it
}

// entry is a line of the manifest; a directory has no hash.
type entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256,omitempty"`
}

type manifest struct {
	Entries []entry `json:"entries"`
}

// damaged says that an archive can't be trusted.
func damaged(why string, args ...any) error {
	return fmt.Errorf("the backup is damaged or incomplete: %w", fmt.Errorf(why, args...))
}

var errForeign = errors.New("this isn't a backup of turnus: use a file that turnus backup has written")
