package postgres

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// File is one file, or one directory, of a copy.
type File struct {
	Name    string // below Config.Dir, with slashes: password, data/PG_VERSION
	Dir     bool
	Size    int64     // bytes
	Content io.Reader // exactly Size bytes; nil for a directory
}

// Backup hands on what a new place needs to be this server as it is when
// Backup ends, all databases at one instant, while it goes on working. It is
// PostgreSQL's low-level base backup: files are copied while they change, and
// the WAL written meanwhile, which comes last, makes them one moment when the
// copy first starts. After an error what was handed on is worth nothing.
func (s *Server) Backup(ctx context.Context, put func(File) error) error {
	db, err := sql.Open("postgres", s.URL("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	// One session begins and ends a backup; when it is lost, so is the backup.
	session, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer session.Close()
	var segment int64
	if err := beginBackup(ctx, session, &segment); err != nil {
		return err
	}
	c := copier{ctx: ctx, dir: s.dir, put: put}
	if err := c.cluster(); err != nil {
		return err
	}
	var label, elsewhere, last string
	err = session.QueryRowContext(ctx, `SELECT labelfile, spcmapfile, pg_walfile_name(lsn) FROM pg_backup_stop(wait_for_archive => false)`).
		Scan(&label, &elsewhere, &last)
	if err != nil {
		return err
	}
	if strings.TrimSpace(elsewhere) != "" {
		return errTablespace
	}
	if err := c.content("data/backup_label", []byte(label)); err != nil {
		return err
	}
	return c.wal(label, last, segment)
}

var errTablespace = errors.New("PostgreSQL keeps a tablespace outside of its data directory, which a backup would miss: move it back")

// beginBackup makes sure that no WAL is recycled before it is copied, takes a
// checkpoint, and gives the size of a WAL segment in bytes. The slot ends with
// the session.
func beginBackup(ctx context.Context, session *sql.Conn, segment *int64) error {
	var elsewhere bool
	err := session.QueryRowContext(ctx, `SELECT pg_size_bytes(current_setting('wal_segment_size')),
		EXISTS (SELECT FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global'))`).Scan(segment, &elsewhere)
	if err != nil {
		return err
	}
	if elsewhere {
		return errTablespace
	}
	slot := "backup_" + strings.ToLower(rand.Text())
	if _, err := session.ExecContext(ctx, `SELECT pg_create_physical_replication_slot($1, immediately_reserve => true, temporary => true)`, slot); err != nil {
		return err
	}
	_, err = session.ExecContext(ctx, `SELECT pg_backup_start(label => 'turnus', fast => true)`)
	return err
}

// What PostgreSQL's documentation says a copy must or may go without: what
// belongs to the running server, what it makes anew at each start, and
// temporary tables.
var (
	emptied = []string{"pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans", "pg_wal"}
	left    = regexp.MustCompile(`^(postmaster\.(pid|opts)|backup_(label|manifest)(\.old)?|tablespace_map(\.old)?|` +
		`postgresql\.auto\.conf\.tmp|current_logfiles(\.tmp)?|\.s\.PGSQL.*|pg_internal\.init.*|pgsql_tmp.*|t\d+_\d+(_[a-z]+)?(\.\d+)?)$`)
)

// control is the file that says where recovery begins: copied last.
const control = "data/global/pg_control"

// copier hands on the files of a server directory.
type copier struct {
	ctx context.Context
	dir string
	put func(File) error
}

func (c copier) path(name string) string { return filepath.Join(c.dir, filepath.FromSlash(name)) }

// cluster copies everything but WAL.
func (c copier) cluster() error {
	if err := c.file("password"); err != nil {
		return err
	}
	if err := c.tree("data"); err != nil {
		return err
	}
	for _, name := range []string{"data/pg_wal", "data/pg_wal/archive_status"} {
		if err := c.put(File{Name: name, Dir: true}); err != nil {
			return err
		}
	}
	b, err := steady(c.path(control))
	if err != nil {
		return err
	}
	return c.content(control, b)
}

// tree copies a directory. What vanishes meanwhile was dropped, or is made
// again by recovery.
func (c copier) tree(name string) error {
	entries, err := os.ReadDir(c.path(name))
	if errors.Is(err, fs.ErrNotExist) && name != "data" {
		return nil
	}
	if err != nil {
		return err
	}
	if err := c.put(File{Name: name, Dir: true}); err != nil {
		return err
	}
	for _, e := range entries {
		below := name + "/" + e.Name()
		switch {
		case left.MatchString(e.Name()), below == control, below == "data/pg_wal":
		case e.IsDir() && name == "data" && slices.Contains(emptied, e.Name()):
			err = c.put(File{Name: below, Dir: true})
		case e.IsDir():
			err = c.tree(below)
		case e.Type().IsRegular():
			err = c.file(below)
			if errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// file copies a file at the size it has now. What is appended meanwhile is in
// WAL; what is cut off meanwhile is filled up with zeros, and recovery, which
// cuts it off once more, never looks at it.
func (c copier) file(name string) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	f, err := os.Open(c.path(name))
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return c.put(File{Name: name, Size: info.Size(), Content: io.LimitReader(io.MultiReader(f, zeros{}), info.Size())})
}

func (c copier) content(name string, b []byte) error {
	return c.put(File{Name: name, Size: int64(len(b)), Content: bytes.NewReader(b)})
}

// zeros never ends.
type zeros struct{}

// Read implements io.Reader.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// steady reads a small file that is written in place: twice the same is no
// half-written one.
func steady(path string) ([]byte, error) {
	last, err := os.ReadFile(path)
	for range 100 {
		if err != nil {
			return nil, err
		}
		var again []byte
		if again, err = os.ReadFile(path); err == nil && bytes.Equal(again, last) {
			return again, nil
		}
		last = again
	}
	return nil, fmt.Errorf("%s never stands still", path)
}

var startFile = regexp.MustCompile(`(?m)^START WAL LOCATION: .* \(file ([0-9A-F]{24})\)$`)

// wal copies the segments from the one that the label names to the last one,
// which is complete, since the end of a backup switches to the next.
func (c copier) wal(label, last string, size int64) error {
	m := startFile.FindStringSubmatch(label)
	if m == nil {
		return fmt.Errorf("PostgreSQL's backup label doesn't say where WAL starts: %q", label)
	}
	names, err := segments(m[1], last, size)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := c.file("data/pg_wal/" + name); err != nil {
			return err
		}
	}
	return nil
}

// segments names the WAL files from first to last, both included.
func segments(first, last string, size int64) ([]string, error) {
	timeline, begin, err := segment(first, size)
	if err != nil {
		return nil, err
	}
	same, end, err := segment(last, size)
	if err != nil {
		return nil, err
	}
	if timeline != same || end < begin {
		return nil, fmt.Errorf("the WAL from %s to %s isn't one piece", first, last)
	}
	var names []string
	for n := begin; n <= end; n++ {
		names = append(names, fmt.Sprintf("%08X%08X%08X", timeline, n/perName(size), n%perName(size)))
	}
	return names, nil
}

// perName is how many segments the last eight digits of a name count.
func perName(size int64) int64 { return 1 << 32 / size }

// segment takes a WAL file's name apart: eight hex digits each of timeline, of
// 4 GiB, and of the segment therein.
func segment(name string, size int64) (timeline, number int64, err error) {
	var high, low int64
	if _, err := fmt.Sscanf(name, "%8X%8X%8X", &timeline, &high, &low); err != nil || len(name) != 24 || size <= 0 {
		return 0, 0, fmt.Errorf("%q doesn't name WAL in segments of %d bytes", name, size)
	}
	return timeline, high*perName(size) + low, nil
}
