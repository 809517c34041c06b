package store_test

import (
	"bufio"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/itsm/agreement"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/mapping"
	"turnus/itsm/ticket"
	"turnus/itsm/uptime"
	"turnus/itsm/versions"
	"turnus/store"
)

// benchNumber says how many of something a benchmark takes.
func benchNumber(b *testing.B, name string, usual int) int {
	s := os.Getenv(name)
	if s == "" {
		return usual
	}
	n, err := strconv.Atoi(s)
	require.NoError(b, err)
	return n
}

const benchSites = 20

// generateSamples writes n samples of 20 sites, one a minute and site, each some
// seconds late, as a monitor exports them: by time, and a fifth of it in no order.
// One in 500 minutes is the beginning of an outage of a few minutes.
func generateSamples(t testing.TB, n int, start time.Time) string {
	name := filepath.Join(t.TempDir(), "samples.csv")
	f, err := os.Create(name)
	require.NoError(t, err)
	w := bufio.NewWriterSize(f, 1<<20)
	random := rand.New(rand.NewPCG(11, 12))
	fmt.Fprintln(w, "time,site,probe,state")
	var down [benchSites]int
	const block = 50_000
	lines := make([]string, 0, block)
	flush := func(shuffled bool) {
		if shuffled {
			random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		}
		for _, l := range lines {
			w.WriteString(l) //nolint:errcheck // Flush says so
		}
		lines = lines[:0]
	}
	for i := range n {
		site, minute := i%benchSites, i/benchSites
		if down[site] > 0 {
			down[site]--
		} else if random.IntN(500) == 0 {
			down[site] = 1 + random.IntN(5)
		}
		state := "up"
		if down[site] > 0 {
			state = "down"
		}
		at := start.Add(time.Duration(minute)*time.Minute + time.Duration(random.IntN(5))*time.Second)
		lines = append(lines, fmt.Sprintf("%s,site-%02d,bern,%s\n", at.Format(time.RFC3339), site, state))
		if len(lines) == block {
			flush(i/block%5 == 0)
		}
	}
	flush(false)
	require.NoError(t, w.Flush())
	require.NoError(t, f.Close())
	return name
}

var benchSampled = mapping.Spec{Dataset: dataset.Probes, Columns: map[string]string{"at": "time", "component": "site", "probe": "probe", "is": "state"}}

// middle is the median.
func middle(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

// samplesIn reads a file of samples.
func samplesIn(b *testing.B, file string, content *dataset.Content) (iter.Seq2[uptime.Sample, error], func()) {
	f, err := os.Open(file)
	require.NoError(b, err)
	return imports.Samples(f, imports.Options{Format: imports.CSV, Mapping: benchSampled, Content: content}), func() { f.Close() }
}

// plainSamples makes a table of samples one by one, and copies a file into it.
func plainSamples(b *testing.B, sh func(string) time.Duration, file string) time.Duration {
	sh(`CREATE TABLE plain (at timestamptz, component text, probe text, state text, service text DEFAULT 'shop', PRIMARY KEY (service, component, probe, at))`)
	sh(`CHECKPOINT`)
	return sh(`\copy plain (at, component, probe, state) FROM '` + file + `' (FORMAT csv, HEADER)`)
}

// BenchmarkSamples sets the import of samples, their reading included, beside
// psql's \copy of the same file into a table of single rows with that key; and a
// review of a year of one-minute samples of 20 sites, from freezing to figures,
// beside COPY … TO STDOUT of those rows; each in one database and one run.
// TURNUS_BENCH_SAMPLES says how many are imported (5,000,000), and
// TURNUS_BENCH_DAYS of how many days the review's are (365).
//
//	go test -run '^$' -bench Samples -benchtime 1x ./store
func BenchmarkSamples(b *testing.B) {
	b.Run("import", benchSamplesImport)
	b.Run("review", benchSamplesReview)
}

// benchDatabase is a database, and what runs psql on it.
func benchDatabase(b *testing.B) (db *sql.DB, sh func(command string) time.Duration) {
	psql, err := psqlBinary()
	if err != nil {
		b.Skip("psql isn't on this machine: ", err)
	}
	url := pgtest.URL(b)
	db, err = sql.Open("postgres", url)
	require.NoError(b, err)
	b.Cleanup(func() { db.Close() })
	return db, func(command string) time.Duration {
		begun := time.Now()
		cmd := exec.Command(psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", command)
		cmd.Stderr = os.Stderr // its output goes to the null device
		require.NoError(b, cmd.Run())
		return time.Since(begun)
	}
}

func benchSamplesImport(b *testing.B) {
	n := benchNumber(b, "TURNUS_BENCH_SAMPLES", 5_000_000)
	file := generateSamples(b, n, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	defer debug.SetGCPercent(debug.SetGCPercent(200)) // as `turnus up` does
	for b.Loop() {
		b.StopTimer()
		db, sh := benchDatabase(b)
		s := store.New(db)
		rows, closed := samplesIn(b, file, nil)
		begun := time.Now()
		for _, err := range rows {
			require.NoError(b, err)
		}
		alone := time.Since(begun)
		closed()
		debug.FreeOSMemory()
		idle := resident(b, "VmRSS")
		resetPeak(b)

		content := &dataset.Content{}
		rows, closed = samplesIn(b, file, content)
		var staged time.Duration
		b.StartTimer()
		begun = time.Now()
		done, err := s.ImportSamples(b.Context(), store.Intake{Service: "shop", Format: imports.CSV, By: "root", Now: today, Content: content}, rows, func(int64) { staged = time.Since(begun) })
		imported := time.Since(begun)
		b.StopTimer()
		closed()
		require.NoError(b, err)
		require.EqualValues(b, n, done.Loaded)
		grown := resident(b, "VmHWM") - idle
		copied := plainSamples(b, sh, file)
		var ours, theirs int64
		require.NoError(b, db.QueryRow(`SELECT pg_total_relation_size('said'), pg_total_relation_size('plain')`).Scan(&ours, &theirs))
		ratio := copied.Seconds() / imported.Seconds()
		b.ReportMetric(imported.Seconds(), "import-s")
		b.ReportMetric(staged.Seconds(), "of-it-reading-s")
		b.ReportMetric(copied.Seconds(), "copy-s")
		b.ReportMetric(ratio, "ratio")
		b.ReportMetric(float64(grown)/(1<<20), "grown-MB")
		b.Logf("%d samples: reading alone %.1f s, import %.1f s, \\copy %.1f s, the import runs at %.2f of \\copy; memory grew by %d MB; our rows take %d MB, single ones %d MB",
			n, alone.Seconds(), imported.Seconds(), copied.Seconds(), ratio, grown>>20, ours>>20, theirs>>20)
		b.StartTimer()
	}
}

func benchSamplesReview(b *testing.B) {
	days := benchNumber(b, "TURNUS_BENCH_DAYS", 365)
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	n := days * 1440 * benchSites
	file := generateSamples(b, n, start)
	db, sh := benchDatabase(b)
	s := store.New(db)
	defer debug.SetGCPercent(debug.SetGCPercent(200)) // as `turnus up` does
	rows, closed := samplesIn(b, file, nil)
	done, err := s.ImportSamples(b.Context(), store.Intake{Service: "shop", Format: imports.CSV, By: "root", Now: today}, rows, nil)
	closed()
	require.NoError(b, err)
	plainSamples(b, sh, file)
	for _, table := range []string{"said", "plain"} {
		_, err = db.Exec(`VACUUM ANALYZE ` + table) // as autovacuum does within a minute
		require.NoError(b, err)
	}

	f := avail.Frozen{Service: "shop", Period: "2025", From: start, To: start.AddDate(1, 0, 0), Zone: "UTC", Import: done.ID, AsOf: today, At: today}
	spec := agreement.Spec{Service: "shop"}
	for site := range benchSites {
		spec.Targets = append(spec.Targets, agreement.Target{Name: fmt.Sprint("site-", site), Measure: agreement.Available, Attain: "99", Calendar: "24x7",
			Availability: &agreement.Availability{Component: fmt.Sprintf("site-%02d", site), Counts: agreement.CountProbes, Maintenance: agreement.MaintenanceExcluded, Coverage: "95",
				Probes: &agreement.Probing{Every: 60, Gap: 90, Failures: 2, Quorum: 1}}})
	}
	f.Agreements = []versions.Agreement{{Name: "shop", Version: 1, ValidFrom: start.AddDate(-1, 0, 0), Spec: spec}}
	f.Reads = avail.ReadsFor(f)
	var hashes, figures, copies, ratios []float64
	var grown int64
	for b.Loop() {
		copied := sh(`COPY plain TO STDOUT`)
		debug.FreeOSMemory()
		idle := resident(b, "VmRSS")
		resetPeak(b)
		begun := time.Now()
		of := store.KnownSpan{Service: "shop", Import: done.ID, From: f.Reads.From, To: f.Reads.To}
		data := avail.Data{Dataset: dataset.Probes, Since: start, AsOf: today, Import: done.ID}
		data.Count, data.Hash, err = s.KnownHash(b.Context(), dataset.Probes, of)
		require.NoError(b, err)
		require.EqualValues(b, days*benchSites, data.Count)
		f.Data = []avail.Data{data}
		hashes = append(hashes, time.Since(begun).Seconds())
		set := ticket.NewSet()
		r, err := avail.Derive(f, avail.Source{Outages: s.Outages(b.Context(), of), Windows: s.Windows(b.Context(), of),
			Days: func(yield func(dataset.Keyed[uptime.Day], error) bool) { // each held against the hash, as a draft does
				var c []byte
				for d, err := range s.ProbeDays(b.Context(), of) {
					require.NoError(b, err)
					c, err = canonical.Append(c[:0], d.Is)
					sum := sha256.Sum256(c)
					ticket.AddTo(set, d.Key, hex.EncodeToString(sum[:]))
					if !yield(d, err) {
						return
					}
				}
			}})
		require.NoError(b, err)
		require.Equal(b, data.Hash, set.Hash())
		took := time.Since(begun).Seconds()
		grown = max(grown, resident(b, "VmHWM")-idle)
		require.NotEmpty(b, r.Agreements)
		figures = append(figures, took-hashes[len(hashes)-1])
		copies = append(copies, copied.Seconds())
		ratios = append(ratios, took/copied.Seconds())
	}
	for unit, x := range map[string][]float64{"hash-s": hashes, "derive-s": figures, "copy-s": copies, "ratio": ratios} {
		b.ReportMetric(middle(x), unit)
	}
	b.ReportMetric(float64(grown)/(1<<20), "grown-MB")
	b.Logf("%d samples of %d days: hash %.1f s, figures %.1f s, COPY out %.1f s, %.2f times as long; memory grew by %d MB",
		n, days, middle(hashes), middle(figures), middle(copies), middle(ratios), grown>>20)
}
