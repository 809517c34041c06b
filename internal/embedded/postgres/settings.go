package postgres

import (
	"errors"
	"maps"
	"strings"

	"github.com/lib/pq"
)

// settings are given on the command line at each start, so that a new version
// of this program brings its own, whatever stands in postgresql.conf.
func settings(extra map[string]string) map[string]string {
	all := map[string]string{
		"listen_addresses":            "", // the unix socket only
		"port":                        "5432",
		"unix_socket_permissions":     "0700",
		"max_connections":             "200",
		"shared_buffers":              "128MB",
		"wal_level":                   "replica", // a backup of the running server needs it
		"max_wal_size":                "2GB",     // bulk imports: fewer checkpoints
		"synchronous_commit":          "on",      // what was acknowledged is on disk
		"fsync":                       "on",
		"jit":                         "off", // short statements: compiling them costs more than it saves
		"timezone":                    "UTC",
		"log_timezone":                "UTC",
		"log_destination":             "stderr",
		"logging_collector":           "off", // the log is ours: one file, bounded
		"log_checkpoints":             "off",
		"log_autovacuum_min_duration": "-1",
		// A statement that fails may hold what nobody should read in a log.
		"log_min_error_statement": "panic",
	}
	maps.Copy(all, extra)
	return all
}

// quoteList makes one element of a list setting, whatever the path holds.
func quoteList(path string) string {
	return `"` + strings.ReplaceAll(path, `"`, `""`) + `"`
}

// wrongPassword says whether the server answered, but not to our password.
func wrongPassword(err error) bool {
	var p *pq.Error
	return errors.As(err, &p) && p.Code.Class() == "28"
}

// recovering says whether the server answered that it isn't ready yet.
func recovering(err error) bool {
	var p *pq.Error
	return errors.As(err, &p) && p.Code == "57P03"
}
