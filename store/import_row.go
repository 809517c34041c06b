package store

import (
	"time"

	"turnus/itsm/dataset"
)

// importRow is an import as it lies in its table.
type importRow struct {
	dataset.Import
	FileJSON     JSON[dataset.File]      `db:"file"`
	MappingJSON  JSON[*dataset.Mapping]  `db:"mapping"`
	WarningsJSON JSON[[]dataset.Warning] `db:"warnings"`
	SeenJSON     JSON[*dataset.Seen]     `db:"seen"`
	Kept         bool                    `db:"kept"`
	Recounted    int64                   `db:"recounted"` // of a withdrawal: by how much more rows of the others count as loaded
}

const importColumns = `id, dataset, service, format, file, mapping, zone, as_of, as_of_derived, since, oldest, first_at, last_at,
	rows_read, rows_loaded, rows_unchanged, rows_older, rows_rejected, tickets_changed, tickets_new, warnings, accepted,
	person, at, token_issuer, run, reason`

// importSelect reads imports with what became of them.
const importSelect = `SELECT ` + importColumns + `, coalesce(withdraws, 0) AS withdraws, kept,
	coalesce((SELECT w.id FROM import w WHERE w.withdraws = i.id), 0) AS withdrawn_by FROM import i`

// plain gives it as everybody else knows it.
func (r importRow) plain() dataset.Import {
	i := r.Import
	i.File, i.Mapping, i.Warnings = r.FileJSON.V, r.MappingJSON.V, r.WarningsJSON.V
	i.AsOf, i.Oldest, i.At = i.AsOf.UTC(), i.Oldest.UTC(), i.At.UTC()
	for _, at := range []**time.Time{&i.Since, &i.First, &i.Last} {
		if *at != nil {
			utc := (*at).UTC()
			*at = &utc
		}
	}
	return i
}

// stored is its inverse.
func stored(i dataset.Import, seen *dataset.Seen) importRow {
	if i.Warnings == nil {
		i.Warnings = []dataset.Warning{}
	}
	return importRow{Import: i, FileJSON: JSON[dataset.File]{i.File}, MappingJSON: JSON[*dataset.Mapping]{i.Mapping},
		WarningsJSON: JSON[[]dataset.Warning]{i.Warnings}, SeenJSON: JSON[*dataset.Seen]{seen}, Kept: true}
}

// importInsert writes one, whose number was drawn before.
const importInsert = `INSERT INTO import (` + importColumns + `, seen, kept, withdraws, recounted) OVERRIDING SYSTEM VALUE
	VALUES (:id, :dataset, :service, :format, :file, :mapping, :zone, :as_of, :as_of_derived, :since, :oldest, :first_at, :last_at,
	:rows_read, :rows_loaded, :rows_unchanged, :rows_older, :rows_rejected, :tickets_changed, :tickets_new, :warnings, :accepted,
	:person, :at, :token_issuer, :run, :reason, :seen, :kept, nullif(:withdraws, 0), :recounted)`

// anyImport stands behind every import.
const anyImport = "9223372036854775807"

// importRemains selects, in a WHERE, the imports i that count as of an import:
// neither a withdrawal nor withdrawn by then.
func importRemains(asOf string) string {
	return `i.withdraws IS NULL AND NOT EXISTS (SELECT FROM import w WHERE w.withdraws = i.id AND w.id <= ` + asOf + `)`
}
