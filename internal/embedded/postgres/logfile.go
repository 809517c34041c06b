package postgres

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// longestLog bounds the server's log, in bytes; its predecessor is as long.
const longestLog = 10 << 20

func (s *Server) logFile() string { return filepath.Join(s.dir, "postgres.log") }

// boundLog keeps the log short until the server has ended.
func (s *Server) boundLog() {
	for {
		if err := rotate(s.logFile(), longestLog); err != nil {
			s.log.Warn("PostgreSQL's log can't be shortened", "why", err)
		}
		select {
		case <-s.done:
			return
		case <-time.After(time.Minute):
		}
	}
}

// rotate copies a log that has grown too long to FILE.1 and empties it. The
// server holds the file open and appends, so renaming would not help.
func rotate(path string, longest int64) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() <= longest {
		return nil
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path+".1", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer to.Close()
	if _, err := io.Copy(to, from); err != nil {
		return err
	}
	return os.Truncate(path, 0)
}

// logTail is the end of what the postmaster that ended last wrote, and what its
// successor may have said since, for an error. One that has only just started
// has said nothing yet.
func (s *Server) logTail() string {
	s.mu.Lock()
	start := s.lastLog
	s.mu.Unlock()
	f, err := os.Open(s.logFile())
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(f, start, 64<<10))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}
