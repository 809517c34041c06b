package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
	"turnus/store"
)

// benchTickets says how many tickets the benchmarks take.
func benchTickets(b *testing.B) int {
	s := os.Getenv("TURNUS_BENCH_TICKETS")
	if s == "" {
		return 1_000_000
	}
	n, err := strconv.Atoi(s)
	require.NoError(b, err)
	return n
}

// benchFrozen is what a report of the year 2025 stands on: four targets on a
// calendar with holidays and a lunch break.
func benchFrozen(b *testing.B) sla.Frozen {
	f := sla.Frozen{Service: "desk", Period: "2025", Zone: "Europe/Berlin", Lists: true}
	period, err := calendar.ParsePeriod(f.Period)
	require.NoError(b, err)
	zone, err := calendar.Zone(f.Zone)
	require.NoError(b, err)
	f.From, f.To = period.Bounds(zone)
	day := []string{"08:00-12:00", "13:00-17:00"}
	f.Calendars = []sla.CalendarUsed{{Name: "office", Spec: calendar.Spec{Zone: f.Zone, Holidays: calendar.Holidays{Region: "DE-BE"},
		Hours: map[string][]string{"mon": day, "tue": day, "wed": day, "thu": day, "fri": day}}}}
	target := func(name string, m agreement.Measure, hours int64, priorities ...string) agreement.Target {
		return agreement.Target{Name: name, Measure: m, Within: agreement.Duration(hours * 3600), Calendar: "office", Attain: "95",
			Where: agreement.Where{"priority": priorities}}
	}
	f.Agreements = []sla.Agreement{{Name: "desk", Version: 1, Spec: agreement.Spec{Targets: []agreement.Target{
		target("urgent-response", agreement.Response, 1, "P1", "P2"), target("urgent-resolution", agreement.Resolution, 8, "P1", "P2"),
		target("response", agreement.Response, 4, "P3", "P4"), target("resolution", agreement.Resolution, 40, "P3", "P4"),
	}, Workload: []agreement.WorkloadLimit{{Name: "tickets", Per: "month", Limit: 100_000}}}}}
	return f
}

// BenchmarkReport sets what an SLA report does with a million tickets (count and
// hash them when they are frozen, read them again, hold them against their
// hashes and derive four targets' figures) beside psql's COPY … TO STDOUT of the same rows, by the same query
// and of the plain table, in one database, one run and in turns.
// TURNUS_BENCH_TICKETS says how many.
//
//	go test -run '^$' -bench Report -benchtime 3x ./store
func BenchmarkReport(b *testing.B) {
	psql, err := psqlBinary()
	if err != nil {
		b.Skip("psql isn't on this machine: ", err)
	}
	n := benchTickets(b)
	defer debug.SetGCPercent(debug.SetGCPercent(200)) // as `turnus up` does
	url := pgtest.URL(b)
	db, err := sql.Open("postgres", url)
	require.NoError(b, err)
	defer db.Close()
	s := store.New(db)
	file, err := os.Open(generate(b, n, false))
	require.NoError(b, err)
	defer file.Close()
	f := benchFrozen(b)
	done, err := s.Import(b.Context(), store.Intake{Service: f.Service, Format: imports.CSV, By: "root", Now: today},
		imports.Tickets(file, imports.TicketOptions{Format: imports.CSV, Mapping: generated}), nil)
	require.NoError(b, err)
	f.Import = done.ID
	_, err = db.Exec(`VACUUM ANALYZE ticket_version`) // as autovacuum does within a minute
	require.NoError(b, err)

	copied := func(query string) float64 {
		begun := time.Now()
		cmd := exec.Command(psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", `COPY `+query+` TO STDOUT`)
		cmd.Stderr = os.Stderr // its output goes to the null device
		require.NoError(b, cmd.Run())
		return time.Since(begun).Seconds()
	}
	same := fmt.Sprintf(`(SELECT v.* FROM ticket_version v
		WHERE v.service = 'desk' AND v.import <= %d AND v.last >= '%s' AND v.opened < '%s'
		  AND NOT EXISTS (SELECT 1 FROM ticket_version n
		      WHERE n.service = 'desk' AND n.number = v.number AND n.import > v.import AND n.import <= %[1]d)
		ORDER BY v.number)`, f.Import, f.From.Format(time.RFC3339), f.To.Format(time.RFC3339))
	oldest := f.To
	see := func(_ []byte, opened time.Time) { // as a round does when it is frozen
		if opened.Before(oldest) {
			oldest = opened
		}
	}
	var hashes, figures, queries, tables, ratios, plain []float64
	var grown int64
	for b.Loop() {
		tables = append(tables, copied(`ticket_version`))
		queries = append(queries, copied(same))
		debug.FreeOSMemory()
		idle := resident(b, "VmRSS")
		resetPeak(b)
		begun := time.Now()
		f.Count, f.Hash, err = s.TicketsHash(b.Context(), f.Service, f.Import, f.From, f.To, see)
		require.NoError(b, err)
		require.EqualValues(b, n, f.Count)
		hashes = append(hashes, time.Since(begun).Seconds())
		set := ticket.NewSet()
		r, err := sla.Derive(f, func(yield func(ticket.Version, error) bool) { // each held against its hash, as a draft does
			for v, err := range s.TicketsAsOf(b.Context(), f.Service, f.Import, f.From, f.To) {
				require.True(b, v.Intact())
				ticket.AddTo(set, v.Number, v.Hash)
				if !yield(v, err) {
					return
				}
			}
		})
		require.NoError(b, err)
		require.Equal(b, f.Hash, set.Hash())
		took := time.Since(begun).Seconds()
		grown = max(grown, resident(b, "VmHWM")-idle)
		require.EqualValues(b, n, r.Opened)
		figures = append(figures, took-hashes[len(hashes)-1])
		ratios = append(ratios, took/queries[len(queries)-1])
		plain = append(plain, took/tables[len(tables)-1])
	}
	for unit, x := range map[string][]float64{"hash-s": hashes, "derive-s": figures, "copy-query-s": queries, "copy-table-s": tables,
		"ratio": ratios, "ratio-to-table": plain} {
		slices.Sort(x)
		b.ReportMetric(x[len(x)/2], unit)
	}
	b.ReportMetric(float64(grown)/(1<<20), "grown-MB")
	b.ReportMetric(0, "ns/op")
}
