package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"iter"
	"time"

	"turnus/itsm/text"
	"turnus/itsm/ticket"
)

// Kinds of staged rows: the first byte of their data.
const (
	stagedRow byte = iota
	stagedReject
)

// staging is what reading a file has told before anything is merged.
type staging struct {
	names   ticket.Names
	read    int64
	rejects int64
	newest  time.Time // change among the rows that weren't rejected
	first   *ticket.Reject

	last     string // number
	unsorted bool   // a number came after a greater one
}

// progressEvery is how many rows pass between two words of progress.
const progressEvery = 1000

// stage copies the rows into a temporary table, that one ordered pass then
// reads. It isn't logged, and gone with the transaction.
func (g *staging) stage(ctx context.Context, conn *sql.Conn, now time.Time, rows iter.Seq2[ticket.Row, error], progress func(int64)) error {
	const make = `CREATE TEMPORARY TABLE staged (number text COLLATE "C" NOT NULL, row bigint NOT NULL, data bytea NOT NULL) ON COMMIT DROP`
	if _, err := conn.ExecContext(ctx, make); err != nil {
		return err
	}
	return copyIn(ctx, conn, `COPY staged FROM STDIN`, func(c *copier) error {
		var data []byte
		for row, err := range rows {
			g.read++
			var reject *ticket.Reject
			switch {
			case errors.As(err, &reject):
			case err != nil:
				return err
			default:
				reject = row.Future(now)
			}
			if reject != nil {
				if g.rejects++; g.first == nil {
					g.first = reject
				}
				data = appendReject(data[:0], reject)
				g.place(reject.Number)
				c.text(reject.Number)
				c.int(reject.Row)
			} else {
				if row.At.After(g.newest) {
					g.newest = row.At
				}
				data = ticket.AppendRow(append(data[:0], stagedRow), &row, &g.names)
				g.place(row.Number)
				c.text(row.Number)
				c.int(row.Row)
			}
			c.bytes(data)
			if err := c.end(); err != nil {
				return err
			}
			if progress != nil && g.read%progressEvery == 0 {
				progress(g.read)
			}
		}
		if progress != nil {
			progress(g.read)
		}
		return ctx.Err()
	})
}

// place notes whether the numbers come in their order, byte by byte, as
// PostgreSQL's collation "C" sorts them.
func (g *staging) place(number string) {
	if number < g.last {
		g.unsorted = true
	}
	g.last = number
}

// appendReject packs a reject for the staging table.
func appendReject(b []byte, r *ticket.Reject) []byte {
	b = append(b, stagedReject)
	for _, s := range []string{r.Column, r.Value, r.Reason.En, r.Reason.De} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

// readReject is its inverse, without the kind.
func readReject(b []byte, number string, row int64) (*ticket.Reject, error) {
	u := ticket.NewUnpacker(b)
	r := &ticket.Reject{Row: row, Number: number, Column: u.Text(), Value: u.Text()}
	r.Reason = text.New(u.Text(), u.Text())
	return r, u.Err()
}
