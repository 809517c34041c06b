package store_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
	"turnus/store"
)

var generated = ticket.Mapping{Number: "Key", Opened: "Created", Stopped: "Resolved", Responded: "First response",
	Fields: map[string]string{"priority": "Priority", "category": "Category", "customer": "Organization", "made_sla": "SLA"}}

// generate writes a table of n tickets, one a row, in the order of their
// numbers or shuffled.
func generate(t testing.TB, n int, shuffled bool) string {
	name := filepath.Join(t.TempDir(), "tickets.csv")
	f, err := os.Create(name)
	require.NoError(t, err)
	w := bufio.NewWriterSize(f, 1<<20)
	random := rand.New(rand.NewPCG(9, 10))
	fmt.Fprintln(w, "Key,Summary,Created,First response,Resolved,Priority,Category,Organization,SLA")
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	order := random.Perm(n)
	for i := range n {
		if shuffled {
			i = order[i]
		}
		opened := start.Add(time.Duration(i) * 30 * time.Second)
		responded := opened.Add(time.Duration(random.IntN(3600)) * time.Second)
		stopped := responded.Add(time.Duration(random.IntN(200_000)) * time.Second).Format(time.RFC3339)
		if random.IntN(50) == 0 {
			stopped = ""
		}
		fmt.Fprintf(w, "DESK-%08d,\"A summary, that nobody keeps, of number %d\",%s,%s,%s,P%d,Category %d,Customer %d,%t\n", i, i,
			opened.Format(time.RFC3339), responded.Format(time.RFC3339), stopped, 1+random.IntN(4), random.IntN(60), random.IntN(20), random.IntN(3) > 0)
	}
	require.NoError(t, w.Flush())
	require.NoError(t, f.Close())
	return name
}

// BenchmarkImport sets the import of a table, its reading included, beside
// psql's \copy of the same ticket versions, in order, into a table with the same
// indexes, in one database and one run. TURNUS_BENCH_TICKETS says how many (a
// million).
//
//	go test -run '^$' -bench Import -benchtime 1x ./store
func BenchmarkImport(b *testing.B) {
	b.Run("sorted", func(b *testing.B) { benchImport(b, false) })
	b.Run("shuffled", func(b *testing.B) { benchImport(b, true) })
}

func benchImport(b *testing.B, shuffled bool) {
	psql, err := psqlBinary()
	if err != nil {
		b.Skip("psql isn't on this machine: ", err)
	}
	n := benchTickets(b)
	file := generate(b, n, shuffled)
	defer debug.SetGCPercent(debug.SetGCPercent(200)) // as `turnus up` does
	for b.Loop() {
		b.StopTimer()
		url := pgtest.URL(b)
		db, err := sql.Open("postgres", url)
		require.NoError(b, err)
		s := store.New(db)
		sh := func(command string) time.Duration {
			begun := time.Now()
			out, err := exec.Command(psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", command).CombinedOutput()
			require.NoError(b, err, string(out))
			return time.Since(begun)
		}
		debug.FreeOSMemory()
		idle := resident(b, "VmRSS")
		resetPeak(b)

		begun := time.Now()
		f, err := os.Open(file)
		require.NoError(b, err)
		read := 0
		for _, err := range imports.Tickets(f, imports.TicketOptions{Format: imports.CSV, Mapping: generated}) {
			require.NoError(b, err)
			read++
		}
		alone := time.Since(begun)
		require.Equal(b, n, read)
		f.Close()
		in := store.Intake{Service: "desk", Format: imports.CSV, By: "root", Now: today, File: dataset.File{Name: "export.csv", SHA256: "ab"}, Zone: time.UTC}
		take := func(in store.Intake, progress func(int64)) (dataset.Profile, time.Duration) {
			f, err := os.Open(file)
			require.NoError(b, err)
			defer f.Close()
			begun := time.Now()
			done, err := s.Import(b.Context(), in, imports.Tickets(f, imports.TicketOptions{Format: imports.CSV, Mapping: generated, Content: in.Content}), progress)
			require.NoError(b, err)
			return done, time.Since(begun)
		}
		tried := in
		tried.DryRun, tried.Content = true, &dataset.Content{Count: true}
		_, trying := take(tried, nil)
		debug.FreeOSMemory()
		resetPeak(b)

		b.StartTimer()
		begun = time.Now()
		var staged time.Duration
		done, imported := take(in, func(int64) { staged = time.Since(begun) })
		b.StopTimer()
		require.EqualValues(b, n, done.Tickets)
		grown := resident(b, "VmHWM") - idle

		debug.FreeOSMemory()
		resetPeak(b)
		again, repeating := take(in, nil)
		require.EqualValues(b, n, again.Unchanged)
		_, tryingAgain := take(tried, nil)

		rows := filepath.Join(b.TempDir(), "rows")
		sh(`\copy (SELECT * FROM ticket_version ORDER BY number COLLATE "C") TO '` + rows + `'`)
		sh(`CREATE TABLE beside (LIKE ticket_version INCLUDING ALL)`)
		sh(`CHECKPOINT`)
		copied := sh(`\copy beside FROM '` + rows + `'`)
		var same bool
		require.NoError(b, db.QueryRow(`SELECT (SELECT count(*) FROM beside) = (SELECT count(*) FROM ticket_version)`).Scan(&same))
		require.True(b, same)
		require.NoError(b, db.Close())

		ratio := copied.Seconds() / imported.Seconds()
		b.ReportMetric(imported.Seconds(), "import-s")
		b.ReportMetric(staged.Seconds(), "of-it-reading-s")
		b.ReportMetric(copied.Seconds(), "copy-s")
		b.ReportMetric(ratio, "ratio")
		b.ReportMetric(float64(grown)/(1<<20), "grown-MB")
		b.ReportMetric(trying.Seconds(), "try-s")
		b.Logf("reading alone %.1f s; dry run %.1f s, %.2f of the import; the same file again %.1f s, tried again %.1f s",
			alone.Seconds(), trying.Seconds(), trying.Seconds()/imported.Seconds(), repeating.Seconds(), tryingAgain.Seconds())
		b.Logf("%d tickets: import %.1f s, \\copy %.1f s, the import runs at %.2f of \\copy; memory grew by %d MB",
			n, imported.Seconds(), copied.Seconds(), ratio, grown>>20)
		b.StartTimer()
	}
}

func psqlBinary() (string, error) {
	if p, err := exec.LookPath("psql"); err == nil {
		return p, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/psql")
	if len(found) == 0 {
		return "", exec.ErrNotFound
	}
	return found[len(found)-1], nil
}

// resident reads one of this process's memory figures, in bytes; 0 where the
// system doesn't tell.
func resident(t testing.TB, figure string) int64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	m := regexp.MustCompile(figure + `:\s+(\d+) kB`).FindSubmatch(b)
	require.NotNil(t, m)
	kb, err := strconv.ParseInt(string(bytes.TrimSpace(m[1])), 10, 64)
	require.NoError(t, err)
	return kb << 10
}

// resetPeak lets VmHWM begin anew.
func resetPeak(t testing.TB) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600); err != nil {
		t.Log("the peak of memory is since the process began:", err)
	}
}
