package spool

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
)

// What is written is read, from its start and from anywhere; the file has no
// name and is its owner's alone.
func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	left := filepath.Join(dir, "turnus-spool-1")
	require.NoError(t, os.WriteFile(left, nil, 0o600))
	require.NoError(t, Prepare(dir))
	require.NoFileExists(t, left, "of a process that was killed")

	s := New(Config{Dir: dir, Files: 3, Each: 2, Bytes: 100 << 20})
	f, err := s.Take("jo")
	require.NoError(t, err)
	text := strings.Repeat("a line\n", 2<<20) // more than is reserved at a time
	_, err = io.Copy(f, strings.NewReader(text))
	require.NoError(t, err)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
	info, err := f.file.Stat()
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	require.EqualValues(t, len(text), f.Size())
	b, err := io.ReadAll(f)
	require.NoError(t, err)
	require.True(t, string(b) == text)
	part := make([]byte, 4)
	n, err := f.ReadAt(part, 2)
	require.NoError(t, err)
	require.Equal(t, "line", string(part[:n]))
	_, err = f.ReadAt(part, f.Size())
	require.ErrorIs(t, err, io.EOF)
	require.NoError(t, f.Close())
	require.NoError(t, f.Close())
	require.Equal(t, [3]int64{0, 0, 0}, s.held())
}

// held are the files, bytes and people that a spool knows of.
func (s *Spool) held() [3]int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return [3]int64{int64(s.files), s.bytes, int64(len(s.people))}
}

// Too many files of a person, or in all, and too many bytes are refused with
// what to do, and what is given back can be taken again.
func TestBounds(t *testing.T) {
	s := New(Config{Dir: t.TempDir(), Files: 3, Each: 2, Bytes: 3 * step})
	refused := func(err error, en, de string) {
		t.Helper()
		f := fault.As(err)
		require.NotNil(t, f)
		require.Equal(t, fault.Unavailable, f.Code)
		require.Contains(t, f.Message.En, en)
		require.Contains(t, f.Message.De, de)
	}
	a, err := s.Take("jo")
	require.NoError(t, err)
	b, err := s.Take("jo")
	require.NoError(t, err)
	_, err = s.Take("jo")
	refused(err, "jo has 2 of these running already", "Von jo laufen schon 2")
	c, err := s.Take("al")
	require.NoError(t, err)
	_, err = s.Take("mo")
	refused(err, "3 files are being sent", "schon 3 Dateien")

	_, err = a.Write(make([]byte, 2*step))
	require.NoError(t, err)
	_, err = b.Write(make([]byte, 1))
	require.NoError(t, err)
	_, err = c.Write(make([]byte, 1))
	refused(err, "fill the 24 MB", "füllen die dafür vorgesehenen 24 MB")
	require.NoError(t, a.Close())
	_, err = c.Write(make([]byte, 1))
	require.NoError(t, err)
	require.NoError(t, b.Close())
	require.NoError(t, c.Close())
	require.Equal(t, [3]int64{0, 0, 0}, s.held())
}

// A disk without room is said so, and what can't be a directory before anything
// else is begun.
func TestNoRoom(t *testing.T) {
	s := New(Config{Dir: t.TempDir(), Files: 1, Each: 1, Bytes: 1 << 62})
	require.ErrorContains(t, s.reserve(1<<61), "too little room")
	require.Zero(t, s.held()[1])
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	err := Prepare(filepath.Join(file, "spool"))
	require.ErrorContains(t, err, "--spool DIR")
	gone := New(Config{Dir: filepath.Join(file, "spool"), Files: 1, Each: 1, Bytes: 1})
	_, err = gone.Take("jo")
	require.ErrorContains(t, err, "too little room")
	require.Equal(t, [3]int64{0, 0, 0}, gone.held())
}

// Many at the same time: nothing is counted twice or lost.
func TestManyAtATime(t *testing.T) {
	s := New(Config{Dir: t.TempDir(), Files: 8, Each: 3, Bytes: 5 * step})
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			f, err := s.Take([]string{"jo", "al", "mo"}[i%3])
			if err != nil {
				return
			}
			defer f.Close()
			_, _ = f.Write(make([]byte, 1<<20))
			held := s.held()
			if held[0] > 8 || held[1] > 5*step {
				t.Errorf("too much is held: %v", held)
			}
		})
	}
	all.Wait()
	require.Equal(t, [3]int64{0, 0, 0}, s.held())
}
