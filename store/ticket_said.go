package store

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
)

// speaker is an import of a service that says something by itself.
type speaker struct {
	ID      int64     `db:"id"`
	AsOf    time.Time `db:"as_of"`
	Dataset string    `db:"dataset"`
	Format  string    `db:"format"`
	Kept    bool      `db:"kept"`    // what it said by itself is known
	Remains bool      `db:"remains"` // neither a withdrawal nor withdrawn
	union   bool
}

// speakersOf reads a service's imports of tickets.
func speakersOf(ctx context.Context, q sqlx.QueryerContext, service string) (map[int64]speaker, error) {
	var all []speaker
	if err := sqlx.SelectContext(ctx, q, &all, `SELECT id, as_of, dataset, format, kept, `+importRemains(anyImport)+` AS remains
		FROM import i WHERE service = $1 AND dataset = $2`, service, dataset.Tickets); err != nil {
		return nil, err
	}
	speakers := make(map[int64]speaker, len(all))
	for _, s := range all {
		d, err := dataset.Find(s.Dataset)
		if err != nil {
			return nil, err
		}
		f, err := d.Format(s.Format)
		if err != nil {
			return nil, err
		}
		s.union = f.Joins
		speakers[s.ID] = s
	}
	return speakers, nil
}

// ticketRow is a row of ticket_version or ticket_kept, or a ticket of
// ticket_repeated.
type ticketRow struct {
	number  string
	by      int64 // import
	kept    bool  // of ticket_kept
	flagged bool
	data    []byte // events, or of ticket_kept rows
	hash    string // of a version; empty: a tombstone
	saidBy  int64  // of a version: the import whose as-of counts
	sameAs  int64  // of ticket_kept
}

// ticketRows selects all that is stored of the tickets $2 of a service $1, the
// first and last of which, by their bytes, are $3 and $4.
const ticketRows = `
	SELECT number, import, false AS kept, flagged, events, hash, coalesce(said_by, import), 0 FROM ticket_version WHERE service = $1 AND number = ANY($2)
	UNION ALL
	SELECT number, import, true, flagged, rows, '', 0, coalesce(same_as, 0) FROM ticket_kept WHERE service = $1 AND number = ANY($2)
	UNION ALL
	SELECT w.number, r.import, true, false, NULL, '', 0, r.same_as FROM ticket_repeated r, unnest(r.numbers) n JOIN unnest($2) w (number) ON w.number = n
		WHERE r.service = $1 AND r.first <= $4 AND r.last >= $3
	ORDER BY number, import, kept`

// saidOf gives what the imports that remain said of one ticket, in their order,
// from all that is stored of it. Those of 0.1.0 count as one, the first: what each
// of them said isn't known, only what was known after the last.
func saidOf(of []ticketRow, speakers map[int64]speaker) (list []ticket.Said, err error) {
	versions := map[int64]*ticketRow{}
	var early *ticketRow // the newest version of 0.1.0
	for i := range of {
		if r := &of[i]; !r.kept {
			versions[r.by] = r
			if !speakers[r.by].Kept {
				early = r
			}
		}
	}
	for i := range of {
		r := &of[i]
		by, known := speakers[r.by]
		if !known {
			return nil, fmt.Errorf("import %d isn't on record", r.by)
		}
		var s ticket.Said
		switch {
		case !by.Remains, !by.Kept && r != early:
			continue
		case !r.kept && i+1 < len(of) && of[i+1].by == r.by:
			continue // what was kept besides tells
		case r.kept:
			s, err = r.said(versions[r.sameAs])
		default:
			var v *ticket.Version
			if v, err = r.version(); err == nil {
				s = v.Said()
			}
			if r == early {
				s.Flagged = r.flagged
			}
		}
		if err != nil {
			return nil, err
		}
		s.Import, s.AsOf, s.Union = by.ID, by.AsOf.UTC(), by.union && by.Kept
		list = append(list, s)
	}
	return list, nil
}

// version reads one that isn't a tombstone.
func (r *ticketRow) version() (*ticket.Version, error) {
	v := &ticket.Version{Number: r.number, Import: r.by, Flagged: r.flagged, Hash: r.hash}
	var err error
	if v.Events, err = ticket.Unpack(r.data); err == nil && len(v.Events) > 0 {
		v.Opened = v.Events[0].At
	}
	return v, err
}

// said reads what was kept; sameAs is the version that it names, if any.
func (r *ticketRow) said(sameAs *ticketRow) (ticket.Said, error) {
	k := ticket.Kept{SameAs: r.sameAs, Rows: r.data, Flagged: r.flagged}
	if r.sameAs == 0 {
		return k.Said(r.number, nil)
	}
	if sameAs == nil {
		return ticket.Said{}, fmt.Errorf("its version of import %d is missing", r.sameAs)
	}
	v, err := sameAs.version()
	if err != nil {
		return ticket.Said{}, err
	}
	return k.Said(r.number, v)
}

// is says that the version is what is known; a tombstone, that nothing is.
func (r *ticketRow) is(k *ticket.Known) bool {
	if k == nil {
		return r.hash == ""
	}
	return r.hash == k.Hash && r.flagged == k.Flagged && r.saidBy == k.SaidBy && bytes.Equal(r.data, k.Packed)
}

// newestVersion is the last of them; without any nothing is known, as after a
// tombstone.
func newestVersion(of []ticketRow) *ticketRow {
	newest := &ticketRow{number: of[0].number}
	for i := range of {
		if !of[i].kept {
			newest = &of[i]
		}
	}
	return newest
}
