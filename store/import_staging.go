package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"time"

	"turnus/itsm/dataset"
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
	read   int64
	newest time.Time // change among the rows that weren't rejected
	first  *dataset.Reject

	last     string // key
	unsorted bool   // a key came after a greater one

	block []byte // of rows that are still in order
	all   int64  // blocks written
}

// entry is a row that makes sense, on its way into the staging table.
type entry struct {
	key  string    // by which rows belong together
	row  int64     // of the file
	data []byte    // as its dataset packs it; good until the next one
	at   time.Time // instant of the change
}

// progressEvery is how many rows pass between two words of progress.
const progressEvery = 1000

// blockSize is how many bytes of rows are staged as one while their numbers are
// in order, as most files have them: PostgreSQL's work is by the row. One page
// of a table holds it as it is.
const blockSize = 7_600

// blockRow is where others have the number of their row.
const blockRow = -1

// stage copies the rows into a temporary table, that one ordered pass then
// reads. It isn't logged, and gone with the transaction. A row of it is a block
// of rows (blockRow) or, from the first one on that is out of order, one
// row, to be sorted.
func (g *staging) stage(ctx context.Context, conn *sql.Conn, rows iter.Seq2[entry, error], progress func(int64)) error {
	for _, q := range []string{
		`CREATE TEMPORARY TABLE staged (number text COLLATE "C" NOT NULL, row bigint NOT NULL, data bytea NOT NULL)
			WITH (toast_tuple_target = 8160) ON COMMIT DROP`,
		`ALTER TABLE staged ALTER COLUMN data SET STORAGE EXTERNAL`, // never compressed, and whole where it fits
	} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	if err := copyIn(ctx, conn, `COPY staged FROM STDIN`, func(c *copier) error { return g.fill(ctx, c, rows, progress) }); err != nil {
		return err
	}
	if g.unsorted && g.all > 0 {
		return g.unpack(ctx, conn)
	}
	return nil
}

// fill writes the rows.
func (g *staging) fill(ctx context.Context, c *copier, rows iter.Seq2[entry, error], progress func(int64)) error {
	var data []byte
	for row, err := range rows {
		g.read++
		var reject *dataset.Reject
		switch {
		case errors.As(err, &reject):
			if g.first == nil {
				g.first = reject
			}
			row.key, row.row = reject.Number, reject.Row
			data = appendReject(data[:0], reject)
		case err != nil:
			return err
		default:
			if row.at.After(g.newest) {
				g.newest = row.at
			}
			data = append(append(data[:0], stagedRow), row.data...)
		}
		if err := g.add(c, row.key, row.row, data); err != nil {
			return err
		}
		if progress != nil && g.read%progressEvery == 0 {
			progress(g.read)
		}
	}
	if progress != nil {
		progress(g.read)
	}
	if err := g.flush(c); err != nil {
		return err
	}
	return ctx.Err()
}

// add stages one row: into the block, or by itself. Numbers come in their order
// if PostgreSQL's collation "C", which is that of their bytes, would leave them
// so. A reject without a number belongs to no ticket, and stands in no order.
func (g *staging) add(c *copier, number string, row int64, data []byte) error {
	if !g.unsorted && number != "" {
		if number < g.last {
			g.unsorted = true
			if err := g.flush(c); err != nil {
				return err
			}
		}
		g.last = number
	}
	if g.unsorted {
		c.text(number)
		c.int(row)
		c.bytes(data)
		return c.end()
	}
	if len(g.block) > 0 && len(g.block)+len(number)+len(data)+20 > blockSize {
		if err := g.flush(c); err != nil {
			return err
		}
	}
	g.block = appendStaged(g.block, number, row, data)
	return nil
}

// flush writes the block.
func (g *staging) flush(c *copier) error {
	if len(g.block) == 0 {
		return nil
	}
	g.all++
	c.text("")
	c.int(blockRow)
	c.bytes(g.block)
	g.block = g.block[:0]
	return c.end()
}

// unpack stages the rows of all blocks by themselves: something out of order
// came after them.
func (g *staging) unpack(ctx context.Context, conn *sql.Conn) error {
	const fetch = 512 // blocks, some megabytes
	if _, err := conn.ExecContext(ctx, `DECLARE staged_blocks NO SCROLL CURSOR FOR SELECT data FROM staged WHERE row < 0`); err != nil {
		return err
	}
	for {
		blocks, err := fetchBytes(ctx, conn, fmt.Sprintf(`FETCH FORWARD %d FROM staged_blocks`, fetch))
		if err != nil {
			return err
		}
		if len(blocks) == 0 {
			break
		}
		err = copyIn(ctx, conn, `COPY staged FROM STDIN`, func(c *copier) error {
			for _, b := range blocks {
				if err := eachStaged(b, func(number []byte, row int64, data []byte) error {
					c.text(string(number))
					c.int(row)
					c.bytes(data)
					return c.end()
				}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	_, err := conn.ExecContext(ctx, `CLOSE staged_blocks`)
	return err
}

// fetchBytes gives the one column of all rows.
func fetchBytes(ctx context.Context, conn *sql.Conn, query string) (all [][]byte, err error) {
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, rows.Err()
}

// appendStaged appends a row to a block.
func appendStaged(b []byte, number string, row int64, data []byte) []byte {
	b = binary.AppendVarint(b, row)
	b = append(binary.AppendUvarint(b, uint64(len(number))), number...)
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

// eachStaged reads the rows of a block; the bytes are the block's own.
func eachStaged(block []byte, each func(number []byte, row int64, data []byte) error) error {
	u := ticket.NewUnpacker(block)
	for u.More() {
		row, number, data := u.Int(), u.Bytes(), u.Bytes()
		if !u.More() {
			if err := u.Err(); err != nil {
				return err
			}
		}
		if err := each(number, row, data); err != nil {
			return err
		}
	}
	return u.Err()
}

// appendReject packs a reject for the staging table.
func appendReject(b []byte, r *dataset.Reject) []byte {
	b = append(b, stagedReject)
	for _, s := range []string{r.Column, r.Value, r.Reason.En, r.Reason.De} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

// readReject is its inverse, without the kind.
func readReject(b []byte, number string, row int64) (*dataset.Reject, error) {
	u := ticket.NewUnpacker(b)
	r := &dataset.Reject{Row: row, Number: number, Column: u.Text(), Value: u.Text()}
	r.Reason = text.New(u.Text(), u.Text())
	return r, u.Err()
}
