package main

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// reviews are services whose availability is reviewed, on one engine.
type reviews struct {
	*engine
	people
}

// From files to published reviews and their receipts, as people come to them.
func TestAvailabilityReviews(t *testing.T) {
	e := newEngine(t, "--ui=false")
	e.start()
	r := &reviews{e, e.settleWith(nil)}
	t.Run("sites in Bern", func(t *testing.T) { r.in(t).sitesInBern() })
	t.Run("two sources", func(t *testing.T) { r.in(t).twoSources() })
	t.Run("late outages", func(t *testing.T) { r.in(t).lateOutages() })
	t.Run("a year", func(t *testing.T) { r.in(t).yearOfMonths() })
	t.Run("killed", func(t *testing.T) { r.killedInAnImport() }) // the last one: the engine is another one then
}

// in is the same for a test of its own.
func (r *reviews) in(t *testing.T) *reviews {
	return &reviews{&engine{TB: t, dir: r.dir, url: r.url}, r.people}
}

// declare declares a service in a zone, and its agreement with targets in YAML.
func (r *reviews) declare(service, zone, targets string) {
	r.Helper()
	r.ask(200, r.admin, "POST", "/v1/apply", fmt.Sprintf(`apiVersion: turnus/v1
kind: Service
metadata: {name: %[1]s}
spec: {owner: owner, approvers: [first, second], calendar: 24x7, zone: %[2]s}
---
apiVersion: turnus/v1
kind: Agreement
metadata: {name: %[1]s-sla}
spec:
  service: %[1]s
  valid: {from: "2025-01-01"}
  targets:
%[3]s`, service, zone, targets))
}

// load sends a file of a dataset, and gives the import; query says what it is.
func (r *reviews) load(want int, service, dataset, file string, query url.Values) object {
	r.Helper()
	return r.ask(want, r.admin, "POST", "/v1/services/"+service+"/"+dataset+"?"+query.Encode(), strings.NewReader(file))
}

// mapped says that a file is a table whose columns have the names of what they
// hold; more is put into the query.
func mapped(dataset string, columns []string, more ...string) url.Values {
	of := object{}
	for _, c := range columns {
		of[c] = c
	}
	q := url.Values{"format": {"csv"}, "mapping": {dataset + "-" + strings.Join(columns, "-")}, "inline_mapping": {inJSON(object{"dataset": dataset, "columns": of})}}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return q
}

// draft starts a review, waits for its draft, and gives its run.
func (r *reviews) draft(service, period string) string {
	r.Helper()
	run := r.ask(202, r.owner, "POST", "/v1/processes/availability-review/runs", object{"service": service, "period": period})["id"].(string)
	require.Equal(r, "availability-review/"+service+"/"+period, run)
	r.await(r.first, run, "waiting")
	return run
}

func (r *reviews) publish(run string) {
	r.Helper()
	r.decideIn(r.first, run, 1, "approve")
	r.await(r.auditor, run, "published")
}

// figures are the values of a report by name; what has none is left out.
func (r *reviews) figures(run string) map[string]string {
	r.Helper()
	values := map[string]string{}
	for _, f := range r.report(run)["figures"].([]any) {
		f := f.(object)
		if v, ok := f["value"].(string); ok {
			values[f["name"].(string)] = v
		}
	}
	return values
}

func (r *reviews) report(run string) object {
	r.Helper()
	return r.ask(200, r.first, "GET", "/v1/runs/"+run+"/report", nil)
}

// verified exports the receipts of reports, and has the binary verify them in a
// directory that holds nothing else, without a server.
func (r *reviews) verified(runs ...string) {
	r.Helper()
	bin, err := binary()
	require.NoError(r, err)
	dir := r.TempDir()
	var files, hashes []string
	for i, run := range runs {
		files = append(files, fmt.Sprintf("%d.json", i))
		hashes = append(hashes, r.report(run)["hash"].(string))
		out, err := r.command(r.auditor, "report", run, "--receipts", "-o", filepath.Join(dir, files[i]))
		require.NoError(r, err, out)
	}
	for i, run := range runs {
		c := exec.Command(bin, "verify", "receipt", files[i], "--hash", hashes[i])
		c.Dir, c.Env = dir, []string{"PATH=" + os.Getenv("PATH")}
		out, err := c.CombinedOutput()
		require.NoError(r, err, string(out))
		require.Contains(r, string(out), "of "+run)
		require.NotContains(r, string(out), "not compared")
	}
}

func seconds(t testing.TB, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	require.NoError(t, err)
	return n
}

func (r *reviews) killedInAnImport() {
	r.declare("far", "UTC", "    - {name: seen, measure: availability, calendar: 24x7, attain: 99, availability: {probes: {every: PT1M}}}\n")
	var file strings.Builder
	file.WriteString("at,is\n")
	const rows = 50_000
	for i := range rows {
		fmt.Fprintf(&file, "%s,up\n", time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC).Format(time.RFC3339))
	}
	query := mapped("probes", []string{"at", "is"})
	db := r.database(databaseName)
	lock, err := db.BeginTx(r.Context(), nil)
	require.NoError(r, err)
	_, err = lock.Exec("LOCK TABLE said IN SHARE MODE") // what is merged can't be written
	require.NoError(r, err)
	answered := make(chan error, 1)
	go func() {
		_, _, err := r.try(r.admin, "POST", "/v1/services/far/probes?"+query.Encode(), strings.NewReader(file.String()), "")
		answered <- err
	}()
	r.eventually(30*time.Second, "the import writes", func() bool {
		var waiting bool
		require.NoError(r, db.QueryRow("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'said'::regclass)").Scan(&waiting))
		return waiting
	})
	r.kill()
	require.Error(r, <-answered)
	_ = lock.Rollback() // its server may have ended with the process
	r.launch()
	r.ready()
	require.Empty(r, r.all(r.auditor, "/v1/services/far/imports?limit=100"))
	var left int
	require.NoError(r, r.database(databaseName).QueryRow("SELECT count(*) FROM said WHERE service = 'far'").Scan(&left))
	require.Zero(r, left)
	o := r.load(200, "far", "probes", file.String(), query)
	require.EqualValues(r, rows, o["loaded"])
	require.Equal(r, "100.000000", r.figures(r.draft("far", "2026-01"))["seen.availability"])
}
